//! What mends a demand that is not met: our command, Windows' command, or words.

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use certlens_core::x509::Certificate;

use super::standing::is_unseen;
use super::windows::{folder, on_windows};
use super::{Check, Demand, Judged, PrivateKeyFacts, Profile, Standing, Subject, Weight};
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
    /// By putting the key together with its certificate.
    Together,
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

impl Files<'_> {
    /// The name of a file as a word of certlens' command line, where one that begins with
    /// a hyphen would be taken for an option; `-` alone is standard input.
    pub fn argument(name: &str) -> String {
        if name.len() > 1 && name.starts_with('-') { format!("./{name}") } else { name.to_owned() }
    }
}

/// By what means something is mended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Means {
    /// By changing the file.
    Convert,
    /// By another file, which leaves nothing of this one to be changed: of another
    /// certificate, or with what this one lacks.
    Anew,
    /// By something else, or it tells what is not known.
    Other,
}

/// What to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remedy {
    /// By what means.
    pub means: Means,
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

/// What mends what is not met, of one file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Remedies {
    /// For each demand, in their order.
    pub each: Vec<Option<Remedy>>,
    /// One conversion that mends all that a conversion can mend.
    pub conversion: Option<Remedy>,
}

/// What mends each demand and all of them, or tells whether they are met. Where a
/// demand that must be met takes another file, nothing is said of changing this one.
pub fn remedies(profile: &Profile, judged: &[Judged], subject: &Subject<'_>, files: Files<'_>) -> Remedies {
    let mut each: Vec<Option<Remedy>> = judged.iter().map(|one| one.remedy(profile, subject, files)).collect();
    let is_anew = |one: &Judged, remedy: &Option<Remedy>| {
        let must = (one.standing, one.demand.weight) == (Standing::Fail, Weight::Must);
        must && remedy.as_ref().is_some_and(|remedy| remedy.means == Means::Anew)
    };
    if !judged.iter().zip(&each).any(|(one, remedy)| is_anew(one, remedy)) {
        return Remedies { each, conversion: convert(judged, subject, files) };
    }
    each.iter_mut().for_each(|one| *one = one.take().filter(|remedy| remedy.means != Means::Convert));
    Remedies { each, conversion: None }
}

impl Judged {
    /// What mends this demand, or tells whether it is met; `None` when it is met, and
    /// when nobody knows yet what there is to mend.
    pub(super) fn remedy(&self, profile: &Profile, subject: &Subject<'_>, files: Files<'_>) -> Option<Remedy> {
        let check = self.demand.check;
        let is_away = matches!(subject.key, PrivateKeyFacts::Elsewhere);
        match self.standing {
            Standing::Pass => return None,
            Standing::NotAsked => return Some(in_words(not_asked(check))),
            Standing::CannotKnow if check == Check::Whole => {
                let advice = subject.unread.as_ref().map(|unread| unread.advice.clone());
                return advice.map(|what| Remedy { what, ..in_words("") });
            }
            Standing::CannotKnow if is_unseen(check, subject) => return None,
            Standing::OnNode if check != Check::Machine || is_away => {
                if check.is_about_key() || check == Check::Opens {
                    return Some(look_at_key(subject));
                }
            }
            Standing::Fail | Standing::CannotKnow | Standing::OnNode => {}
        }
        Some(match self.demand.repair {
            Repair::Convert(_) => match in_the_way(self.demand, subject) {
                Some(words) => anew(words),
                None => by_converting(&changes(self.demand, subject), subject, files)?,
            },
            Repair::Reissue(words) => anew(words),
            Repair::Words(words) if self.standing == Standing::Fail => anew(words),
            Repair::Words(words) => in_words(words),
            Repair::Together => together(files),
            Repair::OnNode { what, command } => {
                let account = subject.account.map(|account| account.name()).or(profile.account);
                let command = command
                    .replace("{account}", &command::account(account.unwrap_or_default()))
                    .replace("{folder}", folder(profile, subject))
                    .replace("{thumbprint}", &subject.certificate.read().map(thumbprint).unwrap_or_default());
                let command = command.trim_end().to_owned();
                Remedy { windows: Some(command), ..in_words(what) }
            }
        })
    }
}

const fn not_asked(check: Check) -> &'static str {
    match check {
        Check::Opens => "say with --compatible-with which release of Windows must open the file",
        Check::InDate => "say with --at for which time",
        _ => "say with --node for which hosts the certificate is",
    }
}

/// Where the certificate alone is at hand.
fn look_at_key(subject: &Subject<'_>) -> Remedy {
    let certificate = subject.certificate.read().map_or_else(|| "THUMBPRINT".to_owned(), thumbprint);
    let what = "look at the key: there is one (\"Encryption test passed\"), its Provider, ProviderType (0 is a KSP), KeySpec (1 is AT_KEYEXCHANGE) and Flags (20 is the machine's)";
    Remedy { windows: Some(format!("certutil -v -store My {certificate}")), ..in_words(what) }
}

/// SHA-1, by which Windows finds a certificate.
fn thumbprint(certificate: &Certificate) -> String {
    let hash = digest(&SHA1_FOR_LEGACY_USE_ONLY, certificate.der());
    hash.as_ref().iter().map(|octet| format!("{octet:02x}")).collect()
}

/// One conversion that mends everything that a conversion can mend, of demands
/// that must be met and of those that should be; `None` when there is nothing to
/// convert, when importing the file into the right store is all that it takes, or when
/// what must be met is beyond a conversion of this key. While a part of the file is not
/// read, it must be certain that something has to be mended.
pub(super) fn convert(judged: &[Judged], subject: &Subject<'_>, files: Files<'_>) -> Option<Remedy> {
    let PrivateKeyFacts::Of(facts) = subject.key else { return None };
    let (mut all, mut is_needed) = (Vec::new(), false);
    for one in judged {
        // A release that nobody named needs no other encryption; what hangs on the store
        // alone may be settled by the file all the same.
        let is_by_store = one.demand.check == Check::Machine && one.standing == Standing::OnNode;
        let is_open = matches!(one.standing, Standing::Fail | Standing::CannotKnow) || is_by_store;
        if !is_open || in_the_way(one.demand, subject).is_some() {
            continue;
        }
        let wanted = changes(one.demand, subject);
        if !fits(&wanted, facts) {
            if one.counts() {
                return None;
            }
            continue;
        }
        let is_certain = one.counts() && one.standing == Standing::Fail;
        is_needed |= !wanted.is_empty() && if subject.unread.is_none() { !is_by_store } else { is_certain };
        all.extend(wanted);
    }
    all.sort();
    all.dedup();
    if all.contains(&Change::KeyExchange) {
        all.retain(|change| *change != Change::AllUsages);
    }
    if is_needed { by_converting(&all, subject, files) } else { None }
}

/// As the demand for an RSA key says it.
const OTHER_KEY: &str = "ask for a certificate with an RSA key";

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
    // What a certificate would say is not known: it is asked for as such.
    let certificate = subject.certificate.read()?;
    let best = Held::Cng { provider: None, usage: Some(CngUsage::All) };
    let ways = tls(CertificateUsage::of(certificate), &facts.algorithm, &best);
    let helps = ways.iter().any(|way| way.judgement.outcome == Outcome::Pass);
    (!helps).then_some("ask for a certificate with the usages digitalSignature and keyEncipherment")
}

fn in_words(words: &str) -> Remedy {
    Remedy { means: Means::Other, what: words.to_owned(), ours: None, windows: None, windows_since: None }
}

/// In words, by another file.
fn anew(words: &str) -> Remedy {
    Remedy { means: Means::Anew, ..in_words(words) }
}

/// Key and certificate in one file.
fn together(files: Files<'_>) -> Remedy {
    let output = Files::argument(files.output);
    let words = ["certlens", "pfx", "create", "--key", "KEY.pem", "--cert", "CERTIFICATE.pem", "--output", &output];
    let what = "put key, certificate and chain together into a PFX file";
    Remedy { ours: Some(words.map(str::to_owned).to_vec()), ..anew(what) }
}

/// Whether the key can be what the changes make of it.
fn fits(changes: &[Change], facts: &KeyFacts) -> bool {
    changes.iter().all(|change| match change {
        Change::Csp | Change::KeyExchange => matches!(facts.algorithm, KeyKind::Rsa { .. } | KeyKind::Unknown),
        Change::Ksp | Change::AllUsages | Change::Machine | Change::Encryption => true,
    })
}

/// `None` when a part of the file cannot be converted.
fn by_converting(changes: &[Change], subject: &Subject<'_>, files: Files<'_>) -> Option<Remedy> {
    if subject.unread.as_ref().is_some_and(|unread| !unread.needs_password) {
        return None;
    }
    let facts = match subject.key {
        PrivateKeyFacts::Of(facts) => facts,
        PrivateKeyFacts::Elsewhere => {
            return Some(in_words(
                "export the certificate with its private key from the node as a PFX file, and convert that",
            ));
        }
        // What is to be done is said of the file, or of its lack of a key.
        PrivateKeyFacts::Locked | PrivateKeyFacts::None => return None,
    };
    if !fits(changes, facts) {
        return Some(anew(OTHER_KEY));
    }
    if changes.is_empty() {
        return Some(in_words("no change of the file mends that"));
    }
    let release = CompatibleWith::from(subject.release.unwrap_or(Release::Server2016));
    let mut ours = vec!["certlens".to_owned(), "pfx".to_owned(), "convert".to_owned(), Files::argument(files.file)];
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
    ours.extend(["--output".to_owned(), Files::argument(files.output)]);
    let what = match changes {
        [Change::Encryption] => "encrypt the file as the release reads it",
        [Change::Machine] => "import the file into LocalMachine, as certutil does; or have it ask for that itself",
        _ => {
            "convert the file and import what comes of it, after deleting certificate and key where they are installed; then grant the account access again"
        }
    };
    let (windows, windows_since) = on_windows(changes, (facts, subject), files).unzip();
    let windows_since = windows_since.flatten();
    Some(Remedy { means: Means::Convert, what: what.to_owned(), ours: Some(ours), windows, windows_since })
}
