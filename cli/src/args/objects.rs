//! `crl` and `ocsp`: objects by themselves.

use clap::{Args, ValueEnum};

use super::OutputArgs;

const EXIT_CODES: &str = "\
Exit codes:
  0  every check that was asked for passed; a signature that was not checked is said to be so
  1  a check failed: expired, wrong signature, certificate revoked, …
  2  wrong usage, or an input cannot be read
  3  indeterminate: what was asked for cannot be answered from what was given
  4  internal error, to be reported
Several results in one run: 4, then 2, then 1, then 3, then 0.";

/// Show certificate revocation lists and check them by themselves
///
/// Checked are the form (DER, extensions, contradictions) and the freshness;
/// with --issuer the signature, its algorithm and whether the issuer may sign
/// CRLs; with --cert whether the CRL covers that certificate and what it says
/// about it.
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct CrlArgs {
    /// Files with CRLs (PEM, DER, base64, P7B), or - for standard input
    #[arg(value_name = "FILE", required = true)]
    pub(crate) files: Vec<String>,
    /// Say whether this serial number is listed, in hexadecimal as other programs show it; may be given several times
    #[arg(long, value_name = "HEX")]
    pub(crate) serial: Vec<String>,
    /// Show all entries, not only the first ones
    #[arg(long)]
    pub(crate) all: bool,
    #[command(flatten)]
    pub(crate) judge: JudgeArgs,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

/// Show OCSP responses and requests, and check responses by themselves
///
/// Checked are the responder's answer, the form and the freshness; with --issuer
/// the signature, its algorithm and whether the responder may speak for that
/// issuer; with --cert what it says about that certificate. With --request, a
/// request for --cert is written instead.
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct OcspArgs {
    /// Files with OCSP responses or requests (DER, PEM, base64), or - for standard input
    #[arg(value_name = "FILE", required_unless_present = "request")]
    pub(crate) files: Vec<String>,
    /// Write a request about --cert, issued by --issuer, to --output (DER)
    #[arg(long, requires = "cert", conflicts_with_all = ["files", "at", "allow_weak", "format"])]
    pub(crate) request: bool,
    /// The hash that names the certificate in the request
    #[arg(long, value_enum, default_value_t = HashArg::Sha1, requires = "request")]
    pub(crate) hash: HashArg,
    /// Put a random nonce of 32 octets into the request, so that the answer cannot be an old one
    #[arg(long, requires = "request")]
    pub(crate) nonce: bool,
    #[command(flatten)]
    pub(crate) judge: JudgeArgs,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

/// What an object is judged by.
#[derive(Debug, Args)]
pub(crate) struct JudgeArgs {
    /// Certificates of issuers that you vouch for: of the certificate, of the CRL. Files, or - for standard input
    #[arg(long, value_name = "FILE", num_args = 1)]
    pub(crate) issuer: Vec<String>,
    /// The certificate in question, the first one of this file; others in it are tried as its issuer
    #[arg(long, value_name = "FILE")]
    pub(crate) cert: Option<String>,
    /// The time to check for, in RFC 3339, as 2026-11-23T12:00:00Z; the default is this moment
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<String>,
    /// Accept a weak algorithm of the signature: sha1, md5, rsa1024, dsa or all
    #[arg(long, value_name = "KIND")]
    pub(crate) allow_weak: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum HashArg {
    /// What every responder understands
    Sha1,
    /// Not understood by responders with responses made in advance (RFC 5019)
    Sha256,
}
