//! Records of TLS in plaintext, taken from octets as they come (RFC 5246 §6.2.1).

/// What is in a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    ChangeCipherSpec,
    Alert,
    Handshake,
    ApplicationData,
}

/// A whole record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Record {
    pub(crate) content: Content,
    pub(crate) fragment: Vec<u8>,
}

/// What came is not a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NotARecord {
    /// Offset in everything that came.
    pub(crate) offset: usize,
    /// What was expected there.
    pub(crate) expected: &'static str,
}

/// Octets of a plaintext fragment (RFC 5246 §6.2.1: 2^14).
const MAX_FRAGMENT: usize = 1 << 14;

const HEADER: usize = 5;

/// Takes records from octets.
#[derive(Debug, Default)]
pub(crate) struct Records {
    pending: Vec<u8>,
    /// How many of the pending octets were taken.
    taken: usize,
    /// Offset of the first octet not taken in everything that came.
    offset: usize,
}

impl Records {
    /// Adds what came.
    pub(crate) fn push(&mut self, octets: &[u8]) {
        self.pending.drain(..self.taken);
        self.taken = 0;
        self.pending.extend(octets);
    }

    /// The next whole record, which is removed from what came.
    ///
    /// # Errors
    ///
    /// When what came is no record of a version 3.x.
    pub(crate) fn next(&mut self) -> Result<Option<Record>, NotARecord> {
        let wrong = |at: usize, expected| NotARecord { offset: self.offset + at, expected };
        let rest = self.pending.get(self.taken..).unwrap_or_default();
        let content = match rest.first() {
            None => return Ok(None),
            Some(20) => Content::ChangeCipherSpec,
            Some(21) => Content::Alert,
            Some(22) => Content::Handshake,
            Some(23) => Content::ApplicationData,
            Some(_) => return Err(wrong(0, "a content type of TLS, 20 to 23 (RFC 5246 §6.2.1)")),
        };
        if rest.get(1).is_some_and(|major| *major != 3) {
            return Err(wrong(1, "the major version 3 (RFC 5246 §6.2.1)"));
        }
        let Some([_, _, _, high, low]) = rest.first_chunk::<HEADER>() else { return Ok(None) };
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        if length == 0 && content != Content::ApplicationData {
            return Err(wrong(3, "a length above zero (RFC 5246 §6.2.1)"));
        }
        if length > MAX_FRAGMENT {
            return Err(wrong(3, "a length of at most 16,384 octets (RFC 5246 §6.2.1)"));
        }
        let end = HEADER + length;
        let Some(fragment) = rest.get(HEADER..end) else { return Ok(None) };
        let record = Record { content, fragment: fragment.to_vec() };
        self.taken += end;
        self.offset += end;
        Ok(Some(record))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_taken_however_they_are_cut() {
        let octets = [&[22, 3, 1, 0, 2, 7, 8][..], &[21, 3, 3, 0, 2, 2, 40]].concat();
        for cut in 0..=octets.len() {
            let mut records = Records::default();
            let mut got = Vec::new();
            for part in [&octets[..cut], &octets[cut..]] {
                records.push(part);
                while let Some(record) = records.next().expect("records") {
                    got.push((record.content, record.fragment));
                }
            }
            assert_eq!(got, [(Content::Handshake, vec![7, 8]), (Content::Alert, vec![2, 40])]);
        }
    }

    #[test]
    fn what_is_no_record_is_said_where() {
        let cases: [(&[u8], usize); 4] =
            [(b"HTTP/1.1", 0), (&[22, 3, 1, 0, 1, 0, 22, 2], 7), (&[22, 3, 1, 0x40, 1], 3), (&[22, 3, 1, 0, 0], 3)];
        for (octets, offset) in cases {
            let mut records = Records::default();
            records.push(octets);
            let error = loop {
                match records.next() {
                    Ok(Some(_)) => {}
                    Ok(None) => panic!("{octets:?} is taken for a beginning"),
                    Err(error) => break error,
                }
            };
            assert_eq!(error.offset, offset, "{octets:?}");
        }
    }
}
