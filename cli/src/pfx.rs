//! A PFX file, opened as far as the passwords at hand open it.

use certlens_core::encoding::input::Armor;
use certlens_core::origin::Origin;
use certlens_keystore::pfx::{OpenError, OpenErrorKind, Opening, PasswordForm, Pfx, PfxError, Position};
use certlens_keystore::provider::KnownProvider;
use certlens_keystore::secret::Password;

use crate::error::Failure;
use crate::password::Passwords;
use crate::read::shown;
use crate::spelling::edits;

/// A PFX file.
pub(crate) struct PfxFile {
    /// The name as given, `-` for standard input.
    pub(crate) name: String,
    pub(crate) pfx: Pfx,
    pub(crate) opened: Opened,
    /// What was given or typed to open it, if anything was.
    pub(crate) password: Option<Password>,
    /// From where it was given, as options of the next command; empty when it was not, or is not to be seen.
    pub(crate) password_options: String,
}

/// How far a file was opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Opened {
    /// With its password, or without one where it has none; some parts may be left.
    Open(Opening),
    /// It has a password, and none was given.
    Locked(OpenError),
    /// Not with what was given, or not at all.
    Refused(OpenError),
}

impl PfxFile {
    /// Reads a file, and opens it: with the password that was given, else without
    /// one, else with one that is typed.
    ///
    /// # Errors
    ///
    /// When it is no PFX file, damaged, or beyond a limit.
    pub(crate) fn read(name: &str, octets: &[u8], passwords: &Passwords) -> Result<PfxFile, PfxError> {
        let mut pfx = Pfx::read(octets)?;
        let mut password = passwords.given().cloned();
        let opened = match (&password, pfx.open(passwords.given())) {
            (_, Ok(opening)) => Opened::Open(opening),
            (Some(_), Err(error)) => Opened::Refused(error),
            (None, Err(error)) => match (error.kind.needs_password(), passwords.ask(name)) {
                (false, _) => Opened::Refused(error),
                (true, None) => Opened::Locked(error),
                (true, Some(typed)) => {
                    let opened = pfx.open(Some(&typed)).map_or_else(Opened::Refused, Opened::Open);
                    password = Some(typed);
                    opened
                }
            },
        };
        let password_options = passwords.options().to_owned();
        Ok(PfxFile { name: name.to_owned(), pfx, opened, password, password_options })
    }

    /// Why it was not opened as it should be: what was given does not open it, or
    /// a part of it cannot be decrypted.
    pub(crate) fn failure(&self) -> Option<Failure> {
        let error = match &self.opened {
            Opened::Refused(error) => error,
            Opened::Open(opening) => opening.failures.first()?,
            Opened::Locked(_) => return None,
        };
        Some(Failure::unusable(format!("{}: {error}", shown(&self.name))).advice(error.kind.advice()))
    }

    /// Why it was not opened when its password was not given.
    pub(crate) fn locked(&self) -> Option<Failure> {
        let Opened::Locked(error) = &self.opened else { return None };
        Some(Failure::unusable(format!("{}: {error}", shown(&self.name))).advice(self.unlocking()))
    }

    /// What opens a file whose password was not given. Nobody can give one that is known
    /// to Windows alone.
    fn unlocking(&self) -> &'static str {
        if self.pfx.is_sid_protected() {
            return OpenErrorKind::SidProtected.advice();
        }
        "give --password-file FILE, whose first line is the password, or --password-env NAME"
    }

    /// Whether the password is what is wrong, or missing.
    pub(crate) fn is_password_wrong(&self) -> bool {
        match &self.opened {
            Opened::Open(_) => false,
            Opened::Locked(_) => true,
            Opened::Refused(error) => {
                matches!(error.kind, OpenErrorKind::WrongPassword { .. } | OpenErrorKind::Undecryptable { .. })
            }
        }
    }

    /// Why certificates of the file are out of reach: the password is missing or
    /// wrong, or a safe does not open, and those meant may be in it.
    pub(crate) fn locked_certificates(&self) -> Option<Failure> {
        let is_locked = || self.pfx.safes.iter().any(|safe| safe.contents.is_none());
        match &self.opened {
            Opened::Refused(_) => self.failure(),
            Opened::Open(_) if is_locked() => self.failure(),
            Opened::Locked(_) if is_locked() => {
                let message =
                    format!("{}: its certificates are encrypted, and no password was given", shown(&self.name));
                Some(Failure::unusable(message).advice(self.unlocking()))
            }
            Opened::Open(_) | Opened::Locked(_) => None,
        }
    }

    /// Where a bag is.
    pub(crate) fn origin(&self, position: Position) -> Origin {
        Origin::PfxBag { path: self.name.clone(), safe: position.safe, bag: position.bag.unwrap_or(0) }
    }

    /// Where its password comes from, as options for the next command; of one that has
    /// still to be given, FILE stands for where it will be.
    pub(crate) fn password_for_next(&self, given: Vec<String>) -> Vec<String> {
        let is_to_give = matches!(self.opened, Opened::Locked(_)) && !self.pfx.is_sid_protected();
        match given.is_empty() && is_to_give {
            true => vec!["--password-file".to_owned(), "FILE".to_owned()],
            false => given,
        }
    }

    /// Whether Windows takes the file as it is: binary, and with the password that
    /// opens it here.
    pub(crate) fn suits_windows(&self) -> bool {
        self.pfx.armor == Armor::Binary && self.password_form() != Some(PasswordForm::Widened)
    }

    /// The form in which the password fitted.
    pub(crate) fn password_form(&self) -> Option<PasswordForm> {
        match &self.opened {
            Opened::Open(opening) => opening.password,
            Opened::Locked(_) | Opened::Refused(_) => None,
        }
    }
}

/// A file that cannot be read as PFX.
pub(crate) fn refuse(name: &str, error: &PfxError) -> Failure {
    let failure = Failure::unusable(format!("{}: {error}", shown(name)));
    match error.advice() {
        "" => failure,
        advice => failure.advice(advice),
    }
}

/// The provider of Microsoft whose name this seems to be meant for: all but a few
/// characters are the same. `None` for its very name.
pub(crate) fn meant(name: &str) -> Option<&'static str> {
    let name = name.trim_end_matches('\0');
    if KnownProvider::by_name(name).is_some() || name.len() > MAX_PROVIDER_NAME {
        return None;
    }
    let lower = name.trim().to_ascii_lowercase();
    let known = KnownProvider::all().iter().filter(|known| known.vendor == "Microsoft");
    let near = known.map(|known| (edits(&lower, &known.name.to_ascii_lowercase()), known.name)).min()?;
    (near.0 <= 3).then_some(near.1)
}

/// Longer names are nearly none that is known.
const MAX_PROVIDER_NAME: usize = 100;

/// The name of the file that mends this one, beside it.
pub(crate) fn mended(file: &str) -> String {
    let stem = match file {
        "-" => "standard-input",
        // Of any letters: the ending is ASCII.
        name => match name.len().checked_sub(4).and_then(|at| name.split_at_checked(at)) {
            Some((stem, ending)) if [".pfx", ".p12"].iter().any(|one| ending.eq_ignore_ascii_case(one)) => stem,
            _ => name,
        },
    };
    format!("{stem}-ready.pfx")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_mended_files() {
        for (file, mended_file) in [
            ("node1.pfx", "node1-ready.pfx"),
            ("C/NODE.P12", "C/NODE-ready.pfx"),
            ("key", "key-ready.pfx"),
            ("-", "standard-input-ready.pfx"),
            ("ключ", "ключ-ready.pfx"),
        ] {
            assert_eq!(mended(file), mended_file);
        }
    }
}
