//! What is known of a key in a PFX file before it is imported.

use std::fmt;

use certlens_core::x509::extension::{KeyUsage, KeyUsageBit};
use certlens_core::x509::oid::oids;

use super::kind::KeyKind;
use super::names::{Class, Provider};
use super::statement::Confidence;
use crate::key::{KeyAttributes, PrivateKey};

/// The provider attribute of a key bag (1.3.6.1.4.1.311.17.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NamedProvider {
    /// There is no such attribute.
    Absent,
    /// It has no value, or a name of no characters.
    Empty,
    /// It has a value that is no text.
    Unreadable,
    /// The name as it stands there; of several, the first.
    Name(String),
}

/// Key usages as a set of bits, numbered as in RFC 5280 §4.2.1.3.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UsageBits(u16);

impl UsageBits {
    /// Those of a BIT STRING: how many bits of the last octet are unused, and
    /// the octets, whose first bit is digitalSignature.
    pub fn from_bit_string(unused: u8, octets: &[u8]) -> UsageBits {
        let bits = (octets.len() * 8).saturating_sub(usize::from(unused));
        let is_set =
            |bit: usize| bit < bits && octets.get(bit / 8).is_some_and(|octet| octet & (0x80 >> (bit % 8)) != 0);
        UsageBits(KeyUsageBit::ALL.into_iter().filter(|bit| is_set(*bit as usize)).fold(0, |set, bit| set | mask(bit)))
    }

    /// Exactly these.
    pub fn of(bits: &[KeyUsageBit]) -> UsageBits {
        UsageBits(bits.iter().fold(0, |set, bit| set | mask(*bit)))
    }

    /// Whether this bit is set.
    pub const fn has(self, bit: KeyUsageBit) -> bool {
        self.0 & mask(bit) != 0
    }

    /// Whether any of these is set.
    pub fn has_any(self, bits: &[KeyUsageBit]) -> bool {
        bits.iter().any(|bit| self.has(*bit))
    }

    /// The names of the set bits in order.
    pub fn names(self) -> Vec<&'static str> {
        KeyUsageBit::ALL.into_iter().filter(|bit| self.has(*bit)).map(KeyUsageBit::name).collect()
    }
}

const fn mask(bit: KeyUsageBit) -> u16 {
    1 << bit as u16
}

impl From<KeyUsage> for UsageBits {
    fn from(usage: KeyUsage) -> UsageBits {
        UsageBits(KeyUsageBit::ALL.into_iter().filter(|bit| usage.has(*bit)).fold(0, |set, bit| set | mask(bit)))
    }
}

/// The keyUsage attribute of the private key (2.5.29.15 in PrivateKeyInfo).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UsageAttribute {
    /// It stands inside the encrypted key, which was not decrypted.
    Unknown,
    /// It is there, and cannot be read, with a password or without.
    Unreadable,
    /// There is none.
    Absent,
    /// These usages.
    Bits(UsageBits),
}

impl UsageAttribute {
    /// That of a key which was read.
    pub fn of(attributes: &KeyAttributes) -> UsageAttribute {
        match attributes.key_usage() {
            Some(usage) => UsageAttribute::Bits(usage.usage().map(UsageBits::from).unwrap_or_default()),
            None if attributes.iter().any(|attribute| attribute.oid() == oids::KEY_USAGE) => UsageAttribute::Unreadable,
            None => UsageAttribute::Absent,
        }
    }
}

/// What a file says of one key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyFacts {
    /// The provider that the file names.
    pub provider: NamedProvider,
    /// Whether the file asks for the machine's key store
    /// (1.3.6.1.4.1.311.17.2, whose presence alone counts).
    pub machine_keyset: bool,
    /// The usages that the private key carries.
    pub usage: UsageAttribute,
    /// The key itself.
    pub algorithm: KeyKind,
}

impl KeyFacts {
    /// Those of a key that is not in a PFX file, or of one that is, when it was
    /// decrypted.
    pub fn of(key: &PrivateKey, provider: NamedProvider, machine_keyset: bool) -> KeyFacts {
        let usage = UsageAttribute::of(key.attributes());
        KeyFacts { provider, machine_keyset, usage, algorithm: KeyKind::from(key.algorithm()) }
    }

    /// The provider that is named, classified.
    pub fn named(&self) -> Option<Provider> {
        match &self.provider {
            NamedProvider::Name(name) => Some(Provider::classify(name)),
            NamedProvider::Absent | NamedProvider::Empty | NamedProvider::Unreadable => None,
        }
    }

    /// What the file says about how the key may be used, in the terms of the
    /// kind of provider that it names; in those of a CSP when it names none.
    /// `None` when the attribute could not be read, or when it is absent and so
    /// is what its default depends on.
    pub fn implied_spec(&self) -> Option<ImpliedSpec> {
        if self.named().is_some_and(|provider| provider.class == Class::Ksp) {
            return cng_usage(self.usage).map(ImpliedSpec::Cng);
        }
        let spec = key_spec(self.usage, &self.algorithm)?;
        Some(match self.usage {
            UsageAttribute::Absent => ImpliedSpec::Default(spec),
            UsageAttribute::Bits(_) | UsageAttribute::Unknown | UsageAttribute::Unreadable => ImpliedSpec::Csp(spec),
        })
    }
}

/// The key spec of a key in a CSP (`dwKeySpec`, wincrypt.h).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeySpec {
    /// AT_KEYEXCHANGE, 1: exchange of keys, and signatures.
    Exchange,
    /// AT_SIGNATURE, 2: signatures alone.
    Signature,
}

impl KeySpec {
    /// The constant's name.
    pub const fn name(self) -> &'static str {
        match self {
            KeySpec::Exchange => "AT_KEYEXCHANGE",
            KeySpec::Signature => "AT_SIGNATURE",
        }
    }

    /// The constant's value.
    pub const fn number(self) -> u32 {
        match self {
            KeySpec::Exchange => 1,
            KeySpec::Signature => 2,
        }
    }
}

impl fmt::Display for KeySpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What a key in a KSP may do (NCRYPT_KEY_USAGE_PROPERTY, ncrypt.h).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CngUsage {
    /// NCRYPT_ALLOW_ALL_USAGES.
    All,
    /// Some of the three; none of them when the attribute has other bits alone.
    Some {
        /// NCRYPT_ALLOW_DECRYPT_FLAG.
        decrypt: bool,
        /// NCRYPT_ALLOW_SIGNING_FLAG.
        sign: bool,
        /// NCRYPT_ALLOW_KEY_AGREEMENT_FLAG.
        agree: bool,
    },
}

impl CngUsage {
    /// Whether it may make signatures alone.
    pub const fn is_signing_alone(self) -> bool {
        matches!(self, CngUsage::Some { decrypt: false, sign: true, agree: false })
    }
}

impl fmt::Display for CngUsage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            CngUsage::All => f.write_str("all"),
            CngUsage::Some { decrypt, sign, agree } => {
                let named = [(decrypt, "decrypt"), (sign, "sign"), (agree, "agree")];
                let set: Vec<&str> = named.iter().filter(|(set, _)| *set).map(|(_, name)| *name).collect();
                f.write_str(if set.is_empty() { "none" } else { "" })?;
                f.write_str(&set.join("+"))
            }
        }
    }
}

/// What a file says about how a key may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImpliedSpec {
    /// Nothing, and this is the default of a CSP.
    Default(KeySpec),
    /// This key spec.
    Csp(KeySpec),
    /// A KSP is named, and these are the usages in it.
    Cng(CngUsage),
}

impl fmt::Display for ImpliedSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ImpliedSpec::Default(spec) => write!(f, "default:{spec}"),
            ImpliedSpec::Csp(spec) => spec.fmt(f),
            ImpliedSpec::Cng(usage) => write!(f, "KSP:{usage}"),
        }
    }
}

const ENCIPHER: &[KeyUsageBit] = &[KeyUsageBit::KeyEncipherment, KeyUsageBit::DataEncipherment];
const SIGN: &[KeyUsageBit] = &[KeyUsageBit::DigitalSignature, KeyUsageBit::KeyCertSign, KeyUsageBit::CrlSign];

/// The key spec in a CSP: enciphering is asked first, so a key with both kinds
/// of usage is one for exchange. The documentation lists them in that order and
/// does not say what happens with both; nor what happens with neither, which is
/// taken for no attribute here ([`sure_of_spec`]).
pub(super) fn key_spec(usage: UsageAttribute, algorithm: &KeyKind) -> Option<KeySpec> {
    match usage {
        UsageAttribute::Unknown | UsageAttribute::Unreadable => None,
        UsageAttribute::Bits(bits) if bits.has_any(ENCIPHER) => Some(KeySpec::Exchange),
        UsageAttribute::Bits(bits) if bits.has_any(SIGN) => Some(KeySpec::Signature),
        UsageAttribute::Bits(_) | UsageAttribute::Absent => match algorithm {
            KeyKind::Rsa { .. } | KeyKind::Dh => Some(KeySpec::Exchange),
            KeyKind::Unknown | KeyKind::Other(_) => None,
            _ => Some(KeySpec::Signature),
        },
    }
}

/// How well [`key_spec`] is founded.
pub(super) fn sure_of_spec(usage: UsageAttribute) -> Confidence {
    match usage {
        UsageAttribute::Bits(bits) => match (bits.has_any(ENCIPHER), bits.has_any(SIGN)) {
            // The order of the documentation's list.
            (true, true) => Confidence::Medium,
            (true, false) | (false, true) => Confidence::Documented,
            (false, false) => Confidence::Low,
        },
        UsageAttribute::Absent | UsageAttribute::Unknown | UsageAttribute::Unreadable => Confidence::Documented,
    }
}

/// How well [`cng_usage`] is founded: a key that may do nothing is not spoken of.
pub(super) fn sure_of_usage(usage: UsageAttribute) -> Confidence {
    match cng_usage(usage) {
        Some(CngUsage::Some { decrypt: false, sign: false, agree: false }) => Confidence::Low,
        _ => Confidence::Documented,
    }
}

/// The usages in a KSP.
pub(super) fn cng_usage(usage: UsageAttribute) -> Option<CngUsage> {
    match usage {
        UsageAttribute::Unknown | UsageAttribute::Unreadable => None,
        UsageAttribute::Absent => Some(CngUsage::All),
        UsageAttribute::Bits(bits) => Some(CngUsage::Some {
            decrypt: bits.has_any(ENCIPHER) || bits.has_any(&[KeyUsageBit::EncipherOnly, KeyUsageBit::DecipherOnly]),
            sign: bits.has_any(SIGN),
            agree: bits.has(KeyUsageBit::KeyAgreement),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::super::names::{ENHANCED_AES, SOFTWARE_KSP};
    use super::*;

    fn implied(provider: Option<&str>, usage: Option<(u8, &[u8])>, algorithm: KeyKind) -> String {
        let facts = KeyFacts {
            provider: provider.map_or(NamedProvider::Absent, |name| NamedProvider::Name(name.to_owned())),
            machine_keyset: false,
            usage: usage.map_or(UsageAttribute::Absent, |(unused, octets)| {
                UsageAttribute::Bits(UsageBits::from_bit_string(unused, octets))
            }),
            algorithm,
        };
        facts.implied_spec().map(|spec| spec.to_string()).unwrap_or_default()
    }

    #[test]
    fn what_attributes_say() {
        let rsa = || KeyKind::Rsa { bits: 2048 };
        let ec = || KeyKind::Ec { curve: "P-256".into() };
        for (provider, usage, algorithm, expected) in [
            (None, None, rsa(), "default:AT_KEYEXCHANGE"),
            (None, None, ec(), "default:AT_SIGNATURE"),
            (None, None, KeyKind::Dh, "default:AT_KEYEXCHANGE"),
            (None, None, KeyKind::Dsa, "default:AT_SIGNATURE"),
            (None, None, KeyKind::Unknown, ""),
            (Some(ENHANCED_AES), None, rsa(), "default:AT_KEYEXCHANGE"),
            (Some(ENHANCED_AES), Some((0, &[0x10][..])), rsa(), "AT_KEYEXCHANGE"),
            (Some(ENHANCED_AES), Some((4, &[0x10])), rsa(), "AT_KEYEXCHANGE"),
            (Some(ENHANCED_AES), Some((0, &[0x20])), rsa(), "AT_KEYEXCHANGE"),
            (Some(ENHANCED_AES), Some((0, &[0x90])), rsa(), "AT_KEYEXCHANGE"),
            (Some(ENHANCED_AES), Some((0, &[0x80])), rsa(), "AT_SIGNATURE"),
            (Some(ENHANCED_AES), Some((7, &[0x80])), rsa(), "AT_SIGNATURE"),
            (Some(ENHANCED_AES), Some((0, &[0x04])), rsa(), "AT_SIGNATURE"),
            (Some(ENHANCED_AES), Some((0, &[0x02])), rsa(), "AT_SIGNATURE"),
            (Some("PfxProvider"), Some((0, &[0x10])), rsa(), "AT_KEYEXCHANGE"),
            (Some(SOFTWARE_KSP), None, rsa(), "KSP:all"),
            (Some(SOFTWARE_KSP), Some((0, &[0x80])), rsa(), "KSP:sign"),
            (Some(SOFTWARE_KSP), Some((0, &[0x90])), rsa(), "KSP:decrypt+sign"),
            (Some(SOFTWARE_KSP), Some((7, &[0x00, 0x80])), rsa(), "KSP:decrypt"),
            (Some(SOFTWARE_KSP), Some((0, &[0x88])), ec(), "KSP:sign+agree"),
            (Some(SOFTWARE_KSP), Some((0, &[0x40])), rsa(), "KSP:none"),
        ] {
            assert_eq!(implied(provider, usage, algorithm.clone()), expected, "{provider:?} {usage:?} {algorithm}");
        }
    }

    #[test]
    fn unused_bits_are_not_usages() {
        assert_eq!(UsageBits::from_bit_string(7, &[0xff]).names(), ["digitalSignature"]);
        assert_eq!(UsageBits::from_bit_string(0, &[]).names(), Vec::<&str>::new());
        assert_eq!(UsageBits::from_bit_string(255, &[0xff]).names(), Vec::<&str>::new());
    }
}
