//! Which attributes are asked for, and which of their values are the answer.

use super::connection::Found;
use super::failures;
use super::url::LdapUrl;
use crate::budget::Limit;
use crate::failure::{Failure, Stage};
use crate::request::What;

/// A pair of certificates in a structure of its own (RFC 4523 §2.3): not asked
/// for, because no path needs what is not in cACertificate as well.
const CROSS_PAIR: &str = "crossCertificatePair";

/// Where a CRL stands when the URL does not say (RFC 4523 §2).
const CRL_ATTRIBUTES: [&str; 3] = ["certificateRevocationList", "authorityRevocationList", "deltaRevocationList"];

/// Where certificates stand when the URL does not say.
const CERTIFICATE_ATTRIBUTES: [&str; 1] = ["cACertificate"];

/// The names to look for, without options, the most wanted first: the URL's
/// first, else the usual ones.
pub(super) fn wanted(url: &LdapUrl, what: &What) -> Result<Vec<String>, Failure> {
    let usual: &[&str] = match what {
        What::Crl => &CRL_ATTRIBUTES,
        What::Certificates => &CERTIFICATE_ATTRIBUTES,
        What::Ocsp(_) => {
            return Err(failures::failure(
                Stage::Url,
                "ldap-for-ocsp",
                Some(failures::winhttp::UNRECOGNIZED_SCHEME),
                "OCSP responders are asked by HTTP (RFC 6960 §A), not by LDAP",
                "The certificate's issuer has to correct the URL.",
            ));
        }
    };
    let named = || url.attributes.iter().map(|attribute| base_name(attribute)).filter(|name| *name != "*");
    match named().find(|name| !name.eq_ignore_ascii_case(CROSS_PAIR)) {
        Some(first) => Ok(vec![first.to_owned()]),
        None if named().next().is_none() => Ok(usual.iter().map(|name| (*name).to_owned()).collect()),
        None => Err(failures::failure(
            Stage::Url,
            "ldap-attribute-unknown",
            None,
            format!("the URL asks for {CROSS_PAIR} alone, which is not read"),
            "Give the certificates by --intermediates.",
        )),
    }
}

/// What is asked for: each name with and without the transfer option that
/// RFC 4523 §2 demands, because some servers know only the one or the other.
pub(super) fn asked(wanted: &[String]) -> Vec<String> {
    wanted.iter().flat_map(|name| [format!("{name};binary"), name.clone()]).collect()
}

/// The answer: of certificates all, one after the other, of CRLs the first.
/// With it comes the number of values there were.
pub(super) fn answer(
    found: Found,
    wanted: &[String],
    what: &What,
    limit: Limit,
    server: &str,
) -> Result<(Vec<u8>, usize), Failure> {
    let entries = found.entries.len();
    if entries == 0 && !found.referrals.is_empty() {
        return Err(failures::referral(&found.referrals, server));
    }
    let attributes: Vec<_> = found.entries.into_iter().flatten().collect();
    let mut were_empty = false;
    for name in wanted {
        let mut values: Vec<&Vec<u8>> = Vec::new();
        let same = attributes.iter().filter(|(found, _)| base_name(found).eq_ignore_ascii_case(name));
        for value in same.flat_map(|(_, values)| values) {
            // The schema of Active Directory wants values where there are none
            // yet: it has a single zero there.
            if matches!(value.as_slice(), [] | [0]) {
                were_empty = true;
            } else if !values.contains(&value) {
                // A server that was asked in both ways may answer in both.
                values.push(value);
            }
        }
        if values.is_empty() {
            continue;
        }
        let count = values.len();
        let taken = if *what == What::Crl { 1 } else { count };
        let octets = values.iter().take(taken).map(|value| value.as_slice()).collect::<Vec<_>>().concat();
        if octets.len() > limit.octets {
            return Err(limit.exceeded(what, None));
        }
        return Ok((octets, count));
    }
    Err(nothing(entries, were_empty, &wanted.join(", "), server))
}

fn nothing(entries: usize, were_empty: bool, names: &str, server: &str) -> Failure {
    let publish = "Look whether the issuing CA publishes there (certutil -dspublish for Active Directory), and whether anonymous readers may see it.";
    if entries == 0 {
        let message = format!("{server} shows no entry that fits the URL's filter");
        return failures::failure(Stage::Ldap, "ldap-no-entry", None, message, publish);
    }
    if were_empty {
        let message = format!("the entry at {server} has {names}, but nothing in it");
        return failures::failure(Stage::Content, "ldap-value-empty", None, message, publish);
    }
    let message = format!("the entry at {server} shows no {names}");
    failures::failure(Stage::Ldap, "ldap-no-attribute", None, message, publish)
}

/// An attribute without its options.
fn base_name(attribute: &str) -> &str {
    attribute.split(';').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{Found, LdapUrl, Limit, What, answer, asked, wanted};

    const LIMIT: Limit = Limit { octets: 4 };

    fn names(url: &str, what: &What) -> Result<Vec<String>, &'static str> {
        wanted(&LdapUrl::parse(url).unwrap(), what).map_err(|failure| failure.cause)
    }

    #[test]
    fn the_url_s_first_attribute_is_asked_for() {
        let first = |url, what: &What| names(url, what).map(|names| names.join(" "));
        assert_eq!(first("ldap://h/o=x?CACertificate;binary,b", &What::Certificates), Ok("CACertificate".to_owned()));
        assert_eq!(first("ldap://h/?crosscertificatepair,a", &What::Certificates), Ok("a".to_owned()));
        assert_eq!(first("ldap://h/?*", &What::Certificates), Ok("cACertificate".to_owned()));
        assert_eq!(names("ldap://h/", &What::Crl).map(|names| names.len()), Ok(3));
        assert_eq!(names("ldap://h/?crossCertificatePair", &What::Certificates), Err("ldap-attribute-unknown"));
        assert_eq!(names("ldap://h/", &What::Ocsp(Vec::new())), Err("ldap-for-ocsp"));
        assert_eq!(asked(&["a".to_owned()]), ["a;binary", "a"]);
    }

    fn chosen(values: &[(&str, &[&[u8]])], wanted: &[&str], what: &What) -> Result<(Vec<u8>, usize), &'static str> {
        let attributes = values
            .iter()
            .map(|(name, values)| ((*name).to_owned(), values.iter().map(|value| value.to_vec()).collect()))
            .collect();
        let found = Found { entries: vec![attributes], referrals: Vec::new() };
        let wanted: Vec<String> = wanted.iter().map(|name| (*name).to_owned()).collect();
        answer(found, &wanted, what, LIMIT, "h").map_err(|failure| failure.cause)
    }

    #[test]
    fn values_are_taken_once_each() {
        let certificates = What::Certificates;
        let both: &[(&str, &[&[u8]])] = &[("A;binary", &[b"1", b"2"]), ("a", &[b"2", b"1"])];
        assert_eq!(chosen(both, &["a"], &certificates), Ok((b"12".to_vec(), 2)));
        assert_eq!(chosen(both, &["a"], &What::Crl), Ok((b"1".to_vec(), 2)));
        assert_eq!(chosen(both, &["b"], &certificates), Err("ldap-no-attribute"));
        assert_eq!(chosen(&[("a", &[&[0]])], &["a"], &What::Crl), Err("ldap-value-empty"));
        assert_eq!(chosen(&[("a", &[&[0]]), ("b", &[b"x"])], &["a", "b"], &What::Crl), Ok((b"x".to_vec(), 1)));
        assert_eq!(chosen(&[("a", &[b"12345"])], &["a"], &What::Crl), Err("too-large"));
        let none = answer(Found::default(), &["a".to_owned()], &What::Crl, LIMIT, "h");
        assert_eq!(none.map_err(|failure| failure.cause), Err("ldap-no-entry"));
    }
}
