//! The bypass list of a .NET program: regular expressions for what goes without the
//! proxy.
//!
//! .NET searches `scheme://host`, with `:port` unless it is the scheme's own, without
//! regard to case (WebProxy.BypassList). An expression that it cannot read fails every
//! request of the program; one that only this machine cannot read is named.

use regex_lite::{Regex, RegexBuilder};

/// The most octets of one expression; host names have 253 at most (RFC 1035 §2.3.4).
const MAX_OCTETS: usize = 1_024;

/// What one expression may be compiled to, in octets; that of a host takes about 2 KB.
const MAX_COMPILED_OCTETS: usize = 64 << 10;

/// One expression.
#[derive(Debug)]
pub(super) struct Bypass {
    /// As it was written.
    pub(super) text: String,
    /// The expression, or why it is not understood here.
    regex: Result<Regex, String>,
}

impl Bypass {
    /// Reads an expression.
    ///
    /// # Errors
    ///
    /// When .NET refuses it: why.
    pub(super) fn read(text: &str) -> Result<Bypass, &'static str> {
        if text.starts_with(['*', '+', '?']) {
            return Err(
                "it begins with a quantifier, which quantifies nothing: .NET takes regular expressions here and refuses this one, and with it every request of the program",
            );
        }
        // What has another meaning in .NET, or none.
        let differs = ["[:", "&&", "--", "~~", "-[", "(?U", r"\<", r"\>"].iter().find(|one| text.contains(**one));
        let regex = match differs {
            _ if text.len() > MAX_OCTETS => Err(format!("it has more than {MAX_OCTETS} octets")),
            Some(one) => Err(format!("{one} is not understood here as in .NET")),
            None => RegexBuilder::new(text)
                .case_insensitive(true)
                .size_limit(MAX_COMPILED_OCTETS)
                .build()
                .map_err(|error| error.to_string()),
        };
        Ok(Bypass { text: text.to_owned(), regex })
    }

    /// Why it is not understood here, when it is not.
    pub(super) fn problem(&self) -> Option<&str> {
        self.regex.as_ref().err().map(String::as_str)
    }

    /// Whether it is found in a text; never, when it is not understood.
    pub(super) fn is_match(&self, text: &str) -> bool {
        self.regex.as_ref().is_ok_and(|regex| regex.is_match(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_searched_as_by_dot_net() {
        for (expression, text, expected) in [
            (r"[a-z]+\.contoso\.com$", "https://www.CONTOSO.com", true),
            (r"[a-z]+\.contoso\.com$", "https://www.contoso.com.cpandl.com", false),
            (r"[a-z]+\.contoso\.com$", "https://www.contoso.com:8443", false),
            (r"[a-z]+\.contoso\.com", "https://www.contoso.com.cpandl.com", true),
            (r"192\.168\.\d{1,3}\.\d{1,3}", "https://192.168.1.17", true),
            (r"192\.168\.\d{1,3}\.\d{1,3}", "https://192.169.1.17", false),
            (r"^https://(a|b)[0-9]?\.test$", "https://b7.test", true),
            // The scheme stands before the host.
            (r"^www\.contoso\.com", "https://www.contoso.com", false),
            (r".*\.test:8443", "https://a.test:8443", true),
            (r"(?:\w+\.)*example\.org", "https://x.y.example.org", true),
        ] {
            let bypass = Bypass::read(expression).unwrap();
            assert_eq!(bypass.problem(), None, "{expression}");
            assert_eq!(bypass.is_match(text), expected, "{expression} in {text}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_told_apart() {
        for expression in ["*.contoso.com", "+", "?a"] {
            assert!(Bypass::read(expression).unwrap_err().contains("quantifier"), "{expression}");
        }
        let long = "a".repeat(MAX_OCTETS + 1);
        for expression in
            [r"^(?!www\.)", r"(a)\1", "[a-z-[aeiou]]", "[[:alpha:]]", "(", "(((a{99}){99}){99}){99}", &long]
        {
            let bypass = Bypass::read(expression).unwrap();
            assert!(bypass.problem().is_some(), "{expression}");
            assert!(!bypass.is_match("https://a"), "{expression}");
        }
    }
}
