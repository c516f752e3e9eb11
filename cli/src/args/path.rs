//! What a path is built from, and when it has to hold.

use clap::Args;

use super::TrustArg;

/// Certificates for the path, trusted and untrusted, and the time.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct PathArgs {
    /// Trust anchors: files or directories. Only these are trusted, unless --trust is given too
    #[arg(long, value_name = "FILE|DIR", num_args = 1)]
    pub(crate) anchors: Vec<String>,
    /// A set of trust anchors; the default is the system's, unless --anchors is given
    #[arg(long, value_enum)]
    pub(crate) trust: Option<TrustArg>,
    /// Further certificates that may stand in the path, untrusted: files or directories
    #[arg(long, value_name = "FILE|DIR", num_args = 1)]
    pub(crate) intermediates: Vec<String>,
    /// Verification time in RFC 3339, as 2026-11-23T12:00:00Z; the default is this moment
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<String>,
}
