//! What is taken out of files to be written: of a PFX that must open completely, and
//! certificates.

use certlens_core::pool::Sourced;
use certlens_keystore::pfx::PasswordForm;
use certlens_keystore::pfx::write::{Contents, Remark, RemarkKind};
use certlens_keystore::secret::Password;

use super::change::failed;
use super::password::FilePassword;
use crate::error::Failure;
use crate::load::{self, Loaded};
use crate::password::Passwords;
use crate::pfx::{self, PfxFile};
use crate::read::shown;

/// A PFX file, and everything in it.
pub(crate) struct Taken {
    pub(crate) file: PfxFile,
    pub(crate) contents: Contents,
    /// What is not taken over as it stands.
    pub(crate) remarks: Vec<String>,
    /// What is to be said of secrets that are no private keys, if they are written.
    pub(crate) of_secrets: Vec<String>,
    /// Its password; `None` when nothing in it needed one.
    pub(crate) password: Option<FilePassword>,
}

impl Taken {
    /// Opens a file.
    ///
    /// # Errors
    ///
    /// When it cannot be read, or not all of it be decrypted.
    pub(crate) fn from_file(name: &str, passwords: &Passwords) -> Result<Taken, Failure> {
        let octets = crate::read::octets(name)?;
        Taken::of(PfxFile::read(name, &octets, passwords).map_err(|error| pfx::refuse(name, &error))?)
    }

    /// Takes everything out of a file that was opened.
    ///
    /// # Errors
    ///
    /// When not all of it was decrypted, or something in it cannot be written.
    pub(crate) fn of(file: PfxFile) -> Result<Taken, Failure> {
        let name = file.name.as_str();
        if let Some(failure) = file.failure().or_else(|| file.locked()) {
            return Err(failure);
        }
        let (contents, remarks) = Contents::of(&file.pfx)
            .map_err(|error| Failure::unusable(format!("{}: {error}", shown(name))).advice(error.advice()))?;
        let (of_secrets, remarks): (Vec<Remark>, Vec<Remark>) =
            remarks.into_iter().partition(|remark| remark.kind == RemarkKind::KeepsItsPassword);
        let said = |remarks: Vec<Remark>| remarks.iter().map(|remark| format!("{}: {remark}", shown(name))).collect();
        let (of_secrets, mut remarks): (Vec<String>, Vec<String>) = (said(of_secrets), said(remarks));
        let password = match file.password_form() {
            None => None,
            Some(PasswordForm::Absent) => Some(FilePassword::Absent),
            Some(PasswordForm::Empty) => Some(FilePassword::Empty(Password::new(String::new()))),
            Some(form @ (PasswordForm::Text | PasswordForm::Widened)) => {
                if form == PasswordForm::Widened {
                    remarks.push(format!(
                        "{}: takes its password as OpenSSL before 1.1.0 does; what is written takes it as Windows does",
                        shown(name)
                    ));
                }
                file.password.clone().map(FilePassword::of)
            }
        };
        Ok(Taken { contents, remarks, of_secrets, password, file })
    }
}

/// Puts the certificates of keys before those of the chain; returns which key had which.
///
/// # Errors
///
/// There are more than are compared.
pub(crate) fn end_entities_first(contents: &mut Contents) -> Result<Vec<(usize, usize)>, Failure> {
    let pairs = contents.pairs().map_err(|error| failed(&error))?;
    let is_of_key = |at: usize| pairs.iter().any(|(_, certificate)| *certificate == at);
    let numbered = std::mem::take(&mut contents.certificates).into_iter().enumerate();
    let (mut first, rest): (Vec<_>, Vec<_>) = numbered.partition(|(at, _)| is_of_key(*at));
    first.extend(rest);
    contents.certificates = first.into_iter().map(|(_, entry)| entry).collect();
    Ok(pairs)
}

/// The certificates of a file, all of which must be readable.
///
/// # Errors
///
/// When there is none, or one cannot be read.
pub(crate) fn certificates_of(name: &str, passwords: &Passwords) -> Result<Vec<Sourced>, Failure> {
    let argument = load::argument_opened(name, passwords)?;
    if let Some((_, failure)) = argument.not_read.into_iter().next() {
        return Err(failure);
    }
    let mut all = Vec::new();
    for source in &argument.sources {
        if source.named {
            source.require_certificates()?;
        }
        for certificate in source.certificates() {
            match certificate {
                Loaded::Read(sourced) => all.push(sourced),
                Loaded::Refused { message, .. } => {
                    return Err(Failure::unusable(format!("{}: {message}", shown(&source.name)))
                        .advice("give a file without it"));
                }
            }
        }
    }
    Ok(all)
}
