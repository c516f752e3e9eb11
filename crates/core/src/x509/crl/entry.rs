//! Entries of a CRL (RFC 5280 §5.1.2.6): going through millions of them without
//! an allocation for each.

use std::ops::Range;
use std::sync::Arc;

use super::extension::{EntryExtensions, read_entry};
use crate::encoding::der::{Cursor, DerError, DerErrorKind, DeviationSink, InField, SequenceOf, Span};
use crate::encoding::deviation::Deviation;
use crate::time::Time;
use crate::x509::general_name::GeneralNames;
use crate::x509::validity::EncodedTime;

/// The longest entry that is read, in octets. The usual ones have below 60; a
/// certificateIssuer makes some have a few hundred.
pub const MAX_ENTRY_OCTETS: usize = 64 * 1024;

/// An entry as found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevokedEntry {
    /// Offset of the entry in the CRL.
    pub offset: usize,
    /// The serial number's content octets.
    pub serial: Box<[u8]>,
    /// When it was revoked.
    pub revocation_date: EncodedTime,
    /// The reason code (RFC 5280 §5.3.1), when given.
    pub reason: Option<u8>,
    /// Since when the certificate is thought to be invalid (RFC 5280 §5.3.2), when given.
    pub invalidity_date: Option<Time>,
    /// Who issued the certificate (RFC 5280 §5.3.3), when it is not the issuer of
    /// the CRL: the content of the GeneralNames, from this entry or one before.
    pub certificate_issuer: Option<Arc<[u8]>>,
}

impl RevokedEntry {
    /// The names of the certificate's issuer, when the entry or one before it
    /// gives them.
    pub fn certificate_issuer_names(&self) -> Option<GeneralNames<'_>> {
        let content = self.certificate_issuer.as_ref()?;
        Some(SequenceOf::from_rest(Cursor::silent(content)))
    }
}

/// One entry, its parts undecoded.
#[derive(Clone, Copy)]
pub(super) struct RawEntry<'a> {
    /// Content octets of userCertificate.
    pub(super) serial: &'a [u8],
    /// revocationDate and crlEntryExtensions.
    rest: &'a [u8],
    /// Where `rest` stands in the slice that was given.
    rest_at: usize,
    /// One past the entry.
    pub(super) end: usize,
}

/// Serial number, the rest of the entry, and what follows it, when its lengths
/// are of one octet, as nearly all are.
#[inline(always)]
fn short(octets: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let &[0x30, length, 0x02, serial_length, ..] = octets else { return None };
    if length >= 0x80 {
        return None;
    }
    let (entry, after) = octets.split_at_checked(2 + usize::from(length))?;
    let (serial, rest) = entry.get(4..)?.split_at_checked(usize::from(serial_length))?;
    Some((serial, rest, after))
}

/// The serial number of the entry that the octets start with, and what follows the
/// entry, when there is nothing to be noted about it: the serial number is in DER,
/// and nothing but a date and perhaps a reason goes with it, by their outline.
/// The date is read only when the entry is asked for.
#[inline(always)]
pub(super) fn plain(octets: &[u8]) -> Option<(&[u8], &[u8])> {
    let &[0x30, length, 0x02, serial_length, first, second, ..] = octets else { return None };
    // Nine bits alike make a redundant octet. Of serial numbers with one octet, zero
    // is left to the slow way.
    let start = u16::from_be_bytes([first, second]) >> 7;
    if length >= 0x80 || start == 0 || start == 0x1ff || serial_length == 0 {
        return None;
    }
    let (entry, after) = octets.split_at_checked(2 + usize::from(length))?;
    let (serial, rest) = entry.split_at_checked(4 + usize::from(serial_length))?;
    let is_plain = match *rest {
        [0x17, 0x0d, ..] if rest.len() == 15 => true,
        [0x17, 0x0d, ..] if rest.len() == 15 + 14 => rest.get(15..28) == Some(&REASON_ALONE),
        // With a digit there the seconds are not left out in favour of a fraction.
        [0x18, 0x0f, ..] if rest.len() == 17 => rest.get(14).is_some_and(u8::is_ascii_digit),
        _ => false,
    };
    if is_plain { Some((serial.get(4..)?, after)) } else { None }
}

/// The entry that starts at `at`; `Ok(None)` when it goes on beyond the slice.
#[inline(always)]
pub(super) fn next(octets: &[u8], at: usize) -> Result<Option<RawEntry<'_>>, DerError> {
    if let Some((serial, rest, _)) = octets.get(at..).and_then(short)
        && !serial.is_empty()
    {
        let rest_at = at + 4 + serial.len();
        return Ok(Some(RawEntry { serial, rest, rest_at, end: rest_at + rest.len() }));
    }
    next_any(octets, at)
}

#[cold]
fn next_any(octets: &[u8], at: usize) -> Result<Option<RawEntry<'_>>, DerError> {
    let Some(length) = whole_length(octets, at)? else { return Ok(None) };
    let Some(part) = octets.get(at..at + length) else { return Ok(None) };
    let (serial, content) = read_outline(&mut Cursor::silent(part)).map_err(|error| shift(error, at))?;
    let rest = content.rest();
    Ok(Some(RawEntry { serial, rest, rest_at: at + content.offset(), end: at + length }))
}

/// The serial number's content, and a cursor before what follows it.
fn read_outline<'a>(cursor: &mut Cursor<'a>) -> Result<(&'a [u8], Cursor<'a>), DerError> {
    let mut content = cursor.sequence().in_field("revokedCertificates")?;
    let serial = content.integer().in_field("userCertificate")?;
    Ok((serial.as_bytes(), content))
}

const TOO_LONG: &str = "an entry has more than 64 KiB (limit MAX_ENTRY_OCTETS), or no definite length";

/// Octets of the entry that starts at `at`, as far as its header is there.
pub(super) fn whole_length(octets: &[u8], at: usize) -> Result<Option<usize>, DerError> {
    let Some(rest) = octets.get(at..) else { return Ok(None) };
    let invalid = |what| Err(DerError::new(at, DerErrorKind::Invalid(what))).in_field("revokedCertificates");
    let (header, length) = match *rest {
        [] | [_] => return Ok(None),
        [tag, ..] if tag != 0x30 => return invalid("an entry is a SEQUENCE"),
        [_, length, ..] if length < 0x80 => (2, usize::from(length)),
        [_, 0x81, length, ..] => (3, usize::from(length)),
        [_, 0x82, high, low, ..] => (4, usize::from(u16::from_be_bytes([high, low]))),
        [_, 0x81 | 0x82, ..] => return Ok(None),
        _ => return invalid(TOO_LONG),
    };
    if header + length > MAX_ENTRY_OCTETS { invalid(TOO_LONG) } else { Ok(Some(header + length)) }
}

pub(super) fn shift(mut error: DerError, by: usize) -> DerError {
    error.offset += by;
    error
}

/// reasonCode alone, not critical, up to the code itself: what nearly all entries
/// with extensions have.
const REASON_ALONE: [u8; 13] = [0x30, 0x0c, 0x30, 0x0a, 0x06, 0x03, 0x55, 0x1d, 0x15, 0x04, 0x03, 0x0a, 0x01];

impl<'a> RawEntry<'a> {
    /// The entry that starts at `at`, decoded; `base` is the offset of the slice in
    /// the CRL.
    pub(super) fn decode(
        &self,
        at: usize,
        base: usize,
        certificate_issuer: Option<Arc<[u8]>>,
    ) -> Result<RevokedEntry, DerError> {
        let from = base + self.rest_at;
        let (date, extensions) = read_rest(Cursor::silent(self.rest)).map_err(|error| shift(error, from))?;
        Ok(RevokedEntry {
            offset: base + at,
            serial: Box::from(self.serial),
            revocation_date: EncodedTime { offset: from + date.offset, ..date },
            reason: extensions.reason,
            invalidity_date: extensions.invalidity_date.map(|date| date.time),
            certificate_issuer,
        })
    }
}

/// revocationDate and crlEntryExtensions.
fn read_rest(mut cursor: Cursor<'_>) -> Result<(EncodedTime, EntryExtensions<'_>), DerError> {
    let date = EncodedTime::decode(&mut cursor).in_field("revocationDate")?;
    let extensions = if cursor.is_empty() {
        EntryExtensions::default()
    } else {
        read_entry(&mut cursor).in_field("crlEntryExtensions")?
    };
    if !cursor.is_empty() {
        return Err(DerError::new(cursor.offset(), DerErrorKind::TrailingData)).in_field("revokedCertificates");
    }
    Ok((date, extensions))
}

/// What one pass over all entries finds out about the CRL as a whole.
#[derive(Clone, Debug, Default)]
pub(super) struct Facts {
    /// How many entries there are.
    pub(super) count: usize,
    /// A critical extension of an entry that is not processed, and the entry's offset.
    pub(super) unprocessed: Option<(Box<[u8]>, usize)>,
    /// The first entry that is not in DER.
    pub(super) deviation: Option<Deviation>,
    /// Where certificateIssuer changes: the entry's offset, and where the names stand.
    /// Kept only when the entries are.
    pub(super) issuers: Vec<(u32, Span)>,
    /// Whether any entry has a certificateIssuer.
    pub(super) has_certificate_issuer: bool,
}

impl Facts {
    /// Notes what the entry that stands at `at`, and is not plain, says; `base` is the
    /// offset of the slice in the CRL. Where its certificateIssuer stands in the slice
    /// is returned.
    #[cold]
    pub(super) fn note(
        &mut self,
        octets: &[u8],
        entry: &RawEntry<'_>,
        at: usize,
        base: usize,
    ) -> Result<Option<Range<usize>>, DerError> {
        let part = octets.get(at..entry.end).unwrap_or_default();
        let sink = DeviationSink::new();
        // One departure is enough to refuse a CRL.
        let mut cursor = if self.deviation.is_none() { Cursor::new(part, &sink) } else { Cursor::silent(part) };
        let (_, extensions) = read_outline(&mut cursor)
            .and_then(|(_, content)| read_rest(content))
            .map_err(|error| shift(error, base + at))?;
        if let (None, Some(oid)) = (&self.unprocessed, extensions.unprocessed) {
            self.unprocessed = Some((Box::from(oid.as_bytes()), base + at));
        }
        let names = extensions.certificate_issuer.map(|(names, from)| at + from..at + from + names.len());
        self.has_certificate_issuer |= names.is_some();
        if let Some(first) = sink.into_deviations().first() {
            self.deviation = Some(Deviation { offset: base + at + first.offset, kind: first.kind });
        }
        Ok(names)
    }
}
