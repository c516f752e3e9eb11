//! Which proxy is asked for a URL.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::Url;

use crate::config::{ConfigError, Environment, ProxyChoice};
use crate::locator;
use crate::no_proxy::NoProxy;

/// The proxies for each scheme, and what is asked without them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Proxies {
    http: Option<Proxy>,
    https: Option<Proxy>,
    except: NoProxy,
}

/// One proxy.
#[derive(Clone)]
pub(crate) struct Proxy {
    /// Without user name and password.
    pub(crate) url: Url,
    credentials: Option<(String, String)>,
    /// Where it was given.
    pub(crate) origin: String,
}

impl std::fmt::Debug for Proxy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Proxy").field(&self.shown()).finish()
    }
}

impl Proxies {
    pub(crate) fn new(choice: &ProxyChoice) -> Result<Proxies, ConfigError> {
        match choice {
            ProxyChoice::None => Ok(Proxies::default()),
            ProxyChoice::Url(url) => {
                let proxy = Proxy::parse("the proxy", &url.0)?;
                Ok(Proxies { http: Some(proxy.clone()), https: Some(proxy), except: NoProxy::default() })
            }
            ProxyChoice::Environment(environment) => Proxies::from_environment(environment),
        }
    }

    fn from_environment(environment: &Environment) -> Result<Proxies, ConfigError> {
        let read =
            |names: &[&str]| environment.first(names).map(|(name, value)| Proxy::parse(&name, value)).transpose();
        let http: &[&str] = if environment.is_cgi() {
            &["http_proxy", "all_proxy", "ALL_PROXY"]
        } else {
            &["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"]
        };
        Ok(Proxies {
            http: read(http)?,
            https: read(&["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"])?,
            except: environment
                .first(&["no_proxy", "NO_PROXY"])
                .map(|(_, list)| NoProxy::parse(list))
                .unwrap_or_default(),
        })
    }

    /// The proxy for `url`, if one is to be asked.
    pub(crate) fn for_url(&self, url: &Url) -> Option<&Proxy> {
        let proxy = if url.scheme() == "https" { self.https.as_ref() } else { self.http.as_ref() }?;
        let host = url.host_str().unwrap_or_default();
        let host = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
        let port = url.port_or_known_default().unwrap_or(0);
        (!self.except.covers(host, port)).then_some(proxy)
    }
}

impl Proxy {
    fn parse(origin: &str, text: &str) -> Result<Proxy, ConfigError> {
        // The text itself may hold a password, and is in no message.
        let fail = |reason: String| ConfigError::Proxy { origin: origin.to_owned(), reason };
        let text = text.trim();
        let complete = if text.contains("://") { text.to_owned() } else { format!("http://{text}") };
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
        let credentials = if url.username().is_empty() && url.password().is_none() {
            None
        } else {
            Some((percent_decoded(url.username()), percent_decoded(url.password().unwrap_or_default())))
        };
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
        Ok(Proxy { url, credentials, origin: origin.to_owned() })
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
        self.credentials.is_some()
    }

    pub(crate) fn is_socks(&self) -> bool {
        self.url.scheme() == "socks5h"
    }

    /// The value of Proxy-Authorization (RFC 7617 §2).
    pub(crate) fn authorization(&self) -> Option<String> {
        let (user, password) = self.credentials.as_ref()?;
        Some(format!("Basic {}", STANDARD.encode(format!("{user}:{password}"))))
    }

    /// The same for the HTTP client.
    pub(crate) fn for_client(&self) -> reqwest::Result<reqwest::Proxy> {
        let proxy = reqwest::Proxy::all(self.url.clone())?;
        Ok(match &self.credentials {
            Some((user, password)) => proxy.basic_auth(user, password),
            None => proxy,
        })
    }
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
mod tests {
    use super::*;
    use crate::config::ProxyUrl;

    fn from(variables: &[(&str, &str)]) -> Proxies {
        let variables = variables.iter().map(|&(name, value)| (name.to_owned(), value.to_owned()));
        Proxies::new(&ProxyChoice::Environment(Environment::new(variables))).unwrap()
    }

    fn proxy_of(proxies: &Proxies, url: &str) -> Option<String> {
        proxies.for_url(&Url::parse(url).unwrap()).map(Proxy::shown)
    }

    #[test]
    fn the_environment_names_a_proxy_for_each_scheme() {
        let proxies = from(&[("HTTP_PROXY", "one:3128"), ("https_proxy", "http://two:8080/"), ("NO_PROXY", "local")]);
        assert_eq!(proxy_of(&proxies, "http://a/").as_deref(), Some("http://one:3128"));
        assert_eq!(proxy_of(&proxies, "https://a/").as_deref(), Some("http://two:8080"));
        assert_eq!(proxy_of(&proxies, "https://a.local/"), None);
        let proxies = from(&[("ALL_PROXY", "socks5://s"), ("http_proxy", ""), ("HTTPS_PROXY", "x")]);
        assert_eq!(proxy_of(&proxies, "http://a/").as_deref(), Some("socks5h://s:1080"));
        assert_eq!(proxy_of(&proxies, "https://a/").as_deref(), Some("http://x"));
        assert_eq!(proxy_of(&from(&[]), "http://a/"), None);
    }

    #[test]
    fn a_cgi_program_is_not_told_its_proxy_by_a_header() {
        let proxies = from(&[("HTTP_PROXY", "evil:1"), ("REQUEST_METHOD", "GET")]);
        assert_eq!(proxy_of(&proxies, "http://a/"), None);
        let proxies = from(&[("http_proxy", "good:1"), ("HTTP_PROXY", "evil:1"), ("REQUEST_METHOD", "GET")]);
        assert_eq!(proxy_of(&proxies, "http://a/").as_deref(), Some("http://good:1"));
    }

    #[test]
    fn credentials_are_decoded_and_not_shown() {
        let choice = ProxyChoice::Url(ProxyUrl("http://us%40er:p%3Ass@host:1".to_owned()));
        assert!(!format!("{choice:?}").contains("p%3Ass"));
        let proxies = Proxies::new(&choice).unwrap();
        assert!(!format!("{proxies:?}").contains("us"));
        let url = Url::parse("http://a/").unwrap();
        let proxy = proxies.for_url(&url).unwrap();
        assert_eq!(proxy.authorization().unwrap(), format!("Basic {}", STANDARD.encode("us@er:p:ss")));
        assert_eq!(percent_decoded("%zz%4"), "%zz%4");
    }

    #[test]
    fn a_proxy_that_cannot_be_used_is_named_without_its_password() {
        for text in ["http://u:secret@", "ftp://u:secret@host", "http://u:secret@[x", "socks4://u:secret@host"] {
            let error = Proxies::new(&ProxyChoice::Url(ProxyUrl(text.to_owned()))).unwrap_err().to_string();
            assert!(error.starts_with("the proxy cannot be used: ") && !error.contains("secret"), "{error}");
        }
    }
}
