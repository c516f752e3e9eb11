//! From demands to what comes of them.

use super::{Check, Demand, PrivateKeyFacts, Profile, Subject, Weight, certificate, key};
use crate::judgement::{Judgement, Outcome};
use crate::key::Match;
use crate::permissions::Account;
use crate::provider::releases::{Opens, opens};
use crate::provider::{Confidence, KeyFacts, UsageAttribute};

/// A demand and what comes of it.
#[derive(Debug)]
pub struct Judged {
    /// The demand.
    pub demand: &'static Demand,
    /// Whether it is met.
    pub judgement: Judgement,
    /// Whether it counts for the whole: it must be met, and is one that can be
    /// judged by what was given. What only the node can tell does not count, nor
    /// what nobody asked: hosts, a release, a time that were not given.
    pub counts: bool,
    /// Whether it hangs on nothing but the store that the file is imported into, which
    /// the node alone tells.
    pub is_by_store: bool,
}

/// Every demand of a profile, in its order.
pub fn judge(profile: &'static Profile, subject: &Subject<'_>) -> Vec<Judged> {
    let judged = |demand: &'static Demand| {
        let judgement = one(profile, demand, subject);
        let is_by_store =
            demand.check == Check::Machine && judgement.outcome == Outcome::CannotKnow && key::is_by_store(subject);
        let counts = demand.weight == Weight::Must && is_asked(demand.check, subject) && !is_by_store;
        Judged { demand, judgement, counts, is_by_store }
    };
    profile.demands.iter().map(judged).collect()
}

/// Whether what was given lets the demand be judged at all.
pub(super) fn is_asked(check: Check, subject: &Subject<'_>) -> bool {
    match check {
        Check::OnNode => false,
        Check::Readable => subject.acl.is_some(),
        Check::Opens => subject.release.is_some(),
        Check::CoversHosts | Check::CommonName => !subject.hosts.is_empty(),
        Check::InDate => subject.at.is_some(),
        // Of a certificate alone nobody asks where its key will be.
        Check::PrivateKey
        | Check::KeyMatches
        | Check::Csp
        | Check::GoodProvider
        | Check::KspNamed
        | Check::Exchange
        | Check::NotSignature
        | Check::Machine
        | Check::WcfOlder
        | Check::Tls => !matches!(subject.key, PrivateKeyFacts::Elsewhere),
        // Its kind is the certificate's.
        Check::Rsa => !matches!(subject.key, PrivateKeyFacts::Elsewhere) || subject.certificate.is_some(),
        Check::WcfNewer | Check::UsageAnyOf(_) | Check::ServerAuth { .. } | Check::NoWildcard => true,
    }
}

fn one(profile: &Profile, demand: &Demand, subject: &Subject<'_>) -> Judgement {
    // What was read is read; how sure that is, is the demand's matter.
    let say = |(outcome, reason): (Outcome, String)| Judgement::new(outcome, reason, demand.confidence, demand.source);
    match demand.check {
        Check::PrivateKey => say(private_key(subject)),
        Check::KeyMatches => say(key_matches(subject)),
        Check::Rsa
        | Check::Csp
        | Check::GoodProvider
        | Check::KspNamed
        | Check::Exchange
        | Check::NotSignature
        | Check::Machine
        | Check::WcfOlder
        | Check::Tls => key::judge(demand, subject).unwrap_or_else(|why| say((Outcome::CannotKnow, why.to_owned()))),
        Check::WcfNewer
        | Check::UsageAnyOf(_)
        | Check::ServerAuth { .. }
        | Check::InDate
        | Check::CoversHosts
        | Check::CommonName
        | Check::NoWildcard => match subject.certificate {
            Some(certificate) => say(certificate::judge(demand.check, certificate, subject)),
            None => say((Outcome::CannotKnow, "the certificate could not be read".to_owned())),
        },
        Check::Opens => opened(subject).unwrap_or_else(|why| say((Outcome::CannotKnow, why.to_owned()))),
        Check::Readable => readable(profile, demand, subject),
        Check::OnNode => say((Outcome::CannotKnow, "only the node can tell".to_owned())),
    }
}

fn private_key(subject: &Subject<'_>) -> (Outcome, String) {
    match subject.key {
        PrivateKeyFacts::None => (Outcome::Fail, "there is no private key".to_owned()),
        PrivateKeyFacts::Elsewhere => {
            (Outcome::CannotKnow, "a certificate alone was given; its key is on the node, if it is anywhere".to_owned())
        }
        PrivateKeyFacts::Locked => (
            Outcome::CannotKnow,
            "if there is a private key, it stands in a part that is encrypted: give the password".to_owned(),
        ),
        PrivateKeyFacts::Of(facts) => (Outcome::Pass, format!("there is a private key ({})", facts.algorithm)),
    }
}

fn key_matches(subject: &Subject<'_>) -> (Outcome, String) {
    match subject.key_match {
        Some(Match::Yes) => (Outcome::Pass, "the private key is that of the certificate".to_owned()),
        Some(Match::No) => (Outcome::Fail, "the private key is that of another certificate".to_owned()),
        Some(Match::Unknown(why)) => (Outcome::CannotKnow, why.to_string()),
        None => (Outcome::CannotKnow, not_compared(subject).to_owned()),
    }
}

/// Why key and certificate were not compared.
const fn not_compared(subject: &Subject<'_>) -> &'static str {
    match (subject.key, subject.certificate) {
        (PrivateKeyFacts::None, _) => "there is no private key",
        (PrivateKeyFacts::Elsewhere, _) => "the private key is not at hand",
        (PrivateKeyFacts::Locked, _) | (PrivateKeyFacts::Of(KeyFacts { usage: UsageAttribute::Unknown, .. }), _) => {
            "key and certificate were not compared, as the key is still encrypted: give the password"
        }
        (PrivateKeyFacts::Of(_), None) => "there is no certificate with the key that can be read",
        (PrivateKeyFacts::Of(_), Some(_)) => "the private key cannot be read, with a password or without",
    }
}

fn opened(subject: &Subject<'_>) -> Result<Judgement, &'static str> {
    let protection = subject.protection.ok_or("how the file is encrypted is not known")?;
    let release = subject.release.ok_or("the release of Windows is not given")?;
    let stated = opens(protection, release);
    let (outcome, reason) = match &stated.value {
        Opens::Yes => (Outcome::Pass, format!("{release} opens the file")),
        Opens::No { because, error } => {
            let error = error.map(|error| format!(" and says: {error}")).unwrap_or_default();
            (Outcome::Fail, format!("{release} cannot read {because}{error}"))
        }
        Opens::Unknown { because } => (Outcome::CannotKnow, format!("whether {release} reads {because} is not known")),
    };
    Ok(Judgement::new(outcome, reason, stated.confidence, stated.source))
}

fn readable(profile: &Profile, demand: &Demand, subject: &Subject<'_>) -> Judgement {
    let cannot = |reason: &str| Judgement::new(Outcome::CannotKnow, reason, demand.confidence, demand.source);
    let usual;
    let account = match (subject.account, profile.account) {
        (Some(account), _) => account,
        (None, Some(name)) => {
            usual = Account::parse(name);
            &usual
        }
        (None, None) => return cannot("the account of the service is not given"),
    };
    match subject.acl {
        // A key has its access control list on the node alone: a file has none.
        None => cannot("a file has no permissions; check the key on the node"),
        Some(acl) => Judgement { confidence: Confidence::Documented, ..acl.read_access(account).judgement(account) },
    }
}
