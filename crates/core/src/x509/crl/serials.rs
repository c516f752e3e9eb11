//! The serial numbers that a pass over a CRL looks for.

use std::fmt;

/// Words of 64 bits that the filter has.
const WORDS: usize = 1024;

/// A set of serial numbers, as content octets.
#[derive(Clone)]
pub struct Serials {
    sorted: Vec<Box<[u8]>>,
    /// One bit for each of 2^16 kinds of numbers: turns away nearly all numbers that
    /// are not in the set.
    filter: Box<[u64; WORDS]>,
}

impl Serials {
    /// A set of these serial numbers (content octets of the INTEGER).
    pub fn new<'s>(serials: impl IntoIterator<Item = &'s [u8]>) -> Serials {
        let mut sorted: Vec<Box<[u8]>> = serials.into_iter().map(Box::from).collect();
        sorted.sort_unstable();
        sorted.dedup();
        let mut filter = Box::new([0_u64; WORDS]);
        for serial in &sorted {
            let (word, bit) = place(serial);
            if let Some(word) = filter.get_mut(word) {
                *word |= 1 << bit;
            }
        }
        Serials { sorted, filter }
    }

    /// Whether the number is in the set.
    pub fn contains(&self, serial: &[u8]) -> bool {
        self.place_of(serial).is_some()
    }

    /// Whether the number may be in the set; nearly all others are turned away.
    #[inline(always)]
    pub(super) fn may_contain(&self, serial: &[u8]) -> bool {
        let (word, bit) = place(serial);
        self.filter.get(word).is_some_and(|word| word >> bit & 1 == 1)
    }

    /// Which of the set's numbers it is, in their order.
    pub(super) fn place_of(&self, serial: &[u8]) -> Option<usize> {
        self.sorted.binary_search_by(|listed| listed.as_ref().cmp(serial)).ok()
    }

    /// How many numbers there are.
    pub fn len(&self) -> usize {
        self.sorted.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.sorted.is_empty()
    }
}

/// Word and bit of the filter. The last eight octets count, mixed, because CAs give
/// numbers some of whose octets are always the same.
#[inline(always)]
fn place(serial: &[u8]) -> (usize, u32) {
    let value = match serial.last_chunk::<8>() {
        Some(last) => u64::from_be_bytes(*last),
        None => serial.iter().fold(0, |value, octet| value << 8 | u64::from(*octet)),
    };
    // An odd number near the golden ratio's part of 2^64 spreads what differs
    // anywhere over the uppermost bits.
    let mixed = value.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 48;
    ((mixed >> 6) as usize % WORDS, (mixed & 63) as u32)
}

impl Default for Serials {
    fn default() -> Self {
        Serials::new([])
    }
}

impl fmt::Debug for Serials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Serials({})", self.sorted.len())
    }
}
