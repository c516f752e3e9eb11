//! What comes of the handshake.

use std::time::Duration;

use certlens_testkit::Key;
use certlens_testkit::program::SServer;
use certlens_testkit::server::Server;

use crate::lab::Lab;
use crate::row::{Row, Served, go_through};

/// A server that answers the ClientHello with this fatal alert (RFC 8446 §6).
fn alert(description: u8) -> Option<Served> {
    Served::server(Server::answering([21, 3, 3, 0, 2, 2, description]))
}

/// A firewall before a sound server, which resets what has the name in it.
pub(crate) fn resets_the_name(lab: &Lab) -> Option<Served> {
    let served = lab.site("good")?;
    let behind = served.address();
    let server = Server::start(move |connection| {
        let hello = connection.peek();
        if hello.windows(9).any(|part| part == b"host.test") {
            connection.reset();
        } else {
            connection.splice(behind);
        }
    });
    Served::server(server)
}

/// As the one before; it resets what offers TLS 1.3 (RFC 8446 §4.2.1).
pub(crate) fn resets_tls_1_3(lab: &Lab) -> Option<Served> {
    let served = lab.site("good")?;
    let behind = served.address();
    let server = Server::start(move |connection| {
        let hello = connection.peek();
        if hello.windows(7).any(|part| part == [0, 43, 0, 5, 4, 3, 4]) {
            connection.reset();
        } else {
            connection.splice(behind);
        }
    });
    Served::server(server)
}

/// A server that has another name than that it is asked for, and insists.
fn insists_on_its_name(lab: &Lab) -> Option<Served> {
    lab.pki.good().write(lab.folder(), "insists");
    let file = |name: &str| lab.folder().join(name).display().to_string();
    let (certificate, key) = (file("insists.pem"), file("insists.key"));
    let arguments = ["-servername", "other.test", "-servername_fatal", "-cert2", &certificate, "-key2", &key];
    let server = SServer::start(&lab.pki.good(), &arguments);
    Some(Served::at(server.address()).keep(server))
}

/// TLS 1.2 and a key on P-521, which no current client completes together.
fn p521(lab: &Lab) -> Option<Served> {
    let server = SServer::start(&lab.pki.presented(Key::p521(1), |plain| plain), &["-tls1_2"]);
    Some(Served::at(server.address()).keep(server))
}

pub(crate) const ROWS: &[Row] = &[
    Row {
        name: "plain HTTP on the port",
        start: |lab| lab.site("http"),
        arguments: "probe https://host.test --connect {at}",
        exit: 1,
        failure: "tls/plain-http",
        findings: &[],
        text: &["answers the ClientHello in plain HTTP: “HTTP/1.1 400 Bad Request”", "give the port of HTTPS"],
    },
    Row {
        name: "verify says so of plain HTTP",
        start: |lab| lab.site("http"),
        arguments: "verify https://host.test --connect {at}",
        exit: 1,
        failure: "tls/plain-http",
        findings: &[],
        text: &["plain HTTP", "give the port of HTTPS"],
    },
    Row {
        name: "SSH on the port",
        start: |_| Served::server(Server::saying("SSH-2.0-OpenSSH_9.2\r\n")),
        arguments: "probe https://host.test --connect {at}",
        exit: 1,
        failure: "tls/other-protocol",
        findings: &[],
        text: &["does not begin with TLS, but speaks SSH", "Check the port"],
    },
    Row {
        name: "garbage",
        start: |_| Served::server(Server::answering([0, 1, 2, 3, 4, 5, 6, 7])),
        arguments: "probe https://host.test --connect {at}",
        exit: 1,
        failure: "tls/not-tls",
        findings: &[],
        text: &["is not TLS: the octets 00 01 02 03", "Check the port"],
    },
    Row {
        name: "the alert unrecognized_name",
        start: |_| alert(112),
        arguments: "probe https://host.test --connect {at}",
        exit: 1,
        failure: "tls/tls-alert",
        findings: &[],
        text: &["unrecognized_name (112)", "Check the name", "12175"],
    },
    Row {
        name: "a server that has no such name",
        start: insists_on_its_name,
        arguments: "probe https://host.test --connect {at}",
        exit: 1,
        failure: "tls/name-not-wanted",
        findings: &[],
        text: &[
            "unrecognized_name (112)",
            "The server has no site of the name host.test",
            "Without the name host.test",
        ],
    },
    Row {
        name: "the alert handshake_failure",
        start: |_| alert(40),
        arguments: "probe https://host.test --connect {at}",
        exit: 1,
        failure: "tls/tls-alert",
        findings: &[],
        text: &["handshake_failure (40)", "no combination of versions", "0x80090326", "TLS 1.2 or 1.3"],
    },
    Row {
        name: "the alert protocol_version",
        start: |_| alert(70),
        arguments: "probe https://host.test --connect {at}",
        exit: 1,
        failure: "tls/tls-alert",
        findings: &[],
        text: &["protocol_version (70)", "speaks none of the offered versions", "TLS 1.2 or 1.3"],
    },
    Row {
        name: "the alert internal_error",
        start: |_| alert(80),
        arguments: "probe https://host.test --connect {at}",
        exit: 1,
        failure: "tls/tls-alert",
        findings: &[],
        text: &["internal_error (80)", "36870 (0x8009030D)", "may not read the private key"],
    },
    Row {
        name: "a server of TLS 1.3 alone that is offered TLS 1.2",
        start: |lab| lab.site("tls-1.3"),
        arguments: "probe https://host.test --connect {at} --tls 1.2",
        exit: 1,
        failure: "tls/version-not-spoken",
        findings: &[],
        text: &["protocol_version (70)", "It speaks TLS 1.3, and not TLS 1.2", "Do not limit the version"],
    },
    Row {
        name: "a server of TLS 1.2 alone",
        start: |lab| lab.site("tls-1.2"),
        arguments: "probe https://host.test --connect {at} --tls 1.2",
        exit: 0,
        failure: "",
        findings: &[],
        text: &["TRUSTED", "TLS 1.2"],
    },
    Row {
        name: "a server of TLS 1.2 alone that is offered TLS 1.3",
        start: |lab| lab.site("tls-1.2"),
        arguments: "probe https://host.test --connect {at} --tls 1.3",
        exit: 1,
        failure: "tls/version-not-spoken",
        findings: &[],
        text: &["It speaks TLS 1.2, and not TLS 1.3", "have the server set up for it"],
    },
    Row {
        name: "a server of TLS 1.0",
        start: |lab| lab.site("tls-1.0"),
        arguments: "probe https://host.test --connect {at}",
        exit: 1,
        failure: "tls/tls-too-old",
        findings: &["server-key-unproven", "server-tls-old"],
        text: &["speaks TLS 1.0", "key possession unproven", "Have TLS 1.2 or later switched on", "Lab Issuing CA"],
    },
    Row {
        name: "a server of TLS 1.1",
        start: |lab| lab.site("tls-1.1"),
        arguments: "probe https://host.test --connect {at}",
        exit: 1,
        failure: "tls/tls-too-old",
        findings: &["server-key-unproven", "server-tls-old"],
        text: &["speaks TLS 1.1", "key possession unproven", "Have TLS 1.2 or later switched on"],
    },
    Row {
        name: "RSA key exchange alone",
        start: |lab| lab.site("rsa-exchange"),
        arguments: "probe https://host.test --connect {at}",
        exit: 1,
        failure: "tls/tls-too-old",
        findings: &["server-key-unproven"],
        text: &["speaks TLS 1.2 with TLS_RSA_WITH_AES_128_CBC_SHA", "key possession unproven", "ECDHE with AES-GCM"],
    },
    Row {
        name: "a key that not every client knows",
        start: p521,
        arguments: "probe https://host.test --connect {at}",
        exit: 1,
        failure: "tls/tls-not-completed",
        findings: &[],
        text: &["as with a key on P-521", "A key on P-256 or P-384"],
    },
    Row {
        name: "a firewall that resets the name",
        start: resets_the_name,
        arguments: "probe https://host.test --connect {at}",
        exit: 1,
        failure: "tls/name-not-wanted",
        findings: &[],
        text: &[
            "Without the name host.test (SNI) it answers",
            "A firewall or proxy that goes by host names blocks host.test",
        ],
    },
    Row {
        name: "the same without the name",
        start: resets_the_name,
        arguments: "probe https://host.test --connect {at} --no-sni",
        exit: 0,
        failure: "",
        findings: &[],
        text: &["TRUSTED"],
    },
    Row {
        name: "a firewall that cannot bear TLS 1.3",
        start: resets_tls_1_3,
        arguments: "probe https://host.test --connect {at}",
        exit: 1,
        failure: "tls/version-not-wanted",
        findings: &[],
        text: &["With TLS 1.2 alone it answers", "until then limit clients to TLS 1.2"],
    },
    Row {
        name: "a handshake that drips",
        start: |_| {
            // The beginning of a ServerHello of 64 KiB, octet by octet.
            let octets = [&[22, 3, 3, 0x40, 0, 2, 0, 0xff, 0xff][..], &[0; 8000]].concat();
            let drip = Server::start(move |mut connection| {
                connection.hear_something();
                connection.drip(&octets, Duration::from_millis(20));
            });
            Served::server(drip)
        },
        arguments: "probe https://host.test --connect {at} --timeout 1",
        exit: 1,
        failure: "tls/handshake-timed-out",
        findings: &[],
        text: &["did not end it within 1 s", "smaller MTU"],
    },
    Row {
        name: "a handshake without an end",
        start: |_| Served::server(Server::endless("", [&[22, 3, 3, 0x20, 0][..], &[0; 0x2000]].concat())),
        arguments: "probe https://host.test --connect {at}",
        exit: 1,
        failure: "tls/tls-malformed|tls/handshake-too-large",
        findings: &[],
        text: &["host.test", "12157"],
    },
];

#[test]
fn handshakes() {
    go_through(ROWS);
}
