//! Where the password of a PFX file or private key comes from.

use std::convert::Infallible;
use std::path::{Path, PathBuf};

use certlens_keystore::secret::Password;
use clap::Args;

/// Where a password comes from; without any of these a terminal is asked, and
/// without a terminal nobody.
#[derive(Clone, Debug, Default, Args)]
#[group(id = "password_source", multiple = false)]
pub(crate) struct PasswordArgs {
    /// The password of PFX files and private keys is the first line of this file, or of standard input (-)
    #[arg(long, value_name = "FILE")]
    pub(crate) password_file: Option<PathBuf>,
    /// The password is in this environment variable
    #[arg(long, value_name = "NAME")]
    pub(crate) password_env: Option<String>,
    /// The password itself, which everybody on this machine can see; without any of the three a terminal is asked
    #[arg(long, value_name = "TEXT", value_parser = password, allow_hyphen_values = true)]
    pub(crate) password: Option<Password>,
}

impl PasswordArgs {
    /// The file that is read for it.
    pub(crate) fn files(&self) -> impl Iterator<Item = &Path> {
        self.password_file.iter().map(PathBuf::as_path)
    }
}

/// Takes a password as it is typed.
pub(super) fn password(text: &str) -> Result<Password, Infallible> {
    Ok(Password::new(text.to_owned()))
}
