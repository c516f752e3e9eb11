//! Where certificates and CRLs say that issuers, CRLs and responders are.

use crate::x509::crl::CrlExtensionValue;
use crate::x509::extension::{AccessDescription, DistributionPoint, DistributionPointName, ExtensionValue};
use crate::x509::general_name::GeneralName;
use crate::x509::oid::{Oid, oids};
use crate::x509::{Certificate, Crl};

/// The most URLs of one kind that are taken from one certificate or CRL; those in
/// use have up to five.
pub const MAX_URLS: usize = 16;

/// The longest URL that is taken from a certificate; what web servers accept.
pub const MAX_URL_OCTETS: usize = 2_048;

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
    locations(descriptions.iter(), method)
}

fn locations<'a>(descriptions: impl Iterator<Item = AccessDescription<'a>>, method: Oid<'_>) -> Vec<String> {
    let wanted = descriptions.filter(|description| description.method == method);
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

/// Where a CRL says that its delta CRL is (RFC 5280 §5.2.6).
pub fn freshest_of_crl(crl: &Crl) -> Vec<String> {
    match crl.extension(oids::FRESHEST_CRL).map(|extension| extension.value()) {
        Some(Ok(CrlExtensionValue::FreshestCrl(points))) => point_urls(points.iter()),
        _ => Vec::new(),
    }
}

/// Where a CRL says that its issuer's certificate is (RFC 5280 §5.2.7).
pub fn issuer_of_crl(crl: &Crl) -> Vec<String> {
    match crl.extension(oids::AUTHORITY_INFO_ACCESS).map(|extension| extension.value()) {
        Some(Ok(CrlExtensionValue::AuthorityInfoAccess(descriptions))) => {
            locations(descriptions.iter(), oids::AD_CA_ISSUERS)
        }
        _ => Vec::new(),
    }
}
