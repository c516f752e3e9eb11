//! What a password-based algorithm may cost. A file names its own cost, and its
//! author is not known before the password is checked.

/// The highest iteration count of one derivation. Firefox and current advice for
/// PBKDF2 have 600,000; ten million are seconds of work for one guess.
pub const MAX_ITERATIONS: u64 = 5_000_000;

/// The most rounds for one file: an iteration for each block of derived octets, counted
/// several times where the hash is a slow one, so that a round is about a tenth of a
/// microsecond. With 600,000 iterations each for MAC, certificates and one key, all by
/// SHA-512, a file has 21.6 million.
pub const MAX_ROUNDS: u64 = 30_000_000;

/// The most memory of scrypt, 128 · N · r octets. OpenSSL's N = 16,384 and r = 8
/// are 16 MiB.
pub const MAX_SCRYPT_OCTETS: u64 = 32 << 20;

/// The highest scrypt block size r; each is 128 octets, of which there are `p + 1` beside
/// those that N counts. OpenSSL has 8.
pub const MAX_SCRYPT_BLOCK_SIZE: u64 = 256;

/// The highest scrypt parallelization p; it multiplies time alone. OpenSSL has 1.
pub const MAX_SCRYPT_PARALLELIZATION: u64 = 16;

/// The longest salt. 8 to 20 octets are in use, and PBKDF2 hashes it once.
pub const MAX_SALT_OCTETS: usize = 1_024;

/// The shortest key for a PBMAC1 MAC: a short one is guessed, whatever the password.
pub const MIN_MAC_KEY_OCTETS: usize = 20;

/// The longest key for a PBMAC1 MAC. RFC 9579 §4 asks for the length of the hash,
/// at most 64 octets.
pub const MAX_MAC_KEY_OCTETS: u64 = 128;

/// The longest password in octets of the form it is used in. The PKCS#12
/// derivation hashes it again and again.
pub const MAX_PASSWORD_OCTETS: usize = 4_096;
