//! One request to one host.

use std::sync::Arc;

use reqwest::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_TYPE};
use reqwest::{Response, Url};

use super::{Http, classify, client_failure, tunnel};
use crate::failure::Failure;
use crate::locator;
use crate::proxy::Proxy;
use crate::request::What;
use crate::resolver::Resolver;
use crate::watch::{Watch, WatchLayer};

const USER_AGENT: &str = concat!("certlens/", env!("CARGO_PKG_VERSION"));

/// Where one request goes.
#[derive(Clone, Debug)]
pub(crate) struct Hop {
    pub(crate) url: Url,
    pub(crate) proxy: Option<Proxy>,
    pub(crate) watch: Arc<Watch>,
}

impl Hop {
    /// Host and port of the server.
    pub(crate) fn server(&self) -> String {
        locator::authority(&self.url)
    }

    pub(crate) fn is_secure(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// Whom the connection is made to: `the proxy host:port`, or `host:port`.
    pub(crate) fn contact(&self) -> String {
        match &self.proxy {
            Some(proxy) => format!("the proxy {}", proxy.authority()),
            None => self.server(),
        }
    }

    /// ` through the proxy …`, when there is one.
    pub(crate) fn through(&self) -> String {
        self.proxy.as_ref().map(|proxy| format!(" through the proxy {}", proxy.authority())).unwrap_or_default()
    }
}

/// What media types are asked for (RFC 5280 §4.2.2.1, RFC 2585 §4, RFC 6960 §A.1);
/// anything else is taken too, since servers rarely know them.
fn accepted(what: &What) -> &'static str {
    match what {
        What::Certificates => "application/pkix-cert, application/pkcs7-mime, */*;q=0.5",
        What::Crl => "application/pkix-crl, */*;q=0.5",
        What::Ocsp(_) => "application/ocsp-response, */*;q=0.5",
    }
}

impl Http {
    /// The hop to `url`, if that may be asked.
    pub(crate) fn hop(&self, url: &Url) -> Result<Hop, Failure> {
        let proxy = self.proxies.for_url(url).cloned();
        locator::check_host(url, self.private, proxy.is_some())?;
        Ok(Hop { url: url.clone(), proxy, watch: Arc::default() })
    }

    fn client(&self, hop: &Hop) -> Result<reqwest::Client, Failure> {
        let secure = hop.is_secure() || hop.proxy.as_ref().is_some_and(|proxy| proxy.url.scheme() == "https");
        let tls = self.tls.client(secure, &hop.watch).map_err(|error| client_failure(&error))?;
        let resolver = Resolver { rule: hop.proxy.is_none().then_some(self.private), watch: Arc::clone(&hop.watch) };
        // no_proxy() also keeps the HTTP client from looking at the environment itself.
        let mut builder = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .user_agent(USER_AGENT)
            .connect_timeout(self.connect_timeout)
            .pool_max_idle_per_host(0)
            .http1_only()
            .tls_backend_preconfigured(tls)
            .dns_resolver(resolver)
            .connector_layer(WatchLayer(Arc::clone(&hop.watch)));
        if let Some(proxy) = &hop.proxy {
            builder = builder.proxy(proxy.for_client().map_err(|error| client_failure(&error.without_url()))?);
        }
        builder.build().map_err(|error| client_failure(&error.without_url()))
    }

    /// Sends the request, and waits for the head of the answer.
    pub(crate) async fn send(&self, hop: &Hop, posted: Option<&[u8]>, what: &What) -> Result<Response, Failure> {
        let client = self.client(hop)?;
        let request = match posted {
            Some(body) => {
                client.post(hop.url.clone()).header(CONTENT_TYPE, "application/ocsp-request").body(body.to_vec())
            }
            None => client.get(hop.url.clone()),
        };
        let request = request.header(ACCEPT, accepted(what)).header(ACCEPT_ENCODING, "gzip");
        match request.send().await {
            Ok(response) => Ok(response),
            Err(error) => {
                if let Some(proxy) = hop.proxy.as_ref().filter(|proxy| tunnel::was_refused(&error, hop, proxy)) {
                    return Err(tunnel::why(proxy, hop).await);
                }
                Err(classify::failure(&error, hop, self))
            }
        }
    }
}
