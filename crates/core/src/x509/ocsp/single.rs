//! What a response says about one certificate (RFC 6960 §4.2.1).

use crate::encoding::der::{Cursor, Decode, DerError, DerErrorKind, InField, Span, Tag};
use crate::x509::ocsp::cert_id::CertIdRef;
use crate::x509::ocsp::extension::{OcspExtensions, generalized};
use crate::x509::ocsp::{end, explicit};
use crate::x509::reason::RevocationReason;
use crate::x509::validity::EncodedTime;

/// The status of one certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CertStatus {
    /// Not revoked, as far as the responder knows.
    Good,
    /// Revoked.
    Revoked {
        /// Since when.
        time: EncodedTime,
        /// Why, when the responder says so.
        reason: Option<RevocationReason>,
    },
    /// The responder does not know the certificate.
    Unknown,
}

impl<'a> Decode<'a> for CertStatus {
    fn decode(cursor: &mut Cursor<'a>) -> Result<Self, DerError> {
        let tlv = cursor.read()?;
        match tlv.tag.first_octet() {
            0x80 => tlv.null().map(|()| CertStatus::Good),
            0xa1 => {
                let mut fields = tlv.cursor();
                let time = generalized(&mut fields).in_field("revocationTime")?;
                let reason = explicit(&mut fields, 0, RevocationReason::decode).in_field("revocationReason")?;
                fields.finish();
                Ok(CertStatus::Revoked { time, reason })
            }
            0x82 => tlv.null().map(|()| CertStatus::Unknown),
            _ => {
                let what = "a CertStatus is one of good [0], revoked [1] and unknown [2]";
                Err(DerError::new(tlv.offset(), DerErrorKind::Invalid(what)))
            }
        }
    }
}

/// What a response says about one certificate.
#[derive(Clone, Copy, Debug)]
pub struct SingleResponse<'a> {
    /// Which certificate.
    pub cert_id: CertIdRef<'a>,
    /// Its status.
    pub status: CertStatus,
    /// When the status was known to be right.
    pub this_update: EncodedTime,
    /// When newer information will be there at the latest; when absent, it
    /// always is (RFC 6960 §4.2.2.1).
    pub next_update: Option<EncodedTime>,
    /// singleExtensions.
    pub extensions: OcspExtensions<'a>,
    /// Where it stands in the response.
    pub span: Span,
}

impl<'a> Decode<'a> for SingleResponse<'a> {
    fn decode(cursor: &mut Cursor<'a>) -> Result<Self, DerError> {
        let whole = cursor.expect(Tag::SEQUENCE).in_field("SingleResponse")?;
        let mut fields = whole.cursor();
        let cert_id = CertIdRef::decode(&mut fields).in_field("certID")?;
        let status = CertStatus::decode(&mut fields).in_field("certStatus")?;
        let this_update = generalized(&mut fields).in_field("thisUpdate")?;
        let next_update = explicit(&mut fields, 0, generalized).in_field("nextUpdate")?;
        let extensions = explicit(&mut fields, 1, OcspExtensions::read).in_field("singleExtensions")?;
        end(&fields).in_field("SingleResponse")?;
        Ok(SingleResponse {
            cert_id,
            status,
            this_update,
            next_update,
            extensions: extensions.unwrap_or_default(),
            span: whole.span(),
        })
    }
}
