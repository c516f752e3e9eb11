use super::*;

fn of(section: &str) -> Result<ProxyConfig, Failure> {
    let text = format!("<configuration>\n<system.net>{section}</system.net></configuration>");
    ProxyConfig::of("C:\\Program Files\\diahost.exe.config", text.as_bytes())
}

#[track_caller]
fn direct(section: &str, scheme: &str, host: &str, port: u16, expected: Option<&str>) {
    let config = of(section).unwrap();
    match (config.way(scheme, host, port).unwrap(), expected) {
        (Way::Direct(why), Some(word)) => assert!(why.contains(word), "{why}"),
        (Way::Proxy(proxy), None) => assert_eq!((proxy.host(), proxy.port()), ("proxy.domain.org", 8888)),
        (way, _) => panic!("{section}: {host}: {way:?}"),
    }
}

#[track_caller]
fn failing(section: &str, message: &str, advice: &str) {
    let failure = of(section).unwrap_err();
    assert!(failure.message.contains(message), "{failure}");
    assert!(failure.advice.as_ref().unwrap().contains(advice), "{failure}");
    assert!(failure.message.starts_with("C:\\Program Files\\diahost.exe.config: "), "{failure}");
}

#[test]
fn the_proxy_and_what_goes_without_it() {
    let section = r#"<defaultProxy enabled="true">
        <proxy bypassonlocal="true" proxyaddress="http://proxy.domain.org:8888/"/>
        <bypasslist><add address="[a-z]+\.contoso\.com$"/><add address="10\.0\.\d+\.\d+"/></bypasslist>
        </defaultProxy>"#;
    direct(section, "https", "eu.frontend.clouddatahub.net", 443, None);
    direct(section, "tls", "a.contoso.org", 8443, None);
    direct(section, "https", "WWW.contoso.com", 443, Some(r"[a-z]+\.contoso\.com$"));
    direct(section, "https", "www.contoso.com", 8443, None);
    direct(section, "https", "10.0.1.2", 443, Some("bypass list"));
    direct(section, "https", "intranet", 443, Some("without a dot"));
    direct(section, "https", "fd00::1", 443, None);
    direct(section, "https", "localhost", 443, Some("this machine"));
    direct(section, "https", "::1", 443, Some("this machine"));
    direct(section, "net.tcp", "node2.contoso.org", 8060, Some("net.tcp: goes without it"));
    assert_eq!(of(section).unwrap().name, "diahost.exe.config");
    let open = r#"<defaultProxy><proxy proxyaddress="HTTP://proxy.domain.org:8888"/></defaultProxy>"#;
    direct(open, "https", "intranet", 443, None);
    assert!(of(open).unwrap().notes.is_empty());
}

/// As DefaultProxySectionInternal and WebProxy of .NET Framework put them together.
#[test]
fn settings_without_an_address() {
    for section in [
        r#"<defaultProxy enabled="false"><proxy proxyaddress="http://a"/></defaultProxy>"#,
        r#"<defaultProxy><proxy usesystemdefault="false"/></defaultProxy>"#,
        r#"<defaultProxy><proxy bypassonlocal="true"/></defaultProxy>"#,
        r#"<defaultProxy><bypasslist><add address="a"/></bypasslist></defaultProxy>"#,
        r#"<defaultProxy><proxy autoDetect="false" usesystemdefault="true"/></defaultProxy>"#,
        r#"<defaultProxy><proxy autoDetect="true" bypassonlocal="false"/></defaultProxy>"#,
    ] {
        direct(section, "https", "example.com", 443, Some("no proxy"));
        assert!(matches!(of(section).unwrap().for_retrieval(), Ok(ProxyChoice::None)), "{section}");
    }
    for section in [
        "",
        "<defaultProxy/>",
        r#"<defaultProxy useDefaultCredentials="true"/>"#,
        r#"<defaultProxy enabled="true"><proxy autoDetect="unspecified"/></defaultProxy>"#,
        r#"<defaultProxy><proxy usesystemdefault="true"/></defaultProxy>"#,
        r#"<defaultProxy><proxy usesystemdefault="true" bypassonlocal="true"/></defaultProxy>"#,
    ] {
        failing(section, "the proxy of the Windows account", "GetSystemWebProxy");
    }
    failing("", "it has no <defaultProxy>", "--proxy none");
}

#[test]
fn what_others_choose_is_named_with_the_next_step() {
    let script = r#"<defaultProxy><proxy scriptLocation="http://u:secret@wpad/wpad.dat"/></defaultProxy>"#;
    failing(script, "the script http://wpad/wpad.dat (PAC)", "FindProxyForURL");
    failing(r#"<defaultProxy><proxy autoDetect="true"/></defaultProxy>"#, "wpad.dat", "PROXY host:port");
    failing(r#"<defaultProxy><module type="My.Proxy, My"/></defaultProxy>"#, "My.Proxy, My", "--proxy URL");
    // A URL does not belong there, and may be there.
    failing(r#"<defaultProxy><module type="http://u:SECRET@x"/></defaultProxy>"#, "own, http://x", "--proxy URL");
    failing(r#"<defaultProxy configSource="proxy.config"/>"#, "proxy.config", "give that file");
    failing("<defaultProxy configProtectionProvider='x'><EncryptedData/></defaultProxy>", "encrypted", "decrypted");
    let overruled =
        r#"<defaultProxy><proxy autoDetect="true" proxyaddress="http://proxy.domain.org:8888"/></defaultProxy>"#;
    direct(overruled, "https", "example.com", 443, None);
    assert!(of(overruled).unwrap().notes.iter().any(|note| note.contains("autoDetect")));
    let script = ProxyConfig::of("a.txt", b"function FindProxyForURL(url, host) { return 'DIRECT'; }").unwrap_err();
    assert!(script.message.contains("PAC"), "{script}");
    let script = ProxyConfig::read("http://u:secret@wpad/wpad.dat").unwrap_err();
    assert!(script.message.starts_with("http://wpad/wpad.dat: it is a script"), "{script}");
}

#[test]
fn addresses_that_dot_net_cannot_use() {
    let of_address = |address: &str| format!("<defaultProxy>\n<proxy proxyaddress='{address}'/></defaultProxy>");
    failing(&of_address("proxy:8080"), "line 3, column 1: proxyaddress is no URL; http://HOST:PORT", "correct it");
    failing(&of_address("https://user:secret@proxy"), "is a URL with https:", "http: alone");
    let failure = of(&of_address("http://user:secret@")).unwrap_err();
    assert!(failure.message.contains("line 3, column 1") && !failure.message.contains("secret"), "{failure}");
    let failure = of(&of_address("user:secret@proxy")).unwrap_err();
    assert!(!failure.to_string().contains("secret"), "{failure}");
}

#[test]
fn expressions_that_are_not_understood_are_named() {
    let section = |entries: &str| {
        let proxy = "<proxy proxyaddress='http://proxy.domain.org:8888' usesystemdefault='true' bypassonlocal='true'/>";
        format!("<defaultProxy useDefaultCredentials='true'>{proxy}<bypasslist>{entries}</bypasslist></defaultProxy>")
    };
    failing(&section("<add address='*.contoso.com'/>"), "refuses this one", r"(^|\.|/)contoso\.com$");
    let config = of(&section(r"<add address='^https://(?!www)'/><add address='\.b\.test$'/>")).unwrap();
    // Another entry decides.
    assert!(matches!(config.way("https", "a.b.test", 443), Ok(Way::Direct(_))));
    let failure = config.way("https", "a.test", 443).unwrap_err();
    assert!(failure.message.contains("^https://(?!www)") && failure.advice.is_some(), "{failure}");
    assert!(config.for_retrieval().is_err());
    for word in ["(?!www)", "bypassonlocal", "usesystemdefault", "useDefaultCredentials"] {
        assert!(config.notes.iter().any(|note| note.contains(word)), "{word}: {:?}", config.notes);
    }
}

#[test]
fn files_are_read_as_windows_writes_them() {
    let text = "<?xml version=\"1.0\" encoding=\"utf-16\"?><defaultProxy enabled=\"false\"/><!-- é😀 -->";
    let units: Vec<u16> = text.encode_utf16().collect();
    let little: Vec<u8> = [0xff, 0xfe].into_iter().chain(units.iter().flat_map(|unit| unit.to_le_bytes())).collect();
    let big: Vec<u8> = [0xfe, 0xff].into_iter().chain(units.iter().flat_map(|unit| unit.to_be_bytes())).collect();
    let marked = [b"\xef\xbb\xbf", text.as_bytes()].concat();
    for octets in [text.as_bytes(), &little, &big, &marked] {
        assert!(ProxyConfig::of("a", octets).is_ok());
    }
    for (octets, message) in [
        (&b"<a>\xff</a>"[..], "a: octet 3: UTF-8, or UTF-16 with its mark, was expected"),
        (b"\xef\xbb\xbf\xff", "a: octet 3: UTF-8"),
        (b"\xff\xfe<\0\x00\xd8<\0", "a: octet 4: a whole character of UTF-16"),
        (b"\xff\xfe<\0a", "a: octet 4: a whole character of UTF-16"),
        (&vec![b' '; MAX_CONFIG_OCTETS + 1], "MAX_CONFIG_OCTETS"),
        (b"[section]", "line 1, column 1: there is no element; <configuration> was expected"),
    ] {
        let failure = ProxyConfig::of("a", octets).unwrap_err();
        assert!(failure.message.contains(message), "{failure}");
    }
}
