//! How an OCSP request travels.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::Url;

use crate::failure::{Failure, Stage};
use crate::limits::MAX_OCSP_GET_OCTETS;

/// The URL of the request by GET (RFC 6960 §A.1): base64, percent-encoded, as
/// the last segment of the path. `None` when it is too long, or when the
/// responder's URL has a query, after which no path can follow.
pub(crate) fn get_url(responder: &Url, request: &[u8]) -> Option<Url> {
    if responder.query().is_some() || request.len() > MAX_OCSP_GET_OCTETS {
        return None;
    }
    let mut text = responder.as_str().to_owned();
    if !text.ends_with('/') {
        text.push('/');
    }
    for character in STANDARD.encode(request).chars() {
        match character {
            '+' => text.push_str("%2B"),
            '/' => text.push_str("%2F"),
            '=' => text.push_str("%3D"),
            other => text.push(other),
        }
    }
    if text.len() > MAX_OCSP_GET_OCTETS {
        return None;
    }
    Url::parse(&text).ok()
}

/// Whether POST may get a better answer than GET did: the responder was reached
/// and did not like the request.
pub(crate) fn try_post(failure: &Failure) -> bool {
    matches!(failure.stage, Stage::Http | Stage::Content)
        && !matches!(failure.cause, "captive-portal" | "connection-reset" | "timed-out")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_request_is_the_last_segment() {
        let url = |text: &str| Url::parse(text).unwrap();
        let got = get_url(&url("http://ocsp.example.com"), &[0xfb, 0xff, 0xbf, 0]).unwrap();
        assert_eq!(got.as_str(), "http://ocsp.example.com/%2B%2F%2B%2FAA%3D%3D");
        let got = get_url(&url("http://ocsp.example.com/ocsp/"), b"abc").unwrap();
        assert_eq!(got.as_str(), "http://ocsp.example.com/ocsp/YWJj");
        let got = get_url(&url("http://ocsp.example.com/ocsp"), b"abc").unwrap();
        assert_eq!(got.as_str(), "http://ocsp.example.com/ocsp/YWJj");
        assert_eq!(get_url(&url("http://ocsp.example.com/?a=b"), b"abc"), None);
    }

    #[test]
    fn long_requests_are_posted() {
        let url = Url::parse("http://h/").unwrap();
        // Nine octets of URL leave room for 246 of base64: 184 octets make 248 of it.
        assert!(get_url(&url, &[0; 183]).is_some_and(|url| url.as_str().len() <= MAX_OCSP_GET_OCTETS));
        assert_eq!(get_url(&url, &[0; 186]), None);
    }
}
