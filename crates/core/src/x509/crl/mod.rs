//! Certificate revocation lists (RFC 5280 §5).

mod entry;
mod extension;
mod head;
mod index;
mod reader;
mod serials;

use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

pub use entry::{MAX_ENTRY_OCTETS, RevokedEntry};
pub use extension::{CrlExtensionValue, IssuingDistributionPoint, MAX_CRL_EXTENSIONS};
pub use head::{MAX_HEAD_OCTETS, MAX_TAIL_OCTETS};
pub use reader::{CrlReader, Keep, MAX_MATCHED_OCTETS, MAX_MATCHES};
pub use serials::Serials;

use crate::crypto::algorithm::SignatureAlgorithm;
use crate::crypto::{Hashed, Hasher, Message};
use crate::encoding::der::{BitString, Cursor, Decode, DerError, Integer, Span, Tag};
use crate::encoding::deviation::Deviation;
use crate::x509::digest::sha256;
use crate::x509::extension::Entry;
use crate::x509::name::{Name, NameDigest};
use crate::x509::oid::{Oid, oids};
use crate::x509::spki::AlgorithmIdentifier;
use crate::x509::validity::EncodedTime;

use entry::Facts;
use head::{Head, Tail};
use index::Index;
use reader::{Found, Gap};

/// The largest CRL that is kept whole, in octets: the largest published ones have
/// 42 MB.
pub const MAX_CRL_OCTETS: usize = 64 * 1024 * 1024;

/// So many lookups in one CRL are cheaper without an index than making it.
const LOOKUPS_WITHOUT_INDEX: usize = 16;

/// A CRL: shared octets, or what a pass over them kept.
///
/// Cloning shares. Everything that can be read was read once, so the accessors do
/// not fail; an extension that could not be read says so in its own result.
#[derive(Clone)]
pub struct Crl {
    inner: Arc<Inner>,
}

struct Inner {
    parts: Parts,
    issuer_digest: OnceLock<NameDigest>,
    digest: OnceLock<[u8; 32]>,
    signed_hash: OnceLock<Option<Hashed>>,
}

/// What reading gave.
struct Parts {
    /// Head and tail, or everything.
    kept: Box<[u8]>,
    head: Head,
    tail: Tail,
    gap: Gap,
    deviations: Vec<Deviation>,
    signed: Signed,
    entries: Entries,
    facts: Facts,
}

enum Signed {
    Octets(Span),
    Hashed(Hashed),
}

enum Entries {
    Held { span: Span, lookups: AtomicUsize, index: OnceLock<Index> },
    Matches { looked_for: Serials, found: Vec<Found> },
}

/// What a CRL says about a serial number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lookup {
    /// These entries have it; none means that it is not listed. Which issuer's
    /// serial number it is has still to be compared.
    Entries(Vec<RevokedEntry>),
    /// The CRL was not kept and the number not looked for when it was read.
    NotLookedFor,
    /// An entry that has it cannot be read, or more have it than [`MAX_MATCHES`] and
    /// [`MAX_MATCHED_OCTETS`] let be kept.
    Unreadable,
}

/// One extension of a CRL.
#[derive(Clone, Copy)]
pub struct CrlExtension<'a> {
    der: &'a [u8],
    entry: &'a Entry,
}

impl<'a> CrlExtension<'a> {
    /// What kind of extension it is.
    pub fn oid(&self) -> Oid<'a> {
        Oid::new(self.der.get(self.entry.oid.range()).unwrap_or_default())
    }

    /// Whether a reader that does not process it must not use the CRL (RFC 5280 §5.2).
    pub fn is_critical(&self) -> bool {
        self.entry.critical
    }

    /// The octets inside extnValue.
    pub fn value_octets(&self) -> &'a [u8] {
        self.der.get(self.entry.value.range()).unwrap_or_default()
    }

    /// The decoded value.
    ///
    /// # Errors
    ///
    /// Why the octets are not a value of this extension.
    pub fn value(&self) -> Result<CrlExtensionValue<'a>, DerError> {
        match &self.entry.error {
            Some(error) => Err(**error),
            None => extension::decode(self.oid(), Cursor::silent_part(self.der, self.entry.value).read_before()),
        }
    }
}

impl Crl {
    /// Reads a CRL and keeps a copy of it.
    ///
    /// # Errors
    ///
    /// When the octets cannot be read as a CRL at all.
    pub fn from_der(der: &[u8]) -> Result<Crl, DerError> {
        Crl::from_octets(der.to_vec())
    }

    /// Reads a CRL and keeps it, without a copy.
    ///
    /// # Errors
    ///
    /// When the octets cannot be read as a CRL at all.
    pub fn from_octets(octets: Vec<u8>) -> Result<Crl, DerError> {
        CrlReader::whole(octets)
    }

    fn new(parts: Parts) -> Crl {
        Crl {
            inner: Arc::new(Inner {
                parts,
                issuer_digest: OnceLock::new(),
                digest: OnceLock::new(),
                signed_hash: OnceLock::new(),
            }),
        }
    }

    fn parts(&self) -> &Parts {
        &self.inner.parts
    }

    fn part(&self, span: Span) -> &[u8] {
        self.parts().kept.get(span.range()).unwrap_or_default()
    }

    fn again<'a, T: Decode<'a>>(&'a self, span: Span) -> T {
        match T::decode(&mut Cursor::silent_part(&self.parts().kept, span).read_before()) {
            Ok(value) => value,
            Err(error) => unreachable!("a part that was read before cannot be read again: {error}"),
        }
    }

    /// The whole CRL, when it was kept.
    pub fn der(&self) -> Option<&[u8]> {
        matches!(self.parts().signed, Signed::Octets(_)).then_some(&self.parts().kept)
    }

    /// SHA-256 of the whole CRL, when it was kept.
    pub fn digest(&self) -> Option<[u8; 32]> {
        let der = self.der()?;
        Some(*self.inner.digest.get_or_init(|| sha256(der)))
    }

    /// How many octets the CRL has.
    pub fn octets(&self) -> usize {
        self.parts().head.end
    }

    /// What the signature covers (tbsCertList).
    pub fn signed(&self) -> Message<'_> {
        match &self.parts().signed {
            Signed::Octets(span) => Message::Octets(self.part(*span)),
            Signed::Hashed(hashed) => Message::Hashed(hashed),
        }
    }

    /// The hash of [`Crl::signed`], computed when first asked for, when the CRL's
    /// signature algorithm signs a hash: many keys may have to be tried.
    pub(crate) fn signed_hash(&self) -> Option<&Hashed> {
        let signed = match &self.parts().signed {
            Signed::Octets(span) => self.part(*span),
            Signed::Hashed(hashed) => return Some(hashed),
        };
        let compute = || {
            let algorithm = SignatureAlgorithm::from_identifier(&self.signature_algorithm()).ok()?;
            let mut hasher = reader::hash_of(&algorithm).and_then(Hasher::new)?;
            hasher.update(signed);
            Some(hasher.finish())
        };
        self.inner.signed_hash.get_or_init(compute).as_ref()
    }

    /// The version as encoded: `Some(1)` is version 2; `None` when absent, which
    /// is version 1 (RFC 5280 §5.1.2.1).
    pub fn version(&self) -> Option<u32> {
        let span = self.parts().head.version?;
        let mut cursor = Cursor::silent_part(&self.parts().kept, span);
        Some(cursor.integer().ok().and_then(|number| number.to_u32()).unwrap_or(u32::MAX))
    }

    /// The issuer's name.
    pub fn issuer(&self) -> Name<'_> {
        self.again(self.parts().head.issuer)
    }

    /// The issuer's name, encoded.
    pub fn issuer_raw(&self) -> &[u8] {
        self.part(self.parts().head.issuer)
    }

    /// What the issuer's name is compared by, computed when first asked for.
    pub fn issuer_digest(&self) -> NameDigest {
        *self.inner.issuer_digest.get_or_init(|| self.issuer().digest())
    }

    /// When it was issued.
    pub fn this_update(&self) -> EncodedTime {
        self.parts().head.this_update
    }

    /// When the next one is due at the latest; RFC 5280 §5.1.2.5 demands it.
    pub fn next_update(&self) -> Option<EncodedTime> {
        self.parts().head.next_update
    }

    /// The signature algorithm outside the signed part.
    pub fn signature_algorithm(&self) -> AlgorithmIdentifier<'_> {
        let identifier: AlgorithmIdentifier<'_> = self.again(self.parts().tail.algorithm);
        AlgorithmIdentifier { offset: self.parts().gap.real(identifier.offset), ..identifier }
    }

    /// The signature algorithm inside the signed part, which must be the same
    /// (RFC 5280 §5.1.1.2).
    pub fn signed_algorithm(&self) -> AlgorithmIdentifier<'_> {
        self.again(self.parts().head.algorithm)
    }

    /// The signature.
    pub fn signature(&self) -> BitString<'_> {
        let Bits(bits) = self.again(self.parts().tail.signature);
        BitString { offset: self.parts().gap.real(bits.offset), ..bits }
    }

    /// The extensions in encoded order.
    pub fn extensions(&self) -> impl ExactSizeIterator<Item = CrlExtension<'_>> {
        let parts = self.parts();
        parts.tail.extensions.iter().map(|entry| CrlExtension { der: &parts.kept, entry })
    }

    /// The first extension of this kind.
    pub fn extension(&self, oid: Oid<'_>) -> Option<CrlExtension<'_>> {
        self.extensions().find(|extension| extension.oid() == oid)
    }

    /// The CRL's number, when it has a readable one (RFC 5280 §5.2.3).
    pub fn number(&self) -> Option<Integer<'_>> {
        match self.extension(oids::CRL_NUMBER)?.value() {
            Ok(CrlExtensionValue::CrlNumber(number)) => Some(number),
            _ => None,
        }
    }

    /// Whether it has the delta CRL indicator, readable or not (RFC 5280 §5.2.4).
    pub fn is_delta(&self) -> bool {
        self.extension(oids::DELTA_CRL_INDICATOR).is_some()
    }

    /// The number of the CRL that this one updates.
    pub fn base_number(&self) -> Option<Integer<'_>> {
        match self.extension(oids::DELTA_CRL_INDICATOR)?.value() {
            Ok(CrlExtensionValue::DeltaCrlIndicator(number)) => Some(number),
            _ => None,
        }
    }

    /// The issuing distribution point.
    ///
    /// # Errors
    ///
    /// When it cannot be read: then the scope is not known.
    pub fn issuing_distribution_point(&self) -> Result<Option<IssuingDistributionPoint<'_>>, DerError> {
        match self.extension(oids::ISSUING_DISTRIBUTION_POINT).map(|extension| extension.value()) {
            None => Ok(None),
            Some(Ok(CrlExtensionValue::IssuingDistributionPoint(point))) => Ok(Some(point)),
            Some(Ok(_)) => unreachable!("the identifier decides what is decoded"),
            Some(Err(error)) => Err(error),
        }
    }

    /// The issuer's key identifier, when present and readable (RFC 5280 §5.2.1).
    pub fn authority_key_identifier(&self) -> Option<&[u8]> {
        match self.extension(oids::AUTHORITY_KEY_IDENTIFIER)?.value() {
            Ok(CrlExtensionValue::AuthorityKeyIdentifier(identifier)) => identifier.key_identifier,
            _ => None,
        }
    }

    /// How many entries it has.
    pub fn count(&self) -> usize {
        self.parts().facts.count
    }

    /// A critical extension of an entry that is not processed here, and the
    /// entry's offset: the CRL must not be used then (RFC 5280 §5.3).
    pub fn unprocessed_entry(&self) -> Option<(Oid<'_>, usize)> {
        self.parts().facts.unprocessed.as_ref().map(|(oid, at)| (Oid::new(oid), *at))
    }

    /// Whether an entry names another issuer (RFC 5280 §5.3.3).
    pub fn has_certificate_issuer(&self) -> bool {
        self.parts().facts.has_certificate_issuer
    }

    /// Departures from DER, in the order of reading; of the entries the first one.
    pub fn deviations(&self) -> &[Deviation] {
        &self.parts().deviations
    }

    /// What it says about a serial number (content octets).
    pub fn lookup(&self, serial: &[u8]) -> Lookup {
        match &self.parts().entries {
            Entries::Matches { looked_for, found } => {
                match looked_for.place_of(serial).and_then(|place| found.get(place)) {
                    None => Lookup::NotLookedFor,
                    Some(Found { is_unreadable: true, .. }) => Lookup::Unreadable,
                    Some(found) => Lookup::Entries(found.entries.clone()),
                }
            }
            Entries::Held { span, lookups, index } => {
                let enough = lookups.fetch_add(1, Ordering::Relaxed) >= LOOKUPS_WITHOUT_INDEX;
                let held = Held { crl: self, span: *span };
                if enough || index.get().is_some() {
                    let index = index.get_or_init(|| held.index());
                    held.decode(index.places(&self.parts().kept, serial))
                } else {
                    let places = held.walk().filter(|(_, entry)| entry.serial == serial).map(|(at, _)| at);
                    held.decode(places)
                }
            }
        }
    }

    /// Makes the index now, when the entries were kept; lookups are then independent
    /// of their number. It is made anyway once there were several lookups.
    pub fn make_index(&self) {
        if let Entries::Held { span, index, .. } = &self.parts().entries {
            index.get_or_init(|| Held { crl: self, span: *span }.index());
        }
    }

    /// All entries that can be read, when they were kept, otherwise those looked for;
    /// in the order of the CRL.
    pub fn entries(&self) -> Box<dyn Iterator<Item = RevokedEntry> + '_> {
        match &self.parts().entries {
            Entries::Matches { found, .. } => {
                let mut all: Vec<&RevokedEntry> = found.iter().flat_map(|found| &found.entries).collect();
                all.sort_unstable_by_key(|entry| entry.offset);
                Box::new(all.into_iter().cloned())
            }
            Entries::Held { span, .. } => {
                let held = Held { crl: self, span: *span };
                let mut issuers = Issuers { crl: self, last: None };
                Box::new(held.walk().filter_map(move |(at, entry)| entry.decode(at, 0, issuers.at(at)).ok()))
            }
        }
    }
}

/// The entries of a CRL that was kept.
#[derive(Clone, Copy)]
struct Held<'a> {
    crl: &'a Crl,
    span: Span,
}

impl<'a> Held<'a> {
    /// Offsets and entries, all of which were read before.
    fn walk(self) -> impl Iterator<Item = (usize, entry::RawEntry<'a>)> {
        let octets = self.crl.parts().kept.get(..self.span.end as usize).unwrap_or_default();
        let mut at = self.span.start as usize;
        std::iter::from_fn(move || {
            if at >= octets.len() {
                return None;
            }
            let entry = entry::next(octets, at).ok().flatten()?;
            let start = std::mem::replace(&mut at, entry.end);
            Some((start, entry))
        })
    }

    fn index(self) -> Index {
        Index::new(self.crl.parts().facts.count, self.walk().map(|(at, entry)| (at as u32, entry.serial)))
    }

    fn decode(self, places: impl Iterator<Item = usize>) -> Lookup {
        let octets = self.crl.parts().kept.get(..self.span.end as usize).unwrap_or_default();
        let mut places: Vec<usize> = places.take(MAX_MATCHES + 1).collect();
        places.sort_unstable();
        if places.len() > MAX_MATCHES {
            return Lookup::Unreadable;
        }
        let mut issuers = Issuers { crl: self.crl, last: None };
        let entries = places.into_iter().map(|at| {
            let entry = entry::next(octets, at).ok().flatten()?;
            entry.decode(at, 0, issuers.at(at)).ok()
        });
        // An entry that was looked for and cannot be read must not count as absent.
        entries.collect::<Option<_>>().map_or(Lookup::Unreadable, Lookup::Entries)
    }
}

/// Who issued what entries of a CRL that was kept are about.
struct Issuers<'a> {
    crl: &'a Crl,
    /// The names that were given out last are shared by the entries that follow.
    last: Option<(usize, Arc<[u8]>)>,
}

impl Issuers<'_> {
    /// The certificateIssuer of this entry or the last one before that has one.
    fn at(&mut self, at: usize) -> Option<Arc<[u8]>> {
        let issuers = &self.crl.parts().facts.issuers;
        let place = issuers.partition_point(|(from, _)| *from as usize <= at).checked_sub(1)?;
        match &self.last {
            Some((known, names)) if *known == place => Some(names.clone()),
            _ => {
                let (_, names) = issuers.get(place)?;
                let names: Arc<[u8]> = Arc::from(self.crl.part(*names));
                self.last = Some((place, names.clone()));
                Some(names)
            }
        }
    }
}

struct Bits<'a>(BitString<'a>);

impl<'a> Decode<'a> for Bits<'a> {
    fn decode(cursor: &mut Cursor<'a>) -> Result<Self, DerError> {
        cursor.expect(Tag::BIT_STRING)?.bit_string().map(Bits)
    }
}

impl PartialEq for Crl {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.inner, &other.inner) || (self.der().is_some() && self.der() == other.der())
    }
}

impl fmt::Debug for Crl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Crl({}, {} entries)", self.issuer(), self.count())
    }
}

#[cfg(test)]
mod tests;
