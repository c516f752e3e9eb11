//! Digest (RFC 7616).

use aws_lc_rs::digest as aws;
use md5::{Digest as _, Md5};
use zeroize::Zeroizing;

use super::Value;
use super::challenge::Challenge;
use crate::proxy::Credentials;

/// What the answer is about.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked<'a> {
    /// The request's method.
    pub(crate) method: &'a str,
    /// The request's target, as in its first line (RFC 7616 §3.4).
    pub(crate) uri: &'a str,
    /// A random text of the client's, in hexadecimal or base64.
    pub(crate) cnonce: &'a str,
}

/// The hash functions, from weak to strong. SHA-512-256 is named as not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Hash {
    Md5,
    Sha256,
}

impl Hash {
    /// H: the hash in lower-case hexadecimal.
    fn of(self, parts: &[&[u8]]) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(64));
        let mut push = |octets: &[u8]| {
            for octet in octets {
                for half in [octet >> 4, octet & 0x0f] {
                    text.push(char::from_digit(u32::from(half), 16).unwrap_or('0'));
                }
            }
        };
        match self {
            Hash::Md5 => {
                let mut hash = Md5::new();
                parts.iter().for_each(|part| hash.update(part));
                push(&hash.finalize());
            }
            Hash::Sha256 => {
                let mut hash = aws::Context::new(&aws::SHA256);
                parts.iter().for_each(|part| hash.update(part));
                push(hash.finish().as_ref());
            }
        }
        text
    }
}

/// A challenge that can be answered.
#[derive(Debug)]
pub(crate) struct Digest<'a> {
    hash: Hash,
    /// The algorithm as it is to be repeated, if the challenge has one.
    algorithm: Option<&'a [u8]>,
    is_session: bool,
    realm: &'a [u8],
    nonce: &'a [u8],
    opaque: Option<&'a [u8]>,
    /// Whether the challenge has qop; without one it is of RFC 2069.
    has_qop: bool,
    hashes_user: bool,
    /// Whether it names UTF-8 for names and passwords (RFC 7616 §4).
    is_utf8: bool,
}

impl<'a> Digest<'a> {
    /// Reads a challenge; or says what about it is not known here.
    pub(crate) fn read(challenge: &'a Challenge) -> Result<Digest<'a>, String> {
        for name in ["algorithm", "realm", "nonce", "opaque", "qop", "userhash"] {
            if challenge.has_twice(name) {
                return Err(format!("with {name} twice"));
            }
        }
        let algorithm = challenge.parameter("algorithm");
        let named = algorithm.unwrap_or(b"MD5").to_ascii_uppercase();
        let (hash, is_session) = match named.as_slice() {
            b"MD5" => (Hash::Md5, false),
            b"MD5-SESS" => (Hash::Md5, true),
            b"SHA-256" => (Hash::Sha256, false),
            b"SHA-256-SESS" => (Hash::Sha256, true),
            other => return Err(format!("with the algorithm “{}”", crate::text::shown(other, 40))),
        };
        let qop = challenge.parameter("qop");
        let words = qop.unwrap_or(b"auth").split(|octet| *octet == b',');
        if !words.map(<[u8]>::trim_ascii).any(|word| word.eq_ignore_ascii_case(b"auth")) {
            return Err(format!("with qop “{}” only", crate::text::shown(qop.unwrap_or_default(), 40)));
        }
        Ok(Digest {
            hash,
            algorithm,
            is_session,
            realm: challenge.parameter("realm").ok_or("without a realm")?,
            nonce: challenge.parameter("nonce").ok_or("without a nonce")?,
            opaque: challenge.parameter("opaque"),
            has_qop: qop.is_some(),
            is_utf8: challenge.parameter("charset").is_some_and(|value| value.eq_ignore_ascii_case(b"UTF-8")),
            hashes_user: challenge.parameter("userhash").is_some_and(|value| value.eq_ignore_ascii_case(b"true")),
        })
    }

    /// The stronger the higher, from 1.
    pub(crate) fn strength(&self) -> u8 {
        1 + self.hash as u8
    }

    /// The value of Proxy-Authorization. Each challenge is answered once, so that the
    /// nonce count is 1 (RFC 7616 §3.4).
    pub(crate) fn answer(&self, credentials: &Credentials, asked: &Asked<'_>) -> Result<Value, &'static str> {
        let (user, password) = (credentials.user(), credentials.password());
        if user.chars().any(char::is_control) {
            return Err("a control character in the user name");
        }
        if !self.has_qop && self.is_session {
            return Err("a session algorithm without qop, which has no client nonce (RFC 7616 §3.4.2)");
        }
        let secret = self.hash.of(&[user.as_bytes(), b":", self.realm, b":", password.as_bytes()]);
        let secret = if self.is_session {
            self.hash.of(&[secret.as_bytes(), b":", self.nonce, b":", asked.cnonce.as_bytes()])
        } else {
            secret
        };
        let request = self.hash.of(&[asked.method.as_bytes(), b":", asked.uri.as_bytes()]);
        let (secret, request) = (secret.as_bytes(), request.as_bytes());
        let response = if self.has_qop {
            let cnonce = asked.cnonce.as_bytes();
            self.hash.of(&[secret, b":", self.nonce, b":00000001:", cnonce, b":auth:", request])
        } else {
            self.hash.of(&[secret, b":", self.nonce, b":", request])
        };
        let mut value = Zeroizing::new(String::from("Digest "));
        value.push_str(&self.named_user(user));
        for (name, text) in [("realm", self.realm), ("nonce", self.nonce), ("uri", asked.uri.as_bytes())] {
            value.push_str(&format!(", {name}={}", quoted(text)?));
        }
        value.push_str(&format!(", response=\"{}\"", response.as_str()));
        if let Some(algorithm) = self.algorithm {
            // A token, one of those known.
            value.push_str(&format!(", algorithm={}", String::from_utf8_lossy(algorithm)));
        }
        if let Some(opaque) = self.opaque {
            value.push_str(&format!(", opaque={}", quoted(opaque)?));
        }
        if self.has_qop {
            value.push_str(&format!(", qop=auth, nc=00000001, cnonce=\"{}\"", asked.cnonce));
        }
        if self.hashes_user {
            value.push_str(", userhash=true");
        }
        Ok(Value::new(value))
    }

    /// The user name: hashed where that is asked for (RFC 7616 §3.4.4), quoted, or as
    /// RFC 8187 has it where it is not ASCII and the proxy knows of charsets (RFC 7616
    /// §3.4). Older proxies know neither, and take octets as they come.
    fn named_user(&self, user: &str) -> String {
        if self.hashes_user {
            let hashed = self.hash.of(&[user.as_bytes(), b":", self.realm]);
            return format!("username=\"{}\"", hashed.as_str());
        }
        if user.is_ascii() || !self.is_utf8 {
            let escaped = user.replace('\\', "\\\\").replace('"', "\\\"");
            return format!("username=\"{escaped}\"");
        }
        let plain = |octet: u8| octet.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&octet);
        let encoded: String = user
            .bytes()
            .map(|octet| if plain(octet) { char::from(octet).to_string() } else { format!("%{octet:02X}") })
            .collect();
        format!("username*=UTF-8''{encoded}")
    }
}

/// A text of the challenge's as a quoted string, the very same octets inside.
fn quoted(octets: &[u8]) -> Result<String, &'static str> {
    let text = std::str::from_utf8(octets).map_err(|_| "a challenge that is not in UTF-8 (RFC 7616 §3.3)")?;
    Ok(format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proxy::auth::challenge;

    fn answer_to(value: &str, user: &str, password: &str, asked: &Asked<'_>) -> Result<String, String> {
        let mut challenges = Vec::new();
        challenge::read(value.as_bytes(), &mut challenges);
        let digest = Digest::read(&challenges[0])?;
        let credentials = Credentials::new(user.to_owned(), password.to_owned());
        digest.answer(&credentials, asked).map(|value| value.expose().to_owned()).map_err(str::to_owned)
    }

    fn response(value: &str) -> &str {
        value.split("response=\"").nth(1).unwrap().split('"').next().unwrap()
    }

    /// RFC 7616 §3.9.1.
    #[test]
    fn the_examples_of_the_rfc() {
        let asked =
            Asked { method: "GET", uri: "/dir/index.html", cnonce: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ" };
        for (algorithm, expected) in [
            ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
            ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        ] {
            let challenge = format!(
                "Digest realm=\"http-auth@example.org\", qop=\"auth, auth-int\", algorithm={algorithm}, \
                 nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", \
                 opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\""
            );
            let value = answer_to(&challenge, "Mufasa", "Circle of Life", &asked).unwrap();
            assert_eq!(response(&value), expected);
            assert!(
                value.starts_with("Digest username=\"Mufasa\", realm=\"http-auth@example.org\", nonce="),
                "{value}"
            );
            assert!(value.contains(&format!("algorithm={algorithm}, opaque=\"FQhe")), "{value}");
            assert!(value.ends_with(&format!("qop=auth, nc=00000001, cnonce=\"{}\"", asked.cnonce)), "{value}");
        }
    }

    /// RFC 2617 §3.5 with qop; without it by RFC 2069, as its errata has the example.
    #[test]
    fn the_examples_of_older_rfcs() {
        let asked = Asked { method: "GET", uri: "/dir/index.html", cnonce: "0a4f113b" };
        let challenge = "Digest realm=\"testrealm@host.com\", nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\"";
        let value = answer_to(&format!("{challenge}, qop=auth"), "Mufasa", "Circle Of Life", &asked).unwrap();
        assert_eq!(response(&value), "6629fae49393a05397450978507c4ef1");
        let value = answer_to(challenge, "Mufasa", "CircleOfLife", &asked).unwrap();
        assert_eq!(response(&value), "1949323746fe6a43ef61f9606e7febea");
        assert!(!value.contains("cnonce") && !value.contains("algorithm"), "{value}");
    }

    /// Worked out by hand: H(H(user:realm:password):nonce:cnonce) in the place of A1.
    #[test]
    fn sessions() {
        let asked = Asked { method: "CONNECT", uri: "a:443", cnonce: "c" };
        for (algorithm, hash) in [("MD5-sess", Hash::Md5), ("SHA-256-sess", Hash::Sha256)] {
            let challenge = format!("Digest realm=r, nonce=n, qop=auth, algorithm={algorithm}");
            let value = answer_to(&challenge, "u", "p", &asked).unwrap();
            let first = hash.of(&[b"u:r:p"]);
            let session = hash.of(&[format!("{}:n:c", first.as_str()).as_bytes()]);
            let request = hash.of(&[b"CONNECT:a:443"]);
            let all = format!("{}:n:00000001:c:auth:{}", session.as_str(), request.as_str());
            assert_eq!(response(&value), hash.of(&[all.as_bytes()]).as_str());
            assert!(answer_to(&challenge.replace("qop=auth, ", ""), "u", "p", &asked).is_err());
        }
    }

    #[test]
    fn names_are_quoted_encoded_or_hashed() {
        let asked = Asked { method: "CONNECT", uri: "a:443", cnonce: "c" };
        let of = |user: &str, more: &str| {
            answer_to(&format!("Digest realm=\"a\\\"b\", nonce=n, qop=auth{more}"), user, "p", &asked).unwrap()
        };
        assert!(of("DOM\\u\"x", "").starts_with("Digest username=\"DOM\\\\u\\\"x\", realm=\"a\\\"b\", "));
        assert!(of("Jäsøn Doe", "").starts_with("Digest username=\"Jäsøn Doe\", "));
        assert!(of("Jäsøn Doe", ", charset=UTF-8").starts_with("Digest username*=UTF-8''J%C3%A4s%C3%B8n%20Doe, "));
        let hashed = of("u", ", userhash=true");
        let expected = Hash::Md5.of(&[b"u:a\"b"]);
        assert!(hashed.contains(&format!("username=\"{}\"", expected.as_str())) && hashed.ends_with("userhash=true"));
    }

    #[test]
    fn what_cannot_be_answered_is_named() {
        let asked = Asked { method: "CONNECT", uri: "a:443", cnonce: "c" };
        for (challenge, says) in [
            ("Digest realm=r, nonce=n, algorithm=SHA-512-256", "SHA-512-256"),
            ("Digest realm=r, nonce=n, qop=\"auth-int\"", "auth-int"),
            ("Digest realm=r", "without a nonce"),
            ("Digest nonce=n", "without a realm"),
            ("Digest realm=r, nonce=n, nonce=m", "nonce twice"),
        ] {
            let error = answer_to(challenge, "u", "p", &asked).unwrap_err();
            assert!(error.contains(says), "{error}");
        }
        assert!(answer_to("Digest realm=r, nonce=n", "u\r\nX: y", "p", &asked).is_err());
    }
}
