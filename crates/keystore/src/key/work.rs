//! What is computed with the private keys of one file: public halves, and whether
//! the numbers of RSA keys belong together. A file may have thousands of keys, each
//! of whose author chooses the cost.

/// The most steps for the keys of one file; a step is about a nanosecond. An RSA key of
/// 4096 bits takes half a million, one of 16,384 bits some nine million, and the dearest
/// that can be made about twenty.
pub const MAX_KEY_WORK: u64 = 300_000_000;

/// The steps that may still be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyWork(u64);

impl Default for KeyWork {
    fn default() -> KeyWork {
        KeyWork(MAX_KEY_WORK)
    }
}

impl KeyWork {
    /// None at all: keys are read, and nothing is computed.
    pub const fn none() -> KeyWork {
        KeyWork(0)
    }

    /// How many steps are left.
    pub fn left(&self) -> u64 {
        self.0
    }

    /// Takes this many steps if so many are left, and says whether it did.
    pub(super) fn spend(&mut self, steps: u64) -> bool {
        match self.0.checked_sub(steps) {
            Some(left) => {
                self.0 = left;
                true
            }
            None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_end() {
        let mut work = KeyWork::default();
        assert!(work.spend(MAX_KEY_WORK - 1) && !work.spend(2) && work.spend(1));
        assert_eq!(work, KeyWork::none());
        assert!(!work.spend(1));
    }
}
