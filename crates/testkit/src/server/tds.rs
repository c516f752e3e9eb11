//! SQL Server as far as TLS: PRELOGIN, and a handshake inside its packets (MS-TDS §2.2.6.5).

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::Connection;

/// A response to PRELOGIN by SQL Server 2022 with this value of ENCRYPTION, in one packet.
pub fn response(encryption: u8) -> Vec<u8> {
    packet(4, 1, &[0, 0, 11, 0, 6, 1, 0, 17, 0, 1, 0xff, 16, 0, 0x10, 0x3e, 0, 0, encryption])
}

/// A packet of this type and status.
pub fn packet(kind: u8, status: u8, content: &[u8]) -> Vec<u8> {
    let [high, low] = ((content.len() + 8) as u16).to_be_bytes();
    [&[kind, status, high, low, 0, 0, 1, 0], content].concat()
}

/// Answers PRELOGIN, and has the handshake inside packets of PRELOGIN, small ones, until
/// the client sends TLS without. Only a client that asks for encryption is answered.
pub fn encrypted(mut connection: Connection, behind: SocketAddr) {
    let Some(header) = connection.take(8) else { return };
    let &[0x12, 1, high, low, ..] = header.as_slice() else { return };
    let Some(content) = connection.take((usize::from(high) << 8 | usize::from(low)).saturating_sub(8)) else { return };
    if option(&content, 1) != Some(&[1]) {
        return;
    }
    // In two packets, which clients have to put together.
    let whole = response(3);
    let (first, second) = whole.get(8..).unwrap_or_default().split_at(5);
    connection.send(&[packet(4, 0, first), packet(4, 1, second)].concat());
    let plain = Arc::new(AtomicBool::new(false));
    let is_plain = plain.clone();
    let outgoing = move |octets: &[u8]| {
        if is_plain.load(Ordering::SeqCst) {
            return octets.to_vec();
        }
        let count = octets.chunks(500).count();
        let wrapped = octets.chunks(500).enumerate();
        wrapped.flat_map(|(index, part)| packet(0x12, u8::from(index + 1 == count), part)).collect()
    };
    let mut pending = Vec::new();
    let incoming = move |octets: Vec<u8>| {
        pending.extend(octets);
        let mut unwrapped = Vec::new();
        loop {
            match *pending.as_slice() {
                [20..=23, ..] => {
                    plain.store(true, Ordering::SeqCst);
                    unwrapped.append(&mut pending);
                    return Some(unwrapped);
                }
                [0x12, _, high, low, _, _, _, _, ..] => {
                    let length = usize::from(high) << 8 | usize::from(low);
                    if length < 8 {
                        return None;
                    }
                    if pending.len() < length {
                        return Some(unwrapped);
                    }
                    unwrapped.extend(pending.drain(..length).skip(8));
                }
                [] | [0x12, ..] => return Some(unwrapped),
                _ => return None,
            }
        }
    };
    connection.splice_with(behind, outgoing, incoming);
}

/// The value of an option.
fn option(content: &[u8], wanted: u8) -> Option<&[u8]> {
    content.chunks(5).find_map(|option| match *option {
        [kind, a, b, c, d] if kind == wanted => {
            let begin = usize::from(a) << 8 | usize::from(b);
            content.get(begin..begin + (usize::from(c) << 8 | usize::from(d)))
        }
        _ => None,
    })
}
