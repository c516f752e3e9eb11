//! Small pieces of BER that algorithm identifiers are made of.

use std::borrow::Cow;

use certlens_core::encoding::ber::Reader;
use certlens_core::encoding::der::{Tag, encode};

use super::count::Count;
use super::error::AlgorithmError;
use crate::oid;

/// Reads an AlgorithmIdentifier; `parameters` reads what follows the identifier,
/// and what it leaves is passed over.
pub(super) fn algorithm<'a, T>(
    reader: &mut Reader<'a>,
    parameters: impl FnOnce(&'a [u8], &mut Reader<'a>) -> Result<T, AlgorithmError>,
) -> Result<T, AlgorithmError> {
    reader.enter(Tag::SEQUENCE)?;
    let oid = oid::read(reader)?;
    let read = parameters(oid, reader)?;
    reader.leave()?;
    Ok(read)
}

/// The next INTEGER.
pub(super) fn count(reader: &mut Reader<'_>) -> Result<Count, AlgorithmError> {
    Ok(Count::from_integer(reader.expect(Tag::INTEGER)?.content))
}

/// The next value if it is an INTEGER.
pub(super) fn optional_count(reader: &mut Reader<'_>) -> Result<Option<Count>, AlgorithmError> {
    match reader.peek()? {
        Some(header) if header.tag == Tag::INTEGER => count(reader).map(Some),
        _ => Ok(None),
    }
}

/// The next OCTET STRING.
pub(super) fn octets(reader: &mut Reader<'_>) -> Result<Vec<u8>, AlgorithmError> {
    Ok(reader.octet_string().map(Cow::into_owned)?)
}

/// A SEQUENCE of these values.
pub(super) fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    encode(Tag::SEQUENCE, parts)
}

/// An AlgorithmIdentifier with these parameters, NULL when there are none.
pub(super) fn write_algorithm(oid: &[u8], parameters: Option<&[u8]>) -> Vec<u8> {
    sequence(&[&encode(Tag::OID, &[oid]), parameters.unwrap_or(&[0x05, 0x00])])
}

/// An OCTET STRING.
pub(super) fn write_octets(octets: &[u8]) -> Vec<u8> {
    encode(Tag::OCTET_STRING, &[octets])
}
