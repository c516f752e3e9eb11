//! Octets of files and of standard input, before anybody looks into them.

use std::fs;
use std::io::{self, Read};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use certlens_core::encoding::input::{InputError, MAX_INPUT_OCTETS};
use zeroize::Zeroizing;

use crate::address::{is_endpoint, looks_like_host};
use crate::error::Failure;
use crate::spelling::edits;

/// The most files that one directory may hold; a trust store has a few hundred.
pub(crate) const MAX_DIRECTORY_ENTRIES: usize = 10_000;

/// Reads one file or `-` without looking into it; a private key may be in it.
///
/// # Errors
///
/// When it cannot be read, is a directory, or is larger than any input may be.
pub(crate) fn octets(name: &str) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let read = if name == "-" { standard_input() } else { file(of_name(name)?) };
    read.map_err(|error| error.into_failure(name))
}

/// The path of a file that is there.
///
/// # Errors
///
/// When it is not, or is a directory.
pub(crate) fn of_name(name: &str) -> Result<&Path, Failure> {
    let metadata = fs::metadata(name).map_err(|error| not_there(name, &error))?;
    match metadata.is_dir() {
        true => Err(Failure::unusable(format!("{name}: is a directory")).advice("give the files in it")),
        false => Ok(Path::new(name)),
    }
}

/// Reads standard input to its end; once in a run.
///
/// # Errors
///
/// When it cannot be read, was read before, or is larger than any input may be.
pub(crate) fn standard_input() -> Result<Zeroizing<Vec<u8>>, ReadError> {
    within(standard_input_up_to(MAX_INPUT_OCTETS + 1).map_err(ReadError::Io)?)
}

/// Reads a file to its end.
///
/// # Errors
///
/// When it cannot be read, or is larger than any input may be.
pub(crate) fn file(path: &Path) -> Result<Zeroizing<Vec<u8>>, ReadError> {
    let handle = fs::File::open(path).map_err(ReadError::Io)?;
    let size = handle.metadata().map_or(0, |metadata| metadata.len());
    if size > MAX_INPUT_OCTETS as u64 {
        return Err(ReadError::TooLarge(usize::try_from(size).unwrap_or(usize::MAX)));
    }
    // One octet more than allowed, so that a pipe or a growing file is refused and not cut.
    let read = read_up_to(handle, usize::try_from(size).unwrap_or(0), MAX_INPUT_OCTETS + 1);
    within(read.map_err(ReadError::Io)?)
}

fn within(octets: Zeroizing<Vec<u8>>) -> Result<Zeroizing<Vec<u8>>, ReadError> {
    match octets.len() {
        size if size > MAX_INPUT_OCTETS => Err(ReadError::TooLarge(size)),
        _ => Ok(octets),
    }
}

/// Why octets were not read.
pub(crate) enum ReadError {
    Io(io::Error),
    /// So many octets are more than any input may have.
    TooLarge(usize),
}

impl ReadError {
    pub(crate) fn into_failure(self, name: &str) -> Failure {
        match self {
            ReadError::Io(error) if name == "-" => Failure::unusable(format!("standard input cannot be read: {error}")),
            ReadError::Io(error) => Failure::unusable(format!("{name}: {}", reason(&error))),
            ReadError::TooLarge(octets) => refuse(name, &InputError::TooLarge { octets }),
        }
    }
}

/// Reads standard input to its end, or to a limit; once in a run.
///
/// # Errors
///
/// When it cannot be read, or was read before.
pub(crate) fn standard_input_up_to(limit: usize) -> io::Result<Zeroizing<Vec<u8>>> {
    static IS_READ: AtomicBool = AtomicBool::new(false);
    if IS_READ.swap(true, Ordering::Relaxed) {
        return Err(io::Error::other("it can be read once, but is given several times"));
    }
    read_up_to(unbuffered_standard_input()?, 0, limit)
}

/// Standard input without the buffer of the standard library, which nobody overwrites.
#[cfg(unix)]
fn unbuffered_standard_input() -> io::Result<impl Read> {
    use std::os::fd::AsFd;
    io::stdin().as_fd().try_clone_to_owned().map(fs::File::from)
}

#[cfg(windows)]
fn unbuffered_standard_input() -> io::Result<impl Read> {
    use std::os::windows::io::AsHandle;
    io::stdin().as_handle().try_clone_to_owned().map(fs::File::from)
}

#[cfg(not(any(unix, windows)))]
fn unbuffered_standard_input() -> io::Result<impl Read> {
    Ok(io::stdin().lock())
}

/// Reads to the end, or to a limit; `expected` octets are reserved at first. It may be a
/// private key: a vector that grows by itself leaves copies behind, so what is outgrown
/// is overwritten here.
///
/// # Errors
///
/// As reading has them.
pub(crate) fn read_up_to(mut source: impl Read, expected: usize, limit: usize) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut octets = Zeroizing::new(vec![0; expected.saturating_add(1).max(FIRST_OCTETS).min(limit)]);
    let mut filled = 0;
    while filled < limit {
        if filled == octets.len() {
            let mut larger = Zeroizing::new(vec![0; filled.saturating_mul(2).min(limit)]);
            if let Some(start) = larger.get_mut(..filled) {
                start.copy_from_slice(&octets);
            }
            octets = larger;
        }
        match source.read(octets.get_mut(filled..).unwrap_or_default()) {
            Ok(0) => break,
            Ok(more) => filled += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    octets.truncate(filled);
    Ok(octets)
}

/// What is reserved for a source of unknown size.
const FIRST_OCTETS: usize = 16 << 10;

/// That standard input is named once.
///
/// # Errors
///
/// It is named more often.
pub(crate) fn one_standard_input<'a>(names: impl IntoIterator<Item = &'a String>) -> Result<(), Failure> {
    match names.into_iter().filter(|name| *name == "-").count() {
        0 | 1 => Ok(()),
        _ => Err(Failure::unusable("-: standard input can be read once, but is given several times")),
    }
}

/// An input error with the file's name.
pub(crate) fn refuse(name: &str, error: &InputError) -> Failure {
    Failure::unusable(format!("{}: {error}", shown(name))).advice(error.advice())
}

/// The name for a sentence.
pub(crate) fn shown(name: &str) -> &str {
    if name == "-" { "standard input" } else { name }
}

pub(crate) fn not_there(name: &str, error: &io::Error) -> Failure {
    // It may be a URL, with a password.
    let shown = if name.contains("://") { certlens_fetch::shown(name) } else { name.to_owned() };
    let name = shown.as_str();
    let failure = Failure::unusable(format!("{name}: {}", reason(error)));
    if error.kind() != io::ErrorKind::NotFound {
        return failure;
    }
    let path = name.split_once("://").and_then(|(_, rest)| rest.split_once('/')).map(|(_, path)| path);
    if path.is_some_and(|path| !path.is_empty()) {
        return failure.advice(format!("this takes files; `certlens url {}` asks a URL", crate::shell::quote(name)));
    }
    if is_endpoint(name) {
        let name = crate::shell::quote(&certlens_fetch::shown(name));
        return failure.advice(format!(
            "this takes files; `certlens probe {name} --save-chain chain.pem` looks at an endpoint and keeps what it sends"
        ));
    }
    match nearest(name) {
        Some(near) => failure.advice(format!("did you mean {near}?")),
        None if looks_like_host(name) => failure.advice(format!(
            "check the name and the directory you are in; for an endpoint write tls://{name}, as `certlens verify tls://{name}`"
        )),
        None => failure.advice("check the name and the directory you are in"),
    }
}

pub(crate) fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "you may not read this file".to_owned(),
        _ => format!("cannot be read: {error}"),
    }
}

/// A file of the same directory whose name differs by little.
fn nearest(name: &str) -> Option<String> {
    let path = Path::new(name);
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let wanted = path.file_name()?.to_str()?;
    let names = fs::read_dir(parent)
        .ok()?
        .take(MAX_DIRECTORY_ENTRIES)
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let near = names
        .map(|other| (edits(wanted, &other), other))
        .filter(|(edits, _)| (1..=2.min(wanted.len() / 3)).contains(edits))
        .min()?;
    Some(path.with_file_name(near.1).display().to_string())
}

#[cfg(test)]
mod tests {
    use super::{FIRST_OCTETS, read_up_to};

    /// Whatever the size that was expected, and in whichever pieces it comes.
    #[test]
    fn a_source_is_read_to_its_end_or_its_limit() {
        struct Pieces<'a>(&'a [u8]);
        impl std::io::Read for Pieces<'_> {
            fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
                let (piece, rest) = self.0.split_at(self.0.len().min(into.len()).min(1_000));
                into[..piece.len()].copy_from_slice(piece);
                self.0 = rest;
                Ok(piece.len())
            }
        }
        for size in [0, 1, 999, FIRST_OCTETS - 1, FIRST_OCTETS, FIRST_OCTETS + 1, 5 * FIRST_OCTETS] {
            let all: Vec<u8> = (0..size).map(|at| (at % 251) as u8).collect();
            for expected in [0, size, 2 * size] {
                for limit in [1, size, size + 1, 100 * FIRST_OCTETS] {
                    let read = read_up_to(Pieces(&all), expected, limit).unwrap();
                    assert_eq!(*read, all[..size.min(limit)], "{size} {expected} {limit}");
                }
            }
        }
    }
}
