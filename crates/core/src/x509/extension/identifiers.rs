//! Authority key identifier (RFC 5280 §4.2.1.1).

use crate::encoding::der::{Cursor, Decode, DerError, InField, Integer, SequenceOf, Tag};
use crate::x509::general_name::GeneralNames;

/// Authority key identifier.
#[derive(Clone, Copy, Debug)]
pub struct AuthorityKeyIdentifier<'a> {
    /// The issuer's key identifier.
    pub key_identifier: Option<&'a [u8]>,
    /// Names of the issuer's issuer.
    pub issuer: Option<GeneralNames<'a>>,
    /// Serial number of the issuer's certificate.
    pub serial: Option<Integer<'a>>,
}

impl AuthorityKeyIdentifier<'_> {
    /// Whether it names the issuer's certificate by issuer or serial number.
    pub fn has_issuer_or_serial(&self) -> bool {
        self.issuer.is_some() || self.serial.is_some()
    }
}

impl<'a> Decode<'a> for AuthorityKeyIdentifier<'a> {
    fn decode(cursor: &mut Cursor<'a>) -> Result<Self, DerError> {
        let mut content = cursor.sequence()?;
        let key_identifier = content.optional(Tag::context(0)).in_field("keyIdentifier")?.map(|tlv| tlv.content());
        let issuer = match content.optional(Tag::context_constructed(1))? {
            Some(tlv) => Some(SequenceOf::from_content(&tlv).in_field("authorityCertIssuer")?),
            None => None,
        };
        let serial = match content.optional(Tag::context(2))? {
            Some(tlv) => Some(tlv.integer().in_field("authorityCertSerialNumber")?),
            None => None,
        };
        content.finish();
        Ok(AuthorityKeyIdentifier { key_identifier, issuer, serial })
    }
}
