//! Proxies on loopback: squid, a SOCKS5 proxy, and ones that answer from a list.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests may panic, as tests do")]

mod support;

#[path = "proxy/hostile.rs"]
mod hostile;
#[path = "proxy/http.rs"]
mod http;
#[path = "proxy/login.rs"]
mod login;
#[path = "proxy/real.rs"]
mod real;
#[path = "proxy/socks.rs"]
mod socks;

use std::time::Duration;

use certlens_probe::Failure;
use certlens_probe::proxy::{Credentials, Declined, Destination, Kind, Opened, Proxy, open};
use certlens_probe::stream::Stream;
use support::connect;

const HTTP: Kind = Kind::Http { tls: false };
const SOCKS: Kind = Kind::Socks5 { remote_dns: true };

/// A password that must not be seen anywhere.
const SECRET: &str = "sw0rdfish:ä";

fn proxy(kind: Kind, port: u16) -> Proxy {
    Proxy { kind, host: "127.0.0.1".to_owned(), port, credentials: None }
}

fn with_login(proxy: Proxy, user: &str, password: &str) -> Proxy {
    Proxy { credentials: Some(Credentials::new(user.to_owned(), password.to_owned())), ..proxy }
}

/// Asks for `host.test`, which the SOCKS5 proxy of these tests takes for this machine.
async fn through(proxy: &Proxy, host: &str, port: u16) -> Result<Opened, Declined> {
    let destination = Destination::new(host, port).unwrap();
    let outcome = open(proxy, &destination, Duration::from_secs(20), || to(proxy.port)).await;
    if let Err(declined) = &outcome {
        let all = format!("{declined:?} {proxy:?}");
        assert!(!all.contains("sw0rdfish") && !all.contains("c3cwcmRmaXNo"), "{all}");
        assert!(declined.failure.message.starts_with(&format!("the proxy {} ", proxy.authority())), "{all}");
        assert!(!declined.failure.hint.is_empty() && !declined.failure.windows.is_empty(), "{all}");
        assert!(!declined.failure.message.contains(char::is_control), "{all}");
    }
    outcome
}

/// A connection to the proxy.
async fn to(port: u16) -> Result<Stream, Failure> {
    Ok(connect(port).await)
}

async fn declines(proxy: &Proxy, host: &str, port: u16) -> Declined {
    through(proxy, host, port).await.unwrap_err()
}
