//! PKCS#7 and CMS SignedData as a bag of certificates and CRLs (RFC 2315 §9.1,
//! RFC 5652 §5.1), in DER or BER. Nothing is verified and nothing re-encoded.

use std::fmt;

use super::ber::Reader;
use super::der::{DerError, Tag};

/// id-signedData 1.2.840.113549.1.7.2 (RFC 5652 §5.1).
pub(crate) const SIGNED_DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02];

/// szOID_CTL 1.3.6.1.4.1.311.10.1: the content of a Microsoft trust list.
pub(crate) const MICROSOFT_TRUST_LIST: &[u8] = &[0x2b, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x0a, 0x01];

/// Content types other than SignedData, by OBJECT IDENTIFIER content.
const OTHER_CONTENT_TYPES: &[(&[u8], &str)] = &[
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01], "data"),
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x03], "envelopedData (encrypted)"),
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x04], "signedAndEnvelopedData (encrypted)"),
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x05], "digestedData"),
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x06], "encryptedData"),
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, 0x01, 0x02], "authenticatedData"),
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, 0x01, 0x09], "compressedData"),
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, 0x01, 0x17], "authEnvelopedData (encrypted)"),
];

/// The name of a PKCS#7 or CMS content type, when it is one.
pub(super) fn content_type_name(oid: &[u8]) -> Option<&'static str> {
    if oid == SIGNED_DATA {
        return Some("signedData");
    }
    OTHER_CONTENT_TYPES.iter().find(|(known, _)| *known == oid).map(|&(_, name)| name)
}

/// One element of a SignedData.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Element<'a> {
    /// Offset in the SignedData's octets.
    pub offset: usize,
    /// The octets as they stand.
    pub raw: &'a [u8],
}

/// A certificate or revocation choice that is not an X.509 certificate or CRL
/// (RFC 5652 §10.2.1, §10.2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OtherChoice {
    /// Offset in the SignedData's octets.
    pub offset: usize,
    /// Its tag.
    pub tag: Tag,
    /// Whether it stands among the CRLs, not the certificates.
    pub among_crls: bool,
}

impl OtherChoice {
    /// What RFC 5652 calls it.
    pub fn name(&self) -> &'static str {
        match (self.among_crls, self.tag.is_context(), self.tag.number()) {
            (false, true, 0) => "a PKCS#6 extended certificate",
            (false, true, 1) => "a version 1 attribute certificate",
            (false, true, 2) => "an attribute certificate",
            (false, true, 3) => "a certificate of another format",
            (true, true, 1) => "revocation information of another format",
            _ => "something undefined",
        }
    }
}

/// What a SignedData carries.
#[derive(Debug, Default)]
pub struct SignedData<'a> {
    /// X.509 certificates in the order of the file.
    pub certificates: Vec<Element<'a>>,
    /// CRLs in the order of the file.
    pub crls: Vec<Element<'a>>,
    /// Choices that are neither.
    pub others: Vec<OtherChoice>,
    /// Whether there are signers; a certificate bag has none.
    pub signed: bool,
    /// Why reading ended early; what was read before is kept.
    pub broken: Option<Pkcs7Error>,
}

/// Why a PKCS#7 could not be read (to its end).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pkcs7Error {
    /// The content is not SignedData.
    ContentType {
        /// Content octets of the OBJECT IDENTIFIER.
        oid: Vec<u8>,
    },
    /// The octets are not what was expected. The offset counts from the start
    /// of the PKCS#7 and is left to the caller to print.
    Structure(DerError),
    /// More elements than the caller allows.
    TooMany {
        /// The limit.
        limit: usize,
    },
}

impl From<DerError> for Pkcs7Error {
    fn from(error: DerError) -> Self {
        Pkcs7Error::Structure(error)
    }
}

impl fmt::Display for Pkcs7Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ContentType { oid } => {
                write!(f, "the PKCS#7 content type is {}", Dotted(oid))?;
                if let Some(name) = content_type_name(oid) {
                    write!(f, ", {name}")?;
                }
                f.write_str("; expected signedData, which carries certificates")
            }
            Self::Structure(error) => error.kind.fmt(f),
            Self::TooMany { limit } => write!(f, "the PKCS#7 has more than {limit} elements"),
        }
    }
}

impl std::error::Error for Pkcs7Error {}

/// Reads a ContentInfo with SignedData at the start of `bytes`, at most
/// `limit` elements of it. An element is passed over by its outermost length;
/// what is inside is for its own parser.
///
/// # Errors
/// The content type is another one, or the structure breaks before the first
/// certificate could stand; later breaks are in [`SignedData::broken`].
pub fn read(bytes: &[u8], limit: usize) -> Result<SignedData<'_>, Pkcs7Error> {
    let mut reader = Reader::new(bytes);
    reader.enter(Tag::SEQUENCE)?;
    let content_type = reader.expect(Tag::OID)?.content;
    if content_type != SIGNED_DATA {
        return Err(Pkcs7Error::ContentType { oid: content_type.to_vec() });
    }
    reader.enter(Tag::context_constructed(0))?;
    reader.enter(Tag::SEQUENCE)?;
    reader.expect(Tag::INTEGER)?;
    reader.expect(Tag::SET)?;
    reader.expect(Tag::SEQUENCE)?;
    let mut signed_data = SignedData::default();
    signed_data.broken = signed_data.read_sets(&mut reader, limit).err();
    Ok(signed_data)
}

impl<'a> SignedData<'a> {
    fn read_sets(&mut self, reader: &mut Reader<'a>, limit: usize) -> Result<(), Pkcs7Error> {
        for (tag, among_crls) in [(Tag::context_constructed(0), false), (Tag::context_constructed(1), true)] {
            if reader.peek()?.is_none_or(|header| header.tag != tag) {
                continue;
            }
            reader.enter(tag)?;
            while let Some(value) = reader.value()? {
                if self.certificates.len() + self.crls.len() + self.others.len() >= limit {
                    return Err(Pkcs7Error::TooMany { limit });
                }
                let (offset, tag) = (value.header.offset, value.header.tag);
                match tag {
                    Tag::SEQUENCE if among_crls => self.crls.push(Element { offset, raw: value.raw }),
                    Tag::SEQUENCE => self.certificates.push(Element { offset, raw: value.raw }),
                    _ => self.others.push(OtherChoice { offset, tag, among_crls }),
                }
            }
            reader.leave()?;
        }
        reader.enter(Tag::SET)?;
        self.signed = reader.peek()?.is_some();
        Ok(())
    }
}

/// An OBJECT IDENTIFIER in dotted form; arcs beyond 64 bits show as `?`.
struct Dotted<'a>(&'a [u8]);

impl fmt::Display for Dotted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut first = true;
        for arc in self.0.split_inclusive(|octet| octet & 0x80 == 0) {
            let value = arc
                .iter()
                .try_fold(0u64, |value, &octet| (value >> 57 == 0).then_some(value << 7 | u64::from(octet & 0x7f)));
            match value {
                Some(value) if first => {
                    let top = (value / 40).min(2);
                    write!(f, "{top}.{}", value - 40 * top)?;
                }
                Some(value) => write!(f, ".{value}")?,
                None => f.write_str(if first { "?" } else { ".?" })?,
            }
            first = false;
        }
        Ok(())
    }
}
