//! What `openssl s_server` presents.

use std::time::Duration;

use certlens_probe::probe::{Settings, Timeouts};
use certlens_probe::tls::handshake::Versions;
use certlens_probe::tls::{Capture, ClientCertificateWord, Group, How, Identity, Possession, Scheme, Suite, Version};
use certlens_testkit::{Ca, CertificateBuilder, Key, Name, OcspBuilder, OcspSingle, pem};

use crate::support::{Files, Server, at, issued, quick, shown};

async fn capture(server: &Server, settings: &Settings) -> Capture {
    let probe = at(server.address, settings).await;
    assert_eq!(probe.failure, None, "{probe:?}");
    assert!(probe.trials.is_empty(), "{probe:?}");
    probe.capture.expect("a capture")
}

/// A response that s_server can read; about whom does not matter to it.
fn staple(ca: &Ca) -> Vec<u8> {
    OcspBuilder::new().single(OcspSingle::good(&[1], ca)).signed_by(ca)
}

#[tokio::test]
async fn tls_1_3_with_everything_it_sends() {
    let (_, certificate) = issued(Key::p256(1));
    let files = Files::new();
    let server = Server::start(&["-tls1_3", "-alpn", "h2,http/1.1"], &files.identity("ec", &certificate, Key::p256(1)));
    let settings = Settings { alpn: vec![b"http/1.1".to_vec()], tickets: true, ..quick() };
    let capture = capture(&server, &settings).await;
    assert_eq!(capture.how, How::Handshake);
    assert_eq!(capture.version, Some(Version::TLS_1_3));
    assert_eq!(capture.suite, Some(Suite(0x1302)));
    assert_eq!(capture.group, Some(Group::Named(0x1d)));
    assert_eq!(capture.alpn.as_deref(), Some(&b"http/1.1"[..]));
    assert_eq!(capture.chain, [certificate]);
    assert_eq!(capture.possession, Possession::Proven(Scheme(0x0403)));
    assert_eq!(capture.server_name.as_deref(), Some("host.test"));
    assert_eq!((capture.sessions.tickets > 0, capture.sessions.early_data), (true, 0));
    assert_eq!((capture.client_certificate, capture.staple), (None, None));
    assert!(capture.octets > 500, "{}", capture.octets);
}

#[tokio::test]
async fn tls_1_2_by_rsa() {
    let (_, certificate) = issued(Key::rsa2048(0));
    let files = Files::new();
    let server = Server::start(&["-tls1_2"], &files.identity("rsa", &certificate, Key::rsa2048(0)));
    let found = capture(&server, &quick()).await;
    assert_eq!((found.version, found.suite), (Some(Version::TLS_1_2), Some(Suite(0xc030))));
    assert!(matches!(found.possession, Possession::Proven(_)), "{:?}", found.possession);
    assert!(found.sessions.resumable_1_2);
    // The same over a limit that allows it.
    let limited = Settings { versions: Versions::Tls12, ..quick() };
    assert_eq!(capture(&server, &limited).await.version, Some(Version::TLS_1_2));
}

/// The server wants another group than the one that a share is sent for: it asks for
/// another hello (RFC 8446 §4.1.4).
#[tokio::test]
async fn the_group_that_the_server_insists_on() {
    let (_, certificate) = issued(Key::p256(1));
    let files = Files::new();
    let arguments = files.identity("ec", &certificate, Key::p256(1));
    for version in ["-tls1_2", "-tls1_3"] {
        let server = Server::start(&[version, "-groups", "P-384"], &arguments);
        let settings = Settings { timeouts: Timeouts { handshake: Duration::MAX, ..quick().timeouts }, ..quick() };
        assert_eq!(capture(&server, &settings).await.group, Some(Group::Named(0x18)), "{version}");
    }
}

#[tokio::test]
async fn every_kind_of_key_is_proven() {
    let cases = [
        (Key::p256(1), "-tls1_3"),
        (Key::p384(1), "-tls1_3"),
        (Key::p521(1), "-tls1_3"),
        (Key::ed25519(1), "-tls1_3"),
        (Key::rsa2048(0), "-tls1_3"),
        (Key::p384(1), "-tls1_2"),
        (Key::ed25519(1), "-tls1_2"),
    ];
    for (key, version) in cases {
        let (_, certificate) = issued(key);
        let files = Files::new();
        let server = Server::start(&[version], &files.identity("key", &certificate, key));
        let possession = capture(&server, &quick()).await.possession;
        assert!(matches!(possession, Possession::Proven(_)), "{key:?} {version}: {possession:?}");
    }
}

/// With TLS 1.2 the list of groups limits the keys of certificates too (RFC 8422 §5.1),
/// and the TLS library has no secp521r1. Other clients have: the server is not to blame.
#[tokio::test]
async fn what_only_this_program_cannot_complete_is_said_so() {
    let key = Key::p521(1);
    let (_, certificate) = issued(key);
    let files = Files::new();
    let server = Server::start(&["-tls1_2"], &files.identity("key", &certificate, key));
    let probe = at(server.address, &quick()).await;
    assert_eq!(probe.failure.as_ref().map(|failure| failure.cause), Some("tls-not-completed"), "{probe:?}");
    let capture = probe.capture.expect("a capture");
    assert_eq!((capture.how, capture.chain), (How::PlainHello, vec![certificate]));
    // Its key exchange is signed by the scheme of the certificate's key.
    assert!(matches!(capture.possession, Possession::Proven(_)), "{:?}", capture.possession);
}

#[tokio::test]
async fn a_certificate_of_version_1_proves_its_key_too() {
    let key = Key::rsa2048(0);
    let certificate = CertificateBuilder::new(Name::cn("host.test"), key).version_1().self_signed();
    let files = Files::new();
    for version in ["-tls1_2", "-tls1_3"] {
        let arguments = files.identity("v1", &certificate, key);
        let server = Server::start(&[version, "-cipher", "DEFAULT@SECLEVEL=0"], &arguments);
        let capture = capture(&server, &quick()).await;
        assert_eq!(capture.chain, std::slice::from_ref(&certificate));
        assert!(matches!(capture.possession, Possession::Proven(_)), "{version}: {:?}", capture.possession);
    }
}

#[tokio::test]
async fn a_chain_is_captured_exactly_as_sent() {
    let (ca, certificate) = issued(Key::p256(1));
    let unrelated = Ca::anchor("Unrelated", Key::p256(33));
    // Out of order, with a double, something that does not belong there, and the root.
    let sent = [unrelated.der(), ca.der(), unrelated.der(), ca.der()];
    let files = Files::new();
    let chain = files.put("chain.pem", sent.map(pem::certificate).concat());
    let mut arguments = files.identity("ec", &certificate, Key::p256(1));
    arguments.extend(["-cert_chain".to_owned(), shown(&chain)]);
    for version in ["-tls1_2", "-tls1_3"] {
        let server = Server::start(&[version], &arguments);
        let capture = capture(&server, &quick()).await;
        let wanted: Vec<&[u8]> = [&[certificate.as_slice()], &sent[..]].concat();
        assert_eq!(capture.chain, wanted, "{version}");
        assert_eq!(capture.chain_omitted, 0);
    }
}

#[tokio::test]
async fn a_staple_is_captured() {
    let (ca, certificate) = issued(Key::p256(1));
    let staple = staple(&ca);
    let files = Files::new();
    let file = files.put("staple.der", &staple);
    let arguments = files.identity("ec", &certificate, Key::p256(1));
    for version in ["-tls1_2", "-tls1_3"] {
        let server = Server::start(&[version, "-status_file", &shown(&file)], &arguments);
        assert_eq!(capture(&server, &quick()).await.staple.as_ref(), Some(&staple), "{version}");
    }
}

#[tokio::test]
async fn client_certificates_are_demanded_refused_and_taken() {
    let (ca, certificate) = issued(Key::p256(1));
    let client_ca = Ca::anchor("Client CA", Key::p256(40));
    let client = CertificateBuilder::new(Name::cn("client"), Key::p256(41)).issued_by(&client_ca);
    let stranger = CertificateBuilder::new(Name::cn("client"), Key::p256(42)).issued_by(&ca);
    let files = Files::new();
    let trusted = shown(&files.put("client-ca.pem", pem::certificate(client_ca.der())));
    let arguments = files.identity("ec", &certificate, Key::p256(1));
    let given = |certificate: &Vec<u8>, key: Key| {
        let identity = Identity::from_pkcs8(vec![certificate.clone()], &key.pkcs8()).expect("an identity");
        Settings { identity: Some(identity), ..quick() }
    };
    for version in ["-tls1_2", "-tls1_3"] {
        let mode = [version, "-Verify", "2", "-verify_return_error", "-CAfile", &trusted];
        let server = Server::start(&mode, &arguments);

        let without = at(server.address, &quick()).await;
        let failure = without.failure.as_ref().expect("a failure");
        assert_eq!(failure.cause, "client-certificate-demanded", "{version}: {without:?}");
        assert!(failure.hint.contains("--client-cert FILE (PEM or PFX), issued by the CA"), "{}", failure.hint);
        assert_eq!(failure.windows, [12_044]);
        assert!(without.trials.is_empty());
        let capture = without.capture.expect("the server's certificates all the same");
        assert_eq!(capture.chain, std::slice::from_ref(&certificate));
        assert!(matches!(capture.possession, Possession::Proven(_)));
        let asked = capture.client_certificate.expect("a request");
        assert_eq!(asked.ca_names, [client_ca.name().to_der()], "{version}");
        assert!(!asked.given && !asked.schemes.is_empty());
        assert!(matches!(asked.word, ClientCertificateWord::Refused(_)), "{version}: {:?}", asked.word);

        let other = at(server.address, &given(&stranger, Key::p256(42))).await;
        let failure = other.failure.as_ref().expect("a failure");
        assert_eq!(failure.cause, "client-certificate-refused", "{version}: {other:?}");
        assert!(failure.message.contains("unknown_ca (48)"), "{failure}");
        let words = ["certificate was sent alone", "intermediates", "--client-cert"];
        assert!(words.iter().all(|word| failure.hint.contains(word)), "{}", failure.hint);

        let right = at(server.address, &given(&client, Key::p256(41))).await;
        assert_eq!(right.failure, None, "{version}");
        let asked = right.capture.and_then(|capture| capture.client_certificate).expect("a request");
        assert_eq!((asked.given, asked.word), (true, ClientCertificateWord::Accepted), "{version}");

        // One that names no CAs.
        let server = Server::start(&[version, "-Verify", "2"], &arguments);
        let without = at(server.address, &quick()).await;
        let failure = without.failure.as_ref().expect("a failure");
        assert_eq!(failure.cause, "client-certificate-demanded", "{version}: {without:?}");
        assert!(failure.hint.contains("--client-cert FILE (PEM or PFX); it names no CAs"), "{}", failure.hint);

        // A server that asks and goes on without one.
        let server = Server::start(&[version, "-verify", "2", "-CAfile", &trusted], &arguments);
        let optional = at(server.address, &quick()).await;
        assert_eq!(optional.failure, None, "{version}");
        let asked = optional.capture.and_then(|capture| capture.client_certificate).expect("a request");
        assert_eq!((asked.given, asked.word), (false, ClientCertificateWord::Accepted), "{version}");
    }
}

/// Arguments of s_server and its key; the version and group that are found, and whether
/// the server signs in a way that is verified.
type Old = (&'static [&'static str], Key, Version, Option<Group>, bool);

/// Servers that no current client talks to, with what is to be found out about them.
#[tokio::test]
async fn servers_of_old_are_inspected_without_a_handshake() {
    let cases: [Old; 6] = [
        (&["-tls1", "-cipher", "AES128-SHA@SECLEVEL=0"], Key::rsa2048(0), Version::TLS_1_0, None, false),
        (&["-tls1_1", "-cipher", "ALL@SECLEVEL=0"], Key::rsa2048(0), Version::TLS_1_1, Some(Group::Named(0x1d)), false),
        (&["-tls1", "-cipher", "ALL@SECLEVEL=0"], Key::p256(1), Version::TLS_1_0, Some(Group::Named(0x1d)), true),
        (&["-tls1_2", "-cipher", "AES256-GCM-SHA384"], Key::rsa2048(0), Version::TLS_1_2, None, false),
        (
            &["-tls1_2", "-cipher", "ECDHE-RSA-AES256-SHA384@SECLEVEL=0"],
            Key::rsa2048(0),
            Version::TLS_1_2,
            Some(Group::Named(0x1d)),
            true,
        ),
        (
            &["-tls1_2", "-cipher", "DHE-RSA-AES256-SHA256@SECLEVEL=0"],
            Key::rsa2048(0),
            Version::TLS_1_2,
            Some(Group::Prime(2048)),
            true,
        ),
    ];
    for (arguments, key, version, group, proven) in cases {
        let (ca, certificate) = issued(key);
        let staple = staple(&ca);
        let files = Files::new();
        let file = shown(&files.put("staple.der", &staple));
        let all = [arguments, &["-status_file", &file]].concat();
        let server = Server::start(&all, &files.identity("old", &certificate, key));
        let probe = at(server.address, &quick()).await;
        let failure = probe.failure.as_ref().expect("current clients fail");
        assert_eq!(failure.cause, "tls-too-old", "{arguments:?}: {probe:?}");
        assert!(failure.message.contains(&version.to_string()), "{failure}");
        let capture = probe.capture.expect("a capture");
        assert_eq!(capture.how, How::PlainHello);
        assert_eq!((capture.version, capture.group), (Some(version), group), "{arguments:?}");
        assert_eq!(capture.chain, [certificate]);
        assert_eq!(capture.staple.as_ref(), Some(&staple), "{arguments:?}");
        assert_eq!(matches!(capture.possession, Possession::Proven(_)), proven, "{:?}", capture.possession);
    }
}

#[tokio::test]
async fn a_limit_of_versions_is_told_from_a_server_that_cannot() {
    let (_, certificate) = issued(Key::p256(1));
    let files = Files::new();
    let arguments = files.identity("ec", &certificate, Key::p256(1));
    for (server, limit, spoken) in
        [("-tls1_2", Versions::Tls13, Version::TLS_1_2), ("-tls1_3", Versions::Tls12, Version::TLS_1_3)]
    {
        let server = Server::start(&[server], &arguments);
        let probe = at(server.address, &Settings { versions: limit, ..quick() }).await;
        let failure = probe.failure.as_ref().expect("a failure");
        assert_eq!(failure.cause, "version-not-spoken", "{probe:?}");
        assert_eq!(probe.capture.and_then(|capture| capture.version), Some(spoken));
    }
}
