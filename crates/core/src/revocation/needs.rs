//! What would help, and where certificates say it is.

use crate::x509::Certificate;
use crate::x509::extension::{DistributionPoint, DistributionPointName, ExtensionValue};
use crate::x509::general_name::GeneralName;
use crate::x509::oid::{Oid, oids};

/// The most URLs of one kind that are taken from one certificate.
const MAX_URLS: usize = 16;

/// The longest URL that is taken from a certificate; what web servers accept.
const MAX_URL_OCTETS: usize = 2_048;

/// What is needed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NeedKind {
    /// The certificate's issuer.
    Issuer,
    /// A CRL that covers the certificate.
    Crl,
    /// A delta CRL for the complete one at hand.
    DeltaCrl,
}

/// Something that may change the verdict and can be got from any of some URLs.
#[derive(Clone, Debug)]
pub struct Need {
    /// What is needed.
    pub kind: NeedKind,
    /// Where it may be: any one of them is enough.
    pub urls: Vec<String>,
    /// The certificate that it is about.
    pub certificate: Certificate,
}

fn uri(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::Uri(octets) if octets.len() <= MAX_URL_OCTETS => {
            Some(String::from_utf8_lossy(octets).into_owned())
        }
        _ => None,
    }
}

fn access_urls(certificate: &Certificate, method: Oid<'_>) -> Vec<String> {
    let Some(Ok(ExtensionValue::AuthorityInfoAccess(descriptions))) =
        certificate.extension(oids::AUTHORITY_INFO_ACCESS).map(|extension| extension.value())
    else {
        return Vec::new();
    };
    let wanted = descriptions.iter().filter(|description| description.method == method);
    wanted.filter_map(|description| uri(&description.location)).take(MAX_URLS).collect()
}

/// Where the issuer's certificate is (caIssuers, RFC 5280 §4.2.2.1).
pub fn issuer_urls(certificate: &Certificate) -> Vec<String> {
    access_urls(certificate, oids::AD_CA_ISSUERS)
}

/// OCSP responders (RFC 5280 §4.2.2.1).
pub fn ocsp_urls(certificate: &Certificate) -> Vec<String> {
    access_urls(certificate, oids::AD_OCSP)
}

fn point_urls<'a>(points: impl Iterator<Item = DistributionPoint<'a>>) -> Vec<String> {
    points
        .filter_map(|point| match point.name {
            Some(DistributionPointName::Full(names)) => Some(names),
            _ => None,
        })
        .flat_map(|names| names.iter())
        .filter_map(|name| uri(&name))
        .take(MAX_URLS)
        .collect()
}

/// Where CRLs are (RFC 5280 §4.2.1.13).
pub fn crl_urls(certificate: &Certificate) -> Vec<String> {
    match certificate.extension(oids::CRL_DISTRIBUTION_POINTS).map(|extension| extension.value()) {
        Some(Ok(ExtensionValue::CrlDistributionPoints(points))) => point_urls(points.iter()),
        _ => Vec::new(),
    }
}

/// Where delta CRLs are (RFC 5280 §4.2.1.15).
pub fn freshest_crl_urls(certificate: &Certificate) -> Vec<String> {
    match certificate.extension(oids::FRESHEST_CRL).map(|extension| extension.value()) {
        Some(Ok(ExtensionValue::FreshestCrl(points))) => point_urls(points.iter()),
        _ => Vec::new(),
    }
}
