//! `certlens pfx create`.

use certlens_keystore::key::PrivateKey;
use certlens_keystore::pfx::write::{Contents, KeyEntry};

use crate::args::CreateArgs;
use crate::error::Failure;
use crate::exit::Exit;
use crate::password::Passwords;
use crate::pfx::shown;
use crate::pfx_write::change::{self, Changes, failed};
use crate::pfx_write::{self, FilePassword, PasswordOptions, Writing, protection};
use crate::{load, output};

pub(crate) fn run(args: &CreateArgs) -> Result<Exit, Failure> {
    let inputs: Vec<String> = args.key.iter().chain(&args.cert).cloned().collect();
    super::one_standard_input(&inputs)?;
    output::expect_new(&args.write.output, &inputs, args.write.force)?;
    let passwords = Passwords::new(&args.password)?;
    let (mut contents, mut changes) = (Contents::default(), Changes::default());
    for name in &args.key {
        let key = private_key(name, &passwords)?;
        contents.keys.push(KeyEntry::new(key.to_pkcs8()).map_err(|error| failed(&error))?);
    }
    for name in &args.cert {
        for found in pfx_write::certificates_of(name, &passwords)? {
            if !contents.add_certificate(found.certificate.der().to_vec()).map_err(|error| failed(&error))? {
                changes.remark(format!("{}: {} was there already", shown(name), found.certificate.subject()));
            }
        }
    }
    end_entities_first(args, &mut contents)?;
    change::apply(&args.keys, &mut contents, &mut changes)?;
    // Everything in it is new.
    changes.changes.clear();
    let protection = protection::choose(&args.protection, None)?;
    let password = pfx_write::resolve(&args.new_password, passwords.given().cloned().map(FilePassword::of))?;
    pfx_write::finish(
        Writing {
            command: "create",
            inputs,
            contents,
            protection,
            password_options: PasswordOptions::new(&args.new_password).or(&args.password),
            password,
            release: args.protection.compatible_with,
            changes,
            to: (&args.write).into(),
        },
        &args.write.report,
    )
}

/// The only private key of a file.
fn private_key(name: &str, passwords: &Passwords) -> Result<PrivateKey, Failure> {
    use certlens_keystore::key::{KeyError, find};
    let octets = load::octets(name)?;
    if find(&octets, passwords.given()).len() > 1 {
        return Err(Failure::unusable(format!("{}: has several private keys", shown(name)))
            .advice("give each in a file of its own, with --key for each"));
    }
    let read = match PrivateKey::read(&octets, passwords.given()) {
        Err(KeyError::PasswordNeeded) => match passwords.ask(name) {
            Some(typed) => PrivateKey::read(&octets, Some(&typed)),
            None => Err(KeyError::PasswordNeeded),
        },
        read => read,
    };
    read.map_err(|error| {
        let needed = matches!(error, KeyError::PasswordNeeded);
        let failure = Failure::unusable(format!("{}: {error}", shown(name)));
        match needed {
            true => failure
                .advice("give --password-file FILE, whose first line is the key's password, or --password-env NAME"),
            false => failure,
        }
    })
}

/// Puts the certificates of keys before those of the chain; each key must have one.
fn end_entities_first(args: &CreateArgs, contents: &mut Contents) -> Result<(), Failure> {
    let pairs = contents.pairs().map_err(|error| failed(&error))?;
    for (at, name) in args.key.iter().enumerate() {
        if !pairs.iter().any(|(key, _)| *key == at) {
            return Err(Failure::unusable(format!("{}: none of the certificates is that of this key", shown(name)))
                .advice("give the certificate that was issued for this key"));
        }
    }
    let is_of_key = |at: usize| pairs.iter().any(|(_, certificate)| *certificate == at);
    let numbered = std::mem::take(&mut contents.certificates).into_iter().enumerate();
    let (mut first, rest): (Vec<_>, Vec<_>) = numbered.partition(|(at, _)| is_of_key(*at));
    first.extend(rest);
    contents.certificates = first.into_iter().map(|(_, entry)| entry).collect();
    Ok(())
}
