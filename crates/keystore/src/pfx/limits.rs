//! What a PFX file may hold. Nothing in it is trusted before its MAC was verified.

/// The largest file: some two thousand certificates, where trust stores in this format
/// have a few hundred. Whatever is in it, it is opened and looked through in less than
/// 64 MiB of memory.
pub const MAX_PFX_OCTETS: usize = 3 << 20;

/// The most safes of a file. Two are usual, one for keys and one for certificates.
pub const MAX_SAFES: usize = 256;

/// The most bags of a file, in all its safes. Trust stores have a few hundred.
pub const MAX_BAGS: usize = 10_000;

/// The most private keys of a file. One is usual, and keystores of servers have dozens;
/// what is said of each takes kilobytes.
pub const MAX_PRIVATE_KEYS: usize = 1_000;

/// The most attributes of a bag. Windows writes up to a dozen.
pub const MAX_ATTRIBUTES: usize = 128;

/// The most attributes of all bags of a file. Java writes three for a trusted certificate.
pub const MAX_FILE_ATTRIBUTES: usize = 100_000;

/// The most attributes of a private key in its PKCS#8. One, keyUsage, is known.
pub const MAX_KEY_ATTRIBUTES: usize = 16;

/// How deep a safeContentsBag may stand in others. One level is rare already.
pub const MAX_SAFE_NESTING: usize = 6;
