//! Passwords: from where they were told to come, or from a terminal.
//!
//! They go nowhere but to what they open.

use std::fs::File;
use std::io::{self, IsTerminal};
use std::path::Path;

use certlens_keystore::secret::Password;
use zeroize::Zeroizing;

use crate::args::{NewPasswordArgs, PasswordArgs, SeveralPasswordArgs};
use crate::error::Failure;
use crate::read;
use crate::say;
use crate::shell::quote;

/// The most octets of a password file that are read; its first line is shorter.
const MAX_FILE_OCTETS: usize = 64 << 10;

/// The passwords of a run.
#[derive(Clone, Debug, Default)]
pub(crate) struct Passwords {
    given: Option<Password>,
    /// From where, as options of the next command.
    options: String,
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
        let options = options(args.password_file.as_deref(), args.password_env.as_deref());
        Ok(Passwords { options: options.unwrap_or_default(), ..Passwords::of(given) })
    }

    /// Those of several files, in their order: one for all, or one for each.
    ///
    /// # Errors
    ///
    /// As [`Passwords::new`]; or when there are neither one nor as many as files.
    pub(crate) fn of_each(args: &SeveralPasswordArgs, files: usize) -> Result<Vec<Passwords>, Failure> {
        let mut given = Vec::new();
        for file in &args.password_file {
            given.push((from_file("--password-file", file)?, options(Some(file), None)));
        }
        for name in &args.password_env {
            given.push((from_environment("--password-env", name)?, options(None, Some(name))));
        }
        if !args.password.is_empty() {
            warn_of_all_who_see("--password");
            given.extend(args.password.iter().cloned().map(|password| (password, None)));
        }
        let found = given.len();
        let one = |(given, options): (Password, Option<String>)| Passwords {
            options: options.unwrap_or_default(),
            ..Passwords::of(Some(given))
        };
        match given.as_slice() {
            [] => Ok(vec![Passwords::of(None); files]),
            [single] => Ok(vec![one(single.clone()); files]),
            _ if found == files => Ok(given.into_iter().map(one).collect()),
            _ => Err(Failure::unusable(format!("{found} passwords were given for {files} files"))
                .advice("give one for all of them, or one for each in their order")),
        }
    }

    /// This one, else that of a terminal.
    pub(crate) fn of(given: Option<Password>) -> Passwords {
        Passwords { may_ask: given.is_none() && io::stdin().is_terminal(), given, options: String::new() }
    }

    /// The one that was given.
    pub(crate) fn given(&self) -> Option<&Password> {
        self.given.as_ref()
    }

    /// The options by which a later command has it from where it was given, with a
    /// space before them; empty when it was not, or is not to be seen.
    pub(crate) fn options(&self) -> &str {
        &self.options
    }

    /// The same, where no terminal is asked.
    pub(crate) fn without_asking(&self) -> Passwords {
        Passwords { may_ask: false, ..self.clone() }
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

/// The password that `OPTION-file` or `OPTION-env` tells, if one does.
///
/// # Errors
///
/// As [`Passwords::new`].
pub(crate) fn told_by(option: &str, file: Option<&Path>, variable: Option<&str>) -> Result<Option<Password>, Failure> {
    match (file, variable) {
        (Some(file), _) => from_file(&format!("{option}-file"), file).map(Some),
        (None, Some(name)) => from_environment(&format!("{option}-env"), name).map(Some),
        (None, None) => Ok(None),
    }
}

/// Asks a terminal twice for a new password, without showing what is typed.
///
/// # Errors
///
/// When there is no terminal, when nothing was typed, or twice not the same.
pub(crate) fn ask_new() -> Result<Password, Failure> {
    const ADVICE: &str = "give --new-password-file FILE, whose first line is the password, or --new-password-env NAME";
    if !io::stdin().is_terminal() {
        return Err(Failure::unusable(
            "a password is needed for what is written, and there is no terminal to ask for it",
        )
        .advice(ADVICE));
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

/// The options for a password that is in a file or a variable; none for one that came
/// from standard input, where it is not there again.
pub(crate) fn options(file: Option<&Path>, variable: Option<&str>) -> Option<String> {
    let file = file
        .filter(|file| *file != Path::new("-"))
        .map(|file| format!(" --password-file {}", quote(&file.display().to_string())));
    file.or_else(|| Some(format!(" --password-env {}", quote(variable?))))
}

fn warn_of_all_who_see(option: &str) {
    say(&format!(
        "warning: {option}: everybody on this machine can see it in the list of processes, and the shell keeps it; give {option}-file or {option}-env"
    ));
}

fn from_file(option: &str, path: &Path) -> Result<Password, Failure> {
    let shown = if path == Path::new("-") { "-: standard input".to_owned() } else { path.display().to_string() };
    let failed = |what: String| Failure::unusable(format!("{option} {shown}: {what}"));
    let read = |error: io::Error| failed(format!("cannot be read: {error}"));
    let octets = if path != Path::new("-") {
        let file = File::open(path).map_err(read)?;
        read::read_up_to(file, MAX_FILE_OCTETS, MAX_FILE_OCTETS + 1).map_err(read)?
    } else if io::stdin().is_terminal() {
        return Err(failed("is a terminal, which shows what is typed".to_owned())
            .advice(format!("leave {option} out, and the terminal is asked without showing it")));
    } else {
        read::standard_input_up_to(MAX_FILE_OCTETS + 1).map_err(read)?
    };
    first_line(&octets).map_err(|error| match error {
        NoPassword::Long => failed(format!("its first line is no password: it has more than {MAX_FILE_OCTETS} octets")),
        NoPassword::NotText { offset, encoding } => {
            failed(format!("byte {offset}: is not {encoding}")).advice("save the file as UTF-8")
        }
        NoPassword::Nul { offset } => failed(format!("byte {offset}: is zero, and no password has such a character"))
            .advice("save the file as UTF-8: it may be UTF-16 without the mark by which that is known"),
    })
}

/// Why the first line of a file is no password.
#[derive(Debug, PartialEq, Eq)]
enum NoPassword {
    Long,
    NotText { offset: usize, encoding: &'static str },
    Nul { offset: usize },
}

/// The first line of a file, in UTF-8, or in UTF-16 with its mark, as the redirections
/// of Windows PowerShell write it.
fn first_line(octets: &[u8]) -> Result<Password, NoPassword> {
    let line = match octets {
        [0xff, 0xfe, rest @ ..] => utf16_line(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16_line(rest, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => utf8_line(rest, 3),
        all => utf8_line(all, 0),
    };
    line.map(Password::new)
}

fn utf8_line(octets: &[u8], start: usize) -> Result<String, NoPassword> {
    let line = octets.split(|octet| *octet == b'\n').next().unwrap_or_default();
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    if line.len() > MAX_FILE_OCTETS {
        return Err(NoPassword::Long);
    }
    let text = std::str::from_utf8(line)
        .map_err(|error| NoPassword::NotText { offset: start + error.valid_up_to(), encoding: "UTF-8" })?;
    match text.find('\0') {
        Some(at) => Err(NoPassword::Nul { offset: start + at }),
        None => Ok(text.to_owned()),
    }
}

/// `octets` stand behind the mark.
fn utf16_line(octets: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, NoPassword> {
    let (pairs, odd) = octets.as_chunks::<2>();
    // Reserved at once, three octets a unit at most: a string that grows leaves copies behind.
    let mut line = Zeroizing::new(String::with_capacity(3 * pairs.len()));
    let mut offset = 2;
    let mut is_ended = false;
    for decoded in char::decode_utf16(pairs.iter().map(|pair| unit(*pair))) {
        match decoded {
            Ok('\n') => {
                is_ended = true;
                break;
            }
            Ok('\0') => return Err(NoPassword::Nul { offset }),
            Ok(character) => {
                line.push(character);
                offset += 2 * character.len_utf16();
            }
            Err(_) => return Err(NoPassword::NotText { offset, encoding: "UTF-16" }),
        }
    }
    if !is_ended && octets.len() + 2 > MAX_FILE_OCTETS {
        return Err(NoPassword::Long);
    }
    if !is_ended && !odd.is_empty() {
        return Err(NoPassword::NotText { offset, encoding: "UTF-16" });
    }
    if line.ends_with('\r') {
        line.pop();
    }
    Ok(std::mem::take(&mut *line))
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
            // As `echo secret > password` of Windows PowerShell writes it.
            (b"\xff\xfes\0e\0c\0\r\0\n\0x\0", "sec"),
            (b"\xfe\xff\0s\x20\xac", "s\u{20ac}"),
            (b"\xff\xfe\x3d\xd8\x0e\xde\n\0\xff", "\u{1f60e}"),
            (b"\xff\xfe", ""),
        ] {
            std::fs::write(&path, content).unwrap();
            assert_eq!(from_file("--password-file", &path).unwrap().expose(), password);
        }
        for (content, word) in [
            (&b"ab\xff\xfe\n"[..], "byte 2: is not UTF-8"),
            (b"\xef\xbb\xbfa\xff\n", "byte 4: is not UTF-8"),
            (b"\xff\xfea\0\x3d\xd8\n\0", "byte 4: is not UTF-16"),
            (b"\xff\xfea\0b", "byte 4: is not UTF-16"),
            // UTF-16 without its mark.
            (b"a\0b\0\n\0", "byte 1: is zero"),
            (&[b'x'; 70_000][..], "65536"),
            (&[[0xff, 0xfe], [b'x', b'x']].concat().repeat(20_000)[..], "65536"),
        ] {
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
