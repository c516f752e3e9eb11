//! From codes to their entries in the registry and back.

use std::fmt;

use super::registry::{Code, Entry, REGISTRY};

impl Code {
    /// All codes in the order of the registry.
    pub fn all() -> impl Iterator<Item = Code> {
        REGISTRY.iter().map(|entry| entry.code)
    }

    /// The code with this name.
    pub fn by_name(name: &str) -> Option<Code> {
        REGISTRY.iter().find(|entry| entry.name == name).map(|entry| entry.code)
    }

    /// What the registry says about it.
    pub fn entry(self) -> &'static Entry {
        // The registry is made by the macro that makes the enum, in the same order.
        match REGISTRY.get(self as usize) {
            Some(entry) => entry,
            None => unreachable!("every code has a registry entry"),
        }
    }

    /// The stable name.
    pub fn name(self) -> &'static str {
        self.entry().name
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_kebab_case_unique_and_found_again() {
        for (index, entry) in REGISTRY.iter().enumerate() {
            assert_eq!(entry.code as usize, index);
            assert_eq!(Code::by_name(entry.name), Some(entry.code));
            assert!(
                entry.name.bytes().all(|octet| octet.is_ascii_lowercase() || octet.is_ascii_digit() || octet == b'-')
            );
            for word in ["error", "warning", "fatal", "notice"] {
                assert!(!entry.name.contains(word), "{}: severity does not belong into a name", entry.name);
            }
        }
    }

    #[test]
    fn every_entry_says_what_why_and_what_to_do() {
        for entry in REGISTRY {
            assert!(entry.meaning.ends_with('.'), "{}", entry.name);
            assert!(entry.hint.ends_with('.'), "{}", entry.name);
            assert!(!entry.citation.is_empty(), "{}", entry.name);
        }
    }

    /// docs/findings.md, from the registry.
    fn page() -> String {
        let mut page = String::from(
            "# Findings\n\nMade from the registry (`crates/core/src/finding/registry.rs`); `certlens explain CODE` shows the same.\n\
             A code never changes its meaning. The severities are those of the profiles `rfc5280` and `web`.\n",
        );
        for entry in REGISTRY {
            page.push_str(&format!("\n## {}\n\n{}\n\n", entry.name, entry.meaning));
            let severity = if entry.name.starts_with("web-") {
                format!("{}, under `web` alone", entry.web.word())
            } else if entry.rfc5280 == entry.web {
                entry.rfc5280.word().to_owned()
            } else {
                format!("{}, under `web` {}", entry.rfc5280.word(), entry.web.word())
            };
            page.push_str(&format!(
                "- Severity: {severity}\n- Rule: {}\n- What to do: {}\n",
                entry.citation, entry.hint
            ));
            if let Some(windows) = entry.windows {
                let mut names = Vec::new();
                if windows.trust_status != 0 {
                    names.push(format!("`{}` (0x{:x})", windows.trust_status_name, windows.trust_status));
                }
                if windows.hresult != 0 {
                    names.push(format!("`{}` (0x{:08x})", windows.hresult_name, windows.hresult));
                }
                page.push_str(&format!("- Windows: {}\n", names.join(", ")));
            }
        }
        page
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "the test, not the library, reads the published page")]
    fn the_published_page_is_the_registry() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/findings.md");
        if std::env::var_os("CERTLENS_UPDATE").is_some() {
            std::fs::write(&path, page()).unwrap();
        }
        let published = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(published == page(), "docs/findings.md is stale; CERTLENS_UPDATE=1 cargo test --workspace rewrites it");
    }
}
