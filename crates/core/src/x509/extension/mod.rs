//! Certificate extensions (RFC 5280 §4.2 and the documents named at each one).
//!
//! Every extension has its own result: a broken one is reported and the rest
//! of the certificate is still read. Values borrow from the certificate; lists
//! were walked once when the certificate was read and are decoded again on
//! demand, so they cost no memory.

mod access;
mod constraints;
mod identifiers;
mod microsoft;
mod other;
mod policies;
mod qualified;
mod transparency;
mod usage;

pub use access::{AccessDescription, DistributionPoint, DistributionPointName, ReasonFlags};
pub use constraints::{BasicConstraints, GeneralSubtree, NameConstraints, PolicyConstraints};
pub use identifiers::AuthorityKeyIdentifier;
pub use microsoft::{CaVersion, CertificateTemplate, NtdsSecurity};
pub use other::{
    AttributeSet, NetscapeCertType, OrganizationIdentifier, PrivateKeyUsagePeriod, SmimeCapability, TlsFeature,
};
pub use policies::{PolicyInformation, PolicyMapping, PolicyQualifier, UserNotice};
pub use qualified::{QcStatement, QcStatementInfo};
pub use transparency::{SctList, SignedCertificateTimestamp};
pub use usage::{KeyUsage, KeyUsageBit};

use crate::encoding::der::{Cursor, Decode, DerError, DerErrorKind, InField, SequenceOf, Span, Tag};
use crate::x509::general_name::GeneralNames;
use crate::x509::oid::Oid;
use crate::x509::oid::oids::keys;
use crate::x509::string::StringValue;

/// Where an extension stands in its certificate and how reading it went.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    pub(crate) oid: Span,
    pub(crate) critical: bool,
    pub(crate) value: Span,
    pub(crate) whole: Span,
    pub(crate) error: Option<DerError>,
}

/// One extension of a certificate.
#[derive(Clone, Copy)]
pub struct Extension<'a> {
    pub(crate) der: &'a [u8],
    pub(crate) entry: &'a Entry,
}

impl<'a> Extension<'a> {
    /// What kind of extension it is.
    pub fn oid(&self) -> Oid<'a> {
        Oid::new(self.der.get(self.entry.oid.range()).unwrap_or_default())
    }

    /// Whether a reader that does not process it must refuse the certificate (RFC 5280 §4.2).
    pub fn is_critical(&self) -> bool {
        self.entry.critical
    }

    /// The octets inside extnValue.
    pub fn value_octets(&self) -> &'a [u8] {
        self.der.get(self.entry.value.range()).unwrap_or_default()
    }

    /// Where the whole extension stands in the certificate.
    pub fn span(&self) -> Span {
        self.entry.whole
    }

    /// The decoded value.
    ///
    /// # Errors
    ///
    /// The reason why the octets are not a value of this extension, with the
    /// offset in the certificate.
    pub fn value(&self) -> Result<ExtensionValue<'a>, DerError> {
        match self.entry.error {
            Some(error) => Err(error),
            None => decode(self.oid(), Cursor::silent_part(self.der, self.entry.value).read_before()),
        }
    }
}

/// The decoded value of an extension.
#[derive(Clone, Copy, Debug)]
pub enum ExtensionValue<'a> {
    /// RFC 5280 §4.2.1.1.
    AuthorityKeyIdentifier(AuthorityKeyIdentifier<'a>),
    /// RFC 5280 §4.2.1.2: the identifier's octets.
    SubjectKeyIdentifier(&'a [u8]),
    /// RFC 5280 §4.2.1.3.
    KeyUsage(KeyUsage),
    /// RFC 5280 §4.2.1.4.
    CertificatePolicies(SequenceOf<'a, PolicyInformation<'a>>),
    /// RFC 5280 §4.2.1.5.
    PolicyMappings(SequenceOf<'a, PolicyMapping<'a>>),
    /// RFC 5280 §4.2.1.6.
    SubjectAltName(GeneralNames<'a>),
    /// RFC 5280 §4.2.1.7.
    IssuerAltName(GeneralNames<'a>),
    /// RFC 5280 §4.2.1.8.
    SubjectDirectoryAttributes(SequenceOf<'a, AttributeSet<'a>>),
    /// RFC 5280 §4.2.1.9.
    BasicConstraints(BasicConstraints),
    /// RFC 5280 §4.2.1.10.
    NameConstraints(NameConstraints<'a>),
    /// RFC 5280 §4.2.1.11.
    PolicyConstraints(PolicyConstraints),
    /// RFC 5280 §4.2.1.12.
    ExtendedKeyUsage(SequenceOf<'a, Oid<'a>>),
    /// RFC 5280 §4.2.1.13.
    CrlDistributionPoints(SequenceOf<'a, DistributionPoint<'a>>),
    /// RFC 5280 §4.2.1.14: certificates that may follow, `None` when beyond 32 bits.
    InhibitAnyPolicy(Option<u32>),
    /// RFC 5280 §4.2.1.15.
    FreshestCrl(SequenceOf<'a, DistributionPoint<'a>>),
    /// RFC 5280 §4.2.2.1.
    AuthorityInfoAccess(SequenceOf<'a, AccessDescription<'a>>),
    /// RFC 5280 §4.2.2.2.
    SubjectInfoAccess(SequenceOf<'a, AccessDescription<'a>>),
    /// RFC 3280 §4.2.1.4, dropped by RFC 5280.
    PrivateKeyUsagePeriod(PrivateKeyUsagePeriod),
    /// RFC 6962 §3.3.
    SctList(SctList<'a>),
    /// RFC 6962 §3.1: this is a precertificate.
    CtPoison,
    /// RFC 7633.
    TlsFeature(SequenceOf<'a, TlsFeature>),
    /// RFC 6960 §4.2.2.2.1.
    OcspNoCheck,
    /// RFC 3739 §3.2.6 and ETSI EN 319 412-5.
    QcStatements(SequenceOf<'a, QcStatement<'a>>),
    /// RFC 4262.
    SmimeCapabilities(SequenceOf<'a, SmimeCapability<'a>>),
    /// CA/B Forum EV guidelines §9.8.2.
    OrganizationIdentifier(OrganizationIdentifier<'a>),
    /// Microsoft: the template's name (version 1 templates).
    MsTemplateName(StringValue<'a>),
    /// Microsoft: the template (version 2 and later).
    MsTemplate(CertificateTemplate<'a>),
    /// Microsoft: application policies, the counterpart of extKeyUsage.
    MsApplicationPolicies(SequenceOf<'a, PolicyInformation<'a>>),
    /// Microsoft: application policy mappings.
    MsApplicationPolicyMappings(SequenceOf<'a, PolicyMapping<'a>>),
    /// Microsoft: application policy constraints.
    MsApplicationPolicyConstraints(PolicyConstraints),
    /// Microsoft: certificate and key index of a CA.
    MsCaVersion(CaVersion),
    /// Microsoft: SHA-1 of the CA's previous certificate.
    MsPreviousCaHash(&'a [u8]),
    /// Microsoft: the account's security identifier (KB5014754).
    MsNtdsSecurity(NtdsSecurity<'a>),
    /// Netscape certificate type.
    NetscapeCertType(NetscapeCertType),
    /// Netscape comment.
    NetscapeComment(StringValue<'a>),
    /// Not decoded here; the octets inside extnValue.
    Unknown(&'a [u8]),
}

/// Reads the value of an extension; every octet of it must be used.
pub(crate) fn decode<'a>(oid: Oid<'a>, mut cursor: Cursor<'a>) -> Result<ExtensionValue<'a>, DerError> {
    use ExtensionValue as V;
    let start = cursor.offset();
    let c = &mut cursor;
    let (value, field) = match oid.key() {
        keys::AUTHORITY_KEY_IDENTIFIER => {
            (AuthorityKeyIdentifier::decode(c).map(V::AuthorityKeyIdentifier), "authorityKeyIdentifier")
        }
        keys::SUBJECT_KEY_IDENTIFIER => (c.octet_string().map(V::SubjectKeyIdentifier), "subjectKeyIdentifier"),
        keys::KEY_USAGE => (KeyUsage::decode(c).map(V::KeyUsage), "keyUsage"),
        keys::BASIC_CONSTRAINTS => (BasicConstraints::decode(c).map(V::BasicConstraints), "basicConstraints"),
        keys::EXTENDED_KEY_USAGE => (nonempty(c).map(V::ExtendedKeyUsage), "extKeyUsage"),
        keys::SUBJECT_ALT_NAME => (nonempty(c).map(V::SubjectAltName), "subjectAltName"),
        keys::CERTIFICATE_POLICIES => (nonempty(c).map(V::CertificatePolicies), "certificatePolicies"),
        keys::CRL_DISTRIBUTION_POINTS => (nonempty(c).map(V::CrlDistributionPoints), "cRLDistributionPoints"),
        keys::AUTHORITY_INFO_ACCESS => (nonempty(c).map(V::AuthorityInfoAccess), "authorityInfoAccess"),
        keys::CT_SCT_LIST => (SctList::decode(c).map(V::SctList), "signedCertificateTimestampList"),
        keys::NAME_CONSTRAINTS => (NameConstraints::decode(c).map(V::NameConstraints), "nameConstraints"),
        keys::POLICY_CONSTRAINTS => (PolicyConstraints::decode(c).map(V::PolicyConstraints), "policyConstraints"),
        keys::POLICY_MAPPINGS => (nonempty(c).map(V::PolicyMappings), "policyMappings"),
        keys::INHIBIT_ANY_POLICY => {
            (constraints::skip_certs(c.expect(Tag::INTEGER)).map(V::InhibitAnyPolicy), "inhibitAnyPolicy")
        }
        keys::ISSUER_ALT_NAME => (nonempty(c).map(V::IssuerAltName), "issuerAltName"),
        keys::SUBJECT_DIRECTORY_ATTRIBUTES => {
            (nonempty(c).map(V::SubjectDirectoryAttributes), "subjectDirectoryAttributes")
        }
        keys::FRESHEST_CRL => (nonempty(c).map(V::FreshestCrl), "freshestCRL"),
        keys::SUBJECT_INFO_ACCESS => (nonempty(c).map(V::SubjectInfoAccess), "subjectInfoAccess"),
        keys::PRIVATE_KEY_USAGE_PERIOD => {
            (PrivateKeyUsagePeriod::decode(c).map(V::PrivateKeyUsagePeriod), "privateKeyUsagePeriod")
        }
        keys::CT_POISON => (c.expect(Tag::NULL).and_then(|tlv| tlv.null()).map(|()| V::CtPoison), "ctPoison"),
        keys::OCSP_NO_CHECK => (c.expect(Tag::NULL).and_then(|tlv| tlv.null()).map(|()| V::OcspNoCheck), "ocspNoCheck"),
        keys::TLS_FEATURE => (SequenceOf::read(c).map(V::TlsFeature), "tlsFeature"),
        keys::QC_STATEMENTS => (SequenceOf::read(c).map(V::QcStatements), "qcStatements"),
        keys::SMIME_CAPABILITIES => (SequenceOf::read(c).map(V::SmimeCapabilities), "smimeCapabilities"),
        keys::CABF_ORGANIZATION_IDENTIFIER => {
            (OrganizationIdentifier::decode(c).map(V::OrganizationIdentifier), "cabfOrganizationIdentifier")
        }
        keys::MS_CERTIFICATE_TEMPLATE_NAME => {
            (c.read().map(|tlv| V::MsTemplateName(StringValue::read(&tlv))), "msCertificateTemplateName")
        }
        keys::MS_CERTIFICATE_TEMPLATE => (CertificateTemplate::decode(c).map(V::MsTemplate), "msCertificateTemplate"),
        keys::MS_APPLICATION_POLICIES => (SequenceOf::read(c).map(V::MsApplicationPolicies), "msApplicationPolicies"),
        keys::MS_APPLICATION_POLICY_MAPPINGS => {
            (SequenceOf::read(c).map(V::MsApplicationPolicyMappings), "msApplicationPolicyMappings")
        }
        keys::MS_APPLICATION_POLICY_CONSTRAINTS => {
            (PolicyConstraints::decode(c).map(V::MsApplicationPolicyConstraints), "msApplicationPolicyConstraints")
        }
        keys::MS_CA_VERSION => (CaVersion::decode(c).map(V::MsCaVersion), "msCaVersion"),
        keys::MS_PREVIOUS_CA_CERT_HASH => (c.octet_string().map(V::MsPreviousCaHash), "msPreviousCaCertificateHash"),
        keys::MS_NTDS_CA_SECURITY => (NtdsSecurity::decode(c).map(V::MsNtdsSecurity), "msNtdsCaSecurity"),
        keys::NETSCAPE_CERT_TYPE => (NetscapeCertType::decode(c).map(V::NetscapeCertType), "netscapeCertType"),
        keys::NETSCAPE_COMMENT => (c.read().map(|tlv| V::NetscapeComment(StringValue::read(&tlv))), "netscapeComment"),
        _ => return Ok(V::Unknown(c.rest())),
    };
    let value = value.in_field(field)?;
    if !cursor.is_empty() {
        // extnValue holds the DER encoding of one value (RFC 5280 §4.2).
        let mut error = DerError::new(cursor.offset(), DerErrorKind::TrailingData);
        error.field = field;
        return Err(error);
    }
    debug_assert!(cursor.offset() >= start);
    Ok(value)
}

/// A SEQUENCE SIZE (1..MAX) OF.
fn nonempty<'a, T: Decode<'a>>(cursor: &mut Cursor<'a>) -> Result<SequenceOf<'a, T>, DerError> {
    let offset = cursor.offset();
    let list = SequenceOf::read(cursor)?;
    if list.is_empty() {
        return Err(DerError::new(offset, DerErrorKind::Invalid("the list is empty, but must have an element")));
    }
    Ok(list)
}
