//! Sets of trust anchors.

use certlens_core::anchors::{AnchorSet, TrustAnchor};
use certlens_core::finding::{Code, Finding, Severity};
use certlens_core::origin::{Origin, TrustSet};
use certlens_core::x509::Certificate;

use crate::args::TrustArg;
use crate::error::Failure;
use crate::load::{self, Loaded};

/// The anchors in force, how they are called, and what was left out.
pub(crate) struct Trust {
    pub(crate) anchors: AnchorSet,
    /// Each set's name and number of anchors.
    pub(crate) sets: Vec<(String, usize)>,
    /// Whether the Mozilla set is among them.
    pub(crate) has_mozilla: bool,
    pub(crate) findings: Vec<Finding>,
}

/// Puts the anchors together: those of `--anchors` alone, unless `--trust` is
/// given too.
///
/// # Errors
///
/// When a file of `--anchors` cannot be read or has no certificate.
pub(crate) fn gather(anchor_arguments: &[String], trust: Option<TrustArg>) -> Result<Trust, Failure> {
    let mut gathered = Trust { anchors: AnchorSet::new(), sets: Vec::new(), has_mozilla: false, findings: Vec::new() };
    for argument in anchor_arguments {
        gathered.add_files(argument)?;
    }
    match trust {
        None if !anchor_arguments.is_empty() => {}
        Some(TrustArg::None) => {}
        Some(TrustArg::Mozilla) => {
            gathered.has_mozilla = true;
            gathered.add_set(TrustSet::Mozilla, mozilla_certificates());
        }
        None | Some(TrustArg::System) => gathered.add_system(),
    }
    Ok(gathered)
}

/// A set of trust anchors as a record has it; the path is that of its anchors, when
/// it has any.
pub(crate) enum KeptSet {
    File(Option<String>),
    System(Option<String>),
    Mozilla,
}

/// The sets of a record, in their order. The Mozilla set is the one that is built in.
///
/// # Errors
///
/// When a file cannot be read.
pub(crate) fn of_record(sets: Vec<KeptSet>) -> Result<Trust, Failure> {
    let mut gathered = Trust { anchors: AnchorSet::new(), sets: Vec::new(), has_mozilla: false, findings: Vec::new() };
    for set in sets {
        match set {
            KeptSet::File(Some(path)) => gathered.add_files(&path)?,
            KeptSet::File(None) => gathered.sets.push(("anchors given before".to_owned(), 0)),
            KeptSet::System(path) => {
                let read = path.map(|path| load::argument(&path)).transpose()?;
                let sources = read.iter().flat_map(|read| &read.sources);
                let certificates = sources.flat_map(|source| source.input.certificates());
                gathered.add_set(TrustSet::System, certificates.map(|object| object.der.as_slice()));
            }
            KeptSet::Mozilla => {
                gathered.has_mozilla = true;
                gathered.add_set(TrustSet::Mozilla, mozilla_certificates());
            }
        }
    }
    Ok(gathered)
}

/// Anchors that Mozilla trusts for some names only, by a rule that does not stand
/// in the certificate: its length, SHA-256, and the encoded NameConstraints. This one is
/// "TUBITAK Kamu SM SSL Kok Sertifikasi - Surum 1", for names below `.tr`
/// (Mozilla's certdata.txt, as the crate webpki-roots 1.0.10 has it).
const CONSTRAINED_BY_MOZILLA: [(usize, &str, &[u8]); 1] = [(
    1127,
    "46edc3689046d53a453fb3104ab80dcaec658b2660ea1629dd7e867990648716",
    b"\x30\x09\xa0\x07\x30\x05\x82\x03.tr",
)];

pub(crate) fn mozilla_certificates() -> impl Iterator<Item = &'static [u8]> {
    webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter().map(AsRef::as_ref)
}

/// An anchor of a set, with what the set imposes on it.
fn anchor(certificate: Certificate, set: TrustSet) -> TrustAnchor {
    let constraints = match set {
        TrustSet::Mozilla => imposed(&certificate),
        TrustSet::System => None,
    };
    let anchor = TrustAnchor::from_certificate(certificate, Origin::TrustSet(set));
    let Some(constraints) = constraints else { return anchor };
    match anchor.constrained_to(constraints) {
        Ok(anchor) => anchor,
        Err(error) => unreachable!("the constraints are a constant: {error}"),
    }
}

fn imposed(certificate: &Certificate) -> Option<&'static [u8]> {
    // The length spares the others their digests.
    let of_length = CONSTRAINED_BY_MOZILLA.iter().filter(|(length, ..)| *length == certificate.der().len());
    let mut same = of_length.filter(|(_, id, _)| certificate.id().to_string() == *id);
    same.next().map(|(_, _, constraints)| *constraints)
}

/// The embedded Mozilla set, for the hint that it would help.
pub(crate) fn mozilla() -> AnchorSet {
    let mut anchors = AnchorSet::new();
    for der in mozilla_certificates() {
        if let Ok(certificate) = Certificate::from_der(der) {
            anchors.add_anchor(anchor(certificate, TrustSet::Mozilla));
        }
    }
    anchors
}

impl Trust {
    fn add_files(&mut self, argument: &str) -> Result<(), Failure> {
        let mut count = 0;
        let mut refused = None;
        let argument_read = load::argument(argument)?;
        self.findings.extend(argument_read.findings());
        for source in argument_read.sources {
            self.findings.extend(source.problems());
            if source.named {
                source.input.require_certificates().map_err(|error| crate::read::refuse(&source.name, &error))?;
            }
            for loaded in source.certificates() {
                match loaded {
                    Loaded::Read(sourced) => {
                        count += usize::from(self.anchors.add(sourced.certificate, sourced.origin))
                    }
                    Loaded::Refused { origin, message, .. } => {
                        let message = format!("{origin}: {message}");
                        refused.get_or_insert(message.clone());
                        self.findings.push(Finding::new(Code::CertificateUnreadable, Severity::Warning, message));
                    }
                }
            }
        }
        match refused {
            Some(message) if count == 0 => Err(Failure::unusable(message)),
            _ => {
                self.sets.push((argument.to_owned(), count));
                Ok(())
            }
        }
    }

    fn add_system(&mut self) {
        let store = rustls_native_certs::load_native_certs();
        for error in &store.errors {
            let message = format!("system trust store: {error}");
            let finding = Finding::new(Code::CertificateUnreadable, Severity::Warning, message);
            self.findings.push(finding.hint(
                "Check the environment variables SSL_CERT_FILE and SSL_CERT_DIR, which replace the system's store when they are set.",
            ));
        }
        self.add_set(TrustSet::System, store.certs.iter().map(AsRef::as_ref));
    }

    fn add_set<'a>(&mut self, set: TrustSet, certificates: impl Iterator<Item = &'a [u8]>) {
        let mut count = 0;
        for (index, der) in certificates.enumerate() {
            match Certificate::from_der(der) {
                Ok(certificate) => count += usize::from(self.anchors.add_anchor(anchor(certificate, set))),
                Err(error) => {
                    let message = format!("{} #{}: {error}", set.name(), index + 1);
                    self.findings.push(Finding::new(Code::CertificateUnreadable, Severity::Warning, message));
                }
            }
        }
        self.sets.push((set.name().to_owned(), count));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_mozilla_imposes_on_an_anchor_comes_with_it() {
        let set = mozilla();
        for (_, id, _) in CONSTRAINED_BY_MOZILLA {
            let constrained = set.iter().find(|anchor| anchor.id().is_some_and(|own| own.to_string() == id));
            let constrained = constrained.expect("the set has it; where it no longer does, the constant can go");
            assert!(constrained.imposed().is_some_and(|names| names.permitted.is_some()));
        }
        assert_eq!(set.iter().filter(|anchor| anchor.imposed().is_some()).count(), CONSTRAINED_BY_MOZILLA.len());
    }
}
