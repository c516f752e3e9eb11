//! A private key as a PFX has it: PKCS#8 PrivateKeyInfo (RFC 5208 §5, RFC 5958 §2),
//! and in its attributes what Windows may use it for. In BER, and whether or not
//! the algorithm is known: [`PrivateKey::parsed`] looks into the key itself.

use std::fmt;

use certlens_core::encoding::ber::Reader;
use certlens_core::encoding::der::{DerError, DerErrorKind, InField, Tag, encode};

use super::ber_to_der::to_der;
use super::limits::MAX_KEY_ATTRIBUTES;
use crate::key::{KeyError, KeyUsageAttribute, KeyWork, MAX_KEY_OCTETS};
use crate::oid;
use crate::secret::SecretOctets;

/// A private key, and what can be said of it without reading the key itself.
#[derive(Clone, PartialEq, Eq)]
pub struct PrivateKey {
    /// PrivateKeyInfo as it stands; in a BER file it may be BER.
    pub octets: SecretOctets,
    /// Its AlgorithmIdentifier as it stands.
    pub algorithm: Vec<u8>,
    /// keyUsage (2.5.29.15) among its attributes; of several the first, even if it cannot be read.
    pub key_usage: Option<KeyUsageAttribute>,
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

    /// The key itself: what kind it is, and its public half.
    ///
    /// # Errors
    /// As [`crate::key::PrivateKey::from_pkcs8`].
    pub fn parsed(&self) -> Result<crate::key::PrivateKey, KeyError> {
        self.parsed_within(&mut KeyWork::default())
    }

    /// The same for one of many keys; see [`crate::key::PrivateKey::from_pkcs8_within`].
    ///
    /// # Errors
    /// As [`PrivateKey::parsed`].
    pub fn parsed_within(&self, work: &mut KeyWork) -> Result<crate::key::PrivateKey, KeyError> {
        let (octets, limit) = (self.octets.expose(), MAX_KEY_OCTETS);
        if octets.len() > limit {
            // Not rewritten first: that would cost more than finding out that it is too long.
            return Err(KeyError::LimitExceeded { name: "MAX_KEY_OCTETS", limit, found: octets.len() });
        }
        crate::key::PrivateKey::from_pkcs8_within(&to_der(octets), work)
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
    /// keyUsage came already.
    has_usage: bool,
    key_usage: Option<KeyUsageAttribute>,
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
        let is_repeated = std::mem::replace(&mut self.has_usage, true);
        let problem = match value {
            _ if is_repeated => Some("the attribute keyUsage comes once more; the first counts"),
            None => Some("the attribute keyUsage has no value"),
            Some(value) => {
                // Its length may be in BER.
                let bits = encode(value.header.tag, &[value.content]);
                self.key_usage = KeyUsageAttribute::from_der(&bits).ok();
                self.key_usage.is_none().then_some("the attribute keyUsage is no BIT STRING")
            }
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
    use certlens_core::encoding::der::Cursor;

    fn key(attributes: &[u8]) -> Result<PrivateKey, DerError> {
        let algorithm = encode(Tag::SEQUENCE, &[&encode(Tag::OID, &[&[0x2b, 0x65, 0x70]])]);
        let octets = encode(Tag::SEQUENCE, &[&[0x02, 1, 0], &algorithm, &[0x04, 1, 7], attributes]);
        PrivateKey::read(SecretOctets::new(octets))
    }

    /// The attributes as the key itself has them.
    fn key_attributes(key: &PrivateKey) -> crate::key::KeyAttributes {
        let mut reader = Reader::new(key.octets.expose());
        reader.enter(Tag::SEQUENCE).unwrap();
        while reader.peek().unwrap().unwrap().tag != Tag::context_constructed(0) {
            reader.value().unwrap();
        }
        let attributes = reader.value().unwrap().unwrap().content;
        crate::key::KeyAttributes::read(Cursor::silent(attributes), &mut Vec::new()).unwrap()
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
        assert_eq!(usage.usage(), KeyUsageAttribute::key_exchange().usage());
        assert_eq!(usage.as_der(), [0x03, 2, 4, 0x10]);
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
        assert_eq!(with(&twice).unwrap().key_usage.unwrap().as_der(), [0x03, 2, 4, 0x10]);
        // The first counts, whatever it says; the key itself is read by the same rule.
        for first in [&[][..], &[0x02, 1, 4]] {
            let read = with(&[attribute(first), attribute(&[0x03, 2, 7, 0x80])].concat()).unwrap();
            assert_eq!((read.key_usage.as_ref(), read.key_usage_problem.is_some()), (None, true));
            assert_eq!(key_attributes(&read).key_usage(), None);
        }
        assert_eq!(key_attributes(&with(&twice).unwrap()).key_usage(), with(&twice).unwrap().key_usage);
        let other = encode(Tag::SEQUENCE, &[&encode(Tag::OID, &[&[0x2a, 3]]), &encode(Tag::SET, &[])]);
        assert_eq!(with(&other).unwrap().other_attributes, [vec![0x2a, 3]]);
        assert!(with(&other.repeat(MAX_KEY_ATTRIBUTES + 1)).is_err());
    }
}
