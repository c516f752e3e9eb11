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

/// The most octets after the entries: extensions and a signature.
pub const MAX_TAIL_OCTETS: usize = 1024 * 1024;

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

/// What stands before a value's content.
struct Header {
    tag: u8,
    /// Offset of the content, and of its end.
    content: usize,
    end: usize,
    is_minimal: bool,
}

/// The header at `at`; the inner error is how many octets are needed.
fn header(octets: &[u8], at: usize) -> Result<Result<Header, usize>, DerError> {
    let rest = octets.get(at..).unwrap_or_default();
    let Some((&[tag, first], rest)) = rest.split_first_chunk::<2>() else { return Ok(Err(at + 2)) };
    if first < 0x80 {
        return Ok(Ok(Header { tag, content: at + 2, end: at + 2 + usize::from(first), is_minimal: true }));
    }
    let count = usize::from(first & 0x7f);
    if !(1..=4).contains(&count) {
        return Err(DerError::new(at + 1, DerErrorKind::LengthUnreadable));
    }
    let Some(digits) = rest.get(..count) else { return Ok(Err(at + 2 + count)) };
    let length = digits.iter().fold(0, |length, &digit| length << 8 | usize::from(digit));
    let content = at + 2 + count;
    // Where an address has 32 bits, the end of what is too long for it must stay too far.
    let end = content.saturating_add(length);
    Ok(Ok(Header { tag, content, end, is_minimal: digits.first() != Some(&0) && length >= 0x80 }))
}

/// Reads as far as the octets go. Deviations count only when it is done.
pub(super) fn read(octets: &[u8], sink: &DeviationSink) -> Result<Progress, DerError> {
    macro_rules! header {
        ($at:expr) => {
            match header(octets, $at)? {
                Ok(header) => header,
                Err(needed) => return Ok(Progress::Needs(needed)),
            }
        };
    }
    let invalid = |at, what| Err(DerError::new(at, DerErrorKind::Invalid(what))).in_field("tbsCertList");
    let inside = |header: &Header, at: usize, limit: usize| {
        if header.end > limit {
            let (announced, available) = (header.end - header.content, limit.saturating_sub(header.content));
            return Err(DerError::new(at, DerErrorKind::Truncated { announced, available })).in_field("tbsCertList");
        }
        Ok(())
    };
    let expect = |header: &Header, at: usize, field: &'static str| {
        if header.tag != 0x30 {
            let kind = DerErrorKind::UnexpectedTag { expected: Tag::SEQUENCE, found: Tag::from_octet(header.tag) };
            return Err(DerError::new(at, kind)).in_field(field);
        }
        if !header.is_minimal {
            Cursor::new(octets, sink).note(at + 1, DeviationKind::LengthNotMinimal);
        }
        Ok(())
    };
    let whole = header!(0);
    expect(&whole, 0, "CertificateList")?;
    if u32::try_from(whole.end).is_err() {
        // Places in it are kept in 32 bits.
        return Err(DerError::new(1, DerErrorKind::LengthUnreadable)).in_field("CertificateList");
    }
    let end = whole.end;
    let tbs_at = whole.content;
    let tbs = header!(tbs_at);
    expect(&tbs, tbs_at, "tbsCertList")?;
    inside(&tbs, tbs_at, end)?;
    let tbs_end = tbs.end;

    // The end of what stands before the entries: the first SEQUENCE or [0] after
    // algorithm and issuer, and at most a version and two times with them.
    let content = tbs.content;
    let mut at = content;
    let (mut fields, mut sequences) = (0, 0);
    let entries = loop {
        if at == tbs_end {
            break at..at;
        }
        let field = header!(at);
        inside(&field, at, tbs_end)?;
        match field.tag {
            0x30 if sequences == 2 => {
                expect(&field, at, "revokedCertificates")?;
                break field.content..field.end;
            }
            0xa0 => break at..at,
            _ if fields == 5 => {
                return Err(DerError::new(at, DerErrorKind::TrailingData)).in_field("tbsCertList");
            }
            0x30 => sequences += 1,
            _ => {}
        }
        if field.end > MAX_HEAD_OCTETS {
            return invalid(at, "more than 64 KiB stand before the entries (limit MAX_HEAD_OCTETS)");
        }
        if octets.len() < field.end {
            return Ok(Progress::Needs(field.end));
        }
        fields += 1;
        at = field.end;
    };
    if end - entries.end > MAX_TAIL_OCTETS {
        return invalid(entries.end, "more than 1 MiB stand after the entries (limit MAX_TAIL_OCTETS)");
    }
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
