//! Key usage (RFC 5280 §4.2.1.3).

use crate::encoding::der::{BitString, Cursor, Decode, DerError, DerErrorKind};
use crate::encoding::deviation::DeviationKind;

/// One bit of keyUsage, by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of RFC 5280 §4.2.1.3")]
pub enum KeyUsageBit {
    DigitalSignature = 0,
    ContentCommitment = 1,
    KeyEncipherment = 2,
    DataEncipherment = 3,
    KeyAgreement = 4,
    KeyCertSign = 5,
    CrlSign = 6,
    EncipherOnly = 7,
    DecipherOnly = 8,
}

impl KeyUsageBit {
    /// All bits in order.
    pub const ALL: [KeyUsageBit; 9] = [
        Self::DigitalSignature,
        Self::ContentCommitment,
        Self::KeyEncipherment,
        Self::DataEncipherment,
        Self::KeyAgreement,
        Self::KeyCertSign,
        Self::CrlSign,
        Self::EncipherOnly,
        Self::DecipherOnly,
    ];

    /// The name of RFC 5280 §4.2.1.3.
    pub const fn name(self) -> &'static str {
        match self {
            Self::DigitalSignature => "digitalSignature",
            Self::ContentCommitment => "contentCommitment",
            Self::KeyEncipherment => "keyEncipherment",
            Self::DataEncipherment => "dataEncipherment",
            Self::KeyAgreement => "keyAgreement",
            Self::KeyCertSign => "keyCertSign",
            Self::CrlSign => "cRLSign",
            Self::EncipherOnly => "encipherOnly",
            Self::DecipherOnly => "decipherOnly",
        }
    }
}

/// What the key may be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyUsage(u16);

impl KeyUsage {
    /// Whether this bit is set.
    pub const fn has(self, bit: KeyUsageBit) -> bool {
        self.0 & (1 << bit as u16) != 0
    }

    /// The names of the set bits in order.
    pub fn names(self) -> Vec<&'static str> {
        KeyUsageBit::ALL.into_iter().filter(|bit| self.has(*bit)).map(KeyUsageBit::name).collect()
    }
}

impl<'a> Decode<'a> for KeyUsage {
    fn decode(cursor: &mut Cursor<'a>) -> Result<Self, DerError> {
        let offset = cursor.offset();
        let bits = cursor.bit_string()?;
        check_named_bits(cursor, &bits);
        let mut usage = 0;
        for bit in KeyUsageBit::ALL {
            if bits.bit(bit as usize) {
                usage |= 1 << bit as u16;
            }
        }
        if usage == 0 {
            // RFC 5280 §4.2.1.3: at least one of the bits MUST be set.
            return Err(DerError::new(offset, DerErrorKind::Invalid("no bit of keyUsage is set")));
        }
        Ok(KeyUsage(usage))
    }
}

/// DER drops trailing zero bits of a named-bit list (X.690 §11.2.2).
pub(super) fn check_named_bits(cursor: &Cursor<'_>, bits: &BitString<'_>) {
    if let Some(last) = bits.bytes.last()
        && last & (1 << bits.unused) == 0
    {
        cursor.note(bits.offset, DeviationKind::NamedBitsTrailingZero);
    }
}
