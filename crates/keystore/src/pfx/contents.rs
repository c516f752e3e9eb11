//! Reading SafeContents: the bags of a safe (RFC 7292 §4.2).

use certlens_core::encoding::ber::Reader;
use certlens_core::encoding::der::{DerError, InField, Tag};

use super::attribute;
use super::bag::{Bag, BagContent, ShroudedKey};
use super::error::PfxError;
use super::limits::{MAX_BAGS, MAX_PRIVATE_KEYS, MAX_SAFE_NESTING};
use super::place::{Place, Position};
use super::private_key::PrivateKey;
use crate::oid;
use crate::pbe::{AlgorithmError, Encryption};
use crate::secret::SecretOctets;

/// What was read of a file already, for the limits that count over all safes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    bags: usize,
    keys: usize,
    attributes: usize,
}

/// Reads SafeContents; `base` is where the octets start. What stands behind them
/// is passed over, as OpenSSL does.
pub(super) fn read(octets: &[u8], base: Place, safe: usize, tally: &mut Tally) -> Result<Vec<Bag>, PfxError> {
    let mut contents = Contents { reader: Reader::new(octets), base, safe, in_safe: 0, tally };
    contents.bags(0)
}

struct Contents<'a, 't> {
    reader: Reader<'a>,
    base: Place,
    safe: usize,
    /// Bags of this safe so far.
    in_safe: usize,
    tally: &'t mut Tally,
}

impl Contents<'_, '_> {
    fn bags(&mut self, depth: usize) -> Result<Vec<Bag>, PfxError> {
        let (base, position) = (self.base, Position { safe: self.safe, bag: None });
        let located = |error| PfxError::der(base, error).within(position);
        self.reader.enter(Tag::SEQUENCE).in_field("safeContents").map_err(located)?;
        let mut bags = Vec::new();
        while self.reader.peek().in_field("safeContents").map_err(located)?.is_some() {
            self.tally.bags += 1;
            self.in_safe += 1;
            if self.tally.bags > MAX_BAGS {
                let error = PfxError::limit("the number of bags", self.tally.bags, MAX_BAGS, "MAX_BAGS");
                return Err(error.within(position));
            }
            let position = Position { safe: self.safe, bag: Some(self.in_safe) };
            bags.push(self.bag(position, depth).map_err(|error| error.within(position))?);
        }
        self.reader.leave().in_field("safeContents").map_err(located)?;
        Ok(bags)
    }

    fn bag(&mut self, position: Position, depth: usize) -> Result<Bag, PfxError> {
        let base = self.base;
        let located = |error| PfxError::der(base, error);
        let header = self.reader.enter(Tag::SEQUENCE).in_field("safeBag").map_err(located)?;
        let oid = oid::read(&mut self.reader).in_field("safeBag.bagId").map_err(located)?;
        self.reader.enter(Tag::context_constructed(0)).in_field("safeBag.bagValue").map_err(located)?;
        let content = match oid {
            oid::SAFE_CONTENTS_BAG => {
                if depth >= MAX_SAFE_NESTING {
                    let what = "the nesting of safeContentsBags";
                    return Err(PfxError::limit(what, depth + 1, MAX_SAFE_NESTING, "MAX_SAFE_NESTING"));
                }
                BagContent::SafeContents(self.bags(depth + 1)?)
            }
            _ => value(&mut self.reader, oid).map_err(located)?,
        };
        if content.is_private_key() {
            self.tally.keys += 1;
            if self.tally.keys > MAX_PRIVATE_KEYS {
                let what = "the number of private keys";
                return Err(PfxError::limit(what, self.tally.keys, MAX_PRIVATE_KEYS, "MAX_PRIVATE_KEYS"));
            }
        }
        self.reader.leave().in_field("safeBag.bagValue").map_err(located)?;
        let attributes = attribute::read(&mut self.reader, base, &mut self.tally.attributes)?;
        self.reader.leave().in_field("safeBag").map_err(located)?;
        Ok(Bag { position, place: base.plus(header.offset), content, attributes })
    }
}

/// The value of a bag that holds no others.
fn value(reader: &mut Reader<'_>, oid: &[u8]) -> Result<BagContent, DerError> {
    Ok(match oid {
        oid::KEY_BAG => BagContent::Key(key(reader, "keyBag")?),
        oid::SHROUDED_KEY_BAG if starts_as_key(reader)? => {
            BagContent::UnshroudedKey(key(reader, "pkcs8ShroudedKeyBag")?)
        }
        oid::SHROUDED_KEY_BAG => BagContent::ShroudedKey(shrouded_key(reader)?),
        oid::CERT_BAG => typed(reader, "certBag", |reader, oid| match oid {
            oid::X509_CERTIFICATE => Ok(BagContent::X509Certificate(octets(reader, "certBag.certValue")?)),
            oid::SDSI_CERTIFICATE => {
                let text = reader.expect(Tag::IA5_STRING).in_field("certBag.certValue")?;
                Ok(BagContent::SdsiCertificate(text.content.to_vec()))
            }
            _ => Ok(BagContent::OtherCertificate { oid: oid.to_vec(), octets: raw(reader)? }),
        })?,
        oid::CRL_BAG => typed(reader, "crlBag", |reader, oid| match oid {
            oid::X509_CRL => Ok(BagContent::X509Crl(octets(reader, "crlBag.crlValue")?)),
            _ => Ok(BagContent::OtherCrl { oid: oid.to_vec(), octets: raw(reader)? }),
        })?,
        oid::SECRET_BAG => typed(reader, "secretBag", |reader, oid| {
            Ok(BagContent::Secret { oid: oid.to_vec(), octets: SecretOctets::new(raw(reader)?) })
        })?,
        _ => BagContent::Other { oid: oid.to_vec(), octets: SecretOctets::new(raw(reader)?) },
    })
}

/// PrivateKeyInfo.
fn key(reader: &mut Reader<'_>, field: &'static str) -> Result<PrivateKey, DerError> {
    let value = reader.expect(Tag::SEQUENCE).in_field(field)?;
    let key = PrivateKey::read(SecretOctets::new(value.raw.to_vec()));
    key.map_err(|error| DerError { offset: value.header.offset + error.offset, ..error })
}

/// Whether the next value starts with a version and an algorithm, as a PrivateKeyInfo
/// does and an EncryptedPrivateKeyInfo does not.
fn starts_as_key(reader: &Reader<'_>) -> Result<bool, DerError> {
    let start = |inside: &mut Reader<'_>| {
        inside.enter(Tag::SEQUENCE)?;
        inside.expect(Tag::INTEGER)?;
        inside.expect(Tag::SEQUENCE).map(drop)
    };
    Ok(start(&mut Reader::new(reader.rest()?)).is_ok())
}

fn shrouded_key(reader: &mut Reader<'_>) -> Result<ShroudedKey, DerError> {
    reader.enter(Tag::SEQUENCE).in_field("pkcs8ShroudedKeyBag")?;
    let encryption = algorithm(reader, "pkcs8ShroudedKeyBag.encryptionAlgorithm")?;
    let ciphertext = octets(reader, "pkcs8ShroudedKeyBag.encryptedData")?;
    reader.leave().in_field("pkcs8ShroudedKeyBag")?;
    Ok(ShroudedKey { encryption, ciphertext, key: None })
}

/// An AlgorithmIdentifier; an algorithm that is not known is no error yet.
pub(super) fn algorithm(
    reader: &mut Reader<'_>,
    field: &'static str,
) -> Result<Result<Encryption, AlgorithmError>, DerError> {
    let value = reader.expect(Tag::SEQUENCE).in_field(field)?;
    match Encryption::read(value.raw) {
        Err(AlgorithmError::Malformed(error)) => {
            Err(DerError { offset: value.header.offset + error.offset, ..error }).in_field(field)
        }
        read => Ok(read),
    }
}

/// A type and `[0]` a value of it, as certBag, crlBag and secretBag have them.
fn typed<'a>(
    reader: &mut Reader<'a>,
    field: &'static str,
    value: impl FnOnce(&mut Reader<'a>, &[u8]) -> Result<BagContent, DerError>,
) -> Result<BagContent, DerError> {
    reader.enter(Tag::SEQUENCE).in_field(field)?;
    let oid = oid::read(reader).in_field(field)?;
    reader.enter(Tag::context_constructed(0)).in_field(field)?;
    let content = value(reader, oid).in_field(field)?;
    reader.leave().in_field(field)?;
    reader.leave().in_field(field)?;
    Ok(content)
}

fn octets(reader: &mut Reader<'_>, field: &'static str) -> Result<Vec<u8>, DerError> {
    Ok(reader.octet_string().in_field(field)?.into_owned())
}

/// The next value as it stands; of none, no octets.
fn raw(reader: &mut Reader<'_>) -> Result<Vec<u8>, DerError> {
    Ok(reader.value()?.map(|value| value.raw.to_vec()).unwrap_or_default())
}
