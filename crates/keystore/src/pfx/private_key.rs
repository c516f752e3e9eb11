//! A private key as a PFX has it: PKCS#8 PrivateKeyInfo (RFC 5208 §5, RFC 5958 §2),
//! and in its attributes what Windows may use it for.

use std::fmt;

use certlens_core::encoding::ber::Reader;
use certlens_core::encoding::der::{BitString, DerError, DerErrorKind, InField, Tag, encode};

use super::limits::MAX_KEY_ATTRIBUTES;
use crate::oid;
use crate::secret::SecretOctets;

/// A keyUsage BIT STRING (RFC 5280 §4.2.1.3), from which Windows takes the key
/// spec or the allowed usages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyUsageBits {
    octets: Vec<u8>,
    unused: u8,
}

impl KeyUsageBits {
    /// From the octets and the number of unused bits in the last one.
    pub fn new(octets: Vec<u8>, unused: u8) -> KeyUsageBits {
        KeyUsageBits { octets, unused }
    }

    /// Whether a bit is set: 0 is digitalSignature, 8 decipherOnly.
    pub fn bit(&self, index: usize) -> bool {
        BitString { bytes: &self.octets, unused: self.unused, offset: 0 }.bit(index)
    }

    /// The BIT STRING with tag and length.
    pub fn to_der(&self) -> Vec<u8> {
        encode(Tag::BIT_STRING, &[&[self.unused], &self.octets])
    }
}

/// A private key, and what can be said of it without reading the key itself.
#[derive(Clone, PartialEq, Eq)]
pub struct PrivateKey {
    /// PrivateKeyInfo as it stands; in a BER file it may be BER.
    pub octets: SecretOctets,
    /// Its AlgorithmIdentifier as it stands.
    pub algorithm: Vec<u8>,
    /// keyUsage (2.5.29.15) among its attributes.
    pub key_usage: Option<KeyUsageBits>,
    /// Content octets of the OBJECT IDENTIFIERs of its other attributes.
    pub other_attributes: Vec<Vec<u8>>,
}

impl PrivateKey {
    /// Takes over the octets of a PrivateKeyInfo, in BER.
    ///
    /// # Errors
    /// They are none, or its attributes are malformed; the offset counts from
    /// their start.
    pub fn read(octets: SecretOctets) -> Result<PrivateKey, DerError> {
        let mut reader = Reader::new(octets.expose());
        reader.enter(Tag::SEQUENCE).in_field("privateKeyInfo")?;
        reader.expect(Tag::INTEGER).in_field("privateKeyInfo.version")?;
        let algorithm = reader.expect(Tag::SEQUENCE).in_field("privateKeyInfo.privateKeyAlgorithm")?;
        // Passed over in whichever form it has: joining fragments would leave a copy of the key.
        let fragments = Tag::from_octet(Tag::OCTET_STRING.first_octet() | 0x20);
        let in_fragments = reader.peek()?.is_some_and(|header| header.tag == fragments);
        let form = if in_fragments { fragments } else { Tag::OCTET_STRING };
        reader.expect(form).in_field("privateKeyInfo.privateKey")?;
        let (mut key_usage, mut other_attributes) = (None, Vec::new());
        if reader.peek()?.is_some_and(|header| header.tag == Tag::context_constructed(0)) {
            reader.enter(Tag::context_constructed(0))?;
            while reader.peek()?.is_some() {
                read_attribute(&mut reader, &mut key_usage, &mut other_attributes)
                    .in_field("privateKeyInfo.attributes")?;
            }
            reader.leave()?;
        }
        let algorithm = algorithm.raw.to_vec();
        Ok(PrivateKey { octets, algorithm, key_usage, other_attributes })
    }

    /// Content octets of the algorithm's OBJECT IDENTIFIER; of none, when it has none.
    pub fn algorithm_oid(&self) -> &[u8] {
        let mut reader = Reader::new(&self.algorithm);
        let oid = reader.enter(Tag::SEQUENCE).and_then(|_| reader.expect(Tag::OID));
        oid.map_or(&[], |oid| oid.content)
    }
}

fn read_attribute(
    reader: &mut Reader<'_>,
    key_usage: &mut Option<KeyUsageBits>,
    others: &mut Vec<Vec<u8>>,
) -> Result<(), DerError> {
    let header = reader.enter(Tag::SEQUENCE)?;
    let oid = reader.expect(Tag::OID)?.content;
    if oid == oid::KEY_USAGE && key_usage.is_none() {
        reader.enter(Tag::SET)?;
        if let Some(value) = reader.value()? {
            let malformed = "expected a BIT STRING as keyUsage of the private key";
            let malformed = DerError::new(value.header.offset, DerErrorKind::Invalid(malformed));
            match value.content.split_first() {
                Some((&unused @ 0..=7, octets)) if value.header.tag == Tag::BIT_STRING => {
                    *key_usage = Some(KeyUsageBits::new(octets.to_vec(), unused));
                }
                _ => return Err(malformed),
            }
        }
        reader.leave()?;
    } else if others.len() < MAX_KEY_ATTRIBUTES {
        others.push(oid.to_vec());
    } else {
        return Err(DerError::new(header.offset, DerErrorKind::Invalid("the private key has too many attributes")));
    }
    reader.leave()?;
    Ok(())
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PrivateKey")
            .field("octets", &self.octets)
            .field("algorithm", &oid::name(self.algorithm_oid()))
            .field("key_usage", &self.key_usage)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(attributes: &[u8]) -> Result<PrivateKey, DerError> {
        let algorithm = encode(Tag::SEQUENCE, &[&encode(Tag::OID, &[&[0x2b, 0x65, 0x70]])]);
        let octets = encode(Tag::SEQUENCE, &[&[0x02, 1, 0], &algorithm, &[0x04, 1, 7], attributes]);
        PrivateKey::read(SecretOctets::new(octets))
    }

    #[test]
    fn keys_in_fragments() {
        let algorithm = encode(Tag::SEQUENCE, &[&encode(Tag::OID, &[&[0x2b, 0x65, 0x70]])]);
        let read =
            |key: &[u8]| PrivateKey::read(SecretOctets::new(encode(Tag::SEQUENCE, &[&[0x02, 1, 0], &algorithm, key])));
        assert!(read(&[0x24, 0x80, 0x04, 1, 7, 0x04, 1, 8, 0, 0]).is_ok());
        assert!(read(&[0x03, 1, 0]).unwrap_err().to_string().ends_with("(in privateKeyInfo.privateKey)"));
        assert!(read(&[]).is_err());
    }

    #[test]
    fn key_usage_is_walked_out() {
        assert_eq!(key(&[]).unwrap().key_usage, None);
        let oid = encode(Tag::OID, &[oid::KEY_USAGE]);
        let attribute = |values: &[u8]| encode(Tag::SEQUENCE, &[&oid, &encode(Tag::SET, &[values])]);
        let with = |attribute: &[u8]| key(&encode(Tag::context_constructed(0), &[attribute]));
        let read = with(&attribute(&[0x03, 2, 4, 0x10])).unwrap();
        let usage = read.key_usage.clone().unwrap();
        assert!(usage.bit(3) && !usage.bit(0) && !usage.bit(9));
        assert_eq!(usage.to_der(), [0x03, 2, 4, 0x10]);
        assert_eq!(read.algorithm_oid(), [0x2b, 0x65, 0x70]);
        assert!(!format!("{read:?}").contains("[7]"));
        assert_eq!(with(&attribute(&[])).unwrap().key_usage, None);
        assert!(with(&attribute(&[0x02, 1, 4])).unwrap_err().to_string().contains("BIT STRING"));
        let other = encode(Tag::SEQUENCE, &[&encode(Tag::OID, &[&[0x2a, 3]]), &encode(Tag::SET, &[])]);
        assert_eq!(with(&other).unwrap().other_attributes, [vec![0x2a, 3]]);
        assert!(with(&other.repeat(MAX_KEY_ATTRIBUTES + 1)).is_err());
    }
}
