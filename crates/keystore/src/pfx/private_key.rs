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
    /// keyUsage (2.5.29.15) among its attributes; of several the first that can be read.
    pub key_usage: Option<KeyUsageBits>,
    /// What is wrong with keyUsage.
    pub key_usage_problem: Option<&'static str>,
    /// Content octets of the OBJECT IDENTIFIERs of its other attributes.
    pub other_attributes: Vec<Vec<u8>>,
}

impl PrivateKey {
    /// Takes over the octets of a PrivateKeyInfo, in BER.
    ///
    /// # Errors
    /// They are none, or have too many attributes; the offset counts from their
    /// start. A keyUsage that says nothing is no error.
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
        let mut attributes = KeyAttributes::default();
        if reader.peek()?.is_some_and(|header| header.tag == Tag::context_constructed(0)) {
            reader.enter(Tag::context_constructed(0))?;
            while reader.peek()?.is_some() {
                attributes.read_one(&mut reader).in_field("privateKeyInfo.attributes")?;
            }
            reader.leave()?;
        }
        let KeyAttributes { key_usage, key_usage_problem, others: other_attributes, .. } = attributes;
        let algorithm = algorithm.raw.to_vec();
        Ok(PrivateKey { octets, algorithm, key_usage, key_usage_problem, other_attributes })
    }

    /// Content octets of the algorithm's OBJECT IDENTIFIER; of none, when it has none.
    pub fn algorithm_oid(&self) -> &[u8] {
        let mut reader = Reader::new(&self.algorithm);
        let oid = reader.enter(Tag::SEQUENCE).and_then(|_| reader.expect(Tag::OID));
        oid.map_or(&[], |oid| oid.content)
    }
}

#[derive(Default)]
struct KeyAttributes {
    count: usize,
    key_usage: Option<KeyUsageBits>,
    key_usage_problem: Option<&'static str>,
    others: Vec<Vec<u8>>,
}

impl KeyAttributes {
    fn read_one(&mut self, reader: &mut Reader<'_>) -> Result<(), DerError> {
        let header = reader.enter(Tag::SEQUENCE)?;
        self.count += 1;
        if self.count > MAX_KEY_ATTRIBUTES {
            return Err(DerError::new(header.offset, DerErrorKind::Invalid("the private key has too many attributes")));
        }
        let oid = reader.expect(Tag::OID)?.content;
        reader.enter(Tag::SET)?;
        let value = reader.value()?;
        reader.leave()?;
        reader.leave()?;
        if oid != oid::KEY_USAGE {
            self.others.push(oid.to_vec());
            return Ok(());
        }
        let problem = match (&self.key_usage, value) {
            (Some(_), _) => Some("the attribute keyUsage comes once more; the first counts"),
            (None, None) => Some("the attribute keyUsage has no value"),
            (None, Some(value)) => match value.content.split_first() {
                Some((&unused @ 0..=7, octets)) if value.header.tag == Tag::BIT_STRING => {
                    self.key_usage = Some(KeyUsageBits::new(octets.to_vec(), unused));
                    None
                }
                _ => Some("the attribute keyUsage is no BIT STRING"),
            },
        };
        self.key_usage_problem = self.key_usage_problem.or(problem);
        Ok(())
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PrivateKey")
            .field("octets", &self.octets)
            .field("algorithm", &oid::name(self.algorithm_oid()))
            .field("key_usage", &self.key_usage)
            .field("key_usage_problem", &self.key_usage_problem)
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
        let problem = |attributes: &[u8]| with(attributes).unwrap().key_usage_problem;
        assert_eq!(problem(&attribute(&[0x03, 2, 4, 0x10])), None);
        assert_eq!(problem(&attribute(&[])), Some("the attribute keyUsage has no value"));
        for value in [&[0x02, 1, 4][..], &[0x03, 0], &[0x03, 2, 8, 0x10]] {
            assert_eq!(problem(&attribute(value)), Some("the attribute keyUsage is no BIT STRING"));
        }
        let twice = [attribute(&[0x03, 2, 4, 0x10]), attribute(&[0x03, 2, 7, 0x80])].concat();
        assert_eq!(problem(&twice), Some("the attribute keyUsage comes once more; the first counts"));
        assert_eq!(with(&twice).unwrap().key_usage.unwrap().to_der(), [0x03, 2, 4, 0x10]);
        let other = encode(Tag::SEQUENCE, &[&encode(Tag::OID, &[&[0x2a, 3]]), &encode(Tag::SET, &[])]);
        assert_eq!(with(&other).unwrap().other_attributes, [vec![0x2a, 3]]);
        assert!(with(&other.repeat(MAX_KEY_ATTRIBUTES + 1)).is_err());
    }
}
