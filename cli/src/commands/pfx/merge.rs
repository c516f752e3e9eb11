//! `certlens pfx merge`.

use certlens_keystore::pfx::write::{Contents, ToldOtherwise};

use crate::args::MergeArgs;
use crate::error::Failure;
use crate::exit::Exit;
use crate::password::Passwords;
use crate::pfx_write::change::{self, Changes};
use crate::pfx_write::{self, FilePassword, PasswordOptions, Taken, Writing, protection};
use crate::read::shown;

pub(crate) fn run(args: &MergeArgs) -> Result<Exit, Failure> {
    let password_files = args.password.files().chain(args.new_password.files());
    pfx_write::prepare(&args.files, password_files, &args.write)?;
    let passwords = Passwords::of_each(&args.password, args.files.len())?;
    let mut first: Option<Taken> = None;
    let mut others = Vec::new();
    let mut changes = Changes::default();
    for (name, passwords) in args.files.iter().zip(&passwords) {
        let taken = Taken::from_file(name, passwords)?;
        changes.remarks.extend(taken.remarks.iter().chain(&taken.of_secrets).cloned());
        let Some(first) = &mut first else {
            first = Some(taken);
            continue;
        };
        others.push((name, taken.file));
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
        // What is set for all of them is what either file said of none.
        if args.keys.csp.is_none() && args.keys.key_spec.is_none() {
            for other in &merged.told_otherwise {
                changes.remarks.extend(told_otherwise(name, other, &first.contents));
            }
        }
    }
    let Some(Taken { file, mut contents, password, .. }) = first else {
        return Err(Failure::unusable("no file was given"));
    };
    pfx_write::end_entities_first(&mut contents)?;
    change::apply(&args.keys, &mut contents, &mut changes)?;
    let protection = protection::choose(&args.protection, Some(&file.pfx))?;
    for (name, file) in others {
        if let Some(weakened) = protection::weakened(&file.pfx, &protection) {
            changes.remark(format!(
                "{}: {weakened}, as the first file has it; --compatible-with server2019 encrypts all of them with AES-256",
                shown(name)
            ));
        }
    }
    changes.changes.extend(protection::changes(&file.pfx, &protection));
    // An empty password protects the keys of none of the other files.
    let password = password.filter(FilePassword::protects);
    let given = passwords.first().and_then(Passwords::given);
    let password = pfx_write::resolve_or_given(&args.new_password, password, given)?;
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

/// What Windows was told of a key that was there already, and is not any more.
fn told_otherwise(name: &str, other: &ToldOtherwise, contents: &Contents) -> Option<String> {
    let stays = contents.keys.get(other.key)?;
    let provider = |name: &Option<String>| name.as_deref().map_or_else(|| "no provider".to_owned(), change::named);
    let usage = |usage| change::usage(usage).unwrap_or_else(|| "not limited".to_owned());
    let store = |machine| if machine { "the machine's key store" } else { "no key store" };
    let (left, kept) = (&other.attributes, &stays.attributes);
    let mut all = Vec::new();
    if left.provider != kept.provider {
        all.push(format!("{} in the place of {}", provider(&left.provider), provider(&kept.provider)));
    }
    let (left_usage, kept_usage) = (other.key_usage.as_ref(), stays.key_usage());
    if left_usage != kept_usage.as_ref() {
        all.push(format!("the usage {} in the place of {}", usage(left_usage), usage(kept_usage.as_ref())));
    }
    if left.machine_keyset != kept.machine_keyset {
        all.push(format!("{} in the place of {}", store(left.machine_keyset), store(kept.machine_keyset)));
    }
    Some(format!(
        "{}: it has key {} with {}; what the first file says stays (`certlens pfx convert` changes it)",
        shown(name),
        other.key + 1,
        all.join(", ")
    ))
}
