//! What mends a demand that is not met: our command, Windows' command, or words.

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use certlens_core::x509::Certificate;

use super::judge::is_asked;
use super::windows::{folder, on_windows};
use super::{Check, Demand, Judged, PrivateKeyFacts, Profile, Subject};
use crate::exchange::{CertificateUsage, Held, tls};
use crate::judgement::Outcome;
use crate::provider::names::{ENHANCED_AES, SOFTWARE_KSP};
use crate::provider::releases::{CompatibleWith, Release};
use crate::provider::{Class, CngUsage, KeyFacts, KeyKind, NamedProvider, UsageAttribute, command};

/// How a demand is mended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repair {
    /// By changing the PFX file.
    Convert(&'static [Change]),
    /// By another certificate; the words say which to ask for.
    Reissue(&'static str),
    /// By what the words say.
    Words(&'static str),
    /// On the node, by a command in which `{account}` stands for a name, `{thumbprint}`
    /// for that of the certificate, and `{folder}` for where keys of its provider are.
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
    /// Names the KSP that holds keys which no CSP holds.
    Ksp,
    /// Says that the key is for exchange.
    KeyExchange,
    /// Says nothing of the key's usage, so that a KSP allows all.
    AllUsages,
    /// Asks for the machine's key store.
    Machine,
    /// Encrypts as the release of Windows reads it.
    Encryption,
}

impl Change {
    /// The option of `certlens pfx convert`.
    const fn option(self) -> &'static str {
        match self {
            Change::Csp | Change::Ksp => "--csp",
            Change::KeyExchange | Change::AllUsages => "--key-spec",
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
    /// The command line on Windows, quoted for it; `None` where there is none that does
    /// the same with this file.
    pub windows: Option<String>,
    /// The oldest release on which that command works; `None` when it is not a matter of
    /// the release.
    pub windows_since: Option<Release>,
}

impl Judged {
    /// What mends this demand, or tells whether it is met; `None` when it is met.
    pub fn remedy(&self, profile: &Profile, subject: &Subject<'_>, files: Files<'_>) -> Option<Remedy> {
        if self.judgement.outcome == Outcome::Pass {
            return None;
        }
        Some(match self.demand.repair {
            Repair::Convert(_) => match in_the_way(self.demand, subject) {
                Some(words) => in_words(words),
                None => by_converting(&changes(self.demand, subject), subject, files),
            },
            Repair::Reissue(words) | Repair::Words(words) => in_words(words),
            Repair::OnNode { what, command } => {
                let account = subject.account.map(|account| account.name()).or(profile.account);
                let command = command
                    .replace("{account}", &command::account(account.unwrap_or_default()))
                    .replace("{folder}", folder(profile, subject))
                    .replace("{thumbprint}", &subject.certificate.map(thumbprint).unwrap_or_default());
                let command = command.trim_end().to_owned();
                Remedy { what: what.to_owned(), ours: None, windows: Some(command), windows_since: None }
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
/// convert, when importing the file into the right store is all that it takes, or when
/// what must be met is beyond a conversion of this key.
pub fn convert(judged: &[Judged], subject: &Subject<'_>, files: Files<'_>) -> Option<Remedy> {
    let PrivateKeyFacts::Of(facts) = subject.key else { return None };
    let (mut all, mut is_needed) = (Vec::new(), false);
    for one in judged {
        // A release that nobody named needs no other encryption.
        let is_open = one.judgement.outcome != Outcome::Pass && is_asked(one.demand.check, subject);
        if !is_open || in_the_way(one.demand, subject).is_some() {
            continue;
        }
        let wanted = changes(one.demand, subject);
        if !fits(&wanted, facts) {
            if one.counts {
                return None;
            }
            continue;
        }
        is_needed |= !wanted.is_empty() && !one.is_by_store;
        all.extend(wanted);
    }
    all.sort();
    all.dedup();
    if all.contains(&Change::KeyExchange) {
        all.retain(|change| *change != Change::AllUsages);
    }
    is_needed.then(|| by_converting(&all, subject, files))
}

/// What a conversion changes for a demand: what its table says, or, where a demand
/// takes keys from a KSP as from a CSP, what this key needs.
fn changes(demand: &Demand, subject: &Subject<'_>) -> Vec<Change> {
    let Repair::Convert(changes) = demand.repair else { return Vec::new() };
    let (Check::Tls | Check::NotSignature | Check::KspNamed, PrivateKeyFacts::Of(facts)) = (demand.check, subject.key)
    else {
        return changes.to_vec();
    };
    let is_in_ksp = facts.named().is_some_and(|provider| provider.class == Class::Ksp);
    // Where it lands is not known, whatever it is for.
    let is_undecided = facts.provider == NamedProvider::Unreadable
        || facts.named().is_some_and(|provider| provider.class == Class::Unknown);
    let is_for_ksp = matches!(facts.algorithm, KeyKind::Ec { .. } | KeyKind::MlDsa);
    if !is_for_ksp && is_undecided {
        return vec![Change::Csp, Change::KeyExchange];
    }
    if !is_for_ksp && !is_in_ksp {
        return changes.to_vec();
    }
    // Its usages are in the way, or may be.
    let is_limited = demand.check == Check::Tls && facts.usage != UsageAttribute::Absent;
    let ksp = (!is_in_ksp).then_some(Change::Ksp);
    ksp.into_iter().chain(is_limited.then_some(Change::AllUsages)).collect()
}

/// What no conversion changes, where that is what a demand fails for, or may: the
/// certificate's usage in the place of the key's.
fn in_the_way(demand: &Demand, subject: &Subject<'_>) -> Option<&'static str> {
    let (Check::Tls, PrivateKeyFacts::Of(facts)) = (demand.check, subject.key) else { return None };
    let Some(certificate) = subject.certificate else {
        return Some(
            "put the key's certificate into the file: whether TLS can use the key is its keyUsage's matter too",
        );
    };
    let best = Held::Cng { provider: None, usage: Some(CngUsage::All) };
    let ways = tls(CertificateUsage::of(certificate), &facts.algorithm, &best);
    let helps = ways.iter().any(|way| way.judgement.outcome == Outcome::Pass);
    (!helps).then_some("ask for a certificate with the usages digitalSignature and keyEncipherment")
}

fn in_words(words: &str) -> Remedy {
    Remedy { what: words.to_owned(), ours: None, windows: None, windows_since: None }
}

/// Whether the key can be what the changes make of it.
fn fits(changes: &[Change], facts: &KeyFacts) -> bool {
    changes.iter().all(|change| match change {
        Change::Csp | Change::KeyExchange => matches!(facts.algorithm, KeyKind::Rsa { .. } | KeyKind::Unknown),
        Change::Ksp | Change::AllUsages | Change::Machine | Change::Encryption => true,
    })
}

fn by_converting(changes: &[Change], subject: &Subject<'_>, files: Files<'_>) -> Remedy {
    let facts = match subject.key {
        PrivateKeyFacts::Of(facts) => facts,
        PrivateKeyFacts::Elsewhere => {
            return in_words(
                "export the certificate with its private key from the node as a PFX file, and convert that",
            );
        }
        PrivateKeyFacts::Locked => return in_words("give the file's password, and check again"),
        PrivateKeyFacts::None => return in_words("use a PFX file that has the private key"),
    };
    if !fits(changes, facts) {
        return in_words("no CSP holds such a key: ask for a certificate with an RSA key");
    }
    if changes.is_empty() {
        return in_words("no change of the file mends that");
    }
    let release = CompatibleWith::from(subject.release.unwrap_or(Release::Server2016));
    let mut ours = vec!["certlens".to_owned(), "pfx".to_owned(), "convert".to_owned(), files.file.to_owned()];
    for change in changes {
        ours.push(change.option().to_owned());
        match change {
            Change::Csp => ours.push(ENHANCED_AES.to_owned()),
            Change::Ksp => ours.push(SOFTWARE_KSP.to_owned()),
            Change::KeyExchange => ours.push("exchange".to_owned()),
            Change::AllUsages => ours.push("none".to_owned()),
            Change::Encryption => ours.push(release.name().to_owned()),
            Change::Machine => {}
        }
    }
    ours.extend(["--output".to_owned(), files.output.to_owned()]);
    let what = match changes {
        [Change::Encryption] => "encrypt the file as the release reads it",
        [Change::Machine] => "import the file into LocalMachine, as certutil does; or have it ask for that itself",
        _ => {
            "convert the file and import what comes of it, after deleting certificate and key where they are installed; then grant the account access again"
        }
    };
    let (windows, windows_since) = on_windows(changes, (facts, subject), files).unzip();
    Remedy { what: what.to_owned(), ours: Some(ours), windows, windows_since: windows_since.flatten() }
}
