//! Entries of a CRL (RFC 5280 §5.1.2.6): going through millions of them without
//! an allocation for each.

use std::sync::Arc;

use super::extension::{EntryExtensions, read_entry};
use crate::encoding::der::{Cursor, DerError, DerErrorKind, DeviationSink, InField, SequenceOf, Span, Tag};
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

/// The name of a reason code (RFC 5280 §5.3.1).
pub fn reason_name(code: u8) -> Option<&'static str> {
    Some(match code {
        0 => "unspecified",
        1 => "keyCompromise",
        2 => "cACompromise",
        3 => "affiliationChanged",
        4 => "superseded",
        5 => "cessationOfOperation",
        6 => "certificateHold",
        8 => "removeFromCRL",
        9 => "privilegeWithdrawn",
        10 => "aACompromise",
        _ => return None,
    })
}

/// One entry, its parts undecoded.
#[derive(Clone, Copy)]
pub(super) struct RawEntry<'a> {
    /// Content octets of userCertificate.
    pub(super) serial: &'a [u8],
    /// revocationDate and crlEntryExtensions.
    pub(super) rest: &'a [u8],
    /// Where `rest` stands in the slice that was given.
    pub(super) rest_at: usize,
    /// One past the entry.
    pub(super) end: usize,
}

/// The entry that starts at `at`; `Ok(None)` when it goes on beyond the slice.
#[inline(always)]
pub(super) fn next(octets: &[u8], at: usize) -> Result<Option<RawEntry<'_>>, DerError> {
    // Nearly all entries: lengths of one octet.
    if let Some(&[0x30, length, 0x02, serial_length, ..]) = octets.get(at..)
        && length < 0x80
        && serial_length > 0
        && serial_length + 2 < length
        && let Some(entry) = octets.get(at + 4..at + 2 + usize::from(length))
        && let Some((serial, rest)) = entry.split_at_checked(usize::from(serial_length))
        && is_minimal(serial)
    {
        let rest_at = at + 4 + serial.len();
        return Ok(Some(RawEntry { serial, rest, rest_at, end: rest_at + rest.len() }));
    }
    next_any(octets, at)
}

/// Whether the content of an INTEGER has no octet too many (X.690 §8.3.2): serial
/// numbers are compared octet by octet.
#[inline(always)]
fn is_minimal(content: &[u8]) -> bool {
    !matches!(content, [0, 0..=0x7f, ..] | [0xff, 0x80..=0xff, ..])
}

#[cold]
fn next_any(octets: &[u8], at: usize) -> Result<Option<RawEntry<'_>>, DerError> {
    let Some(length) = whole_length(octets, at)? else { return Ok(None) };
    let Some(part) = octets.get(at..at + length) else { return Ok(None) };
    let sink = DeviationSink::new();
    let parts = read_outline(Cursor::new(part, &sink)).map_err(|error| shift(error, at))?;
    if let Some(deviation) = sink.into_deviations().first() {
        let what = "an entry is not in DER (X.690 §10.1, §8.3.2)";
        return Err(DerError::new(at + deviation.offset, DerErrorKind::Invalid(what))).in_field("revokedCertificates");
    }
    let (serial, rest) = parts;
    let cut = |span: Span| part.get(span.range()).unwrap_or_default();
    let rest_at = at + rest.start as usize;
    Ok(Some(RawEntry { serial: cut(serial), rest: cut(rest), rest_at, end: at + length }))
}

/// Where the serial number's content and what follows it stand.
fn read_outline(mut cursor: Cursor<'_>) -> Result<(Span, Span), DerError> {
    let entry = cursor.expect(Tag::SEQUENCE).in_field("revokedCertificates")?;
    let mut content = entry.cursor();
    let serial = content.expect(Tag::INTEGER).in_field("userCertificate")?;
    serial.integer().in_field("userCertificate")?;
    let rest = Span { start: content.offset() as u32, end: entry.content_span().end };
    Ok((serial.content_span(), rest))
}

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
        _ => return invalid("an entry has more than 64 KiB (limit MAX_ENTRY_OCTETS), or no definite length"),
    };
    Ok(Some(header + length))
}

pub(super) fn shift(mut error: DerError, by: usize) -> DerError {
    error.offset += by;
    error
}

/// reasonCode alone, not critical, up to the code itself: what nearly all entries
/// with extensions have.
const REASON_ALONE: [u8; 13] = [0x30, 0x0c, 0x30, 0x0a, 0x06, 0x03, 0x55, 0x1d, 0x15, 0x04, 0x03, 0x0a, 0x01];

impl<'a> RawEntry<'a> {
    /// Whether the entry has nothing but a date and perhaps a reason, by its
    /// outline: then there is nothing in it that matters to other certificates.
    #[inline(always)]
    pub(super) fn is_plain(&self) -> bool {
        match *self.rest {
            [0x17, 0x0d, ..] if self.rest.len() == 15 => true,
            [0x17, 0x0d, ..] if self.rest.len() == 15 + 14 => self.rest.get(15..28) == Some(&REASON_ALONE),
            [0x18, 0x0f, ..] if self.rest.len() == 17 => true,
            _ => false,
        }
    }

    /// Date and extensions, with departures from DER.
    pub(super) fn read(&self) -> Result<(EncodedTime, EntryExtensions<'a>), DerError> {
        let mut cursor = Cursor::silent(self.rest);
        self.read_from(&mut cursor)
    }

    fn read_from(&self, cursor: &mut Cursor<'a>) -> Result<(EncodedTime, EntryExtensions<'a>), DerError> {
        let date = EncodedTime::decode(cursor).in_field("revocationDate")?;
        let extensions = if cursor.is_empty() {
            EntryExtensions::default()
        } else {
            read_entry(cursor).in_field("crlEntryExtensions")?
        };
        if !cursor.is_empty() {
            return Err(DerError::new(cursor.offset(), DerErrorKind::TrailingData)).in_field("revokedCertificates");
        }
        Ok((date, extensions))
    }

    /// The first departure from DER in date and extensions.
    fn first_deviation(&self) -> Option<Deviation> {
        let sink = DeviationSink::new();
        let _ = self.read_from(&mut Cursor::new(self.rest, &sink));
        sink.into_deviations().into_iter().next()
    }
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

/// Notes what an entry that is not plain says, `base` being the offset of the
/// slice in the CRL.
#[cold]
pub(super) fn note<'a>(
    facts: &mut Facts,
    entry: &RawEntry<'a>,
    entry_at: usize,
    base: usize,
) -> Result<EntryExtensions<'a>, DerError> {
    let at = base + entry.rest_at;
    let (_, extensions) = entry.read().map_err(|error| shift(error, at))?;
    if facts.deviation.is_none() {
        facts.deviation =
            entry.first_deviation().map(|deviation| Deviation { offset: deviation.offset + at, kind: deviation.kind });
    }
    if let (None, Some(oid)) = (&facts.unprocessed, extensions.unprocessed) {
        facts.unprocessed = Some((Box::from(oid.as_bytes()), base + entry_at));
    }
    facts.has_certificate_issuer |= extensions.certificate_issuer.is_some();
    Ok(extensions)
}
