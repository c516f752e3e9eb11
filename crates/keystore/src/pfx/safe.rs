//! Safes: the ContentInfos of the authenticated safe (RFC 7292 §4.1).

use std::borrow::Cow;
use std::fmt;

use certlens_core::encoding::ber::Reader;
use certlens_core::encoding::der::{DerError, InField, Tag};
use zeroize::Zeroizing;

use super::bag::{self, Bag};
use super::contents::{self, Tally};
use super::error::PfxError;
use super::forms::Forms;
use super::limits::MAX_SAFES;
use super::place::{Layer, Place, Position};
use crate::oid;
use crate::pbe::{AlgorithmError, Encryption};

/// A safe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Safe {
    /// Its number, from 1.
    pub number: usize,
    /// Where its ContentInfo starts.
    pub place: Place,
    /// What protects it.
    pub protection: Protection,
    /// Its bags; `None` as long as it is encrypted.
    pub contents: Option<Vec<Bag>>,
}

/// What protects a safe against reading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Protection {
    /// Nothing.
    Plain,
    /// The file's password.
    Password {
        /// How it is encrypted, or why that cannot be read.
        encryption: Result<Encryption, AlgorithmError>,
        /// What is encrypted.
        ciphertext: Vec<u8>,
    },
    /// A certificate (envelopedData), or something unknown.
    Other {
        /// Content octets of the content type's OBJECT IDENTIFIER.
        oid: Vec<u8>,
    },
}

impl Safe {
    /// All bags that can be read, each before those inside it.
    pub fn bags(&self) -> impl Iterator<Item = &Bag> {
        bag::flat(self.contents.as_deref().unwrap_or_default())
    }
}

impl fmt::Display for Protection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Protection::Plain => f.write_str("not encrypted"),
            Protection::Password { encryption: Ok(encryption), .. } => encryption.fmt(f),
            Protection::Password { encryption: Err(error), .. } => error.fmt(f),
            Protection::Other { oid } => f.write_str(&oid::name(oid)),
        }
    }
}

/// The octets of an OCTET STRING, and where they stand: in the reader's octets,
/// which start at `base`, or in a layer of their own when they had to be joined
/// from fragments.
pub(super) fn located_octets<'a>(
    reader: &mut Reader<'a>,
    base: Place,
    layer: Layer,
) -> Result<(Cow<'a, [u8]>, Place), DerError> {
    let offset = reader.peek()?.map_or(0, |header| header.content_offset);
    let octets = reader.octet_string()?;
    let place = if matches!(octets, Cow::Borrowed(_)) { base.plus(offset) } else { Place::start(layer) };
    Ok((octets, place))
}

/// Reads an AuthenticatedSafe; `base` is where the octets start.
pub(super) fn read_all(
    octets: &[u8],
    base: Place,
    forms: &mut Forms,
    tally: &mut Tally,
) -> Result<Vec<Safe>, PfxError> {
    let located = |error| PfxError::der(base, error);
    let mut reader = Reader::new(octets);
    reader.enter(Tag::SEQUENCE).in_field("authenticatedSafe").map_err(located)?;
    let mut safes = Vec::new();
    while reader.peek().in_field("authenticatedSafe").map_err(located)?.is_some() {
        let number = safes.len() + 1;
        if number > MAX_SAFES {
            return Err(PfxError::limit("the number of safes", number, MAX_SAFES, "MAX_SAFES"));
        }
        let safe = read_one(&mut reader, base, number, forms, tally);
        safes.push(safe.map_err(|error| error.within(Position { safe: number, bag: None }))?);
    }
    reader.leave().in_field("authenticatedSafe").map_err(located)?;
    Ok(safes)
}

fn read_one(
    reader: &mut Reader<'_>,
    base: Place,
    number: usize,
    forms: &mut Forms,
    tally: &mut Tally,
) -> Result<Safe, PfxError> {
    let located = |error| PfxError::der(base, error);
    let header = reader.enter(Tag::SEQUENCE).in_field("contentInfo").map_err(located)?;
    let oid = oid::read(reader).in_field("contentInfo.contentType").map_err(located)?;
    let mut contents = None;
    let protection = match oid {
        oid::DATA => {
            reader.enter(Tag::context_constructed(0)).in_field("contentInfo.content").map_err(located)?;
            let located_octets = located_octets(reader, base, Layer::Safe(number));
            let (octets, place) = located_octets.in_field("contentInfo.content").map_err(located)?;
            reader.leave().in_field("contentInfo.content").map_err(located)?;
            // Joined from fragments, they may have a private key that is not encrypted.
            let joined;
            let octets = match octets {
                Cow::Borrowed(octets) => octets,
                Cow::Owned(octets) => {
                    joined = Zeroizing::new(octets);
                    joined.as_slice()
                }
            };
            *forms = forms.and(Forms::of(octets));
            contents = Some(contents::read(octets, place, number, tally)?);
            Protection::Plain
        }
        oid::ENCRYPTED_DATA => {
            reader.enter(Tag::context_constructed(0)).in_field("contentInfo.content").map_err(located)?;
            let protection = encrypted_data(reader).map_err(located)?;
            reader.leave().in_field("contentInfo.content").map_err(located)?;
            protection
        }
        _ => Protection::Other { oid: oid.to_vec() },
    };
    reader.leave().in_field("contentInfo").map_err(located)?;
    Ok(Safe { number, place: base.plus(header.offset), protection, contents })
}

/// EncryptedData (RFC 5652 §8). Attributes behind the content are passed over.
fn encrypted_data(reader: &mut Reader<'_>) -> Result<Protection, DerError> {
    reader.enter(Tag::SEQUENCE).in_field("encryptedData")?;
    reader.expect(Tag::INTEGER).in_field("encryptedData.version")?;
    reader.enter(Tag::SEQUENCE).in_field("encryptedData.encryptedContentInfo")?;
    reader.expect(Tag::OID).in_field("encryptedContentInfo.contentType")?;
    let encryption = contents::algorithm(reader, "encryptedContentInfo.contentEncryptionAlgorithm")?;
    let ciphertext = reader.implicit_octet_string(Tag::context(0)).in_field("encryptedContentInfo.encryptedContent")?;
    let ciphertext = ciphertext.into_owned();
    reader.leave().in_field("encryptedData.encryptedContentInfo")?;
    reader.leave().in_field("encryptedData")?;
    Ok(Protection::Password { encryption, ciphertext })
}
