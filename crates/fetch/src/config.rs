//! What a client is made from.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::address::PrivateAddresses;
use crate::ldap::Bind;
use crate::limits::{DEFAULT_CONNECT_TIMEOUT, DEFAULT_TIMEOUT};
use crate::login::ProxyLogin;

/// How retrievals are made.
#[derive(Clone, Debug)]
pub struct Config {
    /// How long one URL may take ([`DEFAULT_TIMEOUT`]).
    pub timeout: Duration,
    /// How long name, connection and TLS handshake may take, as a part of it
    /// ([`DEFAULT_CONNECT_TIMEOUT`]).
    pub connect_timeout: Duration,
    /// Whether URLs may lead to private addresses.
    pub private: PrivateAddresses,
    /// Which proxy is asked.
    pub proxy: ProxyChoice,
    /// With what to log in at proxies, in the place of what their URLs have.
    pub proxy_login: Option<ProxyLogin>,
    /// Trust anchors for HTTPS (certificates in DER) besides the system's and
    /// the embedded ones.
    pub anchors: Vec<Vec<u8>>,
    /// The server for LDAP URLs that name none, as host, `host:port` or `[v6]:port`
    /// ([`parse_server`](crate::ldap::parse_server)).
    pub ldap_host: Option<String>,
    /// An account for one LDAP server.
    pub ldap_bind: Option<Bind>,
}

impl Config {
    /// With the limits at their defaults.
    pub fn new(private: PrivateAddresses, proxy: ProxyChoice) -> Config {
        Config {
            timeout: DEFAULT_TIMEOUT,
            connect_timeout: DEFAULT_CONNECT_TIMEOUT,
            private,
            proxy,
            proxy_login: None,
            anchors: Vec::new(),
            ldap_host: None,
            ldap_bind: None,
        }
    }

    /// With another timeout for one URL, two thirds of it for connecting.
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Config {
        self.timeout = timeout;
        self.connect_timeout = timeout.saturating_mul(2) / 3;
        self
    }
}

/// Which proxy is asked.
#[derive(Clone, Debug)]
pub enum ProxyChoice {
    /// The one that environment variables name for the URL, if any.
    Environment(Environment),
    /// None.
    None,
    /// This one for all URLs: `http://`, `https://`, `socks5://` or
    /// `socks5h://`, with user name and password if it wants them.
    Url(ProxyUrl),
    /// This one, but for what a rule has go without, as in the configuration of another
    /// program.
    Ruled {
        /// Where the proxy was given, a name for messages.
        origin: String,
        /// The proxy.
        url: ProxyUrl,
        /// What goes without it.
        direct: DirectRule,
    },
}

/// Whether scheme, host and port go without.
type IsDirect = dyn Fn(&str, &str, u16) -> bool + Send + Sync;

/// What goes without a proxy.
#[derive(Clone)]
pub struct DirectRule {
    name: String,
    is_direct: Arc<IsDirect>,
}

impl DirectRule {
    /// A rule by scheme, host (IPv6 without brackets) and port. The name is shown in its
    /// place; rules that differ have names that do.
    pub fn new(
        name: impl Into<String>,
        is_direct: impl Fn(&str, &str, u16) -> bool + Send + Sync + 'static,
    ) -> DirectRule {
        DirectRule { name: name.into(), is_direct: Arc::new(is_direct) }
    }

    pub(crate) fn is_direct(&self, scheme: &str, host: &str, port: u16) -> bool {
        (self.is_direct)(scheme, host, port)
    }
}

impl fmt::Debug for DirectRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("DirectRule").field(&self.name).finish()
    }
}

/// A proxy's URL; user name and password in it are not shown.
#[derive(Clone, PartialEq, Eq)]
pub struct ProxyUrl(pub String);

impl fmt::Debug for ProxyUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ProxyUrl").field(&crate::shown(&self.0)).finish()
    }
}

/// The variables that tell the proxy: `http_proxy`, `HTTP_PROXY` (but not when
/// `REQUEST_METHOD` is set: a CGI program's `HTTP_PROXY` is a header that
/// whoever asks it chose), `https_proxy`, `HTTPS_PROXY`, `all_proxy`,
/// `ALL_PROXY`, `no_proxy`, `NO_PROXY`. Lower case counts first, as in curl.
#[derive(Clone, Default)]
pub struct Environment(BTreeMap<String, String>);

impl Environment {
    /// From names and values; others than those above are not kept.
    pub fn new(variables: impl IntoIterator<Item = (String, String)>) -> Environment {
        let known = |name: &str| {
            let name = name.to_ascii_lowercase();
            matches!(name.as_str(), "http_proxy" | "https_proxy" | "all_proxy" | "no_proxy" | "request_method")
        };
        Environment(variables.into_iter().filter(|(name, _)| known(name)).collect())
    }

    /// From the environment of this process.
    pub fn of_process() -> Environment {
        let text = |value: std::ffi::OsString| value.into_string().ok();
        Environment::new(std::env::vars_os().filter_map(|(name, value)| Some((text(name)?, text(value)?))))
    }

    /// The first of these that is set and not empty.
    pub(crate) fn first(&self, names: &[&str]) -> Option<(String, &str)> {
        names.iter().find_map(|&name| {
            let value = self.0.get(name)?.trim();
            (!value.is_empty()).then(|| (name.to_owned(), value))
        })
    }

    /// Whether this process was started by a web server (RFC 3875 §4.1.12).
    pub(crate) fn is_cgi(&self) -> bool {
        self.0.contains_key("REQUEST_METHOD")
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Values may hold passwords.
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// A client could not be made.
#[derive(Debug)]
pub enum ConfigError {
    /// The proxy's URL cannot be used.
    Proxy {
        /// Where it was given: a variable's name, or `the proxy`.
        origin: String,
        /// What is wrong with it.
        reason: String,
    },
    /// In the place of a proxy there is a script that chooses one (PAC).
    ProxyScript {
        /// Where it was given, as above.
        origin: String,
    },
    /// The runtime for the network could not be started.
    Runtime(std::io::Error),
    /// The TLS client could not be made.
    Tls(String),
    /// An additional trust anchor is not a certificate.
    Anchor(String),
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ConfigError::Proxy { origin, reason } => write!(f, "{origin} cannot be used: {reason}"),
            ConfigError::ProxyScript { origin } => write!(
                f,
                "{origin} cannot be used: it is a script that chooses a proxy (PAC), and no scripts are run here"
            ),
            ConfigError::Runtime(_) => f.write_str("the network runtime could not be started"),
            ConfigError::Tls(reason) => write!(f, "the TLS client could not be made: {reason}"),
            ConfigError::Anchor(reason) => write!(f, "a trust anchor for HTTPS cannot be used: {reason}"),
        }
    }
}

impl std::error::Error for ConfigError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            ConfigError::Runtime(error) => Some(error),
            ConfigError::Proxy { .. }
            | ConfigError::ProxyScript { .. }
            | ConfigError::Tls(_)
            | ConfigError::Anchor(_) => None,
        }
    }
}
