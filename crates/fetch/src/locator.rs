//! URLs: which are taken, and how they are shown.

use std::net::IpAddr;

use certlens_core::x509::sources::without_credentials;
use reqwest::Url;

use crate::address::{self, PrivateAddresses, Refusal};
use crate::failure::{Failure, Stage};
use crate::limits::MAX_URL_OCTETS;

/// Reads a URL as it stands in a certificate or in a redirect (relative to
/// `base`). What it has of user name and password is taken away: it is neither
/// sent nor shown. So is the fragment (RFC 9110 §7.1).
pub(crate) fn parse(text: &str, base: Option<&Url>) -> Result<Url, Failure> {
    if text.len() > MAX_URL_OCTETS {
        return Err(Failure::new(
            Stage::Url,
            "url-too-long",
            format!("the URL has {} octets; the limit MAX_URL_OCTETS is {MAX_URL_OCTETS}", text.len()),
            "No publisher needs such a URL, and the limit is fixed: look at who issued the certificate.",
        )
        .code(12005));
    }
    let parsed = match base {
        Some(base) => base.join(text),
        None => Url::parse(text),
    };
    let mut url = parsed.map_err(|error| {
        Failure::new(
            Stage::Url,
            "url-malformed",
            format!("the URL cannot be read: {error}"),
            "The issuer of the certificate wrote a URL that nobody can use; ask it for a corrected certificate, or give the file with --crl, --ocsp or --intermediates.",
        )
        .code(12005)
    })?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(refused_scheme(url.scheme(), base.is_some()));
    }
    // Both fail only for URLs without a host, which http and https do not have.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.set_fragment(None);
    Ok(url)
}

fn refused_scheme(scheme: &str, redirected: bool) -> Failure {
    let scheme: String = scheme.chars().take(32).collect();
    if redirected && matches!(scheme.as_str(), "ldap" | "ldaps") {
        return Failure::new(
            Stage::Url,
            "scheme-refused",
            format!("the web server redirects to a URL with {scheme}:, which is not followed"),
            "Mend the web server, or give the file with --crl or --intermediates.",
        )
        .code(12006);
    }
    Failure::new(
        Stage::Url,
        "scheme-refused",
        format!("URLs with {scheme}: are never asked, only http:, https: and ldap:"),
        "A URL in a certificate must not reach into this machine or speak other protocols; give the file itself with --crl, --ocsp or --intermediates.",
    )
    .code(12006)
}

/// A URL as it may be shown: without user name, password and control characters.
///
/// A URL that cannot be read is shown without what stands before its last `@`.
pub fn shown(text: &str) -> String {
    let text: String = text.trim().chars().filter(|c| !c.is_control()).collect();
    if let Ok(mut url) = Url::parse(&text) {
        if !url.username().is_empty() || url.password().is_some() {
            let _ = url.set_username("");
            let _ = url.set_password(None);
            return url.to_string();
        }
        return without_credentials(&text);
    }
    text.rsplit_once('@').map_or(text.as_str(), |(_, rest)| rest).to_owned()
}

/// The address that the host of `url` is, when it is one in any spelling.
pub(crate) fn literal(url: &Url) -> Option<IpAddr> {
    // The parser normalises 0x7f.1 and 2130706433.
    let host = url.host_str()?;
    host.trim_start_matches('[').trim_end_matches(']').parse().ok()
}

/// Host and port, for messages and for who is asked at the same time.
pub(crate) fn authority(url: &Url) -> String {
    let port = url.port_or_known_default().unwrap_or(0);
    format!("{}:{port}", url.host_str().unwrap_or_default())
}

/// Whether the host of `url`, when it is an address, may be asked; and for a
/// name that a proxy will resolve, whether it is that of a metadata service.
pub(crate) fn check_host(url: &Url, private: PrivateAddresses, proxied: bool) -> Result<(), Failure> {
    if let Some(address) = literal(url) {
        return address::check(address, private).map_err(|refusal| refused(url, address, refusal));
    }
    let host = url.host_str().unwrap_or_default();
    if proxied && address::is_metadata_name(host) {
        return Err(Failure::new(
            Stage::Url,
            "address-refused",
            format!("{host} is the name of a cloud metadata service, which is never asked"),
            "Look at who issued the certificate: no publisher serves anything there.",
        )
        .says_nothing());
    }
    Ok(())
}

/// The failure for an address that may not be asked.
pub(crate) fn refused(url: &Url, address: IpAddr, refusal: Refusal) -> Failure {
    let host = if literal(url).is_some() { "" } else { url.host_str().unwrap_or_default() };
    refused_at(host, address, refusal)
}

/// The same; `host` is empty when the address was given itself.
pub(crate) fn refused_at(host: &str, address: IpAddr, refusal: Refusal) -> Failure {
    let named = if host.is_empty() { address.to_string() } else { format!("{host} resolves to {address}, which") };
    let (cause, rest, hint) = if refusal.by_choice() {
        (
            "private-address-refused",
            "is not asked here",
            "Allow private addresses if the certificate is of your own PKI (leave out --public-only), or give the file with --crl, --ocsp or --intermediates.",
        )
    } else {
        (
            "address-refused",
            "is never asked",
            "Look at who issued the certificate, and whether the name resolves as it should: no publisher serves anything at such an address.",
        )
    };
    Failure::new(Stage::Url, cause, format!("{named} is {refusal}, and {rest}"), hint).says_nothing()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_http_is_taken() {
        for (url, cause) in [
            ("file:///etc/passwd", "scheme-refused"),
            ("ftp://host/x", "scheme-refused"),
            ("gopher://host/", "scheme-refused"),
            ("javascript:alert(1)", "scheme-refused"),
            ("ldap:///CN=x", "scheme-refused"),
            ("http://", "url-malformed"),
            ("", "url-malformed"),
            ("http://[::1", "url-malformed"),
        ] {
            assert_eq!(parse(url, None).unwrap_err().cause, cause, "{url}");
        }
        let long = format!("http://host/{}", "x".repeat(MAX_URL_OCTETS));
        let failure = parse(&long, None).unwrap_err();
        assert_eq!(failure.cause, "url-too-long");
        assert!(failure.message.contains("MAX_URL_OCTETS"));
        assert!(parse(long.get(..MAX_URL_OCTETS).unwrap(), None).is_ok());
    }

    #[test]
    fn credentials_are_neither_kept_nor_shown() {
        assert_eq!(parse("http://user:secret@host/a#f", None).unwrap().as_str(), "http://host/a");
        assert_eq!(shown("http://user:secret@host/a"), "http://host/a");
        assert_eq!(shown("http://user:secret@ho st/a"), "ho st/a");
        assert_eq!(shown("http://host/a%20b"), "http://host/a%20b");
        assert_eq!(shown("ldap:user:secret@host/cn=x"), "ldap:host/cn=x");
        assert_eq!(shown("ht\ttp:\t//user:secret@host/a"), "http://host/a");
        let base = Url::parse("http://host/dir/a").unwrap();
        assert_eq!(parse("//u:p@other/b", Some(&base)).unwrap().as_str(), "http://other/b");
        assert_eq!(parse("b", Some(&base)).unwrap().as_str(), "http://host/dir/b");
    }

    #[test]
    fn addresses_are_known_in_any_spelling() {
        for spelling in ["127.0.0.1", "2130706433", "0x7f.1", "0177.0.0.1", "127.1", "[::ffff:7f00:1]", "[::1]"] {
            let url = parse(&format!("http://{spelling}/"), None).unwrap();
            let failure = check_host(&url, PrivateAddresses::Refused, false).unwrap_err();
            assert_eq!(failure.cause, "private-address-refused", "{spelling}");
            assert!(check_host(&url, PrivateAddresses::Allowed, false).is_ok(), "{spelling}");
        }
        let url = parse("http://2852039166/latest", None).unwrap();
        let failure = check_host(&url, PrivateAddresses::Allowed, true).unwrap_err();
        assert_eq!(failure.message, "169.254.169.254 is a cloud metadata service, and is never asked");
        let url = parse("http://metadata.google.internal/", None).unwrap();
        assert!(check_host(&url, PrivateAddresses::Allowed, true).is_err());
    }
}
