//! Finding entries by serial number without going through all of them.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;

use super::entry;

/// Hashes of serial numbers with the offsets of their entries, in order: eight
/// octets an entry. The hash is keyed at random, because whoever makes a CRL
/// chooses the numbers in it; many entries of one number cost no more than others.
pub(super) struct Index {
    /// The hash's first half above, the offset below.
    sorted: Vec<u64>,
    hash: RandomState,
}

impl Index {
    pub(super) fn new<'a>(count: usize, entries: impl Iterator<Item = (usize, &'a [u8])>) -> Index {
        let mut index = Index { sorted: Vec::with_capacity(count), hash: RandomState::new() };
        for (at, serial) in entries {
            index.sorted.push(index.key(serial) | at as u64 & u64::from(u32::MAX));
        }
        index.sorted.sort_unstable();
        index
    }

    fn key(&self, serial: &[u8]) -> u64 {
        self.hash.hash_one(serial) & !u64::from(u32::MAX)
    }

    /// Offsets of the entries with this number, in the order of the CRL.
    pub(super) fn places<'a>(&'a self, octets: &'a [u8], serial: &'a [u8]) -> impl Iterator<Item = usize> + 'a {
        let key = self.key(serial);
        let first = self.sorted.partition_point(|known| *known < key);
        let same = self.sorted.get(first..).unwrap_or_default().iter();
        same.take_while(move |known| **known & !u64::from(u32::MAX) == key)
            .map(|known| (*known & u64::from(u32::MAX)) as usize)
            .filter(move |at| entry::next(octets, *at).ok().flatten().is_some_and(|entry| entry.serial == serial))
    }
}
