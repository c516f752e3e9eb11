//! OCSP requests and responses (RFC 6960): reading both, writing requests.
//!
//! A response is no more than what it says: whether its signer may say it, and
//! whether it is fresh, is judged elsewhere.

mod cert_id;
mod extension;
mod request;
mod response;
mod single;

pub use cert_id::{CertIdHash, CertIdMatcher, CertIdOwned, CertIdRef};
pub(crate) use cert_id::{key_hash, significant};
pub use extension::{CrlId, MAX_OCSP_EXTENSIONS, OcspExtension, OcspExtensionValue, OcspExtensions, ServiceLocator};
pub use request::{MAX_NONCE_OCTETS, Nonce, OcspRequest, SingleRequest, encode_request};
pub use response::{BasicResponse, MAX_OCSP_CERTIFICATES, OcspResponse, ResponderId, ResponseStatus};
pub use single::{CertStatus, SingleResponse};

use crate::encoding::der::{Cursor, DerError, DerErrorKind, InField, Span, Tag};
use crate::encoding::deviation::DeviationKind;
use crate::x509::certificate::Version;

/// The largest request or response that is read, in octets. Responses of public
/// CAs stay below 10 kB; some responders send thousands of single responses at
/// once.
pub const MAX_OCSP_OCTETS: usize = 1024 * 1024;

/// Refuses what is larger than [`MAX_OCSP_OCTETS`].
fn check_size(der: &[u8]) -> Result<(), DerError> {
    if der.len() <= MAX_OCSP_OCTETS {
        return Ok(());
    }
    let what = "the OCSP message is larger than 1 MiB (limit MAX_OCSP_OCTETS)";
    Err(DerError::new(MAX_OCSP_OCTETS, DerErrorKind::Invalid(what)))
}

/// What stands inside `[number] EXPLICIT`, when that is there.
fn explicit<'a, T>(
    fields: &mut Cursor<'a>,
    number: u8,
    read: impl FnOnce(&mut Cursor<'a>) -> Result<T, DerError>,
) -> Result<Option<T>, DerError> {
    let Some(tlv) = fields.optional(Tag::context_constructed(number))? else { return Ok(None) };
    let mut inside = tlv.cursor();
    let value = read(&mut inside)?;
    inside.finish();
    Ok(Some(value))
}

/// `[0] EXPLICIT Version DEFAULT v1`.
fn version(fields: &mut Cursor<'_>) -> Result<Version, DerError> {
    let offset = fields.offset();
    let number = explicit(fields, 0, |inside| Ok(inside.integer()?.to_u32())).in_field("version")?;
    Ok(match number {
        None => Version::V1,
        Some(Some(0)) => {
            fields.note(offset, DeviationKind::DefaultEncoded);
            Version::V1
        }
        Some(Some(1)) => Version::V2,
        Some(Some(2)) => Version::V3,
        Some(other) => Version::Other(other),
    })
}

/// The end of a structure behind which extensions could stand in a form that is
/// not read, critical ones among them: not a departure to be tolerated.
fn end(fields: &Cursor<'_>) -> Result<(), DerError> {
    if fields.is_empty() { Ok(()) } else { Err(DerError::new(fields.offset(), DerErrorKind::TrailingData)) }
}

/// Reads a value and keeps where it stands.
fn with_span<'a, T>(
    cursor: &mut Cursor<'a>,
    read: impl FnOnce(&mut Cursor<'a>) -> Result<T, DerError>,
) -> Result<(Span, T), DerError> {
    let start = cursor.offset() as u32;
    let value = read(cursor)?;
    Ok((Span { start, end: cursor.offset() as u32 }, value))
}

/// Reads a part that was read before, when the whole was.
fn again<'a, T>(der: &'a [u8], span: Span, read: impl FnOnce(&mut Cursor<'a>) -> Result<T, DerError>) -> T {
    match read(&mut Cursor::silent_part(der, span).read_before()) {
        Ok(value) => value,
        Err(error) => unreachable!("a part that was read before cannot be read again: {error}"),
    }
}

#[cfg(test)]
mod tests;
