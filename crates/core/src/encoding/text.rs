//! Telling text from binary, and reading the encodings that editors save.
//!
//! PEM and base64 are ASCII, so the text is offered as a view with one octet
//! for each code unit of the file: an index into the view converts to a byte
//! offset in the file by one multiplication, whatever else the text contains.

use std::borrow::Cow;
use std::fmt;

use super::boundary;

/// How many octets are looked at to recognise UTF-16 that has no byte order mark.
const UTF16_SAMPLE_OCTETS: usize = 4096;

/// Stands in the view for a code unit that is not ASCII.
const NOT_ASCII: u8 = 0xff;

/// How a file stores its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextEncoding {
    /// ASCII or UTF-8, with or without a byte order mark.
    Utf8 {
        /// Whether the byte order mark is there.
        bom: bool,
    },
    /// UTF-16, low octet first: what Windows Notepad calls "Unicode".
    Utf16Le {
        /// Whether the byte order mark is there.
        bom: bool,
    },
    /// UTF-16, high octet first.
    Utf16Be {
        /// Whether the byte order mark is there.
        bom: bool,
    },
    /// One octet for each character, and not UTF-8 (Windows-1252, ISO 8859, …).
    EightBit,
}

impl TextEncoding {
    fn unit(self) -> usize {
        match self {
            TextEncoding::Utf8 { .. } | TextEncoding::EightBit => 1,
            TextEncoding::Utf16Le { .. } | TextEncoding::Utf16Be { .. } => 2,
        }
    }

    fn bom_octets(self) -> usize {
        match self {
            TextEncoding::Utf8 { bom: true } => 3,
            TextEncoding::Utf16Le { bom: true } | TextEncoding::Utf16Be { bom: true } => 2,
            _ => 0,
        }
    }
}

impl fmt::Display for TextEncoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            TextEncoding::Utf8 { .. } => "UTF-8",
            TextEncoding::Utf16Le { .. } => "UTF-16LE",
            TextEncoding::Utf16Be { .. } => "UTF-16BE",
            TextEncoding::EightBit => "8-bit text",
        })?;
        if self.bom_octets() > 0 { f.write_str(" with byte order mark") } else { Ok(()) }
    }
}

/// The text of a file.
pub struct Text<'a> {
    file: &'a [u8],
    /// Octets of the byte order mark.
    start: usize,
    encoding: TextEncoding,
    view: Cow<'a, [u8]>,
}

impl<'a> Text<'a> {
    /// The text in `file`, or `None` when the file is binary.
    ///
    /// Text has no control characters but white space; with stray ones it is
    /// still text when a PEM boundary stands in it and it does not start like
    /// BER (a certificate may well contain the words of a boundary).
    pub fn detect(file: &'a [u8]) -> Option<Text<'a>> {
        let mut encoding = match file {
            [0xef, 0xbb, 0xbf, ..] => TextEncoding::Utf8 { bom: true },
            [0xff, 0xfe, ..] => TextEncoding::Utf16Le { bom: true },
            [0xfe, 0xff, ..] => TextEncoding::Utf16Be { bom: true },
            _ => utf16_without_bom(file).unwrap_or(TextEncoding::Utf8 { bom: false }),
        };
        let start = encoding.bom_octets();
        let body = file.get(start..).unwrap_or_default();
        let view = match encoding {
            TextEncoding::Utf16Le { .. } => Cow::Owned(narrow(body, u16::from_le_bytes)),
            TextEncoding::Utf16Be { .. } => Cow::Owned(narrow(body, u16::from_be_bytes)),
            TextEncoding::Utf8 { .. } | TextEncoding::EightBit => Cow::Borrowed(body),
        };
        let starts_like_ber = matches!(*view, [0x30, length, ..] if length >= 0x80);
        if view.iter().any(|&octet| is_control(octet)) && (starts_like_ber || boundary::find_begin(&view, 0).is_none())
        {
            return None;
        }
        if encoding.unit() == 1 && std::str::from_utf8(&view).is_err() {
            if starts_like_ber {
                return None;
            }
            encoding = TextEncoding::EightBit;
        }
        Some(Text { file, start, encoding, view })
    }

    /// How the file stores it.
    pub fn encoding(&self) -> TextEncoding {
        self.encoding
    }

    /// The text, one octet for each code unit; a unit that is not ASCII is an
    /// octet from 0x80 up.
    pub fn view(&self) -> &[u8] {
        &self.view
    }

    /// The byte offset in the file of index `index` of the view.
    pub fn file_offset(&self, index: usize) -> usize {
        self.start + index * self.encoding.unit()
    }

    /// The character at index `index` of the view, for messages.
    pub fn character(&self, index: usize) -> char {
        let at = self.file.get(self.file_offset(index)..).unwrap_or_default();
        let pair = |unit: fn([u8; 2]) -> u16| {
            let units = at
                .chunks_exact(2)
                .take(2)
                .map(|pair| unit([pair.first().copied().unwrap_or(0), pair.get(1).copied().unwrap_or(0)]));
            char::decode_utf16(units).next().and_then(Result::ok)
        };
        let found = match self.encoding {
            TextEncoding::Utf16Le { .. } => pair(u16::from_le_bytes),
            TextEncoding::Utf16Be { .. } => pair(u16::from_be_bytes),
            TextEncoding::EightBit => None,
            TextEncoding::Utf8 { .. } => {
                let some = at.get(..at.len().min(4)).unwrap_or_default();
                some.utf8_chunks().next().and_then(|chunk| chunk.valid().chars().next())
            }
        };
        match (found, at.first()) {
            (Some(character), _) => character,
            (None, Some(&octet)) if octet.is_ascii() => char::from(octet),
            _ => char::REPLACEMENT_CHARACTER,
        }
    }
}

impl Drop for Text<'_> {
    fn drop(&mut self) {
        // The text may hold a private key.
        if let Cow::Owned(view) = &mut self.view {
            wipe(view);
        }
    }
}

/// Overwrites a buffer that may hold a private key.
///
/// Without unsafe code this is best effort: `black_box` asks the compiler to
/// keep the writes, and copies that a growing `Vec` left behind stay.
pub(super) fn wipe(buffer: &mut Vec<u8>) {
    buffer.fill(0);
    std::hint::black_box(&buffer);
    buffer.clear();
}

/// Octets that no text has; 0x1a ends a DOS text, 0x1b starts a terminal's colours.
fn is_control(octet: u8) -> bool {
    matches!(octet, 0..=0x07 | 0x0e..=0x19 | 0x1c..=0x1f | 0x7f)
}

fn narrow(octets: &[u8], unit: fn([u8; 2]) -> u16) -> Vec<u8> {
    octets
        .as_chunks::<2>()
        .0
        .iter()
        .map(|&pair| match u8::try_from(unit(pair)) {
            Ok(octet) if octet.is_ascii() => octet,
            _ => NOT_ASCII,
        })
        .collect()
}

/// UTF-16 by its pattern: the first character is ASCII, and so are three
/// quarters of a sample, hence every second octet is zero.
fn utf16_without_bom(file: &[u8]) -> Option<TextEncoding> {
    let sample = file.get(..file.len().min(UTF16_SAMPLE_OCTETS)).unwrap_or_default();
    let (pairs, _) = sample.as_chunks::<2>();
    let fits = |unit: fn([u8; 2]) -> u16| {
        let is_text =
            |pair: &[u8; 2]| u8::try_from(unit(*pair)).is_ok_and(|octet| octet.is_ascii() && !is_control(octet));
        pairs.len() >= 4
            && pairs.first().is_some_and(is_text)
            && pairs.iter().filter(|pair| is_text(pair)).count() * 4 >= pairs.len() * 3
    };
    if fits(u16::from_le_bytes) {
        Some(TextEncoding::Utf16Le { bom: false })
    } else if fits(u16::from_be_bytes) {
        Some(TextEncoding::Utf16Be { bom: false })
    } else {
        None
    }
}
