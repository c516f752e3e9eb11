//! The certificates that a server sent, judged by themselves: what its clients have to
//! make do with, whatever could be found elsewhere (RFC 8446 §4.4.2, RFC 5246 §7.4.2).

use std::collections::HashMap;

use super::product;
use certlens_core::finding::{Code, Finding, Severity};
use certlens_core::origin::Origin;
use certlens_core::path::PathEnd;
use certlens_core::validation::PathOutcome;
use certlens_core::x509::{CertId, Certificate};
use certlens_fetch::shown;
use certlens_probe::limits::MAX_CHAIN;
use certlens_probe::tls::{Capture, How, Possession, Version};

/// A certificate as it was sent.
pub(crate) struct Sent {
    /// As it came.
    pub(crate) der: Vec<u8>,
    /// As it was read, or why it cannot be.
    pub(crate) certificate: Result<Certificate, String>,
    pub(crate) place: Place,
}

/// Where a certificate that was sent belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// It cannot be read.
    Broken,
    /// In the path, at this depth; 0 is the server's own.
    Path(usize),
    /// It is the trust anchor of the path.
    Anchor,
    /// It was sent before, at this place, from 0.
    Again(usize),
    /// In no path.
    Surplus,
}

/// Reads what was sent.
pub(crate) fn read(capture: &Capture) -> Vec<Sent> {
    let mut known: HashMap<CertId, usize> = HashMap::new();
    let one = |(at, der): (usize, &Vec<u8>)| match Certificate::from_der(der) {
        Ok(certificate) => {
            let first = *known.entry(certificate.id()).or_insert(at);
            let place = match first {
                _ if at == 0 => Place::Path(0),
                first if first < at => Place::Again(first),
                _ => Place::Surplus,
            };
            Sent { der: der.clone(), certificate: Ok(certificate), place }
        }
        Err(error) => Sent { der: der.clone(), certificate: Err(error.to_string()), place: Place::Broken },
    };
    capture.chain.iter().enumerate().map(one).collect()
}

/// What is to be said of a capture, whatever its certificates are worth.
pub(crate) fn of_capture(capture: &Capture, sent: &[Sent]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (at, one) in sent.iter().enumerate() {
        if let Err(error) = &one.certificate {
            let severity = if at == 0 { Severity::Error } else { Severity::Warning };
            let message = format!("certificate {} of those sent cannot be read: {error}", at + 1);
            findings.push(Finding::new(Code::ServerCertificateBroken, severity, message));
        }
    }
    match &capture.possession {
        Possession::Proven(_) => {}
        Possession::Unproven(why) => {
            let message = format!("key possession unproven: {why}");
            // A handshake that came to its end has a signature by the key; without one that
            // can be verified anybody may have copied the certificates.
            let severity = match capture.how {
                How::Handshake => Severity::Error,
                How::Partly | How::PlainHello => Severity::Warning,
            };
            findings.push(Finding::new(Code::ServerKeyUnproven, severity, message));
        }
        Possession::Disproven(scheme, why) => {
            let message = format!("the handshake's signature ({scheme}) is not by the key of the certificate: {why}");
            findings.push(Finding::new(Code::ServerKeyWrong, Severity::Error, message));
        }
    }
    if let Some(version) = capture.version.filter(|version| *version < Version::TLS_1_2) {
        findings.push(Finding::new(Code::ServerTlsOld, Severity::Warning, format!("the server chose {version}")));
    }
    if capture.chain_omitted > 0 {
        let message =
            format!("{} more certificates came than MAX_CHAIN ({MAX_CHAIN}), and were left out", capture.chain_omitted);
        findings.push(Finding::new(Code::ServerChainTooLong, Severity::Warning, message));
    }
    findings
}

/// Says of each certificate where it belongs, by the path that was found, and what that
/// means for the server's clients.
pub(crate) fn by_path(sent: &mut [Sent], best: Option<&PathOutcome>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let Some(outcome) = best else { return findings };
    let path = &outcome.path;
    let depths: HashMap<CertId, usize> =
        path.certificates.iter().enumerate().map(|(depth, one)| (one.certificate.id(), depth)).collect();
    let anchor = match &path.end {
        PathEnd::Anchor(anchor) => anchor.certificate().map(Certificate::id),
        _ => None,
    };
    for one in sent.iter_mut().filter(|one| one.place == Place::Surplus) {
        let Ok(certificate) = &one.certificate else { continue };
        one.place = match depths.get(&certificate.id()) {
            Some(depth) => Place::Path(*depth),
            None if anchor == Some(certificate.id()) => Place::Anchor,
            None => Place::Surplus,
        };
    }
    let in_path: Vec<usize> = sent
        .iter()
        .filter_map(|one| match one.place {
            Place::Path(depth) => Some(depth),
            Place::Anchor => Some(path.certificates.len()),
            Place::Broken | Place::Again(_) | Place::Surplus => None,
        })
        .collect();
    if !in_path.is_sorted() {
        let order: Vec<String> = sent.iter().filter_map(brief).collect();
        let message = format!("the certificates do not come in order, each followed by its issuer: {}", list(&order));
        findings.push(Finding::new(Code::ServerChainOrder, Severity::Warning, message));
    }
    findings.extend(missing(sent, outcome));
    let surplus: Vec<String> =
        sent.iter().filter(|one| matches!(one.place, Place::Surplus | Place::Again(_))).filter_map(brief).collect();
    if !surplus.is_empty() {
        let message = format!("sent and not needed: {}", list(&surplus));
        findings.push(Finding::new(Code::ServerChainSurplus, Severity::Info, message));
    }
    if let Some(anchor) = sent.iter().find(|one| one.place == Place::Anchor).and_then(brief) {
        let message = format!("the trust anchor {anchor} is sent along, which clients have or do not trust");
        findings.push(Finding::new(Code::ServerChainAnchor, Severity::Info, message));
    }
    findings
}

/// Intermediates of the path that the server did not send; or, where no path was found,
/// that there seems to be one.
fn missing(sent: &[Sent], outcome: &PathOutcome) -> Option<Finding> {
    let path = &outcome.path;
    // A root that is no anchor is not the server's to send.
    let elsewhere = path
        .certificates
        .iter()
        .skip(1)
        .filter(|one| one.origin != Origin::Handshake && !one.certificate.is_self_issued());
    let names: Vec<String> =
        elsewhere.map(|one| format!("{} (had from {})", one.certificate.subject().brief(), one.origin)).collect();
    if !names.is_empty() {
        let message =
            format!("the server omits {}: clients that do not fetch intermediates find no path", list(&names));
        return Some(Finding::new(Code::ServerChainIncomplete, Severity::Warning, message));
    }
    let (PathEnd::NoIssuer(missing), [own]) = (&path.end, sent) else { return None };
    let own = own.certificate.as_ref().ok()?;
    // A proxy has nothing that it could omit here: its root is missing.
    if product::issuing(own).is_some() {
        return None;
    }
    if own.is_self_issued() {
        return None;
    }
    // Nothing in a name says whether it is a root's.
    let name = &missing.name;
    let message = format!("the server sends its own certificate alone, and its issuer {name} is no trust anchor here");
    let start = match missing.web_url() {
        Some(url) => format!("Get {name} from {} and see which of both it is", shown(url)),
        None => format!("Ask the CA which of both {name} is"),
    };
    let hint = format!(
        "{start}: an intermediate belongs into the server's certificate file, a root into this machine's trust store."
    );
    Some(Finding::new(Code::ServerChainIncomplete, Severity::Warning, message).hint(hint))
}

fn brief(one: &Sent) -> Option<String> {
    Some(one.certificate.as_ref().ok()?.subject().brief())
}

/// The most certificates that are named in a sentence.
const MAX_NAMED: usize = 6;

fn list(names: &[String]) -> String {
    let mut text = names.iter().take(MAX_NAMED).map(String::as_str).collect::<Vec<_>>().join("; ");
    if names.len() > MAX_NAMED {
        text.push_str(&format!("; and {} more", names.len() - MAX_NAMED));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use certlens_probe::tls::{Scheme, Sessions};

    fn capture(how: How, possession: Possession) -> Capture {
        Capture {
            how,
            server_name: None,
            version: Some(Version::TLS_1_2),
            suite: None,
            group: None,
            alpn: None,
            chain: Vec::new(),
            chain_omitted: 0,
            staple: None,
            scts: None,
            possession,
            sessions: Sessions::default(),
            client_certificate: None,
            octets: 0,
        }
    }

    /// Who ends a handshake without a proof may have copied the certificates.
    #[test]
    fn a_handshake_without_a_proof_is_an_error() {
        let unproven = || Possession::Unproven("the key has too many bits".to_owned());
        let disproven = || Possession::Disproven(Scheme(0x0808), "it was not offered".to_owned());
        for (how, possession, code, severity) in [
            (How::Handshake, unproven(), Code::ServerKeyUnproven, Severity::Error),
            (How::Partly, unproven(), Code::ServerKeyUnproven, Severity::Warning),
            (How::PlainHello, unproven(), Code::ServerKeyUnproven, Severity::Warning),
            (How::Handshake, disproven(), Code::ServerKeyWrong, Severity::Error),
        ] {
            let findings = of_capture(&capture(how, possession), &[]);
            let found: Vec<_> = findings.iter().map(|finding| (finding.code, finding.severity)).collect();
            assert_eq!(found, [(code, severity)], "{how:?}");
        }
        assert!(of_capture(&capture(How::Handshake, Possession::Proven(Scheme(0x0403))), &[]).is_empty());
    }
}
