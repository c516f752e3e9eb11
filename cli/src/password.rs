//! Passwords: from where they were told to come, or from a terminal.
//!
//! They go nowhere but to what they open.

use std::fs::File;
use std::io::{self, IsTerminal, Read};
use std::path::Path;

use certlens_keystore::secret::Password;
use zeroize::Zeroizing;

use crate::args::{NewPasswordArgs, PasswordArgs, SeveralPasswordArgs};
use crate::error::Failure;
use crate::say;

/// The most octets of a password file that are read; its first line is shorter.
const MAX_FILE_OCTETS: u64 = 64 << 10;

/// The passwords of a run.
#[derive(Clone, Debug, Default)]
pub(crate) struct Passwords {
    given: Option<Password>,
    /// Whether a terminal may be asked.
    may_ask: bool,
}

impl Passwords {
    /// Reads what was given, and warns of a password that others can see.
    ///
    /// # Errors
    ///
    /// When a file or variable is not there, or is no text.
    pub(crate) fn new(args: &PasswordArgs) -> Result<Passwords, Failure> {
        let given = match args {
            PasswordArgs { password_file: Some(file), .. } => Some(from_file("--password-file", file)?),
            PasswordArgs { password_env: Some(name), .. } => Some(from_environment("--password-env", name)?),
            PasswordArgs { password: Some(password), .. } => {
                warn_of_all_who_see("--password");
                Some(password.clone())
            }
            _ => None,
        };
        Ok(Passwords::of(given))
    }

    /// Those of several files, in their order: one for all, or one for each.
    ///
    /// # Errors
    ///
    /// As [`Passwords::new`]; or when there are neither one nor as many as files.
    pub(crate) fn of_each(args: &SeveralPasswordArgs, files: usize) -> Result<Vec<Passwords>, Failure> {
        let mut given = Vec::new();
        for file in &args.password_file {
            given.push(from_file("--password-file", file)?);
        }
        for name in &args.password_env {
            given.push(from_environment("--password-env", name)?);
        }
        if !args.password.is_empty() {
            warn_of_all_who_see("--password");
            given.extend(args.password.iter().cloned());
        }
        let found = given.len();
        match given.as_slice() {
            [] => Ok(vec![Passwords::of(None); files]),
            [one] => Ok(vec![Passwords::of(Some(one.clone())); files]),
            _ if found == files => Ok(given.into_iter().map(|one| Passwords::of(Some(one))).collect()),
            _ => Err(Failure::unusable(format!("{found} passwords were given for {files} files"))
                .advice("give one for all of them, or one for each in their order")),
        }
    }

    /// This one, else that of a terminal.
    pub(crate) fn of(given: Option<Password>) -> Passwords {
        Passwords { may_ask: given.is_none() && io::stdin().is_terminal(), given }
    }

    /// The one that was given.
    pub(crate) fn given(&self) -> Option<&Password> {
        self.given.as_ref()
    }

    /// The same, where no terminal is asked.
    pub(crate) fn without_asking(&self) -> Passwords {
        Passwords { may_ask: false, given: self.given.clone() }
    }

    /// Asks a terminal, without showing what is typed; `None` without a terminal, or
    /// when nothing was typed.
    pub(crate) fn ask(&self, whose: &str) -> Option<Password> {
        // What is read from standard input cannot be typed there as well.
        if !self.may_ask || whose == "-" {
            return None;
        }
        let prompt = format!("Password of {} (Enter alone goes on without it): ", certlens_report::escape(whose));
        match rpassword::prompt_password(prompt) {
            Ok(typed) => Some(Password::new(typed)).filter(|typed| !typed.is_empty()),
            Err(error) => {
                say(&format!("note: the terminal cannot be asked for a password: {error}"));
                None
            }
        }
    }
}

/// The new password that an option tells, if one does.
///
/// # Errors
///
/// As [`Passwords::new`].
pub(crate) fn told(args: &NewPasswordArgs) -> Result<Option<Password>, Failure> {
    Ok(match args {
        NewPasswordArgs { new_password_file: Some(file), .. } => Some(from_file("--new-password-file", file)?),
        NewPasswordArgs { new_password_env: Some(name), .. } => Some(from_environment("--new-password-env", name)?),
        NewPasswordArgs { new_password: Some(password), .. } => {
            warn_of_all_who_see("--new-password");
            Some(password.clone())
        }
        _ => None,
    })
}

/// Asks a terminal twice for a new password, without showing what is typed.
///
/// # Errors
///
/// When there is no terminal, when nothing was typed, or twice not the same.
pub(crate) fn ask_new() -> Result<Password, Failure> {
    const ADVICE: &str = "give --new-password-file FILE, whose first line is the password, or --new-password-env NAME";
    if !io::stdin().is_terminal() {
        return Err(Failure::unusable("a password is needed for what is written, and none was given").advice(ADVICE));
    }
    let ask = |prompt: &str| {
        rpassword::prompt_password(prompt).map(Password::new).map_err(|error| {
            Failure::unusable(format!("the terminal cannot be asked for a password: {error}")).advice(ADVICE)
        })
    };
    let typed = ask("New password: ")?;
    if typed.is_empty() {
        return Err(Failure::unusable("no password was typed")
            .advice("--empty-password means the empty one, which protects nothing"));
    }
    if ask("The same again: ")? != typed {
        return Err(Failure::unusable("the two passwords that were typed differ").advice("try again"));
    }
    Ok(typed)
}

fn warn_of_all_who_see(option: &str) {
    say(&format!(
        "warning: {option}: everybody on this machine can see it in the list of processes, and the shell keeps it; give {option}-file or {option}-env"
    ));
}

fn from_file(option: &str, path: &Path) -> Result<Password, Failure> {
    let shown = path.display();
    let failed = |what: String| Failure::unusable(format!("{option} {shown}: {what}"));
    let read = |error: io::Error| failed(format!("cannot be read: {error}"));
    let file = File::open(path).map_err(read)?;
    // Reserved at once: a vector that grows leaves copies behind.
    let mut octets = Zeroizing::new(Vec::with_capacity(MAX_FILE_OCTETS as usize + 1));
    file.take(MAX_FILE_OCTETS + 1).read_to_end(&mut octets).map_err(read)?;
    let octets = octets.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&octets);
    let line = octets.split(|octet| *octet == b'\n').next().unwrap_or_default();
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    if line.len() as u64 > MAX_FILE_OCTETS {
        return Err(failed("its first line is no password: it has more than 65536 octets".to_owned()));
    }
    let text = std::str::from_utf8(line).map_err(|error| {
        failed(format!("byte {}: is not UTF-8", error.valid_up_to())).advice("save the file as UTF-8")
    })?;
    Ok(Password::new(text.to_owned()))
}

fn from_environment(option: &str, name: &str) -> Result<Password, Failure> {
    let failed = |what: &str| Failure::unusable(format!("{option} {name}: {what}"));
    match std::env::var(name) {
        Ok(text) => Ok(Password::new(text)),
        Err(std::env::VarError::NotPresent) => {
            Err(failed("there is no such environment variable").advice("set it, and export it to this process"))
        }
        // The error has the value in it.
        Err(std::env::VarError::NotUnicode(_)) => Err(failed("is not UTF-8")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_of_a_file_is_the_password() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("password");
        for (content, password) in [
            (&b"secret"[..], "secret"),
            (b"secret\n", "secret"),
            (b"secret\r\nmore\n", "secret"),
            (b"\xef\xbb\xbf a b \n", " a b "),
            ("пароль\n".as_bytes(), "пароль"),
            (b"", ""),
            (b"\nsecond", ""),
        ] {
            std::fs::write(&path, content).unwrap();
            assert_eq!(from_file("--password-file", &path).unwrap().expose(), password);
        }
        for (content, word) in [(&b"ab\xff\xfe\n"[..], "byte 2"), (&[b'x'; 70_000][..], "65536")] {
            std::fs::write(&path, content).unwrap();
            let failure = from_file("--password-file", &path).unwrap_err();
            assert!(failure.message.contains(word) && !failure.message.contains("xx"), "{failure}");
        }
        assert!(
            from_file("--password-file", &folder.path().join("none")).unwrap_err().message.contains("cannot be read")
        );
        assert!(from_environment("--password-env", "CERTLENS_NO_SUCH_VARIABLE").is_err());
    }
}
