//! What products demand of a key and certificate, and whether a file meets it.
//!
//! The demands are data ([`Profile::all`]): each with what it asks, how well it is
//! founded, who asks it, and what mends it. What only the node can tell stays
//! *cannot know*, with the command that tells it there.

mod certificate;
mod data;
mod demands;
mod judge;
mod key;
mod repair;
mod windows;

use certlens_core::identity::ReferenceName;
use certlens_core::time::Time;
use certlens_core::x509::Certificate;
use certlens_core::x509::extension::KeyUsageBit;

pub use judge::{Judged, judge};
pub use repair::{Change, Files, Remedy, Repair, convert};

use crate::exchange::Held;
use crate::judgement::Outcome;
use crate::key::Match;
use crate::permissions::{Account, Acl};
use crate::provider::releases::{Protection, Release};
use crate::provider::{Confidence, Importer, KeyFacts};

/// A product with its demands.
#[derive(Debug)]
pub struct Profile {
    /// The name on a command line.
    pub name: &'static str,
    /// What it is.
    pub title: &'static str,
    /// The account that reads the key, unless it was changed.
    pub account: Option<&'static str>,
    /// What it demands, the most important first.
    pub demands: &'static [Demand],
}

impl Profile {
    /// All of them.
    pub fn all() -> &'static [Profile] {
        data::PROFILES
    }

    /// The one with this name.
    pub fn by_name(name: &str) -> Option<&'static Profile> {
        Profile::all().iter().find(|profile| profile.name == name)
    }
}

/// One demand of a product.
#[derive(Debug)]
pub struct Demand {
    /// A stable name, as `csp`.
    pub code: &'static str,
    /// What is demanded, in one sentence without a full stop.
    pub what: &'static str,
    /// Whether the product fails without it.
    pub weight: Weight,
    /// How it is checked.
    pub check: Check,
    /// How well it is founded.
    pub confidence: Confidence,
    /// Who demands it.
    pub source: &'static str,
    /// What mends it.
    pub repair: Repair,
}

/// What a demand that is not met comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Weight {
    /// The product fails.
    Must,
    /// It works for some uses alone, or is in danger.
    Should,
}

/// How a demand is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// There is a private key.
    PrivateKey,
    /// Its public half is that of the certificate.
    KeyMatches,
    /// It is an RSA key.
    Rsa,
    /// It will be in a CSP.
    Csp,
    /// It will not be in a CSP that holds it badly: Base, a smart card's.
    GoodProvider,
    /// Its file names a KSP where no CSP holds such a key.
    KspNamed,
    /// Its key spec will be AT_KEYEXCHANGE.
    Exchange,
    /// Its key spec will not be AT_SIGNATURE; keys in a KSP have none.
    NotSignature,
    /// It will be the machine's, and will be kept.
    Machine,
    /// The older rule of WCF.
    WcfOlder,
    /// The newer rule of WCF.
    WcfNewer,
    /// A TLS server can use it in one way at least.
    Tls,
    /// The certificate's keyUsage, if there is one, has one of these.
    UsageAnyOf(&'static [KeyUsageBit]),
    /// The certificate's purposes include serverAuth.
    ServerAuth {
        /// Whether a certificate that states no purposes has them all.
        unstated_is_any: bool,
    },
    /// The certificate is in date.
    InDate,
    /// subjectAltName has every host's name.
    CoversHosts,
    /// The subject's common name is that of a host.
    CommonName,
    /// No name is a wildcard.
    NoWildcard,
    /// The release of Windows opens the file.
    Opens,
    /// The account can read the key.
    Readable,
    /// What only the node can tell, by the repair's command.
    OnNode,
}

/// What there is to judge by. What is `None` is not known; more is better.
#[derive(Debug)]
pub struct Subject<'a> {
    /// The end entity's certificate.
    pub certificate: Option<&'a Certificate>,
    /// The private key.
    pub key: PrivateKeyFacts<'a>,
    /// Whether it is the certificate's; `None` when neither could be compared.
    pub key_match: Option<Match>,
    /// Where the key is, or how it comes there.
    pub place: Place<'a>,
    /// How the file is encrypted.
    pub protection: Option<&'a Protection>,
    /// The release that must open it.
    pub release: Option<Release>,
    /// The hosts that the certificate is for.
    pub hosts: &'a [ReferenceName],
    /// The account that reads the key; else the profile's.
    pub account: Option<&'a Account>,
    /// Who may read the key.
    pub acl: Option<&'a Acl>,
    /// The time to judge at.
    pub at: Option<Time>,
}

/// What is known of the private key.
#[derive(Clone, Copy, Debug)]
pub enum PrivateKeyFacts<'a> {
    /// There is none.
    None,
    /// It is said to be elsewhere, and nothing is known of it: a certificate alone
    /// was given.
    Elsewhere,
    /// If there is one, it stands in a part of the file that was not decrypted.
    Locked,
    /// These facts.
    Of(&'a KeyFacts),
}

/// Where a key is, or how it comes there.
#[derive(Clone, Debug)]
pub enum Place<'a> {
    /// In a file that one of these will import.
    File {
        /// The importers; of which, nobody says.
        importers: &'a [Importer],
    },
    /// In a store of Windows.
    Store(Held),
}

/// What the demands come to together: the worst of those that count
/// ([`Judged::counts`]).
pub fn overall(judged: &[Judged]) -> Outcome {
    let counted = judged.iter().filter(|one| one.counts);
    counted.map(|one| one.judgement.outcome).max().unwrap_or(Outcome::CannotKnow)
}

#[cfg(test)]
mod tests;
