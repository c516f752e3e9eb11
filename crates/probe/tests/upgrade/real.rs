//! Real servers, where they are installed.

use std::net::SocketAddr;

use certlens_probe::Failure;
use certlens_probe::upgrade::{Asked, Protocol, Upgraded, upgrade};
use certlens_testkit::program::{Dovecot, Exim, MariaDb, PostgreSql, Slapd};

use crate::support::connect;
use crate::support::tls::{handshake, presented};

async fn asks(protocol: Protocol, server: SocketAddr) -> Result<Upgraded, Failure> {
    upgrade(protocol, connect(server.port()).await, &Asked::new("127.0.0.1", server.port())).await
}

/// It comes to TLS; what the server said before.
async fn upgrades(protocol: Protocol, server: SocketAddr) -> Vec<String> {
    let upgraded = asks(protocol, server).await.unwrap_or_else(|failure| panic!("{protocol}: {failure:?}"));
    handshake(upgraded.stream).await.unwrap_or_else(|error| panic!("{protocol}: {error}"));
    upgraded.notes
}

/// The server has no TLS; the sentence about it.
async fn does_not_offer(protocol: Protocol, server: SocketAddr) -> String {
    let failure = asks(protocol, server).await.unwrap_err();
    assert_eq!(failure.cause, "upgrade-not-offered", "{failure:?}");
    failure.message
}

#[tokio::test]
async fn openldap() {
    let Some(server) = Slapd::start(Some(&presented())) else { return };
    upgrades(Protocol::Ldap, server.address()).await;
    let Some(server) = Slapd::start(None) else { return };
    let message = does_not_offer(Protocol::Ldap, server.address()).await;
    assert!(message.contains("2, protocolError (“unsupported extended operation”)"), "{message}");
}

#[tokio::test]
async fn postgresql() {
    let Some(server) = PostgreSql::start(Some(&presented())) else { return };
    upgrades(Protocol::Postgres, server.address()).await;
    let Some(server) = PostgreSql::start(None) else { return };
    does_not_offer(Protocol::Postgres, server.address()).await;
}

#[tokio::test]
async fn mariadb() {
    let Some(server) = MariaDb::start(Some(&presented())) else { return };
    let notes = upgrades(Protocol::Mysql, server.address()).await;
    assert!(notes[0].contains("MariaDB"), "{notes:?}");
    let Some(server) = MariaDb::start(None) else { return };
    let message = does_not_offer(Protocol::Mysql, server.address()).await;
    assert!(message.contains("MariaDB"), "{message}");
}

#[tokio::test]
async fn exim() {
    let Some(server) = Exim::start(Some(&presented())) else { return };
    let notes = upgrades(Protocol::Smtp, server.address()).await;
    assert!(notes[0].contains("mail.test ESMTP Exim"), "{notes:?}");
    let Some(server) = Exim::start(None) else { return };
    does_not_offer(Protocol::Smtp, server.address()).await;
}

#[tokio::test]
async fn dovecot() {
    let Some(server) = Dovecot::start(Some(&presented())) else { return };
    let notes = upgrades(Protocol::Imap, server.imap()).await;
    assert!(notes[0].contains("Dovecot"), "{notes:?}");
    upgrades(Protocol::Pop3, server.pop3()).await;
    let Some(server) = Dovecot::start(None) else { return };
    does_not_offer(Protocol::Imap, server.imap()).await;
    does_not_offer(Protocol::Pop3, server.pop3()).await;
}
