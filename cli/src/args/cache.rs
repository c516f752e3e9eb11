//! Arguments of `certlens cache`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{Format, OutputArgs};

/// Show what is kept of what was retrieved, and delete it
#[derive(Debug, Args)]
pub(crate) struct CacheArgs {
    #[command(subcommand)]
    pub(crate) command: CacheCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum CacheCommand {
    /// List what is kept: a line a URL, or for OCSP a line a request
    List {
        #[command(flatten)]
        place: PlaceArgs,
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Show all that is known of one entry, and what it holds
    Show(ShowArgs),
    /// Delete entries; all or, if one is not known, none
    Delete {
        /// Ids, of which six digits are enough, or URLs
        #[arg(value_name = "ID|URL", required = true)]
        entries: Vec<String>,
        #[command(flatten)]
        place: PlaceArgs,
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Delete everything
    Clear {
        #[command(flatten)]
        place: PlaceArgs,
        #[command(flatten)]
        output: OutputArgs,
    },
}

#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    /// An id, of which six digits are enough, or a URL
    #[arg(value_name = "ID|URL")]
    pub(crate) entry: String,
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
    /// Write the CRL, response or certificate itself to this file, as it came
    #[arg(long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Overwrite the file if it exists
    #[arg(long, requires = "output")]
    pub(crate) force: bool,
    /// The form of the report
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
    /// Never colour the report (as with the environment variable NO_COLOR)
    #[arg(long)]
    pub(crate) no_color: bool,
}

impl ShowArgs {
    /// The report goes to standard output: the file is for the octets.
    pub(crate) fn report(&self) -> OutputArgs {
        OutputArgs { format: self.format, output: None, force: false, no_color: self.no_color }
    }
}

#[derive(Debug, Args)]
pub(crate) struct PlaceArgs {
    /// Where the cache is; the default is certlens in the user's cache directory
    #[arg(long, value_name = "DIR")]
    pub(crate) cache_dir: Option<PathBuf>,
}
