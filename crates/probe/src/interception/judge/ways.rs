//! One way after the other, each compared with the one that says most about it.

use certlens_core::time::Time;

use super::rules::{is_marked, suffice};
use super::{Doubt, Judgement, Question, Reason, Verdict};
use crate::interception::compare::{Both, compare, embedded_scts, key_type};
use crate::interception::observation::{End, KeyProof, Observation, Outcome, Way};
use crate::interception::public_name::HostName;
use crate::interception::seen::Seen;
use crate::interception::signals::{Bearing, Evidence, Signal, Weight, of_capture, of_references};

/// What is said where a private CA is seen in both ways on a public name.
const ASK_REFERENCES: &str = "Compare with public hosts that have nothing to do with this one (reference hosts): if the same CA issued their \
     certificates too, both ways are intercepted.";

pub(super) fn judge(question: &Question<'_>, host: HostName) -> Vec<Judgement> {
    let seen: Vec<Option<Seen<'_>>> =
        question.observations.iter().map(|observation| Seen::new(&observation.way, observation.reached()?)).collect();
    let one = |(observation, this): (&Observation, &Option<Seen<'_>>)| match this {
        Some(this) => judge_one(question, host, this, compared_with(this, &seen)),
        None => not_seen(observation),
    };
    question.observations.iter().zip(&seen).map(one).collect()
}

/// What this way is compared with: the direct way, or else one that shows the host's own
/// certificate under a public root; the direct way itself with any other, such a one first.
fn compared_with<'s, 'a>(this: &Seen<'_>, seen: &'s [Option<Seen<'a>>]) -> Option<&'s Seen<'a>> {
    let others = || seen.iter().flatten().filter(|other| other.way != this.way);
    let genuine = || others().find(|other| other.is_genuine());
    let direct = || others().find(|other| *other.way == Way::Direct);
    match this.way {
        Way::Direct => genuine().or_else(|| others().next()),
        // A block page says nothing of what the host has.
        Way::Proxy(_) => {
            direct().filter(|direct| direct.end != End::MozillaForAnother).or_else(genuine).or_else(direct)
        }
    }
}

fn not_seen(observation: &Observation) -> Judgement {
    let why = match &observation.outcome {
        Outcome::Failed { stage, cause, message } => {
            Doubt::NotReached { stage: *stage, cause, message: message.clone() }
        }
        Outcome::Reached(_) => Doubt::NoCertificate,
    };
    Judgement {
        way: observation.way.clone(),
        next_step: Some(why.next_step(&observation.way, false)),
        verdict: Verdict::CannotTell { why },
        compared_with: None,
        difference: None,
        evidence: Vec::new(),
        other_way_too: false,
        end: None,
        certificate: None,
    }
}

fn judge_one(question: &Question<'_>, host: HostName, this: &Seen<'_>, other: Option<&Seen<'_>>) -> Judgement {
    let mut evidence = of_pins(this, question.pins);
    evidence.extend(other.into_iter().flat_map(|other| of_pair(this, other, question.now)));
    evidence.extend(of_one(question, host, this));
    let other_is_marked = other.is_some_and(|other| is_marked(&of_one(question, host, other)));
    let (verdict, other_way_too) = decide(this, host, other_is_marked, &evidence, question.now);
    // Stable: of equal weight, what was found first.
    evidence.sort_by_key(|one| std::cmp::Reverse(one.weight));
    let next_step = match &verdict {
        Verdict::CannotTell { why } => {
            // A proxy that led nowhere need not be named as one to compare with; the direct way
            // may be open from elsewhere.
            let is_tried = *this.way == Way::Direct && question.observations.len() > 1;
            Some(why.next_step(this.way, other.is_some() || is_tried))
        }
        Verdict::NotReplaced { why: Reason::SameCertificate | Reason::SameKey | Reason::SamePrivateCa }
            if host.is_public() && this.end.is_private() =>
        {
            Some(ASK_REFERENCES)
        }
        _ => None,
    };
    Judgement {
        way: this.way.clone(),
        verdict,
        compared_with: other.map(|other| other.way.clone()),
        difference: other.map(|other| compare(&this.path, &other.path)),
        evidence,
        other_way_too,
        end: Some(this.end),
        certificate: Some(this.end_entity.id()),
        next_step,
    }
}

/// What a capture says without those of other ways.
fn of_one(question: &Question<'_>, host: HostName, this: &Seen<'_>) -> Vec<Evidence> {
    let mut evidence = of_references(this, question.host, question.references);
    evidence.extend(of_capture(this, host, question.now));
    evidence
}

/// Pins count on keys of the path alone: beside it, anybody can send any certificate
/// (RFC 7469 §2.6).
fn of_pins(this: &Seen<'_>, pins: &[[u8; 32]]) -> Vec<Evidence> {
    if pins.is_empty() {
        return Vec::new();
    }
    let anchor = this.reached.trust.anchor.iter().map(|anchor| anchor.spki_digest());
    let mut keys = this.path.iter().map(|certificate| certificate.spki_digest()).chain(anchor);
    let signal = match keys.find(|key| pins.contains(key)) {
        Some(pin) => Signal::PinMatches(pin),
        None if this.end == End::Open => Signal::PinNotFound(pins.len()),
        None => Signal::PinMismatch(pins.len()),
    };
    vec![signal.into()]
}

/// What two captures say together.
fn of_pair(this: &Seen<'_>, other: &Seen<'_>, now: Time) -> Vec<Evidence> {
    let way = || other.way.clone();
    if this.end_entity == other.end_entity {
        return vec![Signal::SameCertificate(way()).into()];
    }
    let mut found: Vec<Evidence> = Vec::new();
    if this.end_entity.spki_raw() == other.end_entity.spki_raw() && this.reached.possession.is_proven() {
        found.push(Signal::SameKey(way()).into());
    }
    let is_public = other.is_genuine();
    let signal = match this.end {
        End::Mozilla => is_public.then(|| Signal::BothEndInMozilla(way())),
        End::MozillaForAnother => is_public.then(|| Signal::AnotherForPublic(way())),
        _ if this.reached.trust.for_host && this.continues_in(other) => Some(Signal::IssuedByPublicCa(way())),
        End::PrivateAnchor | End::OwnRoot if is_public => (!was_public(this, now)).then(|| {
            let (root, public) = (this.root_name(), other.root_name());
            match this.way {
                // Inside a network a name may lead to another server than outside.
                Way::Direct => Signal::PrivateBesidePublic { other: way(), root, public },
                Way::Proxy(_) => Signal::PrivateForPublic { other: way(), root, public },
            }
        }),
        End::Open if is_public => Some(Signal::OpenForPublic(way())),
        End::PrivateAnchor | End::OwnRoot | End::Open => private_pair(this, other),
    };
    found.extend(signal.map(Evidence::from));
    let (first, second) = (key_type(this.end_entity), key_type(other.end_entity));
    if first != second && this.end != End::Mozilla {
        found.push(Signal::OtherKeyType(Both { first, second }).into());
    }
    found
}

/// Whether two paths that do not end in public roots have the same CA, or another one.
fn private_pair(this: &Seen<'_>, other: &Seen<'_>) -> Option<Signal> {
    let way = other.way.clone();
    // Of two chains that end nowhere, both may be public.
    if other.end.is_in_mozilla() || (this.end == End::Open && other.end == End::Open) {
        return None;
    }
    if let Some(ca) = same_ca(this, other).filter(|_| this.end != End::Open) {
        return Some(Signal::SamePrivateCa { other: way, ca });
    }
    let are_known = this.issuer_key().is_some() && other.issuer_key().is_some();
    let differ = are_known || this.end_entity.issuer_digest() != other.end_entity.issuer_digest();
    let is_other = differ && same_ca(this, other).is_none();
    is_other.then(|| Signal::OtherPrivateCa { other: way, ca: other.root_name() })
}

/// The CA that both paths have, by its key: the issuer's or the root's.
fn same_ca(this: &Seen<'_>, other: &Seen<'_>) -> Option<String> {
    let same = |one: Option<[u8; 32]>, two: Option<[u8; 32]>| one.is_some() && one == two;
    if same(this.root_key(), other.root_key()) {
        return Some(this.root_name());
    }
    same(this.issuer_key(), other.issuer_key()).then(|| this.issuer_name())
}

/// Whether the chain was a public CA's once: it was logged, it has expired, and its root
/// has left the sets.
fn was_public(this: &Seen<'_>, now: Time) -> bool {
    this.end != End::PrivateAnchor && embedded_scts(this.end_entity) > 0 && has_expired(this, now)
}

fn has_expired(this: &Seen<'_>, now: Time) -> bool {
    this.path.iter().any(|certificate| certificate.not_after().time < now)
}

/// The verdict, and whether the other way is intercepted by the same.
fn decide(this: &Seen<'_>, host: HostName, other_is_marked: bool, evidence: &[Evidence], now: Time) -> (Verdict, bool) {
    let has = |is: fn(&Signal) -> bool| evidence.iter().any(|one| is(&one.signal));
    let doubt = |why| (Verdict::CannotTell { why }, false);
    // What is presented without its key may be a copy.
    let not_replaced = |why| match &this.reached.possession {
        KeyProof::Proven => (Verdict::NotReplaced { why }, false),
        KeyProof::Unproven(text) | KeyProof::Disproven(text) => doubt(Doubt::KeyUnproven(text.clone())),
    };
    if has(|signal| matches!(signal, Signal::PinMatches(_))) {
        return not_replaced(Reason::Pin);
    }
    if has(|signal| matches!(signal, Signal::PinMismatch(_))) {
        return (replaced(this), has(|signal| matches!(signal, Signal::SameCertificate(_))));
    }
    if this.end == End::MozillaForAnother {
        let elsewhere = has(|signal| matches!(signal, Signal::AnotherForPublic(_)));
        return if elsewhere { (replaced(this), false) } else { doubt(Doubt::AnotherName) };
    }
    // Without a mark, what is enough is only signs of a CA that is private: a company's own
    // for a name that is registered has them all.
    let marked = is_marked(evidence);
    let enough = marked && suffice(evidence);
    let same = evidence.iter().find_map(|one| match one.signal {
        Signal::SameCertificate(_) => Some(Reason::SameCertificate),
        Signal::SameKey(_) => Some(Reason::SameKey),
        Signal::SamePrivateCa { .. } => Some(Reason::SamePrivateCa),
        _ => None,
    });
    if let Some(why) = same {
        let both = enough && host.is_public() && this.end.is_private();
        return if both { (replaced(this), true) } else { not_replaced(why) };
    }
    if this.end == End::Mozilla {
        let two = has(|signal| matches!(signal, Signal::BothEndInMozilla(_)));
        return not_replaced(if two { Reason::TwoInService } else { Reason::PublicCa });
    }
    if has(|signal| matches!(signal, Signal::IssuedByPublicCa(_))) {
        return not_replaced(Reason::PublicIssuer);
    }
    let decisive = evidence.iter().any(|one| one.bearing == Bearing::For && one.weight == Weight::Decisive);
    let differ = has(|signal| matches!(signal, Signal::OtherPrivateCa { .. }));
    if decisive || enough || (differ && marked && !other_is_marked) {
        return (replaced(this), false);
    }
    match this.end {
        _ if has_expired(this, now) && this.end != End::PrivateAnchor => doubt(Doubt::Expired),
        End::Open => doubt(Doubt::IncompleteChain),
        _ if !this.reached.trust.for_host => doubt(Doubt::AnotherName),
        _ if has(|signal| matches!(signal, Signal::PrivateBesidePublic { .. })) => doubt(Doubt::PrivateBesidePublic),
        _ if differ => doubt(Doubt::OtherPrivateCas),
        _ if !host.is_public() && !marked => doubt(Doubt::PrivateCaOnInternalName),
        End::PrivateAnchor if this.reached.trust.trusted_here && !marked => doubt(Doubt::TrustedPrivateCa),
        _ => doubt(Doubt::TooLittle),
    }
}

fn replaced(this: &Seen<'_>) -> Verdict {
    // A name that weighs little is in the evidence, and names nobody.
    let product = this.product.clone().filter(|found| found.pattern.weight >= Weight::Medium);
    match this.reached.trust.trusted_here {
        true => Verdict::ReplacedTrusted { product },
        false => Verdict::ReplacedUntrusted { product },
    }
}
