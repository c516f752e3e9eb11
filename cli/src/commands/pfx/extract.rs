//! `certlens pfx extract`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use certlens_keystore::key::{KeyWork, PrivateKey};
use certlens_keystore::pbe::EncryptionScheme;
use certlens_keystore::pfx::write::{Contents, RandomSource, SystemRandom};
use certlens_keystore::provider::releases::CompatibleWith;
use zeroize::Zeroizing;

use crate::args::ExtractArgs;
use crate::error::Failure;
use crate::exit::Exit;
use crate::facts::pfx::{StepFacts, WrittenReport};
use crate::output;
use crate::password::Passwords;
use crate::pfx::shown;
use crate::pfx_write::change::failed;
use crate::pfx_write::{self, FilePassword, PasswordOrigin, Taken};
use crate::shell::quote;

/// How a key is encrypted by itself: AES-256 by PBES2, as every program reads it.
const SCHEME: EncryptionScheme = CompatibleWith::Modern.preset().keys;

pub(crate) fn run(args: &ExtractArgs) -> Result<Exit, Failure> {
    let inputs = vec![args.file.clone()];
    if args.new_password.is_given() && (!args.key || args.plain_keys) {
        return Err(Failure::unusable("a new password was given, and nothing is encrypted with it")
            .advice("it is for --key without --plain-keys; leave it out"));
    }
    if let Some(path) = &args.output {
        output::expect_new(path, &inputs, args.force)?;
    }
    let mut taken = Taken::from_file(&args.file, &Passwords::new(&args.password)?)?;
    let mut remarks = std::mem::take(&mut taken.remarks);
    let (octets, count, password) = match args.key {
        true => {
            let password = match args.plain_keys {
                true => (FilePassword::Absent, PasswordOrigin::New),
                false => pfx_write::resolve(&args.new_password, taken.password.take())?,
            };
            let (octets, count) = keys(&taken.contents, args, &password.0)?;
            if !password.0.protects() {
                remarks.push(match args.plain_keys {
                    true => "The private keys are not encrypted: whoever has the file has them".to_owned(),
                    false => "Its password keeps nobody out; give one with --new-password-file".to_owned(),
                });
            }
            (octets, count, password)
        }
        false => {
            let (octets, count) = certificates(&taken.contents, args)?;
            (octets, count, (FilePassword::Absent, PasswordOrigin::New))
        }
    };
    let Some(path) = &args.output else {
        return output::to_stdout(&octets).map(|()| Exit::Success);
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

/// The keys as PEM blocks.
fn keys(
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

/// The certificates as PEM blocks, those of keys first.
fn certificates(contents: &Contents, args: &ExtractArgs) -> Result<(Zeroizing<Vec<u8>>, usize), Failure> {
    let pairs = contents.pairs().map_err(|error| failed(&error))?;
    let is_of_key = |at: usize| pairs.iter().any(|(_, certificate)| *certificate == at);
    let numbered = contents.certificates.iter().enumerate();
    let (mut chosen, rest): (Vec<_>, Vec<_>) = numbered.partition(|(at, _)| is_of_key(*at));
    if !args.end_entity {
        chosen.extend(rest);
    }
    if chosen.is_empty() {
        let what = if args.end_entity { "certificate of a key" } else { "certificate" };
        return Err(Failure::unusable(format!("{}: there is no {what} in it", shown(&args.file))));
    }
    let text: String = chosen.iter().map(|(_, entry)| armored(entry.octets())).collect();
    Ok((Zeroizing::new(text.into_bytes()), chosen.len()))
}

/// A PEM block (RFC 7468 §5): base64 in lines of 64 characters.
fn armored(certificate: &[u8]) -> String {
    let mut text = String::from("-----BEGIN CERTIFICATE-----\n");
    for line in certificate.chunks(48) {
        text.push_str(&STANDARD.encode(line));
        text.push('\n');
    }
    text.push_str("-----END CERTIFICATE-----\n");
    text
}
