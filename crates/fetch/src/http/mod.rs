//! One URL over HTTP or HTTPS: asks, follows redirects hop by hop, and reads
//! what comes.
//!
//! Each hop has an HTTP client of its own. That costs a fraction of a
//! millisecond, and each connection is made once anyway; in return resolver,
//! proxy and TLS of one hop can be watched and ruled on their own.

mod body;
mod classify;
mod content;
mod hop;
mod ocsp;
mod redirect;
mod status;
mod tunnel;

use std::net::SocketAddr;
use std::time::Duration;

use reqwest::{StatusCode, Url};

use crate::address::PrivateAddresses;
use crate::budget::Budget;
use crate::config::{Config, ConfigError};
use crate::failure::{Failure, Stage};
use crate::locator;
use crate::proxy::Proxies;
use crate::request::{Request, What};
use crate::text::printable;
use crate::tls::Tls;
pub(crate) use classify::timed_out;
use hop::Hop;

/// Headers that are kept: what came, how fresh it is, and who answered.
const KEPT_HEADERS: &[&str] = &[
    "age",
    "cache-control",
    "content-encoding",
    "content-length",
    "content-type",
    "date",
    "etag",
    "expires",
    "last-modified",
    "retry-after",
    "server",
    "via",
];

/// How HTTP is spoken, for all requests of a client.
#[derive(Debug)]
pub(crate) struct Http {
    pub(crate) private: PrivateAddresses,
    pub(crate) timeout: Duration,
    pub(crate) connect_timeout: Duration,
    proxies: Proxies,
    tls: Tls,
}

/// What is known of a retrieval so far, kept when it runs out of time.
#[derive(Debug, Default)]
pub(crate) struct Trail {
    pub(crate) peer: Option<SocketAddr>,
    pub(crate) proxy: Option<String>,
    pub(crate) redirects: Vec<String>,
    pub(crate) status: Option<u16>,
    /// Octets of an answer have come, of whatever protocol.
    pub(crate) answered: bool,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) hop: Option<Hop>,
}

impl Http {
    pub(crate) fn new(config: &Config) -> Result<Http, ConfigError> {
        let http = Http {
            private: config.private,
            timeout: config.timeout,
            connect_timeout: config.connect_timeout.min(config.timeout),
            proxies: Proxies::new(&config.proxy, config.proxy_login.as_ref())?,
            tls: Tls::new(&config.anchors)?,
        };
        // Whatever could fail about the client itself fails here already.
        http.tls.client(false, &std::sync::Arc::default()).map_err(|error| ConfigError::Tls(error.to_string()))?;
        Ok(http)
    }

    /// All that its answers depend on besides the servers, but for passwords.
    pub(crate) fn circumstances(&self) -> String {
        let times = (self.timeout, self.connect_timeout);
        format!("{:?} {times:?} {:?} {:?}", self.private, self.proxies, self.tls.anchors())
    }

    /// What verifies the certificates of servers other than web servers.
    pub(crate) fn tls_client(&self) -> Result<rustls::ClientConfig, rustls::Error> {
        self.tls.client(true, &std::sync::Arc::default())
    }

    /// Asks for what `request` wants.
    pub(crate) async fn fetch(
        &self,
        request: &Request,
        trail: &mut Trail,
        budget: &Budget,
    ) -> Result<Vec<u8>, Failure> {
        let url = locator::parse(&request.url, None)?;
        let What::Ocsp(encoded) = &request.what else {
            return self.follow(url, None, &request.what, trail, budget).await;
        };
        // GET where a cache could answer (RFC 5019 §5). Responders that know
        // only POST (RFC 6960 §A.1 leaves GET optional) answer it with an error
        // or a page; only the answer to POST counts then.
        if let Some(short) = ocsp::get_url(&url, encoded) {
            match self.follow(short, None, &request.what, trail, budget).await {
                Err(failure) if ocsp::try_post(&failure) => *trail = Trail::default(),
                settled => return settled,
            }
        }
        self.follow(url, Some(encoded), &request.what, trail, budget).await
    }

    async fn follow(
        &self,
        mut url: Url,
        mut posted: Option<&[u8]>,
        what: &What,
        trail: &mut Trail,
        budget: &Budget,
    ) -> Result<Vec<u8>, Failure> {
        let mut visited = vec![url.clone()];
        loop {
            let hop = self.hop(&url)?;
            trail.proxy = hop.proxy.as_ref().map(|proxy| proxy.shown());
            trail.peer = None;
            trail.status = None;
            trail.answered = false;
            trail.headers.clear();
            trail.hop = Some(hop.clone());
            let mut response = self.send(&hop, posted, what).await?;
            let status = response.status();
            trail.peer = response.remote_addr();
            trail.status = Some(status.as_u16());
            trail.answered = true;
            trail.headers = kept_headers(&response);
            if redirect::is_redirect(status) {
                url = redirect::next(&hop, &response, &visited)?;
                trail.redirects.push(url.to_string());
                visited.push(url.clone());
                if status == StatusCode::SEE_OTHER {
                    posted = None;
                }
                continue;
            }
            if status == StatusCode::NO_CONTENT || status == StatusCode::RESET_CONTENT {
                return Err(content::empty(&hop, status));
            }
            if !status.is_success() || status == StatusCode::PARTIAL_CONTENT {
                return Err(status::failure(&hop, response).await);
            }
            let octets = body::read(&mut response, what, &hop, budget, self).await?;
            let media_type = content::media_type(&response);
            content::check(&octets, &media_type, &visited, &hop, status)?;
            return Ok(octets);
        }
    }
}

fn kept_headers(response: &reqwest::Response) -> Vec<(String, String)> {
    let text = |name: &&str| {
        let value = response.headers().get(*name)?;
        Some(((*name).to_owned(), printable(&String::from_utf8_lossy(value.as_bytes()), 500)))
    };
    KEPT_HEADERS.iter().filter_map(text).collect()
}

/// A client that cannot be made: nothing that a URL can bring about.
fn client_failure(error: &dyn std::fmt::Display) -> Failure {
    Failure::new(
        Stage::Url,
        "client-failed",
        format!("the request could not be made: {error}"),
        "This is a fault of this program; report it, with the URL.",
    )
    .says_nothing()
}
