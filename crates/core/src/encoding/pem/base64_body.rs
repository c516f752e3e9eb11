//! Base64 (RFC 4648 §4) as it stands in files: with white space, any line
//! length, and padding that may be missing.

use std::fmt;

use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use base64::{Engine, alphabet};

use crate::encoding::text::wipe;

/// Decodes symbols without padding, whatever the unused bits are; both are
/// judged before it is asked.
const ENGINE: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::RequireNone)
        .with_decode_allow_trailing_bits(true),
);

/// Why base64 cannot be decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Base64Error {
    /// A character that base64 does not have.
    IllegalCharacter(char),
    /// Something follows the padding.
    AfterPadding(char),
    /// One character is left over: six bits make no octet, so some are missing.
    Incomplete,
    /// There is nothing to decode.
    Empty,
}

impl fmt::Display for Base64Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::IllegalCharacter(found) => write!(f, "expected a base64 character, found {found:?}"),
            Self::AfterPadding(found) => write!(f, "expected the end of the base64 after its padding, found {found:?}"),
            Self::Incomplete => f.write_str("the base64 is incomplete: one character is left over"),
            Self::Empty => f.write_str("expected base64, found nothing"),
        }
    }
}

/// What is unusual in base64 that decodes without doubt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Base64Note {
    /// The padding is missing or too long (RFC 4648 §3.2).
    Padding,
    /// The bits after the last octet are not zero (RFC 4648 §3.5).
    UnusedBits,
    /// Line ends are written as `\n` or `\r`, as in JSON.
    EscapedLineEnds,
}

impl fmt::Display for Base64Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Padding => "the base64 padding is missing or too long (RFC 4648 §3.2)",
            Self::UnusedBits => "the bits after the last base64 octet are not zero (RFC 4648 §3.5)",
            Self::EscapedLineEnds => "line ends are written as \\n, which most programs do not read",
        })
    }
}

/// Decoded octets, and what is unusual with its index in the body.
#[derive(Default)]
pub(in crate::encoding) struct Decoded {
    pub(in crate::encoding) octets: Vec<u8>,
    pub(in crate::encoding) notes: Vec<(usize, Base64Note)>,
}

/// Whether base64 has this character, the padding apart.
pub(in crate::encoding) fn is_base64(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || octet == b'+' || octet == b'/'
}

/// Decodes a body. `character` names the character at an index of the body.
///
/// # Errors
/// The index in the body, and what is wrong there.
pub(in crate::encoding) fn decode(
    body: &[u8],
    character: &dyn Fn(usize) -> char,
) -> Result<Decoded, (usize, Base64Error)> {
    let mut symbols = Vec::with_capacity(body.len());
    let result = strip(body, character, &mut symbols).and_then(|stripped| finish(body.len(), &symbols, stripped));
    // The symbols may spell a private key.
    wipe(&mut symbols);
    result
}

#[derive(Default)]
struct Stripped {
    padding: usize,
    escape_at: Option<usize>,
    last_at: usize,
}

fn strip(
    body: &[u8],
    character: &dyn Fn(usize) -> char,
    symbols: &mut Vec<u8>,
) -> Result<Stripped, (usize, Base64Error)> {
    let mut stripped = Stripped::default();
    let mut octets = body.iter().copied().enumerate().peekable();
    while let Some((at, octet)) = octets.next() {
        match octet {
            b' ' | b'\t' | b'\r' | b'\n' | 0x0b | 0x0c => {}
            b'\\' if matches!(octets.peek(), Some((_, b'n' | b'r'))) => {
                octets.next();
                stripped.escape_at.get_or_insert(at);
            }
            b'=' => stripped.padding += 1,
            _ if !is_base64(octet) => return Err((at, Base64Error::IllegalCharacter(character(at)))),
            _ if stripped.padding > 0 => return Err((at, Base64Error::AfterPadding(character(at)))),
            _ => {
                stripped.last_at = at;
                symbols.push(octet);
            }
        }
    }
    Ok(stripped)
}

fn finish(end: usize, symbols: &[u8], stripped: Stripped) -> Result<Decoded, (usize, Base64Error)> {
    let left_over = symbols.len() % 4;
    let (padding, unused_bits) = match left_over {
        _ if symbols.is_empty() => return Err((end, Base64Error::Empty)),
        0 => (0, 0),
        2 => (2, 0b1111),
        3 => (1, 0b0011),
        _ => return Err((stripped.last_at, Base64Error::Incomplete)),
    };
    let mut notes = Vec::new();
    if let Some(at) = stripped.escape_at {
        notes.push((at, Base64Note::EscapedLineEnds));
    }
    if symbols.last().is_some_and(|&symbol| sextet(symbol) & unused_bits != 0) {
        notes.push((stripped.last_at, Base64Note::UnusedBits));
    }
    if stripped.padding != padding {
        notes.push((stripped.last_at, Base64Note::Padding));
    }
    let octets = ENGINE.decode(symbols).map_err(|_| (stripped.last_at, Base64Error::Incomplete))?;
    Ok(Decoded { octets, notes })
}

fn sextet(symbol: u8) -> u8 {
    match symbol {
        b'A'..=b'Z' => symbol - b'A',
        b'a'..=b'z' => symbol - b'a' + 26,
        b'0'..=b'9' => symbol - b'0' + 52,
        b'+' => 62,
        _ => 63,
    }
}
