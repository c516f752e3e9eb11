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

/// What a certificate lists sources of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Listed {
    /// Its issuer.
    Issuers,
    /// OCSP responders.
    Responders,
    /// CRLs.
    Crls,
    /// Delta CRLs.
    DeltaCrls,
}

/// A source that a certificate lists, and that is not among its URLs here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// A source of what.
    pub listed: Listed,
    /// Why it is not taken, as a sentence.
    pub why: String,
}

/// What the certificate lists and the other functions here do not give: whoever says
/// that all sources of a certificate work has to know of it.
pub fn left_out(certificate: &Certificate) -> Vec<LeftOut> {
    let mut left = Vec::new();
    let kinds = [
        (Listed::Issuers, oids::AUTHORITY_INFO_ACCESS),
        (Listed::Responders, oids::AUTHORITY_INFO_ACCESS),
        (Listed::Crls, oids::CRL_DISTRIBUTION_POINTS),
        (Listed::DeltaCrls, oids::FRESHEST_CRL),
    ];
    for (listed, oid) in kinds {
        let Some(extension) = certificate.extension(oid) else { continue };
        let names = match extension.value() {
            Ok(ExtensionValue::AuthorityInfoAccess(descriptions)) => {
                let method = if listed == Listed::Issuers { oids::AD_CA_ISSUERS } else { oids::AD_OCSP };
                let of_kind = descriptions.iter().filter(|description| description.method == method);
                of_kind.map(|description| Some(description.location)).collect()
            }
            Ok(ExtensionValue::CrlDistributionPoints(points) | ExtensionValue::FreshestCrl(points)) => {
                names_of(points.iter())
            }
            // Told once, of an extension that lists two kinds.
            Err(_) if listed == Listed::Responders => continue,
            Err(error) => {
                left.push(LeftOut {
                    listed,
                    why: format!("the extension {} cannot be read: {error}", oid.name_or_dotted()),
                });
                continue;
            }
            Ok(_) => continue,
        };
        left.extend(left_out_of(&names).into_iter().map(|why| LeftOut { listed, why }));
    }
    left
}

/// The names of distribution points, `None` for a point that gives none that can stand
/// alone.
fn names_of<'a>(points: impl Iterator<Item = DistributionPoint<'a>>) -> Vec<Option<GeneralName<'a>>> {
    let mut names = Vec::new();
    for point in points {
        match point.name {
            Some(DistributionPointName::Full(full)) => names.extend(full.iter().map(Some)),
            Some(_) | None => names.push(None),
        }
    }
    names
}

fn left_out_of(names: &[Option<GeneralName<'_>>]) -> Vec<String> {
    let urls = || names.iter().flatten().filter(|name| matches!(name, GeneralName::Uri(_)));
    let too_long = urls().filter(|name| uri(name).is_none()).count();
    let mut left = Vec::new();
    if too_long > 0 {
        left.push(format!("{too_long} URLs are longer than MAX_URL_OCTETS, {MAX_URL_OCTETS} octets"));
    }
    let count = urls().count() - too_long;
    if count > MAX_URLS {
        left.push(format!("{count} URLs are listed, and MAX_URLS, {MAX_URLS}, are asked"));
    }
    // Beside a URL, a name in a directory is another way to the same thing.
    if !names.is_empty() && urls().next().is_none() {
        left.push("no URL is listed, only names in a directory or of the issuer".to_owned());
    }
    left
}

/// The URL without the user's name and password (RFC 3986 §3.2.1): they are never
/// sent, and neither for the disk nor for a report.
///
/// After `http:` and `https:` any number of slashes or backslashes is taken for the
/// two of RFC 3986, because that is how readers of such URLs take them, and after any
/// scheme but `mailto:` none, because that is how a slip looks.
pub fn without_credentials(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once(':') else {
        return url.to_owned();
    };
    let is = |names: &[&str]| names.iter().any(|name| scheme.trim().eq_ignore_ascii_case(name));
    let authority_on = match rest.strip_prefix("//") {
        _ if is(&["mailto"]) => return url.to_owned(),
        _ if is(&["http", "https"]) => rest.trim_start_matches(['/', '\\']),
        Some(authority_on) => authority_on,
        None if rest.starts_with('/') => return url.to_owned(),
        None => rest,
    };
    let slashes = rest.strip_suffix(authority_on).unwrap_or_default();
    let end = authority_on.find(['/', '\\', '?', '#']).unwrap_or(authority_on.len());
    let (authority, after) = authority_on.split_at(end);
    match authority.rsplit_once('@') {
        Some((_, host)) => format!("{scheme}:{slashes}{host}{after}"),
        None => url.to_owned(),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_taken_out_and_nothing_else() {
        for (url, expected) in [
            ("http://u:p@h/a@b", "http://h/a@b"),
            ("http://u:p@x@h:80?q=@", "http://h:80?q=@"),
            ("http:u:p@h/", "http:h/"),
            (r"http:\\u:p@h\a", r"http:\\h\a"),
            ("http:////u@h", "http:////h"),
            ("ldap:///CN=a@b,DC=c?x", "ldap:///CN=a@b,DC=c?x"),
            ("ldap://h/CN=a?x", "ldap://h/CN=a?x"),
            ("http://@h", "http://h"),
            ("ldap://u:p@h/CN=a@b", "ldap://h/CN=a@b"),
            ("mailto:a@b", "mailto:a@b"),
            ("HTTPS:u@h", "HTTPS:h"),
            ("no url", "no url"),
            ("ldap:u:p@h/cn=x", "ldap:h/cn=x"),
            ("u:p@127.0.0.1:1", "u:127.0.0.1:1"),
            ("file:/a@b", "file:/a@b"),
            ("http:", "http:"),
            ("", ""),
        ] {
            assert_eq!(without_credentials(url), expected);
        }
    }
}
