//! `certlens pfx extract`.

use std::collections::BTreeSet;

use certlens_keystore::inventory::Inventory;
use certlens_keystore::key::{KeyWork, PrivateKey};
use certlens_keystore::pbe::EncryptionScheme;
use certlens_keystore::pfx::write::{Contents, RandomSource, SystemRandom};
use certlens_keystore::provider::releases::CompatibleWith;
use zeroize::Zeroizing;

use crate::args::{ExtractArgs, Format};
use crate::error::Failure;
use crate::exit::Exit;
use crate::facts::pfx::{StepFacts, WrittenReport};
use crate::password::Passwords;
use crate::pfx::{self, PfxFile};
use crate::pfx_write::{self, FilePassword, PasswordOrigin, Taken};
use crate::read::shown;
use crate::shell::quote;
use crate::{armor, output, say};

/// How a key is encrypted by itself: AES-256 by PBES2, as every program reads it.
const SCHEME: EncryptionScheme = CompatibleWith::Modern.preset().keys;

pub(crate) fn run(args: &ExtractArgs) -> Result<Exit, Failure> {
    output::refuse_certutil(args.report.format)?;
    let inputs = vec![args.file.clone()];
    if args.new_password.is_given() && (!args.key || args.plain_keys) {
        return Err(Failure::unusable("a new password was given, and nothing is encrypted with it")
            .advice("it is for --key without --plain-keys; leave it out"));
    }
    match &args.output {
        Some(path) => {
            output::keep_passwords(Some(path), args.password.files().chain(args.new_password.files()))?;
            output::expect_new(path, &inputs, args.force)?;
        }
        None if args.report.format != Format::Text => {
            return Err(Failure::unusable(
                "--format: the certificates go to standard output, and so there is no report",
            )
            .advice("give --output FILE for the certificates"));
        }
        None => {}
    }
    let Extracted { octets, count, password, remarks } = if args.key { keys(args)? } else { certificates(args)? };
    let Some(path) = &args.output else {
        remarks.iter().for_each(|remark| say(&format!("note: {}", certlens_report::escape(remark))));
        return match args.der {
            true => output::write_octets(&args.report.to_stdout(), &[], &octets),
            false => output::to_stdout(&octets),
        }
        .map(|()| Exit::Success);
    };
    let name = path.display().to_string();
    let next = match args.key {
        true => Vec::new(),
        false => vec![StepFacts {
            text: "Verify the certificate.".to_owned(),
            commands: vec![format!("certlens verify {}", quote(&name))],
        }],
    };
    let report = WrittenReport {
        schema: WrittenReport::SCHEMA,
        version: env!("CARGO_PKG_VERSION"),
        exit_code: Exit::Success.code(),
        command: "extract",
        inputs,
        output: name,
        octets: octets.len(),
        keys: if args.key { count } else { 0 },
        certificates: if args.key { 0 } else { count },
        password: pfx_write::password_facts(&password),
        changes: Vec::new(),
        remarks,
        file: None,
        next,
    };
    pfx_write::private_file(path, &octets, args.force, &args.report, &report)
}

/// What was taken out.
struct Extracted {
    octets: Zeroizing<Vec<u8>>,
    /// Of how many keys or certificates.
    count: usize,
    password: (FilePassword, PasswordOrigin),
    remarks: Vec<String>,
}

/// The private keys of a file that opens completely.
fn keys(args: &ExtractArgs) -> Result<Extracted, Failure> {
    let passwords = Passwords::new(&args.password)?;
    let Taken { contents, mut remarks, password, .. } = Taken::from_file(&args.file, &passwords)?;
    let password = match args.plain_keys {
        true => (FilePassword::Absent, PasswordOrigin::New),
        false => {
            let password = password.filter(FilePassword::protects);
            pfx_write::resolve_or_given(&args.new_password, password, passwords.given())?
        }
    };
    let (octets, count) = key_blocks(&contents, args, &password.0)?;
    if !password.0.protects() {
        remarks.push(match args.plain_keys {
            true => "The private keys are not encrypted: whoever has the file has them".to_owned(),
            false => "Its password keeps nobody out; give one with --new-password-file".to_owned(),
        });
    }
    Ok(Extracted { octets, count, password, remarks })
}

/// The keys as PEM blocks.
fn key_blocks(
    contents: &Contents,
    args: &ExtractArgs,
    password: &FilePassword,
) -> Result<(Zeroizing<Vec<u8>>, usize), Failure> {
    if contents.keys.is_empty() {
        return Err(Failure::unusable(format!("{}: there is no private key in it", shown(&args.file))));
    }
    let mut blocks = Vec::new();
    let mut work = KeyWork::default();
    for entry in &contents.keys {
        let key = PrivateKey::from_pkcs8_within(entry.pkcs8().expose(), &mut work)
            .map_err(|error| Failure::unusable(format!("{}: {error}", shown(&args.file))))?;
        blocks.push(match args.plain_keys {
            true => key.to_pem(),
            false => {
                let (mut salt, mut iv) = (vec![0; SCHEME.salt_octets()], vec![0; SCHEME.iv_octets()]);
                for octets in [&mut salt, &mut iv] {
                    SystemRandom.fill(octets).map_err(|error| Failure::unusable(error.to_string()))?;
                }
                key.to_encrypted_pem(&SCHEME.with(salt, iv), password.passphrase())
                    .map_err(|error| Failure::unusable(error.to_string()).advice("choose a shorter password"))?
            }
        });
    }
    // Reserved at once: a vector that grows leaves copies behind.
    let mut all = Zeroizing::new(Vec::with_capacity(blocks.iter().map(|block| block.expose().len()).sum()));
    blocks.iter().for_each(|block| all.extend_from_slice(block.expose()));
    Ok((all, blocks.len()))
}

/// The certificates, those of keys first. They are no secret: where they are not
/// encrypted, it takes no password, and keys that do not open are in nobody's way.
fn certificates(args: &ExtractArgs) -> Result<Extracted, Failure> {
    let octets = crate::read::octets(&args.file)?;
    let file = PfxFile::read(&args.file, &octets, &Passwords::new(&args.password)?)
        .map_err(|error| pfx::refuse(&args.file, &error))?;
    if let Some(failure) = file.locked_certificates() {
        return Err(failure);
    }
    let inventory = Inventory::of(&file.pfx);
    if let (Err(limit), true) = (&inventory.bundle, args.end_entity) {
        let message = format!("{}: keys and certificates are not compared: {limit}", shown(&args.file));
        return Err(Failure::unusable(message).advice("leave --end-entity out"));
    }
    let keyed: BTreeSet<usize> = inventory.with_key().into_iter().collect();
    let numbered = inventory.certificates.iter().enumerate();
    let (mut chosen, rest): (Vec<_>, Vec<_>) = numbered.partition(|(at, _)| keyed.contains(at));
    if !args.end_entity {
        chosen.extend(rest);
    }
    let count = chosen.len();
    let octets = match (chosen.as_slice(), args.der) {
        ([], _) => {
            let what = if args.end_entity { "certificate of a key" } else { "certificate" };
            return Err(Failure::unusable(format!("{}: there is no {what} in it", shown(&args.file))));
        }
        ([(_, one)], true) => one.der.to_vec(),
        (_, true) => {
            let message = format!("{}: --der is for one certificate, and there are {count}", shown(&args.file));
            let advice = if args.end_entity { "leave --der out" } else { "give --end-entity, or leave --der out" };
            return Err(Failure::unusable(message).advice(advice));
        }
        (all, false) => all.iter().map(|(_, entry)| armor::certificate(entry.der)).collect::<String>().into_bytes(),
    };
    let remarks = file.failure().map(|failure| failure.message).into_iter().collect();
    let password = (FilePassword::Absent, PasswordOrigin::New);
    Ok(Extracted { octets: Zeroizing::new(octets), count, password, remarks })
}
