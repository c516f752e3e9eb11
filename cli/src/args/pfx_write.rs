//! The arguments of the commands that write PFX files, or what is in them.

use std::path::{Path, PathBuf};

use certlens_keystore::pbe::limits::MAX_ITERATIONS;
use certlens_keystore::provider::releases::CompatibleWith;
use certlens_keystore::secret::Password;
use clap::{Args, ValueEnum};

use super::demand::release;
use super::password::{PasswordArgs, password};
use super::{Format, OutputArgs};

/// Where what is written goes, and the report on it.
#[derive(Clone, Debug, Args)]
pub(crate) struct WriteArgs {
    /// The file to write; nobody but its owner may read it
    #[arg(long, value_name = "FILE")]
    pub(crate) output: PathBuf,
    /// Overwrite the file if it exists
    #[arg(long)]
    pub(crate) force: bool,
    #[command(flatten)]
    pub(crate) report: WriteReportArgs,
}

/// The form of the report on standard output.
#[derive(Clone, Debug, Args)]
pub(crate) struct WriteReportArgs {
    /// The form of the report on standard output
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
    /// Never colour the report (as with the environment variable NO_COLOR)
    #[arg(long)]
    pub(crate) no_color: bool,
}

impl WriteReportArgs {
    /// The same for a report that goes to standard output.
    pub(crate) fn to_stdout(&self) -> OutputArgs {
        OutputArgs { format: self.format, output: None, force: false, no_color: self.no_color }
    }
}

/// The password of what is written; without any of these each command has its own.
#[derive(Clone, Debug, Default, Args)]
#[group(id = "new_password_source", multiple = false)]
pub(crate) struct NewPasswordArgs {
    /// The password of what is written is the first line of this file, or of standard input (-)
    #[arg(long, value_name = "FILE")]
    pub(crate) new_password_file: Option<PathBuf>,
    /// It is in this environment variable
    #[arg(long, value_name = "NAME")]
    pub(crate) new_password_env: Option<String>,
    /// It itself, which everybody on this machine can see
    #[arg(long, value_name = "TEXT", value_parser = password, allow_hyphen_values = true)]
    pub(crate) new_password: Option<Password>,
    /// The terminal is asked for it, twice
    #[arg(long)]
    pub(crate) ask_new_password: bool,
    /// The empty password, which protects nothing
    #[arg(long)]
    pub(crate) empty_password: bool,
}

/// How what is written is encrypted.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct ProtectionArgs {
    /// The oldest release of Windows that must open the file: server2012r2, server2016, server2019, server2022 or modern
    #[arg(long, value_name = "RELEASE", value_parser = release)]
    pub(crate) compatible_with: Option<CompatibleWith>,
    /// The cipher of keys and certificates
    #[arg(long, value_enum, value_name = "CIPHER")]
    pub(crate) cipher: Option<CipherArg>,
    /// The hash of PBKDF2, from which AES has its key
    #[arg(long, value_enum, value_name = "HASH")]
    pub(crate) prf: Option<PrfArg>,
    /// How often the hash is iterated, each time a key is derived from the password
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=MAX_ITERATIONS as i64))]
    pub(crate) iterations: Option<u32>,
    /// The MAC by which the password is verified
    #[arg(long, value_enum, value_name = "MAC")]
    pub(crate) mac: Option<MacArg>,
    /// Do not encrypt the private keys: whoever has the file has them
    #[arg(long)]
    pub(crate) plain_keys: bool,
    /// Do not encrypt the certificates, which are no secret: they are then shown without the password
    #[arg(long)]
    pub(crate) plain_certificates: bool,
    /// Encrypt the certificates, although those that were read are not
    #[arg(long, conflicts_with = "plain_certificates")]
    pub(crate) encrypt_certificates: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum CipherArg {
    /// AES-256-CBC by PBES2: Windows Server 2019 and later
    Aes256,
    /// AES-192-CBC by PBES2
    Aes192,
    /// AES-128-CBC by PBES2
    Aes128,
    /// Triple DES with SHA-1, which every Windows reads
    #[value(name = "3des")]
    TripleDes,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum PrfArg {
    Sha1,
    Sha224,
    Sha256,
    Sha384,
    Sha512,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum MacArg {
    /// HMAC with SHA-1, which every Windows reads
    Sha1,
    Sha224,
    /// HMAC with SHA-256: Windows Server 2019 and later
    Sha256,
    Sha384,
    Sha512,
    /// PBMAC1 (RFC 9579) with HMAC and PBKDF2 of SHA-256
    #[value(name = "pbmac1-sha256")]
    Pbmac1Sha256,
    /// The same with SHA-512
    #[value(name = "pbmac1-sha512")]
    Pbmac1Sha512,
}

/// What Windows is told of the keys.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct KeyChangeArgs {
    /// The provider (CSP or KSP) that Windows is to put the keys into; none: do not name one
    #[arg(long, value_name = "NAME|none", value_parser = named)]
    pub(crate) csp: Option<Named>,
    /// What the keys are for in a CSP (AT_KEYEXCHANGE, AT_SIGNATURE); none: drop their keyUsage attribute
    #[arg(long, value_enum)]
    pub(crate) key_spec: Option<KeySpecArg>,
    /// Ask for the machine's key store
    #[arg(long, conflicts_with = "user")]
    pub(crate) machine: bool,
    /// Do not ask for the machine's key store: the user's, unless the importer is told otherwise
    #[arg(long)]
    pub(crate) user: bool,
    /// The name of the key's container; none: drop it
    #[arg(long, value_name = "NAME|none", value_parser = named)]
    pub(crate) container: Option<Named>,
    /// The name that Windows shows for the certificate of the key; none: drop it
    #[arg(long, value_name = "NAME|none", value_parser = named)]
    pub(crate) friendly_name: Option<Named>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum KeySpecArg {
    /// AT_KEYEXCHANGE: the keyUsage that Windows writes for it, dataEncipherment
    Exchange,
    /// AT_SIGNATURE: keyUsage digitalSignature
    Signature,
    /// No keyUsage: exchange for an RSA key in a CSP, everything in a KSP
    None,
}

/// A name to set, or that there is to be none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Named {
    Name(String),
    None,
}

impl NewPasswordArgs {
    /// The file that is read for it.
    pub(crate) fn files(&self) -> impl Iterator<Item = &Path> {
        self.new_password_file.iter().map(PathBuf::as_path)
    }

    /// Whether any of them was given.
    pub(crate) fn is_given(&self) -> bool {
        let from_elsewhere = self.new_password_file.is_some() || self.new_password_env.is_some();
        from_elsewhere || self.new_password.is_some() || self.ask_new_password || self.empty_password
    }
}

impl Named {
    pub(crate) fn name(&self) -> Option<&str> {
        match self {
            Named::Name(name) => Some(name),
            Named::None => None,
        }
    }
}

fn named(text: &str) -> Result<Named, String> {
    if text.eq_ignore_ascii_case("none") {
        return Ok(Named::None);
    }
    match text {
        "" => Err("has no characters; `none` drops the name".to_owned()),
        name => Ok(Named::Name(name.to_owned())),
    }
}

/// Write a PFX file anew, so that Windows puts its key where it is wanted
///
/// One step: nothing that is not encrypted is ever on a disk. What is not asked for
/// stays as it is in the file, encryption and password too.
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct ConvertArgs {
    /// The PFX file (binary, PEM or base64), or - for standard input
    #[arg(value_name = "FILE")]
    pub(crate) file: String,
    #[command(flatten)]
    pub(crate) keys: KeyChangeArgs,
    /// Add the certificates of this file, such as a chain's; may be given several times
    #[arg(long, value_name = "FILE", num_args = 1)]
    pub(crate) add: Vec<String>,
    /// Drop the certificates that no key in the file is for, before any are added
    #[arg(long)]
    pub(crate) drop_chain: bool,
    /// Drop what is neither key nor certificate, and attributes that are not known of every program's files
    #[arg(long)]
    pub(crate) drop_others: bool,
    #[command(flatten)]
    pub(crate) protection: ProtectionArgs,
    #[command(flatten)]
    pub(crate) password: PasswordArgs,
    #[command(flatten)]
    pub(crate) new_password: NewPasswordArgs,
    #[command(flatten)]
    pub(crate) write: WriteArgs,
}

/// Make a PFX file of a private key and certificates
///
/// Without a new password's option it has the password that was given for the key, encrypted or
/// not; where none was given the terminal is asked.
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct CreateArgs {
    /// The file of the private key (PKCS#8, PKCS#1 or SEC1; PEM or DER; encrypted or not); may be given several times
    #[arg(long, value_name = "FILE", required = true, num_args = 1)]
    pub(crate) key: Vec<String>,
    /// A file with its certificate, with those of its chain or with both; may be given several times
    #[arg(long, value_name = "FILE", required = true, num_args = 1)]
    pub(crate) cert: Vec<String>,
    #[command(flatten)]
    pub(crate) keys: KeyChangeArgs,
    #[command(flatten)]
    pub(crate) protection: ProtectionArgs,
    #[command(flatten)]
    pub(crate) password: PasswordArgs,
    #[command(flatten)]
    pub(crate) new_password: NewPasswordArgs,
    #[command(flatten)]
    pub(crate) write: WriteArgs,
}

/// Take certificates or private keys out of a PFX file, as PEM or DER
///
/// Without a new password's option private keys are encrypted with the password of the file.
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct ExtractArgs {
    /// The PFX file (binary, PEM or base64), or - for standard input
    #[arg(value_name = "FILE")]
    pub(crate) file: String,
    /// The private keys in the place of the certificates, encrypted with the password
    #[arg(long)]
    pub(crate) key: bool,
    /// Do not encrypt the private keys: whoever has the file has them
    #[arg(long, requires = "key")]
    pub(crate) plain_keys: bool,
    /// Of the certificates those alone whose private key is in the file
    #[arg(long, conflicts_with = "key")]
    pub(crate) end_entity: bool,
    /// The certificate as DER in the place of PEM; there must be one alone
    #[arg(long, conflicts_with = "key")]
    pub(crate) der: bool,
    #[command(flatten)]
    pub(crate) password: PasswordArgs,
    #[command(flatten)]
    pub(crate) new_password: NewPasswordArgs,
    /// The file to write; certificates go to standard output without it
    #[arg(long, value_name = "FILE", required_if_eq("key", "true"))]
    pub(crate) output: Option<PathBuf>,
    /// Overwrite the file if it exists
    #[arg(long, requires = "output")]
    pub(crate) force: bool,
    #[command(flatten)]
    pub(crate) report: WriteReportArgs,
}

/// Put the keys and certificates of several PFX files into one
///
/// What is in several of them comes once, as it is in the first. What Windows is told
/// of the keys stays as it is, or is set for all of them. Without a new password's option
/// the new file has the password of the first; where that has none, the terminal is asked.
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct MergeArgs {
    /// The PFX files
    #[arg(value_name = "FILE", required = true, num_args = 2..)]
    pub(crate) files: Vec<String>,
    #[command(flatten)]
    pub(crate) keys: KeyChangeArgs,
    #[command(flatten)]
    pub(crate) protection: ProtectionArgs,
    #[command(flatten)]
    pub(crate) password: SeveralPasswordArgs,
    #[command(flatten)]
    pub(crate) new_password: NewPasswordArgs,
    #[command(flatten)]
    pub(crate) write: WriteArgs,
}

/// Where the passwords of several files come from: one for all, or one for each, in
/// their order.
#[derive(Clone, Debug, Default, Args)]
#[group(id = "password_source", multiple = false)]
pub(crate) struct SeveralPasswordArgs {
    /// The password is the first line of this file; given once, or once for each PFX file in their order
    #[arg(long, value_name = "FILE", num_args = 1)]
    pub(crate) password_file: Vec<PathBuf>,
    /// The password is in this environment variable; likewise
    #[arg(long, value_name = "NAME", num_args = 1)]
    pub(crate) password_env: Vec<String>,
    /// The password itself, which everybody on this machine can see; likewise
    #[arg(long, value_name = "TEXT", num_args = 1, value_parser = password, allow_hyphen_values = true)]
    pub(crate) password: Vec<Password>,
}

impl SeveralPasswordArgs {
    /// The files that are read for them.
    pub(crate) fn files(&self) -> impl Iterator<Item = &Path> {
        self.password_file.iter().map(PathBuf::as_path)
    }
}

/// Write a PFX file anew with another password
///
/// Without a new password's option the terminal is asked for it.
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct PasswordChangeArgs {
    /// The PFX file (binary, PEM or base64), or - for standard input
    #[arg(value_name = "FILE")]
    pub(crate) file: String,
    #[command(flatten)]
    pub(crate) protection: ProtectionArgs,
    #[command(flatten)]
    pub(crate) password: PasswordArgs,
    #[command(flatten)]
    pub(crate) new_password: NewPasswordArgs,
    #[command(flatten)]
    pub(crate) write: WriteArgs,
}

const EXIT_CODES: &str = "\
Exit codes:
  0  the file was written
  2  wrong usage, a wrong password, an input that cannot be read, or a file that is there already
  4  internal error, to be reported";
