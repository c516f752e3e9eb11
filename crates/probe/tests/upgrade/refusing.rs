//! Servers that speak the protocol and say no.

use certlens_probe::Stage;
use certlens_probe::upgrade::{Asked, Protocol, upgrade};
use certlens_testkit::server::{Server, tds, upgrades};

use crate::support::connect;

/// A server that waits for the client between its answers, except before the first
/// when it speaks first.
fn scripted(speaks_first: bool, answers: Vec<Vec<u8>>) -> Server {
    Server::start(move |mut connection| {
        for (index, answer) in answers.iter().enumerate() {
            if (index > 0 || !speaks_first) && !connection.hear_something() {
                return;
            }
            connection.send(answer);
        }
        connection.wait();
    })
}

/// Cause, and parts of message and hint.
type Expected = (&'static str, &'static str, &'static str);

async fn check(protocol: Protocol, answers: &[&[u8]], (cause, says, hints): Expected) {
    let speaks_first =
        matches!(protocol, Protocol::Smtp | Protocol::Imap | Protocol::Pop3 | Protocol::Ftp | Protocol::Mysql);
    let server = scripted(speaks_first, answers.iter().map(|answer| answer.to_vec()).collect());
    let asked = Asked::new("127.0.0.1", server.port());
    let failure = upgrade(protocol, connect(server.port()).await, &asked).await.unwrap_err();
    assert_eq!((failure.stage, failure.cause), (Stage::Upgrade, cause), "{protocol}: {failure:?}");
    assert!(failure.message.starts_with(&format!("127.0.0.1:{} ", server.port())), "{failure:?}");
    assert!(failure.message.contains(says), "{protocol}: {failure:?}");
    assert!(failure.hint.contains(hints), "{protocol}: {failure:?}");
}

const REFUSED: &str = "upgrade-refused";
const NOT_OFFERED: &str = "upgrade-not-offered";

#[tokio::test]
async fn smtp() {
    let greeted: &[u8] = b"220 a ESMTP\r\n";
    let offered: &[u8] = b"250-a\r\n250 STARTTLS\r\n";
    for (answers, expected) in [
        (&[&b"421 too many\r\n"[..]][..], (REFUSED, "greeted with “421 too many”", "try again later")),
        (&[b"554-no\r\n554 go away\r\n"], (REFUSED, "“554 no”", "does not talk to this address")),
        (&[greeted, b"502 what\r\n"], (NOT_OFFERED, "answered EHLO with “502 what”", "inspection")),
        (&[greeted, b"250-a\r\n250 SIZE\r\n"], (NOT_OFFERED, "does not offer STARTTLS", "465")),
        (&[greeted, b"250-a\r\n250 XSTARTTLS\r\n"], (NOT_OFFERED, "does not offer", "certificate")),
        (&[greeted, offered, b"454 4.7.0 no key\r\n"], (REFUSED, "“454 4.7.0 no key”", "certificate or key")),
        (&[greeted, offered, b"502 what\r\n"], (REFUSED, "with “502 what”", "something on the way")),
    ] {
        check(Protocol::Smtp, answers, expected).await;
    }
}

#[tokio::test]
async fn imap_pop3_and_ftp() {
    let (imap, pop3, ftp): (&[u8], &[u8], &[u8]) = (b"* OK a\r\n", b"+OK a\r\n", b"220 a\r\n");
    for (protocol, answers, expected) in [
        (Protocol::Imap, &[&b"* PREAUTH in\r\n"[..]][..], (REFUSED, "before any login", "in between")),
        (Protocol::Imap, &[b"* BYE full\r\n"], (REFUSED, "hung up: “* BYE full”", "this address")),
        (Protocol::Imap, &[imap, b"* CAPABILITY IMAP4\r\na1 OK\r\n"], (NOT_OFFERED, "does not offer", "993")),
        (Protocol::Imap, &[imap, b"a1 BAD no\r\n"], (REFUSED, "refused CAPABILITY", "proxy or firewall")),
        (
            Protocol::Imap,
            &[imap, b"* CAPABILITY STARTTLS\r\na1 OK\r\n", b"a2 NO broken\r\n"],
            (REFUSED, "“a2 NO broken”", "log"),
        ),
        (Protocol::Pop3, &[b"-ERR go away\r\n"], (REFUSED, "“-ERR go away”", "this address")),
        (Protocol::Pop3, &[pop3, b"+OK\r\nUIDL\r\n.\r\n"], (NOT_OFFERED, "does not offer STLS", "995")),
        (Protocol::Pop3, &[pop3, b"-ERR\r\n", b"-ERR no\r\n"], (REFUSED, "refused STLS with “-ERR no”", "log")),
        (Protocol::Ftp, &[b"421 full\r\n"], (REFUSED, "“421 full”", "try again")),
        (Protocol::Ftp, &[ftp, b"502 what\r\n"], (NOT_OFFERED, "refused AUTH TLS with “502 what”", "990")),
        (Protocol::Ftp, &[ftp, b"431 no key\r\n"], (REFUSED, "“431 no key”", "certificate or key")),
        (Protocol::Ftp, &[ftp, b"534 policy\r\n"], (REFUSED, "“534 policy”", "rule")),
    ] {
        check(protocol, answers, expected).await;
    }
}

fn ldap(id: u8, code: u8, text: &str, referral: &str) -> Vec<u8> {
    let tlv = |tag: u8, content: &[u8]| [&[tag, content.len() as u8], content].concat();
    let referral = if referral.is_empty() { Vec::new() } else { tlv(0xa3, &tlv(4, referral.as_bytes())) };
    let response = [tlv(10, &[code]), tlv(4, b""), tlv(4, text.as_bytes()), referral].concat();
    tlv(0x30, &[tlv(2, &[id]), tlv(0x78, &response)].concat())
}

#[tokio::test]
async fn directories() {
    for (answer, expected) in [
        (ldap(1, 2, "unsupported extended operation", ""), (NOT_OFFERED, "with 2, protocolError (“unsupported", "636")),
        (ldap(1, 52, "Error initializing SSL/TLS", ""), (REFUSED, "52, unavailable", "domain controller")),
        (ldap(1, 1, "", ""), (REFUSED, "1, operationsError", "already going on")),
        (ldap(1, 10, "", "ldap://other/"), (REFUSED, "refers to “ldap://other/”", "Probe the server")),
        (ldap(0, 51, "", ""), (REFUSED, "hung up with 51, busy", "log")),
        (ldap(1, 99, "", ""), (REFUSED, "99, a code without a name", "log")),
    ] {
        check(Protocol::Ldap, &[&answer], expected).await;
    }
}

#[tokio::test]
async fn xmpp() {
    let stream = |rest: &str| format!("<?xml version='1.0'?><stream:stream from='a' version='1.0'>{rest}").into_bytes();
    let error = |condition: &str| {
        stream(&format!(
            "<stream:error><{condition} xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><text>b</text></stream:error>"
        ))
    };
    let offered = stream(
        "<stream:features><t:starttls xmlns:t='urn:ietf:params:xml:ns:xmpp-tls'></t:starttls></stream:features>",
    );
    let old = b"<stream:stream from='a'>".to_vec();
    let failure: &[u8] = b"<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:stream>";
    for (answers, expected) in [
        (vec![error("host-unknown")], (REFUSED, "error host-unknown", "behind the @")),
        (vec![error("invalid-namespace")], (REFUSED, "error invalid-namespace", "xmpp-server:")),
        (vec![stream("<stream:error/>")], (REFUSED, "error no condition", "log")),
        (vec![stream("<stream:features/>")], (NOT_OFFERED, "does not offer", "certificate")),
        (
            vec![stream("<stream:features><starttls xmlns='urn:other'/></stream:features>")],
            (NOT_OFFERED, "does not offer", "certificate"),
        ),
        (vec![stream("</stream:stream>")], (REFUSED, "closed the stream", "log")),
        (vec![old], (NOT_OFFERED, "before XMPP 1.0", "5223")),
        (vec![offered, failure.to_vec()], (REFUSED, "<failure/>", "certificate")),
    ] {
        let answers: Vec<&[u8]> = answers.iter().map(Vec::as_slice).collect();
        check(Protocol::XmppClient, &answers, expected).await;
    }
}

#[tokio::test]
async fn databases() {
    let error = b"E\0\0\0\x1eSFATAL\0C53300\0Mtoo many\0\0\0\0\0";
    check(Protocol::Postgres, &[b"N"], (NOT_OFFERED, "with N", "ssl = on")).await;
    check(Protocol::Postgres, &[error], (REFUSED, "“FATAL 53300: too many”", "log")).await;
    check(Protocol::Postgres, &[b"Efork failed\0"], (REFUSED, "“fork failed”", "log")).await;
    let plain = upgrades::mysql_greeting(0xf7ff);
    check(Protocol::Mysql, &[&plain], (NOT_OFFERED, "its version is “8.0.36”", "ssl_cert")).await;
    let denied = b"\x20\0\0\0\xff\x6a\x04Host 'a' is not allowed to c.";
    check(Protocol::Mysql, &[denied], (REFUSED, "error 1130, “Host 'a'", "no account")).await;
    let blocked = b"\x10\0\0\0\xff\x69\x04#HY000blocked";
    check(Protocol::Mysql, &[blocked], (REFUSED, "error 1129, “blocked”", "FLUSH HOSTS")).await;
    check(Protocol::Mysql, &[b"\x04\0\0\0\x093.2"], (NOT_OFFERED, "version 9", "replace")).await;
    let none = tds::response(2);
    check(Protocol::Tds, &[&none], (NOT_OFFERED, "does not encrypt", "Configuration Manager")).await;
    check(Protocol::Tds, &[&tds::response(7)], (REFUSED, "encryption 7", "port")).await;
    let token = [&[0xaa, 12, 0, 0x8d, 0x4f, 0, 0, 1, 20, 2, 0][..], b"n\0o\0"].concat();
    check(Protocol::Tds, &[&tds::packet(4, 1, &token)], (REFUSED, "error 20365: “no”", "log")).await;
}

#[tokio::test]
async fn remote_desktop() {
    let confirm = |negotiation: &[u8]| {
        let length = 11 + negotiation.len() as u8;
        [&[3, 0, 0, length, length - 5, 0xd0, 0, 0, 0, 0, 0], negotiation].concat()
    };
    for (answer, expected) in [
        (confirm(&[]), (NOT_OFFERED, "RDP's own encryption only", "SecurityLayer")),
        (confirm(&[2, 0, 8, 0, 0, 0, 0, 0]), (NOT_OFFERED, "chose RDP's own", "SecurityLayer 2")),
        (confirm(&[3, 0, 8, 0, 2, 0, 0, 0]), (REFUSED, "failure 2, SSL_NOT_ALLOWED_BY_SERVER", "SecurityLayer 2")),
        (confirm(&[3, 0, 8, 0, 3, 0, 0, 0]), (REFUSED, "3, SSL_CERT_NOT_ON_SERVER", "NETWORK SERVICE")),
        (confirm(&[3, 0, 8, 0, 6, 0, 0, 0]), (REFUSED, "6, SSL_WITH_USER_AUTH", "client certificate")),
        (vec![3, 0, 0, 11, 6, 0x80, 0, 0, 0, 0, 0], (REFUSED, "disconnect request", "event log")),
    ] {
        check(Protocol::Rdp, &[&answer], expected).await;
    }
}
