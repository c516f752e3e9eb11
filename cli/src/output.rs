//! Where a report goes: standard output or a file, text or JSON.

use std::fs;
use std::io::{self, IsTerminal, Write};
use std::path::Path;

use certlens_report::{Charset, Colour, Document, TextOptions, render_text};
use serde::Serialize;

use crate::args::{Format, OutputArgs};
use crate::error::Failure;
use crate::exit::Exit;

/// Columns of a report that goes to no terminal, and the most on one.
const WIDTH: usize = 100;

/// Makes the report in the form asked for, and only in that, and writes it.
///
/// # Errors
///
/// When it cannot be written, or when the output file is one of `inputs`.
pub(crate) fn write<'a, T: Serialize>(
    args: &OutputArgs,
    inputs: impl IntoIterator<Item = &'a String>,
    facts: impl FnOnce() -> T,
    documents: impl FnOnce() -> Vec<Document>,
) -> Result<(), Failure> {
    let to_terminal = file(args).is_none() && io::stdout().is_terminal();
    write_with(args, inputs, || match args.format {
        Format::Json => {
            let mut json = serde_json::to_string_pretty(&facts()).map_err(|error| internal(&error))?;
            json.push('\n');
            Ok(json)
        }
        Format::Certutil => Err(no_certutil()),
        Format::Text => {
            let options = TextOptions {
                width: if to_terminal { terminal_width() } else { WIDTH },
                colour: if to_terminal && colour_wanted(args) { Colour::Ansi } else { Colour::Never },
                charset: Charset::Unicode,
            };
            let mut text = String::new();
            for (index, document) in documents().iter().enumerate() {
                if index > 0 {
                    text.push('\n');
                }
                render_text(document, &options, &mut text).map_err(|error| internal(&error))?;
            }
            Ok(text)
        }
    })
}

/// Refuses `--format certutil` for a command that does not have it, before the work.
///
/// # Errors
///
/// When it is the format.
pub(crate) fn refuse_certutil(format: Format) -> Result<(), Failure> {
    if format == Format::Certutil { Err(no_certutil()) } else { Ok(()) }
}

fn no_certutil() -> Failure {
    Failure::unusable("--format certutil: this command does not have this form")
        .advice("give --format text or --format json")
}

/// Writes a report that the caller makes.
///
/// # Errors
///
/// As [`write()`], and what making it gives.
pub(crate) fn write_with<'a>(
    args: &OutputArgs,
    inputs: impl IntoIterator<Item = &'a String>,
    make: impl FnOnce() -> Result<String, Failure>,
) -> Result<(), Failure> {
    let file = file(args);
    if let Some(path) = file {
        keep_inputs(path, inputs)?;
    }
    let report = make()?;
    match file {
        Some(path) => to_file(path, report.as_bytes(), args.force, Readers::AsUsual),
        None => to_stdout(report.as_bytes()),
    }
}

fn file(args: &OutputArgs) -> Option<&Path> {
    args.output.as_deref().filter(|path| path.as_os_str() != "-")
}

/// Writes octets that are no report.
///
/// # Errors
///
/// As [`write()`]; a terminal gets none.
pub(crate) fn write_octets<'a>(
    args: &OutputArgs,
    inputs: impl IntoIterator<Item = &'a String>,
    octets: &[u8],
) -> Result<(), Failure> {
    match file(args) {
        Some(path) => {
            keep_inputs(path, inputs)?;
            to_file(path, octets, args.force, Readers::AsUsual)
        }
        None if io::stdout().is_terminal() => Err(Failure::unusable("what is written is binary, not for a terminal")
            .advice("give a file with --output, or a pipe")),
        // Not through anstream, which takes out what looks like an escape sequence.
        None => closed_is_done(io::stdout().lock(), octets),
    }
}

/// An input is never overwritten, not even on request.
fn keep_inputs<'a>(path: &Path, inputs: impl IntoIterator<Item = &'a String>) -> Result<(), Failure> {
    let Ok(output) = fs::canonicalize(path) else { return Ok(()) };
    // An input is a file, or any file of a directory.
    let is_input = |input: &String| {
        fs::canonicalize(input).is_ok_and(|input| input == output || Some(input.as_path()) == output.parent())
    };
    if inputs.into_iter().any(is_input) {
        return Err(Failure::unusable(format!("{}: is an input of this command", path.display()))
            .advice("give another name for what is written"));
    }
    Ok(())
}

/// One report in one line, for those that come as a stream.
///
/// # Errors
///
/// When it cannot be made.
pub(crate) fn json_line<T: Serialize>(facts: &T) -> Result<Vec<u8>, Failure> {
    let mut line = serde_json::to_vec(facts).map_err(|error| internal(&error))?;
    line.push(b'\n');
    Ok(line)
}

fn internal(error: &dyn std::fmt::Display) -> Failure {
    Failure { exit: Exit::Internal, message: format!("the report cannot be made: {error}"), advice: None }
}

fn terminal_width() -> usize {
    terminal_size::terminal_size().map_or(WIDTH, |(terminal_size::Width(columns), _)| usize::from(columns).min(WIDTH))
}

/// <https://no-color.org>: any value but an empty one means no colour.
fn colour_wanted(args: &OutputArgs) -> bool {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    !args.no_color && !set("NO_COLOR") && !dumb
}

/// A reader that has seen enough and closes the pipe is no failure.
pub(crate) fn to_stdout(report: &[u8]) -> Result<(), Failure> {
    closed_is_done(anstream::stdout().lock(), report)
}

fn closed_is_done(mut stdout: impl Write, octets: &[u8]) -> Result<(), Failure> {
    match stdout.write_all(octets).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::unusable(format!("standard output cannot be written: {error}")))
        }
        _ => Ok(()),
    }
}

/// Writes octets to a file that is not there yet, or with `force` over one that is.
///
/// # Errors
///
/// When it cannot be written, or is there.
pub(crate) fn octets(path: &Path, octets: &[u8], force: bool) -> Result<(), Failure> {
    to_file(path, octets, force, Readers::AsUsual)
}

/// Writes what only the owner of the file may read; that of another file that is
/// overwritten on request, too.
///
/// # Errors
///
/// When it cannot be written, is there, or is one of `inputs`.
pub(crate) fn private<'a>(
    path: &Path,
    inputs: impl IntoIterator<Item = &'a String>,
    octets: &[u8],
    force: bool,
) -> Result<(), Failure> {
    keep_inputs(path, inputs)?;
    to_file(path, octets, force, Readers::Owner)
}

/// That no file from which a password is read is overwritten.
///
/// # Errors
///
/// The output is one of them.
pub(crate) fn keep_passwords<'a>(
    output: Option<&Path>,
    files: impl IntoIterator<Item = &'a Path>,
) -> Result<(), Failure> {
    let Some(written) = output.and_then(|path| fs::canonicalize(path).ok()) else { return Ok(()) };
    let mut files = files.into_iter().filter_map(|file| fs::canonicalize(file).ok());
    match (files.any(|file| file == written), output) {
        (true, Some(path)) => Err(Failure::unusable(format!("{}: a password is read from it", path.display()))
            .advice("give another name for what is written")),
        _ => Ok(()),
    }
}

/// Refuses what writing there would refuse at last, before there is work for it.
///
/// # Errors
///
/// When the file is there, is one of `inputs`, or no file.
pub(crate) fn expect_new<'a>(
    path: &Path,
    inputs: impl IntoIterator<Item = &'a String>,
    force: bool,
) -> Result<(), Failure> {
    if path.as_os_str() == "-" {
        return Err(Failure::unusable("-: this is written to a file").advice("give the name of a file"));
    }
    keep_inputs(path, inputs)?;
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_file() && !force => Err(exists(path)),
        // A directory is refused by whatever is written there.
        Ok(metadata) if !metadata.is_file() && !metadata.is_dir() => Err(no_file(path)),
        _ => Ok(()),
    }
}

/// The same for a file beside the report, for which there is no `--force`.
///
/// # Errors
///
/// As [`expect_new`].
pub(crate) fn expect_absent<'a>(path: &Path, inputs: impl IntoIterator<Item = &'a String>) -> Result<(), Failure> {
    let other_name = |failure: Failure| Failure { advice: Some("give another name".to_owned()), ..failure };
    expect_new(path, inputs, false).map_err(other_name)
}

fn exists(path: &Path) -> Failure {
    Failure::unusable(format!("{}: exists already", path.display())).advice("give --force to overwrite it")
}

/// A device or pipe, whose readers are others.
fn no_file(path: &Path) -> Failure {
    Failure::unusable(format!(
        "{}: is a device or a pipe, and this is for nobody but its owner to read",
        path.display()
    ))
    .advice("give the name of a file")
}

/// Who may read a file that is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Readers {
    /// Whoever may as a rule.
    AsUsual,
    /// Nobody but its owner.
    Owner,
}

impl Readers {
    /// Opens a file that is not there yet.
    fn create(self, path: &Path) -> io::Result<fs::File> {
        let mut options = fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        if self == Readers::Owner {
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        }
        options.open(path)
    }
}

/// Writes beside the file and renames, so that there is never half a report. A
/// device or pipe is written to as it is; a link is followed.
fn to_file(path: &Path, report: &[u8], force: bool, readers: Readers) -> Result<(), Failure> {
    let shown = path.display();
    let failed = |error: io::Error| Failure::unusable(format!("{shown}: cannot be written: {error}"));
    let there = fs::metadata(path).ok();
    if there.as_ref().is_some_and(fs::Metadata::is_dir) {
        return Err(Failure::unusable(format!("{shown}: is a directory")).advice("give the name of a file in it"));
    }
    if there.as_ref().is_some_and(|metadata| !metadata.is_file()) {
        if readers == Readers::Owner {
            return Err(no_file(path));
        }
        let mut device = fs::OpenOptions::new().write(true).open(path).map_err(failed)?;
        return device.write_all(report).map_err(failed);
    }
    let path = &if there.is_some() { fs::canonicalize(path).map_err(failed)? } else { path.to_owned() };
    let name = path.file_name().ok_or_else(|| Failure::unusable(format!("{shown}: is not the name of a file")))?;
    let mut beside = name.to_os_string();
    beside.push(format!(".{}.part", std::process::id()));
    let beside = path.with_file_name(beside);
    let mut part = readers.create(&beside).map_err(failed)?;
    let mut written = part.write_all(report).and_then(|()| part.sync_all());
    if let (Some(there), Readers::AsUsual) = (there, readers) {
        written = written.and_then(|()| part.set_permissions(there.permissions()));
    }
    drop(part);
    let placed = written.and_then(|()| if force { fs::rename(&beside, path) } else { place_new(&beside, path) });
    placed.map_err(|error| {
        // Nothing can be done if the unfinished part cannot be removed either.
        let _ = fs::remove_file(&beside);
        if error.kind() == io::ErrorKind::AlreadyExists {
            return exists(path);
        }
        failed(error)
    })
}

/// A hard link fails when the name is taken, where renaming would replace it.
fn place_new(part: &Path, path: &Path) -> io::Result<()> {
    match fs::hard_link(part, path) {
        Ok(()) => fs::remove_file(part),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
        // File systems without hard links: the window between look and rename is all that is left.
        Err(_) if path.exists() => Err(io::Error::from(io::ErrorKind::AlreadyExists)),
        Err(_) => fs::rename(part, path),
    }
}
