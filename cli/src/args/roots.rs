//! Arguments of `certlens roots`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::OutputArgs;

const EXIT_CODES: &str = "\
Exit codes:
  0  has: every root asked for is trusted; diff: the sets have the same certificates; list and show: done
  1  has: one is not trusted, or is disallowed; show: there is none; diff: the sets differ
  2  wrong usage, or an input cannot be read
  3  has: the trust store is empty
  4  internal error, to be reported";

/// Show which roots are trusted here, whether a certain one is, and how sets of them differ
///
/// A SET is `system` (the trust store of this system), `mozilla` (the set that
/// certlens carries), a file or directory with certificates, a serialized store
/// (.sst), or a trust list of Microsoft's (authroot.stl, disallowedcert.stl),
/// whose signature is not verified. No network is used.
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct RootsArgs {
    #[command(subcommand)]
    pub(crate) command: RootsCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum RootsCommand {
    /// List the roots of sets
    List {
        /// system, mozilla, a file or a directory
        #[arg(value_name = "SET", default_value = "system")]
        sets: Vec<String>,
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Show all that a set says about a root
    ///
    /// With `--save` its certificate is written into a file of its own, as PEM, in
    /// whatever form the set has it.
    Show(ShowRootArgs),
    /// Say whether a root is trusted here, and whether it is the same key
    ///
    /// A root given by its name is compared with the one of that name in the
    /// Mozilla set; for one that is missing, the thumbprint, where its issuer
    /// publishes it and how to install it here are shown. Lists of what is
    /// disallowed refuse what the other sets trust.
    Has(AskArgs),
    /// Compare two sets, by certificate and by key
    Diff {
        /// Two sets; of one alone, the system's is the other, and without any, Mozilla's and the system's are compared
        #[arg(value_name = "SET", num_args = 0..=2)]
        sets: Vec<String>,
        #[command(flatten)]
        output: OutputArgs,
    },
}

#[derive(Debug, Args)]
pub(crate) struct ShowRootArgs {
    #[command(flatten)]
    pub(crate) ask: AskArgs,
    /// Write the certificate to this new file, in PEM; there must be one alone
    #[arg(long, value_name = "FILE")]
    pub(crate) save: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct AskArgs {
    /// A root's common name, its SHA-1 or SHA-256 thumbprint, or a file with certificates
    #[arg(value_name = "NAME|THUMBPRINT|FILE", required = true)]
    pub(crate) wanted: Vec<String>,
    /// Where to look: system, mozilla, a file or a directory; may be given several times
    #[arg(long = "in", value_name = "SET", num_args = 1, default_value = "system")]
    pub(crate) sets: Vec<String>,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}
