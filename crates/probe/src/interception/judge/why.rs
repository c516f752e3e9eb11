//! Why a certificate was not replaced, or why it cannot be told, and what would settle it.

use std::fmt;

use crate::failure::Stage;
use crate::interception::observation::Way;

/// Why a certificate was not replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// A key has a pin that was given.
    Pin,
    /// Another way shows the same certificate.
    SameCertificate,
    /// Another way shows the same key, of which possession was proven.
    SameKey,
    /// Both ways show certificates of public CAs: two in service.
    TwoInService,
    /// A public CA issued it.
    PublicCa,
    /// A CA that another way shows under a public root issued it.
    PublicIssuer,
    /// Both ways show the same private CA.
    SamePrivateCa,
}

impl Reason {
    /// The word that reports and JSON use.
    pub const fn word(self) -> &'static str {
        match self {
            Reason::Pin => "pin-matches",
            Reason::SameCertificate => "same-certificate",
            Reason::SameKey => "same-key",
            Reason::TwoInService => "two-certificates-in-service",
            Reason::PublicCa => "public-ca",
            Reason::PublicIssuer => "public-issuer",
            Reason::SamePrivateCa => "same-private-ca",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Reason::Pin => "a key of the chain has a pin that was given",
            Reason::SameCertificate => "another way shows the same certificate",
            Reason::SameKey => "another way shows the same key, and the server proved that it has it",
            Reason::TwoInService => "both ways show certificates of public CAs: the host has two in service",
            Reason::PublicCa => "a CA of Mozilla's set issued it",
            Reason::PublicIssuer => "a CA that another way shows under a public root issued it",
            Reason::SamePrivateCa => "both ways show the same private CA",
        })
    }
}

/// Why it cannot be told whether a certificate was replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// Nothing was observed.
    NothingSeen,
    /// The endpoint was not reached.
    NotReached {
        /// Where it failed.
        stage: Stage,
        /// What kind of failure.
        cause: &'static str,
        /// The failure as a sentence.
        message: String,
    },
    /// It was reached, and presented no certificate.
    NoCertificate,
    /// The issuer of the chain's last certificate is not at hand.
    IncompleteChain,
    /// A certificate of the chain has expired, and its root is not known here any more.
    Expired,
    /// Whoever presented the certificate did not prove that it has the key; why.
    KeyUnproven(String),
    /// A certificate that is not for the host.
    AnotherName,
    /// The ways show different private CAs.
    OtherPrivateCas,
    /// The direct way shows a private CA, and a proxy a public one.
    PrivateBesidePublic,
    /// A private CA issued for a name that public CAs do not issue for, which is as it should be.
    PrivateCaOnInternalName,
    /// A private CA that is trusted here issued for a public name, and nothing else is odd.
    TrustedPrivateCa,
    /// The signals do not suffice.
    TooLittle,
}

impl Doubt {
    /// The word that reports and JSON use.
    pub const fn word(&self) -> &'static str {
        match self {
            Doubt::NothingSeen => "nothing-seen",
            Doubt::NotReached { .. } => "not-reached",
            Doubt::NoCertificate => "no-certificate",
            Doubt::IncompleteChain => "incomplete-chain",
            Doubt::Expired => "expired",
            Doubt::KeyUnproven(_) => "key-unproven",
            Doubt::AnotherName => "certificate-for-another-name",
            Doubt::OtherPrivateCas => "different-private-cas",
            Doubt::PrivateBesidePublic => "private-ca-beside-public",
            Doubt::PrivateCaOnInternalName => "private-ca-on-internal-name",
            Doubt::TrustedPrivateCa => "private-ca-trusted-here",
            Doubt::TooLittle => "too-little-evidence",
        }
    }

    /// What would settle it, for a way that has another to be compared with (`is_pair`) or
    /// has not.
    pub fn next_step(&self, way: &Way, is_pair: bool) -> &'static str {
        match self {
            Doubt::NothingSeen => "Reach the host in at least one way.",
            Doubt::NotReached { .. } => "Make the host reachable in this way first; the failure says how.",
            Doubt::NoCertificate => "Ask the host for TLS at a port where it has a certificate.",
            Doubt::IncompleteChain => {
                "Get the missing issuer's certificate and give it as an intermediate, or compare with a way whose chain \
                 is complete."
            }
            Doubt::Expired => {
                "Renew the certificate on the server, or have its operator say which one is right; then compare again."
            }
            Doubt::KeyUnproven(_) => {
                "Find out first why the handshake fails: until it comes to a proof of the key, whoever answered may \
                 have copied the certificate."
            }
            Doubt::AnotherName => {
                "Open the address in a browser: a block page says who blocks the host, a captive portal asks for a \
                 login. If it is neither, the name leads to the wrong server."
            }
            Doubt::PrivateBesidePublic => {
                "Ask the host's operator whether it has a server of its own inside the network; or give the SHA-256 of \
                 its key as a pin (--pin), or public hosts that have nothing to do with it (--reference)."
            }
            Doubt::OtherPrivateCas => {
                "Ask the host's operator which of the two CAs is the host's, or for the SHA-256 of its key, and give \
                 that as a pin (--pin)."
            }
            Doubt::PrivateCaOnInternalName => match (way, is_pair) {
                (Way::Direct, false) => {
                    "Compare with what a proxy shows (--proxy), or give the SHA-256 of the key that the server's \
                     operator names as a pin (--pin)."
                }
                (Way::Proxy(_), false) => {
                    "Compare with a capture that does not go through the proxy, or give the SHA-256 of the key that \
                     the server's operator names as a pin (--pin)."
                }
                (_, true) => "Give the SHA-256 of the key that the server's operator names as a pin (--pin).",
            },
            Doubt::TrustedPrivateCa | Doubt::TooLittle => match (way, is_pair) {
                (Way::Direct, false) => {
                    "Compare with what a proxy shows (--proxy), with public hosts that have nothing to do with this \
                     one (reference hosts, --reference), or give the SHA-256 of the host's key as a pin (--pin)."
                }
                (Way::Proxy(_), false) => {
                    "Compare with a capture that does not go through the proxy, with public hosts that have nothing to \
                     do with this one (reference hosts, --reference), or give the SHA-256 of the host's key as a pin \
                     (--pin)."
                }
                (_, true) => {
                    "Compare with public hosts that have nothing to do with this one (reference hosts, --reference), or \
                     give the SHA-256 of the host's key as a pin (--pin)."
                }
            },
        }
    }
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Doubt::NothingSeen => "nothing was observed",
            Doubt::NotReached { message, .. } => message,
            Doubt::NoCertificate => "the server presented no certificate",
            Doubt::IncompleteChain => {
                "the chain is incomplete: the issuer of its last certificate is neither sent nor known here"
            }
            Doubt::Expired => "a certificate of the chain has expired, and its root is not known here",
            Doubt::PrivateCaOnInternalName => {
                "a private CA issued the certificate of a name that public CAs do not issue for, which is as it should be"
            }
            Doubt::KeyUnproven(why) => {
                return write!(
                    f,
                    "whoever presented the certificate did not prove that it has the key, and anybody can copy a \
                     certificate: {why}"
                );
            }
            Doubt::AnotherName => {
                "a certificate for another name answered: a block page or the wrong server"
            }
            Doubt::OtherPrivateCas => {
                "the ways show different private CAs, and nothing says which of them is the host's"
            }
            Doubt::PrivateBesidePublic => {
                "the way without a proxy shows a private CA and a proxy a public one: it is intercepted, or the name \
                 leads to another server inside the network"
            }
            Doubt::TrustedPrivateCa => {
                "a private CA that is trusted here issued the certificate, as a company's own does and a proxy's does"
            }
            Doubt::TooLittle => {
                "something speaks for a replacement, and not enough: what was seen has other explanations as well"
            }
        })
    }
}
