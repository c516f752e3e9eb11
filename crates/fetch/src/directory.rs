//! LDAP for a client: what its configuration says, put to one URL.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use crate::address::{self, PrivateAddresses};
use crate::config::Config;
use crate::failure::{Failure, Stage};
use crate::http::{Http, Trail};
use crate::ldap::{self, Bind, LdapUrl, Options};
use crate::request::Request;

/// How LDAP is spoken, for all requests of a client.
#[derive(Debug)]
pub(crate) struct Directory {
    private: PrivateAddresses,
    timeout: Duration,
    default_host: Option<String>,
    bind: Option<Bind>,
}

/// Whether a URL is for LDAP.
pub(crate) fn is_ldap(url: &str) -> bool {
    let scheme = url.split_once(':').map_or("", |(scheme, _)| scheme);
    ["ldap", "ldaps"].iter().any(|known| scheme.eq_ignore_ascii_case(known))
}

impl Directory {
    pub(crate) fn new(config: &Config) -> Directory {
        Directory {
            private: config.private,
            timeout: config.timeout,
            default_host: config.ldap_host.clone(),
            bind: config.ldap_bind.clone(),
        }
    }

    /// By whom requests wait for each other.
    pub(crate) fn host_key(&self, url: &str) -> String {
        let host = LdapUrl::parse(url).ok().and_then(|url| url.host);
        format!("ldap:{}", host.or_else(|| self.default_host.clone()).unwrap_or_default())
    }

    pub(crate) async fn fetch(
        &self,
        request: &Request,
        most: usize,
        http: &Http,
        trail: &mut Trail,
    ) -> Result<Vec<u8>, Failure> {
        let tls = match &self.bind {
            Some(_) => Some(Arc::new(http.tls_client().map_err(|error| {
                let hint = "Leave the account out, or mend the machine's trust store.";
                Failure::new(Stage::Tls, "tls-unusable", format!("TLS cannot be set up: {error}"), hint)
            })?)),
            None => None,
        };
        let private = self.private;
        let permits = move |address: IpAddr| {
            address::check(address, private).map_err(|refusal| format!("{address} is {refusal}"))
        };
        let options = Options {
            default_host: self.default_host.clone(),
            bind: self.bind.clone(),
            tls,
            timeout: self.timeout,
            max_octets: most,
            permits: &permits,
        };
        let fetched = ldap::fetch(&request.url, &request.what, &options).await;
        trail.peer = fetched.peer;
        fetched.outcome
    }
}
