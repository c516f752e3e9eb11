//! Another protocol at the port than the one that was asked for.

use std::time::Duration;

use certlens_probe::Failure;
use certlens_probe::upgrade::{Asked, Protocol, is_unexplained, second_look, upgrade};
use certlens_testkit::server::{Server, tds, upgrades};
use tokio::task::JoinSet;

use crate::support::connect;
use crate::support::tls::TlsServer;

/// Time enough even on a machine that is busy.
const LONG: Duration = Duration::from_secs(30);
/// Where a server may be waiting for the client, as the client for it.
const SHORT: Duration = Duration::from_millis(800);

async fn fails(timeout: Duration, protocol: Protocol, port: u16) -> Failure {
    let asked = Asked { timeout, ..Asked::new("127.0.0.1", port) };
    let failure = upgrade(protocol, connect(port).await, &asked).await.unwrap_err();
    if !is_unexplained(&failure) {
        return failure;
    }
    second_look(protocol, failure, connect(port).await, &Asked { timeout: LONG, ..asked }).await
}

/// Whichever speaks first, and whether or not TLS complains about what it was sent.
#[tokio::test]
async fn tls_from_the_beginning() {
    let server = TlsServer::start(&[]);
    let port = server.address().port();
    for protocol in Protocol::ALL {
        let failure = fails(SHORT, protocol, port).await;
        assert_eq!(failure.cause, "upgrade-plain-tls", "{protocol}: {failure:?}");
        assert!(failure.hint.contains(&format!("tls://127.0.0.1:{port}")), "{protocol}: {failure:?}");
        assert_eq!(failure.windows, [0x8009_0308], "{protocol}");
    }
}

#[tokio::test]
async fn a_web_server() {
    let answer = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n".as_slice();
    let mut all = JoinSet::new();
    for protocol in Protocol::ALL {
        all.spawn(async move {
            // One that waits for a request, as web servers do.
            let server = Server::answering(answer);
            let failure = fails(SHORT, protocol, server.port()).await;
            assert_eq!(failure.cause, "upgrade-plain-http", "{protocol}: {failure:?}");
            assert!(failure.message.contains("“HTTP/1.1 400 Bad Request”"), "{protocol}: {failure:?}");
            assert!(failure.hint.contains(&format!("https://127.0.0.1:{}/", server.port())), "{protocol}: {failure:?}");
        });
    }
    all.join_all().await;
}

/// Every protocol asked of every other one that speaks first.
#[tokio::test]
async fn one_another() {
    let greetings: [(&[Protocol], &str, Vec<u8>); 6] = [
        (&[Protocol::Smtp], "SMTP", b"220 a ESMTP\r\n".to_vec()),
        (&[Protocol::Ftp], "FTP", b"220 FTP ready\r\n".to_vec()),
        (&[Protocol::Imap], "IMAP", b"* OK a\r\n".to_vec()),
        (&[Protocol::Pop3], "POP3", b"+OK a\r\n".to_vec()),
        (&[Protocol::Mysql], "MySQL", upgrades::mysql_greeting(0xffff)),
        (&[], "SSH", b"SSH-2.0-OpenSSH_9.2\r\n".to_vec()),
    ];
    let mut all = JoinSet::new();
    for (own, name, greeting) in greetings {
        for protocol in Protocol::ALL.into_iter().filter(|protocol| !own.contains(protocol)) {
            let server = Server::saying(greeting.clone());
            all.spawn(async move {
                let failure = fails(LONG, protocol, server.port()).await;
                assert_eq!(failure.cause, "upgrade-other-protocol", "{protocol} of {name}: {failure:?}");
                assert!(failure.message.contains(&format!(" speaks {name}, not ")), "{protocol}: {failure:?}");
            });
        }
    }
    all.join_all().await;
}

/// Those that answer only.
#[tokio::test]
async fn of_those_that_answer() {
    for (protocol, name, answer) in [
        (Protocol::NetTcp, "SQL Server", tds::response(1)),
        (Protocol::Tds, "net.tcp", certlens_testkit::server::net_tcp::fault_record("UnsupportedVersion")),
        (Protocol::Tds, "RDP", vec![3, 0, 0, 11, 6, 0x80, 0, 0, 0, 0, 0]),
        (Protocol::Ldap, "SOCKS5 proxy", vec![5, 0xff]),
        (Protocol::Rdp, "PostgreSQL", b"E\0\0\0\x10SFATAL\0C\0M\0\0\0".to_vec()),
        (Protocol::Postgres, "LDAP", b"0\x0c\x02\x01\x00x\x07\n\x01\x02\x04\x00\x04\x00".to_vec()),
        (Protocol::Postgres, "XMPP", b"<stream:error/>".to_vec()),
        (Protocol::Imap, "VNC", b"RFB 003.008\n".to_vec()),
        (Protocol::Pop3, "telnet", b"\xff\xfd\x18\xff\xfd\x20".to_vec()),
    ] {
        let server = Server::saying(answer);
        let failure = fails(LONG, protocol, server.port()).await;
        assert_eq!(failure.cause, "upgrade-other-protocol", "{name}: {failure:?}");
        assert!(failure.message.contains(name), "{name}: {failure:?}");
    }
}

/// The protocol itself is no other explanation, and neither is silence.
#[tokio::test]
async fn what_stays_unexplained() {
    let server = Server::silent();
    let failure = fails(SHORT, Protocol::NetTcp, server.port()).await;
    assert_eq!((failure.cause, failure.windows.as_slice()), ("upgrade-silent", &[10060][..]));
    assert_eq!(server.connections(), 2);
}
