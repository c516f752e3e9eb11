//! `certlens pfx create`.

use certlens_keystore::key::PrivateKey;
use certlens_keystore::pfx::write::{Contents, KeyEntry};

use crate::args::CreateArgs;
use crate::error::Failure;
use crate::exit::Exit;
use crate::password::Passwords;
use crate::pfx_write::change::{self, Changes, failed};
use crate::pfx_write::{self, PasswordOptions, Writing, protection};
use crate::read::shown;
use crate::shell::quote;

pub(crate) fn run(args: &CreateArgs) -> Result<Exit, Failure> {
    let inputs: Vec<String> = args.key.iter().chain(&args.cert).cloned().collect();
    let password_files = args.password.files().chain(args.new_password.files());
    pfx_write::prepare(&inputs, password_files, &args.write)?;
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
    expect_pairs(args, &pfx_write::end_entities_first(&mut contents)?)?;
    change::apply(&args.keys, &mut contents, &mut changes)?;
    // Everything in it is new.
    changes.changes.clear();
    let protection = protection::choose(&args.protection, None)?;
    let password = pfx_write::resolve_or_given(&args.new_password, None, passwords.given())?;
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
    let octets = crate::read::octets(name)?;
    let mut found = find(&octets, passwords.given());
    if found.len() > 1 {
        return Err(Failure::unusable(format!("{}: has several private keys", shown(name)))
            .advice("give each in a file of its own, with --key for each"));
    }
    let read = match found.pop().map(|found| found.key) {
        Some(Err(KeyError::PasswordNeeded)) => match passwords.ask(name) {
            Some(typed) => PrivateKey::read(&octets, Some(&typed)),
            None => Err(KeyError::PasswordNeeded),
        },
        Some(read) => read,
        // Which says what it is in the place of a key; there is nothing to derive.
        None => PrivateKey::read(&octets, None),
    };
    read.map_err(|error| {
        let failure = Failure::unusable(format!("{}: {error}", shown(name)));
        match error {
            KeyError::PasswordNeeded => failure
                .advice("give --password-file FILE, whose first line is the key's password, or --password-env NAME"),
            KeyError::UnsupportedEncryption(_) | KeyError::Encryption(_) | KeyError::Pbe(_) => failure.advice(format!(
                "encrypt it in another way by what made it, or by `openssl pkcs8 -topk8 -v2 aes-256-cbc -in {} -out NEW.key`",
                quote(name)
            )),
            KeyError::NoKey(_) => failure.advice("give the file of the private key with --key, and certificates with --cert"),
            _ => failure,
        }
    })
}

/// Each key must have a certificate.
fn expect_pairs(args: &CreateArgs, pairs: &[(usize, usize)]) -> Result<(), Failure> {
    for (at, name) in args.key.iter().enumerate() {
        if !pairs.iter().any(|(key, _)| *key == at) {
            return Err(Failure::unusable(format!("{}: none of the certificates is that of this key", shown(name)))
                .advice("give the certificate that was issued for this key"));
        }
    }
    Ok(())
}
