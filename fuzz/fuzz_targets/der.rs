//! The DER cursor: every value of an arbitrary tree, with every decoder.

#![no_main]

use certlens_core::encoding::der::{Cursor, DeviationSink, MAX_NESTING, Span, Tlv};
use certlens_core::encoding::deviation::Deviation;
use certlens_core::x509::validity::EncodedTime;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let first = read_all(data);
    assert_eq!(first, read_all(data), "two readings of the same octets differ");
    let Walk { spans, deviations } = first;
    for deviation in deviations {
        assert!(deviation.offset <= data.len(), "{deviation:?} lies outside of {} octets", data.len());
    }
    for span in spans {
        assert!(span.start < span.end && span.end as usize <= data.len(), "{span:?}");
    }
});

#[derive(Debug, PartialEq)]
struct Walk {
    spans: Vec<Span>,
    deviations: Vec<Deviation>,
}

fn read_all(data: &[u8]) -> Walk {
    let sink = DeviationSink::new();
    let mut spans = Vec::new();
    descend(data, Cursor::new(data, &sink), 0, &mut spans);
    Walk { spans, deviations: sink.into_deviations() }
}

fn descend<'a>(data: &'a [u8], mut cursor: Cursor<'a>, depth: usize, spans: &mut Vec<Span>) {
    while !cursor.is_empty() {
        let before = cursor.offset();
        let mut again = cursor.without_sink();
        let tlv = match cursor.read() {
            Ok(tlv) => tlv,
            Err(error) => {
                assert!(error.offset <= data.len(), "{error}");
                assert_eq!(again.read().map(|tlv| tlv.span()), Err(error), "noting deviations changes the outcome");
                return;
            }
        };
        assert!(cursor.offset() > before, "reading did not move");
        assert_eq!(again.read().map(|tlv| tlv.span()), Ok(tlv.span()), "noting deviations changes the outcome");
        place(data, &tlv);
        decode(data, &tlv);
        spans.push(tlv.span());
        if tlv.tag.is_constructed() && depth < MAX_NESTING {
            descend(data, tlv.cursor(), depth + 1, spans);
        }
    }
}

/// The value's octets are those of the input at its offsets.
fn place(data: &[u8], tlv: &Tlv<'_>) {
    let (whole, content) = (tlv.span(), tlv.content_span());
    assert!(whole.start < content.start && content.start <= content.end && content.end <= whole.end);
    assert_eq!(data.get(whole.range()), Some(tlv.raw()));
    assert_eq!(data.get(content.range()), Some(tlv.content()));
    assert_eq!(tlv.cursor().rest(), tlv.content());
}

/// Every decoder on every value, whatever its tag; what comes out is made of
/// the value's own octets.
fn decode(data: &[u8], tlv: &Tlv<'_>) {
    let inside = |offset: usize| assert!(offset <= data.len(), "offset {offset} of {}", data.len());
    let _ = tlv.boolean();
    let _ = tlv.null();
    if let Ok(integer) = tlv.integer() {
        assert_eq!(integer.as_bytes(), tlv.content());
        assert!(!(integer.is_zero() && integer.is_negative()));
        assert_eq!(integer.unsigned().is_none(), integer.is_negative());
        if let Some(value) = integer.to_u32() {
            assert_eq!(value == 0, integer.is_zero());
        }
    }
    match tlv.oid() {
        Ok(content) => {
            let oid = certlens_core::x509::oid::Oid::new(content);
            let dotted = oid.to_string();
            // Text and octets stand for the same identifier when the octets are
            // the shortest form and every arc is small enough to be written.
            if let Some(encoded) = certlens_core::x509::oid::encode_dotted(&dotted) {
                assert!(encoded.len() <= content.len(), "{dotted}");
            }
        }
        Err(error) => inside(error.offset),
    }
    match tlv.bit_string() {
        Ok(bits) => {
            inside(bits.offset);
            assert!(bits.unused < 8);
            assert_eq!(bits.bytes.len() + 1, tlv.content().len());
            assert!(!bits.bit(bits.bytes.len() * 8), "a bit beyond the end is set");
        }
        Err(error) => inside(error.offset),
    }
    match EncodedTime::decode(&mut tlv.as_cursor()) {
        Ok(encoded) => {
            inside(encoded.offset);
            assert!((20..=24).contains(&encoded.time.to_string().len()), "{}", encoded.time);
        }
        Err(error) => inside(error.offset),
    }
    let _ = EncodedTime::generalized(tlv);
}
