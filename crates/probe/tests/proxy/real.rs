//! squid.

use certlens_testkit::program::{Login, PASSWORD, Squid, USER};

use crate::support::tls::{TlsServer, talks};
use crate::{HTTP, declines, proxy, through, with_login};

#[tokio::test]
async fn an_open_proxy() {
    let Some(squid) = Squid::start(Login::No) else { return };
    let behind = TlsServer::start(&[]);
    let open = proxy(HTTP, squid.address().port());
    let opened = through(&open, "127.0.0.1", behind.address().port()).await.unwrap();
    assert_eq!((opened.report.status, opened.report.requests), (Some(200), 1));
    talks(&mut behind.handshake(opened.stream).await.unwrap()).await;

    let forbidden = declines(&open, "127.0.0.1", 1).await;
    assert_eq!(forbidden.failure.cause, "proxy-forbids");
    assert!(forbidden.failure.message.contains("ERR_ACCESS_DENIED"), "{forbidden:?}");
    assert_eq!(forbidden.report.title.as_deref(), Some("ERROR: The requested URL could not be retrieved"));
    assert!(forbidden.report.headers.iter().any(|(name, value)| name == "via" && value.contains("squid.test")));

    let refused = declines(&open, "127.0.0.1", 2).await;
    assert_eq!(refused.failure.cause, "proxy-cannot-connect");
    assert!(refused.failure.message.contains("503 Service Unavailable (ERR_CONNECT_FAIL"), "{refused:?}");
    // By its resolver's answer, or by none in time.
    let unknown = declines(&open, "no-such-host.invalid", 443).await;
    assert!(
        matches!(unknown.failure.cause, "proxy-name-unresolved" | "proxy-cannot-connect" | "proxy-silent"),
        "{unknown:?}"
    );
}

#[tokio::test]
async fn logins() {
    let behind = TlsServer::start(&[]);
    for (login, scheme, schemes) in [
        (Login::Basic, "Basic", &["Basic"][..]),
        (Login::Digest, "Digest", &["Digest"]),
        (Login::Both, "Digest", &["Digest", "Basic"]),
    ] {
        let Some(squid) = Squid::start(login) else { return };
        let without = declines(&proxy(HTTP, squid.address().port()), "127.0.0.1", behind.address().port()).await;
        assert_eq!(without.failure.cause, "proxy-authentication-required", "{without:?}");
        assert_eq!(without.report.schemes, schemes);
        let wrong = with_login(proxy(HTTP, squid.address().port()), USER, "wrong");
        let wrong = declines(&wrong, "127.0.0.1", behind.address().port()).await;
        assert_eq!(wrong.failure.cause, "proxy-credentials-refused", "{wrong:?}");
        assert!(!format!("{wrong:?}").contains(USER), "{wrong:?}");
        let right = with_login(proxy(HTTP, squid.address().port()), USER, PASSWORD);
        let opened = through(&right, "127.0.0.1", behind.address().port()).await;
        let opened = opened.unwrap_or_else(|declined| panic!("{scheme}: {declined:?}"));
        assert_eq!((opened.report.authenticated_by, opened.report.requests), (Some(scheme), 2));
        talks(&mut behind.handshake(opened.stream).await.unwrap()).await;
    }
}
