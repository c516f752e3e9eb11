//! What speaks for and against a replaced certificate, each sign with its weight.
//!
//! | Signal | Weight | Why |
//! |---|---|---|
//! | a private root through a proxy where another way shows a public one | decisive | no public CA and no operator does that |
//! | a public CA's certificate for another name where another way shows the host's own | decisive | a block page or the wrong server answered |
//! | a private root on the direct way where a proxy shows a public one | strong | also two servers of one name, one of them inside |
//! | a pin that matches, or none that does | decisive | whoever gives a pin knows the key |
//! | the same certificate, the same key and proof of it | decisive, against | nobody in between has that key |
//! | both ways end in Mozilla's set | decisive, against | content networks and key types explain it |
//! | a CA's key in the end entity's certificate | strong | mitmproxy, squid and Burp do so, no CA does |
//! | one key or one private issuer for unrelated hosts | strong | nobody runs both |
//! | a root outside Mozilla's set that is trusted here, on a public name | strong | somebody installed it |
//! | a product's name on a CA | as its pattern has it | the product names itself |
//! | a root outside Mozilla's set that is not trusted here, on a public name | medium | also a server that was set up wrongly |
//! | no SCT on a public name | medium | browsers demand them of public CAs alone |
//! | another private CA than another way shows | medium | one of both may be the host's own |
//! | no address for issuer, OCSP or CRLs, on a public name | medium | made on the fly, or by a small private CA |
//! | no key identifiers, a new certificate, an odd validity, another key type, header fields of the proxy | weak | each has other explanations |

mod capture;
mod reference;
mod sentence;

pub(super) use capture::of_capture;
pub(super) use reference::of_references;

use certlens_core::time::Time;

use super::compare::Both;
use super::observation::Way;
use super::products::Match;

/// How much a signal says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Weight {
    /// Worth mentioning; no number of them decides.
    Weak,
    /// Decides with others.
    Medium,
    /// Decides with another one.
    Strong,
    /// Decides alone.
    Decisive,
}

impl Weight {
    /// The word that reports and JSON use.
    pub const fn word(self) -> &'static str {
        match self {
            Weight::Weak => "weak",
            Weight::Medium => "medium",
            Weight::Strong => "strong",
            Weight::Decisive => "decisive",
        }
    }
}

/// What a signal speaks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Bearing {
    /// The certificate was replaced.
    For,
    /// It was not.
    Against,
}

/// Something seen that bears on the question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Signal {
    /// A key of the path has this pin, SHA-256 of its SubjectPublicKeyInfo (RFC 7469 §2.4).
    PinMatches([u8; 32]),
    /// No key of the path has one of this many pins.
    PinMismatch(usize),
    /// None has, but the path is not complete.
    PinNotFound(usize),
    /// Another way shows the very same certificate.
    SameCertificate(Way),
    /// Another way shows another certificate for the same key, and the handshake proved it.
    SameKey(Way),
    /// The path ends at a CA of Mozilla's set.
    EndsInMozilla(String),
    /// So does the path that another way shows, with another certificate.
    BothEndInMozilla(Way),
    /// A CA of the public path that another way shows issued this certificate as well.
    IssuedByPublicCa(Way),
    /// The path ends at a private root, and that of another way in Mozilla's set.
    PrivateForPublic {
        /// The other way.
        other: Way,
        /// The private root.
        root: String,
        /// The public one.
        public: String,
    },
    /// The direct way's path ends at a private root, and that of a proxy in Mozilla's set: it
    /// is intercepted, or leads to another server of the name.
    PrivateBesidePublic {
        /// The other way.
        other: Way,
        /// The private root.
        root: String,
        /// The public one.
        public: String,
    },
    /// A public CA's certificate that is not for the host; its subject.
    PublicForAnother(String),
    /// So it is where another way shows one for the host under a public root.
    AnotherForPublic(Way),
    /// Another way shows another CA, and neither is known as public.
    OtherPrivateCa {
        /// The other way.
        other: Way,
        /// The CA of the other way.
        ca: String,
    },
    /// The path is open, with another key than the public path of another way.
    OpenForPublic(Way),
    /// Another way shows the same private CA.
    SamePrivateCa {
        /// The other way.
        other: Way,
        /// The CA.
        ca: String,
    },
    /// A CA of the path has the end entity's key.
    CaKeyInEndEntity(String),
    /// An unrelated host has the same key in its certificate.
    SameKeyElsewhere(String),
    /// The certificate of an unrelated host was issued with the same key.
    SameIssuerElsewhere(String),
    /// It has an issuer of the same name; the keys are not at hand.
    SameIssuerNameElsewhere(String),
    /// The path of a public name ends at a root that is trusted here and not in Mozilla's set.
    PrivateRootTrusted(String),
    /// The path of a public name ends at a root that came with it and is in neither set.
    PrivateRootUntrusted(String),
    /// A CA of the path has a product's name.
    Product(Match),
    /// There are no SCTs for a public name.
    NoScts {
        /// Where they were looked for.
        looked_in: Vec<&'static str>,
        /// Where they were not.
        not_looked_in: Vec<&'static str>,
    },
    /// There are SCTs, here.
    HasScts(&'static str),
    /// The certificate says nothing of where its issuer, OCSP or CRLs are.
    NoAddresses,
    /// Key identifiers are missing that RFC 5280 §4.2.1.1 and §4.2.1.2 demand.
    NoKeyIdentifiers {
        /// The end entity's certificate has no authority key identifier.
        authority: bool,
        /// A CA's certificate has no subject key identifier.
        subject: bool,
    },
    /// The certificate became valid this many seconds ago.
    Recent {
        /// When.
        not_before: Time,
        /// Seconds until the time of the verification.
        age: i64,
    },
    /// It is valid for longer than public CAs may issue.
    LongValidity {
        /// Whole days of its validity.
        days: i64,
        /// The most for a certificate of its date (baseline requirements §6.3.2).
        most: i64,
    },
    /// The key is of another kind or size than the one that another way shows.
    OtherKeyType(Both<String>),
    /// Header fields by which the proxy shows itself.
    ProxyHeaders(Vec<(String, String)>),
}

/// A signal as it counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// What was seen.
    pub signal: Signal,
    /// What it speaks for.
    pub bearing: Bearing,
    /// How much it says.
    pub weight: Weight,
    /// It as a sentence.
    pub sentence: String,
}

impl From<Signal> for Evidence {
    fn from(signal: Signal) -> Evidence {
        let (bearing, weight) = signal.counts();
        let sentence = signal.sentence();
        Evidence { signal, bearing, weight, sentence }
    }
}

impl Signal {
    /// The word that reports and JSON use.
    pub const fn word(&self) -> &'static str {
        match self {
            Signal::PinMatches(_) => "pin-matches",
            Signal::PinMismatch(_) => "pin-mismatch",
            Signal::PinNotFound(_) => "pin-not-found",
            Signal::SameCertificate(_) => "same-certificate",
            Signal::SameKey(_) => "same-key",
            Signal::EndsInMozilla(_) => "public-root",
            Signal::BothEndInMozilla(_) => "two-public-certificates",
            Signal::IssuedByPublicCa(_) => "public-issuer",
            Signal::PrivateForPublic { .. } => "private-root-for-public",
            Signal::PrivateBesidePublic { .. } => "private-root-beside-public",
            Signal::PublicForAnother(_) => "public-root-for-another-name",
            Signal::AnotherForPublic(_) => "another-name-for-public",
            Signal::OtherPrivateCa { .. } => "other-private-ca",
            Signal::OpenForPublic(_) => "unknown-issuer-for-public",
            Signal::SamePrivateCa { .. } => "same-private-ca",
            Signal::CaKeyInEndEntity(_) => "ca-key-in-end-entity",
            Signal::SameKeyElsewhere(_) => "same-key-elsewhere",
            Signal::SameIssuerElsewhere(_) => "same-issuer-elsewhere",
            Signal::SameIssuerNameElsewhere(_) => "same-issuer-name-elsewhere",
            Signal::PrivateRootTrusted(_) => "private-root-trusted",
            Signal::PrivateRootUntrusted(_) => "private-root-untrusted",
            Signal::Product(_) => "product-name",
            Signal::NoScts { .. } => "no-scts",
            Signal::HasScts(_) => "scts",
            Signal::NoAddresses => "no-addresses",
            Signal::NoKeyIdentifiers { .. } => "no-key-identifiers",
            Signal::Recent { .. } => "recent",
            Signal::LongValidity { .. } => "long-validity",
            Signal::OtherKeyType(_) => "other-key-type",
            Signal::ProxyHeaders(_) => "proxy-headers",
        }
    }

    /// What it speaks for, and how much it says.
    const fn counts(&self) -> (Bearing, Weight) {
        use Bearing::{Against, For};
        match self {
            Signal::PinMatches(_)
            | Signal::SameCertificate(_)
            | Signal::SameKey(_)
            | Signal::BothEndInMozilla(_)
            | Signal::IssuedByPublicCa(_) => (Against, Weight::Decisive),
            Signal::EndsInMozilla(_) | Signal::SamePrivateCa { .. } => (Against, Weight::Strong),
            Signal::HasScts(_) => (Against, Weight::Medium),
            Signal::PinMismatch(_) | Signal::PrivateForPublic { .. } | Signal::AnotherForPublic(_) => {
                (For, Weight::Decisive)
            }
            Signal::PrivateBesidePublic { .. }
            | Signal::CaKeyInEndEntity(_)
            | Signal::SameKeyElsewhere(_)
            | Signal::SameIssuerElsewhere(_)
            | Signal::PrivateRootTrusted(_) => (For, Weight::Strong),
            Signal::Product(found) => (For, found.pattern.weight),
            Signal::PinNotFound(_)
            | Signal::OpenForPublic(_)
            | Signal::PublicForAnother(_)
            | Signal::OtherPrivateCa { .. }
            | Signal::SameIssuerNameElsewhere(_)
            | Signal::PrivateRootUntrusted(_)
            | Signal::NoScts { .. }
            | Signal::NoAddresses => (For, Weight::Medium),
            Signal::NoKeyIdentifiers { .. }
            | Signal::Recent { .. }
            | Signal::LongValidity { .. }
            | Signal::OtherKeyType(_)
            | Signal::ProxyHeaders(_) => (For, Weight::Weak),
        }
    }

    /// Whether it is a mark of whatever replaces certificates, and not merely of a CA that
    /// is private.
    pub(super) const fn marks_a_replacer(&self) -> bool {
        matches!(
            self,
            Signal::CaKeyInEndEntity(_)
                | Signal::SameKeyElsewhere(_)
                | Signal::SameIssuerElsewhere(_)
                | Signal::SameIssuerNameElsewhere(_)
                | Signal::Product(_)
                | Signal::PinMismatch(_)
        )
    }
}
