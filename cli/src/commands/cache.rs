//! `certlens cache`.

use std::collections::BTreeSet;
use std::fs;
use std::io;

use certlens_core::x509::ocsp::{CertStatus, OcspResponse};
use certlens_core::x509::{Certificate, Crl};
use certlens_fetch::cache::{Cache, CacheError, EntryInfo, Kind, MIN_PREFIX};

use crate::args::{CacheArgs, CacheCommand, OutputArgs, PlaceArgs, ShowArgs};
use crate::clock::this_moment;
use crate::error::Failure;
use crate::exit::Exit;
use crate::facts::cache::{CacheReport, ClearedFacts, EntryFacts};
use crate::facts::octets::NumberFacts;
use crate::retrieve::{self, Content, Wanted, cache_config};
use crate::{output, view};

pub(crate) fn run(args: &CacheArgs) -> Result<Exit, Failure> {
    match &args.command {
        CacheCommand::List { place, output } => {
            let (cache, mut report) = open(place, "list")?;
            report.entries = facts(&list(&cache)?);
            write(output, report)
        }
        CacheCommand::Show(args) => show(args),
        CacheCommand::Delete { entries, place, output } => {
            let (cache, mut report) = open(place, "delete")?;
            let mut found: Vec<EntryInfo> = Vec::new();
            for wanted in entries {
                for entry in find(&cache, wanted)? {
                    if !found.contains(&entry) {
                        found.push(entry);
                    }
                }
            }
            for id in found.iter().map(|entry| entry.id).collect::<BTreeSet<_>>() {
                // Gone already, by another process, is what was wanted.
                cache.delete(id).map_err(unusable)?;
            }
            report.entries = facts(&found);
            write(output, report)
        }
        CacheCommand::Clear { place, output } => {
            let (cache, mut report) = open(place, "clear")?;
            report.cleared = Some(ClearedFacts::from(cache.clear().map_err(unusable)?));
            write(output, report)
        }
    }
}

fn write(output: &OutputArgs, report: CacheReport) -> Result<Exit, Failure> {
    let document = view::cache::document(&report);
    output::write(output, [], || report, || vec![document])?;
    Ok(Exit::Success)
}

fn facts(entries: &[EntryInfo]) -> Vec<EntryFacts> {
    let now = this_moment().unix();
    entries.iter().map(|entry| EntryFacts::new(entry, now)).collect()
}

/// The cache, which need not be there.
fn open(place: &PlaceArgs, command: &'static str) -> Result<(Cache, CacheReport), Failure> {
    let config = cache_config(place.cache_dir.as_deref()).ok_or_else(|| {
        Failure::unusable("the environment does not say where the user's cache directory is")
            .advice("give the cache's own with --cache-dir")
    })?;
    let shown = config.directory.display().to_string();
    let exists = match fs::read_dir(&config.directory) {
        Ok(_) => true,
        Err(error) if error.kind() == io::ErrorKind::NotFound => false,
        Err(error) => {
            return Err(Failure::unusable(format!("{shown}: cannot be used as a cache: {error}"))
                .advice("give another directory with --cache-dir"));
        }
    };
    Ok((Cache::open(config), CacheReport::new(command, shown, exists)))
}

fn unusable(error: CacheError) -> Failure {
    Failure::unusable(format!("the cache: {error}")).advice("give another directory with --cache-dir")
}

fn list(cache: &Cache) -> Result<Vec<EntryInfo>, Failure> {
    cache.list().map_err(unusable)
}

/// The entries of a URL, or the one of an id.
fn find(cache: &Cache, wanted: &str) -> Result<Vec<EntryInfo>, Failure> {
    let found = cache.find(wanted).map_err(unusable)?;
    let by_id = |entry: &EntryInfo| entry.id.to_string().starts_with(&wanted.to_ascii_lowercase());
    let ids: BTreeSet<String> = found.iter().filter(|entry| by_id(entry)).map(|entry| entry.id.to_string()).collect();
    if ids.len() > 1 {
        let ids: Vec<String> = ids.into_iter().collect();
        return Err(Failure::unusable(format!("{wanted}: is the beginning of {} ids", ids.len()))
            .advice(format!("give more digits of {}", ids.join(" or "))));
    }
    if found.is_empty() {
        return Err(not_found(wanted, &list(cache)?));
    }
    Ok(found)
}

/// The most entries that are named where none was found.
const NEAR: usize = 3;

fn not_found(wanted: &str, entries: &[EntryInfo]) -> Failure {
    let is_hex = !wanted.is_empty() && wanted.bytes().all(|digit| digit.is_ascii_hexdigit());
    if is_hex && wanted.len() < MIN_PREFIX {
        return Failure::unusable(format!("{wanted}: is too short for an id"))
            .advice(format!("give at least {MIN_PREFIX} digits; `certlens cache list` shows them"));
    }
    let failure = Failure::unusable(format!("{wanted}: nothing in the cache has this id or URL"));
    let lower = wanted.to_ascii_lowercase();
    let mut near: Vec<(usize, String)> = Vec::new();
    for entry in entries {
        let id = entry.id.to_string();
        let (distance, name) = if is_hex {
            (
                crate::spelling::edits(&lower, id.get(..lower.len()).unwrap_or(&id)),
                format!("{} ({})", id.get(..10).unwrap_or(&id), entry.url),
            )
        } else if entry.url.contains(wanted) {
            (0, entry.url.clone())
        } else {
            (crate::spelling::edits(wanted, &entry.url), entry.url.clone())
        };
        if distance <= 3 && !near.iter().any(|(_, other)| *other == name) {
            near.push((distance, name));
        }
    }
    near.sort();
    let near: Vec<String> = near.into_iter().take(NEAR).map(|(_, name)| name).collect();
    match near.is_empty() {
        true => failure.advice("`certlens cache list` shows what there is"),
        false => failure.advice(format!("did you mean {}?", near.join(" or "))),
    }
}

fn show(args: &ShowArgs) -> Result<Exit, Failure> {
    let (cache, mut report) = open(&args.place, "show")?;
    let found = find(&cache, &args.entry)?;
    report.entries = facts(&found);
    let mut answers = Vec::new();
    for (entry, facts) in found.iter().zip(&mut report.entries) {
        if facts.failure.is_some() {
            continue;
        }
        match cache.read(entry) {
            Some(answer) => {
                facts.content = describe(entry.kind, &answer.octets);
                answers.push(answer.octets);
            }
            None => facts.content.push("damaged or gone: it is not used, and is asked for again".to_owned()),
        }
    }
    if let Some(path) = &args.output {
        let [octets] = answers.as_slice() else {
            let what = match answers.len() {
                0 => "there is no answer to write".to_owned(),
                count => format!("there are {count} answers, and one file"),
            };
            return Err(Failure::unusable(format!("{}: {what}", args.entry))
                .advice("give the id of an entry that has an answer; `certlens cache list` shows them"));
        };
        output::octets(path, octets, args.force)?;
    }
    write(&args.report(), report)
}

/// What an answer holds, an object a line.
fn describe(kind: Kind, octets: &[u8]) -> Vec<String> {
    let wanted = match kind {
        Kind::Certificates => Wanted::Issuer,
        Kind::Crl => Wanted::Crl,
        Kind::Ocsp => Wanted::Ocsp,
    };
    match retrieve::read(wanted, octets, None) {
        Ok(Content::Certificates(certificates)) => certificates.iter().map(certificate).collect(),
        Ok(Content::Crl(list)) => vec![crl(&list)],
        Ok(Content::Ocsp { response, .. }) => ocsp(&response),
        Err(unread) => vec![unread.message],
    }
}

fn certificate(certificate: &Certificate) -> String {
    format!(
        "certificate {}, issued by {}, serial {}, {} to {}",
        certificate.subject().brief(),
        certificate.issuer().brief(),
        NumberFacts::new(certificate.serial()).hex,
        certificate.not_before().time,
        certificate.not_after().time
    )
}

fn crl(crl: &Crl) -> String {
    let kind = match crl.base_number() {
        Some(base) => format!("delta CRL to number {}", NumberFacts::new(base).hex),
        None => "CRL".to_owned(),
    };
    let number = crl.number().map_or_else(String::new, |number| format!(", number {}", NumberFacts::new(number).hex));
    let until =
        crl.next_update().map_or_else(|| "no next update".to_owned(), |time| format!("next update {}", time.time));
    format!(
        "{kind} of {}{number}, {} entries, this update {}, {until}",
        crl.issuer().brief(),
        crl.count(),
        crl.this_update().time
    )
}

/// The most statuses of a response that are listed; one is usual.
const MAX_STATUSES: usize = 20;

fn ocsp(response: &OcspResponse) -> Vec<String> {
    let Some(basic) = response.basic() else { return vec![format!("OCSP response: {}", response.status())] };
    let mut lines: Vec<String> = Vec::new();
    for single in basic.responses().take(MAX_STATUSES) {
        let status = match single.status {
            CertStatus::Good => "good".to_owned(),
            CertStatus::Revoked { time, .. } => format!("revoked {}", time.time),
            CertStatus::Unknown => "unknown".to_owned(),
        };
        let until =
            single.next_update.map_or_else(|| "no next update".to_owned(), |time| format!("next update {}", time.time));
        lines.push(format!(
            "OCSP response for serial {}: {status}, this update {}, {until}",
            NumberFacts::new(single.cert_id.serial).hex,
            single.this_update.time
        ));
    }
    let more = basic.responses().count().saturating_sub(MAX_STATUSES);
    if more > 0 {
        lines.push(format!("and {more} more"));
    }
    lines
}
