//! Microsoft's certificate trust lists (CTL): a SignedData whose content is a
//! list of hashes with properties. `authroot.stl` is the root program,
//! `disallowedcert.stl` what Windows refuses.
//!
//! ```text
//! CertificateTrustList ::= SEQUENCE {
//!     version           INTEGER DEFAULT 0,
//!     subjectUsage      SEQUENCE OF OBJECT IDENTIFIER,
//!     listIdentifier    OCTET STRING OPTIONAL,
//!     sequenceNumber    INTEGER OPTIONAL,
//!     ctlThisUpdate     Time,
//!     ctlNextUpdate     Time OPTIONAL,
//!     subjectAlgorithm  AlgorithmIdentifier,
//!     trustedSubjects   SEQUENCE OF TrustedSubject OPTIONAL,
//!     ctlExtensions [0] EXPLICIT Extensions OPTIONAL }
//! TrustedSubject ::= SEQUENCE {
//!     subjectIdentifier OCTET STRING,
//!     subjectAttributes SET OF Attribute OPTIONAL }
//! ```
//!
//! (CTL_INFO and CTL_ENTRY of wincrypt.h.) An attribute
//! `1.3.6.1.4.1.311.10.11.N` is the property N, in an OCTET STRING.

use std::fmt;

use super::property::{Properties, Value, utf16};
use super::{MAX_ENTRIES, MAX_PROBLEMS};
use crate::crypto::algorithm::HashAlgorithm;
use crate::crypto::digest;
use crate::encoding::ber::Reader;
use crate::encoding::der::{Cursor, DerError, InField, SequenceOf, Span, Tag, Tlv};
use crate::encoding::pkcs7::{MICROSOFT_TRUST_LIST, SIGNED_DATA};
use crate::time::Time;
use crate::x509::Certificate;
use crate::x509::oid::Oid;
use crate::x509::validity::EncodedTime;

/// szOID_ROOT_LIST_SIGNER 1.3.6.1.4.1.311.10.3.9: a list of trusted roots.
const ROOT_LIST: Oid<'static> = Oid::new(&[0x2b, 6, 1, 4, 1, 0x82, 0x37, 10, 3, 9]);
/// szOID_DISALLOWED_LIST 1.3.6.1.4.1.311.10.3.30: a list of what is refused.
const DISALLOWED_LIST: Oid<'static> = Oid::new(&[0x2b, 6, 1, 4, 1, 0x82, 0x37, 10, 3, 30]);
/// szOID_DISALLOWED_HASH 1.3.6.1.4.1.311.10.11.15: the hash of the signed part,
/// by the hash of the certificate's own signature (CERT_SIGNATURE_HASH_PROP_ID).
const SIGNATURE_HASH: Oid<'static> = Oid::new(&[0x2b, 6, 1, 4, 1, 0x82, 0x37, 10, 11, 15]);
/// 1.3.6.1.4.1.311.10.11, below which attributes are properties.
const PROPERTY_ARC: &[u8] = &[0x2b, 6, 1, 4, 1, 0x82, 0x37, 10, 11];

/// The most purposes of a list that are kept; one is in use.
const MAX_USAGES: usize = 16;
/// The most octets of an identifier: SHA-512 has 64.
const MAX_IDENTIFIER_OCTETS: usize = 64;

/// What the entries of a list are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// Roots that are trusted.
    Roots,
    /// Certificates that are refused.
    Disallowed,
    /// Something else.
    Other,
}

/// What the identifiers of a list are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Identified<'a> {
    /// A hash of the certificate.
    Certificate(HashAlgorithm),
    /// A hash of the signed part of the certificate, by the algorithm that its own signature
    /// uses: MD5, SHA-1 or one of SHA-2.
    SignedPart,
    /// Not known here.
    Unknown(Oid<'a>),
}

/// A trust list.
#[derive(Clone, Debug)]
pub struct TrustList<'a> {
    /// The purposes that the list says it has.
    pub usages: Vec<Oid<'a>>,
    /// The name of the list, where it has one in words.
    pub name: Option<String>,
    /// The sequence number's octets, from which a list is known to be newer.
    pub sequence: Option<&'a [u8]>,
    /// When it was made.
    pub this_update: Time,
    /// Until when there is a newer one.
    pub next_update: Option<Time>,
    /// What identifies a certificate.
    pub identified: Identified<'a>,
    /// The entries, in order.
    pub entries: Vec<Entry<'a>>,
    /// What could not be read: properties, at most [`MAX_PROBLEMS`].
    pub problems: Vec<DerError>,
    /// How many more there were.
    pub problems_omitted: usize,
}

/// An entry of a trust list.
#[derive(Clone, Debug)]
pub struct Entry<'a> {
    /// Offset in the file.
    pub offset: usize,
    /// The hash that identifies the certificate.
    pub identifier: &'a [u8],
    /// What is said about it.
    pub properties: Properties<'a>,
}

/// Why a trust list cannot be read. Offsets count from the start of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TrustListError {
    /// It is a PKCS#7 with another content.
    Content {
        /// Offset of the object identifier.
        offset: usize,
        /// What it is, dotted.
        found: String,
    },
    /// The octets are not what was expected.
    Structure(DerError),
    /// More entries than [`MAX_ENTRIES`].
    TooMany {
        /// Offset of the first one too many.
        offset: usize,
    },
}

impl From<DerError> for TrustListError {
    fn from(error: DerError) -> Self {
        TrustListError::Structure(error)
    }
}

impl fmt::Display for TrustListError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Content { offset, found } => write!(
                f,
                "byte {offset}: expected the content type of a Microsoft trust list (1.3.6.1.4.1.311.10.1), found {found}"
            ),
            Self::Structure(error) => error.fmt(f),
            Self::TooMany { offset } => write!(f, "byte {offset}: the trust list has more than {MAX_ENTRIES} entries"),
        }
    }
}

impl std::error::Error for TrustListError {}

/// Reads a trust list. Its signature is not verified.
///
/// # Errors
///
/// When it is none, or its structure cannot be read; a property that cannot be read is
/// among [`TrustList::problems`].
pub fn read(file: &[u8]) -> Result<TrustList<'_>, TrustListError> {
    let mut reader = Reader::new(file);
    reader.enter(Tag::SEQUENCE)?;
    content_type(&mut reader, SIGNED_DATA)?;
    reader.enter(Tag::context_constructed(0))?;
    reader.enter(Tag::SEQUENCE)?;
    reader.expect(Tag::INTEGER)?;
    reader.expect(Tag::SET)?;
    reader.enter(Tag::SEQUENCE)?;
    content_type(&mut reader, MICROSOFT_TRUST_LIST)?;
    reader.enter(Tag::context_constructed(0))?;
    // PKCS#7 has the value itself (RFC 2315 §7), CMS an OCTET STRING around it (RFC 5652 §5.2).
    if reader.peek()?.is_some_and(|header| header.tag == Tag::OCTET_STRING) {
        let value = reader.expect(Tag::OCTET_STRING)?;
        return list(cursor(file, value.header.content_offset, value.content.len()));
    }
    let value = reader.expect(Tag::SEQUENCE)?;
    list(cursor(file, value.header.offset, value.raw.len()))
}

/// A part of the file whose offsets count from its start.
fn cursor(file: &[u8], start: usize, octets: usize) -> Cursor<'_> {
    let place = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
    Cursor::silent_part(file, Span { start: place(start), end: place(start.saturating_add(octets)) })
}

fn content_type(reader: &mut Reader<'_>, expected: &[u8]) -> Result<(), TrustListError> {
    let found = reader.expect(Tag::OID)?;
    if found.content == expected {
        return Ok(());
    }
    Err(TrustListError::Content { offset: found.header.offset, found: Oid::new(found.content).to_string() })
}

fn list(mut outer: Cursor<'_>) -> Result<TrustList<'_>, TrustListError> {
    let mut fields = outer.sequence().in_field("the trust list")?;
    fields.optional(Tag::INTEGER).in_field("version")?;
    let usages = SequenceOf::<Oid<'_>>::read(&mut fields).in_field("subjectUsage")?;
    let name = fields.optional(Tag::OCTET_STRING).in_field("listIdentifier")?;
    let sequence = fields.optional(Tag::INTEGER).in_field("sequenceNumber")?;
    let this_update = EncodedTime::decode(&mut fields).in_field("ctlThisUpdate")?.time;
    let next_update = match Tag::from_octet(fields.peek()) {
        Tag::UTC_TIME | Tag::GENERALIZED_TIME => Some(EncodedTime::decode(&mut fields).in_field("ctlNextUpdate")?.time),
        _ => None,
    };
    let mut algorithm = fields.sequence().in_field("subjectAlgorithm")?;
    let algorithm = Oid::new(algorithm.oid().in_field("subjectAlgorithm")?);
    let mut list = TrustList {
        usages: usages.iter().take(MAX_USAGES).collect(),
        name: name.and_then(|tlv| utf16(tlv.content().get(..512).unwrap_or(tlv.content()))),
        sequence: sequence.map(|tlv| tlv.content()),
        this_update,
        next_update,
        identified: match HashAlgorithm::from_oid(algorithm) {
            Some(hash) => Identified::Certificate(hash),
            None if algorithm == SIGNATURE_HASH => Identified::SignedPart,
            None => Identified::Unknown(algorithm),
        },
        entries: Vec::new(),
        problems: Vec::new(),
        problems_omitted: 0,
    };
    if let Some(subjects) = fields.optional(Tag::SEQUENCE).in_field("trustedSubjects")? {
        let mut subjects = subjects.cursor();
        while !subjects.is_empty() {
            if list.entries.len() >= MAX_ENTRIES {
                return Err(TrustListError::TooMany { offset: subjects.offset() });
            }
            let entry = list.entry(&mut subjects).in_field("trustedSubjects")?;
            list.entries.push(entry);
        }
    }
    Ok(list)
}

impl<'a> TrustList<'a> {
    /// What its entries are for.
    pub fn meaning(&self) -> Meaning {
        let has = |usage| self.usages.contains(&usage);
        match (has(DISALLOWED_LIST), has(ROOT_LIST)) {
            (true, _) => Meaning::Disallowed,
            (false, true) => Meaning::Roots,
            (false, false) => Meaning::Other,
        }
    }

    fn entry(&mut self, subjects: &mut Cursor<'a>) -> Result<Entry<'a>, DerError> {
        let subject = subjects.expect(Tag::SEQUENCE)?;
        let mut fields = subject.cursor();
        let identifier = fields.expect(Tag::OCTET_STRING)?;
        if identifier.content().is_empty() || identifier.content().len() > MAX_IDENTIFIER_OCTETS {
            use crate::encoding::der::DerErrorKind::Invalid;
            return Err(DerError::new(identifier.offset(), Invalid("expected a hash of 1 to 64 octets")));
        }
        let mut properties = Properties::default();
        if let Some(attributes) = fields.optional(Tag::SET)? {
            let mut attributes = attributes.cursor();
            while !attributes.is_empty() {
                let attribute = attributes.expect(Tag::SEQUENCE)?;
                if let Err(error) = property(&attribute, &mut properties) {
                    self.problem(error);
                }
            }
        }
        Ok(Entry { offset: subject.offset(), identifier: identifier.content(), properties })
    }

    fn problem(&mut self, error: DerError) {
        if self.problems.len() < MAX_PROBLEMS {
            self.problems.push(error);
        } else {
            self.problems_omitted += 1;
        }
    }
}

impl Identified<'_> {
    /// The identifier of `octets` octets that this certificate has in the list; `None`
    /// when it cannot be told, or has none of that length.
    pub fn identifier(&self, certificate: &Certificate, octets: usize) -> Option<Vec<u8>> {
        let (hash, hashed) = match self {
            Identified::Certificate(hash) => (*hash, certificate.der()),
            // Which hash it is shows in its length: those that signatures use differ in it.
            Identified::SignedPart => (hash_of_length(octets)?, certificate.tbs()),
            Identified::Unknown(_) => return None,
        };
        digest(hash, hashed).filter(|identifier| identifier.len() == octets)
    }
}

/// The hash with an output of this many octets.
pub fn hash_of_length(octets: usize) -> Option<HashAlgorithm> {
    match octets {
        16 => Some(HashAlgorithm::Md5),
        20 => Some(HashAlgorithm::Sha1),
        32 => Some(HashAlgorithm::Sha256),
        48 => Some(HashAlgorithm::Sha384),
        64 => Some(HashAlgorithm::Sha512),
        _ => None,
    }
}

/// Reads one attribute; one that is no property is counted.
fn property<'a>(attribute: &Tlv<'a>, properties: &mut Properties<'a>) -> Result<(), DerError> {
    let mut fields = attribute.cursor();
    let oid = fields.oid()?;
    let Some(number) = oid.strip_prefix(PROPERTY_ARC).and_then(last_arc) else {
        properties.others += 1;
        return Ok(());
    };
    let values = fields.expect(Tag::SET).in_field("subjectAttributes")?;
    let value = values.cursor().expect(Tag::OCTET_STRING).in_field("subjectAttributes")?;
    properties.take(number, &Value::of(&value)).in_field("subjectAttributes")
}

/// The one arc that these octets are, when it is one of up to 28 bits.
fn last_arc(octets: &[u8]) -> Option<u32> {
    let (last, before) = octets.split_last()?;
    if octets.len() > 4 || last & 0x80 != 0 || before.iter().any(|octet| octet & 0x80 == 0) {
        return None;
    }
    Some(octets.iter().fold(0, |arc, octet| arc << 7 | u32::from(octet & 0x7f)))
}
