//! `certlens pfx inspect`.

use certlens_keystore::inventory::Inventory;

use crate::args::{Format, PfxInspectArgs};
use crate::error::Failure;
use crate::exit::Exit;
use crate::facts::not_read::NotReadFacts;
use crate::facts::pfx::{PfxFacts, PfxReport};
use crate::password::Passwords;
use crate::pfx::{self, PfxFile};
use crate::{certutil, output, say, view};

pub(crate) fn run(args: &PfxInspectArgs) -> Result<Exit, Failure> {
    crate::read::one_standard_input(&args.files)?;
    output::keep_passwords(args.output.output.as_deref(), args.password.files())?;
    let passwords = Passwords::new(&args.password)?;
    let mut report = PfxReport::new();
    let mut failures = Vec::new();
    for name in &args.files {
        match read(name, &passwords) {
            Ok(file) => {
                failures.extend(file.failure());
                report.files.push(PfxFacts::new(&file, &Inventory::of(&file.pfx)));
            }
            Err(failure) => {
                report.not_read.push(NotReadFacts::new(name, &failure));
                failures.push(failure);
            }
        }
    }
    let exit = failures.iter().map(|failure| failure.exit).max().unwrap_or(Exit::Success);
    report.exit_code = exit.code();
    if args.output.format == Format::Certutil {
        output::write_with(&args.output, &args.files, || Ok(certutil::pfx_structure(&report.files, &failures)))?;
        failures.iter().for_each(|failure| say(failure));
        return Ok(exit);
    }
    let documents = || report.files.iter().map(view::pfx::document).collect();
    output::write(&args.output, &args.files, || &report, documents)?;
    failures.iter().for_each(|failure| say(failure));
    Ok(exit)
}

fn read(name: &str, passwords: &Passwords) -> Result<PfxFile, Failure> {
    let octets = crate::read::octets(name)?;
    PfxFile::read(name, &octets, passwords).map_err(|error| pfx::refuse(name, &error))
}
