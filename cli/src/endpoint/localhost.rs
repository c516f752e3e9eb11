//! Whether `localhost` is this machine (RFC 6761 §6.3).

use certlens_core::finding::{Code, Finding, Severity};
use certlens_probe::limits::NAME_TIMEOUT;
use certlens_probe::resolve::{Localhost, System, localhost};
use certlens_probe::target::Host;

use super::run::no_runtime;
use crate::error::Failure;

/// Whether a host is `localhost`, or a name below it.
pub(crate) fn is_meant(host: &Host) -> bool {
    let Host::Name(name) = host else { return false };
    let name = name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
    name == "localhost" || name.ends_with(".localhost")
}

/// Looks it up, and says what is wrong with it, if something is.
///
/// # Errors
///
/// When the runtime cannot be had.
pub(crate) fn look_up() -> Result<Option<Finding>, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| no_runtime(&error))?;
    let found = runtime.block_on(localhost(&System, NAME_TIMEOUT));
    // A name server that is silent need not be waited for.
    runtime.shutdown_background();
    Ok(wrong(&found))
}

fn wrong(found: &Localhost) -> Option<Finding> {
    let (code, message) = match found {
        Localhost::Loopback(_) => return None,
        Localhost::Elsewhere(addresses) => {
            let strange = addresses.iter().filter(|address| !address.is_loopback());
            let strange: Vec<String> = strange.map(ToString::to_string).collect();
            let message = format!("on this machine localhost is {}, which is no loopback address", strange.join(", "));
            (Code::LocalhostElsewhere, message)
        }
        Localhost::Unresolved(words) => {
            (Code::LocalhostUnresolved, format!("localhost has no address on this machine: {words}"))
        }
    };
    Some(Finding::new(code, Severity::Warning, message))
}

#[cfg(test)]
mod tests {
    use super::*;
    use certlens_probe::target::Target;

    #[test]
    fn names_that_are_this_machine() {
        for (target, expected) in [
            ("tls://localhost:443", true),
            ("tls://LOCALHOST:443", true),
            ("tls://a.localhost:443", true),
            ("tls://localhost.example:443", false),
            ("tls://notlocalhost:443", false),
            ("tls://127.0.0.1:443", false),
        ] {
            assert_eq!(is_meant(&Target::parse(target).unwrap().host), expected, "{target}");
        }
    }

    #[test]
    fn what_is_wrong_is_said() {
        let ip = |text: &str| text.parse().unwrap();
        assert!(wrong(&Localhost::Loopback(vec![ip("::1"), ip("127.0.0.1")])).is_none());
        let elsewhere = wrong(&Localhost::Elsewhere(vec![ip("127.0.0.1"), ip("192.0.2.1")])).unwrap();
        assert_eq!(elsewhere.code.name(), "localhost-elsewhere");
        assert!(elsewhere.message.contains("is 192.0.2.1, which"), "{}", elsewhere.message);
        let unresolved = wrong(&Localhost::Unresolved("no such name".to_owned())).unwrap();
        assert_eq!((unresolved.code.name(), unresolved.severity), ("localhost-unresolved", Severity::Warning));
        for finding in [elsewhere, unresolved] {
            let hint = finding.advice();
            assert!(hint.contains("`127.0.0.1 localhost`") && hint.contains("/etc/hosts"), "{hint}");
            assert!(hint.contains("%SystemRoot%\\System32\\drivers\\etc\\hosts"), "{hint}");
        }
    }
}
