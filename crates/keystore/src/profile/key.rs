//! Demands on the key: where it will be, and as what.

use super::{Check, Demand, Place, PrivateKeyFacts, Subject};
use crate::exchange::{CertificateUsage, Held, tls, wcf};
use crate::judgement::{Judgement, Outcome};
use crate::provider::{Importer, KeyFacts, KeyKind, KeySpec, Prediction, Provider, ProviderType, Scope, predict};

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
        PrivateKeyFacts::Locked => return Err("the private key stands in a part that is encrypted: give the password"),
        PrivateKeyFacts::Of(facts) => facts,
    };
    let usage = subject.certificate.map_or(CertificateUsage::Absent, CertificateUsage::of);
    match demand.check {
        Check::Rsa => Ok(rsa(demand, &facts.algorithm)),
        Check::Machine => machine(demand, subject, facts),
        Check::Csp => each(demand, subject, facts, csp),
        Check::GoodProvider => each(demand, subject, facts, good_provider),
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
    let public = subject.certificate.filter(|_| is_away)?.spki().public_key().ok()?;
    Some(KeyKind::of(&public))
}

/// Judges a key in its store, or after each importer.
fn each(
    demand: &Demand,
    subject: &Subject<'_>,
    facts: &KeyFacts,
    judge: impl Fn(&Held) -> (Outcome, String),
) -> Result<Judgement, &'static str> {
    let importers = match &subject.place {
        Place::Store(held) => {
            let (outcome, reason) = judge(held);
            return Ok(Judgement::new(outcome, reason, demand.confidence, demand.source));
        }
        Place::File { importers } => importers,
    };
    cases(demand, facts, importers, |prediction| match Held::after(prediction) {
        // Said once, by the demand that is about it.
        Held::Unknown(_) if !matches!(demand.check, Check::Csp | Check::GoodProvider) => {
            (Outcome::CannotKnow, "where the key will be is unknown".to_owned())
        }
        held => judge(&held),
    })
}

fn cases(
    demand: &Demand,
    facts: &KeyFacts,
    importers: &[Importer],
    judge: impl Fn(&Prediction) -> (Outcome, String),
) -> Result<Judgement, &'static str> {
    let cases = importers.iter().map(|importer| {
        let prediction = predict(facts, importer);
        let (outcome, reason) = judge(&prediction);
        // A judgement is as sure as the least sure of what it rests on.
        let landing = (prediction.landing.confidence, prediction.landing.source);
        let spec = (prediction.spec.confidence, prediction.spec.source);
        let foundations = [(demand.confidence, demand.source), landing, spec];
        let least = foundations.into_iter().min_by_key(|(sure, _)| *sure);
        let (sure, source) = least.unwrap_or((demand.confidence, demand.source));
        (importer.to_string(), Judgement::new(outcome, reason, sure, source))
    });
    Judgement::of_cases(cases.collect()).ok_or("no importer is named")
}

fn rsa(demand: &Demand, kind: &KeyKind) -> Judgement {
    let (outcome, reason) = match kind {
        KeyKind::Rsa { bits } => (Outcome::Pass, format!("it is an RSA key of {bits} bits")),
        KeyKind::Unknown => (Outcome::CannotKnow, "what kind of key it is could not be read".to_owned()),
        other => (Outcome::Fail, format!("it is a key for {other}, which no CSP holds")),
    };
    Judgement::new(outcome, reason, demand.confidence, demand.source)
}

fn machine(demand: &Demand, subject: &Subject<'_>, facts: &KeyFacts) -> Result<Judgement, &'static str> {
    let Place::File { importers } = &subject.place else {
        return Err("which key store it is was not read");
    };
    cases(demand, facts, importers, |prediction| match prediction.scope.value {
        Scope::Machine => (Outcome::Pass, "it will be the machine's key".to_owned()),
        Scope::User => (Outcome::Fail, "it will be the key of the user who imports it".to_owned()),
        Scope::OfStore => {
            (Outcome::CannotKnow, "it will be the machine's key if it is imported into LocalMachine".to_owned())
        }
        Scope::Nobody => (Outcome::Fail, "the key is not kept".to_owned()),
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

fn good_provider(held: &Held) -> (Outcome, String) {
    let Held::Csp { provider, provider_type, .. } = held else {
        return (Outcome::Pass, "it is not in such a CSP".to_owned());
    };
    let known = Provider::classify(provider);
    match known.known().and_then(|known| known.note) {
        Some(note) => (Outcome::Fail, format!("{provider}: {note}")),
        None if *provider_type == ProviderType::RSA_SIG => {
            (Outcome::Fail, format!("{provider} makes signatures alone"))
        }
        None => (Outcome::Pass, format!("nothing speaks against {provider}")),
    }
}

const NEEDS_PASSWORD: &str = "the key spec stands inside the encrypted key: give the password";

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
