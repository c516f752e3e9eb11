//! Servers that do not want to be probed, and such that are something else.

use std::time::{Duration, Instant};

use certlens_probe::limits::{GREETING_PATIENCE, MAX_SILENT_TRIALS};
use certlens_probe::probe::{Change, Diagnosis, Probe, Settings, Timeouts, TrialOutcome};
use certlens_probe::target::Dial;
use certlens_probe::upgrade::Protocol;
use certlens_probe::{Failure, Stage};
use certlens_testkit::Key;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::support::{Files, Server, at, client_hello, forward, issued, quick, reset, serve, side_by_side, to};

fn failed(probe: &Probe) -> &Failure {
    let failure = probe.failure.as_ref().unwrap_or_else(|| panic!("no failure: {probe:?}"));
    let last = probe.stages.last().expect("a stage");
    assert_eq!(last.stage, failure.stage, "{probe:?}");
    assert!(last.outcome.is_err(), "{probe:?}");
    assert!(!failure.message.is_empty() && !failure.hint.is_empty());
    failure
}

/// An answer to the ClientHello, the cause that is found, and words of the message.
#[tokio::test]
async fn what_is_not_tls_is_named() {
    let cases: [(&'static [u8], &str, &str); 7] = [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "plain-http", "HTTP/1.1 400 Bad Request"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "other-protocol", "SSH"),
        (b"220 mail.host.test ESMTP\r\n", "other-protocol", "SMTP"),
        (b"* OK IMAP4rev1 ready\r\n", "other-protocol", "IMAP"),
        (
            b"\x08\x50http://schemas.microsoft.com/ws/2006/05/framing/faults/UnsupportedVersion",
            "other-protocol",
            "net.tcp",
        ),
        (b"\x00\x01\x02\x03\x04\x05\x06\x07", "not-tls", "00 01 02 03"),
        (b"\x15\x03\x01\x00\x02\x02\x50", "tls-alert", "internal_error (80)"),
    ];
    for (answer, cause, words) in cases {
        let address = serve(move |mut stream| async move {
            client_hello(&mut stream).await;
            let _ = stream.write_all(answer).await;
            let _ = stream.shutdown().await;
            let _ = stream.read_to_end(&mut Vec::new()).await;
        })
        .await;
        let probe = at(address, &quick()).await;
        let failure = failed(&probe);
        assert_eq!(failure.cause, cause, "{failure:?}");
        assert!(failure.message.contains(words), "{failure}");
        assert!(!failure.windows.is_empty());
        assert_eq!(probe.capture, None);
    }
}

#[tokio::test]
async fn servers_that_speak_first_are_named() {
    let address = serve(|mut stream| async move {
        let _ = stream.write_all(b"220 ftp.host.test FTP server ready\r\n").await;
        let _ = stream.read_to_end(&mut Vec::new()).await;
    })
    .await;
    let probe = at(address, &quick()).await;
    assert_eq!(failed(&probe).cause, "other-protocol");
    assert!(failed(&probe).hint.contains("ftp://"), "{}", failed(&probe).hint);
}

#[tokio::test]
async fn a_reset_a_close_and_silence_are_told_apart() {
    let resets = serve(|mut stream| async move {
        client_hello(&mut stream).await;
        reset(&stream);
    })
    .await;
    let probe = at(resets, &quick()).await;
    assert_eq!(failed(&probe).cause, "reset-after-hello");
    assert_eq!(failed(&probe).windows.first(), Some(&10_054));
    assert!(failed(&probe).hint.contains("It was the same without the server's name"), "{:?}", failed(&probe));
    let changes: Vec<Change> = probe.trials.iter().map(|trial| trial.change).collect();
    assert!(changes.contains(&Change::WithoutName) && changes.contains(&Change::OnlyTls12), "{changes:?}");
    assert!(changes.contains(&Change::Upgrade(Protocol::NetTcp)), "{changes:?}");

    let closes = serve(|mut stream| async move {
        client_hello(&mut stream).await;
    })
    .await;
    assert_eq!(failed(&at(closes, &quick()).await).cause, "closed-after-hello");

    let silent = serve(|mut stream| async move {
        let _ = stream.read_to_end(&mut Vec::new()).await;
    })
    .await;
    let probe = at(silent, &quick()).await;
    assert_eq!(failed(&probe).cause, "handshake-silent");
    assert_eq!(failed(&probe).windows, [12_002]);
    // What is silent three times is silent; with the name there are four trials at least.
    assert_eq!(probe.trials.len(), MAX_SILENT_TRIALS, "{:?}", probe.trials);
    // Without a diagnosis nothing else is tried.
    let once = Settings { diagnosis: Diagnosis::None, ..quick() };
    let probe = at(silent, &once).await;
    assert_eq!((failed(&probe).cause, probe.trials.len()), ("handshake-silent", 0));
}

#[tokio::test]
async fn endless_and_dripping_handshakes_end() {
    // Records of TLS without an end: empty handshake messages that are to be ignored.
    let endless = serve(|mut stream| async move {
        client_hello(&mut stream).await;
        let record = [&[22, 3, 3, 0x20, 0][..], &[0; 0x2000]].concat();
        while stream.write_all(&record).await.is_ok() {}
    })
    .await;
    let begun = Instant::now();
    let probe = at(endless, &quick()).await;
    assert!(["tls-malformed", "handshake-too-large"].contains(&failed(&probe).cause), "{probe:?}");
    assert!(begun.elapsed() < Duration::from_secs(4), "{:?}", begun.elapsed());

    // An octet now and then, of a handshake message that has 64 KiB.
    let dripping = serve(|mut stream| async move {
        client_hello(&mut stream).await;
        let _ = stream.write_all(&[22, 3, 3, 0x40, 0, 2, 0, 0xff, 0xff]).await;
        while stream.write_all(&[0]).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await;
    let begun = Instant::now();
    let probe = at(dripping, &quick()).await;
    assert_eq!(failed(&probe).cause, "handshake-timed-out", "{probe:?}");
    assert!(begun.elapsed() < Duration::from_secs(8), "{:?}", begun.elapsed());
}

/// As Windows does: a server of TLS 1.2 that asked for a certificate and gets none.
#[tokio::test]
async fn a_server_that_hangs_up_on_clients_without_certificate_demands_one() {
    let (_, certificate) = issued(Key::p256(1));
    let files = Files::new();
    let arguments = files.identity("ec", &certificate, Key::p256(1));
    let server = Server::start(&["-tls1_2", "-verify", "2"], &arguments);
    let onward = server.address;
    let address = serve(move |mut stream| async move {
        let hello = client_hello(&mut stream).await;
        let Ok(mut server) = tokio::net::TcpStream::connect(onward).await else { return };
        let record = [&[22, 3, 1][..], &(hello.len() as u16).to_be_bytes(), &hello].concat();
        let _ = server.write_all(&record).await;
        let (mut from, mut to) = stream.split();
        let mut second = [0; 1];
        tokio::select! {
            _ = tokio::io::copy(&mut server, &mut to) => {}
            _ = from.read(&mut second) => {}
        }
        reset(&stream);
    })
    .await;
    let probe = at(address, &quick()).await;
    assert_eq!(failed(&probe).cause, "client-certificate-demanded", "{probe:?}");
    assert!(failed(&probe).message.contains("it closed the connection"), "{}", failed(&probe));
    assert!(probe.capture.is_some_and(|capture| capture.chain == [certificate]));
}

/// A middlebox before a sound server: it resets what it does not like.
async fn middlebox(server: &Server, dislikes: fn(&[u8]) -> bool) -> std::net::SocketAddr {
    let address = server.address;
    serve(move |mut stream| async move {
        let hello = client_hello(&mut stream).await;
        if dislikes(&hello) {
            reset(&stream);
            return;
        }
        let record = [&[22, 3, 1][..], &(hello.len() as u16).to_be_bytes(), &hello].concat();
        forward(&record, stream, address).await;
    })
    .await
}

fn has(hello: &[u8], part: &[u8]) -> bool {
    hello.windows(part.len()).any(|window| window == part)
}

#[tokio::test]
async fn what_a_middlebox_objects_to_is_found_out() {
    let (_, certificate) = issued(Key::p256(1));
    let files = Files::new();
    let server = Server::start(&[], &files.identity("ec", &certificate, Key::p256(1)));

    let by_name = middlebox(&server, |hello| has(hello, b"host.test")).await;
    let probe = at(by_name, &quick()).await;
    assert_eq!(failed(&probe).cause, "name-not-wanted", "{probe:?}");
    assert!(failed(&probe).hint.contains("firewall"), "{:?}", failed(&probe));
    assert_eq!(probe.trials.len(), 1);
    assert_eq!(probe.capture.as_ref().map(|capture| capture.server_name.clone()), Some(None));

    // supported_versions with TLS 1.3 first (RFC 8446 §4.2.1).
    let by_version = middlebox(&server, |hello| has(hello, &[0, 43, 0, 5, 4, 3, 4])).await;
    let probe = at(by_version, &quick()).await;
    assert_eq!(failed(&probe).cause, "version-not-wanted", "{probe:?}");
    assert!(probe.capture.is_some_and(|capture| capture.chain == [certificate.clone()]));

    // One that nothing is wrong with changes nothing.
    let none = middlebox(&server, |_| false).await;
    let probe = at(none, &quick()).await;
    assert_eq!((&probe.failure, probe.trials.len()), (&None, 0), "{probe:?}");
}

#[tokio::test]
async fn a_server_without_the_name_says_so() {
    let (_, certificate) = issued(Key::p256(1));
    let files = Files::new();
    let mut arguments = files.identity("ec", &certificate, Key::p256(1));
    let second = files.identity("second", &certificate, Key::p256(1));
    arguments.extend(["-cert2".to_owned(), second[1].clone(), "-key2".to_owned(), second[3].clone()]);
    let server = Server::start(&["-servername", "other.test", "-servername_fatal"], &arguments);
    let probe = at(server.address, &quick()).await;
    assert_eq!(failed(&probe).cause, "name-not-wanted", "{probe:?}");
    assert!(failed(&probe).message.contains("unrecognized_name (112)"), "{:?}", failed(&probe));
    assert!(failed(&probe).hint.contains("no site of the name host.test"), "{:?}", failed(&probe));
}

/// A net.tcp server that takes the upgrade: what MC-NMF §2.2.3 has a client send, until
/// its UpgradeRequest, is answered with UpgradeResponse.
#[tokio::test]
async fn a_net_tcp_server_is_found_out() {
    let address = serve(|mut stream| async move {
        let mut asked = Vec::new();
        let mut part = [0; 512];
        // It closes on what is no preamble, as WCF does.
        loop {
            match stream.read(&mut part).await {
                Ok(count) if count > 0 => asked.extend(&part[..count]),
                _ => return,
            }
            if asked.first() != Some(&0) {
                return;
            }
            if has(&asked, b"application/ssl-tls") {
                break;
            }
        }
        let _ = stream.write_all(&[0x0a]).await;
        let _ = stream.read_to_end(&mut Vec::new()).await;
    })
    .await;
    let probe = at(address, &quick()).await;
    assert_eq!(probe.trials.last().map(|trial| trial.change), Some(Change::Upgrade(Protocol::NetTcp)));
    let reached = probe.trials.last().map(|trial| &trial.outcome);
    // TLS is not answered by this server, but its upgrade was.
    assert!(matches!(reached, Some(TrialOutcome::Failed(_))), "{probe:?}");
    assert_eq!(failed(&probe).cause, "needs-upgrade", "{probe:?}");
    assert!(failed(&probe).hint.contains("net.tcp://host.test"), "{:?}", failed(&probe));
}

#[tokio::test]
async fn a_tls_server_is_no_net_tcp_server() {
    let (_, certificate) = issued(Key::p256(1));
    let files = Files::new();
    let server = Server::start(&[], &files.identity("ec", &certificate, Key::p256(1)));
    let target = format!("net.tcp://host.test:{}", server.address.port());
    let probe = to(&target, &quick()).await;
    let failure = failed(&probe);
    assert_eq!((failure.stage, failure.cause), (Stage::Upgrade, "upgrade-plain-tls"), "{probe:?}");
    assert!(failure.hint.contains("tls://"), "{failure:?}");
    assert!(probe.capture.is_some_and(|capture| capture.chain == [certificate]));
}

/// Where a server should speak first and TLS is begun with, both wait for the other.
#[tokio::test]
async fn a_tls_server_is_found_out_before_a_greeting_is_given_up() {
    let (_, certificate) = issued(Key::p256(1));
    let address = side_by_side(&certificate, &Key::p256(1).pkcs8()).await;
    let patient = Settings { timeouts: Timeouts::within(Duration::from_secs(60)), ..quick() };
    let begun = Instant::now();
    let probe = to(&format!("smtp://host.test:{}", address.port()), &patient).await;
    let failure = failed(&probe);
    assert_eq!((failure.stage, failure.cause), (Stage::Upgrade, "upgrade-plain-tls"), "{probe:?}");
    assert!(failure.hint.contains(&format!("tls://host.test:{}", address.port())), "{failure:?}");
    assert!(probe.capture.is_some_and(|capture| capture.chain == [certificate]));
    assert!(begun.elapsed() >= GREETING_PATIENCE && begun.elapsed() < Duration::from_secs(30), "{:?}", begun.elapsed());
}

/// A greeting that is held back is waited for all the same.
#[tokio::test]
async fn a_late_greeting_is_waited_for() {
    let late = serve(|mut stream| async move {
        tokio::time::sleep(GREETING_PATIENCE + Duration::from_secs(1)).await;
        let _ = stream.write_all(b"554 no service\r\n").await;
        let _ = stream.read_to_end(&mut Vec::new()).await;
    })
    .await;
    let patient = Settings { timeouts: Timeouts::within(Duration::from_secs(60)), ..quick() };
    let probe = to(&format!("smtp://host.test:{}", late.port()), &patient).await;
    assert_eq!(failed(&probe).cause, "upgrade-refused", "{probe:?}");
}

/// Another host is connected to; what to probe is the target all the same.
#[tokio::test]
async fn what_to_probe_next_is_the_target() {
    let (_, certificate) = issued(Key::p256(1));
    let files = Files::new();
    let tls = Server::start(&[], &files.identity("ec", &certificate, Key::p256(1)));
    let mail = serve(|mut stream| async move {
        let _ = stream.write_all(b"220 mail.host.test ESMTP\r\n").await;
        let _ = stream.read_to_end(&mut Vec::new()).await;
    })
    .await;
    for (target, address, hint) in [
        ("https://contact.test", mail, "smtp://contact.test:443"),
        ("xmpp://contact.test", tls.address, "tls://contact.test:5222"),
    ] {
        let dial = Dial::parse(&address.to_string()).expect("an address");
        let probe = to(target, &Settings { dial: Some(dial), ..quick() }).await;
        let failure = failed(&probe);
        assert!(failure.hint.contains(hint) && !failure.hint.contains("127.0.0.1"), "{failure:?}");
    }
}

/// As SQL Server does, up to the client's first packet of TLS.
async fn agree_to_tls(stream: &mut tokio::net::TcpStream) {
    let mut read = [0; 512];
    let _ = stream.read(&mut read).await;
    // PRELOGIN with VERSION and ENCRYPTION, which is on (MS-TDS §2.2.6.5).
    let options = [0, 0, 11, 0, 6, 1, 0, 17, 0, 1, 0xff, 15, 0, 0, 0, 0, 0, 1];
    let _ = stream.write_all(&[&[4, 1, 0, 26, 0, 0, 0, 0][..], &options].concat()).await;
    let _ = stream.read(&mut read).await;
}

/// Each empty packet carries no octet of TLS, so that no limit of TLS ends them.
#[tokio::test]
async fn endless_empty_packets_of_sql_server_end() {
    let address = serve(|mut stream| async move {
        agree_to_tls(&mut stream).await;
        let empty = [0x12, 1, 0, 8, 0, 0, 0, 0].repeat(512);
        while stream.write_all(&empty).await.is_ok() {}
    })
    .await;
    let patient =
        Settings { timeouts: Timeouts::within(Duration::from_secs(60)), diagnosis: Diagnosis::None, ..quick() };
    let begun = Instant::now();
    let probe = to(&format!("mssql://host.test:{}", address.port()), &patient).await;
    let failure = failed(&probe);
    assert_eq!((failure.stage, failure.cause), (Stage::Tls, "handshake-too-large"), "{probe:?}");
    assert!(failure.message.contains("MAX_EMPTY_PACKETS"), "{failure}");
    assert!(begun.elapsed() < Duration::from_secs(30), "{:?}", begun.elapsed());
}

/// What carries TLS and is not as it should be is said, and no reset.
#[tokio::test]
async fn what_is_no_packet_of_sql_server_is_named() {
    let address = serve(|mut stream| async move {
        agree_to_tls(&mut stream).await;
        let _ = stream.write_all(&[0x99; 8]).await;
        let _ = stream.read_to_end(&mut Vec::new()).await;
    })
    .await;
    let once = Settings { diagnosis: Diagnosis::None, ..quick() };
    let probe = to(&format!("mssql://host.test:{}", address.port()), &once).await;
    assert_eq!(failed(&probe).cause, "tls-malformed", "{probe:?}");
    assert!(failed(&probe).message.contains("a TLS record was expected, and 99 found"), "{probe:?}");
}
