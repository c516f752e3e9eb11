//! Through squid to nginx.

use std::time::{Duration, Instant};

use certlens_fetch::{Config, Stage};

use crate::nginx::Nginx;
use crate::served::{cutting, silent};
use crate::squid::{Login, PASSWORD, Squid, USER};
use crate::support::*;

fn start(login: Login) -> Option<(Squid, Nginx, [Server; 2])> {
    let behind = [silent(), cutting()];
    let nginx = Nginx::start(&behind[0], &behind[1])?;
    Some((Squid::start(login)?, nginx, behind))
}

fn trusting(config: Config, nginx: &Nginx) -> Config {
    Config { anchors: vec![nginx.ca.clone()], ..config }
}

#[test]
fn an_open_proxy_forwards() {
    let Some((squid, nginx, _behind)) = start(Login::No) else { return };
    let plain = get(by(&squid.url()), &nginx.url("/ca.crl"));
    assert!(plain.outcome.as_deref() == Ok(&nginx.crl), "{:?}", plain.outcome);
    assert_eq!((plain.proxy, plain.status), (Some(squid.url()), Some(200)));
    assert!(plain.headers.iter().any(|(name, value)| name == "via" && value.contains("squid.test")));
    let secure = get(trusting(by(&squid.url()), &nginx), &nginx.https("/ca.crl"));
    assert!(secure.outcome.as_deref() == Ok(&nginx.crl), "{:?}", secure.outcome);
    let failure = fails(by(&squid.url()), &nginx.https("/ca.crl"));
    assert_eq!((failure.stage, failure.cause), (Stage::Tls, "tls-untrusted"));
    assert!(failure.message.ends_with(&format!("through the proxy {}", squid.authority())), "{failure}");
}

#[test]
fn what_fails_behind_a_proxy() {
    let Some((squid, nginx, _behind)) = start(Login::No) else { return };
    let through = |url: &str| fails(by(&squid.url()), url);
    // The proxy's own words, for plain HTTP and for tunnels.
    for (url, says) in [
        (nginx.url("/denied.crl"), "with 403 Forbidden (ERR_ACCESS_DENIED)"),
        ("http://127.0.0.1:1/ca.crl".to_owned(), "with 403 Forbidden (ERR_ACCESS_DENIED)"),
        ("http://127.0.0.1:2/ca.crl".to_owned(), "with 503 Service Unavailable (ERR_CONNECT_FAIL)"),
        // By its resolver's answer, or by none.
        ("http://no-such-host.invalid/ca.crl".to_owned(), "(ERR_"),
    ] {
        let failure = through(&url);
        assert_eq!((failure.stage, failure.cause), (Stage::Proxy, "proxy-refused"), "{url}: {failure}");
        assert!(failure.message.starts_with(&format!("the proxy {} answered for ", squid.authority())), "{failure}");
        assert!(failure.message.contains(says) && failure.cannot_tell, "{failure}");
        assert!(failure.hint.contains("Ask the proxy's administrator"), "{failure:?}");
    }
    let failure = through(&nginx.url("/broken.crl"));
    assert_eq!((failure.stage, failure.cause), (Stage::Http, "http-status"));
    assert!(failure.message.contains("may be the proxy's own answer"), "{failure}");
    for (url, says) in [
        ("https://127.0.0.1:1/ca.crl", "with 403 Forbidden"),
        ("https://127.0.0.1:2/ca.crl", "with 503 Service Unavailable"),
    ] {
        let failure = through(url);
        assert_eq!((failure.stage, failure.cause, failure.winhttp), (Stage::Proxy, "proxy-refused", Some(12029)));
        assert!(failure.message.contains(says) && failure.cannot_tell, "{failure}");
    }
    // The server's.
    assert!(through(&nginx.url("/missing.crl")).message.contains("404 Not Found"));
    assert_eq!(through(&nginx.url("/page.crl")).cause, "html-page");
    assert_eq!(through(&nginx.url("/private.crl")).cause, "login-page");
    assert_eq!(through(&nginx.url("/metadata.crl")).cause, "address-refused");
    assert_eq!(through(&nginx.url("/huge.crl")).cause, "too-large");
    let begun = Instant::now();
    let failure = fails(by(&squid.url()).with_timeout(Duration::from_secs(1)), &nginx.url("/silent.crl"));
    assert_eq!((failure.stage, failure.cause), (Stage::Http, "timed-out"));
    assert!(begun.elapsed() < Duration::from_secs(5));
}

#[test]
fn a_proxy_that_wants_a_login() {
    let Some((squid, nginx, _behind)) = start(Login::Basic) else { return };
    let with_login = squid.url_with(USER, PASSWORD);
    for url in [nginx.url("/ca.crl"), nginx.https("/ca.crl")] {
        let without = fails(by(&squid.url()), &url);
        assert_eq!(
            (without.stage, without.cause, without.winhttp),
            (Stage::Proxy, "proxy-authentication-required", Some(12015)),
            "{url}"
        );
        assert!(without.message.contains("wants a login (it offers Basic)") && without.cannot_tell, "{without}");
        assert!(without.hint.contains(&format!("http://USER:PASSWORD@{}", squid.authority())), "{without:?}");
        let wrong = fails(by(&squid.url_with(USER, "wrong")), &url);
        assert_eq!(wrong.cause, "proxy-authentication-required");
        assert!(wrong.message.contains("did not accept the user name and password (it offers Basic)"), "{wrong}");
        assert!(!format!("{wrong:?}").contains(USER) && wrong.hint.contains("%40"), "{wrong:?}");
        let right = get(trusting(by(&with_login), &nginx), &url);
        assert!(right.outcome.as_deref() == Ok(&nginx.crl), "{:?}", right.outcome);
        assert_eq!(right.proxy, Some(squid.url()));
        assert!(!format!("{:?}", right.proxy).contains(PASSWORD));
    }
}
