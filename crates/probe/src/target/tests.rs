use super::*;

fn read(text: &str) -> Target {
    Target::parse(text).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn endpoints_are_read_in_every_form() {
    for (text, shown) in [
        ("host.test", "tls://host.test:443"),
        ("Host.Test.:8443", "tls://host.test:8443"),
        ("192.0.2.1", "tls://192.0.2.1:443"),
        ("192.0.2.1:1", "tls://192.0.2.1:1"),
        ("::1", "tls://[::1]:443"),
        ("[2001:db8::1]:65535", "tls://[2001:db8::1]:65535"),
        ("[::1]", "tls://[::1]:443"),
        ("bücher.test", "tls://xn--bcher-kva.test:443"),
        ("https://host.test/path?query#fragment", "https://host.test:443/path?query"),
        ("HTTPS://host.test", "https://host.test:443"),
        ("https://host.test?x", "https://host.test:443/?x"),
        ("ssl://host.test", "tls://host.test:443"),
        ("smtps://host.test", "smtps://host.test:465"),
        ("imaps://host.test", "imaps://host.test:993"),
        ("pop3s://host.test", "pop3s://host.test:995"),
        ("ftps://host.test", "ftps://host.test:990"),
        ("ldaps://host.test", "ldaps://host.test:636"),
        ("smtp://host.test", "smtp://host.test:25"),
        ("imap://host.test", "imap://host.test:143"),
        ("pop3://host.test", "pop3://host.test:110"),
        ("ftp://host.test", "ftp://host.test:21"),
        ("ldap://host.test", "ldap://host.test:389"),
        ("xmpp://host.test", "xmpp://host.test:5222"),
        ("postgresql://host.test", "postgres://host.test:5432"),
        ("mysql://host.test", "mysql://host.test:3306"),
        ("tds://host.test", "mssql://host.test:1433"),
        ("sqlserver://host.test", "mssql://host.test:1433"),
        ("rdp://host.test", "rdp://host.test:3389"),
        ("net.tcp://host.test:8060/Service.svc", "net.tcp://host.test:8060/Service.svc"),
        ("net.tcp://[::1]:8060", "net.tcp://[::1]:8060"),
    ] {
        let target = read(text);
        assert_eq!(target.to_string(), shown, "{text}");
        assert_eq!(read(shown), target, "{shown}");
    }
}

#[test]
fn what_is_wrong_is_said_where() {
    for (text, offset, reason) in [
        ("", 0, "a host was expected"),
        (":443", 0, "a host was expected"),
        ("host:", 5, "a port from 1 to 65535"),
        ("host:0", 5, "a port from 1 to 65535"),
        ("host:+1", 5, "a port from 1 to 65535"),
        ("host:65536", 5, "a port from 1 to 65535"),
        ("https://host.test:x/", 18, "a port from 1 to 65535"),
        ("[::1", 0, "not closed"),
        ("[::1]443", 5, "a colon with the port"),
        ("[host]:443", 1, "an IPv6 address was expected"),
        ("fe80::1%eth0", 7, "a zone"),
        ("a:b:c", 0, "an IPv6 address was expected"),
        ("a b", 1, "a blank"),
        ("http://host.test", 0, "https has"),
        ("gopher://host.test", 0, "known are tls, https"),
        ("https://user:secret@host.test/", 19, "user information"),
        ("https://*.test/", 8, "wildcard"),
        ("1.2.3.400", 0, "looks like an address"),
        ("a..b", 0, "a label is empty"),
    ] {
        let error = Target::parse(text).expect_err(text);
        assert_eq!(error.offset, offset, "{error}");
        assert!(error.to_string().contains(reason), "{error}");
    }
    let long = format!("https://host.test/{}", "x".repeat(5000));
    let error = Target::parse(&long).expect_err("too long");
    assert!(error.to_string().contains("MAX_TARGET_OCTETS") && error.to_string().len() < 300, "{error}");
}

#[test]
fn addresses_are_not_asked_for_by_name() {
    let given = Sni::name("other.test").expect("a name");
    assert_eq!(read("host.test").server_name(&Sni::Host), Some("host.test"));
    assert_eq!(read("host.test").server_name(&Sni::Omit), None);
    assert_eq!(read("host.test").server_name(&given), Some("other.test"));
    assert_eq!(read("192.0.2.1").server_name(&Sni::Host), None);
    assert_eq!(read("[::1]:443").server_name(&Sni::Host), None);
    assert_eq!(read("[::1]:443").server_name(&given), Some("other.test"));
    assert!(Sni::name("192.0.2.1").is_err_and(|error| error.to_string().contains("RFC 6066")));
    assert!(Sni::name("a b").is_err());
}

#[test]
fn only_net_tcp_has_a_via() {
    assert_eq!(read("net.tcp://host.test").via(), Some(DEFAULT_VIA));
    assert_eq!(read("net.tcp://host.test/a/b").via(), Some("/a/b"));
    assert_eq!(read("https://host.test/a/b").via(), None);
}

#[test]
fn another_place_to_connect_to() {
    let dial = |text: &str| Dial::parse(text).map(|dial| (dial.host.to_string(), dial.port));
    assert_eq!(dial("127.0.0.1"), Ok(("127.0.0.1".to_owned(), None)));
    assert_eq!(dial("[::1]:8443"), Ok(("::1".to_owned(), Some(8443))));
    assert_eq!(dial("node-2:1"), Ok(("node-2".to_owned(), Some(1))));
    assert!(dial("https://host.test").is_err());
}

#[test]
fn errors_repeat_no_passwords() {
    for text in
        ["u:SECRET@h", "u:SECRET@h:443", "tls://u:SECRET@h", "smtp://u:SE/CRET@h", "x://u:SECRET@h/a b", "u@SECRET@h"]
    {
        let errors = [Target::parse(text).unwrap_err(), expand(text).unwrap_err()];
        for error in errors {
            assert!(error.text.contains("***@h"), "{error}");
            assert!(!error.to_string().contains("CRET"), "{error}");
        }
    }
    for error in [Dial::parse("u:SECRET@h").unwrap_err(), Sni::name("u:SECRET@h").unwrap_err()] {
        assert!(!error.to_string().contains("SECRET"), "{error}");
    }
    assert!(Dial::parse("u:SECRET@h:1").unwrap_err().reason.contains("user information"));
}
