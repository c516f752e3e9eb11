//! The password of a file that is written.

use std::path::PathBuf;

use certlens_keystore::pbe::Passphrase;
use certlens_keystore::pfx::write::WritePassword;
use certlens_keystore::secret::Password;

use crate::args::{NewPasswordArgs, PasswordArgs, SeveralPasswordArgs};
use crate::error::Failure;
use crate::password::{self, options};

/// The password of a file that is written.
#[derive(Clone, Debug)]
pub(crate) enum FilePassword {
    /// One with characters.
    Given(Password),
    /// The empty one.
    Empty(Password),
    /// None.
    Absent,
}

/// Where it comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PasswordOrigin {
    /// It is that of what was read.
    Kept,
    /// It was told.
    New,
}

impl FilePassword {
    /// The empty one.
    pub(crate) fn empty() -> FilePassword {
        FilePassword::Empty(Password::new(String::new()))
    }

    /// One that was told, of no characters too.
    pub(crate) fn of(password: Password) -> FilePassword {
        if password.is_empty() { FilePassword::Empty(password) } else { FilePassword::Given(password) }
    }

    /// For writing a PFX.
    pub(crate) fn to_write(&self) -> WritePassword<'_> {
        match self {
            FilePassword::Given(password) => WritePassword::Given(password),
            FilePassword::Empty(_) => WritePassword::Empty,
            FilePassword::Absent => WritePassword::Absent,
        }
    }

    /// For a derivation.
    pub(crate) fn passphrase(&self) -> Passphrase<'_> {
        match self {
            FilePassword::Given(password) | FilePassword::Empty(password) => Passphrase::Text(password),
            FilePassword::Absent => Passphrase::Absent,
        }
    }

    /// For opening what was written.
    pub(crate) fn given(&self) -> Option<&Password> {
        match self {
            FilePassword::Given(password) => Some(password),
            FilePassword::Empty(_) | FilePassword::Absent => None,
        }
    }

    /// Whether it keeps anybody out.
    pub(crate) fn protects(&self) -> bool {
        matches!(self, FilePassword::Given(_))
    }
}

/// The password for what is written: one that was told, else that of what was read,
/// else one that is typed.
///
/// # Errors
///
/// There is none, or it cannot be had.
pub(crate) fn resolve(
    new: &NewPasswordArgs,
    old: Option<FilePassword>,
) -> Result<(FilePassword, PasswordOrigin), Failure> {
    if new.empty_password {
        return Ok((FilePassword::empty(), PasswordOrigin::New));
    }
    if let Some(told) = password::told(new)? {
        if told.is_empty() {
            return Err(Failure::unusable("the new password has no characters")
                .advice("give another one; --empty-password means the empty one, which protects nothing"));
        }
        return Ok((FilePassword::Given(told), PasswordOrigin::New));
    }
    match old {
        Some(old) if !new.ask_new_password => Ok((old, PasswordOrigin::Kept)),
        _ => Ok((FilePassword::Given(password::ask_new()?), PasswordOrigin::New)),
    }
}

/// The same, where what was read may have had no password and one was given all the
/// same, which is then meant for what is written.
///
/// # Errors
///
/// As [`resolve`].
pub(crate) fn resolve_or_given(
    new: &NewPasswordArgs,
    old: Option<FilePassword>,
    given: Option<&Password>,
) -> Result<(FilePassword, PasswordOrigin), Failure> {
    let is_kept = old.is_some();
    let given = given.cloned().map(FilePassword::of).filter(FilePassword::protects);
    let (password, origin) = resolve(new, old.or(given))?;
    Ok((password, if is_kept { origin } else { PasswordOrigin::New }))
}

/// The options by which a later command opens what is written; a password itself is
/// never shown.
pub(crate) struct PasswordOptions(Option<String>);

impl PasswordOptions {
    /// By where the new password is.
    pub(crate) fn new(new: &NewPasswordArgs) -> PasswordOptions {
        let (file, variable) = (new.new_password_file.as_deref(), new.new_password_env.as_deref());
        let is_told = new.new_password.is_some() || new.ask_new_password || new.empty_password;
        // One from standard input is none of the old one's options either.
        PasswordOptions(options(file, variable).or((is_told || file.is_some()).then(String::new)))
    }

    /// Else by where the old one is.
    pub(crate) fn or(self, old: &PasswordArgs) -> String {
        self.0.or_else(|| options(old.password_file.as_deref(), old.password_env.as_deref())).unwrap_or_default()
    }

    /// Else by where that of the first file is.
    pub(crate) fn or_first(self, old: &SeveralPasswordArgs) -> String {
        let file = old.password_file.first().map(PathBuf::as_path);
        self.0.or_else(|| options(file, old.password_env.first().map(String::as_str))).unwrap_or_default()
    }

    pub(crate) fn text(self) -> String {
        self.0.unwrap_or_default()
    }
}
