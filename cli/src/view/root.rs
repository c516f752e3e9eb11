//! What to do about a root that is not trusted: whether it is the right one, for this
//! run, and for this system.

use std::path::Path;

use certlens_core::origin::Origin;
use certlens_core::path::PathEnd;
use certlens_core::pool::Sourced;
use certlens_core::x509::Certificate;
use certlens_fetch::shown;
use certlens_report::Step;

use crate::args::VerifyArgs;
use crate::endpoint::{Endpoint, Sent};
use crate::shell::{download, quote};
use crate::verification::Verified;
use crate::view::{endpoint, installing};

/// The steps, where the path ends in a self-signed certificate that is no trust anchor.
/// `again` gives the command of this run with one more file of trust anchors.
pub(super) fn steps(verified: &Verified, args: &VerifyArgs, again: &dyn Fn(&str) -> Option<String>) -> Vec<Step> {
    let Some(best) = &verified.verdict.best else { return Vec::new() };
    let (PathEnd::SelfSigned(near), Some(root)) = (&best.path.end, best.path.certificates.last()) else {
        return Vec::new();
    };
    let mut steps = vec![Step::new(format!(
        "Ask the CA, by another way than the one that this certificate came by, for the SHA-256 fingerprint of {}; it must be {}",
        root.certificate.subject().brief(),
        fingerprint(&root.certificate)
    ))];
    // Under the name of a trusted one it may be an impostor, not to be trusted by a copied line.
    if !near.is_empty() {
        return steps;
    }
    let (file, mut commands) = match &verified.endpoint {
        Some(endpoint) if root.origin == Origin::Handshake => sent(root, endpoint, args),
        _ => file_of(&root.origin, &plain_name(&root.certificate)),
    };
    let is_there = !commands.is_empty() || matches!(root.origin, Origin::File { count: 1, .. });
    commands.extend(again(&file));
    let text = match is_there {
        true => "If it is, trust it for one run:".to_owned(),
        false => format!("If it is, trust it for one run, once it is in a file of its own, {file}:"),
    };
    steps.push(commands.into_iter().fold(Step::new(text), Step::command));
    // The same on every system, because what was judged elsewhere is read here, too.
    let name = plain_name(&root.certificate);
    let system = Step::new(
        "Or trust it for all programs and users of a system, on Debian and Ubuntu so (Red Hat and Fedora have /etc/pki/ca-trust/source/anchors and update-ca-trust):",
    )
    .command(format!("sudo openssl x509 -in {} -out /usr/local/share/ca-certificates/{name}.crt", quote(&file)))
    .command("sudo update-ca-certificates");
    steps.push(system);
    steps.push(installing::on_windows(&file));
    // Runs on files are recorded, and judged again where other variables are set.
    steps.extend(verified.endpoint.as_ref().and_then(|_| installing::in_its_place(&file, &name)));
    steps
}

/// The same of a root that a server sent along.
fn sent(root: &Sourced, endpoint: &Endpoint, args: &VerifyArgs) -> (String, Vec<String>) {
    let name = format!("{}.pem", plain_name(&root.certificate));
    let is_it = |sent: &Sent| sent.certificate.as_ref().is_ok_and(|one| one.id() == root.certificate.id());
    let Some(place) = endpoint.sent.iter().position(is_it) else { return (name, Vec::new()) };
    let keep = format!("{} --save-chain sent.pem", endpoint::probe_again(&endpoint.name(), args));
    // As an anchor the whole chain would make anchors of all of it.
    let take = format!("awk '/BEGIN CERTIFICATE/{{n++}} n=={}' sent.pem > {name}", place + 1);
    (name, vec![keep, take])
}

/// A file that holds a certificate of this origin alone, and the commands that make it,
/// under this name, where there is none.
pub(super) fn file_of(origin: &Origin, name: &str) -> (String, Vec<String>) {
    let pem = format!("{name}.pem");
    match origin {
        Origin::File { path, count: 0 | 1, .. } => (path.clone(), Vec::new()),
        // As an anchor a file with several certificates would make anchors of all of them.
        Origin::File { path, index, .. } if !is_pkcs7(path) => {
            let count = format!("/BEGIN CERTIFICATE/{{n++}} n=={}", index + 1);
            let command = format!("awk '{count}' {} > {pem}", quote(path));
            (pem, vec![command])
        }
        Origin::Url(url) => {
            // CAs publish DER.
            let file = format!("{name}.cer");
            let command = download(&shown(url), &file);
            (file, vec![command])
        }
        _ => (pem, Vec::new()),
    }
}

/// Whether the file's name is one of a PKCS#7, from which awk takes nothing.
fn is_pkcs7(path: &str) -> bool {
    let ending = Path::new(path).extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    ["p7b", "p7c", "spc"].iter().any(|known| ending.eq_ignore_ascii_case(known))
}

/// As openssl and browsers show it.
fn fingerprint(certificate: &Certificate) -> String {
    let digits = certificate.id().to_string().to_ascii_uppercase();
    let mut pairs = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && place % 2 == 0 {
            pairs.push(':');
        }
        pairs.push(digit);
    }
    pairs
}

/// The common name as a file's name.
fn plain_name(certificate: &Certificate) -> String {
    let subject = certificate.subject().brief();
    let common = subject.split(',').find_map(|part| part.trim().strip_prefix("CN=")).unwrap_or("root");
    let mut name = String::new();
    for character in common.chars().take(40) {
        match character {
            _ if character.is_ascii_alphanumeric() => name.push(character.to_ascii_lowercase()),
            _ if name.ends_with('-') || name.is_empty() => {}
            _ => name.push('-'),
        }
    }
    let name = name.trim_end_matches('-');
    if name.is_empty() { "root".to_owned() } else { name.to_owned() }
}
