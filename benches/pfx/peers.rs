//! Other programs that open the same file: a library in this process, and programs of
//! their own, of whose time that is taken off which they take for the same file with one
//! iteration.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use p12_keystore::{KeyStore, Pkcs12ImportPolicy};

use super::PASSWORD;

/// Something that opens PFX files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Peer {
    P12Keystore,
    /// `openssl pkcs12`.
    OpenSsl,
    /// Java's `keytool`, which copies the file into one of its own: listing alone does
    /// not decrypt keys.
    Keytool,
}

impl Peer {
    pub(crate) const ALL: [Peer; 3] = [Peer::P12Keystore, Peer::OpenSsl, Peer::Keytool];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Peer::P12Keystore => "p12-keystore",
            Peer::OpenSsl => "openssl pkcs12",
            Peer::Keytool => "keytool",
        }
    }

    /// Whether it is a program of its own, which has to start first.
    pub(crate) const fn is_process(self) -> bool {
        !matches!(self, Peer::P12Keystore)
    }

    /// Opens a file, and whether it could.
    pub(crate) fn open(self, file: &Path) -> bool {
        match self {
            Peer::P12Keystore => {
                let read = |octets: Vec<u8>| KeyStore::from_pkcs12(&octets, PASSWORD, Pkcs12ImportPolicy::Strict).ok();
                let store = fs::read(file).ok().and_then(read);
                store.is_some_and(|store| store.private_key_chain().is_some())
            }
            Peer::OpenSsl => {
                let pass = format!("pass:{PASSWORD}");
                let mut command = Command::new("openssl");
                command.args(["pkcs12", "-nodes", "-passin", &pass, "-in"]).arg(file);
                succeeds(&mut command)
            }
            Peer::Keytool => {
                let copy = file.with_extension("copy");
                let _ = fs::remove_file(&copy);
                let mut command = Command::new("keytool");
                command.args(["-importkeystore", "-noprompt", "-srcstoretype", "PKCS12", "-srckeystore"]).arg(file);
                command.args(["-srcstorepass", PASSWORD, "-deststoretype", "PKCS12", "-destkeystore"]).arg(&copy);
                succeeds(command.args(["-deststorepass", "changeit"])) && copy.exists()
            }
        }
    }
}

/// A program that is not there does not succeed.
fn succeeds(command: &mut Command) -> bool {
    let quiet = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    quiet.status().is_ok_and(|status| status.success())
}

/// A folder for the files that programs of their own read.
pub(crate) fn folder() -> std::io::Result<PathBuf> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bench-pfx");
    fs::create_dir_all(&folder)?;
    Ok(folder)
}
