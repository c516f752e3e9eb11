//! Logging in at an HTTP proxy (RFC 9110 §11.7).

pub(crate) mod basic;
pub(crate) mod challenge;
pub(crate) mod digest;

use zeroize::Zeroizing;

use super::Credentials;
use challenge::Challenge;

/// RFC 7617.
pub(crate) const BASIC: &str = "Basic";
/// RFC 7616.
pub(crate) const DIGEST: &str = "Digest";

/// An answer to a challenge.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The scheme.
    pub(crate) scheme: &'static str,
    /// The value of Proxy-Authorization.
    pub(crate) value: Value,
}

/// What Proxy-Authorization says: overwritten when dropped, and shown by nothing.
pub(crate) struct Value(Zeroizing<String>);

impl Value {
    pub(crate) fn new(value: Zeroizing<String>) -> Value {
        Value(value)
    }

    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Value(…)")
    }
}

/// Why no challenge is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Unanswerable {
    /// None of the schemes is known here.
    Unknown,
    /// The best of them is Digest in a form that is not known here, and this is it.
    Digest(String),
    /// User name or password have something in them that the scheme cannot say.
    Credentials(&'static str),
}

/// Answers the strongest challenge that is known, whatever their order: Digest before
/// Basic, which hands the password over, and of Digest the one with the stronger hash.
pub(crate) fn answer(
    challenges: &[Challenge],
    credentials: &Credentials,
    asked: &digest::Asked<'_>,
) -> Result<Answer, Unanswerable> {
    let mut digests: Vec<Result<digest::Digest<'_>, String>> =
        challenges.iter().filter(|challenge| challenge.is(DIGEST)).map(digest::Digest::read).collect();
    digests.sort_by_key(|found| found.as_ref().map_or(0, |digest| digest.strength()));
    let last = digests.pop();
    if let Some(Ok(digest)) = &last {
        let value = digest.answer(credentials, asked).map_err(Unanswerable::Credentials)?;
        return Ok(Answer { scheme: DIGEST, value });
    }
    if challenges.iter().any(|challenge| challenge.is(BASIC)) {
        let value = basic::answer(credentials).map_err(Unanswerable::Credentials)?;
        return Ok(Answer { scheme: BASIC, value });
    }
    Err(match last {
        Some(Err(form)) => Unanswerable::Digest(form),
        _ => Unanswerable::Unknown,
    })
}

/// Whether a proxy says that the login was right and only its nonce too old
/// (RFC 7616 §3.3).
pub(crate) fn is_stale(challenges: &[Challenge]) -> bool {
    challenges
        .iter()
        .filter(|challenge| challenge.is(DIGEST))
        .any(|challenge| challenge.parameter("stale").is_some_and(|value| value.eq_ignore_ascii_case(b"true")))
}
