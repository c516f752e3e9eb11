//! Which proxy is asked for a URL or an endpoint.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::Url;
use zeroize::Zeroizing;

pub use crate::login::ProxyLogin;

use crate::config::{ConfigError, DirectRule, Environment, ProxyChoice, ProxyUrl};
use crate::locator;
use crate::no_proxy::NoProxy;

/// The proxies for each scheme, and what is asked without them.
#[derive(Clone, Debug, Default)]
pub struct Proxies {
    http: Option<Proxy>,
    https: Option<Proxy>,
    other: Other,
    except: NoProxy,
    rule: Option<DirectRule>,
    login: Option<ProxyLogin>,
}

/// The proxy for protocols that are neither HTTP nor HTTPS.
#[derive(Clone, Debug, Default)]
enum Other {
    #[default]
    None,
    Proxy(Proxy),
    /// A variable and its value. It is read when it is needed: most runs do without, and
    /// what is wrong with it is no fault of theirs.
    Variable(String, ProxyUrl),
}

/// One proxy.
#[derive(Clone)]
pub struct Proxy {
    /// Without user name and password; of both spellings of SOCKS the one by which the
    /// proxy resolves names, which retrieval always has it do.
    pub(crate) url: Url,
    /// Whether the spelling was the other one.
    resolves_here: bool,
    login: Option<ProxyLogin>,
    /// Where it was given.
    pub(crate) origin: String,
}

/// How a proxy is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProxyScheme {
    /// `http:`
    Http,
    /// `https:`, HTTP under TLS.
    Https,
    /// `socks5:` or `socks5h:`
    Socks5 {
        /// Whether the proxy resolves names (`socks5h:`), or this machine (`socks5:`).
        remote_dns: bool,
    },
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Proxy").field(&self.shown()).finish()
    }
}

impl Proxies {
    /// The proxies of a choice. A login that is given counts for each of them, in the
    /// place of one that is in its URL.
    ///
    /// # Errors
    ///
    /// [`ConfigError::Proxy`] and [`ConfigError::ProxyScript`]; of the environment those
    /// of variables for HTTP and HTTPS.
    pub fn new(choice: &ProxyChoice, login: Option<&ProxyLogin>) -> Result<Proxies, ConfigError> {
        let one = |origin: &str, url: &ProxyUrl, rule: Option<&DirectRule>| {
            let proxy = Proxy::parse(origin, &url.0)?.with(login);
            let (http, https, other) = (Some(proxy.clone()), Some(proxy.clone()), Other::Proxy(proxy));
            Ok(Proxies { http, https, other, rule: rule.cloned(), ..Proxies::default() })
        };
        match choice {
            ProxyChoice::None => Ok(Proxies::default()),
            ProxyChoice::Url(url) => one("the proxy", url, None),
            ProxyChoice::Ruled { origin, url, direct } => one(origin, url, Some(direct)),
            ProxyChoice::Environment(environment) => Proxies::from_environment(environment, login),
        }
    }

    fn from_environment(environment: &Environment, login: Option<&ProxyLogin>) -> Result<Proxies, ConfigError> {
        let read = |names: &[&str]| {
            let parse = |(name, value): (String, &str)| Ok(Proxy::parse(&name, value)?.with(login));
            environment.first(names).map(parse).transpose()
        };
        let http: &[&str] = if environment.is_cgi() {
            &["http_proxy", "all_proxy", "ALL_PROXY"]
        } else {
            &["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"]
        };
        let other = environment.first(&["all_proxy", "ALL_PROXY"]);
        Ok(Proxies {
            http: read(http)?,
            https: read(&["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"])?,
            other: other.map_or(Other::None, |(name, value)| Other::Variable(name, ProxyUrl(value.to_owned()))),
            except: environment
                .first(&["no_proxy", "NO_PROXY"])
                .map(|(_, list)| NoProxy::parse(list))
                .unwrap_or_default(),
            rule: None,
            login: login.cloned(),
        })
    }

    /// The proxy for `url`, if one is to be asked.
    pub(crate) fn for_url(&self, url: &Url) -> Option<&Proxy> {
        let proxy = if url.scheme() == "https" { self.https.as_ref() } else { self.http.as_ref() }?;
        let host = without_brackets(url.host_str().unwrap_or_default());
        let port = url.port_or_known_default().unwrap_or(0);
        let is_direct = self.is_exempt(host, port)
            || self.rule.as_ref().is_some_and(|rule| rule.is_direct(url.scheme(), host, port));
        (!is_direct).then_some(proxy)
    }

    /// The proxy for an endpoint that begins with TLS, if one is to be asked: that for
    /// HTTPS. An IPv6 address comes without brackets.
    pub fn for_tls(&self, host: &str, port: u16) -> Option<&Proxy> {
        self.https.as_ref().filter(|_| !self.is_exempt(host, port))
    }

    /// The proxy for an endpoint of another protocol, if one is to be asked: of the
    /// variables only `ALL_PROXY` is for those, as curl has it.
    ///
    /// # Errors
    ///
    /// When the variable cannot be used.
    pub fn for_other(&self, host: &str, port: u16) -> Result<Option<Proxy>, ConfigError> {
        if self.is_exempt(host, port) {
            return Ok(None);
        }
        match &self.other {
            Other::None => Ok(None),
            Other::Proxy(proxy) => Ok(Some(proxy.clone())),
            Other::Variable(name, value) => Ok(Some(Proxy::parse(name, &value.0)?.with(self.login.as_ref()))),
        }
    }

    /// Whether nothing goes through a proxy.
    pub fn is_empty(&self) -> bool {
        self.http.is_none() && self.https.is_none() && matches!(self.other, Other::None)
    }

    /// Whether `NO_PROXY` names a host and port, for whatever protocol.
    pub fn is_exempt(&self, host: &str, port: u16) -> bool {
        self.except.covers(host, port)
    }
}

impl Proxy {
    /// Reads a proxy's URL, which was given at `origin`, a name for messages.
    ///
    /// # Errors
    ///
    /// [`ConfigError::Proxy`], without user name and password; [`ConfigError::ProxyScript`].
    pub fn parse(origin: &str, text: &str) -> Result<Proxy, ConfigError> {
        // The text itself may hold a password, and is in no message.
        let fail = |reason: String| ConfigError::Proxy { origin: origin.to_owned(), reason };
        let text = text.trim();
        if is_script(text) {
            return Err(ConfigError::ProxyScript { origin: origin.to_owned() });
        }
        let complete = Zeroizing::new(if text.contains("://") { text.to_owned() } else { format!("http://{text}") });
        let mut url = Url::parse(&complete).map_err(|error| fail(format!("not a URL ({error})")))?;
        let scheme = match url.scheme() {
            "http" | "https" => None,
            // The proxy resolves names, whichever spelling: it may be the only one who can.
            "socks5" | "socks5h" => Some("socks5h"),
            other => {
                return Err(fail(format!("proxies with {other}: are not known, only http, https, socks5 and socks5h")));
            }
        };
        if url.host_str().is_none_or(str::is_empty) {
            return Err(fail("it names no host".to_owned()));
        }
        let login = if url.username().is_empty() && url.password().is_none() {
            None
        } else {
            let (user, password) = (percent_decoded(url.username()), url.password().map(percent_decoded));
            Some(ProxyLogin::new(user, password.unwrap_or_default()))
        };
        let resolves_here = url.scheme() == "socks5";
        let _ = url.set_username("");
        let _ = url.set_password(None);
        if let Some(scheme) = scheme {
            let _ = url.set_scheme(scheme);
            if url.port().is_none() {
                // RFC 1928 §3
                let _ = url.set_port(Some(1080));
            }
        }
        url.set_path("");
        url.set_query(None);
        url.set_fragment(None);
        Ok(Proxy { url, resolves_here, login, origin: origin.to_owned() })
    }

    fn with(mut self, login: Option<&ProxyLogin>) -> Proxy {
        self.login = login.cloned().or(self.login);
        self
    }

    /// How it is spoken to.
    pub fn scheme(&self) -> ProxyScheme {
        match self.url.scheme() {
            "https" => ProxyScheme::Https,
            "socks5h" => ProxyScheme::Socks5 { remote_dns: !self.resolves_here },
            _ => ProxyScheme::Http,
        }
    }

    /// Its name or address, IPv6 without brackets.
    pub fn host(&self) -> &str {
        without_brackets(self.url.host_str().unwrap_or_default())
    }

    /// Its port, the scheme's own when none was written.
    pub fn port(&self) -> u16 {
        self.url.port_or_known_default().unwrap_or(0)
    }

    /// With what to log in, from its URL or as given.
    pub fn login(&self) -> Option<&ProxyLogin> {
        self.login.as_ref()
    }

    /// Where it was given: a variable's name, `the proxy`, or as it was called.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// As it may be shown.
    pub(crate) fn shown(&self) -> String {
        self.url.as_str().trim_end_matches('/').to_owned()
    }

    /// Its host and port.
    pub(crate) fn authority(&self) -> String {
        locator::authority(&self.url)
    }

    pub(crate) fn has_credentials(&self) -> bool {
        self.login.is_some()
    }

    pub(crate) fn is_socks(&self) -> bool {
        self.url.scheme() == "socks5h"
    }

    /// The value of Proxy-Authorization (RFC 7617 §2).
    pub(crate) fn authorization(&self) -> Option<String> {
        let login = self.login.as_ref()?;
        let pair = Zeroizing::new(format!("{}:{}", login.user(), login.password()));
        Some(format!("Basic {}", STANDARD.encode(pair.as_bytes())))
    }

    /// The same for the HTTP client.
    pub(crate) fn for_client(&self) -> reqwest::Result<reqwest::Proxy> {
        let proxy = reqwest::Proxy::all(self.url.clone())?;
        Ok(match &self.login {
            Some(login) => proxy.basic_auth(login.user(), login.password()),
            None => proxy,
        })
    }
}

/// Whether a proxy is given by a script that chooses one (PAC), and not by its own URL:
/// `pac+http://…`, or a URL or file that ends as such scripts do.
pub fn is_script(text: &str) -> bool {
    let text = text.trim().to_ascii_lowercase();
    if text.starts_with("pac+") {
        return true;
    }
    let path = match text.split_once("://") {
        Some((_, rest)) => rest.split_once('/').map_or("", |(_, path)| path),
        None => text.as_str(),
    };
    let path = path.split(['?', '#']).next().unwrap_or_default();
    path.ends_with(".pac") || path.ends_with("wpad.dat")
}

fn without_brackets(host: &str) -> &str {
    host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host)
}

fn percent_decoded(text: &str) -> String {
    let mut octets = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let code = after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        match code.and_then(|digits| u8::from_str_radix(digits, 16).ok()).filter(|_| first == b'%') {
            Some(octet) => {
                octets.push(octet);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                octets.push(first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&octets).into_owned()
}

#[cfg(test)]
mod tests;
