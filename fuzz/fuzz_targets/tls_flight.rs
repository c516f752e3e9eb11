//! What a server sends in plaintext after a ClientHello, and what it is told by.

#![no_main]

use certlens_probe::limits::{MAX_CA_NAMES, MAX_CHAIN, MAX_HANDSHAKE_OCTETS};
use certlens_probe::tls::server_flight::{FlightError, Progress, ServerFlight};
use certlens_probe::tls::sniff::{Answer, sniff};
use certlens_probe::tls::{Capture, How, Possession, Version};
use libfuzzer_sys::fuzz_target;

const RANDOM: [u8; 32] = [9; 32];

fuzz_target!(|data: &[u8]| {
    if let Answer::Other(_, words) | Answer::Unknown(words) = sniff(data) {
        assert!(!words.is_empty() && words.len() < 2048 && !words.contains(char::is_control));
    }
    // Beyond the limit it matters where the pieces end.
    let data = data.get(..MAX_HANDSHAKE_OCTETS).unwrap_or(data);
    let whole = read(data, data.len().max(1));
    for piece in [1, 7, 1000] {
        assert_eq!(read(data, piece), whole, "pieces of {piece} octets make a difference");
    }
    let (progress, capture) = whole;
    match progress {
        Err(FlightError::Record { offset, .. }) => assert!(offset < data.len()),
        Err(FlightError::Message { offset, .. }) => assert!(offset <= data.len()),
        Err(_) | Ok(Progress::More | Progress::Done | Progress::Alert(_)) => {}
    }
    if let Some(capture) = capture {
        check(&capture, data);
    }
});

fn read(data: &[u8], piece: usize) -> (Result<Progress, FlightError>, Option<Capture>) {
    let mut flight = ServerFlight::new();
    let mut progress = Ok(Progress::More);
    for part in data.chunks(piece) {
        progress = flight.push(part);
        if !matches!(progress, Ok(Progress::More)) {
            break;
        }
    }
    // What comes after the end is counted with the piece that it came in.
    let capture = flight.capture(&RANDOM, None).map(|capture| Capture { octets: 0, ..capture });
    (progress, capture)
}

fn check(capture: &Capture, data: &[u8]) {
    assert_eq!((capture.how, sniff(data) == Answer::Nothing), (How::PlainHello, false));
    assert!(capture.version.is_some_and(|version| version <= Version::TLS_1_2) && capture.suite.is_some());
    assert!(capture.chain.len() <= MAX_CHAIN);
    assert!(capture.chain_omitted == 0 || capture.chain.len() == MAX_CHAIN);
    let parts = capture.chain.iter().chain(&capture.staple).chain(&capture.scts).chain(&capture.alpn);
    assert!(parts.map(Vec::len).sum::<usize>() <= data.len());
    if let Some(asked) = &capture.client_certificate {
        assert!(asked.ca_names.len() <= MAX_CA_NAMES && !asked.given);
    }
    // No input signs the fixed random value but by a key that was broken.
    if let Possession::Unproven(why) | Possession::Disproven(_, why) = &capture.possession {
        assert!(!why.is_empty());
    }
}
