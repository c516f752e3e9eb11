//! What products demand of a key and certificate, and whether a file meets it.
//!
//! The demands are data ([`Profile::all`]): each with what it asks, how well it is
//! founded, who asks it, and what mends it. What only the node can tell stays open
//! ([`Standing::OnNode`]), with the command that tells it there.
//!
//! Before them stand two that every product has: all of the file was read, and there
//! is a certificate in it. Without the first nothing can be said to be ready: the
//! part that was not read may hold another key.

mod certificate;
mod data;
mod demands;
mod judge;
mod key;
mod repair;
mod standing;
mod whole;
mod windows;

use certlens_core::identity::ReferenceName;
use certlens_core::time::Time;
use certlens_core::x509::Certificate;
use certlens_core::x509::extension::KeyUsageBit;

pub use judge::{Judged, judge};
pub use repair::{Change, Files, Means, Remedies, Remedy, Repair, remedies};
pub use standing::{Standing, decide};

use crate::exchange::Held;
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

    /// What it demands: first what every product does, then its own.
    pub fn all_demands(&self) -> impl Iterator<Item = &'static Demand> + use<> {
        whole::COMMON.iter().chain(self.demands)
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
    /// All of the file was read.
    Whole,
    /// There is a certificate.
    Certificate,
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

impl Check {
    /// Whether it takes the key, where it is or will be.
    pub const fn is_about_key(self) -> bool {
        matches!(
            self,
            Check::PrivateKey
                | Check::KeyMatches
                | Check::Rsa
                | Check::Csp
                | Check::GoodProvider
                | Check::KspNamed
                | Check::Exchange
                | Check::NotSignature
                | Check::Machine
                | Check::WcfOlder
                | Check::Tls
        )
    }
}

/// What there is to judge by. What is `None` is not known; more is better.
#[derive(Debug)]
pub struct Subject<'a> {
    /// Why the file, or a part of it, was not read; `None` when all of it was.
    pub unread: Option<Unread>,
    /// The end entity's certificate.
    pub certificate: CertificateFacts<'a>,
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

/// Why a file, or a part of it, was not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    /// Why, in a sentence without a full stop.
    pub why: String,
    /// What to do about it, in a sentence without a full stop.
    pub advice: String,
    /// Whether a password is all that is missing.
    pub needs_password: bool,
}

/// What is known of the certificate.
#[derive(Clone, Copy, Debug)]
pub enum CertificateFacts<'a> {
    /// There is none.
    None,
    /// If there is one, it was not read: it stands in a part that was not decrypted,
    /// or is damaged.
    Unread,
    /// This one.
    Of(&'a Certificate),
}

impl<'a> CertificateFacts<'a> {
    /// The certificate, when it was read.
    pub const fn read(self) -> Option<&'a Certificate> {
        match self {
            CertificateFacts::Of(certificate) => Some(certificate),
            CertificateFacts::None | CertificateFacts::Unread => None,
        }
    }
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

#[cfg(test)]
mod tests;
