//! How a file is protected, and by which password.

use super::error::WriteError;
use crate::pbe::{EncryptionScheme, MacScheme, Passphrase};
use crate::provider::releases::{CompatibleWith, Preset};
use crate::secret::Password;

/// How a file is protected; of a [`CompatibleWith`], so that its release opens it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Protection {
    /// Of private keys, and of what else is secret or not known.
    pub keys: KeyProtection,
    /// Of certificates and CRLs.
    pub certificates: CertificateProtection,
    /// Of the whole against changes.
    pub mac: MacScheme,
}

/// How private keys are protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyProtection {
    /// Encrypted with the password, each by itself.
    Encrypted(EncryptionScheme),
    /// Not at all: whoever has the file has the keys.
    PlainKeys,
}

/// How certificates are protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CertificateProtection {
    /// Encrypted with the password, all together.
    Encrypted(EncryptionScheme),
    /// Not at all; they are no secret.
    Plain,
}

/// The password of a file that is written.
#[derive(Clone, Copy, Debug)]
pub enum WritePassword<'a> {
    /// A password of at least one character.
    Given(&'a Password),
    /// The empty password, which protects nothing: two zero octets in PKCS#12's own
    /// derivation (RFC 7292 App. B.1).
    Empty,
    /// No password, which protects nothing: no octets. Programs differ in whether
    /// they try it.
    Absent,
}

impl From<Preset> for Protection {
    fn from(preset: Preset) -> Protection {
        Protection {
            keys: KeyProtection::Encrypted(preset.keys),
            certificates: CertificateProtection::Encrypted(preset.certificates),
            mac: preset.mac,
        }
    }
}

impl From<CompatibleWith> for Protection {
    fn from(compatible: CompatibleWith) -> Protection {
        compatible.preset().into()
    }
}

impl<'a> WritePassword<'a> {
    /// As derivations take it; `empty` is an empty password.
    pub(super) fn passphrase(self, empty: &'a Password) -> Result<Passphrase<'a>, WriteError> {
        match self {
            WritePassword::Given(password) if password.is_empty() => Err(WriteError::EmptyPassword),
            WritePassword::Given(password) => Ok(Passphrase::Text(password)),
            WritePassword::Empty => Ok(Passphrase::Text(empty)),
            WritePassword::Absent => Ok(Passphrase::Absent),
        }
    }
}
