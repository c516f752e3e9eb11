//! How two chains differ, certificate by certificate.

use certlens_core::crypto::algorithm::SignatureAlgorithm;
use certlens_core::time::Time;
use certlens_core::x509::Certificate;
use certlens_core::x509::extension::ExtensionValue;
use certlens_core::x509::name::Name;
use certlens_core::x509::oid::oids;
use certlens_core::x509::sources;

use super::observation::is_self_signed;

/// The place of a certificate in its path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// The server's own.
    EndEntity,
    /// An issuer; 1 is that of the end entity's certificate.
    Issuer(usize),
    /// The self-signed one on top.
    Root,
}

/// Whether two certificates of one role are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sameness {
    /// The very same certificate.
    Same,
    /// Another certificate for the same key.
    SameKey,
    /// Another key.
    Other,
    /// Only the first path has a certificate in this role.
    OnlyFirst,
    /// Only the second path has one.
    OnlySecond,
}

impl Sameness {
    /// The word that reports and JSON use.
    pub const fn word(self) -> &'static str {
        match self {
            Sameness::Same => "same",
            Sameness::SameKey => "same-key",
            Sameness::Other => "other",
            Sameness::OnlyFirst => "only-first",
            Sameness::OnlySecond => "only-second",
        }
    }
}

/// A value of both certificates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Both<T> {
    /// That of the first path's certificate.
    pub first: T,
    /// That of the second path's.
    pub second: T,
}

/// One thing in which two certificates differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// The public key: SHA-256 of the SubjectPublicKeyInfo.
    Key(Both<[u8; 32]>),
    /// Kind and size of the public key, as "RSA 2048".
    KeyType(Both<String>),
    /// The subject's name (RFC 4514).
    Subject(Both<String>),
    /// The issuer's name (RFC 4514).
    IssuerName(Both<String>),
    /// The issuer's key: SHA-256 of its SubjectPublicKeyInfo, `None` when it is not at hand.
    IssuerKey(Both<Option<[u8; 32]>>),
    /// Start of validity.
    NotBefore(Both<Time>),
    /// End of validity.
    NotAfter(Both<Time>),
    /// The serial number, as encoded.
    Serial(Both<Vec<u8>>),
    /// The signature algorithm.
    SignatureAlgorithm(Both<String>),
    /// How many SCTs are embedded (RFC 6962 §3.3).
    EmbeddedScts(Both<usize>),
    /// Whether it says where its issuer's certificate is (RFC 5280 §4.2.2.1, caIssuers).
    IssuerAddress(Both<bool>),
    /// Whether it says where an OCSP responder is (RFC 5280 §4.2.2.1, ocsp).
    OcspAddress(Both<bool>),
    /// Whether it says where CRLs are (RFC 5280 §4.2.1.13).
    CrlAddress(Both<bool>),
    /// Whether it has an authority key identifier (RFC 5280 §4.2.1.1).
    AuthorityKeyIdentifier(Both<bool>),
    /// Whether it has a subject key identifier (RFC 5280 §4.2.1.2).
    SubjectKeyIdentifier(Both<bool>),
}

impl Difference {
    /// The word that reports and JSON use.
    pub const fn word(&self) -> &'static str {
        match self {
            Difference::Key(_) => "key",
            Difference::KeyType(_) => "key-type",
            Difference::Subject(_) => "subject",
            Difference::IssuerName(_) => "issuer-name",
            Difference::IssuerKey(_) => "issuer-key",
            Difference::NotBefore(_) => "not-before",
            Difference::NotAfter(_) => "not-after",
            Difference::Serial(_) => "serial-number",
            Difference::SignatureAlgorithm(_) => "signature-algorithm",
            Difference::EmbeddedScts(_) => "embedded-scts",
            Difference::IssuerAddress(_) => "issuer-address",
            Difference::OcspAddress(_) => "ocsp-address",
            Difference::CrlAddress(_) => "crl-address",
            Difference::AuthorityKeyIdentifier(_) => "authority-key-identifier",
            Difference::SubjectKeyIdentifier(_) => "subject-key-identifier",
        }
    }
}

/// The certificates of one role.
#[derive(Clone, Debug)]
pub struct Pair {
    /// The role.
    pub role: Role,
    /// The first path's certificate.
    pub first: Option<Certificate>,
    /// The second path's.
    pub second: Option<Certificate>,
    /// Whether they are the same.
    pub sameness: Sameness,
    /// In what they differ; nothing when one is missing.
    pub differences: Vec<Difference>,
}

/// How two paths differ.
#[derive(Clone, Debug)]
pub struct ChainDifference {
    /// One pair for each role that one of them has, from the end entity up.
    pub pairs: Vec<Pair>,
}

impl ChainDifference {
    /// The pair of this role.
    pub fn pair(&self, role: Role) -> Option<&Pair> {
        self.pairs.iter().find(|pair| pair.role == role)
    }

    /// Whether every certificate is the same.
    pub fn is_empty(&self) -> bool {
        self.pairs.iter().all(|pair| pair.sameness == Sameness::Same)
    }
}

/// Compares two paths, each from the end entity's certificate up
/// ([`Reached::path`](super::Reached::path)).
///
/// Issuers stand opposite each other by their distance from the end entity, roots
/// opposite each other however many issuers are below them.
pub fn compare(first: &[Certificate], second: &[Certificate]) -> ChainDifference {
    let (first, second) = (Roles::of(first), Roles::of(second));
    let mut pairs = Vec::new();
    let mut add = |role, one: Option<(&Certificate, Option<&Certificate>)>, other| {
        pairs.extend(pair(role, one, other));
    };
    add(Role::EndEntity, first.end_entity(), second.end_entity());
    for distance in 1..first.path.len().max(second.path.len()) {
        add(Role::Issuer(distance), first.issuer(distance), second.issuer(distance));
    }
    add(Role::Root, first.root(), second.root());
    ChainDifference { pairs }
}

/// A path, and whether it has a root.
struct Roles<'a> {
    path: &'a [Certificate],
    has_root: bool,
}

impl<'a> Roles<'a> {
    fn of(path: &'a [Certificate]) -> Self {
        Roles { path, has_root: path.len() > 1 && path.last().is_some_and(is_self_signed) }
    }

    /// A certificate with the one above it; a root is above itself.
    fn at(&self, index: usize) -> Option<(&'a Certificate, Option<&'a Certificate>)> {
        let certificate = self.path.get(index)?;
        let above = self.path.get(index + 1);
        Some((certificate, above.or_else(|| is_self_signed(certificate).then_some(certificate))))
    }

    fn end_entity(&self) -> Option<(&'a Certificate, Option<&'a Certificate>)> {
        self.at(0)
    }

    fn issuer(&self, distance: usize) -> Option<(&'a Certificate, Option<&'a Certificate>)> {
        let is_root = self.has_root && distance + 1 == self.path.len();
        if is_root { None } else { self.at(distance) }
    }

    fn root(&self) -> Option<(&'a Certificate, Option<&'a Certificate>)> {
        if self.has_root { self.at(self.path.len().checked_sub(1)?) } else { None }
    }
}

type WithIssuer<'a> = (&'a Certificate, Option<&'a Certificate>);

fn pair(role: Role, first: Option<WithIssuer<'_>>, second: Option<WithIssuer<'_>>) -> Option<Pair> {
    let (sameness, differences) = match (first, second) {
        (None, None) => return None,
        (Some(_), None) => (Sameness::OnlyFirst, Vec::new()),
        (None, Some(_)) => (Sameness::OnlySecond, Vec::new()),
        (Some((one, _)), Some((other, _))) if one == other => (Sameness::Same, Vec::new()),
        (Some(one), Some(other)) => {
            let same_key = one.0.spki_raw() == other.0.spki_raw();
            (if same_key { Sameness::SameKey } else { Sameness::Other }, differences(one, other))
        }
    };
    let certificate = |one: Option<WithIssuer<'_>>| one.map(|(certificate, _)| certificate.clone());
    Some(Pair { role, first: certificate(first), second: certificate(second), sameness, differences })
}

fn differences((first, above_first): WithIssuer<'_>, (second, above_second): WithIssuer<'_>) -> Vec<Difference> {
    let of = |certificate: fn(&Certificate) -> bool| both(certificate(first), certificate(second));
    let issuer_key = |above: Option<&Certificate>| above.map(Certificate::spki_digest);
    let found = [
        both(first.spki_digest(), second.spki_digest()).map(Difference::Key),
        both(key_type(first), key_type(second)).map(Difference::KeyType),
        names(&first.subject(), &second.subject()).map(Difference::Subject),
        names(&first.issuer(), &second.issuer()).map(Difference::IssuerName),
        both(issuer_key(above_first), issuer_key(above_second)).map(Difference::IssuerKey),
        both(first.not_before().time, second.not_before().time).map(Difference::NotBefore),
        both(first.not_after().time, second.not_after().time).map(Difference::NotAfter),
        both(first.serial().as_bytes().to_vec(), second.serial().as_bytes().to_vec()).map(Difference::Serial),
        both(signature_algorithm(first), signature_algorithm(second)).map(Difference::SignatureAlgorithm),
        both(embedded_scts(first), embedded_scts(second)).map(Difference::EmbeddedScts),
        of(has_issuer_address).map(Difference::IssuerAddress),
        of(has_ocsp_address).map(Difference::OcspAddress),
        of(has_crl_address).map(Difference::CrlAddress),
        of(has_authority_key_identifier).map(Difference::AuthorityKeyIdentifier),
        of(has_subject_key_identifier).map(Difference::SubjectKeyIdentifier),
    ];
    found.into_iter().flatten().collect()
}

fn both<T: PartialEq>(first: T, second: T) -> Option<Both<T>> {
    (first != second).then_some(Both { first, second })
}

/// Names that RFC 5280 §7.1 calls equal do not differ.
fn names(first: &Name<'_>, second: &Name<'_>) -> Option<Both<String>> {
    (!first.matches(second)).then(|| Both { first: first.brief(), second: second.brief() })
}

/// Kind and size of a certificate's key.
pub fn key_type(certificate: &Certificate) -> String {
    match certificate.spki().public_key() {
        Ok(key) => key.describe(),
        Err(_) => "not readable".to_owned(),
    }
}

fn signature_algorithm(certificate: &Certificate) -> String {
    let identifier = certificate.signature_algorithm();
    let named = SignatureAlgorithm::from_identifier(&identifier).map(|algorithm| algorithm.describe());
    named.unwrap_or_else(|_| identifier.oid.name_or_dotted())
}

/// How many SCTs are embedded in a certificate (RFC 6962 §3.3).
pub fn embedded_scts(certificate: &Certificate) -> usize {
    match certificate.extension(oids::CT_SCT_LIST).map(|extension| extension.value()) {
        Some(Ok(ExtensionValue::SctList(list))) => list.iter().count(),
        _ => 0,
    }
}

pub(super) fn has_issuer_address(certificate: &Certificate) -> bool {
    !sources::issuer_urls(certificate).is_empty()
}

pub(super) fn has_ocsp_address(certificate: &Certificate) -> bool {
    !sources::ocsp_urls(certificate).is_empty()
}

/// Also a distribution point in a directory, which has no URL.
pub(super) fn has_crl_address(certificate: &Certificate) -> bool {
    certificate.extension(oids::CRL_DISTRIBUTION_POINTS).is_some()
}

pub(super) fn has_authority_key_identifier(certificate: &Certificate) -> bool {
    certificate.extension(oids::AUTHORITY_KEY_IDENTIFIER).is_some()
}

pub(super) fn has_subject_key_identifier(certificate: &Certificate) -> bool {
    certificate.extension(oids::SUBJECT_KEY_IDENTIFIER).is_some()
}
