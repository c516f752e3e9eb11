//! Why a private key cannot be read, and what is wrong with one that can.

use std::fmt;

use certlens_core::encoding::der::DerError;
use certlens_core::encoding::deviation::Deviation;
use certlens_core::encoding::pem::PemError;
use certlens_core::encoding::sniff::ObjectKind;

use crate::pbe::{AlgorithmError, PbeError};

/// Why a private key cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyError {
    /// The octets are not of the expected structure.
    Der(DerError),
    /// The structure has a version that is not known.
    Version {
        /// The structure, as `RSAPrivateKey`.
        structure: &'static str,
        /// The version found, when it is a small number.
        found: Option<u32>,
    },
    /// An RSA key of more than two primes (RFC 8017 §3.2), which hardly any program reads.
    MultiPrime,
    /// An elliptic-curve key that does not say its curve (RFC 5915 §3).
    NoCurve,
    /// A value that no key of its kind can have; the text says which.
    Malformed(&'static str),
    /// The key is beyond a limit of this library.
    LimitExceeded {
        /// The constant's name.
        name: &'static str,
        /// Its value.
        limit: usize,
        /// What the key has.
        found: usize,
    },
    /// The key is encrypted, and no password was given.
    PasswordNeeded,
    /// The key is encrypted with another password, or damaged.
    WrongPassword,
    /// The key is encrypted in a way, named, that is not read.
    UnsupportedEncryption(String),
    /// The encryption of an encrypted PKCS#8 key cannot be read.
    Encryption(AlgorithmError),
    /// The encryption of an encrypted PKCS#8 key is not worked with.
    Pbe(PbeError),
    /// A PEM block cannot be read.
    Pem(PemError),
    /// A private key in a format, named, that is not read.
    UnsupportedForm(&'static str),
    /// There is no private key; what was found instead.
    NoKey(Option<ObjectKind>),
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Der(error) => write!(f, "the private key cannot be read: {error}"),
            Self::Version { structure, found: Some(found) } => write!(f, "{structure} has an unknown version, {found}"),
            Self::Version { structure, found: None } => write!(f, "{structure} has an unknown version"),
            Self::MultiPrime => f.write_str("the RSA key has more than two primes, which is not read (RFC 8017 §3.2)"),
            Self::NoCurve => f.write_str("the elliptic-curve key does not say its curve (RFC 5915 §3)"),
            Self::Malformed(what) => f.write_str(what),
            Self::LimitExceeded { name, limit, found } => write!(f, "{found} exceeds {name} ({limit})"),
            Self::PasswordNeeded => f.write_str("the private key is encrypted and needs its password"),
            Self::WrongPassword => f.write_str("the password is wrong, or the encrypted private key is damaged"),
            Self::UnsupportedEncryption(name) => write!(f, "the private key is encrypted by {name}, which is not read"),
            Self::Encryption(error) => write!(f, "the private key is encrypted, but {error}"),
            Self::Pbe(error) => write!(f, "the private key is not decrypted: {error}"),
            Self::Pem(error) => error.fmt(f),
            Self::UnsupportedForm(name) => write!(f, "{name} is not read; convert it to PKCS#8"),
            Self::NoKey(None) => f.write_str("expected a private key, found none"),
            Self::NoKey(Some(ObjectKind::Empty)) => f.write_str("expected a private key, found an empty file"),
            Self::NoKey(Some(kind @ ObjectKind::JavaKeyStore)) => write!(
                f,
                "expected a private key, found {}; convert it by keytool -importkeystore -srckeystore STORE -destkeystore FILE.p12 -deststoretype PKCS12",
                kind.describe()
            ),
            Self::NoKey(Some(kind)) => write!(f, "expected a private key, found {}", kind.describe()),
        }
    }
}

impl std::error::Error for KeyError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Der(error) => Some(error),
            Self::Encryption(error) => Some(error),
            Self::Pbe(error) => Some(error),
            Self::Pem(error) => Some(error),
            _ => None,
        }
    }
}

impl From<DerError> for KeyError {
    fn from(error: DerError) -> KeyError {
        KeyError::Der(error)
    }
}

/// What is wrong with a private key that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyProblem {
    /// Its encoding departs from DER.
    NotDer(Deviation),
    /// The modulus is not the product of the two primes (RFC 8017 §3.2).
    RsaPrimes,
    /// The primes are not there (zero), which most programs refuse.
    RsaPrimesMissing,
    /// Private and public exponent do not undo each other (RFC 8017 §3.2).
    RsaPrivateExponent,
    /// The exponents for the Chinese remainder theorem do not belong to the key (RFC 8017 §3.2).
    RsaCrtExponents,
    /// The coefficient for the Chinese remainder theorem does not belong to the key (RFC 8017 §3.2).
    RsaCoefficient,
    /// The public key that is stored with the private key is not its own.
    StoredPublicKey,
    /// The private value is not one of the curve or group: zero or too large.
    PrivateValue,
    /// The private value has not the length of its curve (RFC 5915 §3), which some programs refuse.
    PrivateValueLength {
        /// Octets that the curve demands.
        expected: usize,
        /// Octets found.
        found: usize,
    },
    /// The curve inside the key is not that of its algorithm identifier.
    CurvesDiffer,
    /// The ML-DSA seed and the expanded key do not belong together (RFC 9881 §6).
    SeedDiffers,
    /// A public key in a structure of version 1, which has none (RFC 5958 §2).
    PublicKeyInVersion1,
    /// The numbers of the RSA key were not held against each other: the keys of its
    /// file cost more than [`MAX_KEY_WORK`](super::MAX_KEY_WORK).
    RsaUnchecked,
    /// The attribute keyUsage cannot be read.
    KeyUsageUnreadable,
    /// The attribute keyUsage is there more than once; the first one counts.
    KeyUsageRepeated,
}

impl KeyProblem {
    /// Whether the private half does not belong to the public one, or not all of it
    /// (RFC 8017 §3.2; RFC 9881 §6 for ML-DSA): programs that use that part sign and
    /// decrypt wrongly, or refuse the key.
    pub const fn is_corrupt(&self) -> bool {
        matches!(
            self,
            Self::RsaPrimes
                | Self::RsaPrivateExponent
                | Self::RsaCrtExponents
                | Self::RsaCoefficient
                | Self::SeedDiffers
        )
    }

    /// Whether it could not be told if the private half belongs to the public one.
    pub const fn is_unchecked(&self) -> bool {
        matches!(self, Self::RsaPrimesMissing | Self::RsaUnchecked)
    }
}

impl fmt::Display for KeyProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotDer(deviation) => return write!(f, "byte {}: {}", deviation.offset, deviation.kind),
            Self::RsaPrimes => "the RSA modulus is not the product of the key's primes",
            Self::RsaPrimesMissing => "the RSA key has no primes",
            Self::RsaPrivateExponent => "the RSA private exponent does not belong to the public one",
            Self::RsaCrtExponents => "the RSA exponents modulo the primes do not belong to the key",
            Self::RsaCoefficient => "the RSA coefficient does not belong to the primes",
            Self::StoredPublicKey => "the public key stored with the private key is not its own",
            Self::PrivateValue => "the private value is zero or too large for its group",
            Self::PrivateValueLength { expected, found } => {
                return write!(f, "the private value has {found} octets where its curve demands {expected}");
            }
            Self::CurvesDiffer => "the curve inside the key is not that of its algorithm identifier",
            Self::SeedDiffers => "the ML-DSA seed and the expanded key do not belong together",
            Self::RsaUnchecked => {
                "the numbers of the RSA key were not checked: the keys of the file cost more than MAX_KEY_WORK"
            }
            Self::PublicKeyInVersion1 => "a key structure of version 1 has a public key, which version 2 alone has",
            Self::KeyUsageUnreadable => "the key's attribute keyUsage cannot be read",
            Self::KeyUsageRepeated => "the key has the attribute keyUsage more than once; the first one counts",
        })
    }
}

/// Why the public half of a private key is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoPublicKey {
    /// It is not stored, and this kind of key is not computed with.
    NotComputed,
    /// It is not stored, and the key is too large to compute it cheaply.
    TooLarge,
    /// It was not computed: the keys of the file cost more than
    /// [`MAX_KEY_WORK`](super::MAX_KEY_WORK).
    WorkSpent,
    /// The key's domain parameters are not there.
    NoParameters,
    /// The private value is not one of its group.
    PrivateValue,
}

impl fmt::Display for NoPublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotComputed => "it is not stored with the private key, and is not computed for this kind of key",
            Self::TooLarge => "it is not stored with the private key, which is too large to compute it cheaply",
            Self::WorkSpent => "it was not computed, as the keys of the file cost more than MAX_KEY_WORK",
            Self::NoParameters => "the private key has no domain parameters",
            Self::PrivateValue => "the private value is zero or too large for its group",
        })
    }
}
