//! Where the cache lives, and how much it may hold.

use std::ffi::OsString;
use std::path::PathBuf;

/// The most octets of answers kept: a dozen of the largest published CRLs
/// (42 MB), or all that a large company's certificates name. `Config::max_octets`
/// changes it.
pub const MAX_CACHE_OCTETS: u64 = 512 << 20;

/// The most records kept: each certificate names two to five URLs, so about a
/// thousand certificates' worth; going through that many takes some tens of
/// milliseconds. `Config::max_entries` changes it.
pub const MAX_CACHE_ENTRIES: usize = 4_096;

/// The name of the cache's folder below the platform's.
const FOLDER: &str = "certlens";

/// How a cache is set up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// The folder; it is created when the first answer is stored.
    pub directory: PathBuf,
    /// The most octets of answers kept.
    pub max_octets: u64,
    /// The most records kept.
    pub max_entries: usize,
}

impl Config {
    /// A cache in this folder, with the usual limits.
    pub fn at(directory: impl Into<PathBuf>) -> Self {
        Config { directory: directory.into(), max_octets: MAX_CACHE_OCTETS, max_entries: MAX_CACHE_ENTRIES }
    }

    /// A cache at the platform's usual place, or `None` when the environment
    /// does not say where that is.
    pub fn usual(environment: &dyn Fn(&str) -> Option<OsString>) -> Option<Self> {
        Platform::current().directory(environment).map(Config::at)
    }
}

/// Which platform's custom is followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Platform {
    /// Linux and the other systems of the XDG base directories.
    Xdg,
    /// macOS.
    MacOs,
    /// Windows.
    Windows,
}

impl Platform {
    /// The one this was built for.
    pub const fn current() -> Self {
        if cfg!(windows) {
            Platform::Windows
        } else if cfg!(target_vendor = "apple") {
            Platform::MacOs
        } else {
            Platform::Xdg
        }
    }

    /// The folder that this platform's custom gives, by what its environment says.
    pub fn directory(self, environment: &dyn Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
        // A relative or empty path would put the cache wherever the program was
        // started; the XDG Base Directory Specification demands to ignore it.
        let path = |name: &str| environment(name).map(PathBuf::from).filter(|path| path.has_root());
        let base = match self {
            Platform::Xdg => path("XDG_CACHE_HOME").or_else(|| Some(path("HOME")?.join(".cache"))),
            Platform::MacOs => path("HOME").map(|home| home.join("Library").join("Caches")),
            // Where the tests run, `C:\` may be no absolute path.
            Platform::Windows => environment("LOCALAPPDATA")
                .filter(|value| !value.is_empty())
                .map(PathBuf::from)
                .filter(|path| !cfg!(windows) || path.is_absolute()),
        };
        Some(base?.join(FOLDER))
    }
}

#[cfg(test)]
mod tests {
    use super::Platform;
    use std::ffi::OsString;
    use std::path::PathBuf;

    fn directory(platform: Platform, environment: &[(&str, &str)]) -> Option<PathBuf> {
        platform.directory(&|wanted| {
            environment.iter().find(|(name, _)| *name == wanted).map(|(_, value)| OsString::from(value))
        })
    }

    #[test]
    fn each_platform_has_its_place() {
        let home = ("HOME", "/home/a");
        assert_eq!(directory(Platform::Xdg, &[home]), Some("/home/a/.cache/certlens".into()));
        assert_eq!(directory(Platform::Xdg, &[home, ("XDG_CACHE_HOME", "/c")]), Some("/c/certlens".into()));
        assert_eq!(directory(Platform::Xdg, &[home, ("XDG_CACHE_HOME", "c")]), Some("/home/a/.cache/certlens".into()));
        assert_eq!(directory(Platform::MacOs, &[home]), Some("/home/a/Library/Caches/certlens".into()));
        let local = directory(Platform::Windows, &[("LOCALAPPDATA", r"C:\Users\a\AppData\Local")]);
        assert_eq!(local, Some(PathBuf::from(r"C:\Users\a\AppData\Local").join("certlens")));
    }

    #[test]
    fn without_an_environment_there_is_no_place() {
        for platform in [Platform::Xdg, Platform::MacOs, Platform::Windows] {
            assert_eq!(directory(platform, &[]), None);
            assert_eq!(directory(platform, &[("HOME", ""), ("XDG_CACHE_HOME", ""), ("LOCALAPPDATA", "")]), None);
        }
    }
}
