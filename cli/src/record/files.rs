//! The files of a record: written once, and read as what their digests say.

use std::collections::{BTreeMap, HashMap};
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use aws_lc_rs::digest::{Context, SHA256};
use certlens_core::encoding::hex;

use super::format::{FileRecord, MAX_RECORD_FILES, OBJECTS};
use crate::error::Failure;

/// What is read at a time.
const PIECE_OCTETS: usize = 128 << 10;

/// The files written so far.
pub(super) struct Files {
    directory: PathBuf,
    pub(super) written: BTreeMap<String, FileRecord>,
    /// Names of objects by digest and ending: the same answer is kept once.
    objects: HashMap<(String, &'static str), String>,
}

impl Files {
    /// Creates the directory, or takes an empty one.
    ///
    /// # Errors
    ///
    /// When something is there, or it cannot be made.
    pub(super) fn create(directory: &Path) -> Result<Files, Failure> {
        let shown = directory.display();
        match make(directory) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                let unusable =
                    |error: io::Error| Failure::unusable(format!("--record {shown}: cannot be used: {error}"));
                if !directory.is_dir() {
                    return Err(Failure::unusable(format!("--record {shown}: exists already, and is no directory"))
                        .advice("give the name of a new directory"));
                }
                if fs::read_dir(directory).map_err(unusable)?.next().is_some() {
                    return Err(Failure::unusable(format!("--record {shown}: exists already, and is not empty"))
                        .advice("give the name of a new directory; a record is never written over"));
                }
            }
            Err(error) => {
                return Err(Failure::unusable(format!("--record {shown}: cannot be created: {error}"))
                    .advice("the directory above it must exist, and you must be allowed to write there"));
            }
        }
        Ok(Files { directory: directory.to_owned(), written: BTreeMap::new(), objects: HashMap::new() })
    }

    /// Writes a file.
    pub(super) fn put(&mut self, name: String, octets: &[u8]) -> Result<String, Failure> {
        self.copy(name, &mut &*octets)
    }

    /// Writes what can be read from another one.
    pub(super) fn copy(&mut self, name: String, from: &mut dyn Read) -> Result<String, Failure> {
        let path = self.directory.join(&name);
        let failed = |error: io::Error| failed(&path, &error);
        if self.written.len() == MAX_RECORD_FILES {
            return Err(Failure::unusable(format!(
                "{}: the record would have more than {MAX_RECORD_FILES} files (MAX_RECORD_FILES)",
                self.directory.display()
            ))
            .advice("record fewer targets at a time"));
        }
        let mut file = new_file(&path).map_err(failed)?;
        let seen = passed_on(from, &mut |piece| file.write_all(piece)).map_err(failed)?;
        file.sync_all().map_err(failed)?;
        self.written.insert(name.clone(), seen);
        Ok(name)
    }

    /// Writes what a URL gave, unless it is there already.
    pub(super) fn object(&mut self, octets: &[u8], ending: &'static str) -> Result<String, Failure> {
        let key = (digest(octets), ending);
        if let Some(name) = self.objects.get(&key) {
            return Ok(name.clone());
        }
        if self.objects.is_empty() {
            let folder = self.directory.join(OBJECTS);
            make(&folder).map_err(|error| failed(&folder, &error))?;
        }
        let name = format!("{OBJECTS}/{:03}.{ending}", self.objects.len() + 1);
        let name = self.put(name, octets)?;
        self.objects.insert(key, name.clone());
        Ok(name)
    }

    /// Writes the last file, which makes a record of the directory: at once or not at all.
    pub(super) fn finish(self, name: &str, octets: &[u8]) -> Result<(), Failure> {
        let path = self.directory.join(name);
        let failed = |error: io::Error| failed(&path, &error);
        let part = self.directory.join(format!("{name}.part"));
        let mut file = new_file(&part).map_err(failed)?;
        file.write_all(octets).and_then(|()| file.sync_all()).map_err(failed)?;
        drop(file);
        fs::rename(&part, &path).map_err(failed)
    }
}

fn failed(path: &Path, error: &io::Error) -> Failure {
    Failure::unusable(format!("{}: cannot be written: {error}", path.display()))
        .advice("what is in the directory is no record; delete it")
}

/// For its owner alone: which servers an organisation asks is nobody else's business.
fn make(path: &Path) -> io::Result<()> {
    #[cfg_attr(not(unix), expect(unused_mut, reason = "modes are of Unix"))]
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

fn new_file(path: &Path) -> io::Result<File> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn passed_on(from: &mut dyn Read, to: &mut dyn FnMut(&[u8]) -> io::Result<()>) -> io::Result<FileRecord> {
    let mut context = Context::new(&SHA256);
    let mut piece = vec![0; PIECE_OCTETS];
    let mut octets = 0;
    loop {
        let count = from.read(&mut piece)?;
        if count == 0 {
            return Ok(FileRecord { octets, sha256: hex::encode(context.finish().as_ref()) });
        }
        let read = piece.get(..count).unwrap_or_default();
        context.update(read);
        to(read)?;
        octets += count as u64;
    }
}

fn digest(octets: &[u8]) -> String {
    hex::encode(aws_lc_rs::digest::digest(&SHA256, octets).as_ref())
}

/// Where a file of a record is, if its name leads nowhere else.
pub(super) fn place(directory: &Path, name: &str) -> Option<PathBuf> {
    let (folder, name) = match name.split_once('/') {
        Some((folder, name)) if folder == OBJECTS => (directory.join(OBJECTS), name),
        Some(_) => return None,
        None => (directory.to_owned(), name),
    };
    let plain = |character: char| character.is_ascii_alphanumeric() || matches!(character, '-' | '.');
    let good = (1..=64).contains(&name.len())
        && name.chars().all(plain)
        && name.starts_with(|first: char| first.is_ascii_alphanumeric())
        && !name.ends_with('.');
    good.then(|| folder.join(name))
}

/// Verifies that a file is what was recorded.
///
/// # Errors
///
/// When it is not.
pub(super) fn verify(directory: &Path, name: &str, recorded: &FileRecord) -> Result<(), Failure> {
    let bad = |what: String| {
        Failure::unusable(what).advice("the record is damaged or was changed; have it sent again, or recorded again")
    };
    let path = place(directory, name)
        .ok_or_else(|| bad(format!("{}: {name:?} is not the name of a file of a record", directory.display())))?;
    let shown = path.display();
    // A link may lead out of the record, a pipe may wait for ever.
    let is_own = |path: &Path, is: fn(&fs::Metadata) -> bool| fs::symlink_metadata(path).is_ok_and(|found| is(&found));
    let in_own_folder = !name.contains('/') || is_own(&directory.join(OBJECTS), fs::Metadata::is_dir);
    if !in_own_folder || !is_own(&path, fs::Metadata::is_file) {
        return Err(bad(format!("{shown}: is not there, or no plain file")));
    }
    let mut file = File::open(&path)
        .map_err(|error| bad(format!("{shown}: cannot be read: {error}")))?
        .take(recorded.octets.saturating_add(1));
    let seen =
        passed_on(&mut file, &mut |_| Ok(())).map_err(|error| bad(format!("{shown}: cannot be read: {error}")))?;
    if seen.octets != recorded.octets || seen.sha256 != recorded.sha256 {
        return Err(bad(format!("{shown}: is not what was recorded: its SHA-256 differs from that in record.json")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::place;
    use std::path::Path;

    #[test]
    fn names_lead_nowhere_else() {
        let directory = Path::new("d");
        for (name, path) in [("target-001.pem", "d/target-001.pem"), ("objects/001.crl", "d/objects/001.crl")] {
            assert_eq!(place(directory, name).as_deref(), Some(Path::new(path)));
        }
        for name in [
            "",
            ".",
            "..",
            "../x",
            "/etc/passwd",
            "objects/../x",
            "objects//x",
            "objects/",
            "other/x",
            "objects/a/b",
            r"..\x",
            r"C:\x",
            "C:x",
            ".hidden",
            "a\0",
            "-x",
            "x.",
            &"x".repeat(65),
        ] {
            assert_eq!(place(directory, name), None, "{name}");
        }
    }
}
