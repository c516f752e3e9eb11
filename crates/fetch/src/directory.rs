//! LDAP for a client: what its configuration says, put to one URL.

use std::sync::Arc;
use std::time::Duration;

use crate::address::PrivateAddresses;
use crate::budget::{Budget, Limit};
use crate::config::Config;
use crate::failure::{Failure, Stage};
use crate::http::{Http, Trail};
use crate::ldap::{self, Bind, Options};
use crate::request::Request;

/// How LDAP is spoken, for all requests of a client.
#[derive(Debug)]
pub(crate) struct Directory {
    private: PrivateAddresses,
    timeout: Duration,
    connect_timeout: Duration,
    default_host: Option<String>,
    bind: Option<Bind>,
}

/// Whether a URL is for LDAP.
pub(crate) fn is_ldap(url: &str) -> bool {
    let scheme = url.trim().split_once(':').map_or("", |(scheme, _)| scheme);
    ["ldap", "ldaps"].iter().any(|known| scheme.eq_ignore_ascii_case(known))
}

impl Directory {
    pub(crate) fn new(config: &Config) -> Directory {
        Directory {
            private: config.private,
            timeout: config.timeout,
            connect_timeout: config.connect_timeout,
            default_host: config.ldap_host.clone(),
            bind: config.ldap_bind.clone(),
        }
    }

    /// The URL with the host that is asked, when it leaves that to the reader.
    pub(crate) fn with_host(&self, url: &str) -> Option<String> {
        let (scheme, rest) = url.split_once("://")?;
        let after = rest.strip_prefix('/')?;
        let host = self.default_host.as_ref()?;
        is_ldap(url).then(|| format!("{scheme}://{host}/{after}"))
    }

    /// By whom requests wait for each other.
    pub(crate) fn host_key(&self, request: &Request) -> String {
        let options = self.options(request, None, &|_| true);
        let server = ldap::server_of(&request.url, &options);
        format!("ldap:{}", server.unwrap_or_default())
    }

    fn options<'a>(
        &self,
        request: &Request,
        tls: Option<Arc<rustls::ClientConfig>>,
        spend: &'a (dyn Fn(usize) -> bool + Send + Sync),
    ) -> Options<'a> {
        Options {
            default_host: self.default_host.clone(),
            bind: self.bind.clone(),
            tls,
            timeout: self.timeout,
            connect_timeout: self.connect_timeout,
            max_octets: Limit::of(&request.what).octets,
            private: self.private,
            spend,
        }
    }

    /// Asks within the timeouts of the configuration.
    pub(crate) async fn fetch(
        &self,
        request: &Request,
        http: &Http,
        trail: &mut Trail,
        budget: &Budget,
    ) -> Result<Vec<u8>, Failure> {
        let tls = match &self.bind {
            Some(_) => Some(Arc::new(http.tls_client().map_err(|error| {
                let hint = "Leave the account out, or mend the machine's trust store.";
                Failure::new(Stage::Tls, "tls-unusable", format!("TLS cannot be set up: {error}"), hint).says_nothing()
            })?)),
            None => None,
        };
        let spend = |octets| budget.take(octets);
        let fetched = ldap::fetch(&request.url, &request.what, &self.options(request, tls, &spend)).await;
        trail.peer = fetched.peer;
        trail.answered = fetched.received > 0;
        fetched.outcome
    }
}
