//! The client's certificate with its key, for servers that ask for one.

use certlens_core::encoding::sniff::{ObjectKind, sniff};
use certlens_core::x509::Certificate;
use certlens_keystore::bundle::{Bundle, BundleProblem, CertificateItem, KeyItem};
use certlens_keystore::inventory::Inventory;
use certlens_keystore::key::{FoundKey, KeyError, PrivateKey, find};
use certlens_probe::tls::Identity;
use zeroize::Zeroize;

use crate::args::ClientArgs;
use crate::error::Failure;
use crate::load::{self, Loaded};
use crate::password::{self, Passwords};
use crate::pfx::{self, Opened, PfxFile};
use crate::read::shown;
use crate::shell::quote;

const PASSWORD_ADVICE: &str =
    "give --client-password-file FILE, whose first line is the password, or --client-password-env NAME";

/// The identity that the options give, if they give one: the certificate that the key
/// belongs to, and those above it in the file.
///
/// # Errors
///
/// When a file cannot be read, or opened with the password; when there is no key, no
/// certificate, or no pair of the two, or when there are several.
pub(crate) fn read(args: &ClientArgs) -> Result<Option<Identity>, Failure> {
    let Some(file) = args.client_cert.as_deref() else { return Ok(None) };
    crate::read::one_standard_input(args.client_cert.iter().chain(&args.client_key))?;
    let told = password::told_by(
        "--client-password",
        args.client_password_file.as_deref(),
        args.client_password_env.as_deref(),
    )?;
    let passwords = Passwords::of(told);
    let octets = crate::read::octets(file)?;
    if is_pfx(&octets) {
        if let Some(key) = &args.client_key {
            return Err(Failure::unusable(format!(
                "--client-key {}: {} is a PFX file, which brings its own key",
                shown(key),
                shown(file)
            ))
            .advice("leave --client-key out"));
        }
        return of_pfx(file, &octets, &passwords).map(Some);
    }
    let certificates = certificates(file, &octets)?;
    let (key_file, keys) = match args.client_key.as_deref() {
        None => (file, private_keys(file, &octets, &passwords)?),
        Some(key_file) => {
            let octets = crate::read::octets(key_file)?;
            if is_pfx(&octets) {
                return Err(Failure::unusable(format!("--client-key {}: is a PFX file", shown(key_file)))
                    .advice("give the PFX file with --client-cert, and leave --client-key out"));
            }
            (key_file, private_keys(key_file, &octets, &passwords)?)
        }
    };
    let files = match key_file == file {
        true => shown(file).to_owned(),
        false => format!("{} and {}", shown(file), shown(key_file)),
    };
    let items: Vec<KeyItem<'_>> = keys.iter().map(|key| KeyItem { key: Some(key), local_key_id: None }).collect();
    let with: Vec<CertificateItem<'_>> =
        certificates.iter().map(|certificate| CertificateItem { certificate, local_key_id: None }).collect();
    let bundle = Bundle::assemble(&items, &with).map_err(|limit| too_many(&files, &limit))?;
    let ders: Vec<&[u8]> = certificates.iter().map(Certificate::der).collect();
    let (key, chain) = pair(&files, &bundle, &ders)?;
    let key = keys.into_iter().nth(key).ok_or_else(|| no_key(&files))?;
    identity(&files, key, chain).map(Some)
}

fn is_pfx(octets: &[u8]) -> bool {
    if sniff(octets) == ObjectKind::Pfx {
        return true;
    }
    // In base64, with or without boundaries.
    let Ok(mut source) = load::of_octets("", octets) else { return false };
    let mut is_pfx = false;
    for object in source.input.objects.iter_mut().filter(|object| object.kind == ObjectKind::Pfx) {
        is_pfx = true;
        // There may be a private key in it that is not encrypted.
        object.der.zeroize();
    }
    is_pfx
}

fn of_pfx(file: &str, octets: &[u8], passwords: &Passwords) -> Result<Identity, Failure> {
    let opened = PfxFile::read(file, octets, passwords).map_err(|error| pfx::refuse(file, &error))?;
    if let Opened::Locked(error) = &opened.opened {
        let failure = Failure::unusable(format!("{}: {error}", shown(file)));
        let advice = if opened.pfx.is_sid_protected() { error.kind.advice() } else { PASSWORD_ADVICE };
        return Err(failure.advice(advice));
    }
    if let Some(failure) = opened.failure() {
        return Err(failure);
    }
    let mut inventory = Inventory::of(&opened.pfx);
    if inventory.keys.is_empty() {
        return Err(no_key(file));
    }
    if inventory.certificates.is_empty() {
        return Err(no_certificate(file));
    }
    let bundle = inventory.bundle.as_ref().map_err(|limit| too_many(file, limit))?;
    let ders: Vec<&[u8]> = inventory.certificates.iter().map(|entry| entry.der).collect();
    let paired = pair(file, bundle, &ders);
    // A key that cannot be read has no certificate that is known.
    let unread = inventory.keys.iter().find_map(|entry| entry.key.as_ref()?.as_ref().err());
    let (at, chain) = match (paired, unread) {
        (Ok(paired), _) => paired,
        (Err(_), Some(error)) => return Err(Failure::unusable(format!("{}: {error}", shown(file)))),
        (Err(failure), None) => return Err(failure),
    };
    match inventory.keys.swap_remove(at).key {
        Some(Ok(key)) => identity(file, key, chain),
        Some(Err(error)) => Err(Failure::unusable(format!("{}: {error}", shown(file)))),
        None => Err(no_key(file)),
    }
}

/// The certificates of a file, all of which must be readable.
fn certificates(file: &str, octets: &[u8]) -> Result<Vec<Certificate>, Failure> {
    let source = load::of_octets(file, octets)?;
    if source.is_without_certificate() {
        return Err(no_certificate(file));
    }
    let read = |loaded| match loaded {
        Loaded::Read(sourced) => Ok(sourced.certificate),
        Loaded::Refused { message, .. } => {
            Err(Failure::unusable(format!("{}: {message}", shown(file))).advice("give a file without it"))
        }
    };
    source.certificates().map(read).collect()
}

/// The private keys of a file, all of which must be readable; at least one.
fn private_keys(file: &str, octets: &[u8], passwords: &Passwords) -> Result<Vec<PrivateKey>, Failure> {
    let needs = |found: &[FoundKey]| found.iter().any(|found| matches!(found.key, Err(KeyError::PasswordNeeded)));
    let mut found = find(octets, passwords.given());
    if needs(&found)
        && let Some(typed) = passwords.ask(file)
    {
        found = find(octets, Some(&typed));
    }
    if found.is_empty() {
        return Err(match PrivateKey::read(octets, None) {
            // What it is in the place of a key, unless it is the certificate that was expected beside it.
            Err(error @ (KeyError::UnsupportedForm(_) | KeyError::NoKey(Some(ObjectKind::JavaKeyStore)))) => {
                Failure::unusable(format!("{}: {error}", shown(file)))
            }
            _ => no_key(file),
        });
    }
    let read = |found: FoundKey| {
        let line = found.line.map(|line| format!("line {line}: ")).unwrap_or_default();
        found.key.map_err(|error| {
            let failure = Failure::unusable(format!("{}: {line}{error}", shown(file)));
            match error {
                KeyError::PasswordNeeded => failure.advice(PASSWORD_ADVICE),
                KeyError::WrongPassword => failure.advice(
                    "check the password (upper and lower case, spaces before and behind it); if it is right, copy the file again",
                ),
                KeyError::UnsupportedEncryption(_) | KeyError::Encryption(_) | KeyError::Pbe(_) => {
                    failure.advice(format!(
                        "encrypt it in another way by what made it, or by `openssl pkcs8 -topk8 -v2 aes-256-cbc -in {} -out NEW.key`",
                        quote(file)
                    ))
                }
                _ => failure,
            }
        })
    };
    found.into_iter().map(read).collect()
}

/// The key, and its certificate with those above it: what the server is sent. Without a
/// root, which the server has or does not trust (RFC 8446 §4.4.2).
fn pair(files: &str, bundle: &Bundle, ders: &[&[u8]]) -> Result<(usize, Vec<Vec<u8>>), Failure> {
    let Some(first) = bundle.pairs.first() else {
        let why = bundle.problems.iter().find_map(|problem| match problem {
            BundleProblem::NotCompared { why, .. } => Some(format!(" for certain: {why}")),
            _ => None,
        });
        let message =
            format!("{files}: the private key is that of none of the certificates{}", why.unwrap_or_default());
        return Err(Failure::unusable(message).advice("give the key for which the certificate was issued"));
    };
    let der = |at: usize| ders.get(at).copied().unwrap_or_default();
    // The same one may come twice.
    if let Some(other) = bundle.pairs.iter().find(|pair| der(pair.certificate) != der(first.certificate)) {
        let subject = |at: usize| {
            let certificate = Certificate::from_der(der(at));
            certificate
                .map_or_else(|_| format!("certificate {}", at + 1), |certificate| certificate.subject().to_string())
        };
        return Err(Failure::unusable(format!(
            "{files}: several certificates have their private key there ({}; {}), and which one the server is to be given is not said",
            subject(first.certificate),
            subject(other.certificate)
        ))
        .advice("give a file with one certificate and its chain, and its key"));
    }
    let chain = bundle.chains.iter().find(|chain| chain.certificates.first() == Some(&first.certificate));
    let above = chain.map(|chain| chain.certificates.as_slice()).unwrap_or_default().iter().skip(1);
    let is_root = |at: usize| Certificate::from_der(der(at)).is_ok_and(|certificate| certificate.is_self_issued());
    let above = above.copied().filter(|at| !is_root(*at));
    Ok((first.key, std::iter::once(first.certificate).chain(above).map(|at| der(at).to_vec()).collect()))
}

fn identity(files: &str, mut key: PrivateKey, chain: Vec<Vec<u8>>) -> Result<Identity, Failure> {
    // What Windows is told of the key is nothing to TLS.
    key.set_key_usage(None);
    let pkcs8 = key.to_pkcs8();
    Identity::from_pkcs8(chain, pkcs8.expose()).map_err(|error| {
        Failure::unusable(format!("{files}: {error}"))
            .advice(format!("the key is {}; have a certificate issued for one of those", key.algorithm().describe()))
    })
}

fn no_key(files: &str) -> Failure {
    Failure::unusable(format!("{}: there is no private key in it, which a client certificate needs", shown(files)))
        .advice("give the file of the key with --client-key FILE, or a PFX file with both")
}

fn no_certificate(file: &str) -> Failure {
    Failure::unusable(format!("{}: there is no certificate in it", shown(file)))
        .advice("give the client's certificate with --client-cert FILE, and its key with --client-key FILE")
}

fn too_many(files: &str, limit: &certlens_keystore::bundle::BundleLimit) -> Failure {
    Failure::unusable(format!("{files}: keys and certificates are not compared: {limit}"))
        .advice("give a file with one certificate and its chain, and its key")
}

#[cfg(test)]
mod tests;
