//! Where roots are installed, for all programs of a system.

use std::fs;

use crate::shell::quote;

/// A way in which systems keep roots.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Store {
    Debian,
    RedHat,
    Suse,
    Arch,
    MacOs,
    Windows,
    Unknown,
}

/// Words for the way, and the commands.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Installation {
    pub(crate) place: &'static str,
    pub(crate) commands: Vec<String>,
}

/// The environment variables that are set, and put other certificates in the place of the
/// system's trust store.
pub(crate) fn replaced_by() -> Vec<&'static str> {
    let is_set = |name: &&str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    ["SSL_CERT_FILE", "SSL_CERT_DIR"].into_iter().filter(is_set).collect()
}

/// How this system keeps them.
pub(super) fn here() -> Store {
    if cfg!(windows) {
        Store::Windows
    } else if cfg!(target_os = "macos") {
        Store::MacOs
    } else {
        let read = |path| fs::read_to_string(path).ok();
        read("/etc/os-release").or_else(|| read("/usr/lib/os-release")).map_or(Store::Unknown, |text| of_release(&text))
    }
}

/// By the fields ID and ID_LIKE of os-release(5).
fn of_release(text: &str) -> Store {
    let words = |field: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(field)).unwrap_or_default();
        line.trim().trim_matches(['"', '\'']).to_ascii_lowercase()
    };
    let all = format!("{} {}", words("ID="), words("ID_LIKE="));
    for word in all.split_ascii_whitespace() {
        match word {
            "debian" | "ubuntu" | "alpine" => return Store::Debian,
            "rhel" | "fedora" | "centos" | "amzn" | "mariner" | "azurelinux" => return Store::RedHat,
            "suse" | "opensuse" | "sles" => return Store::Suse,
            "arch" => return Store::Arch,
            _ => {}
        }
    }
    Store::Unknown
}

impl Store {
    /// How a root in this file (PEM or DER) is installed under this name.
    pub(super) fn installation(self, file: &str, name: &str) -> Installation {
        let file = quote(file);
        let pem = |directory: &str, ending: &str| {
            format!("openssl x509 -in {file} | sudo tee {directory}/{name}.{ending} >/dev/null")
        };
        let (place, commands) = match self {
            Store::Debian => (
                "in /usr/local/share/ca-certificates (Debian, Ubuntu, Alpine)",
                vec![pem("/usr/local/share/ca-certificates", "crt"), "sudo update-ca-certificates".to_owned()],
            ),
            Store::RedHat => (
                "in /etc/pki/ca-trust/source/anchors (Red Hat, Fedora)",
                vec![pem("/etc/pki/ca-trust/source/anchors", "pem"), "sudo update-ca-trust extract".to_owned()],
            ),
            Store::Suse => (
                "in /etc/pki/trust/anchors (SUSE)",
                vec![pem("/etc/pki/trust/anchors", "pem"), "sudo update-ca-certificates".to_owned()],
            ),
            Store::Arch => (
                "in /etc/ca-certificates/trust-source/anchors (Arch)",
                vec![pem("/etc/ca-certificates/trust-source/anchors", "pem"), "sudo update-ca-trust".to_owned()],
            ),
            Store::MacOs => (
                "in the System keychain",
                vec![format!(
                    "sudo security add-trusted-cert -d -r trustRoot -k /Library/Keychains/System.keychain {file}"
                )],
            ),
            Store::Windows => (
                "in Trusted Root Certification Authorities of the local machine (as an administrator)",
                vec![format!("certutil -addstore Root {file}")],
            ),
            Store::Unknown => ("as the documentation of this system says, for its CA certificates", Vec::new()),
        };
        Installation { place, commands }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_release_says_which_way() {
        for (text, store) in [
            ("NAME=\"Ubuntu\"\nID=ubuntu\nID_LIKE=debian\n", Store::Debian),
            ("ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\n", Store::RedHat),
            ("ID=\"opensuse-leap\"\nID_LIKE=\"suse opensuse\"\n", Store::Suse),
            ("ID=manjaro\nID_LIKE=arch\n", Store::Arch),
            ("ID=nixos\n", Store::Unknown),
            ("", Store::Unknown),
        ] {
            assert_eq!(of_release(text), store, "{text}");
        }
    }

    #[test]
    fn a_command_survives_the_shell() {
        let installation = Store::Debian.installation("my root.crt", "my-root");
        assert_eq!(
            installation.commands.first().map(String::as_str),
            Some("openssl x509 -in 'my root.crt' | sudo tee /usr/local/share/ca-certificates/my-root.crt >/dev/null")
        );
    }
}
