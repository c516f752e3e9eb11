//! `certlens pfx check`.

use certlens_keystore::assess::EndEntity;
use certlens_keystore::inventory::Inventory;
use certlens_keystore::provider::KeyKind;

use crate::args::PfxCheckArgs;
use crate::error::Failure;
use crate::exit::Exit;
use crate::facts::check::{CheckReport, ResultFacts};
use crate::facts::demand::{MeansFacts, RemedyFacts};
use crate::facts::not_read::NotReadFacts;
use crate::password::Passwords;
use crate::pfx::{self, Opened, PfxFile};
use crate::situation::{self, Judged, Situation};
use crate::{output, say, view};

pub(crate) fn run(args: &PfxCheckArgs) -> Result<Exit, Failure> {
    crate::read::one_standard_input(args.files.iter().chain(&args.acl))?;
    output::keep_passwords(args.output.output.as_deref(), args.password.files())?;
    output::refuse_certutil(args.output.format)?;
    let situation = Situation::new(&args.demand)?;
    let password = situation::password_options(&args.password);
    let hosts = situation::hosts(&args.node)?;
    let acl = args.acl.as_deref().map(situation::acl).transpose()?;
    let passwords = Passwords::new(&args.password)?;
    let named = hosts.iter().map(ToString::to_string).collect();
    let mut report = CheckReport::new(args.profile, situation.given(args.profile, named));
    let mut failures = Vec::new();
    for name in &args.files {
        let file = match read(name, &passwords) {
            Ok(file) => file,
            Err(failure) => {
                report.not_read.push(NotReadFacts::new(name, &failure));
                failures.push(failure);
                continue;
            }
        };
        // A part that cannot be decrypted leaves the rest to be judged, and the answer open.
        failures.extend(file.failure());
        let inventory = Inventory::of(&file.pfx);
        let entities = match EndEntity::all(&file.pfx, &inventory) {
            Ok(entities) => entities,
            Err(error) => {
                let failure = Failure::unusable(format!("{}: {error}", crate::read::shown(name)))
                    .advice("give files with one key each; `certlens pfx inspect` shows what is in this one");
                report.not_read.push(NotReadFacts::new(name, &failure));
                failures.push(failure);
                continue;
            }
        };
        let unread = situation::unread(&file);
        let password = file.password_for_next(password.clone());
        let first = report.results.len();
        for entity in entities {
            let judged = Judged {
                name,
                unread: unread.as_ref(),
                suits_windows: file.suits_windows(),
                password: &password,
                hosts: &hosts,
                acl: acl.as_ref(),
            };
            let judged = situation.judge(args.profile, &entity, judged);
            report.results.push(ResultFacts::new((&file, &inventory), &entity, judged, situation.strict));
        }
        if inventory.keys.len() > 1 {
            let are_rsa = inventory.keys.iter().all(|key| matches!(key.facts.algorithm, KeyKind::Rsa { .. }));
            convert_once(report.results.get_mut(first..).unwrap_or_default(), are_rsa);
        }
    }
    report.decide();
    let exits = report.results.iter().map(|result| result.answer.exit());
    let exit = exits.chain(failures.iter().map(|failure| failure.exit)).max().unwrap_or(Exit::Success);
    report.exit_code = exit.code();
    let documents = || view::check::documents(&report);
    output::write(&args.output, args.files.iter().chain(&args.acl), || &report, documents)?;
    failures.iter().for_each(|failure| say(failure));
    Ok(exit)
}

/// Leaves one conversion of a file that has several keys, since each of them is converted
/// so. Where what mends one key is not what mends another, or no provider holds keys of
/// all kinds in it, there is none.
fn convert_once(results: &mut [ResultFacts], are_rsa: bool) {
    let converted = results.iter().enumerate().filter_map(|(at, one)| Some((at, one.conversion.clone()?)));
    let converted: Vec<(usize, RemedyFacts)> = converted.collect();
    let Some((kept, conversion)) = converted.first() else { return };
    let is_of_all = are_rsa && converted.iter().all(|(_, other)| other == conversion);
    let words = match results.get(*kept).and_then(|one| one.key_number).filter(|_| is_of_all) {
        Some(number) => format!("convert the file as is said of key {number}, which converts this key, too"),
        None => APART.to_owned(),
    };
    for (at, result) in results.iter_mut().enumerate().filter(|(at, _)| !is_of_all || at != kept) {
        if converted.iter().any(|(place, _)| *place == at) {
            result.conversion = Some(RemedyFacts::words(words.clone()));
        }
        // What would mend this key alone is no command for the file.
        let remedies = result.demands.iter_mut().filter_map(|demand| demand.remedy.as_mut());
        for remedy in remedies.filter(|remedy| remedy.means == MeansFacts::Convert) {
            (remedy.certlens, remedy.windows, remedy.windows_since) = (None, None, None);
        }
    }
}

const APART: &str = "export each key with its certificate into a file of its own, and check these: a conversion and an import are of all keys in a file, and here they are not mended by the same";

/// Reads a file; what does not open with the password that was given is not judged.
fn read(name: &str, passwords: &Passwords) -> Result<PfxFile, Failure> {
    let octets = crate::read::octets(name)?;
    let file = PfxFile::read(name, &octets, passwords).map_err(|error| pfx::refuse(name, &error))?;
    match (&file.opened, file.failure()) {
        (Opened::Refused(_), Some(failure)) => Err(failure),
        _ => Ok(file),
    }
}
