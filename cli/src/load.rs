//! From arguments to objects: files, directories and standard input.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use certlens_core::encoding::der::DerError;
use certlens_core::encoding::input::{self, Armor, Input, InputObject, MAX_INPUT_OCTETS};
use certlens_core::encoding::sniff::ObjectKind;
use certlens_core::finding::{Code, Finding, Severity};
use certlens_core::origin::Origin;
use certlens_core::pool::Sourced;
use certlens_core::x509::Certificate;
use certlens_keystore::inventory::Inventory;
use certlens_keystore::pfx::{PfxError, Position};
use zeroize::{Zeroize, Zeroizing};

use crate::endpoint::is_endpoint;
use crate::error::Failure;
use crate::password::Passwords;
use crate::pfx::{self, PfxFile, shown};

/// The most files that one directory may hold; a trust store has a few hundred.
const MAX_DIRECTORY_ENTRIES: usize = 10_000;

/// The most octets that the files of one directory may have together.
const MAX_DIRECTORY_OCTETS: usize = 256 << 20;

/// One readable source: a file or standard input.
pub(crate) struct Source {
    /// The name as given, `-` for standard input.
    pub(crate) name: String,
    /// Its size in octets.
    size: usize,
    /// What was in it.
    pub(crate) input: Input,
    /// Whether the user named it, and did not only name its directory.
    pub(crate) named: bool,
    /// The PFX in it, opened as far as the passwords at hand open it; its certificates
    /// are in `input`.
    pub(crate) pfx: Option<Unpacked>,
}

/// A PFX whose certificates were taken out.
pub(crate) struct Unpacked {
    pub(crate) file: PfxFile,
    /// Which object of the input came out of which bag.
    bags: BTreeMap<usize, Position>,
    /// The objects of the input that are certificates whose private key is in the file.
    pub(crate) with_key: Vec<usize>,
}

/// A certificate with its octets, or why it cannot be read.
pub(crate) enum Loaded {
    Read(Sourced),
    Refused { origin: Origin, der: Vec<u8>, error: DerError, message: String },
}

impl Source {
    pub(crate) fn origin(&self, index: usize) -> Origin {
        if let Some(pfx) = &self.pfx
            && let Some(position) = pfx.bags.get(&index)
        {
            return pfx.file.origin(*position);
        }
        let count = self.input.objects.len();
        if self.name == "-" {
            Origin::StandardInput { index, count }
        } else {
            Origin::File { path: self.name.clone(), index, count }
        }
    }

    /// The certificates in it, in order.
    pub(crate) fn certificates(&self) -> impl Iterator<Item = Loaded> {
        self.input.certificates().map(|object| {
            let origin = self.origin(object.index);
            match Certificate::from_der(&object.der) {
                Ok(certificate) => Loaded::Read(Sourced { certificate, origin }),
                Err(error) => {
                    let in_pfx = matches!(origin, Origin::PfxBag { .. });
                    let place = match (&object.armor, object.pkcs7_offset) {
                        _ if in_pfx => String::new(),
                        (Armor::Binary, None) if object.offset > 0 => {
                            format!(" (from byte {} of the file)", object.offset)
                        }
                        (Armor::Binary, None) => String::new(),
                        (_, None) => format!(" of the block at byte {} of the file", object.offset),
                        (_, Some(inner)) => format!(" of the certificate at byte {inner} of the PKCS#7"),
                    };
                    let message = format!("the certificate cannot be read: {error}{place}");
                    Loaded::Refused { origin, der: object.der.clone(), error, message }
                }
            }
        })
    }

    /// Whether it holds no certificate, read or not.
    pub(crate) fn is_without_certificate(&self) -> bool {
        self.input.certificates().next().is_none()
    }

    /// Whether something in it could not be read.
    pub(crate) fn is_damaged(&self) -> bool {
        self.input.first_damage.is_some() || self.pfx.as_ref().is_some_and(|pfx| pfx.file.failure().is_some())
    }

    /// That it has certificates.
    ///
    /// # Errors
    ///
    /// When it has none, or is a PFX that does not open with what was given, because
    /// then the certificate meant may be among what is still encrypted.
    pub(crate) fn require_certificates(&self) -> Result<(), Failure> {
        if let Some(failure) = self.pfx.as_ref().and_then(|pfx| pfx.file.locked_certificates()) {
            return Err(failure);
        }
        self.input.require_certificates().map(drop).map_err(|error| match &self.pfx {
            Some(_) => Failure::unusable(format!("{}: there is no certificate in the PFX", shown(&self.name)))
                .advice(format!("`certlens pfx inspect {}` shows what is in it", crate::shell::quote(&self.name))),
            None => refuse(&self.name, &error),
        })
    }

    /// Why the certificate meant to be the target may be one that could not be
    /// read: something damaged stands before the first one, or anywhere where
    /// order means nothing. A block that breaks off is noticed where the next
    /// one starts.
    pub(crate) fn lost_target(&self) -> Option<String> {
        let first = self.input.certificates().next()?.offset;
        let damage = self.input.first_damage.filter(|damage| *damage <= first || self.is_unordered())?;
        let listed = self.input.problems.iter().find(|problem| problem.offset == damage && !problem.kind.is_note());
        let what = listed.map_or_else(|| format!("byte {damage}: something is damaged"), ToString::to_string);
        Some(format!("{}: {what}", shown(&self.name)))
    }

    /// Whether the order of its certificates means nothing.
    pub(crate) fn is_unordered(&self) -> bool {
        self.pfx.is_some() || self.input.certificates().any(|object| object.pkcs7_offset.is_some())
    }

    /// What else was in it, as findings.
    pub(crate) fn problems(&self) -> impl Iterator<Item = Finding> {
        let shown = shown(&self.name);
        let omitted = (self.input.problems_omitted > 0).then(|| {
            let message = format!("{shown}: {} further problems are not listed", self.input.problems_omitted);
            Finding::new(Code::CertificateUnreadable, Severity::Warning, message)
        });
        let listed = self.input.problems.iter().map(move |problem| {
            let (code, severity) = if problem.kind.is_note() {
                (Code::InputIgnored, Severity::Info)
            } else {
                (Code::CertificateUnreadable, Severity::Warning)
            };
            Finding::new(code, severity, format!("{shown}: {problem}"))
        });
        // Of a key: what is left of certificates is refused.
        let in_pfx = self
            .pfx
            .as_ref()
            .and_then(|pfx| pfx.file.failure())
            .map(|failure| Finding::new(Code::CertificateUnreadable, Severity::Warning, failure.message));
        listed.chain(omitted).chain(in_pfx)
    }
}

/// What one argument gave.
pub(crate) struct Argument {
    /// What could be read.
    pub(crate) sources: Vec<Source>,
    /// Files of a directory that look like certificates and could not be read.
    pub(crate) not_read: Vec<(String, Failure)>,
}

impl Argument {
    fn one(source: Source) -> Self {
        Argument { sources: vec![source], not_read: Vec::new() }
    }

    /// Files that could not be read, as findings.
    pub(crate) fn findings(&self) -> impl Iterator<Item = Finding> {
        self.not_read
            .iter()
            .map(|(_, failure)| Finding::new(Code::CertificateUnreadable, Severity::Warning, failure.message.clone()))
    }
}

/// Why a file gave nothing.
enum FileError {
    Io(io::Error),
    Input(input::InputError),
    Pfx(PfxError),
}

impl FileError {
    fn into_failure(self, name: &str) -> Failure {
        match self {
            FileError::Io(error) if name == "-" => Failure::unusable(format!("standard input cannot be read: {error}")),
            FileError::Io(error) => Failure::unusable(format!("{name}: {}", reason(&error))),
            FileError::Input(error) => refuse(name, &error),
            FileError::Pfx(error) => pfx::refuse(name, &error),
        }
    }
}

/// Reads one argument: a file, a directory or `-`.
///
/// # Errors
///
/// When it cannot be read or holds nothing of use.
pub(crate) fn argument(name: &str) -> Result<Argument, Failure> {
    argument_with(name, ObjectKind::Certificate, "a certificate")
}

/// The same, with the certificates of PFX files, which are opened with these passwords.
///
/// # Errors
///
/// As [`argument`]; a wrong password is none here, but of [`Source::require_certificates`].
pub(crate) fn argument_opened(name: &str, passwords: &Passwords) -> Result<Argument, Failure> {
    read_argument(name, ObjectKind::Certificate, "a certificate", Some(passwords))
}

/// The same, where a directory must hold something of this kind, named for a sentence.
///
/// # Errors
///
/// As [`argument`].
pub(crate) fn argument_with(name: &str, kind: ObjectKind, what: &str) -> Result<Argument, Failure> {
    read_argument(name, kind, what, None)
}

fn read_argument(name: &str, kind: ObjectKind, what: &str, passwords: Option<&Passwords>) -> Result<Argument, Failure> {
    if name == "-" {
        return Ok(Argument::one(standard_input(passwords).map_err(|error| error.into_failure(name))?));
    }
    let path = Path::new(name);
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => directory(path, kind, what, passwords),
        Ok(_) => Ok(Argument::one(file(name, path, true, passwords).map_err(|error| error.into_failure(name))?)),
        Err(error) => Err(not_there(name, &error)),
    }
}

/// Reads one file or `-`, in which something else than a certificate is expected.
///
/// # Errors
///
/// When it cannot be read or holds nothing of use, or when it is a directory.
pub(crate) fn one(name: &str, expected: &str) -> Result<Source, Failure> {
    let read = if name == "-" {
        standard_input(None)
    } else {
        let metadata = fs::metadata(name).map_err(|error| not_there(name, &error))?;
        if metadata.is_dir() {
            return Err(Failure::unusable(format!("{name}: is a directory")).advice("give the files in it"));
        }
        file(name, Path::new(name), true, None)
    };
    read.map_err(|error| match error {
        FileError::Input(input::InputError::Unrecognised { kind }) => {
            let message = format!("{}: the file is {}; expected {expected}", shown(name), kind.describe());
            let failure = Failure::unusable(message);
            match kind {
                ObjectKind::Html => {
                    failure.advice("a server or proxy sent a page instead: open the file in a browser to see why")
                }
                ObjectKind::Empty | ObjectKind::AllZeros => failure.advice("copy or download the file again"),
                _ => failure.advice(format!("give a file with {expected}, as DER, PEM or base64")),
            }
        }
        error => error.into_failure(name),
    })
}

fn standard_input(passwords: Option<&Passwords>) -> Result<Source, FileError> {
    let octets = standard_input_octets().map_err(FileError::Io)?;
    source("-", &octets, true, passwords)
}

fn standard_input_octets() -> io::Result<Zeroizing<Vec<u8>>> {
    standard_input_up_to(MAX_INPUT_OCTETS + 1)
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

/// Reads one file or `-` without looking into it; a private key may be in it.
///
/// # Errors
///
/// When it cannot be read, is a directory, or is larger than any input may be.
pub(crate) fn octets(name: &str) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let read = if name == "-" {
        standard_input_octets().map_err(FileError::Io)
    } else {
        let metadata = fs::metadata(name).map_err(|error| not_there(name, &error))?;
        if metadata.is_dir() {
            return Err(Failure::unusable(format!("{name}: is a directory")).advice("give the files in it"));
        }
        file_octets(Path::new(name))
    };
    match read {
        Ok(octets) if octets.len() > MAX_INPUT_OCTETS => {
            Err(FileError::Input(input::InputError::TooLarge { octets: octets.len() }).into_failure(name))
        }
        read => read.map_err(|error| error.into_failure(name)),
    }
}

fn not_there(name: &str, error: &io::Error) -> Failure {
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

fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "you may not read this file".to_owned(),
        _ => format!("cannot be read: {error}"),
    }
}

/// Whether a word may be the name of a host: labels with dots, of which the last is none
/// that files of certificates end with.
fn looks_like_host(name: &str) -> bool {
    let endings =
        ["pem", "crt", "cer", "der", "p7b", "p7c", "pfx", "p12", "crl", "key", "txt", "json", "xml", "config", "conf"];
    let is_label =
        |label: &str| !label.is_empty() && label.bytes().all(|octet| octet.is_ascii_alphanumeric() || octet == b'-');
    name == "localhost"
        || name.rsplit_once('.').is_some_and(|(head, last)| {
            head.split('.').all(is_label) && is_label(last) && !endings.contains(&last.to_ascii_lowercase().as_str())
        })
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

/// Levenshtein distance; file names are short.
pub(crate) fn edits(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (line, left) in one.chars().enumerate() {
        let mut diagonal = line;
        let mut before = line + 1;
        for (right, cell) in other.iter().zip(row.iter_mut().skip(1)) {
            let replaced = diagonal + usize::from(left != *right);
            diagonal = *cell;
            before = replaced.min(before + 1).min(*cell + 1);
            *cell = before;
        }
        if let Some(first) = row.first_mut() {
            *first = line + 1;
        }
    }
    row.last().copied().unwrap_or(0)
}

fn file(name: &str, path: &Path, named: bool, passwords: Option<&Passwords>) -> Result<Source, FileError> {
    let octets = file_octets(path)?;
    source(name, &octets, named, passwords)
}

fn file_octets(path: &Path) -> Result<Zeroizing<Vec<u8>>, FileError> {
    let handle = fs::File::open(path).map_err(FileError::Io)?;
    let size = handle.metadata().map_or(0, |metadata| metadata.len());
    if size > MAX_INPUT_OCTETS as u64 {
        let octets = usize::try_from(size).unwrap_or(usize::MAX);
        return Err(FileError::Input(input::InputError::TooLarge { octets }));
    }
    // One octet more than allowed, so that a pipe or a growing file is refused and not cut.
    read_up_to(handle, usize::try_from(size).unwrap_or(0), MAX_INPUT_OCTETS + 1).map_err(FileError::Io)
}

/// What octets of this name hold; what is in a PFX file is not looked into.
///
/// # Errors
///
/// When that is nothing of use.
pub(crate) fn of_octets(name: &str, octets: &[u8]) -> Result<Source, Failure> {
    source(name, octets, true, None).map_err(|error| error.into_failure(name))
}

fn source(name: &str, octets: &[u8], named: bool, passwords: Option<&Passwords>) -> Result<Source, FileError> {
    let mut input = input::read(octets).map_err(FileError::Input)?;
    let has_pfx = input.objects.iter().any(|object| object.kind == ObjectKind::Pfx);
    let pfx = match passwords {
        Some(passwords) if has_pfx => Some(unpack(name, octets, passwords, &mut input).map_err(FileError::Pfx)?),
        _ => None,
    };
    Ok(Source { name: name.to_owned(), size: octets.len(), input, named, pfx })
}

/// Puts the certificates of a PFX behind the objects of the input.
fn unpack(name: &str, octets: &[u8], passwords: &Passwords, input: &mut Input) -> Result<Unpacked, PfxError> {
    let file = PfxFile::read(name, octets, passwords)?;
    let place = input.objects.iter_mut().find(|object| object.kind == ObjectKind::Pfx).map(|object| {
        // There may be a private key in it that is not encrypted.
        object.der.zeroize();
        (object.offset, object.armor.clone())
    });
    let (offset, armor) = place.unwrap_or((0, Armor::Binary));
    let (mut bags, mut with_key) = (BTreeMap::new(), Vec::new());
    let inventory = Inventory::of(&file.pfx);
    let keyed: BTreeSet<usize> = inventory.with_key().into_iter().collect();
    for (at, entry) in inventory.certificates.iter().enumerate() {
        let index = input.objects.len();
        bags.insert(index, entry.bag.position);
        if keyed.contains(&at) {
            with_key.push(index);
        }
        let (kind, der, armor) = (ObjectKind::Certificate, entry.der.to_vec(), armor.clone());
        input.objects.push(InputObject { kind, der, index, offset, armor, pkcs7_offset: None });
    }
    drop(inventory);
    Ok(Unpacked { file, bags, with_key })
}

/// An input error with the file's name.
pub(crate) fn refuse(name: &str, error: &input::InputError) -> Failure {
    Failure::unusable(format!("{}: {error}", shown(name))).advice(error.advice())
}

/// All files of a directory that hold something, in the order of their names.
/// Files that are something else are passed over, as in any directory of
/// certificates; files that are damaged or may not be read are not.
fn directory(path: &Path, kind: ObjectKind, what: &str, passwords: Option<&Passwords>) -> Result<Argument, Failure> {
    // Nobody is asked for each of many files.
    let passwords = passwords.map(Passwords::without_asking);
    let shown = path.display();
    let unreadable = |error: io::Error| Failure::unusable(format!("{shown}: {}", reason(&error)));
    let mut files: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(path).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        if files.len() == MAX_DIRECTORY_ENTRIES {
            return Err(Failure::unusable(format!(
                "{shown}: has more than {MAX_DIRECTORY_ENTRIES} entries (MAX_DIRECTORY_ENTRIES)"
            ))
            .advice("give the files themselves"));
        }
        // A link to nowhere is tried, and then said to be one.
        if fs::metadata(entry.path()).map_or(true, |metadata| metadata.is_file()) {
            files.push(entry.path());
        }
    }
    files.sort();
    let mut argument = Argument { sources: Vec::new(), not_read: Vec::new() };
    let mut octets = 0;
    for file_path in &files {
        let name = file_path.display().to_string();
        match file(&name, file_path, false, passwords.as_ref()) {
            Ok(source) => {
                octets += source.size;
                argument.sources.push(source);
            }
            Err(FileError::Input(input::InputError::Unrecognised { .. } | input::InputError::NoCertificate { .. })) => {
            }
            Err(error) => {
                let failure = error.into_failure(&name);
                argument.not_read.push((name, failure));
            }
        }
        if octets > MAX_DIRECTORY_OCTETS {
            return Err(Failure::unusable(format!(
                "{shown}: the files have more than {MAX_DIRECTORY_OCTETS} octets together (MAX_DIRECTORY_OCTETS)"
            ))
            .advice("give the files themselves"));
        }
    }
    let mut objects = argument.sources.iter().flat_map(|source| &source.input.objects);
    let has_any = objects.any(|object| object.kind == kind);
    if !has_any && argument.not_read.is_empty() && argument.sources.iter().all(|source| !source.is_damaged()) {
        return Err(Failure::unusable(format!("{shown}: the directory has no file with {what}"))
            .advice("subdirectories are not searched; give the directory that holds the files"));
    }
    Ok(argument)
}

#[cfg(test)]
mod tests {
    use super::{FIRST_OCTETS, edits, read_up_to};

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

    #[test]
    fn distance_between_names() {
        for (one, other, distance) in [
            ("", "", 0),
            ("abc", "abc", 0),
            ("abc", "acb", 2),
            ("abc", "abd", 1),
            ("server.pem", "sever.pem", 1),
            ("", "ab", 2),
        ] {
            assert_eq!(edits(one, other), distance, "{one} {other}");
        }
    }
}
