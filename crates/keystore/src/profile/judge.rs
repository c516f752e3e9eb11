//! From demands to what comes of them.

use super::standing::standing;
use super::{
    CertificateFacts, Check, Demand, PrivateKeyFacts, Profile, Standing, Subject, Weight, certificate, key, whole,
};
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
    /// What it comes to.
    pub standing: Standing,
}

impl Judged {
    /// Whether it counts for the whole: it must be met, and could be judged by what
    /// was given.
    pub fn counts(&self) -> bool {
        self.demand.weight == Weight::Must && self.standing.is_judged()
    }

    /// What [`decide`](super::decide) takes.
    pub fn weighed(&self) -> (Weight, Standing) {
        (self.demand.weight, self.standing)
    }
}

/// Every demand: those that all products have, then the profile's in its order.
pub fn judge(profile: &'static Profile, subject: &Subject<'_>) -> Vec<Judged> {
    let judged = |demand: &'static Demand| {
        let judgement = one(profile, demand, subject);
        let standing = standing(demand.check, judgement.outcome, subject);
        Judged { demand, judgement, standing }
    };
    profile.all_demands().map(judged).collect()
}

fn one(profile: &Profile, demand: &Demand, subject: &Subject<'_>) -> Judgement {
    // What was read is read; how sure that is, is the demand's matter.
    let say = |(outcome, reason): (Outcome, String)| Judgement::new(outcome, reason, demand.confidence, demand.source);
    match demand.check {
        Check::Whole => say(whole::whole(subject)),
        Check::Certificate => say(whole::certificate(subject)),
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
        | Check::NoWildcard => match subject.certificate.read() {
            Some(certificate) => say(certificate::judge(demand.check, certificate, subject)),
            None => say((Outcome::CannotKnow, whole::without(subject.certificate).to_owned())),
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
        PrivateKeyFacts::Locked => {
            (Outcome::CannotKnow, "if there is a private key, it stands in a part that was not decrypted".to_owned())
        }
        PrivateKeyFacts::Of(facts) => (Outcome::Pass, format!("there is a private key ({})", facts.algorithm)),
    }
}

fn key_matches(subject: &Subject<'_>) -> (Outcome, String) {
    match subject.key_match {
        Some(Match::Yes) => (Outcome::Pass, "the private key is that of the certificate".to_owned()),
        Some(Match::No) => (Outcome::Fail, "the private key is that of another certificate".to_owned()),
        Some(Match::Corrupt(why)) => (
            Outcome::Fail,
            format!("the private key is damaged: its public half is that of the certificate, but {why}"),
        ),
        Some(Match::Unknown(why)) => (Outcome::CannotKnow, why.to_string()),
        None => (Outcome::CannotKnow, not_compared(subject).to_owned()),
    }
}

/// Why key and certificate were not compared.
const fn not_compared(subject: &Subject<'_>) -> &'static str {
    match (subject.key, subject.certificate) {
        (PrivateKeyFacts::None, _) => "there is no private key",
        (PrivateKeyFacts::Elsewhere, _) => "the private key is not at hand",
        (_, CertificateFacts::None | CertificateFacts::Unread) => whole::without(subject.certificate),
        (PrivateKeyFacts::Locked, _) | (PrivateKeyFacts::Of(KeyFacts { usage: UsageAttribute::Unknown, .. }), _) => {
            "the private key was not decrypted"
        }
        (PrivateKeyFacts::Of(_), _) => "the private key cannot be read, with a password or without",
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
