//! Servers that do as they should, with openssl's TLS behind them.

use std::process::{Command, Stdio};

use certlens_probe::upgrade::{Asked, Protocol, upgrade};
use certlens_testkit::server::net_tcp::Framing;
use certlens_testkit::server::{Connection, Server, tds, upgrades};

use crate::support::connect;
use crate::support::tls::{TlsServer, talks};

type Treat = fn(Connection, std::net::SocketAddr);

const SCRIPTS: [(Protocol, Treat, &[&str]); 11] = [
    (Protocol::Smtp, upgrades::smtp, &["“220 mail.example.test ESMTP”", "PIPELINING, SIZE 10240000, STARTTLS, HELP"]),
    (Protocol::Imap, upgrades::imap, &["* OK [ALERT] IMAP4rev2 ready", "IMAP4rev1 IMAP4rev2 STARTTLS LOGINDISABLED"]),
    (Protocol::Pop3, upgrades::pop3, &["+OK POP3 ready <1.2@example.test>", "TOP, UIDL, STLS"]),
    (Protocol::Ftp, upgrades::ftp, &["“120 in a moment”", "“220 FTP server”"]),
    (Protocol::Ldap, upgrades::ldap, &[]),
    (Protocol::XmppClient, upgrades::xmpp, &["stream from example.test"]),
    (Protocol::XmppServer, upgrades::xmpp, &["stream from example.test"]),
    (Protocol::Postgres, upgrades::postgres, &[]),
    (Protocol::Mysql, upgrades::mysql, &["8.0.36"]),
    (Protocol::Tds, tds::encrypted, &["SQL Server 16.0.4158"]),
    (Protocol::Rdp, upgrades::rdp, &["chose network level authentication (CredSSP) under TLS"]),
];

#[tokio::test]
async fn each_protocol_comes_to_tls() {
    let behind = TlsServer::start(&[]);
    let address = behind.address();
    for (protocol, treat, notes) in SCRIPTS {
        let server = Server::start(move |connection| treat(connection, address));
        let upgraded = upgrade(protocol, connect(server.port()).await, &Asked::new("127.0.0.1", server.port())).await;
        let upgraded = upgraded.unwrap_or_else(|failure| panic!("{protocol}: {failure:?}"));
        assert_eq!(upgraded.notes, notes, "{protocol}");
        let mut tls = behind.handshake(upgraded.stream).await.unwrap_or_else(|error| panic!("{protocol}: {error}"));
        upgraded.handshake.has_ended();
        talks(&mut tls).await;
    }
}

/// The scripts are not made for certlens alone: openssl's client finds its way as well.
#[test]
fn openssl_comes_to_tls_with_the_same_servers() {
    let behind = TlsServer::start(&[]);
    let address = behind.address();
    for (protocol, treat, _) in SCRIPTS {
        let name = match protocol {
            Protocol::XmppClient => "xmpp",
            Protocol::Tds | Protocol::Rdp => continue,
            other => other.scheme(),
        };
        let server = Server::start(move |connection| treat(connection, address));
        let output = Command::new("openssl")
            .args(["s_client", "-starttls", name, "-brief", "-connect", &format!("127.0.0.1:{}", server.port())])
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains("CONNECTION ESTABLISHED"), "{protocol}: {said}");
    }
}

/// TLS 1.2, whose handshake ends with the server's word, and 1.3, where it ends with the
/// client's and the server's tickets come behind.
#[tokio::test]
async fn handshakes_inside_packets_of_sql_server() {
    for version in ["-tls1_2", "-tls1_3"] {
        let behind = TlsServer::start(&[version]);
        let address = behind.address();
        let server = Server::start(move |connection| tds::encrypted(connection, address));
        let asked = Asked::new("127.0.0.1", server.port());
        let upgraded = upgrade(Protocol::Tds, connect(server.port()).await, &asked).await.unwrap();
        let mut tls = behind.handshake(upgraded.stream).await.unwrap();
        upgraded.handshake.has_ended();
        for _ in 0..3 {
            talks(&mut tls).await;
        }
    }
}

#[tokio::test]
async fn net_tcp_comes_to_tls() {
    let behind = TlsServer::start(&[]);
    let server = Framing::new("/ExternalService.svc/").encrypted(behind.address()).start();
    let asked = Asked::new("127.0.0.1", server.port());
    let upgraded = upgrade(Protocol::NetTcp, connect(server.port()).await, &asked).await.unwrap();
    talks(&mut behind.handshake(upgraded.stream).await.unwrap()).await;
    // Long addresses have lengths of two octets.
    let path = format!("/{}/Service.svc", "a".repeat(200));
    let server = Framing::new(&path).encrypted(behind.address()).start();
    let asked = Asked { via: Some(&path), ..Asked::new("127.0.0.1", server.port()) };
    let upgraded = upgrade(Protocol::NetTcp, connect(server.port()).await, &asked).await.unwrap();
    talks(&mut behind.handshake(upgraded.stream).await.unwrap()).await;
}

/// However an answer is cut into segments.
#[tokio::test]
async fn slow_servers_come_to_tls_as_well() {
    use std::time::Duration;
    let scripts: [(Protocol, &'static [&'static [u8]]); 4] = [
        (Protocol::Smtp, &[b"220 a\r\n", b"250-a\r\n250 STARTTLS\r\n", b"220 go\r\n"]),
        (Protocol::Imap, &[b"* OK a\r\n", b"* CAPABILITY STARTTLS\r\na1 OK\r\n", b"a2 OK\r\n"]),
        (Protocol::Pop3, &[b"+OK\r\n", b"-ERR what\r\n", b"+OK\r\n"]),
        (Protocol::Ftp, &[b"220-a\r\nb\r\n220 c\r\n", b"234 go\r\n"]),
    ];
    for (protocol, answers) in scripts {
        let server = Server::start(move |mut connection| {
            for (index, answer) in answers.iter().enumerate() {
                if index > 0 && !connection.hear_something() {
                    return;
                }
                connection.drip(answer, Duration::from_millis(2));
            }
            connection.wait();
        });
        let asked = Asked::new("127.0.0.1", server.port());
        upgrade(protocol, connect(server.port()).await, &asked).await.unwrap_or_else(|it| panic!("{protocol}: {it:?}"));
    }
}
