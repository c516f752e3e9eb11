//! What to do about a root that is not trusted: whether it is the right one, for this
//! run, and for this system.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use certlens_core::origin::Origin;
use certlens_core::path::PathEnd;
use certlens_core::pool::Sourced;
use certlens_core::x509::Certificate;
use certlens_fetch::shown;
use certlens_report::Step;

use crate::args::{ProxyArgs, VerifyArgs};
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
        colons(&root.certificate.id().to_string())
    ))];
    // Under the name of a trusted one it may be an impostor, not to be trusted by a copied line.
    if !near.is_empty() {
        return steps;
    }
    let name = plain_name(&root.certificate);
    let Alone { file, mut commands, is_there } = match &verified.endpoint {
        Some(endpoint) if root.origin == Origin::Handshake => sent(root, endpoint, args),
        _ => alone(&root.certificate, &root.origin, &name, &args.network.proxy),
    };
    commands.extend(again(&file));
    let text = match is_there {
        true => "If it is, trust it for one run:".to_owned(),
        false => format!("If it is, trust it for one run, once it is in a file of its own, {file}:"),
    };
    steps.push(commands.into_iter().fold(Step::new(text), Step::command));
    // The same on every system, because what was judged elsewhere is read here, too.
    if !cfg!(windows) {
        let system = Step::new(
            "Or trust it for all programs and users of a system, on Debian and Ubuntu so (Red Hat and Fedora have /etc/pki/ca-trust/source/anchors and update-ca-trust):",
        )
        .command(format!("sudo openssl x509 -in {} -out /usr/local/share/ca-certificates/{name}.crt", quote(&file)))
        .command("sudo update-ca-certificates");
        steps.push(system);
    }
    steps.push(installing::on_windows(&file, &name));
    // Runs on files are recorded, and judged again where other variables are set.
    steps.extend(verified.endpoint.as_ref().and_then(|_| installing::in_its_place(&file, &name)));
    steps
}

/// The same of a root that a server sent along.
pub(super) fn sent(root: &Sourced, endpoint: &Endpoint, args: &VerifyArgs) -> Alone {
    let file = free_name(&plain_name(&root.certificate));
    let is_it = |sent: &Sent| sent.certificate.as_ref().is_ok_and(|one| one.id() == root.certificate.id());
    if !endpoint.sent.iter().any(is_it) {
        return Alone { file, commands: Vec::new(), is_there: false };
    }
    let chain = free_name("sent");
    let keep = format!("{} --save-chain {chain}", endpoint::probe_again(&endpoint.name(), args));
    // As an anchor the whole chain would make anchors of all of it.
    let take = take(&root.certificate, &chain, &file);
    Alone { file, commands: vec![keep, take], is_there: true }
}

/// The most files that are tried for a name that is free.
const MAX_TRIED: usize = 100;

/// A name for a file in PEM that is not there yet: the chain of another server may be.
pub(super) fn free_name(stem: &str) -> String {
    let names =
        std::iter::once(format!("{stem}.pem")).chain((2..MAX_TRIED).map(|number| format!("{stem}-{number}.pem")));
    names.into_iter().find(|name| !Path::new(name).exists()).unwrap_or_else(|| format!("{stem}.pem"))
}

/// A file that holds a certificate alone.
pub(super) struct Alone {
    pub(super) file: String,
    /// The commands that make it.
    pub(super) commands: Vec<String>,
    /// Whether it is there already, or is after the commands.
    pub(super) is_there: bool,
}

impl Alone {
    fn there(path: &str) -> Alone {
        Alone { file: path.to_owned(), commands: Vec::new(), is_there: true }
    }

    fn by(file: String, command: String) -> Alone {
        Alone { file, commands: vec![command], is_there: true }
    }

    /// What is to be done so that there is one.
    pub(super) fn step(&self) -> Option<Step> {
        match (self.is_there, self.commands.is_empty()) {
            (true, true) => None,
            (true, false) => {
                let text = "Put it into a file of its own:";
                Some(self.commands.iter().fold(Step::new(text), |step, line| step.command(line.as_str())))
            }
            (false, _) => Some(Step::new(format!("Put it into a file of its own, {}.", self.file))),
        }
    }
}

/// The file that holds a certificate of this origin alone, so that openssl reads it too; where
/// there is none it gets this name.
pub(super) fn alone(certificate: &Certificate, origin: &Origin, name: &str, proxy: &ProxyArgs) -> Alone {
    match origin {
        Origin::File { path, count: 0 | 1, .. } if is_plain(path) => Alone::there(path),
        // As an anchor a file with several certificates would make anchors of all of them.
        Origin::File { path, .. } => {
            let file = free_name(name);
            let command = take(certificate, path, &file);
            Alone::by(file, command)
        }
        Origin::Url(url) => {
            // CAs publish DER.
            let file = format!("{name}.cer");
            let command = download(&shown(url), &file, proxy);
            Alone::by(file, command)
        }
        _ => Alone { file: free_name(name), commands: Vec::new(), is_there: false },
    }
}

/// The command that takes a certificate out of a file, whatever its form.
fn take(certificate: &Certificate, from: &str, to: &str) -> String {
    format!("certlens roots show {} --in {} --save {to}", certificate.id(), quote(from))
}

/// Whether a line is the boundary as openssl knows it.
fn is_boundary(line: &[u8]) -> bool {
    line.trim_ascii_end() == b"-----BEGIN CERTIFICATE-----"
}

/// How much of a file is looked at for a boundary of PEM.
const LOOKED_AT: usize = 64 << 10;

/// Whether a file is a certificate in DER or in PEM as openssl reads them.
fn is_plain(path: &str) -> bool {
    let ending = Path::new(path).extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    let is_pkcs7 = ["p7b", "p7c", "spc"].iter().any(|known| ending.eq_ignore_ascii_case(known));
    let mut start = Vec::new();
    let file = File::open(path).map(|file| file.take(LOOKED_AT as u64));
    let is_read = file.and_then(|mut file| file.read_to_end(&mut start)).is_ok();
    // DER begins with the tag of a SEQUENCE.
    is_read && !is_pkcs7 && (start.first() == Some(&0x30) || start.split(|octet| *octet == b'\n').any(is_boundary))
}

/// A digest as openssl and browsers show it.
pub(super) fn colons(digits: &str) -> String {
    let digits = digits.to_ascii_uppercase();
    let pairs = digits.as_bytes().chunks(2).map(|pair| String::from_utf8_lossy(pair).into_owned());
    pairs.collect::<Vec<_>>().join(":")
}

/// The common name as a file's name.
fn plain_name(certificate: &Certificate) -> String {
    let subject = certificate.subject().brief();
    as_file(subject.split(',').find_map(|part| part.trim().strip_prefix("CN=")).unwrap_or("root"))
}

/// A name as a file's name: letters, digits and hyphens, so that no shell reads it otherwise.
pub(super) fn as_file(text: &str) -> String {
    let mut name = String::new();
    for character in text.chars().take(MAX_NAME) {
        match character {
            _ if character.is_ascii_alphanumeric() => name.push(character.to_ascii_lowercase()),
            _ if name.ends_with('-') || name.is_empty() => {}
            _ => name.push('-'),
        }
    }
    let name = name.trim_end_matches('-');
    if name.is_empty() { "root".to_owned() } else { name.to_owned() }
}

/// The most characters of a name that a file's name has.
const MAX_NAME: usize = 60;
