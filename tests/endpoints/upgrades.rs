//! Protocols that come to TLS by a request of their own.

use std::net::SocketAddr;

use certlens_testkit::program::{Dovecot, Exim, MariaDb, PostgreSql, Slapd};
use certlens_testkit::server::{Connection, Server, tds, upgrades};

use crate::lab::Lab;
use crate::row::{Row, Served, go_through};

/// A server of ours that comes to TLS so, with nginx's TLS.
fn scripted(lab: &Lab, treat: fn(Connection, SocketAddr)) -> Option<Served> {
    let behind = lab.site("good")?.address();
    Served::server(Server::start(move |connection| treat(connection, behind)))
}

fn exim(with_tls: bool, lab: &Lab) -> Option<Served> {
    let server = Exim::start(with_tls.then(|| lab.pki.good()).as_ref())?;
    Some(Served::at(server.address()).keep(server))
}

fn dovecot(with_tls: bool, at: fn(&Dovecot) -> SocketAddr, lab: &Lab) -> Option<Served> {
    let server = Dovecot::start(with_tls.then(|| lab.pki.good()).as_ref())?;
    Some(Served::at(at(&server)).keep(server))
}

fn postgresql(with_tls: bool, lab: &Lab) -> Option<Served> {
    let server = PostgreSql::start(with_tls.then(|| lab.pki.good()).as_ref())?;
    Some(Served::at(server.address()).keep(server))
}

fn mariadb(with_tls: bool, lab: &Lab) -> Option<Served> {
    let server = MariaDb::start(with_tls.then(|| lab.pki.good()).as_ref())?;
    Some(Served::at(server.address()).keep(server))
}

fn slapd(with_tls: bool, lab: &Lab) -> Option<Served> {
    let server = Slapd::start(with_tls.then(|| lab.pki.good()).as_ref())?;
    Some(Served::at(server.address()).keep(server))
}

/// A server that comes to TLS, and its certificate is good.
const fn good(name: &'static str, start: fn(&Lab) -> Option<Served>, arguments: &'static str) -> Row {
    Row {
        name,
        start,
        arguments,
        exit: 0,
        failure: "",
        findings: &[],
        text: &["TRUSTED", "the server agreed", "Lab Issuing CA"],
    }
}

pub(crate) const ROWS: &[Row] = &[
    good("Exim", |lab| exim(true, lab), "probe smtp://host.test --connect {at}"),
    Row {
        name: "Exim without STARTTLS",
        start: |lab| exim(false, lab),
        arguments: "probe smtp://host.test --connect {at}",
        exit: 1,
        failure: "upgrade/upgrade-not-offered",
        findings: &[],
        text: &["does not offer STARTTLS", "Enable TLS on the server"],
    },
    good("Dovecot for IMAP", |lab| dovecot(true, Dovecot::imap, lab), "probe imap://host.test --connect {at}"),
    good("Dovecot for POP3", |lab| dovecot(true, Dovecot::pop3, lab), "probe pop3://host.test --connect {at}"),
    Row {
        name: "Dovecot without STARTTLS",
        start: |lab| dovecot(false, Dovecot::imap, lab),
        arguments: "probe imap://host.test --connect {at}",
        exit: 1,
        failure: "upgrade/upgrade-not-offered",
        findings: &[],
        text: &["does not offer STARTTLS", "Enable TLS on the server"],
    },
    good("PostgreSQL", |lab| postgresql(true, lab), "probe postgres://host.test --connect {at}"),
    Row {
        name: "PostgreSQL without TLS",
        start: |lab| postgresql(false, lab),
        arguments: "probe postgres://host.test --connect {at}",
        exit: 1,
        failure: "upgrade/upgrade-not-offered",
        findings: &[],
        text: &["has TLS switched off", "Set ssl = on in postgresql.conf"],
    },
    good("MariaDB", |lab| mariadb(true, lab), "probe mysql://host.test --connect {at}"),
    Row {
        name: "MariaDB without TLS",
        start: |lab| mariadb(false, lab),
        arguments: "probe mysql://host.test --connect {at}",
        exit: 1,
        failure: "upgrade/upgrade-not-offered",
        findings: &[],
        text: &["does not offer TLS (its version is “", "MariaDB", "ssl_cert and ssl_key in its configuration"],
    },
    good("OpenLDAP", |lab| slapd(true, lab), "probe ldap://host.test --connect {at}"),
    Row {
        name: "OpenLDAP without TLS",
        start: |lab| slapd(false, lab),
        arguments: "probe ldap://host.test --connect {at}",
        exit: 1,
        failure: "upgrade/upgrade-not-offered",
        findings: &[],
        text: &["protocolError", "olcTLSCertificateFile"],
    },
    good("SQL Server", |lab| scripted(lab, tds::encrypted), "probe mssql://host.test --connect {at}"),
    good("RDP", |lab| scripted(lab, upgrades::rdp), "probe rdp://host.test --connect {at}"),
    good("FTP", |lab| scripted(lab, upgrades::ftp), "probe ftp://host.test --connect {at}"),
    good("XMPP", |lab| scripted(lab, upgrades::xmpp), "probe xmpp://host.test --connect {at}"),
    Row {
        name: "STARTTLS that is offered and refused",
        start: |_| {
            Served::server(Server::start(|mut connection| {
                connection.send(b"220 mail.test ESMTP\r\n");
                connection.line();
                connection.send(b"250-mail.test\r\n250 STARTTLS\r\n");
                connection.line();
                connection.send(b"454 4.7.0 TLS not available due to local problem\r\n");
                connection.wait();
            }))
        },
        arguments: "probe smtp://host.test --connect {at}",
        exit: 1,
        failure: "upgrade/upgrade-refused",
        findings: &[],
        text: &["refused STARTTLS with", "454 4.7.0 TLS not available due to local problem"],
    },
    Row {
        name: "TLS from the beginning where STARTTLS should be",
        start: |lab| lab.site("good"),
        arguments: "probe smtp://host.test --connect {at} --timeout 2",
        exit: 1,
        failure: "upgrade/upgrade-plain-tls",
        findings: &[],
        text: &["TLS", "Probe it by tls://"],
    },
    Row {
        name: "SMTP where TLS should be",
        start: |lab| scripted(lab, upgrades::smtp),
        arguments: "probe smtps://host.test --connect {at}",
        exit: 1,
        failure: "tls/other-protocol",
        findings: &[],
        text: &["does not begin with TLS, but speaks", "220-mail.example.test ESMTP"],
    },
    Row {
        name: "a web server where IMAP should be",
        start: |lab| lab.site("http"),
        arguments: "probe imap://host.test --connect {at} --timeout 2",
        exit: 1,
        failure: "upgrade/upgrade-plain-http|upgrade/upgrade-silent",
        findings: &[],
        text: &["What to do"],
    },
];

#[test]
fn upgrades() {
    go_through(ROWS);
}
