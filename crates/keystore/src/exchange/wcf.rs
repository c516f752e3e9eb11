//! What WCF asks of a certificate before it uses it for TLS. There are two rules,
//! and which of them a service runs into depends on the .NET Framework that it was
//! built for, so that both are reported.

use certlens_core::x509::extension::KeyUsageBit;

use super::{CertificateUsage, Held};
use crate::judgement::{Judgement, Outcome};
use crate::provider::{Confidence, KeySpec};

/// What comes of both rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WcfRules {
    /// That of applications built for .NET Framework 4.6.2 and later: by the
    /// certificate's keyUsage.
    pub newer: Judgement,
    /// That of applications built for 4.6.1 and older, or with
    /// Switch.System.ServiceModel.DisableCngCertificates: by the key's provider and
    /// key spec.
    pub older: Judgement,
}

/// Why the older rule refuses a key, as the inner exception of WCF's message
/// "… may not have a private key that is capable of key exchange …" tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CannotExchange {
    /// The key is in a KSP.
    Ksp,
    /// There is no key, or the process may not read it.
    NoKey,
    /// The key is AT_SIGNATURE.
    Signature,
}

impl CannotExchange {
    /// The inner exception.
    pub const fn inner_exception(self) -> &'static str {
        match self {
            CannotExchange::Ksp => "Invalid provider type specified",
            CannotExchange::NoKey => "Keyset does not exist",
            CannotExchange::Signature => "none",
        }
    }
}

/// The method of WCF that checks.
const SOURCE: &str = "referencesource System.ServiceModel SecurityUtils.cs";

/// The usages of which the newer rule wants one.
const ANY_OF: [KeyUsageBit; 4] = [
    KeyUsageBit::KeyAgreement,
    KeyUsageBit::KeyEncipherment,
    KeyUsageBit::DigitalSignature,
    KeyUsageBit::DataEncipherment,
];

/// Both rules for this certificate and key.
pub fn wcf(usage: CertificateUsage, held: &Held) -> WcfRules {
    WcfRules { newer: newer(usage), older: older(held) }
}

fn newer(usage: CertificateUsage) -> Judgement {
    let say = |outcome, reason: &str| Judgement::new(outcome, reason, Confidence::SourceCode, SOURCE);
    match usage {
        CertificateUsage::Absent => say(Outcome::Pass, "the certificate has no keyUsage"),
        CertificateUsage::Unreadable => say(Outcome::CannotKnow, "the certificate's keyUsage cannot be read"),
        CertificateUsage::Bits { critical: false, .. } => {
            say(Outcome::Pass, "the certificate's keyUsage is not critical")
        }
        CertificateUsage::Bits { bits, .. } if bits.has_any(&ANY_OF) => {
            say(Outcome::Pass, "the certificate's keyUsage is one for key exchange or signatures")
        }
        CertificateUsage::Bits { .. } => say(
            Outcome::Fail,
            "the certificate's critical keyUsage has none of digitalSignature, keyEncipherment, dataEncipherment and keyAgreement",
        ),
    }
}

fn older(held: &Held) -> Judgement {
    let say = |outcome, reason: String| Judgement::new(outcome, reason, Confidence::SourceCode, SOURCE);
    let refused = |what: &str, why: CannotExchange| {
        say(Outcome::Fail, format!("{what} (inner exception: {})", why.inner_exception()))
    };
    match held {
        Held::Csp { spec: Some(KeySpec::Exchange), .. } => {
            say(Outcome::Pass, "the key is in a CSP as AT_KEYEXCHANGE".to_owned())
        }
        Held::Csp { spec: Some(KeySpec::Signature), .. } => {
            refused("the key is AT_SIGNATURE", CannotExchange::Signature)
        }
        Held::Csp { spec: None, .. } => {
            say(Outcome::CannotKnow, "the key spec stands inside the encrypted key: give the password".to_owned())
        }
        Held::Cng { .. } => refused("the key is a CNG key", CannotExchange::Ksp),
        Held::Nowhere(why) => refused(&format!("there is no key: {why}"), CannotExchange::NoKey),
        Held::Unknown(why) => say(Outcome::CannotKnow, format!("where the key will be is unknown: {why}")),
    }
}
