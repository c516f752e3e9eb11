//! Recognises what is clearly not what was asked for: web pages of proxies and
//! portals, nothing at all, other formats. Everything else is the parsers' to judge.

use certlens_core::encoding::sniff::{ObjectKind, sniff};
use reqwest::header::CONTENT_TYPE;
use reqwest::{Response, StatusCode, Url};

use super::hop::Hop;
use super::status;
use crate::failure::{Failure, Stage};
use crate::text::printable;

/// How far into a page its title and its form are looked for.
const PAGE_OCTETS: usize = 64 << 10;

/// Words by which login pages are called.
const LOGIN_WORDS: &[&str] = &["login", "logon", "signin", "sso", "saml", "saml2", "adfs", "oauth", "oauth2", "auth"];

/// The media type that the answer claims, in lower case and without parameters.
pub(crate) fn media_type(response: &Response) -> String {
    let value = response.headers().get(CONTENT_TYPE).map(|value| String::from_utf8_lossy(value.as_bytes()));
    let value = value.unwrap_or_default().to_ascii_lowercase();
    value.split(';').next().unwrap_or_default().trim().to_owned()
}

/// Whether `octets` may be what was asked for; `visited` are all URLs that were asked.
pub(crate) fn check(
    octets: &[u8],
    media_type: &str,
    visited: &[Url],
    hop: &Hop,
    status: StatusCode,
) -> Result<(), Failure> {
    let kind = sniff(octets);
    let says_html = matches!(media_type, "text/html" | "application/xhtml+xml");
    match kind {
        ObjectKind::Empty => Err(empty(hop, status)),
        ObjectKind::Html => Err(page(octets, visited, hop)),
        ObjectKind::Foreign(_) if says_html && octets.trim_ascii_start().starts_with(b"<") => {
            Err(page(octets, visited, hop))
        }
        ObjectKind::Foreign(_) | ObjectKind::Zip | ObjectKind::AllZeros => Err(Failure::new(
            Stage::Content,
            "wrong-content",
            format!("{} sent {}{}", hop.server(), kind.describe(), hop.through()),
            "The URL serves something else than the certificate says, or a proxy answered instead of the server: open it in a browser, and tell its operator.",
        )),
        _ => Ok(()),
    }
}

/// An answer without content.
pub(crate) fn empty(hop: &Hop, status: StatusCode) -> Failure {
    Failure::new(
        Stage::Content,
        "empty-body",
        format!("{} answered {} with nothing in it{}", hop.server(), status::named(status), hop.through()),
        "The file on the web server may be empty, as after a publication that failed, or a proxy or firewall answered instead of the server.",
    )
}

/// A web page, by what it seems to be.
fn page(octets: &[u8], visited: &[Url], hop: &Hop) -> Failure {
    let title = title(octets).map(|title| format!(", titled “{title}”")).unwrap_or_default();
    let last = &hop.url;
    let elsewhere = visited.first().is_some_and(|first| first.host_str() != last.host_str());
    if visited.iter().skip(1).any(is_login) || has_password_field(octets) {
        return Failure::new(
            Stage::Content,
            "login-page",
            format!("instead of the file came a login page from {}{title}{}", hop.server(), hop.through()),
            "These files must be readable without login. If the page is of your proxy or network, log in by a browser or have this machine exempted: the proxy or firewall answered instead of the server. Else its operator must take the URL out of the login.",
        );
    }
    if elsewhere {
        return captive_portal(hop, &format!("answered with a web page after a redirect to another host{title}"));
    }
    Failure::new(
        Stage::Content,
        "html-page",
        format!("instead of the file came a web page from {}{title}{}", hop.server(), hop.through()),
        "An error page sent as a success, or the proxy or firewall answered instead of the server: open the URL in a browser on this machine to see which.",
    )
}

/// A network that wants its users to log in first.
pub(crate) fn captive_portal(hop: &Hop, what: &str) -> Failure {
    Failure::new(
        Stage::Content,
        "captive-portal",
        format!("{} {what}{}", hop.server(), hop.through()),
        "It seems that the proxy, firewall or guest network answered instead of the server: open the URL in a browser on this machine, log in or accept the terms there, or have this machine exempted.",
    )
    .says_nothing()
}

/// Whether a URL that was redirected to is called like a login page.
fn is_login(url: &Url) -> bool {
    let place = format!("{}/{}", url.host_str().unwrap_or_default(), url.path()).to_ascii_lowercase();
    let place = place.replace("sign-in", "signin").replace("log-in", "login");
    place.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| LOGIN_WORDS.contains(&word))
}

fn has_password_field(octets: &[u8]) -> bool {
    let page = octets.get(..octets.len().min(PAGE_OCTETS)).unwrap_or_default().to_ascii_lowercase();
    [&b"type=\"password\""[..], b"type='password'", b"type=password"]
        .iter()
        .any(|field| page.windows(field.len()).any(|part| part == *field))
}

/// The title of a web page, as it may be shown.
pub(crate) fn title(octets: &[u8]) -> Option<String> {
    let page = String::from_utf8_lossy(octets.get(..octets.len().min(PAGE_OCTETS)).unwrap_or_default());
    // Lower case of ASCII alone keeps all positions.
    let lower = page.to_ascii_lowercase();
    let start = lower.find("<title")?;
    let start = start + lower.get(start..)?.find('>')? + 1;
    let end = start + lower.get(start..)?.find("</title")?;
    let title = printable(page.get(start..end)?, 80);
    (!title.is_empty()).then_some(title)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_found_and_tamed() {
        assert_eq!(title(b"<html><TITLE lang=en> Access\n\x1b[31m denied </Title>").unwrap(), "Access [31m denied");
        assert_eq!(title("<title>ünï</title>".as_bytes()).unwrap(), "ünï");
        assert_eq!(title(b"<title></title>"), None);
        assert_eq!(title(b"<title"), None);
        assert_eq!(title(b"<title>never ends"), None);
        assert_eq!(title(b"</title><title>"), None);
    }

    #[test]
    fn login_pages_have_names() {
        for (text, expected) in [
            ("https://login.example.com/x", true),
            ("https://example.com/adfs/ls/?x", true),
            ("https://example.com/sign-in.php", true),
            ("https://example.com/authority/ca.crt", false),
            ("https://blogin.example.com/", false),
        ] {
            assert_eq!(is_login(&Url::parse(text).unwrap()), expected, "{text}");
        }
    }
}
