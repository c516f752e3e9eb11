//! Basic (RFC 7617).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::Value;
use crate::proxy::Credentials;

/// The value of Proxy-Authorization, in UTF-8 whatever the challenge says: where it
/// says nothing, the encoding is the server's secret (RFC 7617 §2.1), and UTF-8 the
/// one that it can ask for.
pub(crate) fn answer(credentials: &Credentials) -> Result<Value, &'static str> {
    let (user, password) = (credentials.user(), credentials.password());
    if user.contains(':') {
        return Err("a colon in the user name, which Basic cannot say (RFC 7617 §2)");
    }
    if user.chars().chain(password.chars()).any(char::is_control) {
        return Err("a control character in user name or password (RFC 7617 §2)");
    }
    // Buffers of their full size from the start: nothing is left behind by growing.
    let mut pair = Zeroizing::new(Vec::with_capacity(user.len() + 1 + password.len()));
    for part in [user.as_bytes(), b":", password.as_bytes()] {
        pair.extend_from_slice(part);
    }
    let mut value = Zeroizing::new(String::with_capacity("Basic ".len() + pair.len().div_ceil(3) * 4));
    value.push_str("Basic ");
    STANDARD.encode_string(pair.as_slice(), &mut value);
    Ok(Value::new(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(user: &str, password: &str) -> Result<String, &'static str> {
        let credentials = Credentials::new(user.to_owned(), password.to_owned());
        answer(&credentials).map(|value| value.expose().to_owned())
    }

    /// RFC 7617 §2 and §2.1.
    #[test]
    fn the_examples_of_the_rfc() {
        assert_eq!(of("Aladdin", "open sesame").unwrap(), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
        assert_eq!(of("test", "123£").unwrap(), "Basic dGVzdDoxMjPCow==");
    }

    #[test]
    fn what_cannot_be_said() {
        assert!(of("a:b", "c").is_err() && of("a", "b\r\nX: y").is_err() && of("a\0", "b").is_err());
        assert!(of("", "a:b").is_ok());
    }
}
