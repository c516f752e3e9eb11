//! Replies of a code and lines of text, which SMTP and FTP share.

use crate::limits::MAX_ANSWER_LINES;
use crate::upgrade::incoming::{Incoming, Trouble};

/// A whole reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reply {
    pub(super) code: u16,
    /// The text of each line, without code and separator.
    pub(super) lines: Vec<Vec<u8>>,
}

impl Reply {
    /// Its first line, with the code.
    pub(super) fn said(&self) -> String {
        let first = self.lines.first().map(Vec::as_slice).unwrap_or_default();
        format!("“{}”", crate::text::shown(&[format!("{} ", self.code).as_bytes(), first].concat(), 200))
    }
}

/// Whose lines are put together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// Every line begins with the code (RFC 5321 §4.2.1).
    Smtp,
    /// Lines in between may be any text (RFC 959 §4.2).
    Ftp,
}

/// Puts a reply together line by line.
#[derive(Debug)]
pub(super) struct Replies {
    style: Style,
    started: Option<Reply>,
}

impl Replies {
    pub(super) const fn new(style: Style) -> Replies {
        Replies { style, started: None }
    }

    /// The next reply, once all of it is there.
    pub(super) fn next(&mut self, incoming: &mut Incoming) -> Result<Option<Reply>, Trouble> {
        loop {
            let at = incoming.at();
            let unexpected = || {
                let expected = match &self.started {
                    None => "a reply with a code of three digits".to_owned(),
                    Some(reply) => format!("another line of the reply {}", reply.code),
                };
                Trouble::Unexpected { at, expected }
            };
            // What cannot become a reply need not be waited for.
            let wants_code = self.started.is_none() || self.style == Style::Smtp;
            if wants_code && !incoming.rest().iter().take(3).all(u8::is_ascii_digit) {
                return Err(unexpected());
            }
            let Some(line) = incoming.line()? else { return Ok(None) };
            let parsed = split(line);
            let (last, text) = match (&self.started, parsed) {
                (None, None) => return Err(unexpected()),
                (None, Some((_, last, text))) => (last, text),
                (Some(reply), Some((code, last, text))) if code == reply.code => (last, text),
                (Some(_), _) if self.style == Style::Ftp => (false, line),
                (Some(_), _) => return Err(unexpected()),
            };
            let text = text.to_vec();
            let code = parsed.map_or(0, |(code, ..)| code);
            let reply = self.started.get_or_insert_with(|| Reply { code, lines: Vec::new() });
            if reply.lines.len() == MAX_ANSWER_LINES {
                return Err(Trouble::TooLong { at, what: "the lines of a reply", most: MAX_ANSWER_LINES });
            }
            reply.lines.push(text);
            if last {
                return Ok(self.started.take());
            }
        }
    }
}

/// Code, whether the line is the last one, and its text.
fn split(line: &[u8]) -> Option<(u16, bool, &[u8])> {
    let (digits, rest) = line.split_at_checked(3)?;
    if !matches!(digits, [b'1'..=b'5', b'0'..=b'9', b'0'..=b'9']) {
        return None;
    }
    let code = std::str::from_utf8(digits).ok()?.parse().ok()?;
    match rest {
        [] => Some((code, true, rest)),
        [b' ', text @ ..] => Some((code, true, text)),
        [b'-', text @ ..] => Some((code, false, text)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(style: Style, octets: &[u8]) -> Result<Vec<(u16, usize)>, Trouble> {
        let (mut incoming, mut replies, mut found) = (Incoming::default(), Replies::new(style), Vec::new());
        for octet in octets {
            incoming.push(&[*octet]);
            while let Some(reply) = replies.next(&mut incoming)? {
                found.push((reply.code, reply.lines.len()));
            }
        }
        Ok(found)
    }

    #[test]
    fn replies_of_one_and_several_lines() {
        assert_eq!(all(Style::Smtp, b"220 a\r\n250-b\r\n250-c\n250\r\n"), Ok(vec![(220, 1), (250, 3)]));
        assert_eq!(all(Style::Ftp, b"220-a\r\n any\r\nother 220 text\r\n221-x\r\n220 b\r\n"), Ok(vec![(220, 5)]));
        assert_eq!(all(Style::Smtp, b"220-a\r\n"), Ok(vec![]));
    }

    #[test]
    fn what_is_no_reply_is_seen_at_once() {
        for (octets, at) in [
            (&b"HTTP"[..], 0),
            (b"22x", 0),
            (b"2200 a\r\n", 0),
            (b"600 a\r\n", 0),
            (b"250-a\r\n251 b\r\n", 7),
            (b"22\r\n", 0),
        ] {
            let Err(Trouble::Unexpected { at: found, .. }) = all(Style::Smtp, octets) else { panic!("{octets:?}") };
            assert_eq!(found, at, "{octets:?}");
        }
    }

    #[test]
    fn endless_replies_end() {
        let endless = b"250-a\r\n".repeat(MAX_ANSWER_LINES + 1);
        assert!(matches!(all(Style::Smtp, &endless), Err(Trouble::TooLong { .. })));
        let endless = [b"220-a\r\n".to_vec(), b"b\r\n".repeat(MAX_ANSWER_LINES)].concat();
        assert!(matches!(all(Style::Ftp, &endless), Err(Trouble::TooLong { .. })));
    }
}
