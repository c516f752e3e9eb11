//! `certlens pfx check`.

use certlens_keystore::assess::EndEntity;
use certlens_keystore::inventory::Inventory;

use crate::args::PfxCheckArgs;
use crate::error::Failure;
use crate::exit::Exit;
use crate::facts::check::{CheckReport, GivenFacts, ResultFacts};
use crate::facts::inspect::NotReadFacts;
use crate::password::Passwords;
use crate::pfx::{self, Opened, PfxFile};
use crate::situation::{self, Judged, Situation};
use crate::{load, output, say, view};

pub(crate) fn run(args: &PfxCheckArgs) -> Result<Exit, Failure> {
    if args.files.iter().chain(&args.acl).filter(|name| *name == "-").count() > 1 {
        return Err(Failure::unusable("-: standard input can be read once, but is given several times"));
    }
    let situation = Situation::new(&args.demand, &args.password)?;
    let hosts = situation::hosts(&args.node)?;
    let acl = args.acl.as_deref().map(situation::acl).transpose()?;
    let passwords = Passwords::new(&args.password)?;
    let named = hosts.iter().map(ToString::to_string).collect();
    let mut report = CheckReport::new(args.profile, GivenFacts::new(&situation, args.profile, named));
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
        // A part that cannot be decrypted leaves the rest to be judged.
        failures.extend(file.failure());
        let inventory = Inventory::of(&file.pfx);
        for entity in EndEntity::all(&file.pfx, &inventory) {
            let (key_to_it, suits_windows) = (situation::key_to(&file), file.suits_windows());
            let judged = Judged { name, key_to_it, suits_windows, hosts: &hosts, acl: acl.as_ref() };
            let judged = situation.judge(args.profile, &entity, judged);
            report.results.push(ResultFacts::new((&file, &inventory), &entity, judged, situation.strict));
        }
    }
    let exits = report.results.iter().map(|result| result.answer.exit());
    let exit = exits.chain(failures.iter().map(|failure| failure.exit)).max().unwrap_or(Exit::Success);
    report.exit_code = exit.code();
    let documents = || report.results.iter().map(|result| view::check::document(result, &report)).collect();
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
