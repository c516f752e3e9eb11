//! Finding entries by serial number without going through all of them.

use std::hash::{BuildHasher, RandomState};

use super::entry;

/// Bits of a hash: two to four entries have the same one in most CRLs, a few dozen in
/// the largest. A larger table would not fit into the processor's caches, and take more
/// time to fill than all the lookups that it makes faster.
const MOST_BITS: u32 = 17;

/// From one offset that is kept to the next there are so many entries.
const STEP: usize = 8;

/// A hash table: five octets an entry. Most of the time it takes to make goes into
/// memory that is touched for the first time, so that there is little of it, and it is
/// filled from the start to the end.
pub(super) struct Index {
    hash: SerialHash,
    /// The last entry of each hash, numbered from 1.
    last: Vec<u32>,
    /// For each entry the one of the same hash before it, or 0.
    before: Vec<u32>,
    /// Offsets of some entries; the others are found by going on from there.
    places: Vec<u32>,
}

impl Index {
    /// `entries` are the offsets and serial numbers of so many entries.
    pub(super) fn new<'a>(count: usize, entries: impl Iterator<Item = (u32, &'a [u8])>) -> Index {
        let hash = SerialHash::new((count.max(4).ilog2() - 1).min(MOST_BITS));
        let mut last = vec![0; 1 << hash.bits];
        let mut before = Vec::with_capacity(count);
        let mut places = Vec::with_capacity(count / STEP + 1);
        for (at, serial) in entries {
            let Some(last) = last.get_mut(hash.of(serial) as usize) else { continue };
            if before.len() % STEP == 0 {
                places.push(at);
            }
            before.push(*last);
            *last = before.len() as u32;
        }
        Index { hash, last, before, places }
    }

    /// Offsets of the entries with this number, from the last one on.
    pub(super) fn places<'a>(&'a self, octets: &'a [u8], serial: &'a [u8]) -> impl Iterator<Item = usize> + 'a {
        let mut next = self.last.get(self.hash.of(serial) as usize).copied().unwrap_or(0);
        let of_hash = std::iter::from_fn(move || {
            let number = (next as usize).checked_sub(1)?;
            next = *self.before.get(number)?;
            let first = *self.places.get(number / STEP)? as usize;
            // Never absent: all entries were gone through before.
            (0..number % STEP).try_fold(first, |at, _| Some(entry::next(octets, at).ok()??.end))
        });
        of_hash.filter(move |at| entry::next(octets, *at).ok().flatten().is_some_and(|entry| entry.serial == serial))
    }
}

/// A hash of serial numbers under random keys: whoever makes a CRL chooses the numbers
/// in it, and must not be able to choose their hashes.
///
/// Numbers of up to 24 octets are hashed by pairs of words (M. Thorup, High Speed
/// Hashing for Integers and Strings, 2015, §3.5): whichever two are chosen, they have
/// one hash no more often than by chance. Longer ones go through SipHash first.
struct SerialHash {
    keys: [u64; 7],
    /// How many bits a hash has, at most 31.
    bits: u32,
    long: RandomState,
}

impl SerialHash {
    fn new(bits: u32) -> SerialHash {
        let long = RandomState::new();
        SerialHash { keys: std::array::from_fn(|number| long.hash_one(number)), bits, long }
    }

    #[inline(always)]
    fn of(&self, serial: &[u8]) -> u32 {
        let words = match (serial.first_chunk::<8>(), serial.last_chunk::<8>()) {
            _ if serial.len() > 24 => [self.long.hash_one(serial), 0, 0],
            (Some(first), Some(last)) => {
                // All octets are in one of the three, whatever the length is.
                let middle = serial.last_chunk::<16>().and_then(|end| end.first_chunk::<8>());
                [*first, *middle.unwrap_or(last), *last].map(u64::from_be_bytes)
            }
            _ => [0, 0, serial.iter().fold(0, |value, octet| value << 8 | u64::from(*octet))],
        };
        let [a, b, c, d, e, f, g] = self.keys;
        let pair = |word: u64, one: u64, other: u64| {
            let (high, low) = (word >> 32, word & u64::from(u32::MAX));
            one.wrapping_add(low).wrapping_mul(other.wrapping_add(high))
        };
        let [first, middle, last] = words;
        let sum = pair(first, a, b).wrapping_add(pair(middle, c, d)).wrapping_add(pair(last, e, f)).wrapping_add(g);
        (sum >> (u64::BITS - self.bits)) as u32
    }
}
