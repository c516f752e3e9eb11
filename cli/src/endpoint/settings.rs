//! From arguments to how endpoints are probed.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use certlens_probe::probe::{Settings, Timeouts};
use certlens_probe::proxy::Kind;
use certlens_probe::target::{Dial, Opening, Sni, Target, TargetError, expand};
use certlens_probe::tls::handshake::Versions;
use certlens_probe::upgrade::Protocol;

use super::identity;
use crate::args::{ClientArgs, EndpointArgs, TlsArg, VerifyArgs};
use crate::error::Failure;
use crate::proxies::{Chosen, Proxies, refuse};
use crate::say;

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

impl Way {
    /// The same, with a wait for session tickets after the handshake.
    pub(super) fn with_tickets(self) -> Way {
        Way { settings: Arc::new(Settings { tickets: true, ..(*self.settings).clone() }), ..self }
    }
}

impl Plan {
    /// As a run is set up.
    ///
    /// # Errors
    ///
    /// When an argument cannot be used.
    pub(crate) fn of(args: &VerifyArgs, proxies: Option<&Rc<Proxies>>) -> Result<Plan, Failure> {
        let proxies = match proxies {
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

    /// Whether every option can do something for one of these targets.
    ///
    /// # Errors
    ///
    /// When one is for endpoints of a kind that is not among them.
    pub(super) fn fits(&self, targets: &[Target]) -> Result<(), Failure> {
        let has_net_tcp = targets.iter().any(|target| target.opening == Opening::Upgrade(Protocol::NetTcp));
        if self.settings.via.is_none() || has_net_tcp {
            return Ok(());
        }
        Err(Failure::unusable("--via is for net.tcp, and no target is a net.tcp endpoint".to_owned())
            .advice("write the target as net.tcp://HOST:PORT/PATH, or leave --via out"))
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

/// The endpoints that an argument means.
///
/// # Errors
///
/// When it means none.
pub(crate) fn targets(argument: &str) -> Result<Vec<Target>, Failure> {
    expand(argument).map_err(|error| {
        let advice = match error.reason.contains("MAX_EXPANDED") {
            true => "split it into smaller blocks, or lists of ports",
            false if std::path::Path::new(argument).is_file() => {
                "it is a file: `certlens verify` takes those, and --list takes lists of endpoints"
            }
            false => "write it as HOST:PORT, or as a URL like https://HOST or net.tcp://HOST:8060/PATH",
        };
        // The error's own text has no password in it.
        Failure::unusable(format!("{}: is not an endpoint: at octet {}, {}", error.text, error.offset, error.reason))
            .advice(advice)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::ProxyArgs;

    #[test]
    fn passwords_are_not_repeated() {
        for argument in ["u:SECRET@host:443", "https://u:SECRET@host", "smtp://u:SE/CRET@host:25", "u:SECRET@host:1-x"]
        {
            let failure = targets(argument).unwrap_err();
            assert!(failure.message.contains("host"), "{failure}");
            assert!(!failure.to_string().contains("CRET"), "{failure}");
        }
        for (connect, sni) in [(Some("u:SECRET@h"), None), (None, Some("u:SECRET@h")), (Some("u:SECRET@h:1"), None)] {
            let args = EndpointArgs {
                connect: connect.map(str::to_owned),
                sni: sni.map(str::to_owned),
                ..EndpointArgs::default()
            };
            let failure = plan(&args).err().expect("a failure");
            assert!(failure.message.contains("***@h"), "{failure}");
            assert!(!failure.to_string().contains("SECRET"), "{failure}");
        }
    }

    fn plan(args: &EndpointArgs) -> Result<Plan, Failure> {
        let proxies = Rc::new(Proxies::new(&ProxyArgs::default())?);
        Plan::new(args, &ClientArgs::default(), proxies, None)
    }

    #[test]
    fn an_address_for_net_tcp_needs_such_an_endpoint() {
        let plan = plan(&EndpointArgs { via: Some("net.tcp://a/b".to_owned()), ..EndpointArgs::default() }).unwrap();
        let web = || targets("https://host.test").unwrap();
        assert!(plan.fits(&web()).unwrap_err().message.contains("--via"));
        let with_node: Vec<Target> = web().into_iter().chain(targets("net.tcp://node:8060").unwrap()).collect();
        assert!(plan.fits(&with_node).is_ok());
    }

    #[test]
    fn tickets_are_waited_for_when_one_is_probed() {
        let plan = plan(&EndpointArgs::default()).unwrap();
        let one = targets("https://host.test").unwrap();
        let waits = plan.way(&one[0]).unwrap().with_tickets();
        assert!(waits.settings.tickets && !plan.way(&one[0]).unwrap().settings.tickets);
    }
}
