//! Extensions of Microsoft's certificate services ([MS-WCCE] §2.2.2.7,
//! [MS-CRTD]).

use crate::encoding::der::{Cursor, Decode, DerError, InField, Tag};
use crate::x509::oid::{Oid, oids};

/// The template that a certificate was made from (version 2 and later).
#[derive(Clone, Copy, Debug)]
pub struct CertificateTemplate<'a> {
    /// The template's identifier; its name is known to the directory only.
    pub id: Oid<'a>,
    /// Major version.
    pub major: Option<u32>,
    /// Minor version.
    pub minor: Option<u32>,
}

impl<'a> Decode<'a> for CertificateTemplate<'a> {
    fn decode(cursor: &mut Cursor<'a>) -> Result<Self, DerError> {
        let mut content = cursor.sequence()?;
        let id = Oid::decode(&mut content).in_field("templateID")?;
        let mut version = |field| -> Result<Option<u32>, DerError> {
            match content.optional(Tag::INTEGER)? {
                Some(tlv) => Ok(tlv.integer().in_field(field)?.to_u32()),
                None => Ok(None),
            }
        };
        let major = version("templateMajorVersion")?;
        let minor = version("templateMinorVersion")?;
        content.finish();
        Ok(CertificateTemplate { id, major, minor })
    }
}

/// How often a CA renewed its certificate and its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CaVersion {
    /// Index of the certificate, from 0.
    pub certificate_index: u16,
    /// Index of the key, from 0; it stays when the certificate is renewed with the same key.
    pub key_index: u16,
}

impl<'a> Decode<'a> for CaVersion {
    fn decode(cursor: &mut Cursor<'a>) -> Result<Self, DerError> {
        let offset = cursor.offset();
        let invalid = crate::encoding::der::DerErrorKind::Invalid("the CA version is not a 32-bit number");
        let value = cursor.integer()?.to_u32().ok_or(DerError::new(offset, invalid))?;
        Ok(CaVersion { certificate_index: value as u16, key_index: (value >> 16) as u16 })
    }
}

/// The security identifier of the account that asked for the certificate.
#[derive(Clone, Copy, Debug)]
pub struct NtdsSecurity<'a> {
    /// The SID in text form, as octets (`S-1-5-…`).
    pub sid: &'a [u8],
}

impl<'a> Decode<'a> for NtdsSecurity<'a> {
    fn decode(cursor: &mut Cursor<'a>) -> Result<Self, DerError> {
        let mut content = cursor.sequence()?;
        let other = content.expect(Tag::context_constructed(0))?;
        content.finish();
        let mut inside = other.cursor();
        let offset = inside.offset();
        if Oid::decode(&mut inside)? != oids::MS_NTDS_OBJECT_SID {
            let what = crate::encoding::der::DerErrorKind::Invalid("the security extension holds no object SID");
            return Err(DerError::new(offset, what));
        }
        let mut explicit = inside.expect(Tag::context_constructed(0))?.cursor();
        inside.finish();
        let sid = explicit.octet_string()?;
        explicit.finish();
        Ok(NtdsSecurity { sid })
    }
}
