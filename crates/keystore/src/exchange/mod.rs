//! Whether a key can do what TLS and WCF ask of it: keyUsage of the certificate
//! against the key spec of the key.

mod tls;
mod wcf;

use certlens_core::x509::Certificate;
use certlens_core::x509::extension::{ExtensionValue, KeyUsageBit};
use certlens_core::x509::oid::oids;

pub use tls::{TlsExchange, TlsUse, agreement, tls};
pub use wcf::{CannotExchange, WcfRules, wcf};

use crate::provider::{CngUsage, KeySpec, Landing, Prediction, ProviderType, SpecAfterImport, UsageBits};

/// keyUsage of a certificate (RFC 5280 §4.2.1.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CertificateUsage {
    /// The certificate has no such extension.
    Absent,
    /// It has one that cannot be read.
    Unreadable,
    /// These usages.
    Bits {
        /// The bits.
        bits: UsageBits,
        /// Whether the extension is critical.
        critical: bool,
    },
}

impl CertificateUsage {
    /// That of a certificate.
    pub fn of(certificate: &Certificate) -> CertificateUsage {
        let Some(extension) = certificate.extension(oids::KEY_USAGE) else { return CertificateUsage::Absent };
        match extension.value() {
            Ok(ExtensionValue::KeyUsage(usage)) => {
                CertificateUsage::Bits { bits: usage.into(), critical: extension.is_critical() }
            }
            _ => CertificateUsage::Unreadable,
        }
    }

    /// Whether a key with this extension may be used so: without the extension it
    /// may; `None` when it cannot be read.
    fn allows(self, bit: KeyUsageBit) -> Option<bool> {
        match self {
            CertificateUsage::Absent => Some(true),
            CertificateUsage::Unreadable => None,
            CertificateUsage::Bits { bits, .. } => Some(bits.has(bit)),
        }
    }
}

/// A key where it is kept in Windows, or will be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Held {
    /// In a CSP.
    Csp {
        /// Its name.
        provider: String,
        /// Its type.
        provider_type: ProviderType,
        /// The key spec; `None` when it is not known.
        spec: Option<KeySpec>,
    },
    /// In a KSP, or in memory.
    Cng {
        /// The provider's name; `None` for a key in memory.
        provider: Option<String>,
        /// What it may do; `None` when it is not known.
        usage: Option<CngUsage>,
    },
    /// Nowhere: there is no key, or the import fails; the text says why.
    Nowhere(String),
    /// Nobody knows; the text says why.
    Unknown(String),
}

impl Held {
    /// Where an importer puts it.
    pub fn after(prediction: &Prediction) -> Held {
        let spec = match prediction.spec.value {
            SpecAfterImport::Csp(spec) => Some(spec),
            SpecAfterImport::Either { csp, .. } => csp,
            _ => None,
        };
        let usage = match prediction.spec.value {
            SpecAfterImport::Cng(usage) => Some(usage),
            SpecAfterImport::Either { cng, .. } => cng,
            _ => None,
        };
        match &prediction.landing.value {
            Landing::Csp { name, provider_type } => {
                Held::Csp { provider: name.clone(), provider_type: *provider_type, spec }
            }
            Landing::Ksp { name } => Held::Cng { provider: Some(name.clone()), usage },
            Landing::Ephemeral => Held::Cng { provider: None, usage },
            Landing::NoKey => Held::Nowhere("no key is imported".to_owned()),
            Landing::Fails { why } => Held::Nowhere(format!("the import fails: {why}")),
            Landing::Unknown { why } => Held::Unknown(why.clone()),
        }
    }

    /// Whether it may decrypt, as key transport needs; `None` when that is not known.
    fn decrypts(&self) -> Option<bool> {
        match self {
            Held::Csp { spec, .. } => spec.map(|spec| spec == KeySpec::Exchange),
            Held::Cng { usage, .. } => usage.map(|usage| match usage {
                CngUsage::All => true,
                CngUsage::Some { decrypt, .. } => decrypt,
            }),
            Held::Nowhere(_) => Some(false),
            Held::Unknown(_) => None,
        }
    }

    /// Whether it may sign; `None` when that is not known.
    fn signs(&self) -> Option<bool> {
        match self {
            // Either spec makes signatures.
            Held::Csp { .. } => Some(true),
            Held::Cng { usage, .. } => usage.map(|usage| match usage {
                CngUsage::All => true,
                CngUsage::Some { sign, .. } => sign,
            }),
            Held::Nowhere(_) => Some(false),
            Held::Unknown(_) => None,
        }
    }
}

#[cfg(test)]
mod tests;
