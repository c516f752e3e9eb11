//! The command line as data: one definition a flag feeds parsing and help.

mod cache;
mod client;
mod demand;
mod endpoint;
mod intercept;
mod objects;
mod password;
mod path;
mod pfx;
mod pfx_write;
mod predict;
mod probe;
mod proxy;
mod revocation;
mod roots;

use std::path::PathBuf;

pub(crate) use cache::{CacheArgs, CacheCommand, PlaceArgs, ShowArgs};
pub(crate) use client::ClientArgs;
pub(crate) use revocation::{NetworkArgs, OcspHashArg, PreferArg, RevocationArg, RevocationArgs, ScopeArg};

pub(crate) use intercept::InterceptArgs;

pub(crate) use endpoint::{EndpointArgs, TlsArg};

pub(crate) use demand::{DemandArgs, HaArgs, PfxCheckArgs};

use clap::{Args, Parser, Subcommand, ValueEnum};

pub(crate) use objects::{CrlArgs, HashArg, JudgeArgs, OcspArgs};
pub(crate) use password::PasswordArgs;
pub(crate) use path::PathArgs;
pub(crate) use pfx::{PfxArgs, PfxCommand, PfxInspectArgs, ProvidersArgs};
pub(crate) use pfx_write::{
    CipherArg, ConvertArgs, CreateArgs, ExtractArgs, KeyChangeArgs, KeySpecArg, MacArg, MergeArgs, NewPasswordArgs,
    PasswordChangeArgs, PrfArg, ProtectionArgs, SeveralPasswordArgs, WriteArgs, WriteReportArgs,
};
pub(crate) use proxy::ProxyArgs;
pub(crate) use roots::{AskArgs, RootsArgs, RootsCommand, ShowRootArgs};

pub(crate) use probe::ProbeArgs;

pub(crate) use predict::{PredictArgs, ProtectArg, SpecArg};

const EXIT_CODES: &str = "\
Exit codes:
  0  trusted; for inspect and explain: everything was read
  1  untrusted
  2  wrong usage, or an input cannot be read
  3  indeterminate: something about revocation is not known, an empty trust store, or a limit was reached
  4  internal error, to be reported
Several results in one run: 4, then 2, then 1, then 3, then 0.";

/// Verifies certificates and explains the verdict.
#[derive(Debug, Parser)]
#[command(name = "certlens", version, about, after_help = EXIT_CODES, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Verify(Box<VerifyArgs>),
    Url(Box<UrlArgs>),
    Inspect(InspectArgs),
    Pfx(PfxArgs),
    Ha(Box<HaArgs>),
    Crl(CrlArgs),
    Ocsp(OcspArgs),
    Probe(Box<ProbeArgs>),
    Intercept(Box<InterceptArgs>),
    Roots(RootsArgs),
    Explain(ExplainArgs),
    Cache(CacheArgs),
}

/// Build a path from a certificate to a trust anchor and say whether it holds
///
/// The first certificate of a file is the target; further ones serve as
/// intermediates. In a P7B file, whose order means nothing, the target is the
/// only certificate that issued none of the others, in a PFX file the one whose
/// private key is in it; a file with several of them is refused.
#[derive(Debug, Default, Args)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct VerifyArgs {
    /// Files with the certificate to verify (PEM, DER, base64, P7B, PFX), directories of those, or - for standard input;
    /// or endpoints: HOST:PORT or a URL (https, tls, net.tcp, smtp, ldap, …), verified for a server and its host's name
    #[arg(value_name = "TARGET", required_unless_present = "replay")]
    pub(crate) targets: Vec<String>,
    #[command(flatten)]
    pub(crate) endpoint: EndpointArgs,
    #[command(flatten)]
    pub(crate) client: ClientArgs,
    #[command(flatten)]
    pub(crate) path: PathArgs,
    /// The DNS name, address or mailbox that the certificate must have (dns:, ip:, email: force the kind)
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// What the certificate must be usable for: any, server-auth, client-auth, code-signing,
    /// email-protection, time-stamping, ocsp-signing, or an object identifier; each one given must be allowed.
    /// The default is any, and server-auth under the profile web
    #[arg(long, value_name = "PURPOSE")]
    pub(crate) purpose: Vec<String>,
    /// The rules: RFC 5280, or in addition the CA/Browser Forum's for TLS servers (algorithms, serial numbers, names,
    /// purposes, key identifiers, which extensions are critical)
    #[arg(long, value_enum, default_value_t = ProfileArg::Rfc5280)]
    pub(crate) profile: ProfileArg,
    /// Accept a weak algorithm with a warning: sha1, md5, rsa1024, dsa or all (profile rfc5280 only)
    #[arg(long, value_name = "KIND")]
    pub(crate) allow_weak: Vec<String>,
    /// Take only name and key of the trust anchors, and nothing else that their certificates say:
    /// no validity, no constraints (RFC 5280 §6.1.1 (d))
    #[arg(long)]
    pub(crate) anchors_as_keys: bool,
    /// The most intermediates in the path, self-issued ones not counted
    #[arg(long, value_name = "N")]
    pub(crate) max_path_length: Option<String>,
    /// A certificate policy that is acceptable, as an object identifier; may be given several times. The default is
    /// any. Counts only where a policy is required
    #[arg(long, value_name = "OID")]
    pub(crate) initial_policy: Vec<String>,
    /// Require that the path is valid for an acceptable certificate policy
    #[arg(long)]
    pub(crate) require_explicit_policy: bool,
    /// Do not accept that a CA maps a certificate policy to another one
    #[arg(long)]
    pub(crate) inhibit_policy_mapping: bool,
    /// Do not accept anyPolicy in a certificate in the place of an acceptable policy
    #[arg(long)]
    pub(crate) inhibit_any_policy: bool,
    #[command(flatten)]
    pub(crate) revocation: RevocationArgs,
    /// Retrieve issuers, CRLs and OCSP responses from the URLs in certificates; without it no network is used
    #[arg(long, visible_alias = "urlfetch")]
    pub(crate) fetch: bool,
    #[command(flatten)]
    pub(crate) network: NetworkArgs,
    /// Keep the inputs of the run in this new directory: for a support case, or to repeat it
    #[arg(long, value_name = "DIR")]
    pub(crate) record: Option<PathBuf>,
    /// Repeat a recorded run without the network; the target and all options come from there
    #[arg(long, value_name = "DIR", conflicts_with_all = NOT_WITH_REPLAY)]
    pub(crate) replay: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) password: PasswordArgs,
    /// Look at all paths to a trust anchor, not only until one is trusted, and show each
    #[arg(long)]
    pub(crate) all_paths: bool,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
    /// Whether another command than `verify` has endpoints, and no files.
    #[arg(skip)]
    pub(crate) endpoints_alone: bool,
}

/// A record brings all of these; only where the report goes is left to choose.
const NOT_WITH_REPLAY: [&str; 52] = [
    "sni",
    "no_sni",
    "connect",
    "alpn",
    "tls",
    "via",
    "client_cert",
    "client_key",
    "client_password_file",
    "client_password_env",
    "targets",
    "anchors",
    "trust",
    "intermediates",
    "at",
    "name",
    "purpose",
    "profile",
    "allow_weak",
    "anchors_as_keys",
    "max_path_length",
    "initial_policy",
    "require_explicit_policy",
    "inhibit_policy_mapping",
    "inhibit_any_policy",
    "crl",
    "ocsp",
    "revocation",
    "revocation_scope",
    "prefer",
    "fetch",
    "proxy",
    "proxy_from",
    "proxy_user",
    "proxy_password_file",
    "proxy_password_env",
    "timeout",
    "no_cache",
    "cache_dir",
    "public_only",
    "ocsp_hash",
    "ocsp_nonce",
    "ldap_host",
    "ldap_bind",
    "ldap_bind_host",
    "ldap_password_file",
    "ldap_start_tls",
    "password_file",
    "password_env",
    "password",
    "record",
    "all_paths",
];

impl VerifyArgs {
    /// Everything that is read.
    pub(crate) fn inputs(&self) -> impl Iterator<Item = &String> {
        let lists =
            [&self.targets, &self.path.anchors, &self.path.intermediates, &self.revocation.crl, &self.revocation.ocsp];
        let more = [&self.client.client_cert, &self.client.client_key, &self.network.proxy.proxy_from];
        lists.into_iter().flatten().chain(more.into_iter().flatten())
    }
}

/// Ask every URL in the certificates of a chain, and say which work from here
///
/// Issuers (AIA), CRLs, delta CRLs and OCSP responders: what came is judged as a
/// verification would. A chain can be checked from here if for each certificate one
/// AIA URL works, and one CRL or OCSP URL; kinds that it does not list do not apply.
#[derive(Debug, Args)]
#[command(after_help = URL_EXIT_CODES)]
pub(crate) struct UrlArgs {
    /// Files with certificates, directories of those, - for standard input, or URLs
    #[arg(value_name = "FILE|URL", required = true)]
    pub(crate) targets: Vec<String>,
    /// Every URL must work, as AD FS demands, not one of each kind
    #[arg(long)]
    pub(crate) every_url: bool,
    #[command(flatten)]
    pub(crate) path: PathArgs,
    /// Accept a weak algorithm: sha1, md5, rsa1024, dsa or all
    #[arg(long, value_name = "KIND")]
    pub(crate) allow_weak: Vec<String>,
    #[command(flatten)]
    pub(crate) network: NetworkArgs,
    #[command(flatten)]
    pub(crate) password: PasswordArgs,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

const URL_EXIT_CODES: &str = "\
Exit codes:
  0  the chain can be built and checked from here
  1  it cannot: a URL that is needed does not work, or a certificate is revoked
  2  wrong usage, or an input cannot be read
  3  indeterminate: whether a URL works cannot be seen from here
  4  internal error, to be reported";

/// Show everything that is in certificates
#[derive(Debug, Args)]
pub(crate) struct InspectArgs {
    /// Files (PEM, DER, base64, P7B, PFX), directories of those, or - for standard input
    #[arg(value_name = "FILE", required = true)]
    pub(crate) files: Vec<String>,
    #[command(flatten)]
    pub(crate) password: PasswordArgs,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

/// Say what a finding, a demand or an error of Windows means and what to do about it
#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// Codes of findings, as `expired`; of demands of products, as `key-exchange`; or what Windows says, as
    /// CERT_E_EXPIRED, 0x8009030D, error 103, 10061, the number of an event, or a sentence as "No such host is known";
    /// without any, all are listed
    #[arg(value_name = "CODE", allow_negative_numbers = true)]
    pub(crate) codes: Vec<String>,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

#[derive(Clone, Debug, Default, Args)]
pub(crate) struct OutputArgs {
    /// The form of the report
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
    /// Write the report to this file instead of standard output
    #[arg(long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Overwrite the output file if it exists
    #[arg(long, requires = "output")]
    pub(crate) force: bool,
    /// Never colour the report (as with the environment variable NO_COLOR)
    #[arg(long)]
    pub(crate) no_color: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    #[default]
    Text,
    /// For programs; docs/schema has the schemas
    Json,
    /// In the shapes of certutil; of verify, inspect, pfx inspect and pfx providers
    Certutil,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TrustArg {
    /// The operating system's trust store; SSL_CERT_FILE and SSL_CERT_DIR replace it
    System,
    /// The Mozilla set that certlens carries
    Mozilla,
    /// No set: only what --anchors gives
    None,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ProfileArg {
    #[default]
    Rfc5280,
    Web,
}

#[cfg(test)]
mod tests {
    use super::{Cli, NOT_WITH_REPLAY};
    use clap::CommandFactory;

    #[test]
    fn only_output_options_stand_beside_replay() {
        let cli = Cli::command();
        let verify = cli.get_subcommands().find(|command| command.get_name() == "verify").unwrap();
        let others = ["replay", "format", "output", "force", "no_color"];
        for argument in verify.get_arguments() {
            let name = argument.get_id().as_str();
            assert!(NOT_WITH_REPLAY.contains(&name) != others.contains(&name), "{name}");
        }
    }
}
