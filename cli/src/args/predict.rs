//! The arguments of `certlens pfx predict`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::password::PasswordArgs;
use super::pfx_write::{KeyChangeArgs, KeySpecArg, Named, NewPasswordArgs, ProtectionArgs, WriteReportArgs};

/// Say what certutil -importPFX makes of a PFX file, and write one that is ready for it
///
/// Nothing is imported. With --output a file is written that says itself what certutil
/// is told here: provider, key spec, key store, names, chain; then other importers put
/// the key there, too. Unless told otherwise it is encrypted as Windows Server 2012 R2
/// and all later ones read it. It is written only where the import is going to work.
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct PredictArgs {
    /// The PFX file (binary, PEM or base64), or - for standard input
    #[arg(value_name = "FILE")]
    pub(crate) file: String,
    /// The certificate store that it is imported into
    #[arg(long, value_name = "NAME", default_value = "My")]
    pub(crate) store: String,
    /// The user's stores in the place of the machine's
    #[arg(long)]
    pub(crate) user: bool,
    /// The provider (CSP or KSP) that certutil is told, or KSP, TPM, NGC, SC, as it takes them for short
    #[arg(long, value_name = "NAME", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub(crate) csp: Option<String>,
    /// The key spec that certutil is told: AT_KEYEXCHANGE or AT_SIGNATURE
    #[arg(long, value_enum, value_name = "SPEC")]
    pub(crate) key_spec: Option<SpecArg>,
    /// The modifier NoExport: the key cannot be exported afterwards
    #[arg(long, conflicts_with = "export_encrypted")]
    pub(crate) no_export: bool,
    /// The modifier ExportEncrypted: it can be exported as a PFX file, and not as plain text
    #[arg(long)]
    pub(crate) export_encrypted: bool,
    /// The modifiers NoProtect, Protect and ProtectHigh: whether who uses the key is asked
    #[arg(long, value_enum, value_name = "HOW")]
    pub(crate) protect: Option<ProtectArg>,
    /// The modifier NoCert: the certificate of the key is not imported
    #[arg(long)]
    pub(crate) no_certificate: bool,
    /// The modifier NoChain: certificates of CAs are not imported
    #[arg(long)]
    pub(crate) no_chain: bool,
    /// The modifier NoRoot: self-issued certificates of CAs are not imported
    #[arg(long)]
    pub(crate) no_root: bool,
    /// The modifier FriendlyName=: the name that Windows shows for the certificate
    #[arg(long, value_name = "NAME", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub(crate) friendly_name: Option<String>,
    #[command(flatten)]
    pub(crate) protection: ProtectionArgs,
    #[command(flatten)]
    pub(crate) password: PasswordArgs,
    #[command(flatten)]
    pub(crate) new_password: NewPasswordArgs,
    /// The file to write, ready to be imported; nobody but its owner may read it
    #[arg(long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Overwrite the file if it exists
    #[arg(long)]
    pub(crate) force: bool,
    #[command(flatten)]
    pub(crate) report: WriteReportArgs,
}

/// What a key is for in a CSP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SpecArg {
    /// AT_KEYEXCHANGE
    Exchange,
    /// AT_SIGNATURE
    Signature,
}

/// Whether who uses the key is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ProtectArg {
    /// NoProtect
    None,
    /// Protect
    Consent,
    /// ProtectHigh
    Password,
}

impl PredictArgs {
    /// What the file that is written is to say of its keys: what certutil is told.
    pub(crate) fn key_changes(&self) -> KeyChangeArgs {
        let named = |name: &Option<String>| name.clone().map(Named::Name);
        KeyChangeArgs {
            csp: named(&self.csp),
            key_spec: self.key_spec.map(|spec| match spec {
                SpecArg::Exchange => KeySpecArg::Exchange,
                SpecArg::Signature => KeySpecArg::Signature,
            }),
            machine: !self.user,
            user: self.user,
            container: None,
            friendly_name: named(&self.friendly_name),
        }
    }

    /// An option that is about what is written, when one was given.
    pub(crate) fn about_writing(&self) -> Option<&'static str> {
        let ProtectionArgs {
            compatible_with: _,
            cipher,
            prf,
            iterations,
            mac,
            plain_keys,
            plain_certificates,
            encrypt_certificates,
        } = &self.protection;
        let given = [
            ("--cipher", cipher.is_some()),
            ("--prf", prf.is_some()),
            ("--iterations", iterations.is_some()),
            ("--mac", mac.is_some()),
            ("--plain-keys", *plain_keys),
            ("--plain-certificates", *plain_certificates),
            ("--encrypt-certificates", *encrypt_certificates),
            ("a new password", self.new_password.is_given()),
        ];
        given.into_iter().find(|(_, is_given)| *is_given).map(|(name, _)| name)
    }
}

const EXIT_CODES: &str = "\
Exit codes:
  0  the import works as it is described, and the file was written if one was asked for
  1  the import fails on Windows
  2  wrong usage, a wrong password, an input that cannot be read, or a file that is there already
  3  indeterminate: what becomes of the key cannot be known from the file; the report says what decides it
  4  internal error, to be reported";
