//! Reading a CRL piece by piece, in one pass: hashing, going through the entries,
//! and keeping only what is asked for. A CRL of a public CA can have tens of
//! megabytes.

use std::sync::Arc;

use super::entry::{self, Facts, MAX_ENTRY_OCTETS, RawEntry, RevokedEntry, shift};
use super::head::{self, Head, MAX_HEAD_OCTETS, Progress};
use super::serials::Serials;
use super::{Crl, Entries, MAX_CRL_OCTETS, Parts, Signed};
use crate::crypto::Hasher;
use crate::crypto::algorithm::{HashAlgorithm, SignatureAlgorithm};
use crate::encoding::der::{Cursor, Decode, DerError, DerErrorKind, DeviationSink, InField, Span};
use crate::encoding::deviation::{Deviation, DeviationKind};
use crate::x509::spki::AlgorithmIdentifier;

/// The most octets after the entries: extensions and a signature.
pub const MAX_TAIL_OCTETS: usize = 1024 * 1024;

/// The most entries that are kept of one pass. Several entries can have one serial
/// number only in an indirect CRL, one for each issuer.
pub const MAX_MATCHES: usize = 4_096;

/// What a [`CrlReader`] keeps.
#[derive(Clone, Debug)]
pub enum Keep {
    /// Everything: any serial number can be looked up later.
    Octets,
    /// Only the entries with these serial numbers, in memory that does not grow
    /// with the CRL. A CRL whose signature cannot be verified from a hash (Ed25519,
    /// ML-DSA) is kept whole nevertheless, up to [`MAX_CRL_OCTETS`].
    Matches(Serials),
}

/// A CRL that is being read. What it finds is provisional until the CRL is whole
/// and its scope and signature were checked.
pub struct CrlReader {
    keep: Keep,
    /// Octets received so far.
    received: usize,
    /// Head and tail, or everything.
    kept: Vec<u8>,
    /// What the head needs before it is worth looking at again.
    needed: usize,
    head: Option<Box<Head>>,
    deviations: Vec<Deviation>,
    hasher: Option<Hasher>,
    /// The start of an entry that goes on in the next piece.
    carry: Vec<u8>,
    facts: Facts,
    matches: Vec<RevokedEntry>,
    certificate_issuer: Option<Arc<[u8]>>,
}

/// The hash that a signature algorithm signs; `None` when it signs the octets.
pub(super) fn hash_of(algorithm: &SignatureAlgorithm<'_>) -> Option<HashAlgorithm> {
    match algorithm {
        SignatureAlgorithm::RsaPkcs1(hash) | SignatureAlgorithm::Ecdsa(hash) | SignatureAlgorithm::Dsa(hash) => {
            Some(*hash)
        }
        SignatureAlgorithm::RsaPss(parameters) => Some(parameters.hash),
        SignatureAlgorithm::RsaPssOther(_)
        | SignatureAlgorithm::Ed25519
        | SignatureAlgorithm::Ed448
        | SignatureAlgorithm::MlDsa(_)
        | SignatureAlgorithm::Unknown(_) => None,
    }
}

fn too_large(at: usize) -> DerError {
    DerError::new(at, DerErrorKind::Invalid("the CRL is larger than 64 MiB (limit MAX_CRL_OCTETS)"))
}

impl CrlReader {
    /// Nothing read yet.
    pub fn new(keep: Keep) -> CrlReader {
        CrlReader {
            keep,
            received: 0,
            kept: Vec::new(),
            needed: 2,
            head: None,
            deviations: Vec::new(),
            hasher: None,
            carry: Vec::new(),
            facts: Facts::default(),
            matches: Vec::new(),
            certificate_issuer: None,
        }
    }

    /// Takes the next octets.
    ///
    /// # Errors
    ///
    /// When what came so far is not a CRL, with the offset; nothing more can be
    /// read then.
    pub fn update(&mut self, octets: &[u8]) -> Result<(), DerError> {
        if matches!(self.keep, Keep::Octets) {
            self.received += octets.len();
            if self.received > MAX_CRL_OCTETS {
                return Err(too_large(MAX_CRL_OCTETS));
            }
            self.kept.extend_from_slice(octets);
            return Ok(());
        }
        if self.head.is_some() {
            return self.after_head(octets);
        }
        self.kept.extend_from_slice(octets);
        if self.kept.len() < self.needed {
            return Ok(());
        }
        let sink = DeviationSink::new();
        let head = match head::read(&self.kept, &sink)? {
            Progress::Needs(needed) if needed > MAX_HEAD_OCTETS => {
                let what = "more than 64 KiB stand before the entries (limit MAX_HEAD_OCTETS)";
                return Err(DerError::new(MAX_HEAD_OCTETS, DerErrorKind::Invalid(what)));
            }
            Progress::Needs(needed) => {
                self.needed = needed;
                return Ok(());
            }
            Progress::Done(head) => head,
        };
        let identifier = AlgorithmIdentifier::decode(&mut Cursor::silent_part(&self.kept, head.algorithm))?;
        let algorithm = SignatureAlgorithm::from_identifier(&identifier).ok();
        let hasher = algorithm.as_ref().and_then(hash_of).and_then(Hasher::new);
        if hasher.is_none() {
            self.keep = Keep::Octets;
            return self.update(&[]).and_then(|()| {
                self.received = self.kept.len();
                if self.received > MAX_CRL_OCTETS { Err(too_large(MAX_CRL_OCTETS)) } else { Ok(()) }
            });
        }
        self.hasher = hasher;
        self.deviations = sink.into_deviations();
        let body = self.kept.split_off((head.entries.start as usize).min(self.kept.len()));
        if let (Some(hasher), Some(signed)) = (&mut self.hasher, self.kept.get(head.tbs.start as usize..)) {
            hasher.update(signed);
        }
        self.received = self.kept.len();
        self.head = Some(head);
        self.after_head(&body)
    }

    /// Entries and tail.
    fn after_head(&mut self, octets: &[u8]) -> Result<(), DerError> {
        let Some(head) = &self.head else { return Ok(()) };
        let (entries_end, tbs_end, end) = (head.entries.end as usize, head.tbs.end as usize, head.end);
        if let Some(hasher) = &mut self.hasher {
            hasher.update(octets.get(..tbs_end.saturating_sub(self.received)).unwrap_or(octets));
        }
        let mut rest = octets;
        if self.received < entries_end {
            let (entries, after) =
                rest.split_at_checked(entries_end - self.received).unwrap_or((rest, Default::default()));
            self.entries(entries)?;
            self.received += entries.len();
            rest = after;
            if self.received == entries_end && !self.carry.is_empty() {
                let at = entries_end - self.carry.len();
                let announced = entry::whole_length(&self.carry, 0)?.unwrap_or(2);
                let kind = DerErrorKind::Truncated { announced, available: self.carry.len() };
                return Err(DerError::new(at, kind)).in_field("revokedCertificates");
            }
        }
        let tail = rest.get(..end.saturating_sub(self.received)).unwrap_or(rest);
        self.received += rest.len();
        self.kept.extend_from_slice(tail);
        if self.kept.len() > MAX_HEAD_OCTETS + MAX_TAIL_OCTETS {
            let what = "more than 1 MiB stand after the entries (limit MAX_TAIL_OCTETS)";
            return Err(DerError::new(self.received, DerErrorKind::Invalid(what)));
        }
        Ok(())
    }

    /// A piece of the entries, which starts at `self.received` after the carry.
    fn entries(&mut self, mut piece: &[u8]) -> Result<(), DerError> {
        let mut base = self.received;
        if !self.carry.is_empty() {
            base -= self.carry.len();
            // As many octets as the entry's header announces, once it is there.
            loop {
                let wanted = entry::whole_length(&self.carry, 0).map_err(|error| shift(error, base))?;
                let missing = match wanted {
                    Some(whole) => whole - self.carry.len().min(whole),
                    None => 1,
                };
                let taken = missing.min(piece.len());
                let (first, rest) = piece.split_at_checked(taken).unwrap_or((piece, Default::default()));
                self.carry.extend_from_slice(first);
                piece = rest;
                match wanted {
                    Some(whole) if self.carry.len() >= whole => break,
                    _ if piece.is_empty() => return self.bounded_carry(),
                    _ => {}
                }
            }
            let carry = std::mem::take(&mut self.carry);
            self.walk(&carry, base)?;
            base += carry.len();
        }
        let done = self.walk(piece, base)?;
        self.carry.extend_from_slice(piece.get(done..).unwrap_or_default());
        self.bounded_carry()
    }

    fn bounded_carry(&self) -> Result<(), DerError> {
        if self.carry.len() <= MAX_ENTRY_OCTETS + 4 {
            return Ok(());
        }
        let what = "an entry has more than 64 KiB (limit MAX_ENTRY_OCTETS)";
        Err(DerError::new(self.received, DerErrorKind::Invalid(what)))
    }

    /// Goes through the entries that are whole, and says how far that was.
    fn walk(&mut self, octets: &[u8], base: usize) -> Result<usize, DerError> {
        let Keep::Matches(serials) = &self.keep else { return Ok(0) };
        let mut at = 0;
        let mut count = 0;
        while at < octets.len() {
            let Some(entry) = entry::next(octets, at).map_err(|error| shift(error, base))? else { break };
            count += 1;
            if !entry.is_plain() {
                let extensions = entry::note(&mut self.facts, &entry, at, base)?;
                if let Some((names, _)) = extensions.certificate_issuer {
                    self.certificate_issuer = Some(Arc::from(names));
                }
            }
            if serials.contains(entry.serial) {
                if self.matches.len() >= MAX_MATCHES {
                    let what = "more than 4,096 entries have the serial numbers looked for (limit MAX_MATCHES)";
                    return Err(DerError::new(base + at, DerErrorKind::Invalid(what)));
                }
                self.matches.push(revoked(&entry, at, base, self.certificate_issuer.clone())?);
            }
            at = entry.end;
        }
        self.facts.count += count;
        Ok(at)
    }

    /// The CRL, once all octets were given.
    ///
    /// # Errors
    ///
    /// When the octets cannot be read as a CRL at all. What can be read but departs
    /// from DER is in [`Crl::deviations`].
    pub fn finish(mut self) -> Result<Crl, DerError> {
        let Some(head) = self.head.take() else { return self.finish_whole() };
        if self.received < head.end {
            return Err(DerError::new(0, DerErrorKind::Truncated { announced: head.end, available: self.received }));
        }
        let Keep::Matches(serials) = self.keep else { unreachable!("the head is read early only for matches") };
        let gap_at = head.entries.start as usize;
        let gap = head.entries.end as usize - gap_at;
        let signed = match self.hasher.take() {
            Some(hasher) => Signed::Hashed(hasher.finish()),
            None => unreachable!("without a hash everything is kept"),
        };
        let trailing = self.received - head.end;
        let entries = Entries::Matches { looked_for: serials, found: self.matches };
        build(self.kept, *head, Place { gap_at, gap }, self.deviations, signed, entries, self.facts, trailing)
    }

    fn finish_whole(self) -> Result<Crl, DerError> {
        let octets = self.kept;
        let sink = DeviationSink::new();
        let head = match head::read(&octets, &sink)? {
            Progress::Done(head) => head,
            Progress::Needs(announced) => {
                return Err(DerError::new(0, DerErrorKind::Truncated { announced, available: octets.len() }));
            }
        };
        if octets.len() < head.end {
            return Err(DerError::new(0, DerErrorKind::Truncated { announced: head.end, available: octets.len() }));
        }
        let trailing = octets.len() - head.end;
        let mut kept = octets;
        kept.truncate(head.end);
        let mut facts = Facts::default();
        let entries = kept.get(..head.entries.end as usize).unwrap_or_default();
        let mut at = head.entries.start as usize;
        while at < entries.len() {
            let Some(entry) = entry::next(entries, at)? else {
                let announced = entry::whole_length(entries, at)?.unwrap_or(2);
                let kind = DerErrorKind::Truncated { announced, available: entries.len() - at };
                return Err(DerError::new(at, kind)).in_field("revokedCertificates");
            };
            facts.count += 1;
            if !entry.is_plain() {
                let extensions = entry::note(&mut facts, &entry, at, 0)?;
                if let Some((names, offset)) = extensions.certificate_issuer {
                    let start = (entry.rest_at + offset) as u32;
                    facts.issuers.push((at as u32, Span { start, end: start + names.len() as u32 }));
                }
            }
            at = entry.end;
        }
        let place = Place { gap_at: head.entries.end as usize, gap: 0 };
        let tbs = head.tbs;
        let entries = Entries::Held { span: head.entries, lookups: Default::default(), index: Default::default() };
        build(kept, *head, place, sink.into_deviations(), Signed::Octets(tbs), entries, facts, trailing)
    }
}

/// Where octets were left out of those kept, and how many.
#[derive(Clone, Copy)]
struct Place {
    gap_at: usize,
    gap: usize,
}

#[expect(clippy::too_many_arguments, reason = "the results of the pass, put together once")]
fn build(
    kept: Vec<u8>,
    head: Head,
    place: Place,
    mut deviations: Vec<Deviation>,
    signed: Signed,
    entries: Entries,
    facts: Facts,
    trailing: usize,
) -> Result<Crl, DerError> {
    let sink = DeviationSink::new();
    let signed_rest = (head.tbs.end - head.entries.end) as usize;
    let real = |offset: usize| if offset >= place.gap_at { offset + place.gap } else { offset };
    let tail = head::read_tail(&kept, place.gap_at, signed_rest, &sink).map_err(|mut error| {
        error.offset = real(error.offset);
        error
    })?;
    deviations.extend(facts.deviation);
    deviations.extend(
        sink.into_deviations()
            .into_iter()
            .map(|deviation| Deviation { offset: real(deviation.offset), kind: deviation.kind }),
    );
    if trailing > 0 {
        deviations.push(Deviation { offset: head.end, kind: DeviationKind::TrailingData(trailing) });
    }
    Ok(Crl::new(Parts { kept: kept.into(), head, tail, deviations, signed, entries, facts }))
}

/// An entry that was looked for, decoded.
pub(super) fn revoked(
    entry: &RawEntry<'_>,
    at: usize,
    base: usize,
    certificate_issuer: Option<Arc<[u8]>>,
) -> Result<RevokedEntry, DerError> {
    let (date, extensions) = entry.read().map_err(|error| shift(error, base + entry.rest_at))?;
    Ok(RevokedEntry {
        offset: base + at,
        serial: Box::from(entry.serial),
        revocation_date: date,
        reason: extensions.reason,
        invalidity_date: extensions.invalidity_date.map(|date| date.time),
        certificate_issuer,
    })
}
