//! Challenges (RFC 9110 §11.6.1): schemes with their parameters, all separated by commas.

use crate::limits::MAX_CHALLENGES;
use crate::proxy::head::is_token;

/// Parameters of one challenge that are kept; Digest has nine.
const MAX_PARAMETERS: usize = 16;

/// One way to log in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Challenge {
    /// As the proxy spells it.
    pub(crate) scheme: String,
    /// Names in lower case, values without quotation marks.
    parameters: Vec<(String, Vec<u8>)>,
}

impl Challenge {
    /// Whether it is of this scheme.
    pub(crate) fn is(&self, scheme: &str) -> bool {
        self.scheme.eq_ignore_ascii_case(scheme)
    }

    /// The value of a parameter, whose name is in lower case, if it is there once.
    pub(crate) fn parameter(&self, name: &str) -> Option<&[u8]> {
        let mut values = self.parameters.iter().filter(|(found, _)| found == name).map(|(_, value)| value.as_slice());
        let value = values.next()?;
        values.next().is_none().then_some(value)
    }

    /// Whether a parameter is there more than once.
    pub(crate) fn has_twice(&self, name: &str) -> bool {
        self.parameters.iter().filter(|(found, _)| found == name).count() > 1
    }
}

/// Reads the challenges of one header field and adds them. What is no challenge ends
/// the reading of this field: what came before counts.
pub(crate) fn read(value: &[u8], challenges: &mut Vec<Challenge>) {
    let mut cursor = Cursor(value);
    loop {
        cursor.skip(b" \t,");
        let Some(word) = cursor.token() else { return };
        let spaces = cursor.skip(b" \t");
        let is_full = challenges.len() == MAX_CHALLENGES;
        match (cursor.0, challenges.last_mut()) {
            // A parameter of the last challenge.
            ([b'=', ..], Some(challenge)) => {
                cursor.skip_one();
                let Some(value) = cursor.value() else { return };
                if challenge.parameters.len() < MAX_PARAMETERS {
                    challenge.parameters.push((word.to_ascii_lowercase(), value));
                }
            }
            ([b'=', ..], None) => return,
            _ if is_full => return,
            _ => {
                challenges.push(Challenge { scheme: word, parameters: Vec::new() });
                if spaces {
                    cursor.pass_token68();
                }
            }
        }
    }
}

struct Cursor<'a>(&'a [u8]);

impl<'a> Cursor<'a> {
    fn split(&mut self, count: usize) -> &'a [u8] {
        let (taken, rest) = self.0.split_at_checked(count).unwrap_or((self.0, b""));
        self.0 = rest;
        taken
    }

    fn count(&self, of: impl Fn(u8) -> bool) -> usize {
        self.0.iter().take_while(|octet| of(**octet)).count()
    }

    fn skip(&mut self, any: &[u8]) -> bool {
        let count = self.count(|octet| any.contains(&octet));
        !self.split(count).is_empty()
    }

    fn skip_one(&mut self) {
        self.split(1);
    }

    fn token(&mut self) -> Option<String> {
        let token = self.split(self.count(is_token));
        (!token.is_empty()).then(|| String::from_utf8_lossy(token).into_owned())
    }

    /// A token, or a quoted string (RFC 9110 §5.6.4).
    fn value(&mut self) -> Option<Vec<u8>> {
        self.skip(b" \t");
        let [b'"', ..] = self.0 else { return self.token().map(String::into_bytes) };
        self.skip_one();
        let mut value = Vec::new();
        loop {
            match self.split(1) {
                b"\"" => return Some(value),
                b"\\" => value.extend_from_slice(self.split(1)),
                [] => return None,
                other => value.extend_from_slice(other),
            }
        }
    }

    /// Passes over what a scheme may have in place of parameters: octets of base64 up
    /// to the next comma, as Negotiate has.
    fn pass_token68(&mut self) {
        let letters = self.count(|octet| octet.is_ascii_alphanumeric() || b"-._~+/".contains(&octet));
        let rest = self.0.get(letters..).unwrap_or_default();
        let padding = rest.iter().take_while(|octet| **octet == b'=').count();
        let behind = rest.get(padding..).unwrap_or_default().trim_ascii_start();
        if letters > 0 && matches!(behind, [] | [b',', ..]) {
            self.split(letters + padding);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(value: &str) -> Vec<(String, Vec<(String, String)>)> {
        let mut found = Vec::new();
        read(value.as_bytes(), &mut found);
        let text = |octets: &[u8]| String::from_utf8_lossy(octets).into_owned();
        let parameters =
            |it: &Challenge| it.parameters.iter().map(|(name, value)| (name.clone(), text(value))).collect();
        found.iter().map(|it| (it.scheme.clone(), parameters(it))).collect()
    }

    fn schemes(value: &str) -> Vec<String> {
        all(value).into_iter().map(|(scheme, _)| scheme).collect()
    }

    #[test]
    fn challenges_and_parameters_are_told_apart() {
        let value = r#"Basic realm="a, \"b\"" , Digest realm=x,nonce = "n" ,qop="auth,auth-int", NTLM, Negotiate"#;
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(
            all(value),
            [
                ("Basic".to_owned(), vec![pair("realm", "a, \"b\"")]),
                ("Digest".to_owned(), vec![pair("realm", "x"), pair("nonce", "n"), pair("qop", "auth,auth-int")]),
                ("NTLM".to_owned(), vec![]),
                ("Negotiate".to_owned(), vec![]),
            ]
        );
    }

    #[test]
    fn what_stands_in_place_of_parameters_is_passed_over() {
        assert_eq!(schemes("Negotiate oYG2MIGz/+==, Basic realm=\"a\""), ["Negotiate", "Basic"]);
        assert_eq!(schemes("Negotiate abc"), ["Negotiate"]);
        assert_eq!(schemes("NTLM TlRMTVNTUAAB="), ["NTLM"]);
        assert_eq!(all("Basic realm=abc")[0].1.len(), 1);
    }

    #[test]
    fn what_is_no_challenge_ends_the_list() {
        assert_eq!(schemes(""), [""; 0]);
        assert_eq!(schemes("a=b"), [""; 0]);
        assert_eq!(schemes("Basic realm=\"open"), ["Basic"]);
        assert_eq!(schemes("Basic realm=\"a\"; Digest"), ["Basic"]);
        assert_eq!(schemes(&"a, ".repeat(100)).len(), MAX_CHALLENGES);
        assert_eq!(all(&format!("a {}", "b=c, ".repeat(100)))[0].1.len(), MAX_PARAMETERS);
    }

    #[test]
    fn a_parameter_that_is_there_twice_is_none() {
        let mut found = Vec::new();
        read(b"Digest nonce=a, nonce=b, realm=c", &mut found);
        assert_eq!((found[0].parameter("nonce"), found[0].parameter("realm")), (None, Some(&b"c"[..])));
        assert!(found[0].has_twice("nonce") && !found[0].has_twice("realm"));
    }
}
