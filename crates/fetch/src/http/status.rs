//! Answers whose status says that there is nothing to be had.

use reqwest::header::{HeaderMap, PROXY_AUTHENTICATE};
use reqwest::{Response, StatusCode};

use super::hop::Hop;
use super::{body, content};
use crate::failure::{Failure, Stage};
use crate::proxy::Proxy;
use crate::text::printable;

/// Statuses by which a proxy says that it would not, or could not, ask the server.
const STATUSES_OF_PROXIES: &[u16] = &[403, 502, 503, 504];

/// What an answer means that is neither a redirect nor a success.
pub(crate) async fn failure(hop: &Hop, mut response: Response) -> Failure {
    let status = response.status();
    if status == StatusCode::PROXY_AUTHENTICATION_REQUIRED {
        return proxy_authentication(&schemes(response.headers()), hop.proxy.as_ref());
    }
    let page = body::page(&mut response).await;
    let title = content::title(&page).map(|title| format!(" (its page is titled “{title}”)")).unwrap_or_default();
    let named = named(status);
    if status == StatusCode::NETWORK_AUTHENTICATION_REQUIRED {
        return content::captive_portal(hop, &format!("answered {named}{title}"));
    }
    let may_be_proxy = STATUSES_OF_PROXIES.contains(&status.as_u16());
    let of_squid = squid_error(response.headers());
    let ask = || {
        format!(
            "Ask the proxy's administrator whether it lets this machine reach {}, and can reach it itself, or exempt the host (NO_PROXY) where it can be reached directly.",
            hop.server()
        )
    };
    if let (Some(proxy), Some(error)) = (&hop.proxy, of_squid) {
        let message = format!("the proxy {} answered for {} with {named} ({error})", proxy.authority(), hop.server());
        return Failure::new(Stage::Proxy, "proxy-refused", message, ask()).says_nothing();
    }
    if let Some(proxy) = hop.proxy.as_ref().filter(|_| may_be_proxy) {
        return Failure::new(
            Stage::Http,
            "http-status",
            format!(
                "{named} came for {} through the proxy {}, and may be the proxy's own answer{title}",
                hop.server(),
                proxy.authority()
            ),
            ask(),
        );
    }
    let hint = match status.as_u16() {
        401 | 403 => {
            "The server asks for a login or forbids access. Clients fetch these files anonymously: its operator must allow that."
        }
        404 | 410 => {
            "The file is not there. Its publisher must put it there again (on AD CS: publish the CRL, and copy it to the web server), or the certificate names a place that was given up."
        }
        405 | 501 => {
            "The server does not take this kind of request: is it what the certificate says it is (for OCSP, a responder)?"
        }
        429 => "The server asks for fewer requests; try again later.",
        500.. => "The server has a fault of its own; try again later, and tell its operator.",
        _ => "The server did not like the request; tell its operator, with the URL.",
    };
    let who = if hop.proxy.is_some() { format!("{}{}", hop.server(), hop.through()) } else { hop.server() };
    Failure::new(Stage::Http, "http-status", format!("{who} answered {named}{title}"), hint)
}

/// By what squid says that an answer is its own, the most widespread proxy: a
/// word such as `ERR_ACCESS_DENIED`.
fn squid_error(headers: &HeaderMap) -> Option<String> {
    let value = String::from_utf8_lossy(headers.get("x-squid-error")?.as_bytes()).into_owned();
    let word = printable(value.split_whitespace().next()?, 60);
    word.starts_with("ERR_").then_some(word)
}

/// Number and name of a status.
pub(crate) fn named(status: StatusCode) -> String {
    match status.canonical_reason() {
        Some(reason) => format!("{} {reason}", status.as_u16()),
        None => status.as_u16().to_string(),
    }
}

/// The schemes that a proxy offers (RFC 9110 §11.7.1): the first word of each challenge.
fn schemes(headers: &HeaderMap) -> Vec<String> {
    let values = headers.get_all(PROXY_AUTHENTICATE).iter();
    let mut found = Vec::new();
    for value in values {
        add_schemes(&String::from_utf8_lossy(value.as_bytes()), &mut found);
    }
    found
}

/// Adds the schemes in one header. Challenges and their parameters are both
/// separated by commas; a part that begins with a word and no `=` begins a challenge.
pub(crate) fn add_schemes(value: &str, found: &mut Vec<String>) {
    for part in value.split(',') {
        let word = part.split_whitespace().next().unwrap_or_default();
        let is_scheme = !word.is_empty()
            && word.len() <= 32
            && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
            && !part.split_whitespace().nth(1).is_some_and(|next| next.starts_with('='));
        if is_scheme && !found.iter().any(|other| other.eq_ignore_ascii_case(word)) {
            found.push(printable(word, 32));
        }
    }
}

/// A proxy that wants to know who asks.
pub(crate) fn proxy_authentication(schemes: &[String], proxy: Option<&Proxy>) -> Failure {
    let offered = if schemes.is_empty() { "no scheme".to_owned() } else { schemes.join(", ") };
    let offers = |name: &str| schemes.iter().any(|scheme| scheme.eq_ignore_ascii_case(name));
    let (message, hint) = match proxy {
        None => (
            format!("a proxy on the way, though none is set, wants a login (it offers {offered})"),
            "A transparent proxy or a firewall wants users to log in: log in by a browser, or have this machine exempted.".to_owned(),
        ),
        Some(proxy) if proxy.has_credentials() => (
            format!("the proxy {} did not accept the user name and password (it offers {offered})", proxy.authority()),
            if offers("Basic") {
                format!("Correct user name and password in {}; characters such as @ and : in them are written %40 and %3A.", proxy.origin)
            } else {
                no_basic()
            },
        ),
        Some(proxy) => (
            format!("the proxy {} wants a login (it offers {offered})", proxy.authority()),
            if offers("Basic") || schemes.is_empty() {
                format!("Give user name and password in {}: http://USER:PASSWORD@{}", proxy.origin, proxy.authority())
            } else {
                no_basic()
            },
        ),
    };
    Failure::new(Stage::Proxy, "proxy-authentication-required", message, hint).code(12015).says_nothing()
}

fn no_basic() -> String {
    "Only Basic is spoken here. Have this machine exempted from the login, allow Basic, or run a local proxy that logs in (such as cntlm or px) and name that one.".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schemes_are_found_among_their_parameters() {
        let mut found = Vec::new();
        add_schemes("Negotiate", &mut found);
        add_schemes("NTLM, Basic realm=\"x, y\", charset=\"UTF-8\"", &mut found);
        add_schemes("Digest realm=\"a\", qop=\"auth\" , nonce = \"1\", negotiate", &mut found);
        assert_eq!(found, ["Negotiate", "NTLM", "Basic", "Digest"]);
    }
}
