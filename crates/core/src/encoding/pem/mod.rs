//! PEM blocks (RFC 7468, with the headers of RFC 1421 §4.6) in any text.
//!
//! Boundaries are looked for anywhere, not only at the start of a line, since
//! blocks come indented (YAML), quoted and on one line with `\n` written out
//! (JSON, environment variables). Every block has its own result, so a bad one
//! does not lose the others. What OpenSSL refuses in a block is an error here
//! too, but for three things whose octets are not in doubt, which are noted:
//! unusual padding, unused bits that are not zero, and line ends written `\n`.

use std::fmt;

use super::boundary::{self, DASHES, find, find_begin};
use super::text::{Text, wipe};
use base64_body::decode;
pub use base64_body::{Base64Error, Base64Note};
pub(super) use base64_body::{Decoded, decode as decode_base64, is_base64};

mod base64_body;

const BEGIN: &[u8] = b"-----BEGIN ";
const END: &[u8] = b"-----END ";

/// Longest label that is read. RFC 7468 sets no limit; the longest in use
/// ("ENCRYPTED PRIVATE KEY", "NEW CERTIFICATE REQUEST") stay below 32.
pub const MAX_LABEL_OCTETS: usize = 64;

/// One block.
pub struct PemBlock {
    /// What stands after BEGIN.
    pub label: String,
    /// The decoded octets; empty for OpenPGP blocks, whose armour is another format.
    pub der: Vec<u8>,
    /// Byte offset of the BEGIN boundary in the file.
    pub offset: usize,
    /// Line of the BEGIN boundary, from 1.
    pub line: usize,
    /// Whether a Proc-Type header says that the octets are encrypted (RFC 1421 §4.6.1.1).
    pub encrypted: bool,
    /// The DEK-Info header, which says how they are encrypted (RFC 1421 §4.6.1.3).
    pub dek_info: Option<String>,
    /// What is unusual in a block that can be read.
    pub notes: Vec<PemNote>,
}

impl fmt::Debug for PemBlock {
    // The octets may be a private key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PemBlock({:?}, {} octets, at byte {})", self.label, self.der.len(), self.offset)
    }
}

/// Something unusual in a block that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PemNote {
    /// Byte offset in the file.
    pub offset: usize,
    /// What is unusual.
    pub kind: Base64Note,
}

/// Why a block cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PemError {
    /// Byte offset in the file.
    pub offset: usize,
    /// Line, from 1.
    pub line: usize,
    /// The block's label, empty when that could not be read.
    pub label: String,
    /// What is wrong.
    pub kind: PemErrorKind,
}

/// What is wrong with a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PemErrorKind {
    /// `-----BEGIN ` is not followed by a label and five dashes.
    MalformedBegin,
    /// The END boundary is missing; the block runs into the next one or the end of the file.
    MissingEnd {
        /// Whether another BEGIN boundary was found instead.
        next_block: bool,
    },
    /// `-----END ` is not followed by a label and five dashes.
    MalformedEnd,
    /// The END boundary has another label.
    LabelMismatch {
        /// The label after END.
        found: String,
    },
    /// An END line outside of any block: its BEGIN line is missing or damaged.
    EndWithoutBegin,
    /// Base64 that starts like a certificate, outside of any block.
    Base64OutsideBlock,
    /// The base64 in between cannot be decoded.
    Base64(Base64Error),
}

impl fmt::Display for PemErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MalformedBegin => f.write_str("expected -----BEGIN, a label and five dashes"),
            Self::MissingEnd { next_block: true } => f.write_str("expected an END line, found the next BEGIN line"),
            Self::MissingEnd { next_block: false } => {
                f.write_str("expected an END line, found the end of the file: it is truncated")
            }
            Self::MalformedEnd => f.write_str("expected -----END, the label and five dashes"),
            Self::LabelMismatch { found } => write!(f, "the END line names another label, {found:?}"),
            Self::EndWithoutBegin => f.write_str("an END line without its BEGIN line, which is missing or damaged"),
            Self::Base64OutsideBlock => {
                f.write_str("base64 outside of any block: its BEGIN line is missing or damaged")
            }
            Self::Base64(error) => error.fmt(f),
        }
    }
}

impl fmt::Display for PemError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "byte {} (line {}): ", self.offset, self.line)?;
        if !self.label.is_empty() {
            write!(f, "PEM block {:?}: ", self.label)?;
        }
        self.kind.fmt(f)
    }
}

impl std::error::Error for PemError {}

/// The blocks of a text, in order. Time is linear in the length of the text.
pub fn blocks<'t>(text: &'t Text<'_>) -> Blocks<'t> {
    Blocks { text, view: text.view(), lines: Lines::new(text.view()), pos: 0, looked: 0 }
}

/// Iterator over the blocks of a text; see [`blocks`].
pub struct Blocks<'t> {
    text: &'t Text<'t>,
    view: &'t [u8],
    lines: Lines<'t>,
    pos: usize,
    /// Up to where the text between blocks was looked at for what is left of a block.
    looked: usize,
}

impl Iterator for Blocks<'_> {
    type Item = Result<PemBlock, PemError>;

    fn next(&mut self) -> Option<Self::Item> {
        let begin = find_begin(self.view, self.pos);
        if let Some(error) = self.left_over(begin) {
            return Some(Err(error));
        }
        let Some(begin) = begin else {
            self.pos = self.view.len();
            return None;
        };
        let line = self.lines.at(begin);
        let label_at = begin + BEGIN.len();
        let Some((label, body_at)) = boundary(self.view, label_at) else {
            self.pos = label_at;
            self.pass_over_next_gap();
            return Some(Err(self.error(begin, "", PemErrorKind::MalformedBegin)));
        };
        let body_end = match self.find_end(&label, body_at) {
            Ok(end) => end,
            Err((at, kind)) => return Some(Err(self.error(at, &label, kind))),
        };
        let body = self.view.get(body_at..body_end).unwrap_or_default();
        let Headers { octets: skipped, encrypted, dek_info } = headers(body);
        let content_at = body_at + skipped;
        let decoded = if label.starts_with("PGP ") {
            Decoded::default()
        } else {
            match decode(body.get(skipped..).unwrap_or_default(), &|at| self.text.character(content_at + at)) {
                Ok(decoded) => decoded,
                Err((at, error)) => return Some(Err(self.error(content_at + at, &label, PemErrorKind::Base64(error)))),
            }
        };
        let note = |&(at, kind): &(usize, Base64Note)| PemNote { offset: self.text.file_offset(content_at + at), kind };
        let notes = decoded.notes.iter().map(note).collect();
        let offset = self.text.file_offset(begin);
        Some(Ok(PemBlock { label, der: decoded.octets, offset, line, encrypted, dek_info, notes }))
    }
}

impl Blocks<'_> {
    /// The end of the body that starts at `from`; moves behind the END boundary,
    /// or to where reading can go on.
    fn find_end(&mut self, label: &str, from: usize) -> Result<usize, (usize, PemErrorKind)> {
        let mut at = from;
        while let Some(dashes) = find(self.view, at, b'-', DASHES) {
            let rest = self.view.get(dashes..).unwrap_or_default();
            if rest.starts_with(BEGIN) {
                self.pos = dashes;
                return Err((dashes, PemErrorKind::MissingEnd { next_block: true }));
            }
            if rest.starts_with(END) {
                let label_at = dashes + END.len();
                let Some((found, end)) = boundary(self.view, label_at) else {
                    self.pos = label_at;
                    self.pass_over_next_gap();
                    return Err((dashes, PemErrorKind::MalformedEnd));
                };
                self.pos = end;
                return if found == label { Ok(dashes) } else { Err((dashes, PemErrorKind::LabelMismatch { found })) };
            }
            at = dashes + 1;
        }
        self.pos = self.view.len();
        Err((self.view.len(), PemErrorKind::MissingEnd { next_block: false }))
    }

    /// What is left of a block whose BEGIN line is lost, in the text before the
    /// next one. In a text without any block there is nothing to miss.
    fn left_over(&mut self, begin: Option<usize>) -> Option<PemError> {
        let end = begin.unwrap_or(self.view.len());
        let from = self.pos.max(self.looked);
        if from >= end || (begin.is_none() && self.pos == 0) {
            return None;
        }
        self.looked = end;
        let gap = self.view.get(from..end)?;
        let (at, kind) = boundary::left_over(gap).map(|(at, is_end)| {
            (at, if is_end { PemErrorKind::EndWithoutBegin } else { PemErrorKind::Base64OutsideBlock })
        })?;
        Some(self.error(from + at, "", kind))
    }

    /// What follows a damaged boundary belongs to it.
    fn pass_over_next_gap(&mut self) {
        self.looked = find_begin(self.view, self.pos).unwrap_or(self.view.len());
    }

    fn error(&mut self, at: usize, label: &str, kind: PemErrorKind) -> PemError {
        PemError { offset: self.text.file_offset(at), line: self.lines.at(at), label: label.to_owned(), kind }
    }
}

/// The line of an index, from 1.
pub(super) fn line_of(view: &[u8], index: usize) -> usize {
    Lines::new(view).at(index)
}

/// Label and closing dashes of a boundary whose label starts at `at`, and the
/// index behind them.
fn boundary(view: &[u8], at: usize) -> Option<(String, usize)> {
    let window = view.get(at..)?;
    let window = window.get(..window.len().min(MAX_LABEL_OCTETS + DASHES.len()))?;
    let length = window.windows(DASHES.len()).position(|part| part == DASHES)?;
    let label = window.get(..length)?;
    if !label.iter().all(|octet| (0x20..0x7f).contains(octet)) {
        return None;
    }
    Some((String::from_utf8_lossy(label).trim().to_owned(), at + length + DASHES.len()))
}

/// What the RFC 1421 headers at the start of a body say.
#[derive(Default)]
struct Headers {
    /// How many octets they take.
    octets: usize,
    encrypted: bool,
    dek_info: Option<String>,
}

/// The longest DEK-Info that is kept: a cipher's name and 16 octets in
/// hexadecimal stay below 50.
const MAX_DEK_INFO_OCTETS: usize = 128;

fn headers(body: &[u8]) -> Headers {
    let mut headers = Headers::default();
    let (mut pos, mut within) = (0, false);
    while let Some(rest) = body.get(pos..).filter(|rest| !rest.is_empty()) {
        let (length, next) = line_length(rest);
        let line = rest.get(..length).unwrap_or_default();
        let folded = within && matches!(line, [b' ' | b'\t', ..]);
        if line.trim_ascii().is_empty() {
            // The empty line ends the headers; before them it means nothing.
            if within {
                headers.octets = pos + next;
                return headers;
            }
        } else if line.contains(&b':') || folded {
            within = true;
            let line = line.trim_ascii();
            headers.encrypted |= line.starts_with(b"Proc-Type:") && line.ends_with(b"ENCRYPTED");
            if let Some(value) = line.strip_prefix(b"DEK-Info:")
                && value.len() <= MAX_DEK_INFO_OCTETS
            {
                headers.dek_info = Some(String::from_utf8_lossy(value.trim_ascii()).into_owned());
            }
        } else {
            headers.octets = if within { pos } else { 0 };
            return headers;
        }
        pos += next;
    }
    // Nothing but headers: there is no content to skip to.
    Headers { octets: 0, ..headers }
}

/// Length of the first line, without and with its end: CR, LF, both, or one of
/// them written as an escape.
fn line_length(text: &[u8]) -> (usize, usize) {
    let is_end = |&octet: &u8| matches!(octet, b'\r' | b'\n' | b'\\');
    let length = text.iter().position(is_end).unwrap_or(text.len());
    let end = match text.get(length..).unwrap_or_default() {
        [b'\\', b'r', b'\\', b'n', ..] => 4,
        [b'\r', b'\n', ..] | [b'\\', b'r' | b'n', ..] => 2,
        [] => 0,
        _ => 1,
    };
    (length, length + end)
}

/// Counts lines up to a position that only moves forward.
struct Lines<'t> {
    view: &'t [u8],
    pos: usize,
    line: usize,
}

impl<'t> Lines<'t> {
    fn new(view: &'t [u8]) -> Self {
        Lines { view, pos: 0, line: 1 }
    }

    /// The line of `index`; an index behind the last one asked for counts as that one.
    fn at(&mut self, index: usize) -> usize {
        while self.pos < index.min(self.view.len()) {
            match self.view.get(self.pos..) {
                // CR LF counts once, at the LF.
                Some([b'\r', b'\n', ..]) => {}
                Some([b'\r' | b'\n', ..]) => self.line += 1,
                _ => {}
            }
            self.pos += 1;
        }
        self.line
    }
}

impl Drop for PemBlock {
    fn drop(&mut self) {
        wipe(&mut self.der);
    }
}

#[cfg(test)]
mod tests;
