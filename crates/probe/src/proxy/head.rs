//! The head of an HTTP response (RFC 9112 §4, §5).

use crate::limits::{MAX_PROXY_FIELDS, MAX_PROXY_HEAD_OCTETS};

/// A response without its body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    /// The second digit of its version: HTTP/1.0 or 1.1.
    pub(crate) minor: u8,
    pub(crate) status: u16,
    pub(crate) reason: Vec<u8>,
    /// Names in lower case.
    pub(crate) fields: Vec<(String, Vec<u8>)>,
}

/// What is not the head of a response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum HeadError {
    /// Something else at this octet of the answer.
    Unexpected {
        /// From 0.
        at: usize,
        /// What should be there.
        expected: &'static str,
    },
    /// More than [`MAX_PROXY_HEAD_OCTETS`].
    TooLong,
    /// More than [`MAX_PROXY_FIELDS`].
    TooMany,
}

const VERSION: &[u8] = b"HTTP/1.";

/// Looks for the end of a head, octet by octet only once.
#[derive(Debug, Default)]
pub(crate) struct Search {
    at: usize,
    /// The length of the line that is being read.
    line: usize,
}

impl Search {
    /// Where the body begins in `octets`, once the head is complete. The octets must
    /// begin as they did at the last call.
    pub(crate) fn end(&mut self, octets: &[u8]) -> Result<Option<usize>, HeadError> {
        for (at, (found, expected)) in octets.iter().zip(VERSION).enumerate() {
            if found != expected {
                return Err(HeadError::Unexpected { at, expected: "HTTP/1." });
            }
        }
        while let Some(octet) = octets.get(self.at) {
            if self.at == MAX_PROXY_HEAD_OCTETS {
                return Err(HeadError::TooLong);
            }
            self.at += 1;
            match octet {
                b'\n' if self.line == 0 => return Ok(Some(self.at)),
                b'\n' => self.line = 0,
                // Before a line feed; elsewhere it is refused when the head is read.
                b'\r' => {}
                _ => self.line += 1,
            }
        }
        Ok(None)
    }
}

impl Head {
    /// Reads a complete head, the empty line included.
    pub(crate) fn read(octets: &[u8]) -> Result<Head, HeadError> {
        let mut at = 0;
        let mut head: Option<Head> = None;
        for raw in octets.split_inclusive(|octet| *octet == b'\n') {
            let begin = at;
            at += raw.len();
            let line = raw.strip_suffix(b"\n").unwrap_or(raw);
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            // RFC 9112 §2.2, RFC 9110 §5.5: none may reach a request or a report.
            if let Some(control) = line.iter().position(|octet| octet.is_ascii_control() && *octet != b'\t') {
                return Err(HeadError::Unexpected { at: begin + control, expected: "no control character" });
            }
            match &mut head {
                None => head = Some(status_line(line)?),
                Some(_) if line.is_empty() => break,
                Some(head) => head.add(line, begin)?,
            }
        }
        head.ok_or(HeadError::Unexpected { at: 0, expected: "HTTP/1." })
    }

    fn add(&mut self, line: &[u8], begin: usize) -> Result<(), HeadError> {
        if let [b' ' | b'\t', ..] = line {
            // Folded, as RFC 9112 §5.2 lets it be read.
            let Some((_, value)) = self.fields.last_mut() else {
                return Err(HeadError::Unexpected { at: begin, expected: "a header field" });
            };
            value.push(b' ');
            value.extend_from_slice(line.trim_ascii());
            return Ok(());
        }
        let colon = line.iter().position(|octet| *octet == b':');
        let Some((name, value)) = colon.and_then(|colon| line.split_at_checked(colon)) else {
            return Err(HeadError::Unexpected { at: begin + line.len(), expected: "a colon in this header field" });
        };
        let name = name.trim_ascii_end();
        if let Some(wrong) = name.iter().position(|octet| !is_token(*octet)) {
            return Err(HeadError::Unexpected { at: begin + wrong, expected: "the name of a header field" });
        }
        if name.is_empty() {
            return Err(HeadError::Unexpected { at: begin, expected: "the name of a header field" });
        }
        if self.fields.len() == MAX_PROXY_FIELDS {
            return Err(HeadError::TooMany);
        }
        let value = value.get(1..).unwrap_or_default().trim_ascii();
        self.fields.push((String::from_utf8_lossy(name).to_ascii_lowercase(), value.to_vec()));
        Ok(())
    }

    /// All values of a field, whose name is in lower case.
    pub(crate) fn values(&self, name: &str) -> impl Iterator<Item = &[u8]> {
        self.fields.iter().filter(move |(found, _)| found == name).map(|(_, value)| value.as_slice())
    }

    /// Whether a field of comma-separated words has this one.
    pub(crate) fn has_word(&self, name: &str, word: &str) -> bool {
        self.values(name)
            .flat_map(|value| value.split(|octet| *octet == b','))
            .any(|found| found.trim_ascii().eq_ignore_ascii_case(word.as_bytes()))
    }

    /// The body's length as stated once, and nothing that contradicts it (RFC 9112 §6.3).
    pub(crate) fn content_length(&self) -> Option<usize> {
        let mut values = self.values("content-length");
        let length = std::str::from_utf8(values.next()?).ok()?;
        let digits = !length.is_empty() && length.bytes().all(|octet| octet.is_ascii_digit());
        if values.next().is_some() || !digits || self.values("transfer-encoding").next().is_some() {
            return None;
        }
        length.parse().ok()
    }

    /// Whether the connection may be used again (RFC 9112 §9.3).
    pub(crate) fn is_kept_alive(&self) -> bool {
        let says = |word| self.has_word("connection", word) || self.has_word("proxy-connection", word);
        !says("close") && (self.minor > 0 || says("keep-alive"))
    }
}

fn status_line(line: &[u8]) -> Result<Head, HeadError> {
    let unexpected = |at, expected| HeadError::Unexpected { at, expected };
    let rest = line.strip_prefix(VERSION).ok_or(unexpected(0, "HTTP/1."))?;
    let (minor, rest) = match rest {
        [minor @ b'0'..=b'9', b' ', rest @ ..] => (minor - b'0', rest),
        _ => return Err(unexpected(VERSION.len(), "a digit and a space")),
    };
    let status = VERSION.len() + 2;
    let (digits, rest) = rest.split_at_checked(3).unwrap_or((rest, b""));
    let number = match digits {
        [b'1'..=b'9', b'0'..=b'9', b'0'..=b'9'] => std::str::from_utf8(digits).ok().and_then(|text| text.parse().ok()),
        _ => None,
    };
    let number = number.ok_or(unexpected(status, "a status of three digits"))?;
    let reason = match rest {
        [] => rest,
        [b' ', reason @ ..] => reason,
        _ => return Err(unexpected(status + 3, "a space behind the status")),
    };
    Ok(Head { minor, status: number, reason: reason.to_vec(), fields: Vec::new() })
}

/// RFC 9110 §5.6.2.
pub(crate) fn is_token(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&octet)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(octets: &[u8]) -> Result<Option<(Head, usize)>, HeadError> {
        let mut search = Search::default();
        for count in 0..octets.len() {
            if let Some(end) = search.end(&octets[..count])? {
                return Head::read(&octets[..end]).map(|head| Some((head, end)));
            }
        }
        match search.end(octets)? {
            Some(end) => Head::read(&octets[..end]).map(|head| Some((head, end))),
            None => Ok(None),
        }
    }

    #[test]
    fn heads_are_read_up_to_the_empty_line() {
        let (head, end) =
            read(b"HTTP/1.1 200 Connection established\r\nVia: 1.1 a\r\nX: b\r\n c\r\n\r\nTLS").unwrap().unwrap();
        assert_eq!((head.minor, head.status, head.reason.as_slice()), (1, 200, &b"Connection established"[..]));
        assert_eq!(head.fields[1], ("x".to_owned(), b"b c".to_vec()));
        assert_eq!(end, 61);
        let (head, _) = read(b"HTTP/1.0 407\nProxy-Authenticate:a\nproxy-authenticate : b\n\n").unwrap().unwrap();
        assert_eq!(head.values("proxy-authenticate").collect::<Vec<_>>(), [&b"a"[..], b"b"]);
        assert_eq!(read(b"HTTP/1.1 200 OK\r\n"), Ok(None));
        assert_eq!(read(b"HT"), Ok(None));
    }

    #[test]
    fn what_is_no_head_is_told_by_its_octet() {
        for (octets, at) in [
            (&b"HTTP/2 200\r\n\r\n"[..], 5),
            (b"\x15\x03\x01", 0),
            (b"HTTP/1.x 200\r\n\r\n", 7),
            (b"HTTP/1.1 20\r\n\r\n", 9),
            (b"HTTP/1.1 2000\r\n\r\n", 12),
            (b"HTTP/1.1 099 a\r\n\r\n", 9),
            (b"HTTP/1.1 200 a\r\n b\r\n\r\n", 16),
            (b"HTTP/1.1 200 a\r\nb\r\n\r\n", 17),
            (b"HTTP/1.1 200 a\r\nb c: d\r\n\r\n", 17),
            (b"HTTP/1.1 200 a\r\n: d\r\n\r\n", 16),
            (b"HTTP/1.1 200 a\r\nb: c\rd: e\r\n\r\n", 20),
            (b"HTTP/1.1 200 a\r\nb: \0\r\n\r\n", 19),
        ] {
            let Err(HeadError::Unexpected { at: found, .. }) = read(octets) else { panic!("{octets:?}") };
            assert_eq!(found, at, "{}", String::from_utf8_lossy(octets));
        }
    }

    #[test]
    fn heads_have_an_end() {
        let line = [b"HTTP/1.1 200 ".to_vec(), vec![b'a'; MAX_PROXY_HEAD_OCTETS]].concat();
        assert_eq!(read(&line), Err(HeadError::TooLong));
        let fields =
            [b"HTTP/1.1 200 a\r\n".to_vec(), b"a: b\r\n".repeat(MAX_PROXY_FIELDS + 1), b"\r\n".to_vec()].concat();
        assert_eq!(read(&fields), Err(HeadError::TooMany));
    }

    #[test]
    fn bodies_of_a_known_length() {
        let of = |fields: &str| {
            let head = read(format!("HTTP/1.1 407 a\r\n{fields}\r\n").as_bytes()).unwrap().unwrap().0;
            (head.content_length(), head.is_kept_alive())
        };
        assert_eq!(of("Content-Length: 12\r\n"), (Some(12), true));
        assert_eq!(of("Content-Length: 12\r\nConnection: x, Close\r\n"), (Some(12), false));
        assert_eq!(of("Content-Length: 12\r\nContent-Length: 13\r\n").0, None);
        assert_eq!(of("Content-Length: 1\r\nTransfer-Encoding: chunked\r\n").0, None);
        assert_eq!(of("Content-Length: -1\r\n").0, None);
        assert_eq!(of("Content-Length: 99999999999999999999999\r\n").0, None);
    }
}
