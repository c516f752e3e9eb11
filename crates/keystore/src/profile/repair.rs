//! What mends a demand that is not met: our command, Windows' command, or words.

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use certlens_core::x509::Certificate;

use super::judge::is_asked;
use super::{Check, Demand, Judged, PrivateKeyFacts, Profile, Subject, Weight};
use crate::exchange::{CertificateUsage, Held, tls};
use crate::judgement::Outcome;
use crate::provider::command::{file_argument, powershell_argument};
use crate::provider::names::ENHANCED_AES;
use crate::provider::releases::{CompatibleWith, Release};
use crate::provider::{CngUsage, KeyKind};

/// How a demand is mended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repair {
    /// By changing the PFX file.
    Convert(&'static [Change]),
    /// By another certificate; the words say which to ask for.
    Reissue(&'static str),
    /// By what the words say.
    Words(&'static str),
    /// On the node, by a command in which `{account}` and `{file}` stand for names and
    /// `{thumbprint}` for that of the certificate.
    OnNode {
        /// What it does or tells.
        what: &'static str,
        /// The command.
        command: &'static str,
    },
}

/// A change of a PFX file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// Names the CSP that is safest in a repair.
    Csp,
    /// Says that the key is for exchange.
    KeyExchange,
    /// Asks for the machine's key store.
    Machine,
    /// Encrypts as the release of Windows reads it.
    Encryption,
}

impl Change {
    /// The option of `certlens pfx convert`.
    const fn option(self) -> &'static str {
        match self {
            Change::Csp => "--csp",
            Change::KeyExchange => "--key-spec",
            Change::Machine => "--machine",
            Change::Encryption => "--compatible-with",
        }
    }
}

/// The files of a repair.
#[derive(Clone, Copy, Debug)]
pub struct Files<'a> {
    /// The file that was judged.
    pub file: &'a str,
    /// Where the mended one goes.
    pub output: &'a str,
}

/// What to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remedy {
    /// In words, without a full stop.
    pub what: String,
    /// The command line of certlens: the program, then its arguments, not quoted.
    pub ours: Option<Vec<String>>,
    /// The command line on Windows, quoted for it.
    pub windows: Option<String>,
}

impl Judged {
    /// What mends this demand, or tells whether it is met; `None` when it is met.
    pub fn remedy(&self, profile: &Profile, subject: &Subject<'_>, files: Files<'_>) -> Option<Remedy> {
        if self.judgement.outcome == Outcome::Pass {
            return None;
        }
        Some(match self.demand.repair {
            Repair::Convert(_) if !converting_helps(self.demand, subject) => in_words(OTHER_USAGE),
            Repair::Convert(changes) => by_converting(changes, subject, files),
            Repair::Reissue(words) | Repair::Words(words) => in_words(words),
            Repair::OnNode { what, command } => {
                let account = subject.account.map(|account| account.name()).or(profile.account);
                let command = command
                    .replace("{account}", account.unwrap_or("ACCOUNT"))
                    .replace("{file}", &file_argument(files.file))
                    .replace("{thumbprint}", &subject.certificate.map(thumbprint).unwrap_or_default());
                let command = command.trim_end().to_owned();
                Remedy { what: what.to_owned(), ours: None, windows: Some(command) }
            }
        })
    }
}

/// SHA-1, by which Windows finds a certificate.
fn thumbprint(certificate: &Certificate) -> String {
    let hash = digest(&SHA1_FOR_LEGACY_USE_ONLY, certificate.der());
    hash.as_ref().iter().map(|octet| format!("{octet:02x}")).collect()
}

/// One conversion that mends everything that a conversion can mend, of demands
/// that must be met and of those that should be; `None` when there is nothing to
/// convert.
pub fn convert(judged: &[Judged], subject: &Subject<'_>, files: Files<'_>) -> Option<Remedy> {
    // A release that nobody named needs no other encryption.
    let is_open = |one: &&Judged| one.judgement.outcome != Outcome::Pass && is_asked(one.demand.check, subject);
    let open = judged.iter().filter(is_open);
    let must_change = |demand: &Demand| match demand.repair {
        Repair::Convert(changes) if converting_helps(demand, subject) => changes,
        _ => &[],
    };
    let is_needed = open.clone().any(|one| {
        let counts = one.demand.weight == Weight::Must || one.judgement.outcome == Outcome::Fail;
        counts && !must_change(one.demand).is_empty()
    });
    let mut changes: Vec<Change> = open.flat_map(|one| must_change(one.demand)).copied().collect();
    changes.sort();
    changes.dedup();
    let can = is_needed && matches!(subject.key, PrivateKeyFacts::Of(_)) && fits(&changes, subject);
    can.then(|| by_converting(&changes, subject, files))
}

const OTHER_USAGE: &str = "ask for a certificate with the usages digitalSignature and keyEncipherment";

/// Whether it is the key's usage that is in the way, and not the certificate's,
/// which no conversion changes.
fn converting_helps(demand: &Demand, subject: &Subject<'_>) -> bool {
    let (Check::Tls, PrivateKeyFacts::Of(facts)) = (demand.check, subject.key) else { return true };
    let usage = subject.certificate.map_or(CertificateUsage::Absent, CertificateUsage::of);
    let best = Held::Cng { provider: None, usage: Some(CngUsage::All) };
    tls(usage, &facts.algorithm, &best).iter().any(|way| way.judgement.outcome == Outcome::Pass)
}

fn in_words(words: &str) -> Remedy {
    Remedy { what: words.to_owned(), ours: None, windows: None }
}

/// Whether the key can be what the changes make of it.
fn fits(changes: &[Change], subject: &Subject<'_>) -> bool {
    let holds = match subject.key {
        PrivateKeyFacts::Of(facts) => matches!(facts.algorithm, KeyKind::Rsa { .. } | KeyKind::Unknown),
        PrivateKeyFacts::None | PrivateKeyFacts::Elsewhere | PrivateKeyFacts::Locked => true,
    };
    holds || changes.iter().all(|change| matches!(change, Change::Machine | Change::Encryption))
}

fn by_converting(changes: &[Change], subject: &Subject<'_>, files: Files<'_>) -> Remedy {
    if !fits(changes, subject) {
        return in_words("no CSP holds such a key: ask for a certificate with an RSA key");
    }
    match subject.key {
        PrivateKeyFacts::Of(_) => {}
        PrivateKeyFacts::Elsewhere => {
            return in_words(
                "export the certificate with its private key from the node as a PFX file, and convert that",
            );
        }
        PrivateKeyFacts::Locked => return in_words("give the file's password, and check again"),
        PrivateKeyFacts::None => return in_words("use a PFX file that has the private key"),
    }
    let release = CompatibleWith::from(subject.release.unwrap_or(Release::Server2016));
    let mut ours = vec!["certlens".to_owned(), "pfx".to_owned(), "convert".to_owned(), files.file.to_owned()];
    for change in changes {
        ours.push(change.option().to_owned());
        match change {
            Change::Csp => ours.push(ENHANCED_AES.to_owned()),
            Change::KeyExchange => ours.push("exchange".to_owned()),
            Change::Encryption => ours.push(release.name().to_owned()),
            Change::Machine => {}
        }
    }
    ours.extend(["--output".to_owned(), files.output.to_owned()]);
    let is_about_key = changes.iter().any(|change| *change != Change::Encryption);
    let windows = if is_about_key {
        // Without -csp certutil goes by the file, as a key that stays where it is wants it.
        let is_moved = changes.contains(&Change::Csp);
        let csp = if is_moved { format!(" -csp \"{ENHANCED_AES}\"") } else { String::new() };
        let spec = if is_moved || changes.contains(&Change::KeyExchange) { " AT_KEYEXCHANGE" } else { "" };
        format!("certutil -f{csp} -importpfx My {}{spec}", file_argument(files.file))
    } else {
        // On a release that opens the file.
        let password = "(Read-Host -AsSecureString)";
        format!(
            "Export-PfxCertificate -PFXData (Get-PfxData -FilePath {} -Password {password}) -FilePath {} -Password {password} -CryptoAlgorithmOption TripleDES_SHA1",
            powershell_argument(files.file),
            powershell_argument(files.output)
        )
    };
    let what = match changes {
        [Change::Encryption] => "encrypt the file as the release reads it",
        [Change::Machine] => "import the file into LocalMachine, as certutil does; or have it ask for that itself",
        _ => {
            "convert the file and import what comes of it; or import it anew on Windows, after deleting certificate and key, and grant the account access again"
        }
    };
    Remedy { what: what.to_owned(), ours: Some(ours), windows: Some(windows) }
}
