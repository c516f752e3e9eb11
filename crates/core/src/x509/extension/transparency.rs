//! Signed certificate timestamps (RFC 6962 §3.2, §3.3).

use crate::encoding::der::{Cursor, Decode, DerError, DerErrorKind};

/// The list embedded in a certificate: TLS presentation language inside an
/// OCTET STRING.
#[derive(Clone, Copy, Debug)]
pub struct SctList<'a> {
    entries: &'a [u8],
}

/// One timestamp.
#[derive(Clone, Copy, Debug)]
pub struct SignedCertificateTimestamp<'a> {
    /// Version; 0 is version 1.
    pub version: u8,
    /// SHA-256 of the log's key, 32 octets (empty for an unknown version).
    pub log_id: &'a [u8],
    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub timestamp: u64,
    /// CtExtensions, undecoded; logs with a static API put the entry's index here.
    pub extensions: &'a [u8],
    /// TLS hash and signature algorithm numbers.
    pub algorithm: (u8, u8),
    /// The log's signature.
    pub signature: &'a [u8],
}

impl<'a> Decode<'a> for SctList<'a> {
    fn decode(cursor: &mut Cursor<'a>) -> Result<Self, DerError> {
        let offset = cursor.offset();
        let bytes = cursor.octet_string()?;
        let invalid = |what| DerError::new(offset, DerErrorKind::Invalid(what));
        let (entries, rest) = vector16(bytes).ok_or_else(|| invalid("the SCT list is cut short"))?;
        if !rest.is_empty() {
            return Err(invalid("octets stand after the SCT list"));
        }
        let mut walk = entries;
        if walk.is_empty() {
            return Err(invalid("the SCT list is empty (RFC 6962 §3.3)"));
        }
        while !walk.is_empty() {
            let (entry, after) = vector16(walk).ok_or_else(|| invalid("an SCT is cut short"))?;
            parse(entry).ok_or_else(|| invalid("an SCT has not the form of RFC 6962 §3.2"))?;
            walk = after;
        }
        Ok(SctList { entries })
    }
}

impl<'a> SctList<'a> {
    /// The timestamps.
    pub fn iter(&self) -> impl Iterator<Item = SignedCertificateTimestamp<'a>> + use<'a> {
        let mut walk = self.entries;
        std::iter::from_fn(move || {
            let (entry, after) = vector16(walk)?;
            walk = after;
            parse(entry)
        })
    }
}

/// Splits off a vector with a two-octet length.
fn vector16(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<2>()?;
    rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))
}

fn parse(entry: &[u8]) -> Option<SignedCertificateTimestamp<'_>> {
    let (&version, rest) = entry.split_first()?;
    if version != 0 {
        // RFC 6962 defines version 1 alone; the rest of another is opaque.
        return Some(SignedCertificateTimestamp {
            version,
            log_id: &[],
            timestamp: 0,
            extensions: &[],
            algorithm: (0, 0),
            signature: rest,
        });
    }
    let (log_id, rest) = rest.split_at_checked(32)?;
    let (timestamp, rest) = rest.split_first_chunk::<8>()?;
    let (extensions, rest) = vector16(rest)?;
    let (&[hash, signature_algorithm], rest) = rest.split_first_chunk::<2>()?;
    let (signature, rest) = vector16(rest)?;
    rest.is_empty().then_some(SignedCertificateTimestamp {
        version,
        log_id,
        timestamp: u64::from_be_bytes(*timestamp),
        extensions,
        algorithm: (hash, signature_algorithm),
        signature,
    })
}
