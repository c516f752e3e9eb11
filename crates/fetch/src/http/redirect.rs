//! Where a redirect leads, and whether to go there.
//!
//! From https to http is allowed: what is fetched is signed, and judged by its
//! signature. Each target is read and checked like the first URL.

use reqwest::header::LOCATION;
use reqwest::{Response, StatusCode, Url};

use super::hop::Hop;
use crate::failure::{Failure, Stage};
use crate::limits::MAX_REDIRECTS;
use crate::locator;
use crate::text::printable;

/// Whether the status leads elsewhere (RFC 9110 §15.4); the other 3xx do not.
pub(crate) fn is_redirect(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}

/// The URL that comes next.
pub(crate) fn next(hop: &Hop, response: &Response, visited: &[Url]) -> Result<Url, Failure> {
    let status = response.status().as_u16();
    let location = response.headers().get(LOCATION).map(|value| String::from_utf8_lossy(value.as_bytes()));
    let Some(location) = location.filter(|location| !location.trim().is_empty()) else {
        return Err(Failure::new(
            Stage::Http,
            "redirect-without-target",
            format!("{} answered {status}, a redirect, without saying where to", hop.server()),
            "The web server is set up wrongly; tell its operator.",
        )
        .code(12156));
    };
    let url = locator::parse(location.trim(), Some(&hop.url)).map_err(|failure| Failure {
        message: format!("{} redirects elsewhere, but {}", hop.server(), failure.message),
        winhttp: Some(12156),
        ..failure
    })?;
    if visited.contains(&url) {
        return Err(Failure::new(
            Stage::Http,
            "redirect-loop",
            format!("the redirects go round in a circle: {} leads back to {}", hop.server(), printable(url.as_str(), 200)),
            "The web server or a proxy is set up wrongly, as when each of two redirects to the other; tell its operator.",
        )
        .code(12156));
    }
    // The first URL is no redirect.
    if visited.len() > MAX_REDIRECTS {
        return Err(Failure::new(
            Stage::Http,
            "too-many-redirects",
            format!("there are more than {MAX_REDIRECTS} redirects"),
            "The limit is fixed. Ask the publisher to serve the file where the certificate says; Windows follows few redirects, too.",
        )
        .code(12156));
    }
    Ok(url)
}
