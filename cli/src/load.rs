//! From arguments to objects: files, directories and standard input.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use certlens_core::encoding::der::DerError;
use certlens_core::encoding::input::{self, Armor, Input, InputObject};
use certlens_core::encoding::sniff::ObjectKind;
use certlens_core::finding::{Code, Finding, Severity};
use certlens_core::origin::Origin;
use certlens_core::pool::Sourced;
use certlens_core::x509::Certificate;
use certlens_keystore::inventory::Inventory;
use certlens_keystore::pfx::{PfxError, Position};
use zeroize::Zeroize;

use crate::error::Failure;
use crate::password::Passwords;
use crate::pfx::{self, PfxFile};
use crate::read::{self, MAX_DIRECTORY_ENTRIES, ReadError, not_there, reason, refuse, shown};

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
    Read(ReadError),
    Input(input::InputError),
    Pfx(PfxError),
}

impl FileError {
    fn into_failure(self, name: &str) -> Failure {
        match self {
            FileError::Read(error) => error.into_failure(name),
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
    let read = if name == "-" { standard_input(None) } else { file(name, read::of_name(name)?, true, None) };
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
    let octets = read::standard_input().map_err(FileError::Read)?;
    source("-", &octets, true, passwords)
}

fn file(name: &str, path: &Path, named: bool, passwords: Option<&Passwords>) -> Result<Source, FileError> {
    let octets = read::file(path).map_err(FileError::Read)?;
    source(name, &octets, named, passwords)
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
