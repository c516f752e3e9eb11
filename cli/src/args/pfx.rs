//! The arguments of `certlens pfx`.

use clap::{Args, Subcommand};

use super::{
    ConvertArgs, CreateArgs, ExtractArgs, MergeArgs, OutputArgs, PasswordArgs, PasswordChangeArgs, PfxCheckArgs,
    PredictArgs,
};

/// Look into PFX (PKCS#12) files, say what Windows makes of their keys, and write them
#[derive(Debug, Args)]
pub(crate) struct PfxArgs {
    #[command(subcommand)]
    pub(crate) command: PfxCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PfxCommand {
    Inspect(PfxInspectArgs),
    Check(Box<PfxCheckArgs>),
    Convert(Box<ConvertArgs>),
    Create(Box<CreateArgs>),
    Extract(ExtractArgs),
    Merge(Box<MergeArgs>),
    Password(Box<PasswordChangeArgs>),
    Predict(Box<PredictArgs>),
    Providers(ProvidersArgs),
}

/// Show what is in PFX files, where Windows puts their keys, and which releases open them
///
/// Without the password most of it is still known: provider, container, key store and
/// encryption stand outside of what is encrypted.
#[derive(Debug, Args)]
#[command(after_help = INSPECT_EXIT_CODES)]
pub(crate) struct PfxInspectArgs {
    /// PFX files (binary, PEM or base64), or - for standard input
    #[arg(value_name = "FILE", required = true)]
    pub(crate) files: Vec<String>,
    #[command(flatten)]
    pub(crate) password: PasswordArgs,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

const INSPECT_EXIT_CODES: &str = "\
Exit codes:
  0  everything was read that can be read with the password, or without one if none was given
  2  wrong usage, a wrong password, or something cannot be read
  4  internal error, to be reported";

/// List the providers of Windows (CSPs and KSPs) that are known by name
#[derive(Debug, Args)]
pub(crate) struct ProvidersArgs {
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}
