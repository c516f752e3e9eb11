//! How a probe is made.

use std::sync::Arc;
use std::time::Duration;

use crate::limits::{CONNECT_TIMEOUT, HANDSHAKE_TIMEOUT, NAME_TIMEOUT, PROXY_TIMEOUT, TRIAL_TIMEOUT, UPGRADE_TIMEOUT};
use crate::proxy::Proxy;
use crate::target::{Dial, Sni};
use crate::tls::Identity;
use crate::tls::handshake::Versions;

/// How a probe is made; by default as a usual client connects.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Which name the server is asked for.
    pub sni: Sni,
    /// Where to connect to in place of the target's host and port.
    pub dial: Option<Dial>,
    /// The application protocols to offer (ALPN).
    pub alpn: Vec<Vec<u8>>,
    /// The versions of TLS to offer.
    pub versions: Versions,
    /// The certificate for servers that ask for one.
    pub identity: Option<Identity>,
    /// For net.tcp, the address of the endpoint in place of the target's path.
    pub via: Option<String>,
    /// The proxy through which to connect.
    pub proxy: Option<Proxy>,
    /// How a proxy that is spoken to under TLS is verified. Without it any certificate
    /// will do, and such a proxy is given no credentials.
    pub proxy_tls: Option<Arc<rustls::ClientConfig>>,
    /// Whether to wait for session tickets after the handshake.
    pub tickets: bool,
    /// What is done when TLS fails.
    pub diagnosis: Diagnosis,
    /// How long each stage may take.
    pub timeouts: Timeouts,
}

/// What is done when TLS fails.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Diagnosis {
    /// Further connections, up to [`MAX_TRIALS`](crate::limits::MAX_TRIALS), find out
    /// what the server or something before it objects to.
    #[default]
    Trials,
    /// The failure is reported as it came.
    None,
}

/// How long each stage may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// Resolving the name.
    pub name: Duration,
    /// Connecting to one address.
    pub connect: Duration,
    /// The proxy, from the connection to it to the open tunnel.
    pub proxy: Duration,
    /// The protocol upgrade.
    pub upgrade: Duration,
    /// The handshake.
    pub handshake: Duration,
    /// The handshake of each trial; never longer than `handshake`.
    pub trial: Duration,
}

impl Default for Timeouts {
    fn default() -> Timeouts {
        Timeouts {
            name: NAME_TIMEOUT,
            connect: CONNECT_TIMEOUT,
            proxy: PROXY_TIMEOUT,
            upgrade: UPGRADE_TIMEOUT,
            handshake: HANDSHAKE_TIMEOUT,
            trial: TRIAL_TIMEOUT,
        }
    }
}

impl Timeouts {
    /// Each stage may take this long, whatever its usual limit; a trial takes no longer
    /// than it usually may.
    pub fn within(limit: Duration) -> Timeouts {
        Timeouts {
            name: limit,
            connect: limit,
            proxy: limit,
            upgrade: limit,
            handshake: limit,
            trial: TRIAL_TIMEOUT.min(limit),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_that_is_given_is_that_of_every_stage() {
        for seconds in [1, 60] {
            let limit = Duration::from_secs(seconds);
            let Timeouts { name, connect, proxy, upgrade, handshake, trial } = Timeouts::within(limit);
            assert_eq!([name, connect, proxy, upgrade, handshake], [limit; 5]);
            assert_eq!(trial, limit.min(TRIAL_TIMEOUT));
        }
    }
}
