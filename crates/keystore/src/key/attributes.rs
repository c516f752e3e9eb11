//! The attributes of a private key (RFC 5958 §2), of which Windows reads one:
//! keyUsage decides the key spec of the imported key.

use certlens_core::encoding::der::{Cursor, Decode, DerError, DerErrorKind, InField, Tag, encode};
use certlens_core::x509::extension::KeyUsage;
use certlens_core::x509::oid::{Oid, oids};

use super::error::KeyProblem;

/// keyUsage as it stands among a key's attributes: a BIT STRING.
///
/// Equal usages may be written differently: OpenSSL drops trailing zero bits,
/// Windows does not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyUsageAttribute {
    der: Vec<u8>,
    usage: Option<KeyUsage>,
}

impl KeyUsageAttribute {
    /// What Windows writes for AT_KEYEXCHANGE: `03 02 00 10`.
    pub fn key_exchange() -> KeyUsageAttribute {
        KeyUsageAttribute::bits(0x10)
    }

    /// What Windows writes for AT_SIGNATURE: `03 02 00 80`.
    pub fn signature() -> KeyUsageAttribute {
        KeyUsageAttribute::bits(0x80)
    }

    /// What Windows writes for a CNG key that may sign and decrypt: `03 02 00 90`.
    pub fn sign_and_decrypt() -> KeyUsageAttribute {
        KeyUsageAttribute::bits(0x90)
    }

    fn bits(bits: u8) -> KeyUsageAttribute {
        let der = encode(Tag::BIT_STRING, &[&[0, bits]]);
        let usage = KeyUsage::decode(&mut Cursor::silent(&der)).ok();
        KeyUsageAttribute { der, usage }
    }

    /// From an encoded BIT STRING.
    ///
    /// # Errors
    /// Another type, or octets after it.
    pub fn from_der(der: &[u8]) -> Result<KeyUsageAttribute, DerError> {
        let mut cursor = Cursor::silent(der);
        let raw = cursor.expect(Tag::BIT_STRING)?;
        raw.bit_string()?;
        if !cursor.is_empty() {
            return Err(DerError::new(cursor.offset(), DerErrorKind::TrailingData));
        }
        // An empty list of bits is a usage of nothing.
        let usage = KeyUsage::decode(&mut raw.as_cursor()).ok();
        Ok(KeyUsageAttribute { der: raw.raw().to_vec(), usage })
    }

    /// The whole BIT STRING as it stands.
    pub fn as_der(&self) -> &[u8] {
        &self.der
    }

    /// The bits; `None` when none is set.
    pub fn usage(&self) -> Option<KeyUsage> {
        self.usage
    }
}

/// One attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyAttribute {
    oid: Vec<u8>,
    der: Vec<u8>,
}

impl KeyAttribute {
    /// Its type.
    pub fn oid(&self) -> Oid<'_> {
        Oid::new(&self.oid)
    }

    /// The whole Attribute as it stands.
    pub fn as_der(&self) -> &[u8] {
        &self.der
    }

    /// The first value as it stands.
    pub fn first_value(&self) -> Option<&[u8]> {
        let mut content = Cursor::silent(&self.der).sequence().ok()?;
        content.oid().ok()?;
        let mut values = content.expect(Tag::SET).ok()?.cursor();
        values.read().ok().map(|value| value.raw())
    }
}

/// The attributes of a private key, in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyAttributes(Vec<KeyAttribute>);

impl KeyAttributes {
    /// Reads the content of `attributes [0] IMPLICIT SET OF Attribute`.
    pub(crate) fn read(mut content: Cursor<'_>, problems: &mut Vec<KeyProblem>) -> Result<KeyAttributes, DerError> {
        let mut attributes = Vec::new();
        while !content.is_empty() {
            let whole = content.expect(Tag::SEQUENCE).in_field("attributes")?;
            let mut inside = whole.cursor();
            let oid = inside.oid().in_field("attributes.type")?;
            inside.expect(Tag::SET).in_field("attributes.values")?;
            inside.finish();
            attributes.push(KeyAttribute { oid: oid.to_vec(), der: whole.raw().to_vec() });
        }
        let attributes = KeyAttributes(attributes);
        let mut usages = attributes.of(oids::KEY_USAGE);
        if let Some(first) = usages.next() {
            if first.first_value().is_none_or(|value| KeyUsageAttribute::from_der(value).is_err()) {
                problems.push(KeyProblem::KeyUsageUnreadable);
            }
            if usages.next().is_some() {
                problems.push(KeyProblem::KeyUsageRepeated);
            }
        }
        drop(usages);
        Ok(attributes)
    }

    fn of(&self, oid: Oid<'static>) -> impl Iterator<Item = &KeyAttribute> {
        self.0.iter().filter(move |attribute| attribute.oid() == oid)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &KeyAttribute> {
        self.0.iter()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// keyUsage, by its first value, which is the one that counts; `None` when
    /// it is absent or cannot be read.
    pub fn key_usage(&self) -> Option<KeyUsageAttribute> {
        let value = self.of(oids::KEY_USAGE).next()?.first_value()?;
        KeyUsageAttribute::from_der(value).ok()
    }

    pub(crate) fn set_key_usage(&mut self, usage: Option<&KeyUsageAttribute>) {
        self.0.retain(|attribute| attribute.oid() != oids::KEY_USAGE);
        if let Some(usage) = usage {
            let oid = oids::KEY_USAGE.as_bytes();
            let values = encode(Tag::SET, &[&usage.der]);
            let der = encode(Tag::SEQUENCE, &[&encode(Tag::OID, &[oid]), &values]);
            self.0.push(KeyAttribute { oid: oid.to_vec(), der });
        }
        // A SET OF stands in ascending order (X.690 §11.6).
        self.0.sort_by(|a, b| a.der.cmp(&b.der));
    }

    /// `attributes [0]`, or nothing when there is none.
    pub(crate) fn to_der(&self) -> Vec<u8> {
        if self.0.is_empty() {
            return Vec::new();
        }
        let parts: Vec<&[u8]> = self.0.iter().map(KeyAttribute::as_der).collect();
        encode(Tag::context_constructed(0), &parts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usages_as_windows_writes_them() {
        assert_eq!(KeyUsageAttribute::key_exchange().as_der(), [3, 2, 0, 0x10]);
        assert_eq!(KeyUsageAttribute::signature().as_der(), [3, 2, 0, 0x80]);
        assert_eq!(KeyUsageAttribute::sign_and_decrypt().as_der(), [3, 2, 0, 0x90]);
        let openssl = KeyUsageAttribute::from_der(&[3, 2, 4, 0x10]).unwrap();
        assert_eq!(openssl.usage(), KeyUsageAttribute::key_exchange().usage());
        assert_eq!(KeyUsageAttribute::from_der(&[3, 1, 0]).unwrap().usage(), None);
        assert!(KeyUsageAttribute::from_der(&[2, 1, 0]).is_err());
    }

    #[test]
    fn the_first_usage_counts_and_the_rest_is_kept() {
        let usage = |bits: u8| [&[0x30, 0x0b, 6, 3, 0x55, 0x1d, 0x0f, 0x31, 4][..], &[3, 2, 0, bits]].concat();
        let other = [0x30, 7, 6, 1, 0x2a, 0x31, 2, 5, 0];
        let content = [&other[..], &usage(0x80), &usage(0x10)].concat();
        let mut problems = Vec::new();
        let mut attributes = KeyAttributes::read(Cursor::silent(&content), &mut problems).unwrap();
        assert_eq!(attributes.key_usage(), Some(KeyUsageAttribute::signature()));
        assert_eq!(problems, [KeyProblem::KeyUsageRepeated]);
        assert_eq!(attributes.to_der(), [&[0xa0, content.len() as u8], content.as_slice()].concat());

        attributes.set_key_usage(Some(&KeyUsageAttribute::key_exchange()));
        assert_eq!(attributes.to_der(), [&[0xa0, 22][..], &other, &usage(0x10)].concat());
        attributes.set_key_usage(None);
        assert_eq!(attributes.to_der(), [&[0xa0, 9][..], &other].concat());
    }

    #[test]
    fn a_usage_that_is_none() {
        let content = [0x30, 0x0a, 6, 3, 0x55, 0x1d, 0x0f, 0x31, 3, 2, 1, 5];
        let mut problems = Vec::new();
        let attributes = KeyAttributes::read(Cursor::silent(&content), &mut problems).unwrap();
        assert_eq!((attributes.key_usage(), problems), (None, vec![KeyProblem::KeyUsageUnreadable]));
        assert!(KeyAttributes::read(Cursor::silent(&[0x30, 2, 5, 0]), &mut Vec::new()).is_err());
    }
}
