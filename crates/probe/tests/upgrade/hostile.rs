//! Servers that are out of order, or mean harm.

use std::time::{Duration, Instant};

use certlens_probe::Failure;
use certlens_probe::limits::{MAX_LINE_OCTETS, MAX_UPGRADE_OCTETS};
use certlens_probe::upgrade::{Asked, Protocol, upgrade};
use certlens_testkit::server::Server;
use tokio::task::JoinSet;

use crate::support::connect;

/// With time enough even on a machine that is busy.
async fn fails(protocol: Protocol, server: &Server) -> Failure {
    fails_within(Duration::from_secs(30), protocol, server).await
}

/// Where nothing is to come in time.
const SHORT: Duration = Duration::from_millis(800);

async fn fails_within(timeout: Duration, protocol: Protocol, server: &Server) -> Failure {
    let asked = Asked { timeout, ..Asked::new("127.0.0.1", server.port()) };
    let begun = Instant::now();
    let failure = upgrade(protocol, connect(server.port()).await, &asked).await.unwrap_err();
    assert!(begun.elapsed() < timeout + Duration::from_secs(10), "{protocol}: {failure:?}");
    assert!(!failure.hint.is_empty() && !failure.message.contains('\n'), "{protocol}: {failure:?}");
    assert!(failure.message.len() < 1000, "{protocol}: {failure:?}");
    failure
}

#[tokio::test]
async fn silence() {
    let mut all = JoinSet::new();
    for protocol in Protocol::ALL {
        all.spawn(async move {
            let failure = fails_within(SHORT, protocol, &Server::silent()).await;
            assert_eq!((failure.cause, failure.windows.as_slice()), ("upgrade-silent", &[10060][..]), "{protocol}");
            assert!(failure.message.contains("sent nothing within 0.8 s; waited for the "), "{failure:?}");
        });
    }
    all.join_all().await;
}

#[tokio::test]
async fn hanging_up() {
    let closing = Server::start(|mut connection| {
        connection.hear_something();
    });
    let greeting = |protocol| {
        matches!(protocol, Protocol::Smtp | Protocol::Imap | Protocol::Pop3 | Protocol::Ftp | Protocol::Mysql)
    };
    for protocol in Protocol::ALL.into_iter().filter(|protocol| !greeting(*protocol)) {
        let failure = fails(protocol, &closing).await;
        assert_eq!(failure.cause, "upgrade-closed", "{protocol}: {failure:?}");
        assert!(failure.message.contains("without a word") && failure.hint.contains("tls://"), "{failure:?}");
        let failure = fails(protocol, &Server::resetting()).await;
        assert_eq!((failure.cause, failure.windows.as_slice()), ("upgrade-reset", &[10054][..]), "{protocol}");
    }
    for protocol in Protocol::ALL {
        let failure = fails(protocol, &Server::closing()).await;
        assert!(matches!(failure.cause, "upgrade-closed" | "upgrade-reset"), "{protocol}: {failure:?}");
    }
}

/// The beginning of what the protocol has, so that the rest has to be waited for.
const BEGINNINGS: [(Protocol, &[u8]); 12] = [
    (Protocol::Smtp, b"220-a\r\n22"),
    (Protocol::Imap, b"* OK"),
    (Protocol::Pop3, b"+OK"),
    (Protocol::Ftp, b"220-a\r\nb"),
    (Protocol::Ldap, b"0\x0c\x02\x01"),
    (Protocol::XmppClient, b"<?xml version='1.0'?><stream:stream version='1.0' a='"),
    (Protocol::XmppServer, b"<?xml"),
    (Protocol::Postgres, b"E\0\0\0\x40S"),
    (Protocol::Mysql, b"\x50\0\0\0\x0a8.0"),
    (Protocol::Tds, b"\x04\x01\0\x25\0"),
    (Protocol::Rdp, b"\x03\0\0"),
    (Protocol::NetTcp, b"\x08\x40http"),
];

#[tokio::test]
async fn answers_that_are_cut_off() {
    let mut all = JoinSet::new();
    for (protocol, beginning) in BEGINNINGS {
        all.spawn(async move {
            let server = Server::start(move |mut connection| {
                connection.send(beginning);
                std::thread::sleep(Duration::from_millis(20));
            });
            let failure = fails(protocol, &server).await;
            assert!(matches!(failure.cause, "upgrade-closed" | "upgrade-reset"), "{protocol}: {failure:?}");
            if failure.cause == "upgrade-closed" {
                assert!(failure.message.contains("closed the connection"), "{protocol}: {failure:?}");
            }
            let failure = fails_within(SHORT, protocol, &Server::saying(beginning)).await;
            assert_eq!(failure.cause, "upgrade-timed-out", "{protocol}: {failure:?}");
            assert!(
                failure.message.contains(&format!("it sent {} octets", beginning.len())),
                "{protocol}: {failure:?}"
            );
        });
    }
    all.join_all().await;
}

/// One octet now and then keeps nobody beyond the time.
#[tokio::test]
async fn dripping() {
    let pause = Duration::from_millis(50);
    let mut all = JoinSet::new();
    for (protocol, beginning) in BEGINNINGS {
        all.spawn(async move {
            let failure =
                fails_within(SHORT, protocol, &Server::dripping([beginning, &[b' '; 4000]].concat(), pause)).await;
            assert!(matches!(failure.cause, "upgrade-timed-out" | "upgrade-unexpected"), "{protocol}: {failure:?}");
        });
    }
    all.join_all().await;
}

#[tokio::test]
async fn answers_without_an_end() {
    let cases: [(Protocol, &[u8], &[u8], usize); 10] = [
        (Protocol::Smtp, b"220 ", b"aaaa", MAX_LINE_OCTETS),
        (Protocol::Smtp, b"", b"220-a\r\n", 128),
        (Protocol::Imap, b"* OK ", b"aaaa", MAX_LINE_OCTETS),
        (Protocol::Pop3, b"+OK", b"aaaa", MAX_LINE_OCTETS),
        (Protocol::Ftp, b"220-a\r\n", b"b\r\n", 128),
        (Protocol::XmppClient, b"<stream:stream a='", b"aaaa", MAX_LINE_OCTETS),
        (Protocol::XmppClient, b"<stream:stream version='1.0'><stream:features>", b"<a/>", 512),
        (Protocol::XmppClient, b"<stream:stream version='1.0'>", b" ", MAX_UPGRADE_OCTETS),
        (Protocol::Postgres, b"Eno such", b"aaaa", MAX_LINE_OCTETS),
        (Protocol::Tds, b"", b"\x04\0\x02\0\0\0\0\0", MAX_LINE_OCTETS),
    ];
    for (protocol, first, again, most) in cases {
        let again = if again.len() == 8 { [again, &[0; 504]].concat() } else { again.repeat(64) };
        let failure = fails(protocol, &Server::endless(first, again)).await;
        assert_eq!(failure.cause, "upgrade-too-long", "{protocol}: {failure:?}");
        assert!(failure.message.contains(&format!("more than {most} came")), "{protocol}: {failure:?}");
    }
    for (protocol, answer) in
        [(Protocol::Ldap, &b"0\x84\x7f\xff\xff\xff\x02\x01\x01"[..]), (Protocol::Mysql, b"\xff\xff\0\0\x0a8.0")]
    {
        assert_eq!(fails(protocol, &Server::saying(answer)).await.cause, "upgrade-too-long", "{protocol}");
    }
}

#[tokio::test]
async fn garbage() {
    let garbage: [&[u8]; 4] = [&[0x99; 300], &[0xfe; 5], b"\x1b[2Jhello\r\n", b"?"];
    let mut all = JoinSet::new();
    for (protocol, octets) in Protocol::ALL.into_iter().flat_map(|protocol| garbage.map(|octets| (protocol, octets))) {
        all.spawn(async move {
            // One octet may be the beginning of a length.
            let may_wait = octets.len() == 1 && protocol == Protocol::Mysql;
            let timeout = if may_wait { SHORT } else { Duration::from_secs(30) };
            let failure = fails_within(timeout, protocol, &Server::saying(octets)).await;
            let expected = if may_wait { "upgrade-timed-out" } else { "upgrade-unexpected" };
            assert_eq!(failure.cause, expected, "{protocol}: {failure:?}");
            assert!(may_wait || failure.message.contains("at octet "), "{protocol}: {failure:?}");
            assert!(!failure.message.contains('\x1b'), "{failure:?}");
        });
    }
    all.join_all().await;
}

/// What answers can be told although its first octet alone is wrong already.
#[tokio::test]
async fn answers_in_pieces() {
    let pause = Duration::from_millis(2);
    let server = Server::start(move |mut connection| {
        connection.drip(b"HTTP/1.1 400 Bad Request\r\n\r\n", pause);
        connection.wait();
    });
    for protocol in [Protocol::Postgres, Protocol::NetTcp, Protocol::Smtp, Protocol::XmppClient] {
        let failure = fails(protocol, &server).await;
        assert_eq!(failure.cause, "upgrade-plain-http", "{failure:?}");
        assert!(failure.message.ends_with("“HTTP/1.1 400 Bad Request”"), "{failure:?}");
    }
}

/// What comes behind the answer in plain text must not pass for what comes under TLS.
#[tokio::test]
async fn injected_answers() {
    let answers: [(Protocol, &'static [&'static [u8]]); 6] = [
        (Protocol::Smtp, &[b"220 a\r\n", b"250-a\r\n250 STARTTLS\r\n", b"220 go\r\n250 injected\r\n"]),
        (Protocol::Imap, &[b"* OK a\r\n", b"* CAPABILITY STARTTLS\r\na1 OK\r\n", b"a2 OK\r\n* OK injected\r\n"]),
        (Protocol::Pop3, &[b"+OK\r\n", b"-ERR what\r\n", b"+OK\r\n+OK injected\r\n"]),
        (Protocol::Ftp, &[b"220 a\r\n", b"234 go\r\n230 injected\r\n"]),
        (Protocol::Postgres, &[b"", b"SR\0\0\0\x08"]),
        (Protocol::Ldap, &[b"", b"0\x0c\x02\x01\x01x\x07\n\x01\x00\x04\x00\x04\x00\x30\x05"]),
    ];
    for (protocol, answers) in answers {
        let server = Server::start(move |mut connection| {
            for (index, answer) in answers.iter().enumerate() {
                if index > 0 && !connection.hear_something() {
                    return;
                }
                connection.send(answer);
            }
            connection.wait();
        });
        let failure = fails(protocol, &server).await;
        assert_eq!(failure.cause, "upgrade-unexpected", "{protocol}: {failure:?}");
        assert!(failure.message.contains("nothing more before TLS begins"), "{protocol}: {failure:?}");
    }
}
