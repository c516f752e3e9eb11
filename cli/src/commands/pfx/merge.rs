//! `certlens pfx merge`.

use crate::args::MergeArgs;
use crate::error::Failure;
use crate::exit::Exit;
use crate::output;
use crate::password::Passwords;
use crate::pfx::shown;
use crate::pfx_write::change::{self, Changes};
use crate::pfx_write::{self, PasswordOptions, Taken, Writing, protection};

pub(crate) fn run(args: &MergeArgs) -> Result<Exit, Failure> {
    super::one_standard_input(&args.files)?;
    output::expect_new(&args.write.output, &args.files, args.write.force)?;
    let passwords = Passwords::of_each(&args.password, args.files.len())?;
    let mut first: Option<Taken> = None;
    let mut changes = Changes::default();
    for (name, passwords) in args.files.iter().zip(&passwords) {
        let taken = Taken::from_file(name, passwords)?;
        changes.remarks.extend(taken.remarks.iter().cloned());
        let Some(first) = &mut first else {
            first = Some(taken);
            continue;
        };
        let (keys, certificates) = (taken.contents.keys.len(), taken.contents.certificates.len());
        let merged = first.contents.merge(taken.contents);
        for (what, all, repeated) in
            [("Private keys", keys, merged.repeated_keys), ("Certificates", certificates, merged.repeated_certificates)]
        {
            if all > repeated {
                changes.added(what, format!("{} more, from {}", all - repeated, shown(name)));
            }
            if repeated > 0 {
                changes.remark(format!(
                    "{}: {repeated} of its {} were there already",
                    shown(name),
                    what.to_lowercase()
                ));
            }
        }
    }
    let Some(Taken { file, mut contents, password, .. }) = first else {
        return Err(Failure::unusable("no file was given"));
    };
    change::apply(&args.keys, &mut contents, &mut changes)?;
    let protection = protection::choose(&args.protection, Some(&file.pfx))?;
    changes.changes.extend(protection::changes(&file.pfx, &protection));
    let password = pfx_write::resolve(&args.new_password, password)?;
    pfx_write::finish(
        Writing {
            command: "merge",
            inputs: args.files.clone(),
            contents,
            protection,
            password_options: PasswordOptions::new(&args.new_password).or_first(&args.password),
            password,
            release: args.protection.compatible_with,
            changes,
            to: (&args.write).into(),
        },
        &args.write.report,
    )
}
