//! Proxies that want a login.

use certlens_testkit::server::http_proxy::{Reply, start};
use tokio::net::TcpListener;

use crate::support::tls::{TlsServer, talks};
use crate::{HTTP, SECRET, declines, proxy, through, with_login};

const BASIC: &str = "Proxy-Authenticate: Basic realm=\"Corp\"\r\n";
const DIGEST: &str =
    "Proxy-Authenticate: Digest realm=\"Corp\", nonce=\"one\", opaque=\"o\", qop=\"auth\", algorithm=SHA-256\r\n";

fn wanted(challenge: &str) -> Reply {
    Reply::page("407 Proxy Authentication Required", challenge, "<title>Login</title>")
}

/// What was sent as Proxy-Authorization, request by request.
fn logins(heard: &[u8]) -> Vec<String> {
    let heard = String::from_utf8(heard.to_vec()).unwrap();
    let requests = heard.split("\r\n\r\n").filter(|request| !request.is_empty());
    let login = |request: &str| {
        let line = request.lines().find_map(|line| line.strip_prefix("Proxy-Authorization: "));
        line.unwrap_or_default().to_owned()
    };
    requests.map(login).collect()
}

#[tokio::test]
async fn a_login_that_is_not_there_or_not_known() {
    for (challenge, schemes, says, hints) in [
        (BASIC, &["Basic"][..], "wants a login (it offers Basic)", "Give user name and password"),
        (
            "Proxy-Authenticate: Negotiate\r\nProxy-Authenticate: NTLM\r\n",
            &["Negotiate", "NTLM"],
            "(it offers Negotiate, NTLM)",
            "cntlm",
        ),
        ("Proxy-Authenticate: Weird a=b\r\n", &["Weird"], "(it offers Weird)", "Only Basic and Digest"),
        (
            "Proxy-Authenticate: Basic realm=a\r\n",
            &["Basic"],
            "(it offers Basic)",
            "--proxy-user NAME --proxy-password-file FILE",
        ),
        ("", &[], "(it offers no scheme)", "Only Basic and Digest"),
    ] {
        let server = start([wanted(challenge)]);
        let declined = declines(&proxy(HTTP, server.port()), "host.test", 443).await;
        assert_eq!(declined.failure.cause, "proxy-authentication-required", "{declined:?}");
        assert_eq!(declined.failure.windows, [12015]);
        assert!(declined.failure.message.contains(says) && declined.failure.hint.contains(hints), "{declined:?}");
        assert_eq!(declined.report.schemes, schemes);
        assert_eq!((declined.report.title.as_deref(), declined.report.requests), (Some("Login"), 1));
    }
    for (challenge, says) in [
        ("Proxy-Authenticate: NTLM, Negotiate\r\n", "none of them is known here"),
        ("Proxy-Authenticate: Digest realm=a, nonce=b, algorithm=SHA-512-256\r\n", "“SHA-512-256”, which is not known"),
        ("Proxy-Authenticate: Digest realm=a, nonce=b, qop=\"auth-int\"\r\n", "with qop “auth-int” only"),
    ] {
        let server = start([wanted(challenge)]);
        let proxy = with_login(proxy(HTTP, server.port()), "u", SECRET);
        let declined = declines(&proxy, "host.test", 443).await;
        assert_eq!((declined.failure.cause, declined.report.requests), ("proxy-authentication-required", 1));
        assert!(declined.failure.message.contains(says), "{declined:?}");
    }
}

#[tokio::test]
async fn logins_are_made_on_the_same_connection_or_on_another() {
    let behind = TlsServer::start(&[]);
    let page = "HTTP/1.1 407 A\r\nProxy-Authenticate: Basic realm=a\r\n";
    let close = |fields: &str| Reply::Close(format!("{page}{fields}\r\n").into_bytes());
    let keep = |fields: &str| Reply::Keep(format!("{page}{fields}\r\n").into_bytes());
    for (first, connections) in [
        (wanted(BASIC), 1),
        (keep("Content-Length: 0\r\n"), 1),
        (close("Connection: close\r\nContent-Length: 0\r\n"), 2),
        // It says that it keeps the connection, and does not.
        (close("Content-Length: 0\r\n"), 2),
        (keep("Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n"), 2),
        (close("\r\npage without a length"), 2),
        (keep("Content-Length: 1000000\r\n"), 2),
    ] {
        let what = format!("{first:?}");
        let server = start([first, Reply::established(behind.address())]);
        let proxy = with_login(proxy(HTTP, server.port()), "user", SECRET);
        let opened = through(&proxy, "host.test", 443).await.unwrap_or_else(|it| panic!("{what}: {it:?}"));
        assert_eq!(opened.report.authenticated_by, Some("Basic"), "{what}");
        talks(&mut behind.handshake(opened.stream).await.unwrap()).await;
        assert_eq!(server.connections(), connections, "{what}");
        let logins = logins(&server.heard());
        assert_eq!(logins.first().map(String::as_str), Some(""), "{what}");
        // user:sw0rdfish:ä in UTF-8.
        assert_eq!(logins.last().map(String::as_str), Some("Basic dXNlcjpzdzByZGZpc2g6w6Q="), "{what}");
    }
}

#[tokio::test]
async fn digest_comes_before_basic_and_strong_before_weak() {
    let behind = TlsServer::start(&[]);
    let weak = "Proxy-Authenticate: Digest realm=\"Corp\", nonce=\"weak\", qop=\"auth\", algorithm=MD5\r\n";
    let all = format!("{BASIC}{DIGEST}{weak}Proxy-Authenticate: Negotiate\r\n");
    let server = start([wanted(&all), Reply::established(behind.address())]);
    let proxy = with_login(proxy(HTTP, server.port()), "user", SECRET);
    let opened = through(&proxy, "host.test", 443).await.unwrap();
    assert_eq!(opened.report.authenticated_by, Some("Digest"));
    assert_eq!(opened.report.schemes, ["Basic", "Digest", "Negotiate"]);
    let login = logins(&server.heard()).pop().unwrap();
    for part in ["username=\"user\"", "nonce=\"one\"", "uri=\"host.test:443\"", "algorithm=SHA-256", "opaque=\"o\""] {
        assert!(login.contains(part), "{part}: {login}");
    }
    assert!(!login.contains("sw0rdfish"), "{login}");
}

#[tokio::test]
async fn a_stale_nonce_is_no_wrong_password() {
    let behind = TlsServer::start(&[]);
    let fresh = DIGEST.replace("\"one\"", "\"two\"").replace("qop=", "stale=true, qop=");
    let server = start([wanted(DIGEST), wanted(&fresh), Reply::established(behind.address())]);
    let login = with_login(proxy(HTTP, server.port()), "user", SECRET);
    let opened = through(&login, "host.test", 443).await.unwrap();
    assert_eq!(opened.report.requests, 3);
    let all = logins(&server.heard());
    assert!(all[1].contains("nonce=\"one\"") && all[2].contains("nonce=\"two\""), "{all:?}");
    // But not forever.
    let server = start((0..10).map(|_| wanted(&fresh)));
    let declined = declines(&with_login(proxy(HTTP, server.port()), "user", SECRET), "host.test", 443).await;
    assert_eq!((declined.failure.cause, declined.report.requests), ("proxy-credentials-refused", 3));
}

#[tokio::test]
async fn a_wrong_password() {
    for (challenge, scheme) in [(BASIC, "Basic"), (DIGEST, "Digest")] {
        let server = start([wanted(challenge), wanted(challenge), wanted(challenge)]);
        let proxy = with_login(proxy(HTTP, server.port()), "user", SECRET);
        let declined = declines(&proxy, "host.test", 443).await;
        assert_eq!((declined.failure.cause, declined.report.requests), ("proxy-credentials-refused", 2));
        assert_eq!((declined.failure.windows.as_slice(), declined.report.authenticated_by), (&[12015][..], None));
        assert!(
            declined.failure.message.contains(&format!("password by {scheme} (it offers {scheme})")),
            "{declined:?}"
        );
        assert!(!declined.failure.message.contains("user\""), "{declined:?}");
    }
}

/// Logins and challenges that would end a line of the request.
#[tokio::test]
async fn nothing_is_put_into_the_request() {
    let evil = "Proxy-Authenticate: Digest realm=\"a\\\"b\", nonce=\"c\\d\"\r\n";
    for (challenge, user, password) in [
        (BASIC, "user\r\nX-Evil: 1", "p"),
        (BASIC, "user", "p\r\nX-Evil: 1"),
        (BASIC, "us:er", "p"),
        (DIGEST, "user\r\nX-Evil: 1", "p"),
    ] {
        let server = start([wanted(challenge)]);
        let declined = declines(&with_login(proxy(HTTP, server.port()), user, password), "host.test", 443).await;
        assert_eq!(declined.failure.cause, "proxy-authentication-required", "{declined:?}");
        assert!(declined.failure.message.contains("the login has a "), "{declined:?}");
        assert_eq!(server.connections(), 1);
    }
    let server = start([wanted(evil), wanted(evil)]);
    declines(&with_login(proxy(HTTP, server.port()), "u\"s", SECRET), "host.test", 443).await;
    let login = logins(&server.heard()).pop().unwrap();
    assert!(login.starts_with("Digest username=\"u\\\"s\", realm=\"a\\\"b\", nonce=\"cd\", "), "{login}");
}

/// The future can be given to another thread, credentials, closure and all.
#[tokio::test]
async fn a_probe_may_be_spawned() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let task = tokio::spawn(async move {
        let proxy = proxy(HTTP, port);
        let destination = certlens_probe::proxy::Destination::new("a", 1).unwrap();
        let refused = || {
            certlens_probe::Failure::new(certlens_probe::Stage::Connect, "connection-refused", "refused", "start it")
        };
        let timeout = std::time::Duration::from_secs(1);
        certlens_probe::proxy::open(&proxy, &destination, timeout, || async { Err(refused()) }).await.unwrap_err()
    });
    let declined = task.await.unwrap();
    assert_eq!((declined.failure.cause, declined.report.requests), ("connection-refused", 0));
}
