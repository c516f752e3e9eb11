use super::*;
use certlens_fetch::Config;

fn with(args: ProxyArgs, variables: &[(&str, &str)]) -> Result<Proxies, Failure> {
    let variables = variables.iter().map(|&(name, value)| (name.to_owned(), value.to_owned()));
    Proxies::in_environment(&args, Environment::new(variables))
}

fn url(url: &str) -> ProxyArgs {
    ProxyArgs { proxy: Some(url.to_owned()), ..ProxyArgs::default() }
}

fn chosen(proxies: &Proxies, target: &str) -> Option<(Kind, String, String)> {
    let chosen = proxies.for_target(&Target::parse(target).unwrap()).unwrap()?;
    Some((chosen.proxy.kind, chosen.proxy.authority(), chosen.from))
}

#[test]
fn an_option_counts_before_the_environment() {
    let variables = [("HTTPS_PROXY", "one:1"), ("NO_PROXY", "*")];
    for (text, kind, authority) in [
        ("http://proxy:3128", Kind::Http { tls: false }, "proxy:3128"),
        ("proxy:3128", Kind::Http { tls: false }, "proxy:3128"),
        ("https://proxy", Kind::Http { tls: true }, "proxy:443"),
        ("socks5://[::1]", Kind::Socks5 { remote_dns: false }, "[::1]:1080"),
        ("socks5h://10.0.0.1:9", Kind::Socks5 { remote_dns: true }, "10.0.0.1:9"),
    ] {
        let proxies = with(url(text), &variables).unwrap();
        for target in ["a.test", "smtp://a.test", "net.tcp://localhost"] {
            let expected = (kind, authority.to_owned(), "--proxy".to_owned());
            assert_eq!(chosen(&proxies, target), Some(expected), "{text} {target}");
        }
    }
    let none = with(url("none"), &[("HTTPS_PROXY", "one:1")]).unwrap();
    assert_eq!(chosen(&none, "a.test"), None);
}

#[test]
fn variables_are_for_what_they_are_named_after() {
    let variables = [("HTTPS_PROXY", "one:1"), ("all_proxy", "socks5://two:2"), ("no_proxy", ".local,10.0.0.0/8")];
    let proxies = with(ProxyArgs::default(), &variables).unwrap();
    let from = |target: &str| chosen(&proxies, target).map(|(_, authority, from)| format!("{from} {authority}"));
    for target in ["a.test", "https://a.test", "imaps://a.test", "tls://[fd00::1]:8443"] {
        assert_eq!(from(target).as_deref(), Some("environment variable HTTPS_PROXY one:1"), "{target}");
    }
    assert_eq!(from("smtp://a.test").as_deref(), Some("environment variable all_proxy two:2"));
    for target in ["a.local", "smtp://a.local", "10.1.2.3"] {
        assert_eq!(from(target), None, "{target}");
        assert!(proxies.why_direct(&Target::parse(target).unwrap()).unwrap().contains("NO_PROXY"));
    }
    assert_eq!(proxies.why_direct(&Target::parse("a.test").unwrap()), None);
    let without = with(ProxyArgs::default(), &[("no_proxy", "*")]).unwrap();
    assert_eq!(without.why_direct(&Target::parse("a.test").unwrap()), None);
    let broken = with(
        ProxyArgs::default(),
        &[("https_proxy", "one:1"), ("http_proxy", "one:1"), ("ALL_PROXY", "socks4://u:secret@two")],
    )
    .unwrap();
    let failure = broken.for_target(&Target::parse("smtp://a.test").unwrap()).unwrap_err();
    assert!(failure.message.contains("ALL_PROXY") && !failure.message.contains("secret"), "{failure}");
}

#[test]
fn a_login_is_decoded_or_given_and_never_shown() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("password");
    std::fs::write(&file, "given\n").unwrap();
    let target = Target::parse("a.test").unwrap();
    let credentials = |proxies: &Proxies| proxies.for_target(&target).unwrap().unwrap().proxy.credentials.unwrap();
    let in_url = with(url("http://us%40er:p%3Ass@proxy:1"), &[]).unwrap();
    assert_eq!(credentials(&in_url), Credentials::new("us@er".to_owned(), "p:ss".to_owned()));
    let args = |proxy: Option<&str>| ProxyArgs {
        proxy: proxy.map(str::to_owned),
        proxy_user: Some("me".to_owned()),
        proxy_password_file: Some(file.clone()),
        ..ProxyArgs::default()
    };
    let given = Credentials::new("me".to_owned(), "given".to_owned());
    let before_url = with(args(Some("http://user:secret@proxy:1")), &[]).unwrap();
    assert_eq!(credentials(&before_url), given);
    assert_eq!(credentials(&with(args(None), &[("https_proxy", "proxy:1")]).unwrap()), given);
    let shown = format!("{:?} {:?}", before_url.for_target(&target), args(Some("http://user:secret@proxy:1")));
    assert!(!shown.contains("secret") && !shown.contains("given"), "{shown}");
    // Retrieval goes the same way.
    let (choice, login) = before_url.for_retrieval().unwrap();
    let mut config = Config::new(certlens_fetch::PrivateAddresses::Allowed, choice);
    config.proxy_login = login;
    assert_eq!(config.proxy_login.as_ref().map(ProxyLogin::password), Some("given"));
    assert!(!format!("{config:?}").contains("secret") && !format!("{config:?}").contains("given"));
    assert!(certlens_fetch::Client::new(config).is_ok());
}

#[test]
fn what_cannot_be_used_is_said_with_the_next_step() {
    let failing = |args: ProxyArgs| with(args, &[]).err().unwrap();
    for text in ["pac+http://wpad/x", "http://wpad/wpad.dat", "/etc/proxy.pac"] {
        let failure = failing(url(text));
        assert!(failure.message.contains("PAC") && failure.advice.unwrap().contains("--proxy http://host:port"));
    }
    for text in ["socks4://u:secret@proxy", "http://u:secret@", "ftp://proxy"] {
        let failure = failing(url(text));
        assert!(failure.message.starts_with("the proxy cannot be used") && !failure.message.contains("secret"));
    }
    let user = |proxy: &str, user: &str, variable: &str| ProxyArgs {
        proxy: Some(proxy.to_owned()),
        proxy_user: Some(user.to_owned()),
        proxy_password_env: Some(variable.to_owned()),
        ..ProxyArgs::default()
    };
    let none = failing(user("none", "me", "X"));
    assert!(none.message.contains("--proxy none"), "{none}");
    let colon = failing(user("proxy:1", "me:secret", "X"));
    assert!(colon.message.contains("octet 2") && !colon.to_string().contains("secret"), "{colon}");
    let variable = failing(user("proxy:1", "me", "CERTLENS_NO_SUCH_VARIABLE"));
    assert!(variable.message.starts_with("--proxy-password-env CERTLENS_NO_SUCH_VARIABLE"), "{variable}");
}

#[test]
fn a_configuration_counts_before_the_environment() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("diahost.exe.config");
    let section = r#"<defaultProxy><proxy proxyaddress="http://proxy:8888" bypassonlocal="true"/></defaultProxy>"#;
    std::fs::write(&file, format!("<configuration><system.net>{section}</system.net></configuration>")).unwrap();
    let args = ProxyArgs { proxy_from: Some(file.display().to_string()), ..ProxyArgs::default() };
    let proxies = with(args, &[("HTTPS_PROXY", "one:1"), ("NO_PROXY", "*")]).unwrap();
    let expected = (Kind::Http { tls: false }, "proxy:8888".to_owned(), "diahost.exe.config".to_owned());
    assert_eq!(chosen(&proxies, "a.test"), Some(expected));
    assert_eq!(chosen(&proxies, "net.tcp://a.test"), None);
    let local = Target::parse("https://intranet").unwrap();
    let why = proxies.why_direct(&local).unwrap();
    assert_eq!(why, "diahost.exe.config: bypassonlocal exempts names without a dot");
    assert_eq!(proxies.notes().len(), 1);
    let (choice, _) = proxies.for_retrieval().unwrap();
    assert!(proxy::Proxies::new(&choice, None).unwrap().for_tls("a.test", 443).is_some());
}
