//! From arguments to how endpoints are probed.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use certlens_probe::probe::{Settings, Timeouts};
use certlens_probe::proxy::Kind;
use certlens_probe::target::{Dial, Sni, Target, TargetError, expand};
use certlens_probe::tls::handshake::Versions;

use super::identity;
use super::proxies::{Chosen, Proxies, refuse};
use crate::args::{ClientArgs, EndpointArgs, TlsArg, VerifyArgs};
use crate::error::Failure;
use crate::say;
use crate::verification::Request;

/// How all endpoints of a run are probed.
pub(crate) struct Plan {
    settings: Arc<Settings>,
    proxies: Rc<Proxies>,
    /// Settings with a proxy, each once.
    proxied: RefCell<Vec<(String, Way)>>,
}

/// How one of them is.
#[derive(Clone)]
pub(crate) struct Way {
    pub(crate) settings: Arc<Settings>,
    /// Where its proxy was named.
    pub(crate) proxy_from: Option<String>,
    /// Why it is reached without the proxy that there is for others.
    pub(crate) why_direct: Option<String>,
}

impl Plan {
    /// As a run is set up.
    ///
    /// # Errors
    ///
    /// When an argument cannot be used.
    pub(crate) fn of(args: &VerifyArgs, request: &Request) -> Result<Plan, Failure> {
        let proxies = match &request.proxies {
            Some(proxies) => Rc::clone(proxies),
            None => Rc::new(Proxies::new(&args.network.proxy)?),
        };
        proxies.notes().iter().for_each(|note| say(&format!("note: {}", certlens_report::escape(note))));
        Plan::new(&args.endpoint, &args.client, proxies, args.network.seconds_given()?)
    }

    /// # Errors
    ///
    /// When an argument cannot be used.
    pub(crate) fn new(
        args: &EndpointArgs,
        client: &ClientArgs,
        proxies: Rc<Proxies>,
        timeout: Option<Duration>,
    ) -> Result<Plan, Failure> {
        let wrong = |option: &'static str| {
            move |error: TargetError| {
                Failure::unusable(format!("{option} {}: at octet {}, {}", error.text, error.offset, error.reason))
            }
        };
        let sni = match &args.sni {
            Some(name) => Sni::name(name).map_err(wrong("--sni"))?,
            None if args.no_sni => Sni::Omit,
            None => Sni::Host,
        };
        let dial = args.connect.as_deref().map(Dial::parse).transpose().map_err(wrong("--connect"))?;
        if let Some(long) = args.alpn.iter().find(|name| name.is_empty() || name.len() > 255) {
            return Err(Failure::unusable(format!("--alpn: a name of {} octets is none (RFC 7301 §3.1)", long.len()))
                .advice("give a registered name, as h2 or http/1.1"));
        }
        let settings = Settings {
            sni,
            dial,
            alpn: args.alpn.iter().map(|name| name.as_bytes().to_vec()).collect(),
            versions: match args.tls {
                None => Versions::Both,
                Some(TlsArg::V1_2) => Versions::Tls12,
                Some(TlsArg::V1_3) => Versions::Tls13,
            },
            via: args.via.clone(),
            identity: identity::read(client)?,
            timeouts: timeout.map_or_else(Timeouts::default, Timeouts::within),
            ..Settings::default()
        };
        Ok(Plan { settings: Arc::new(settings), proxies, proxied: RefCell::default() })
    }

    /// The same through other proxies: what is read once, as the client's key, is not read
    /// again.
    pub(crate) fn through(&self, proxies: Rc<Proxies>) -> Plan {
        Plan { settings: Arc::clone(&self.settings), proxies, proxied: RefCell::default() }
    }

    /// How this endpoint is probed.
    ///
    /// # Errors
    ///
    /// When its proxy cannot be used.
    pub(crate) fn way(&self, target: &Target) -> Result<Way, Failure> {
        let Some(Chosen { proxy, from }) = self.proxies.for_target(target)? else {
            let why_direct = self.proxies.why_direct(target);
            return Ok(Way { settings: Arc::clone(&self.settings), proxy_from: None, why_direct });
        };
        // There are few proxies and many endpoints.
        let key = format!("{:?} {} {from}", proxy.kind, proxy.authority());
        let mut proxied = self.proxied.borrow_mut();
        if let Some((_, way)) = proxied.iter().find(|(known, _)| *known == key) {
            return Ok(way.clone());
        }
        let proxy_tls = match proxy.kind {
            Kind::Http { tls: true } => Some(certlens_fetch::tls_for_proxy().map_err(|error| refuse(&error))?),
            _ => None,
        };
        let settings = Settings { proxy: Some(proxy), proxy_tls, ..(*self.settings).clone() };
        let way = Way { settings: Arc::new(settings), proxy_from: Some(from), why_direct: None };
        proxied.push((key, way.clone()));
        Ok(way)
    }
}

/// Whether an argument names an endpoint and not a file: it has a scheme, or a port.
pub(crate) fn is_endpoint(argument: &str) -> bool {
    if argument.contains("://") {
        return true;
    }
    let Some((host, port)) = argument.rsplit_once(':') else { return false };
    let is_port = (1..=5).contains(&port.len()) && port.bytes().all(|octet| octet.is_ascii_digit());
    // A letter alone is a drive.
    is_port && host.len() > 1 && !host.contains(['/', '\\']) && (!host.contains(':') || host.ends_with(']'))
}

/// The endpoints that an argument means.
///
/// # Errors
///
/// When it means none.
pub(crate) fn targets(argument: &str) -> Result<Vec<Target>, Failure> {
    // What is shown of a URL has no password in it.
    expand(argument).map_err(|error| {
        let shown = if argument.contains('@') { certlens_fetch::shown(argument) } else { error.text.clone() };
        Failure::unusable(format!("{shown}: is not an endpoint: at octet {}, {}", error.offset, error.reason))
            .advice("write it as HOST:PORT, or as a URL like https://HOST or net.tcp://HOST:8060/PATH")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_or_a_scheme_makes_an_endpoint() {
        for endpoint in ["host:443", "10.0.0.1:8060", "[::1]:443", "https://host", "net.tcp://host:8060/a", "x://y"] {
            assert!(is_endpoint(endpoint), "{endpoint}");
        }
        for file in ["host", "server.pem", "C:\\a.cer", "c:1", "dir/file:1", "a:b", "::1", "a:123456", "-", "", "a:"] {
            assert!(!is_endpoint(file), "{file}");
        }
    }
}
