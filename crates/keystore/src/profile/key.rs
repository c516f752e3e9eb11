//! Demands on the key: where it will be, and as what.

use super::{Check, Demand, Place, PrivateKeyFacts, Subject};
use crate::exchange::{CertificateUsage, Held, tls, wcf};
use crate::judgement::{Judgement, Outcome};
use crate::key::Match;
use crate::provider::names::{BASE, ENHANCED};
use crate::provider::{
    Certutil, Importer, KeyFacts, KeyKind, KeySpec, Landing, Prediction, Provider, ProviderType, Scope, UsageAttribute,
    predict,
};

/// What comes of a demand on the key.
///
/// # Errors
/// Nothing is known of the key, and why.
pub(super) fn judge(demand: &Demand, subject: &Subject<'_>) -> Result<Judgement, &'static str> {
    if let (Check::Rsa, Some(kind)) = (demand.check, elsewhere(subject)) {
        return Ok(rsa(demand, &kind));
    }
    let facts = match subject.key {
        PrivateKeyFacts::None => return Err("there is no private key"),
        PrivateKeyFacts::Elsewhere => return Err("the private key is not at hand"),
        PrivateKeyFacts::Locked => return Err("the private key stands in a part that was not decrypted"),
        PrivateKeyFacts::Of(facts) => facts,
    };
    let usage = subject.certificate.read().map_or(CertificateUsage::Unreadable, CertificateUsage::of);
    match demand.check {
        // The certificate says what its key may be used for: for PSS alone, perhaps.
        Check::Rsa => {
            Ok(rsa(demand, &of_own_certificate(subject).filter(is_no_rsa).unwrap_or(facts.algorithm.clone())))
        }
        Check::Machine => machine(demand, subject, facts),
        Check::Csp => each(demand, subject, facts, csp),
        Check::GoodProvider => each_or_default(demand, subject, facts, good_provider),
        Check::KspNamed => ksp_named(demand, subject, facts),
        Check::Exchange => each(demand, subject, facts, exchange),
        Check::NotSignature => each(demand, subject, facts, not_signature),
        Check::WcfOlder => each(demand, subject, facts, |held| {
            let older = wcf(usage, held).older;
            (older.outcome, older.reason)
        }),
        _ => each(demand, subject, facts, |held| any_tls(usage, &facts.algorithm, held)),
    }
}

/// The kind of a key that is not at hand: the certificate has its public half.
fn elsewhere(subject: &Subject<'_>) -> Option<KeyKind> {
    let is_away = matches!(subject.key, PrivateKeyFacts::Elsewhere | PrivateKeyFacts::Locked);
    of_certificate(subject).filter(|_| is_away)
}

fn of_certificate(subject: &Subject<'_>) -> Option<KeyKind> {
    let public = subject.certificate.read()?.spki().public_key().ok()?;
    Some(KeyKind::of(&public))
}

/// That of a certificate that is the key's, as far as is known.
fn of_own_certificate(subject: &Subject<'_>) -> Option<KeyKind> {
    if subject.key_match == Some(Match::No) { None } else { of_certificate(subject) }
}

const fn is_no_rsa(kind: &KeyKind) -> bool {
    !matches!(kind, KeyKind::Rsa { .. } | KeyKind::Unknown)
}

/// Where an importer puts the key of a node, which has no smart card.
fn held_after(prediction: &Prediction) -> Held {
    let held = Held::after(prediction);
    let (Held::Csp { provider, .. } | Held::Cng { provider: Some(provider), .. }) = &held else { return held };
    match Provider::classify(provider).known() {
        Some(known) if known.is_on_smart_card() => {
            Held::Nowhere(format!("the import fails without a smart card: {} keeps keys on one", known.name))
        }
        _ => held,
    }
}

/// Judges a key in its store, or after each importer.
fn each(
    demand: &Demand,
    subject: &Subject<'_>,
    facts: &KeyFacts,
    judge: impl Fn(&Held) -> (Outcome, String),
) -> Result<Judgement, &'static str> {
    each_or_default(demand, subject, facts, |held, _| judge(held))
}

/// The same, where it matters whether a key is where it is because neither file nor
/// importer named a provider.
fn each_or_default(
    demand: &Demand,
    subject: &Subject<'_>,
    facts: &KeyFacts,
    judge: impl Fn(&Held, bool) -> (Outcome, String),
) -> Result<Judgement, &'static str> {
    let importers = match &subject.place {
        Place::Store(held) => {
            let (outcome, reason) = judge(held, false);
            return Ok(Judgement::new(outcome, reason, demand.confidence, demand.source));
        }
        Place::File { importers } => importers,
    };
    let judge = |prediction: &Prediction| match held_after(prediction) {
        // Said once, by the demand that is about it.
        Held::Unknown(_) if !matches!(demand.check, Check::Csp | Check::GoodProvider | Check::KspNamed) => {
            (Outcome::CannotKnow, "where the key will be is unknown".to_owned())
        }
        held => match judge(&held, facts.named().is_none() && !prediction.importer.names_provider()) {
            (Outcome::CannotKnow, _) if facts.usage == UsageAttribute::Unreadable && has_no_usage(&held) => {
                (Outcome::CannotKnow, "keyUsage of the private key, which decides it, cannot be read".to_owned())
            }
            judged => judged,
        },
    };
    cases(demand.check, facts, importers, |prediction| match (&prediction.importer, &prediction.landing.value) {
        // It does as one of these two; where both come to the same, it does not matter which.
        (Importer::Certutil(told), Landing::Unknown { .. }) if *told == Certutil::PLAIN => {
            let [one, other] = [Importer::Wizard, Importer::ImportPfxCertificate]
                .map(|importer| on_foundation(demand, &predict(facts, &importer), judge));
            if one.outcome != other.outcome {
                return on_foundation(demand, prediction, judge);
            }
            if one.confidence <= other.confidence { one } else { other }
        }
        _ => on_foundation(demand, prediction, judge),
    })
}

/// A judgement of a prediction, as sure as the least sure of what it rests on.
fn on_foundation(
    demand: &Demand,
    prediction: &Prediction,
    judge: impl Fn(&Prediction) -> (Outcome, String),
) -> Judgement {
    let (outcome, reason) = judge(prediction);
    let landing = (prediction.landing.confidence, prediction.landing.source);
    let spec = (prediction.spec.confidence, prediction.spec.source);
    let foundations = [(demand.confidence, demand.source), landing, spec];
    let least = foundations.into_iter().min_by_key(|(sure, _)| *sure);
    let (sure, source) = least.unwrap_or((demand.confidence, demand.source));
    Judgement::new(outcome, reason, sure, source)
}

const fn has_no_usage(held: &Held) -> bool {
    matches!(held, Held::Csp { spec: None, .. } | Held::Cng { usage: None, .. })
}

/// One answer for all that may import the file. Where it depends on who does, that is
/// told in full by the demand that is about the provider.
fn cases(
    check: Check,
    facts: &KeyFacts,
    importers: &[Importer],
    judge: impl Fn(&Prediction) -> Judgement,
) -> Result<Judgement, &'static str> {
    let cases = importers.iter().map(|importer| (importer.to_string(), judge(&predict(facts, importer))));
    let cases: Vec<(String, Judgement)> = cases.collect();
    let first = cases.first().map(|(_, one)| one.outcome);
    let differ = cases.iter().any(|(_, one)| Some(one.outcome) != first);
    let judgement = Judgement::of_cases(cases).ok_or("no importer is named")?;
    let reason = match check {
        Check::Csp if differ && facts.named().is_none() => {
            format!("the file names no provider, and it depends on who imports it: {}", judgement.reason)
        }
        Check::GoodProvider | Check::Exchange | Check::NotSignature | Check::WcfOlder if differ => {
            "it depends on where the key will be".to_owned()
        }
        _ => return Ok(judgement),
    };
    Ok(Judgement { reason, ..judgement })
}

fn rsa(demand: &Demand, kind: &KeyKind) -> Judgement {
    let (outcome, reason) = match kind {
        KeyKind::Rsa { bits } => (Outcome::Pass, format!("it is an RSA key of {bits} bits")),
        KeyKind::Unknown => (Outcome::CannotKnow, "what kind of key it is could not be read".to_owned()),
        KeyKind::Dsa => (Outcome::Fail, "it is a key for DSA, which no CSP holds for TLS".to_owned()),
        other => (Outcome::Fail, format!("it is a key for {other}, which no CSP holds")),
    };
    Judgement::new(outcome, reason, demand.confidence, demand.source)
}

fn machine(demand: &Demand, subject: &Subject<'_>, facts: &KeyFacts) -> Result<Judgement, &'static str> {
    let Place::File { importers } = &subject.place else {
        return Err("which key store it is was not read");
    };
    cases(demand.check, facts, importers, |prediction| {
        let (outcome, reason) = match prediction.scope.value {
            Scope::Machine => (Outcome::Pass, "it will be the machine's key"),
            Scope::User => (Outcome::Fail, "it will be the key of the user who imports it"),
            Scope::OfStore => (Outcome::CannotKnow, "it will be the machine's key if it is imported into LocalMachine"),
            Scope::Nobody => (Outcome::Fail, "the key is not kept"),
        };
        // Where in the store it lands does not matter here.
        let scope = (prediction.scope.confidence, prediction.scope.source);
        let (sure, source) = if scope.0 < demand.confidence { scope } else { (demand.confidence, demand.source) };
        Judgement::new(outcome, reason, sure, source)
    })
}

/// Whether the machine or the user gets the key as the store is chosen, and nothing else
/// is open.
pub(super) fn is_by_store(subject: &Subject<'_>) -> bool {
    let (PrivateKeyFacts::Of(facts), Place::File { importers }) = (subject.key, &subject.place) else { return false };
    importers.iter().all(|importer| matches!(predict(facts, importer).scope.value, Scope::Machine | Scope::OfStore))
}

/// For a key that no CSP holds.
fn ksp_named(demand: &Demand, subject: &Subject<'_>, facts: &KeyFacts) -> Result<Judgement, &'static str> {
    if !matches!(facts.algorithm, KeyKind::Ec { .. }) {
        let (outcome, reason) = match facts.algorithm {
            KeyKind::Unknown => (Outcome::CannotKnow, "what kind of key it is could not be read".to_owned()),
            ref other => (Outcome::Pass, format!("it is no elliptic-curve key but {other}")),
        };
        return Ok(Judgement::new(outcome, reason, demand.confidence, demand.source));
    }
    each_or_default(demand, subject, facts, |held, is_by_default| match held {
        Held::Cng { provider: Some(provider), .. } if is_by_default => (
            Outcome::CannotKnow,
            format!(
                "no provider is named: it is {provider}, probably; such a key was seen in a CSP, where nothing can use it"
            ),
        ),
        Held::Csp { provider, .. } => (Outcome::Fail, format!("the CSP {provider}, which cannot hold it")),
        Held::Unknown(why) => (Outcome::CannotKnow, why.clone()),
        Held::Nowhere(why) => (Outcome::Fail, why.clone()),
        Held::Cng { provider: Some(provider), .. } => (Outcome::Pass, format!("the KSP {provider}")),
        Held::Cng { provider: None, .. } => (Outcome::Pass, "in memory, as a CNG key".to_owned()),
    })
}

fn csp(held: &Held) -> (Outcome, String) {
    match held {
        Held::Csp { provider, provider_type, .. } => {
            (Outcome::Pass, format!("the CSP {provider} (type {})", provider_type.0))
        }
        Held::Cng { provider: Some(provider), .. } => (Outcome::Fail, format!("the KSP {provider}")),
        Held::Cng { provider: None, .. } => (Outcome::Fail, "in memory, as a CNG key".to_owned()),
        Held::Nowhere(why) => (Outcome::Fail, why.clone()),
        Held::Unknown(why) => (Outcome::CannotKnow, why.clone()),
    }
}

fn good_provider(held: &Held, is_by_default: bool) -> (Outcome, String) {
    let (provider, provider_type) = match held {
        Held::Csp { provider, provider_type, .. } => (provider, *provider_type),
        Held::Unknown(why) => return (Outcome::CannotKnow, why.clone()),
        Held::Cng { .. } | Held::Nowhere(_) => return (Outcome::Pass, "it is not in such a CSP".to_owned()),
    };
    let classified = Provider::classify(provider);
    if classified.is_unfit() || provider_type == ProviderType::RSA_SIG {
        let note = classified.known().and_then(|known| known.note).map(|note| note.value);
        return (Outcome::Fail, format!("{provider}: {}", note.unwrap_or("it makes signatures alone")));
    }
    // Where the importer chooses, Base was seen in the place of Enhanced.
    if is_by_default && provider == ENHANCED {
        return (Outcome::CannotKnow, format!("no provider is named: it is {ENHANCED}, or {BASE}"));
    }
    (Outcome::Pass, format!("nothing speaks against {provider}"))
}

const NEEDS_PASSWORD: &str = "the key spec stands inside the encrypted key, which was not decrypted";

fn exchange(held: &Held) -> (Outcome, String) {
    match held {
        Held::Csp { spec: Some(KeySpec::Exchange), .. } => (Outcome::Pass, "the key spec is AT_KEYEXCHANGE".to_owned()),
        Held::Csp { spec: Some(KeySpec::Signature), .. } => (Outcome::Fail, "the key spec is AT_SIGNATURE".to_owned()),
        Held::Csp { spec: None, .. } => (Outcome::CannotKnow, NEEDS_PASSWORD.to_owned()),
        Held::Cng { .. } => (Outcome::Fail, "a CNG key has no key spec (0)".to_owned()),
        Held::Nowhere(why) => (Outcome::Fail, why.clone()),
        Held::Unknown(why) => (Outcome::CannotKnow, why.clone()),
    }
}

fn not_signature(held: &Held) -> (Outcome, String) {
    match held {
        Held::Cng { .. } => (Outcome::Pass, "a CNG key has no key spec (0)".to_owned()),
        other => exchange(other),
    }
}

fn any_tls(usage: CertificateUsage, kind: &KeyKind, held: &Held) -> (Outcome, String) {
    let ways = tls(usage, kind, held);
    let Some(best) = ways.iter().map(|way| way.judgement.outcome).min() else {
        return (Outcome::CannotKnow, format!("whether TLS servers can use {kind} keys is not known"));
    };
    let named: Vec<String> =
        ways.iter().map(|way| format!("{}: {}", way.exchange.name(), way.judgement.outcome)).collect();
    let reason = match ways.iter().find(|way| way.judgement.outcome == best) {
        Some(way) if best != Outcome::Pass => way.judgement.reason.clone(),
        _ => named.join(", "),
    };
    (best, reason)
}
