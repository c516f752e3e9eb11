use super::*;

fn from(variables: &[(&str, &str)]) -> Proxies {
    let variables = variables.iter().map(|&(name, value)| (name.to_owned(), value.to_owned()));
    Proxies::new(&ProxyChoice::Environment(Environment::new(variables)), None).unwrap()
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
    let proxies = Proxies::new(&choice, None).unwrap();
    assert!(!format!("{proxies:?}").contains("us"));
    let url = Url::parse("http://a/").unwrap();
    let proxy = proxies.for_url(&url).unwrap();
    assert_eq!(proxy.authorization().unwrap(), format!("Basic {}", STANDARD.encode("us@er:p:ss")));
    assert_eq!(percent_decoded("%zz%4"), "%zz%4");
}

#[test]
fn a_proxy_that_cannot_be_used_is_named_without_its_password() {
    for text in ["http://u:secret@", "ftp://u:secret@host", "http://u:secret@[x", "socks4://u:secret@host"] {
        let error = Proxies::new(&ProxyChoice::Url(ProxyUrl(text.to_owned())), None).unwrap_err().to_string();
        assert!(error.starts_with("the proxy cannot be used: ") && !error.contains("secret"), "{error}");
    }
}

#[test]
fn endpoints_have_the_proxy_for_https_and_other_protocols_the_one_for_all() {
    let proxies = from(&[("HTTPS_PROXY", "one:3128"), ("ALL_PROXY", "socks5://two"), ("NO_PROXY", "local:993")]);
    let tls = proxies.for_tls("a.local", 443).unwrap();
    assert_eq!((tls.scheme(), tls.host(), tls.port()), (ProxyScheme::Http, "one", 3128));
    assert_eq!(tls.origin(), "HTTPS_PROXY");
    assert!(proxies.for_tls("a.local", 993).is_none());
    let other = proxies.for_other("a", 25).unwrap().unwrap();
    assert_eq!((other.scheme(), other.port()), (ProxyScheme::Socks5 { remote_dns: false }, 1080));
    assert!(proxies.for_other("a.local", 993).unwrap().is_none());
    // A variable that is not needed is in nobody's way.
    let proxies = from(&[("https_proxy", "one"), ("http_proxy", "one"), ("all_proxy", "socks4://two")]);
    assert_eq!(proxies.for_tls("a", 443).unwrap().port(), 80);
    assert!(proxies.for_other("a", 25).unwrap_err().to_string().starts_with("all_proxy cannot be used"));
    let one = Proxies::new(&ProxyChoice::Url(ProxyUrl("socks5h://[::1]:9".to_owned())), None).unwrap();
    let proxy = one.for_other("a", 25).unwrap().unwrap();
    assert_eq!((proxy.scheme(), proxy.host()), (ProxyScheme::Socks5 { remote_dns: true }, "::1"));
}

#[test]
fn a_login_that_is_given_counts_for_every_proxy() {
    let login = ProxyLogin::new("user".to_owned(), "secret".to_owned());
    let variables = [("HTTPS_PROXY", "http://other:word@one"), ("ALL_PROXY", "two")];
    let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let choice = ProxyChoice::Environment(Environment::new(variables));
    let proxies = Proxies::new(&choice, Some(&login)).unwrap();
    assert_eq!(proxies.for_tls("a", 443).unwrap().login(), Some(&login));
    assert_eq!(proxies.for_other("a", 25).unwrap().unwrap().login(), Some(&login));
    let shown = format!("{proxies:?}");
    assert!(!shown.contains("secret") && !shown.contains("word"), "{shown}");
}

#[test]
fn scripts_are_no_proxies() {
    for text in [
        "pac+http://host/x",
        "http://host/proxy.pac",
        "http://wpad/WPAD.DAT?a=b",
        "file:///C:/proxy.pac",
        r"C:\proxy.pac",
        "wpad.dat",
    ] {
        let error = Proxy::parse("the proxy", text).unwrap_err();
        assert!(matches!(error, ConfigError::ProxyScript { .. }), "{text}: {error}");
    }
    for text in ["http://proxy.pac:8080", "http://host/", "host:8080", "http://wpad.dat"] {
        assert!(!is_script(text), "{text}");
    }
}

#[test]
fn a_rule_says_what_goes_without() {
    let direct = DirectRule::new("test", |scheme, host, port| (scheme, host, port) == ("http", "::1", 81));
    let url = ProxyUrl("http://one:3128".to_owned());
    let proxies = Proxies::new(&ProxyChoice::Ruled { origin: "a.config".to_owned(), url, direct }, None).unwrap();
    assert_eq!(proxy_of(&proxies, "http://[::1]:81/"), None);
    assert_eq!(proxy_of(&proxies, "https://[::1]:81/").as_deref(), Some("http://one:3128"));
}
