//! Names of what is negotiated, from the TLS registries of IANA.

use std::fmt;

/// A version of TLS as it is written on the wire (RFC 8446 §4.1.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Version(pub u16);

impl Version {
    /// SSL 3.0 (RFC 6101).
    pub const SSL_3_0: Version = Version(0x0300);
    /// TLS 1.0 (RFC 2246).
    pub const TLS_1_0: Version = Version(0x0301);
    /// TLS 1.1 (RFC 4346).
    pub const TLS_1_1: Version = Version(0x0302);
    /// TLS 1.2 (RFC 5246).
    pub const TLS_1_2: Version = Version(0x0303);
    /// TLS 1.3 (RFC 8446).
    pub const TLS_1_3: Version = Version(0x0304);
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Version::SSL_3_0 => f.write_str("SSL 3.0"),
            Version(number @ 0x0301..=0x0304) => write!(f, "TLS 1.{}", number - 0x0301),
            Version(number) => write!(f, "version 0x{number:04x}"),
        }
    }
}

/// A cipher suite by its number (RFC 8446 §B.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Suite(pub u16);

/// Suites in the order in which they are offered by a hello in plaintext: with forward
/// secrecy first, strong before weak, so that what a server picks is its best.
pub(crate) const SUITES: &[(u16, &str)] = &[
    (0xc02c, "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"),
    (0xc02b, "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"),
    (0xcca9, "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"),
    (0xc030, "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"),
    (0xc02f, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"),
    (0xcca8, "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"),
    (0x009f, "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384"),
    (0x009e, "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256"),
    (0xccaa, "TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256"),
    (0xc024, "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384"),
    (0xc023, "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256"),
    (0xc028, "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384"),
    (0xc027, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256"),
    (0xc00a, "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA"),
    (0xc009, "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA"),
    (0xc014, "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA"),
    (0xc013, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA"),
    (0x006b, "TLS_DHE_RSA_WITH_AES_256_CBC_SHA256"),
    (0x0067, "TLS_DHE_RSA_WITH_AES_128_CBC_SHA256"),
    (0x0039, "TLS_DHE_RSA_WITH_AES_256_CBC_SHA"),
    (0x0033, "TLS_DHE_RSA_WITH_AES_128_CBC_SHA"),
    (0x009d, "TLS_RSA_WITH_AES_256_GCM_SHA384"),
    (0x009c, "TLS_RSA_WITH_AES_128_GCM_SHA256"),
    (0x003d, "TLS_RSA_WITH_AES_256_CBC_SHA256"),
    (0x003c, "TLS_RSA_WITH_AES_128_CBC_SHA256"),
    (0x0035, "TLS_RSA_WITH_AES_256_CBC_SHA"),
    (0x002f, "TLS_RSA_WITH_AES_128_CBC_SHA"),
    (0x0084, "TLS_RSA_WITH_CAMELLIA_256_CBC_SHA"),
    (0x0041, "TLS_RSA_WITH_CAMELLIA_128_CBC_SHA"),
    (0xc008, "TLS_ECDHE_ECDSA_WITH_3DES_EDE_CBC_SHA"),
    (0xc012, "TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA"),
    (0x0016, "TLS_DHE_RSA_WITH_3DES_EDE_CBC_SHA"),
    (0x000a, "TLS_RSA_WITH_3DES_EDE_CBC_SHA"),
    (0xc007, "TLS_ECDHE_ECDSA_WITH_RC4_128_SHA"),
    (0xc011, "TLS_ECDHE_RSA_WITH_RC4_128_SHA"),
    (0x0005, "TLS_RSA_WITH_RC4_128_SHA"),
    (0x0004, "TLS_RSA_WITH_RC4_128_MD5"),
    (0x0032, "TLS_DHE_DSS_WITH_AES_128_CBC_SHA"),
    (0x0038, "TLS_DHE_DSS_WITH_AES_256_CBC_SHA"),
    (0x0013, "TLS_DHE_DSS_WITH_3DES_EDE_CBC_SHA"),
];

/// The suites of TLS 1.3 (RFC 8446 §B.4), which no hello in plaintext offers.
const SUITES_1_3: &[(u16, &str)] = &[
    (0x1301, "TLS_AES_128_GCM_SHA256"),
    (0x1302, "TLS_AES_256_GCM_SHA384"),
    (0x1303, "TLS_CHACHA20_POLY1305_SHA256"),
    (0x1304, "TLS_AES_128_CCM_SHA256"),
    (0x1305, "TLS_AES_128_CCM_8_SHA256"),
];

impl Suite {
    /// How the server proves its key and the secret is agreed on, for suites before TLS 1.3.
    pub(crate) fn exchange(self) -> Exchange {
        match find(SUITES, self.0) {
            Some(name) if name.starts_with("TLS_ECDHE_") => Exchange::Ecdhe,
            Some(name) if name.starts_with("TLS_DHE_") => Exchange::Dhe,
            Some(_) => Exchange::Rsa,
            None => Exchange::Unknown,
        }
    }
}

/// A way to agree on a secret (RFC 5246 §7.4.3, RFC 8422 §2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exchange {
    /// By elliptic curves, signed.
    Ecdhe,
    /// By integers modulo a prime, signed.
    Dhe,
    /// Encrypted to the certificate's key, without a signature.
    Rsa,
    /// Of a suite that was not offered.
    Unknown,
}

impl fmt::Display for Suite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match find(SUITES_1_3, self.0).or_else(|| find(SUITES, self.0)) {
            Some(name) => f.write_str(name),
            None => write!(f, "suite 0x{:04x}", self.0),
        }
    }
}

/// A group in which keys are exchanged, by its number (RFC 8446 §4.2.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Group {
    /// A registered group.
    Named(u16),
    /// A group whose parameters the server wrote out: the bits of its prime.
    Prime(usize),
}

const GROUPS: &[(u16, &str)] = &[
    (0x0017, "secp256r1"),
    (0x0018, "secp384r1"),
    (0x0019, "secp521r1"),
    (0x001a, "brainpoolP256r1"),
    (0x001b, "brainpoolP384r1"),
    (0x001c, "brainpoolP512r1"),
    (0x001d, "x25519"),
    (0x001e, "x448"),
    (0x0100, "ffdhe2048"),
    (0x0101, "ffdhe3072"),
    (0x0102, "ffdhe4096"),
    (0x0200, "MLKEM512"),
    (0x0201, "MLKEM768"),
    (0x0202, "MLKEM1024"),
    (0x11eb, "SecP256r1MLKEM768"),
    (0x11ec, "X25519MLKEM768"),
    (0x11ed, "SecP384r1MLKEM1024"),
];

impl fmt::Display for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Group::Named(number) => match find(GROUPS, number) {
                Some(name) => f.write_str(name),
                None => write!(f, "group 0x{number:04x}"),
            },
            Group::Prime(bits) => write!(f, "a prime of {bits} bits"),
        }
    }
}

/// How a handshake is signed, by its number (RFC 8446 §4.2.3; before TLS 1.3 a hash and
/// an algorithm, RFC 5246 §7.4.1.4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Scheme(pub u16);

/// The schemes that are offered, in this order: those whose signatures can be verified.
const SCHEMES: &[(u16, &str)] = &[
    (0x0403, "ecdsa_secp256r1_sha256"),
    (0x0503, "ecdsa_secp384r1_sha384"),
    (0x0603, "ecdsa_secp521r1_sha512"),
    (0x0807, "ed25519"),
    (0x0904, "mldsa44"),
    (0x0905, "mldsa65"),
    (0x0906, "mldsa87"),
    (0x0804, "rsa_pss_rsae_sha256"),
    (0x0805, "rsa_pss_rsae_sha384"),
    (0x0806, "rsa_pss_rsae_sha512"),
    (0x0809, "rsa_pss_pss_sha256"),
    (0x080a, "rsa_pss_pss_sha384"),
    (0x080b, "rsa_pss_pss_sha512"),
    (0x0401, "rsa_pkcs1_sha256"),
    (0x0501, "rsa_pkcs1_sha384"),
    (0x0601, "rsa_pkcs1_sha512"),
    (0x0203, "ecdsa_sha1"),
    (0x0201, "rsa_pkcs1_sha1"),
];

/// Schemes that are not offered and have names all the same.
const OTHER_SCHEMES: &[(u16, &str)] = &[(0x0808, "ed448"), (0x0202, "dsa_sha1")];

impl Scheme {
    /// The schemes that a hello offers, in this order.
    pub(crate) fn offered() -> impl Iterator<Item = Scheme> {
        SCHEMES.iter().map(|(number, _)| Scheme(*number))
    }

    /// Whether it is one of them.
    pub(crate) fn is_offered(self) -> bool {
        find(SCHEMES, self.0).is_some()
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match find(SCHEMES, self.0).or_else(|| find(OTHER_SCHEMES, self.0)) {
            Some(name) => f.write_str(name),
            None => write!(f, "scheme 0x{:04x}", self.0),
        }
    }
}

fn find(list: &'static [(u16, &'static str)], number: u16) -> Option<&'static str> {
    list.iter().find(|(known, _)| *known == number).map(|(_, name)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_names() {
        let shown = [
            (Version::TLS_1_3.to_string(), "TLS 1.3"),
            (Version::SSL_3_0.to_string(), "SSL 3.0"),
            (Version(0x0505).to_string(), "version 0x0505"),
            (Suite(0x1301).to_string(), "TLS_AES_128_GCM_SHA256"),
            (Suite(0x002f).to_string(), "TLS_RSA_WITH_AES_128_CBC_SHA"),
            (Suite(0xffff).to_string(), "suite 0xffff"),
            (Group::Named(0x1d).to_string(), "x25519"),
            (Group::Prime(1024).to_string(), "a prime of 1024 bits"),
            (Scheme(0x0804).to_string(), "rsa_pss_rsae_sha256"),
            (Scheme(0x0808).to_string(), "ed448"),
        ];
        for (shown, wanted) in shown {
            assert_eq!(shown, wanted);
        }
    }

    #[test]
    fn no_number_is_listed_twice() {
        for list in [SUITES, SUITES_1_3, GROUPS, SCHEMES] {
            let mut numbers: Vec<u16> = list.iter().map(|(number, _)| *number).collect();
            numbers.sort_unstable();
            numbers.dedup();
            assert_eq!(numbers.len(), list.len());
        }
    }

    #[test]
    fn suites_exchange_keys_as_their_names_say() {
        assert_eq!(Suite(0xc014).exchange(), Exchange::Ecdhe);
        assert_eq!(Suite(0x0033).exchange(), Exchange::Dhe);
        assert_eq!(Suite(0x0035).exchange(), Exchange::Rsa);
        assert_eq!(Suite(0x1301).exchange(), Exchange::Unknown);
    }
}
