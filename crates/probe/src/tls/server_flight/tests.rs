use super::*;
use crate::tls::hello::Hello;
use certlens_testkit::{CertificateBuilder, Key, Name, Signing};

fn vector(width: usize, content: &[u8]) -> Vec<u8> {
    let length = (content.len() as u32).to_be_bytes();
    [&length[4 - width..], content].concat()
}

fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    [&[kind], vector(3, body).as_slice()].concat()
}

fn record(content: u8, fragment: &[u8]) -> Vec<u8> {
    [&[content, 3, 3], vector(2, fragment).as_slice()].concat()
}

fn hello_body(version: u16, suite: u16, extensions: &[u8]) -> Vec<u8> {
    let mut body = version.to_be_bytes().to_vec();
    body.extend([7; 32]);
    body.extend([0]);
    body.extend(suite.to_be_bytes());
    body.push(0);
    if !extensions.is_empty() {
        body.extend(vector(2, extensions));
    }
    body
}

const CLIENT_RANDOM: [u8; 32] = [9; 32];

/// A flight of TLS 1.2 with everything in it, signed by `key`.
fn flight(key: Key) -> Vec<u8> {
    let certificate = CertificateBuilder::new(Name::cn("host.test"), Key::p256(1)).self_signed();
    let alpn = [&[0, 16][..], &vector(2, &vector(2, &vector(1, b"h2")))].concat();
    let scts = [&[0, 18][..], &vector(2, b"scts")].concat();
    let parameters = [&[3, 0, 0x17][..], &vector(1, &[4; 65])].concat();
    let signed = [&CLIENT_RANDOM, &[7; 32][..], &parameters].concat();
    let signature = key.sign(Signing::EcdsaSha256, &signed);
    let exchange = [&parameters, &[4, 3][..], &vector(2, &signature)].concat();
    let name = b"a CA's name";
    let request = [vector(1, &[1, 64]), vector(2, &[4, 3, 8, 4]), vector(2, &vector(2, name))].concat();
    [
        message(SERVER_HELLO, &hello_body(0x0303, 0xc02b, &[alpn, scts].concat())),
        message(CERTIFICATE, &vector(3, &[vector(3, &certificate), vector(3, b"second")].concat())),
        message(CERTIFICATE_STATUS, &[&[1][..], &vector(3, b"staple")].concat()),
        message(SERVER_KEY_EXCHANGE, &exchange),
        message(CERTIFICATE_REQUEST, &request),
        message(SERVER_HELLO_DONE, &[]),
    ]
    .concat()
}

fn read(octets: &[u8]) -> (Result<Progress, FlightError>, Option<Capture>) {
    let mut flight = ServerFlight::new();
    let progress = flight.push(octets);
    (progress, flight.capture(&CLIENT_RANDOM, Some("host.test")))
}

#[test]
fn everything_in_a_flight_is_captured() {
    let (progress, capture) = read(&record(22, &flight(Key::p256(1))));
    assert_eq!(progress, Ok(Progress::Done));
    let capture = capture.expect("a capture");
    assert_eq!((capture.version, capture.suite), (Some(Version::TLS_1_2), Some(Suite(0xc02b))));
    assert_eq!(capture.group, Some(Group::Named(0x17)));
    assert_eq!((capture.alpn.as_deref(), capture.scts.as_deref()), (Some(&b"h2"[..]), Some(&b"scts"[..])));
    assert_eq!((capture.chain.len(), capture.chain[1].as_slice()), (2, &b"second"[..]));
    assert_eq!(capture.staple.as_deref(), Some(&b"staple"[..]));
    assert_eq!(capture.possession, Possession::Proven(Scheme(0x0403)));
    let asked = capture.client_certificate.expect("a request");
    assert_eq!(asked.ca_names, [b"a CA's name"]);
    assert_eq!(asked.schemes, [Scheme(0x0403), Scheme(0x0804)]);
}

#[test]
fn a_signature_by_another_key_disproves() {
    let (_, capture) = read(&record(22, &flight(Key::p256(2))));
    assert!(matches!(capture.expect("a capture").possession, Possession::Disproven(..)));
    // As does one over the random value of another hello.
    let mut other = ServerFlight::new();
    other.push(&record(22, &flight(Key::p256(1)))).expect("a flight");
    let capture = other.capture(&[1; 32], None).expect("a capture");
    assert!(matches!(capture.possession, Possession::Disproven(..)));
}

#[test]
fn it_is_the_same_however_it_is_cut() {
    let whole = flight(Key::p256(1));
    for size in [1, 2, 3, 100, 1000] {
        let octets: Vec<u8> = whole.chunks(size).flat_map(|part| record(22, part)).collect();
        let mut flight = ServerFlight::new();
        let last = octets.chunks(7).map(|part| flight.push(part)).last();
        assert_eq!(last, Some(Ok(Progress::Done)), "{size}");
        assert_eq!(flight.capture(&CLIENT_RANDOM, None).map(|capture| capture.chain.len()), Some(2));
    }
}

#[test]
fn alerts_end_and_warnings_do_not() {
    let warning = record(21, &[1, 112]);
    let mut flight = ServerFlight::new();
    assert_eq!(flight.push(&warning), Ok(Progress::More));
    let fatal = Alert { level: 2, description: 40 };
    assert_eq!(flight.push(&record(21, &[2, 40])), Ok(Progress::Alert(fatal)));
    assert_eq!(flight.push(b"whatever comes after"), Ok(Progress::Alert(fatal)));
}

#[test]
fn what_is_wrong_is_said_where() {
    let hello = |extensions: &[u8]| message(SERVER_HELLO, &hello_body(0x0303, 0xc02f, extensions));
    let after = |rest: &[u8]| [hello(&[]), rest.to_vec()].concat();
    let cases: Vec<(Vec<u8>, &str)> = vec![
        (b"HTTP/1.1 400 Bad Request\r\n".to_vec(), "at octet 0 of the answer a content type"),
        (record(20, &[1]), "ChangeCipherSpec came"),
        (record(22, &message(CERTIFICATE, &[0, 0, 0])), "type 11 came out of place"),
        (record(22, &message(SERVER_HELLO, &hello_body(0x0304, 0x1301, &[]))), "at octet 0 of the ServerHello"),
        (record(22, &hello(&[0, 16, 0, 9])), "at octet 42 of the ServerHello an extension was expected"),
        (record(22, &message(SERVER_HELLO, &[3, 3, 1])), "at octet 2 of the ServerHello a random value"),
        (
            record(22, &after(&message(CERTIFICATE, &[0, 0, 9, 1]))),
            "at octet 0 of the Certificate a list of certificates was expected",
        ),
        (record(22, &after(&message(CERTIFICATE, &[0, 0, 3, 0, 0, 1]))), "at octet 3 of the Certificate"),
        (record(22, &after(&hello(&[]))), "type 2 came out of place"),
        (record(22, &[2, 1, 0, 0]), "MAX_MESSAGE_OCTETS"),
    ];
    for (octets, wanted) in cases {
        let (progress, _) = read(&octets);
        let error = progress.expect_err(wanted).to_string();
        assert!(error.contains(wanted), "{error} instead of {wanted}");
    }
}

#[test]
fn endless_answers_end() {
    let mut records = ServerFlight::new();
    let drip = record(21, &[1, 90]);
    let ended = (0..=MAX_HANDSHAKE_RECORDS).find_map(|_| records.push(&drip).err());
    assert_eq!(ended, Some(FlightError::Limit("MAX_HANDSHAKE_RECORDS", MAX_HANDSHAKE_RECORDS)));
    let mut octets = ServerFlight::new();
    let block = record(22, &message(0, &[]).repeat(4000));
    let ended = (0..100).find_map(|_| octets.push(&block).err());
    assert_eq!(ended, Some(FlightError::Limit("MAX_HANDSHAKE_OCTETS", MAX_HANDSHAKE_OCTETS)));
}

#[test]
fn keys_that_no_one_signed_for_are_unproven() {
    let certificate = message(CERTIFICATE, &vector(3, &vector(3, b"certificate")));
    for (version, suite) in [(0x0303, 0x002f), (0x0301, 0xc013), (0x0303, 0xc02f)] {
        let octets = [message(SERVER_HELLO, &hello_body(version, suite, &[])), certificate.clone()].concat();
        let (progress, capture) = read(&record(22, &octets));
        assert_eq!(progress, Ok(Progress::More));
        assert!(matches!(capture.expect("a capture").possession, Possession::Unproven(_)));
    }
}

#[test]
fn a_hello_is_one_record_with_what_was_asked_for() {
    let hello = |version, server_name| {
        Hello { version, random: [5; 32], server_name, alpn: &[b"h2".to_vec(), vec![0; 300]] }.record()
    };
    let record = hello(Version::TLS_1_2, Some("host.test"));
    assert_eq!(record[..3], [22, 3, 1]);
    assert_eq!(usize::from(u16::from_be_bytes([record[3], record[4]])), record.len() - 5);
    let has = |record: &[u8], part: &[u8]| record.windows(part.len()).any(|window| window == part);
    assert!(has(&record, b"host.test") && has(&record, b"\x00\x03\x02h2"));
    assert!(!has(&hello(Version::TLS_1_0, None), b"host.test"));
    // signature_algorithms is for TLS 1.2 (RFC 5246 §7.4.1.4.1).
    assert!(has(&record, &[0, 13, 0, 38]) && !has(&hello(Version::TLS_1_1, None), &[0, 13, 0, 38]));
}
