//! How octets depart from DER, where BER gives a choice.

use std::fmt;

use certlens_core::encoding::ber::Reader;
use certlens_core::encoding::der::{DerError, Tag};

/// The choices of BER that DER does not have (X.690 §10.1, §10.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Forms {
    /// Lengths that end with 00 00 instead of being stated.
    pub indefinite_lengths: bool,
    /// OCTET STRINGs in fragments.
    pub fragmented_strings: bool,
    /// Lengths with more octets than they need.
    pub long_lengths: bool,
}

impl Forms {
    /// Whether there are none, so that the octets may be DER.
    pub fn is_der(&self) -> bool {
        *self == Forms::default()
    }

    pub(super) fn and(self, other: Forms) -> Forms {
        Forms {
            indefinite_lengths: self.indefinite_lengths || other.indefinite_lengths,
            fragmented_strings: self.fragmented_strings || other.fragmented_strings,
            long_lengths: self.long_lengths || other.long_lengths,
        }
    }

    /// The forms of all values up to the first that cannot be read.
    pub(super) fn of(octets: &[u8]) -> Forms {
        let mut forms = Forms::default();
        // What cannot be read is said by whoever reads it for its meaning.
        let _ = forms.walk(octets);
        forms
    }

    fn walk(&mut self, octets: &[u8]) -> Result<(), DerError> {
        let mut reader = Reader::new(octets);
        let mut depth = 0;
        loop {
            let Some(header) = reader.peek()? else {
                if depth == 0 {
                    return Ok(());
                }
                reader.leave()?;
                depth -= 1;
                continue;
            };
            let constructed_string = Tag::from_octet(Tag::OCTET_STRING.first_octet() | 0x20);
            self.fragmented_strings |= header.tag == constructed_string;
            match header.length {
                None => self.indefinite_lengths = true,
                Some(length) => {
                    // The identifier is one octet here, as in all of PKCS#12.
                    let octets = header.content_offset.saturating_sub(header.offset + 1);
                    self.long_lengths |= header.tag.number() < 31 && octets > length_octets(length);
                }
            }
            if header.tag.is_constructed() {
                reader.enter(header.tag)?;
                depth += 1;
            } else {
                reader.value()?;
            }
        }
    }
}

/// How many octets state this length in DER.
fn length_octets(length: usize) -> usize {
    if length < 0x80 { 1 } else { 1 + (usize::BITS - length.leading_zeros()).div_ceil(8) as usize }
}

impl fmt::Display for Forms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_der() {
            return f.write_str("DER");
        }
        let all = [
            (self.indefinite_lengths, "indefinite lengths"),
            (self.fragmented_strings, "strings in fragments"),
            (self.long_lengths, "lengths with more octets than they need"),
        ];
        let present: Vec<&str> = all.into_iter().filter(|form| form.0).map(|form| form.1).collect();
        write!(f, "BER with {}", present.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_found() {
        let table: &[(&[u8], &str)] = &[
            (&[0x30, 0x03, 0x04, 0x01, 9], "DER"),
            (&[0x30, 0x80, 0x04, 0x01, 9, 0, 0], "BER with indefinite lengths"),
            (&[0x30, 0x05, 0x24, 0x03, 0x04, 0x01, 9], "BER with strings in fragments"),
            (&[0x30, 0x04, 0x04, 0x81, 0x01, 9], "BER with lengths with more octets than they need"),
            (&[0x30, 0x03, 0x04, 0x09, 9], "DER"),
        ];
        for (octets, expected) in table {
            assert_eq!(Forms::of(octets).to_string(), *expected, "{octets:02x?}");
        }
        assert_eq!([0x7f, 0x80, 0xff, 0x100, 0x10000].map(length_octets), [1, 2, 2, 3, 4]);
    }
}
