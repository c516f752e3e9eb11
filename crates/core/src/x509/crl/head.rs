//! The part of a CRL before its entries.

use super::extension::{self, MAX_CRL_EXTENSIONS};
use crate::encoding::der::{Cursor, Decode, DerError, DerErrorKind, DeviationSink, InField, Span, Tag};
use crate::encoding::deviation::DeviationKind;
use crate::x509::extension::Entry;
use crate::x509::name::Name;
use crate::x509::spki::AlgorithmIdentifier;
use crate::x509::validity::EncodedTime;

/// The most octets before the first entry: a name and two times.
pub const MAX_HEAD_OCTETS: usize = 64 * 1024;

/// Where the parts of the head stand.
pub(super) struct Head {
    /// The whole CRL's end.
    pub(super) end: usize,
    /// tbsCertList.
    pub(super) tbs: Span,
    /// The entries themselves, without their header.
    pub(super) entries: Span,
    pub(super) version: Option<Span>,
    pub(super) algorithm: Span,
    pub(super) issuer: Span,
    pub(super) this_update: EncodedTime,
    pub(super) next_update: Option<EncodedTime>,
}

/// How far reading the head came.
pub(super) enum Progress {
    Done(Box<Head>),
    /// So many octets from the start are needed to go on.
    Needs(usize),
}

/// Tag, offset of the content, and its length.
type Header = (u8, usize, usize);

/// The header at `at`; the error is how many octets are needed.
fn header(octets: &[u8], at: usize, sink: &DeviationSink) -> Result<Result<Header, usize>, DerError> {
    let rest = octets.get(at..).unwrap_or_default();
    let Some((&[tag, first], rest)) = rest.split_first_chunk::<2>() else { return Ok(Err(at + 2)) };
    if first < 0x80 {
        return Ok(Ok((tag, at + 2, usize::from(first))));
    }
    let count = usize::from(first & 0x7f);
    if !(1..=4).contains(&count) {
        return Err(DerError::new(at + 1, DerErrorKind::LengthUnreadable));
    }
    let Some(digits) = rest.get(..count) else { return Ok(Err(at + 2 + count)) };
    let length = digits.iter().fold(0, |length, &digit| length << 8 | usize::from(digit));
    if digits.first() == Some(&0) || length < 0x80 {
        Cursor::new(octets, sink).note(at + 1, DeviationKind::LengthNotMinimal);
    }
    Ok(Ok((tag, at + 2 + count, length)))
}

/// Reads as far as the octets go. Deviations count only when it is done.
pub(super) fn read(octets: &[u8], sink: &DeviationSink) -> Result<Progress, DerError> {
    macro_rules! header {
        ($at:expr) => {
            match header(octets, $at, sink)? {
                Ok(header) => header,
                Err(needed) => return Ok(Progress::Needs(needed)),
            }
        };
    }
    let expect = |found: u8, at: usize, end: usize, limit: usize, field: &'static str| {
        if found != 0x30 {
            let kind = DerErrorKind::UnexpectedTag { expected: Tag::SEQUENCE, found: Tag::from_octet(found) };
            return Err(DerError::new(at, kind)).in_field(field);
        }
        if end > limit {
            let available = limit.saturating_sub(at);
            return Err(DerError::new(at, DerErrorKind::Truncated { announced: end - at, available })).in_field(field);
        }
        Ok(())
    };
    let (tag, content, length) = header!(0);
    let end = content + length;
    expect(tag, 0, end, usize::MAX, "CertificateList")?;
    let tbs_at = content;
    let (tag, content, length) = header!(tbs_at);
    let tbs_end = content + length;
    expect(tag, tbs_at, tbs_end, end, "tbsCertList")?;

    // The end of what stands before the entries: the first SEQUENCE or [0] after the times.
    let mut at = content;
    let mut sequences = 0;
    let entries = loop {
        if at == tbs_end {
            break at..at;
        }
        let (tag, content, length) = header!(at);
        let value_end = content + length;
        if value_end > tbs_end {
            let kind = DerErrorKind::Truncated { announced: length, available: tbs_end.saturating_sub(content) };
            return Err(DerError::new(at, kind)).in_field("tbsCertList");
        }
        match tag {
            0x30 if sequences == 2 => break content..value_end,
            0xa0 => break at..at,
            0x30 => sequences += 1,
            _ => {}
        }
        if octets.len() < value_end {
            return Ok(Progress::Needs(value_end));
        }
        at = value_end;
    };
    let span = |start: usize, end: usize| Span { start: start as u32, end: end as u32 };
    let mut fields = Cursor::part(octets, span(content, at), sink);
    let version = match fields.optional(Tag::INTEGER)? {
        Some(tlv) => {
            tlv.integer().in_field("version")?;
            Some(tlv.span())
        }
        None => None,
    };
    let algorithm_at = fields.offset();
    AlgorithmIdentifier::decode(&mut fields).in_field("signature")?;
    let algorithm = span(algorithm_at, fields.offset());
    let issuer = fields.expect(Tag::SEQUENCE).in_field("issuer")?;
    Name::from_tlv(&issuer).in_field("issuer")?;
    let this_update = EncodedTime::decode(&mut fields).in_field("thisUpdate")?;
    let next_update =
        if fields.is_empty() { None } else { Some(EncodedTime::decode(&mut fields).in_field("nextUpdate")?) };
    if !fields.is_empty() {
        return Err(DerError::new(fields.offset(), DerErrorKind::TrailingData)).in_field("tbsCertList");
    }
    if entries.start > at && entries.is_empty() {
        // RFC 5280 §5.1.2.6: without entries the list is absent.
        Cursor::new(octets, sink).note(at, DeviationKind::EmptySequence);
    }
    Ok(Progress::Done(Box::new(Head {
        end,
        tbs: span(tbs_at, tbs_end),
        entries: span(entries.start, entries.end),
        version,
        algorithm,
        issuer: issuer.span(),
        this_update,
        next_update,
    })))
}

/// Where the parts after the entries stand.
pub(super) struct Tail {
    pub(super) extensions: Vec<Entry>,
    pub(super) algorithm: Span,
    pub(super) signature: Span,
}

/// Reads what follows the entries: the rest of tbsCertList, which is `signed`
/// octets long, and what stands after it.
pub(super) fn read_tail(octets: &[u8], at: usize, signed: usize, sink: &DeviationSink) -> Result<Tail, DerError> {
    let span = |start: usize, end: usize| Span { start: start as u32, end: end as u32 };
    let mut rest = Cursor::part(octets, span(at, at + signed), sink);
    let mut extensions = Vec::new();
    if let Some(explicit) = rest.optional(Tag::context_constructed(0)).in_field("crlExtensions")? {
        let mut inside = explicit.cursor();
        extensions = extension::read_all(&mut inside, MAX_CRL_EXTENSIONS).in_field("crlExtensions")?;
        inside.finish();
        if extensions.is_empty() {
            rest.note(explicit.offset(), DeviationKind::EmptySequence);
        }
    }
    if !rest.is_empty() {
        return Err(DerError::new(rest.offset(), DerErrorKind::TrailingData)).in_field("tbsCertList");
    }
    let mut outer = Cursor::part(octets, span(at + signed, octets.len()), sink);
    let algorithm_at = outer.offset();
    AlgorithmIdentifier::decode(&mut outer).in_field("signatureAlgorithm")?;
    let algorithm = span(algorithm_at, outer.offset());
    let signature = outer.expect(Tag::BIT_STRING).in_field("signatureValue")?;
    signature.bit_string().in_field("signatureValue")?;
    outer.finish();
    Ok(Tail { extensions, algorithm, signature: signature.span() })
}
