//! Directories, through the public door: OpenLDAP's server on loopback, and a
//! server that answers whatever a test has it say.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "helpers of tests may panic and talk, as tests do"
)]

#[path = "ldap/fake.rs"]
mod fake;
#[path = "ldap/slapd.rs"]
mod slapd;

use std::sync::Arc;
use std::time::Duration;

use certlens_fetch::ldap::{self, Bind, Fetched, Options, Password, Security};
use certlens_fetch::{CAUSES, Failure, PrivateAddresses, What};

fn options() -> Options<'static> {
    Options {
        default_host: None,
        bind: None,
        tls: None,
        timeout: Duration::from_secs(10),
        connect_timeout: Duration::from_secs(10),
        max_octets: 1 << 20,
        private: PrivateAddresses::Allowed,
        spend: &|_| true,
    }
}

fn fetch(url: &str, what: &What, options: &Options<'_>) -> Fetched {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let fetched = runtime.block_on(ldap::fetch(url, what, options));
    // A resolver that does not answer is not waited for.
    runtime.shutdown_background();
    fetched
}

/// A retrieval may be moved to another thread.
#[test]
fn retrievals_can_be_sent() {
    fn can(_: &impl Send) {}
    can(&ldap::fetch("ldap://h/", &What::Crl, &options()));
}

fn failure(fetched: Fetched) -> Failure {
    let failure = fetched.outcome.unwrap_err();
    assert!(CAUSES.contains(&failure.cause), "{failure:?}");
    assert!(!failure.message.is_empty() && !failure.hint.is_empty());
    failure
}

/// Cause, code of WinHTTP, and whether nothing can be told.
fn told(fetched: Fetched) -> (&'static str, Option<u32>, bool) {
    let failure = failure(fetched);
    (failure.cause, failure.winhttp, failure.cannot_tell)
}

fn crl_of(url: &str) -> Fetched {
    fetch(url, &What::Crl, &options())
}

mod real {
    use super::slapd::{Access, BASE, PASSWORD, READER, Slapd};
    use super::*;

    #[test]
    fn a_distribution_point_gives_its_crl() {
        let Some(server) = Slapd::start(Access::Anonymous) else { return };
        let host = server.ldap();
        for url in [
            format!(
                "ldap://{host}/cn=cdp,{BASE}?certificateRevocationList;binary?base?objectClass=cRLDistributionPoint"
            ),
            format!("ldap://{host}/cn=cdp,{BASE}?certificateRevocationList?base?(objectClass=cRLDistributionPoint)"),
            format!("LDAP://{host}/CN=CDP,DC=Example,DC=Test?CERTIFICATEREVOCATIONLIST"),
            format!("ldap://{host}/cn%3Dcdp%2C{BASE}"),
            format!("ldap://{host}/{BASE}?certificateRevocationList?sub?(&(cn=c*p)(!(cn=x)))"),
            format!("ldap://{host}/{BASE}?*?one?cn=cdp"),
        ] {
            let fetched = crl_of(&url);
            assert_eq!(fetched.peer.map(|peer| peer.to_string()), Some(host.clone()));
            assert_eq!(fetched.values, 1);
            assert!(fetched.outcome.unwrap() == server.crl(), "{url}");
        }
    }

    #[test]
    fn an_issuer_s_entry_gives_all_its_certificates() {
        let Some(server) = Slapd::start(Access::Anonymous) else { return };
        for attributes in ["cACertificate", "cACertificate;binary,crossCertificatePair;binary", "", "*"] {
            let url = format!("ldap://{}/cn=ca,{BASE}?{attributes}?base?objectClass=*", server.ldap());
            let fetched = fetch(&url, &What::Certificates, &options());
            assert_eq!(fetched.values, 2);
            let octets = fetched.outcome.unwrap();
            let [first, second] = server.certificates();
            let either = octets == [&first[..], &second].concat() || octets == [&second[..], &first].concat();
            assert!(either, "{url}");
        }
        // The CRL that stands in the same entry.
        let url = format!("ldap://{}/cn=ca,{BASE}", server.ldap());
        assert!(crl_of(&url).outcome.unwrap() == server.crl());
    }

    #[test]
    fn a_url_without_a_host_needs_one() {
        let Some(server) = Slapd::start(Access::Anonymous) else { return };
        let url = format!("ldap:///cn=cdp,{BASE}?certificateRevocationList?base?objectClass=cRLDistributionPoint");
        let failure = failure(crl_of(&url));
        assert_eq!((failure.cause, failure.cannot_tell), ("ldap-host-missing", true));
        assert!(failure.hint.contains("--ldap-host"));
        let with = |host: &str| fetch(&url, &What::Crl, &Options { default_host: Some(host.to_owned()), ..options() });
        assert!(with(&server.ldap()).outcome.unwrap() == server.crl());
        assert_eq!(told(with("no host")).0, "ldap-host-unusable");
        assert_eq!(with("[::1]").server.as_deref(), Some("[::1]:389"));
        // The account's port is taken when none else is given.
        let options = Options { default_host: Some("localhost".to_owned()), ..account(&server, Security::StartTls) };
        assert!(fetch(&url, &What::Crl, &options).outcome.unwrap() == server.crl());
    }

    #[test]
    fn what_is_not_there_is_told_apart() {
        let Some(server) = Slapd::start(Access::Anonymous) else { return };
        let at = |rest: &str| told(crl_of(&format!("ldap://{}/{rest}", server.ldap()))).0;
        assert_eq!(at(&format!("cn=missing,{BASE}")), "ldap-no-such-object");
        assert_eq!(at(&format!("cn=cdp,{BASE}??base?objectClass=pkiCA")), "ldap-no-entry");
        assert_eq!(at(&format!("cn=cdp,{BASE}?deltaRevocationList")), "ldap-no-attribute");
        assert_eq!(at("no name at all"), "ldap-result");
        // The database holds nothing below this, and refers.
        assert_eq!(at("cn=ca,dc=elsewhere,dc=test"), "ldap-referral");
    }

    #[test]
    fn an_answer_beyond_the_limit_is_not_taken() {
        let Some(server) = Slapd::start(Access::Anonymous) else { return };
        let mut options = options();
        options.max_octets = server.crl().len() - 1;
        let url = format!("ldap://{}/cn=cdp,{BASE}", server.ldap());
        assert_eq!(told(fetch(&url, &What::Crl, &options)).0, "too-large");
        options.max_octets += 1;
        assert!(fetch(&url, &What::Crl, &options).outcome.is_ok());
    }

    #[test]
    fn servers_that_want_to_know_the_reader_say_nothing_about_the_entry() {
        let Some(server) = Slapd::start(Access::Authenticated) else { return };
        let url = format!("ldap://{}/cn=cdp,{BASE}?certificateRevocationList", server.ldap());
        assert_eq!(told(crl_of(&url)), ("ldap-bind-required", None, true));
        let Some(server) = Slapd::start(Access::Hidden) else { return };
        let url = format!("ldap://{}/cn=cdp,{BASE}?certificateRevocationList", server.ldap());
        let failure = failure(crl_of(&url));
        assert!(["ldap-no-such-object", "ldap-bind-required"].contains(&failure.cause), "{failure:?}");
        assert!(failure.hint.contains("anonymous"), "{failure:?}");
    }

    fn account(server: &Slapd, security: Security) -> Options<'static> {
        let port = match security {
            Security::StartTls => server.ldap_port(),
            Security::Ldaps => server.ldaps_port(),
        };
        let bind = Bind {
            dn: READER.to_owned(),
            password: Password::new(PASSWORD.into()),
            host: "localhost".to_owned(),
            port: Some(port),
            security,
        };
        Options { bind: Some(bind), tls: Some(Arc::new(server.tls())), ..options() }
    }

    #[test]
    fn an_account_reads_under_tls() {
        let Some(server) = Slapd::start(Access::Authenticated) else { return };
        let path = format!("cn=cdp,{BASE}?certificateRevocationList");
        for (security, url) in [
            (Security::StartTls, format!("ldap:///{path}")),
            (Security::StartTls, format!("ldap://localhost/{path}")),
            (Security::Ldaps, format!("ldap:///{path}")),
            (Security::Ldaps, format!("ldaps://LOCALHOST/{path}")),
        ] {
            let fetched = fetch(&url, &What::Crl, &account(&server, security));
            assert!(fetched.outcome.unwrap() == server.crl(), "{url}");
        }
        assert!(!format!("{:?}", account(&server, Security::Ldaps)).contains(PASSWORD));
    }

    #[test]
    fn an_account_goes_nowhere_else_and_never_in_the_open() {
        let Some(server) = Slapd::start(Access::Authenticated) else { return };
        let path = format!("cn=cdp,{BASE}?certificateRevocationList");
        let unnamed = format!("ldap:///{path}");
        // Another host is asked without it.
        let other = format!("ldap://127.0.0.1:{}/{path}", server.ldap_port());
        assert_eq!(told(fetch(&other, &What::Crl, &account(&server, Security::StartTls))).0, "ldap-bind-required");
        let other = format!("ldaps://127.0.0.1:{}/{path}", server.ldaps_port());
        assert_eq!(told(fetch(&other, &What::Crl, &account(&server, Security::Ldaps))).0, "scheme-refused");
        for security in [Security::StartTls, Security::Ldaps] {
            let with = |change: &dyn Fn(&mut Options<'_>)| {
                let mut options = account(&server, security);
                change(&mut options);
                told(fetch(&unnamed, &What::Crl, &options))
            };
            let trusts_nobody = Arc::new(slapd::tls_with(&[]));
            assert_eq!(with(&|it| it.tls = Some(Arc::clone(&trusts_nobody))).0, "tls-untrusted");
            assert_eq!(with(&|it| it.tls = None), ("ldap-bind-unsafe", None, true));
            let password = |text: &'static str| {
                move |it: &mut Options<'_>| it.bind.as_mut().unwrap().password = Password::new(text.into())
            };
            assert_eq!(with(&password("wrong")), ("ldap-bind-refused", None, true));
            assert_eq!(with(&password("")).0, "ldap-password-empty");
        }
    }
}

mod pretended {
    use super::fake::{self, AD_FAREWELL, AD_TEXT, Server};
    use super::*;

    fn ask(server: &Server) -> Fetched {
        crl_of(&format!("ldap://{}/o=x?certificateRevocationList", server.address))
    }

    #[test]
    fn active_directory_s_refusal_is_recognised() {
        let server = Server::start(|it| it.answer(&fake::done(1, AD_TEXT)));
        let fetched = ask(&server);
        assert_eq!(fetched.peer, Some(server.address));
        let failure = failure(fetched);
        assert_eq!((failure.cause, failure.cannot_tell), ("ldap-bind-required", true));
        assert!(failure.message.contains("DSID-0C090A5C") && failure.hint.contains("domain"), "{failure:?}");
    }

    #[test]
    fn active_directory_s_empty_values_are_none() {
        let server = Server::start(|it| {
            it.answer(&fake::entry("certificateRevocationList", &[b"\0"]));
            it.answer(&fake::done(0, ""));
        });
        assert_eq!(told(ask(&server)).0, "ldap-value-empty");
    }

    #[test]
    fn an_answer_may_come_in_pieces() {
        let server = Server::start(|it| {
            let mut all = fake::message(&fake::entry("certificateRevocationList;binary", &[b"crl"]));
            all.extend(fake::message(&fake::done(0, "")));
            for octet in all {
                it.send(&[octet]);
            }
        });
        assert_eq!(ask(&server).outcome.unwrap(), b"crl");
    }

    #[test]
    fn referrals_are_told_and_not_followed() {
        let elsewhere = Server::start(|it| it.answer(&fake::done(0, "")));
        let to = format!("ldap://user:secret@{}/o=x", elsewhere.address);
        let referral = to.clone();
        let server = Server::start(move |it| it.answer(&fake::referral(&referral)));
        let first = failure(ask(&server));
        let server = Server::start(move |it| {
            it.answer(&fake::continued(&to));
            it.answer(&fake::done(0, ""));
        });
        for failure in [first, failure(ask(&server))] {
            assert_eq!(failure.cause, "ldap-referral");
            assert!(failure.message.contains(&elsewhere.address.to_string()), "{failure:?}");
            assert!(!failure.message.contains("secret"), "{failure:?}");
        }
        assert!(!elsewhere.was_asked());
    }

    #[test]
    fn what_is_not_ldap_is_called_so() {
        for garbage in [
            &b"HTTP/1.1 400 Bad Request\r\n\r\n"[..],
            b"\x15\x03\x01\x00\x02\x02\x46",
            b"\x30\x80",
            b"\x30\x05garba",
            b"\x30\x0c\x02\x01\x02\x65\x07\x0a\x01\x00\x04\x00\x04\x00",
            b"\x30\x0c\x02\x01\x01\x61\x07\x0a\x01\x00\x04\x00\x04\x00",
            b"\x30\x00",
        ] {
            let server = Server::start(move |it| it.send(garbage));
            assert_eq!(told(ask(&server)).0, "malformed-answer", "{garbage:02x?}");
        }
    }

    #[test]
    fn an_answer_without_end_ends() {
        // Announced, and sent bit by bit.
        let announced = Server::start(|it| it.send(b"\x30\x84\x7f\xff\xff\xff\x02\x01\x01"));
        let endless = Server::start(|it| {
            let filler = fake::entry("other", &[&[7; 60_000]]);
            while it.try_answer(&filler) {}
        });
        let many = Server::start(|it| {
            let filler = fake::entry("other", &[]);
            while it.try_answer(&filler) {}
        });
        let values = Server::start(|it| it.answer(&fake::entry("certificateRevocationList", &[&b"v"[..]; 5_000])));
        for server in [announced, endless, many, values] {
            assert_eq!(told(ask(&server)).0, "too-large");
        }
    }

    #[test]
    fn silence_costs_the_time_out() {
        let server = Server::start(|it| it.wait());
        let mut options = options();
        options.timeout = Duration::from_millis(300);
        let start = std::time::Instant::now();
        let url = format!("ldap://{}/o=x", server.address);
        assert_eq!(told(fetch(&url, &What::Crl, &options)), ("timed-out", Some(12002), false));
        assert!(start.elapsed() < Duration::from_secs(3));
        // One octet now and then does not prolong it.
        let server = Server::start(|it| {
            for octet in fake::message(&fake::done(0, "")).into_iter().cycle() {
                std::thread::sleep(Duration::from_millis(50));
                if !it.try_send(&[octet & 0x30]) {
                    return;
                }
            }
        });
        let url = format!("ldap://{}/o=x", server.address);
        let start = std::time::Instant::now();
        failure(fetch(&url, &What::Crl, &options));
        assert!(start.elapsed() < Duration::from_secs(3));
    }

    #[test]
    fn hanging_up_is_told() {
        let server = Server::start(|_| {});
        assert_eq!(told(ask(&server)), ("connection-reset", Some(12030), false));
        let server = Server::start(|it| it.send(AD_FAREWELL));
        assert_eq!(told(ask(&server)).0, "ldap-disconnected");
    }

    #[test]
    fn nothing_said_before_tls_is_believed() {
        let server = Server::start(|it| {
            let mut answer = fake::message(&fake::extended(0));
            answer.extend(fake::message(&fake::done(0, "injected")));
            it.send(&answer);
            it.wait();
        });
        let refusing = Server::start(|it| it.answer(&fake::extended(2)));
        let asked = |server: &Server| {
            let bind = Bind {
                dn: "cn=reader".to_owned(),
                password: Password::new(b"secret".into()),
                host: "127.0.0.1".to_owned(),
                port: Some(server.address.port()),
                security: Security::StartTls,
            };
            let tls = Some(Arc::new(slapd::tls_with(&[])));
            told(fetch("ldap:///o=x", &What::Crl, &Options { bind: Some(bind), tls, ..options() })).0
        };
        assert_eq!(asked(&server), "malformed-answer");
        assert_eq!(asked(&refusing), "ldap-start-tls-refused");
        for server in [server, refusing] {
            assert!(!server.heard().windows(6).any(|heard| heard == b"secret"));
        }
    }

    #[test]
    fn only_permitted_addresses_are_connected_to() {
        let server = Server::start(|it| it.answer(&fake::done(0, "")));
        let port = server.address.port();
        for host in ["127.0.0.1", "localhost", "2130706433", "127.1"] {
            let options = Options { private: PrivateAddresses::Refused, ..options() };
            let fetched = fetch(&format!("ldap://{host}:{port}/o=x"), &What::Crl, &options);
            assert_eq!(fetched.peer, None);
            assert_eq!(told(fetched), ("private-address-refused", None, true), "{host}");
        }
        assert!(!server.was_asked());
    }

    #[test]
    fn unreachable_servers_are_told_apart() {
        // Of tcpmux, which nobody offers.
        let port = 1;
        let refused = failure(crl_of(&format!("ldap://127.0.0.1:{port}/o=x")));
        assert_eq!((refused.cause, refused.winhttp), ("connection-refused", Some(12029)));
        assert!(refused.hint.contains(&format!("127.0.0.1:{port}")), "{refused:?}");
        let mut options = options();
        options.timeout = Duration::from_secs(3);
        let (cause, code, _) = told(fetch("ldap://no-such-host.invalid/o=x", &What::Crl, &options));
        assert!(matches!((cause, code), ("name-not-resolved", Some(12007)) | ("timed-out", Some(12002))), "{cause}");
    }

    #[test]
    fn unusable_urls_ask_nobody() {
        for (url, cause, code) in [
            ("http://h/", "scheme-refused", Some(12006)),
            ("ldaps://h/", "scheme-refused", Some(12006)),
            ("ldap://u:secret@h/", "url-malformed", Some(12005)),
            ("ldap://h/???(", "url-malformed", Some(12005)),
            ("ldap://h/????!x", "ldap-extension-unknown", None),
        ] {
            let failure = failure(crl_of(url));
            assert_eq!((failure.cause, failure.winhttp), (cause, code), "{url}");
            assert!(!failure.message.contains("secret"));
        }
        let ocsp = fetch("ldap://h/", &What::Ocsp(Vec::new()), &options());
        assert_eq!(told(ocsp).0, "ldap-for-ocsp");
    }
}
