//! The cache's files: replaced whole or not at all, and never followed out of it.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use super::error::CacheError;
use super::key::Digest;

/// What the names of files that are being written begin with.
const TEMPORARY: &str = "tmp-";

/// Digits of a temporary file's name: a random number of 64 bits.
const TEMPORARY_DIGITS: usize = 16;

/// What the name of a failure's record ends with.
const FAILED: &str = ".failed";

/// Where everything is.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    pub(super) root: PathBuf,
}

impl Layout {
    pub(super) fn entries(&self) -> PathBuf {
        self.root.join("entries")
    }

    pub(super) fn objects(&self) -> PathBuf {
        self.root.join("objects")
    }

    pub(super) fn lock(&self) -> PathBuf {
        self.root.join("lock")
    }

    pub(super) fn answer(&self, id: Digest) -> PathBuf {
        self.entries().join(id.to_string())
    }

    /// Failures have files of their own, so that none can overwrite an answer
    /// that another process stores at the same moment.
    pub(super) fn failure(&self, id: Digest) -> PathBuf {
        self.entries().join(format!("{id}{FAILED}"))
    }

    /// 256 folders keep each of them short.
    pub(super) fn object_folder(&self, object: Digest) -> PathBuf {
        self.objects().join(object.to_string().get(..2).unwrap_or_default())
    }

    pub(super) fn object(&self, object: Digest) -> PathBuf {
        self.object_folder(object).join(object.to_string())
    }
}

/// What a file is by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Name {
    /// A record of an answer, or an object.
    Plain(Digest),
    /// A record of a failure.
    Failed(Digest),
    /// A file that is being written, or was when its writer died.
    Temporary,
}

impl Name {
    /// `None` for names that the cache does not give.
    fn read(name: &str) -> Option<Self> {
        if let Some(digits) = name.strip_prefix(TEMPORARY) {
            let ours = digits.len() == TEMPORARY_DIGITS && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
            return ours.then_some(Name::Temporary);
        }
        match name.strip_suffix(FAILED) {
            Some(digits) => Digest::parse(digits).map(Name::Failed),
            None => Digest::parse(name).map(Name::Plain),
        }
    }
}

/// One of the cache's own files in a folder.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) path: PathBuf,
    pub(super) name: Name,
    pub(super) size: u64,
    /// Seconds since 1970; of a file system without such times, 0.
    pub(super) modified: i64,
}

/// The files in a folder that bear the cache's names. What else is there is not
/// the cache's, be it links, folders or foreign files.
///
/// # Errors
///
/// When the folder is there but cannot be read.
pub(super) fn own_files(folder: &Path) -> Result<Vec<Found>, CacheError> {
    let mut found = Vec::new();
    if !is_own_folder(folder) {
        return Ok(found);
    }
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(found),
        Err(error) => return Err(CacheError::io("list", folder)(error)),
    };
    // What vanishes while it is listed was deleted by another process.
    for entry in entries.flatten() {
        let Some(name) = entry.file_name().to_str().and_then(Name::read) else { continue };
        // This does not follow links.
        let Ok(metadata) = entry.metadata() else { continue };
        if metadata.is_file() {
            let modified = metadata.modified().map_or(0, unix);
            found.push(Found { path: entry.path(), name, size: metadata.len(), modified });
        }
    }
    Ok(found)
}

/// The object folders that are there.
pub(super) fn object_folders(layout: &Layout) -> Vec<PathBuf> {
    let objects = layout.objects();
    if !is_own_folder(&objects) {
        return Vec::new();
    }
    (0..=u8::MAX).map(|octet| objects.join(format!("{octet:02x}"))).filter(|path| is_own_folder(path)).collect()
}

/// Whether this is a folder itself, not a link to one.
fn is_own_folder(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_dir())
}

fn unix(time: SystemTime) -> i64 {
    let seconds = |duration: std::time::Duration| i64::try_from(duration.as_secs()).unwrap_or(i64::MAX);
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => seconds(after),
        Err(before) => -seconds(before.duration()),
    }
}

/// Sees to it that a folder of the cache is there, and is one.
///
/// # Errors
///
/// When it cannot be made, or something else has its place.
pub(super) fn ensure_folder(path: &Path) -> Result<(), CacheError> {
    if is_own_folder(path) {
        return Ok(());
    }
    match builder().create(path) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            let path = path.to_path_buf();
            if is_own_folder(&path) { Ok(()) } else { Err(CacheError::NotAFolder { path }) }
        }
        Err(error) => Err(CacheError::io("create", path)(error)),
    }
}

/// As [`ensure_folder`] for the cache's folder itself, with those above it. It
/// may be a link: that is the user's own doing, to have it on another disk.
///
/// # Errors
///
/// As [`ensure_folder`].
pub(super) fn ensure_root(path: &Path) -> Result<(), CacheError> {
    if path.is_dir() {
        return Ok(());
    }
    builder().recursive(true).create(path).map_err(CacheError::io("create", path))
}

/// For the user alone: which servers certificates name is nobody else's business.
fn builder() -> DirBuilder {
    #[cfg_attr(not(unix), expect(unused_mut, reason = "modes are of Unix"))]
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
}

fn options() -> OpenOptions {
    #[cfg_attr(not(unix), expect(unused_mut, reason = "modes are of Unix"))]
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Opens the file that sweeping locks.
///
/// # Errors
///
/// When the file system refuses.
pub(super) fn open_lock(path: &Path) -> Result<File, CacheError> {
    options().create(true).truncate(false).write(true).open(path).map_err(CacheError::io("open", path))
}

/// Puts a file there with this content, at once or not at all: readers see what
/// was there before or all of the new, whenever the writer dies.
///
/// # Errors
///
/// When the file system refuses.
pub(super) fn replace(folder: &Path, target: &Path, octets: &[u8]) -> Result<(), CacheError> {
    // A random name, because two processes of one container or one machine of a
    // shared folder may have the same process number.
    let random = RandomState::new().build_hasher().finish();
    let temporary = folder.join(format!("{TEMPORARY}{random:016x}"));
    let written = write_new(&temporary, octets)
        .and_then(|()| fs::rename(&temporary, target).map_err(CacheError::io("replace", target)));
    if written.is_err() {
        let _ = fs::remove_file(&temporary);
    }
    written
}

fn write_new(path: &Path, octets: &[u8]) -> Result<(), CacheError> {
    let mut file = options().create_new(true).write(true).open(path).map_err(CacheError::io("create", path))?;
    file.write_all(octets).map_err(CacheError::io("write", path))?;
    // Before the name points to it: after a power failure there is no name
    // without its content.
    file.sync_all().map_err(CacheError::io("write", path))
}

/// The content of a file of at most this many octets. `None` when it is not
/// there, larger, no plain file or cannot be read: to a cache that is all the
/// same.
pub(super) fn read(path: &Path, most: u64) -> Option<Vec<u8>> {
    // Neither a link, which may lead anywhere, nor a pipe, which may wait for ever.
    let metadata = fs::symlink_metadata(path).ok().filter(|metadata| metadata.is_file())?;
    let mut octets = Vec::with_capacity(usize::try_from(metadata.len().min(most)).ok()?);
    let mut file = File::open(path).ok()?.take(most.saturating_add(1));
    file.read_to_end(&mut octets).ok()?;
    (octets.len() as u64 <= most).then_some(octets)
}

/// Deletes a file; that it is gone already is success.
///
/// # Errors
///
/// When the file system refuses.
pub(super) fn remove(path: &Path) -> Result<(), CacheError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(CacheError::io("delete", path)(error)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::{Digest, Name, own_files, read, replace};

    #[test]
    fn only_the_cache_s_own_names_are_recognised() {
        let digest = Digest::of(b"");
        assert_eq!(Name::read(&digest.to_string()), Some(Name::Plain(digest)));
        assert_eq!(Name::read(&format!("{digest}.failed")), Some(Name::Failed(digest)));
        assert_eq!(Name::read("tmp-0123456789abcdef"), Some(Name::Temporary));
        for name in
            ["", "tmp-", "tmp-0123456789abcdex", "tmp-é23456789abcdef", ".failed", "README", "..", &"a".repeat(63)]
        {
            assert_eq!(Name::read(name), None, "{name}");
        }
    }

    #[test]
    fn reading_is_bounded_and_follows_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(Digest::of(b"").to_string());
        replace(folder.path(), &path, b"12345").unwrap();
        assert_eq!(read(&path, 5).as_deref(), Some(&b"12345"[..]));
        assert_eq!(read(&path, 4), None);
        assert_eq!(own_files(folder.path()).unwrap().len(), 1);
        #[cfg(unix)]
        {
            let link = folder.path().join(Digest::of(b"link").to_string());
            std::os::unix::fs::symlink(&path, &link).unwrap();
            assert_eq!(read(&link, 5), None);
            assert_eq!(own_files(folder.path()).unwrap().len(), 1);
        }
    }
}
