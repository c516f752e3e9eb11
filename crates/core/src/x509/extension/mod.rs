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
pub use policies::{NoticeNumber, PolicyInformation, PolicyMapping, PolicyQualifier, UserNotice};
pub use qualified::{CountryCode, DisclosureLocation, QcStatement, QcStatementInfo};
pub use transparency::{SctList, SignedCertificateTimestamp};
pub use usage::{KeyUsage, KeyUsageBit};

use crate::encoding::der::{Cursor, Decode, DerError, DerErrorKind, InField, SequenceOf, Span, Tag};
use crate::x509::general_name::GeneralNames;
use crate::x509::oid::Oid;
use crate::x509::oid::oids::keys;
use crate::x509::string::StringValue;

/// Where an extension stands in its certificate and how reading it went.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) oid: Span,
    pub(crate) critical: bool,
    pub(crate) value: Span,
    pub(crate) whole: Span,
    /// Boxed because it is rare, and the entries of a certificate are allocated together.
    pub(crate) error: Option<Box<DerError>>,
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

    /// Why the octets are not a value of this extension, when they are not, with
    /// the offset in the certificate.
    pub fn error(&self) -> Option<DerError> {
        self.entry.error.as_deref().copied()
    }

    /// The decoded value.
    ///
    /// # Errors
    ///
    /// The reason why the octets are not a value of this extension, with the
    /// offset in the certificate.
    pub fn value(&self) -> Result<ExtensionValue<'a>, DerError> {
        match &self.entry.error {
            Some(error) => Err(**error),
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
    let c = &mut cursor;
    match oid.key() {
        keys::AUTHORITY_KEY_IDENTIFIER => {
            whole(c, "authorityKeyIdentifier", AuthorityKeyIdentifier::decode, V::AuthorityKeyIdentifier)
        }
        keys::SUBJECT_KEY_IDENTIFIER => whole(c, "subjectKeyIdentifier", Cursor::octet_string, V::SubjectKeyIdentifier),
        keys::KEY_USAGE => whole(c, "keyUsage", KeyUsage::decode, V::KeyUsage),
        keys::BASIC_CONSTRAINTS => whole(c, "basicConstraints", BasicConstraints::decode, V::BasicConstraints),
        keys::EXTENDED_KEY_USAGE => whole(c, "extKeyUsage", nonempty, V::ExtendedKeyUsage),
        keys::SUBJECT_ALT_NAME => whole(c, "subjectAltName", nonempty, V::SubjectAltName),
        keys::CERTIFICATE_POLICIES => whole(c, "certificatePolicies", nonempty, V::CertificatePolicies),
        keys::CRL_DISTRIBUTION_POINTS => whole(c, "cRLDistributionPoints", nonempty, V::CrlDistributionPoints),
        keys::AUTHORITY_INFO_ACCESS => whole(c, "authorityInfoAccess", nonempty, V::AuthorityInfoAccess),
        keys::CT_SCT_LIST => whole(c, "signedCertificateTimestampList", SctList::decode, V::SctList),
        keys::NAME_CONSTRAINTS => whole(c, "nameConstraints", NameConstraints::decode, V::NameConstraints),
        keys::POLICY_CONSTRAINTS => whole(c, "policyConstraints", PolicyConstraints::decode, V::PolicyConstraints),
        keys::POLICY_MAPPINGS => whole(c, "policyMappings", nonempty, V::PolicyMappings),
        keys::INHIBIT_ANY_POLICY => whole(c, "inhibitAnyPolicy", skip_certs, V::InhibitAnyPolicy),
        keys::ISSUER_ALT_NAME => whole(c, "issuerAltName", nonempty, V::IssuerAltName),
        keys::SUBJECT_DIRECTORY_ATTRIBUTES => {
            whole(c, "subjectDirectoryAttributes", nonempty, V::SubjectDirectoryAttributes)
        }
        keys::FRESHEST_CRL => whole(c, "freshestCRL", nonempty, V::FreshestCrl),
        keys::SUBJECT_INFO_ACCESS => whole(c, "subjectInfoAccess", nonempty, V::SubjectInfoAccess),
        keys::PRIVATE_KEY_USAGE_PERIOD => {
            whole(c, "privateKeyUsagePeriod", PrivateKeyUsagePeriod::decode, V::PrivateKeyUsagePeriod)
        }
        keys::CT_POISON => whole(c, "ctPoison", null, |()| V::CtPoison),
        keys::OCSP_NO_CHECK => whole(c, "ocspNoCheck", null, |()| V::OcspNoCheck),
        keys::TLS_FEATURE => whole(c, "tlsFeature", SequenceOf::read, V::TlsFeature),
        keys::QC_STATEMENTS => whole(c, "qcStatements", SequenceOf::read, V::QcStatements),
        keys::SMIME_CAPABILITIES => whole(c, "smimeCapabilities", SequenceOf::read, V::SmimeCapabilities),
        keys::CABF_ORGANIZATION_IDENTIFIER => {
            whole(c, "cabfOrganizationIdentifier", OrganizationIdentifier::decode, V::OrganizationIdentifier)
        }
        keys::MS_CERTIFICATE_TEMPLATE_NAME => whole(c, "msCertificateTemplateName", string, V::MsTemplateName),
        keys::MS_CERTIFICATE_TEMPLATE => whole(c, "msCertificateTemplate", CertificateTemplate::decode, V::MsTemplate),
        keys::MS_APPLICATION_POLICIES => whole(c, "msApplicationPolicies", SequenceOf::read, V::MsApplicationPolicies),
        keys::MS_APPLICATION_POLICY_MAPPINGS => {
            whole(c, "msApplicationPolicyMappings", SequenceOf::read, V::MsApplicationPolicyMappings)
        }
        keys::MS_APPLICATION_POLICY_CONSTRAINTS => {
            whole(c, "msApplicationPolicyConstraints", PolicyConstraints::decode, V::MsApplicationPolicyConstraints)
        }
        keys::MS_CA_VERSION => whole(c, "msCaVersion", CaVersion::decode, V::MsCaVersion),
        keys::MS_PREVIOUS_CA_CERT_HASH => {
            whole(c, "msPreviousCaCertificateHash", Cursor::octet_string, V::MsPreviousCaHash)
        }
        keys::MS_NTDS_CA_SECURITY => whole(c, "msNtdsCaSecurity", NtdsSecurity::decode, V::MsNtdsSecurity),
        keys::NETSCAPE_CERT_TYPE => whole(c, "netscapeCertType", NetscapeCertType::decode, V::NetscapeCertType),
        keys::NETSCAPE_COMMENT => whole(c, "netscapeComment", string, V::NetscapeComment),
        _ => Ok(V::Unknown(c.rest())),
    }
}

/// The one value that extnValue holds the encoding of (RFC 5280 §4.2).
#[inline]
fn whole<'a, T>(
    cursor: &mut Cursor<'a>,
    field: &'static str,
    read: impl FnOnce(&mut Cursor<'a>) -> Result<T, DerError>,
    make: impl FnOnce(T) -> ExtensionValue<'a>,
) -> Result<ExtensionValue<'a>, DerError> {
    let value = read(cursor).in_field(field)?;
    if !cursor.is_empty() {
        return Err(DerError::new(cursor.offset(), DerErrorKind::TrailingData)).in_field(field);
    }
    Ok(make(value))
}

fn string<'a>(cursor: &mut Cursor<'a>) -> Result<StringValue<'a>, DerError> {
    Ok(StringValue::read(&cursor.read()?))
}

fn null(cursor: &mut Cursor<'_>) -> Result<(), DerError> {
    cursor.expect(Tag::NULL)?.null()
}

fn skip_certs(cursor: &mut Cursor<'_>) -> Result<Option<u32>, DerError> {
    constraints::skip_certs(cursor.expect(Tag::INTEGER))
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
