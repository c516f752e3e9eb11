//! `certlens pfx check`.

use certlens_keystore::assess::EndEntity;
use certlens_keystore::inventory::Inventory;

use crate::args::PfxCheckArgs;
use crate::error::Failure;
use crate::exit::Exit;
use crate::facts::check::{CheckReport, ResultFacts};
use crate::facts::inspect::NotReadFacts;
use crate::password::Passwords;
use crate::pfx::{self, Opened, PfxFile};
use crate::situation::{self, Judged, Situation};
use crate::{load, output, say, view};

pub(crate) fn run(args: &PfxCheckArgs) -> Result<Exit, Failure> {
    load::one_standard_input(args.files.iter().chain(&args.acl))?;
    output::keep_passwords(args.output.output.as_deref(), args.password.files())?;
    output::refuse_certutil(&args.output)?;
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
                let failure = Failure::unusable(format!("{}: {error}", pfx::shown(name)))
                    .advice("give files with one key each; `certlens pfx inspect` shows what is in this one");
                report.not_read.push(NotReadFacts::new(name, &failure));
                failures.push(failure);
                continue;
            }
        };
        let unread = situation::unread(&file);
        let password = file.password_for_next(password.clone());
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

/// Reads a file; what does not open with the password that was given is not judged.
fn read(name: &str, passwords: &Passwords) -> Result<PfxFile, Failure> {
    let octets = load::octets(name)?;
    let file = PfxFile::read(name, &octets, passwords).map_err(|error| pfx::refuse(name, &error))?;
    match (&file.opened, file.failure()) {
        (Opened::Refused(_), Some(failure)) => Err(failure),
        _ => Ok(file),
    }
}
