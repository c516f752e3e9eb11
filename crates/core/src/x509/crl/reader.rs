//! Reading a CRL piece by piece, in one pass: hashing, going through the entries,
//! and keeping only what is asked for. A CRL of a public CA can have tens of
//! megabytes.

use std::sync::Arc;

use super::entry::{self, Facts, RawEntry, RevokedEntry, shift};
use super::head::{self, Head, Progress};
use super::serials::Serials;
use super::{Crl, Entries, MAX_CRL_OCTETS, Parts, Signed};
use crate::crypto::Hasher;
use crate::crypto::algorithm::{HashAlgorithm, SignatureAlgorithm};
use crate::encoding::der::{Cursor, Decode, DerError, DerErrorKind, DeviationSink, InField, Span};
use crate::encoding::deviation::{Deviation, DeviationKind};
use crate::x509::spki::AlgorithmIdentifier;

/// The most entries of one serial number that are kept. Several entries can have one
/// only in an indirect CRL, one for each issuer.
pub const MAX_MATCHES: usize = 4_096;

/// The most octets that all entries looked for may take up: some 50,000 entries, with
/// what they say of their issuers.
pub const MAX_MATCHED_OCTETS: usize = 8 * 1024 * 1024;

/// So much is hashed and gone through at a time: it stays in the processor's caches
/// in between.
const AT_ONCE: usize = 64 * 1024;

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
    /// Why nothing more can be read.
    failed: Option<DerError>,
    /// Octets received so far.
    received: usize,
    /// Head and tail, or everything.
    kept: Vec<u8>,
    /// How much the head needs before it is worth looking at again.
    needed: usize,
    head: Option<Box<Head>>,
    deviations: Vec<Deviation>,
    hasher: Option<Hasher>,
    /// The start of an entry that goes on in the next piece.
    carry: Vec<u8>,
    facts: Facts,
    matches: Matches,
}

/// What was found of the serial numbers that were looked for.
#[derive(Default)]
struct Matches {
    /// One for each serial number.
    found: Vec<Found>,
    /// Octets that they take up.
    octets: usize,
    /// The last certificateIssuer, and the same once an entry had a use for it.
    issuer: Option<Vec<u8>>,
    shared: Option<Arc<[u8]>>,
}

/// The entries of one serial number.
#[derive(Clone, Default)]
pub(super) struct Found {
    pub(super) entries: Vec<RevokedEntry>,
    /// One of them cannot be read, or there are too many.
    pub(super) is_unreadable: bool,
}

impl Matches {
    /// Keeps an entry, or that it cannot be kept.
    #[cold]
    fn add(&mut self, place: usize, entry: &RawEntry<'_>, at: usize, base: usize) {
        let Some(found) = self.found.get_mut(place) else { return };
        if let (None, Some(names)) = (&self.shared, &self.issuer) {
            self.octets += names.len();
            self.shared = Some(Arc::from(names.as_slice()));
        }
        self.octets += size_of::<RevokedEntry>() + entry.serial.len();
        found.is_unreadable |= found.entries.len() >= MAX_MATCHES || self.octets > MAX_MATCHED_OCTETS;
        if found.is_unreadable {
            // What is not told is not kept.
            found.entries = Vec::new();
            return;
        }
        match entry.decode(at, base, self.shared.clone()) {
            Ok(entry) => found.entries.push(entry),
            Err(_) => found.is_unreadable = true,
        }
    }

    /// Entries from here on are of this issuer.
    fn set_issuer(&mut self, names: &[u8]) {
        let issuer = self.issuer.get_or_insert_default();
        issuer.clear();
        issuer.extend_from_slice(names);
        self.shared = None;
    }
}

/// The hash that a signature algorithm signs; `None` when it signs the octets.
pub(super) fn hash_of(algorithm: &SignatureAlgorithm<'_>) -> Option<HashAlgorithm> {
    match algorithm {
        SignatureAlgorithm::RsaPkcs1(hash) | SignatureAlgorithm::Ecdsa(hash) | SignatureAlgorithm::Dsa(hash) => {
            Some(*hash)
        }
        // From a hash, PSS is verified by the code of the feature alone.
        SignatureAlgorithm::RsaPss(parameters) => cfg!(feature = "legacy").then_some(parameters.hash),
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
        let found = match &keep {
            Keep::Octets => Vec::new(),
            Keep::Matches(serials) => vec![Found::default(); serials.len()],
        };
        CrlReader {
            keep,
            failed: None,
            received: 0,
            kept: Vec::new(),
            needed: 2,
            head: None,
            deviations: Vec::new(),
            hasher: None,
            carry: Vec::new(),
            facts: Facts::default(),
            matches: Matches { found, ..Matches::default() },
        }
    }

    /// All octets at once, which are kept as they are.
    pub(super) fn whole(octets: Vec<u8>) -> Result<Crl, DerError> {
        if octets.len() > MAX_CRL_OCTETS {
            return Err(too_large(MAX_CRL_OCTETS));
        }
        CrlReader { kept: octets, ..CrlReader::new(Keep::Octets) }.finish_whole()
    }

    /// Takes the next octets. In what pieces they come makes no difference.
    ///
    /// # Errors
    ///
    /// When what came so far is not a CRL, with the offset; nothing more can be
    /// read then, and the error stays.
    pub fn update(&mut self, octets: &[u8]) -> Result<(), DerError> {
        match self.failed {
            Some(error) => Err(error),
            None => self.take(octets).inspect_err(|error| self.failed = Some(*error)),
        }
    }

    fn take(&mut self, mut octets: &[u8]) -> Result<(), DerError> {
        while self.head.is_none() {
            if matches!(self.keep, Keep::Octets) {
                return self.take_whole(octets);
            }
            // No more than is needed, so that the head is read from the same octets
            // whatever the pieces are.
            let missing = self.needed.saturating_sub(self.kept.len());
            let Some((part, rest)) = octets.split_at_checked(missing) else {
                self.kept.extend_from_slice(octets);
                return Ok(());
            };
            self.kept.extend_from_slice(part);
            octets = rest;
            self.read_head()?;
        }
        octets.chunks(AT_ONCE).try_for_each(|piece| self.after_head(piece))
    }

    /// Nothing is looked at before the end.
    fn take_whole(&mut self, octets: &[u8]) -> Result<(), DerError> {
        if self.kept.len() + octets.len() > MAX_CRL_OCTETS {
            return Err(too_large(MAX_CRL_OCTETS));
        }
        self.kept.extend_from_slice(octets);
        Ok(())
    }

    /// Reads the head, or says how much it needs.
    fn read_head(&mut self) -> Result<(), DerError> {
        let sink = DeviationSink::new();
        let head = match head::read(&self.kept, &sink)? {
            Progress::Done(head) => head,
            Progress::Needs(needed) => {
                self.needed = needed;
                return Ok(());
            }
        };
        let identifier = AlgorithmIdentifier::decode(&mut Cursor::silent_part(&self.kept, head.algorithm))?;
        let algorithm = SignatureAlgorithm::from_identifier(&identifier).ok();
        let Some(mut hasher) = algorithm.as_ref().and_then(hash_of).and_then(Hasher::new) else {
            self.keep = Keep::Octets;
            return Ok(());
        };
        self.deviations = sink.into_deviations();
        // The header of what follows an absent list belongs to the tail.
        let after = self.kept.split_off((head.entries.start as usize).min(self.kept.len()));
        hasher.update(self.kept.get(head.tbs.start as usize..).unwrap_or_default());
        self.hasher = Some(hasher);
        self.received = self.kept.len();
        self.head = Some(head);
        self.after_head(&after)
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
        self.kept.extend_from_slice(rest.get(..end.saturating_sub(self.received)).unwrap_or(rest));
        self.received = self.received.saturating_add(rest.len());
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
                let missing = wanted.map_or(1, |whole| whole.saturating_sub(self.carry.len()));
                if missing == 0 {
                    break;
                }
                let Some((first, rest)) = piece.split_at_checked(missing) else {
                    self.carry.extend_from_slice(piece);
                    return Ok(());
                };
                self.carry.extend_from_slice(first);
                piece = rest;
            }
            let mut carry = std::mem::take(&mut self.carry);
            base += self.walk(&carry, base)?;
            carry.clear();
            self.carry = carry;
        }
        let done = self.walk(piece, base)?;
        self.carry.extend_from_slice(piece.get(done..).unwrap_or_default());
        Ok(())
    }

    /// Goes through the entries that are whole, and says how far that was.
    fn walk(&mut self, octets: &[u8], base: usize) -> Result<usize, DerError> {
        let Keep::Matches(serials) = &self.keep else { return Ok(0) };
        let mut rest = octets;
        let mut count = 0;
        while !rest.is_empty() {
            if let Some((serial, after)) = entry::plain(rest)
                && !serials.may_contain(serial)
            {
                count += 1;
                rest = after;
                continue;
            }
            let at = octets.len() - rest.len();
            let Some(end) = look(serials, &mut self.facts, &mut self.matches, octets, at, base)? else { break };
            count += 1;
            rest = octets.get(end..).unwrap_or_default();
        }
        self.facts.count += count;
        Ok(octets.len() - rest.len())
    }

    /// The CRL, once all octets were given.
    ///
    /// # Errors
    ///
    /// When the octets cannot be read as a CRL at all. What can be read but departs
    /// from DER is in [`Crl::deviations`].
    pub fn finish(mut self) -> Result<Crl, DerError> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        let (Some(head), Some(hasher)) = (self.head.take(), self.hasher.take()) else { return self.finish_whole() };
        if self.received < head.end {
            return Err(DerError::new(0, DerErrorKind::Truncated { announced: head.end, available: self.received }));
        }
        let Keep::Matches(looked_for) = self.keep else { unreachable!("the head is read early only for matches") };
        let gap = Gap { at: head.entries.start as usize, octets: head.entries.range().len() };
        let trailing = self.received - head.end;
        let entries = Entries::Matches { looked_for, found: self.matches.found };
        let signed = Signed::Hashed(hasher.finish());
        build(self.kept, *head, gap, self.deviations, signed, entries, self.facts, trailing)
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
        let mut rest = entries.get(head.entries.start as usize..).unwrap_or_default();
        while !rest.is_empty() {
            facts.count += 1;
            if let Some((_, after)) = entry::plain(rest) {
                rest = after;
                continue;
            }
            let at = entries.len() - rest.len();
            let Some(entry) = entry::next(entries, at)? else {
                let announced = entry::whole_length(entries, at)?.unwrap_or(2);
                let kind = DerErrorKind::Truncated { announced, available: rest.len() };
                return Err(DerError::new(at, kind)).in_field("revokedCertificates");
            };
            rest = entries.get(entry.end..).unwrap_or_default();
            if let Some(names) = facts.note(entries, &entry, at, 0)? {
                facts.issuers.push((at as u32, Span { start: names.start as u32, end: names.end as u32 }));
            }
        }
        let gap = Gap { at: head.entries.end as usize, octets: 0 };
        let tbs = head.tbs;
        let entries = Entries::Held { span: head.entries, lookups: Default::default(), index: Default::default() };
        build(kept, *head, gap, sink.into_deviations(), Signed::Octets(tbs), entries, facts, trailing)
    }
}

/// Looks closer at the entry that stands at `at`, and says where it ends; `Ok(None)`
/// when it goes on beyond the slice, which starts at `base` in the CRL.
#[cold]
fn look(
    serials: &Serials,
    facts: &mut Facts,
    matches: &mut Matches,
    octets: &[u8],
    at: usize,
    base: usize,
) -> Result<Option<usize>, DerError> {
    let Some(entry) = entry::next(octets, at).map_err(|error| shift(error, base))? else { return Ok(None) };
    let is_plain = octets.get(at..).is_some_and(|rest| entry::plain(rest).is_some());
    if !is_plain && let Some(names) = facts.note(octets, &entry, at, base)? {
        matches.set_issuer(octets.get(names).unwrap_or_default());
    }
    if let Some(place) = serials.place_of(entry.serial) {
        matches.add(place, &entry, at, base);
    }
    Ok(Some(entry.end))
}

/// What was left out of the octets that were kept.
#[derive(Clone, Copy)]
pub(super) struct Gap {
    pub(super) at: usize,
    pub(super) octets: usize,
}

impl Gap {
    /// The offset in the CRL of what is kept at this one.
    pub(super) fn real(self, offset: usize) -> usize {
        if offset >= self.at { offset + self.octets } else { offset }
    }
}

#[expect(clippy::too_many_arguments, reason = "the results of the pass, put together once")]
fn build(
    kept: Vec<u8>,
    head: Head,
    gap: Gap,
    mut deviations: Vec<Deviation>,
    signed: Signed,
    entries: Entries,
    facts: Facts,
    trailing: usize,
) -> Result<Crl, DerError> {
    let sink = DeviationSink::new();
    let signed_rest = (head.tbs.end - head.entries.end) as usize;
    let place = |error: DerError| DerError { offset: gap.real(error.offset), ..error };
    let mut tail = head::read_tail(&kept, gap.at, signed_rest, &sink).map_err(place)?;
    for error in tail.extensions.iter_mut().filter_map(|entry| entry.error.as_mut()) {
        **error = place(**error);
    }
    deviations.extend(facts.deviation);
    deviations.extend(
        sink.into_deviations()
            .into_iter()
            .map(|deviation| Deviation { offset: gap.real(deviation.offset), kind: deviation.kind }),
    );
    if trailing > 0 {
        deviations.push(Deviation { offset: head.end, kind: DeviationKind::TrailingData(trailing) });
    }
    Ok(Crl::new(Parts { kept: kept.into(), head, tail, gap, deviations, signed, entries, facts }))
}
