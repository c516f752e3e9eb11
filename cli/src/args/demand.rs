//! What a key is judged for: arguments of `pfx check` and `ha`.

use certlens_keystore::profile::Profile;
use certlens_keystore::provider::names::ENHANCED_AES;
use certlens_keystore::provider::releases::CompatibleWith;
use certlens_keystore::provider::{Certutil, Importer, KeySpec};
use clap::{Args, ValueEnum};

use super::{NetworkArgs, OutputArgs, PasswordArgs, SeveralPasswordArgs, TrustArg};

/// What is known beside what files say.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct DemandArgs {
    /// The oldest release of Windows that must open the file: server2012r2, server2016, server2019, server2022 or modern
    #[arg(long, value_name = "RELEASE", value_parser = release)]
    pub(crate) compatible_with: Option<CompatibleWith>,
    /// Who will import the file, if that is known; may be given several times. The default is the wizard, certutil
    /// without -csp and PowerShell's Import-PfxCertificate: what they agree on is known
    #[arg(long, value_enum, value_name = "PROGRAM")]
    pub(crate) importer: Vec<ImporterArg>,
    /// The account that must be able to read the key, as "NT SERVICE\DIAHostService", CONTOSO\svc or a SID; the default
    /// is the product's
    #[arg(long, value_name = "NAME")]
    pub(crate) account: Option<String>,
    /// The time to check for, in RFC 3339, as 2026-11-23T12:00:00Z; the default is this moment
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<String>,
    /// Let the exit code be 3 when there is something that only the node can tell, or that was not asked
    #[arg(long)]
    pub(crate) strict: bool,
}

/// Who imports a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ImporterArg {
    /// The import wizard, certlm.msc and certmgr.msc
    Wizard,
    /// certutil -importpfx, without -csp
    Certutil,
    /// certutil -csp "Microsoft Enhanced RSA and AES Cryptographic Provider" -importpfx … AT_KEYEXCHANGE
    CertutilCsp,
    /// PowerShell's Import-PfxCertificate
    Powershell,
    /// X509Certificate2 of .NET Framework
    DotnetFramework,
    /// X509CertificateLoader of .NET 9 and later
    Dotnet,
}

impl From<ImporterArg> for Importer {
    fn from(importer: ImporterArg) -> Importer {
        match importer {
            ImporterArg::Wizard => Importer::Wizard,
            ImporterArg::Certutil => Importer::Certutil(Certutil::PLAIN),
            ImporterArg::CertutilCsp => Importer::Certutil(Certutil::into(ENHANCED_AES, Some(KeySpec::Exchange))),
            ImporterArg::Powershell => Importer::ImportPfxCertificate,
            ImporterArg::DotnetFramework => Importer::DotNetFramework { ephemeral: false },
            ImporterArg::Dotnet => Importer::DotNetLoader { preserve_provider: false },
        }
    }
}

/// A release by its name on a command line.
pub(super) fn release(text: &str) -> Result<CompatibleWith, String> {
    CompatibleWith::by_name(text).ok_or_else(|| {
        let known: Vec<&str> = CompatibleWith::ALL.iter().map(|one| one.name()).collect();
        format!("is none of {}", known.join(", "))
    })
}

fn profile(text: &str) -> Result<&'static Profile, String> {
    Profile::by_name(text).ok_or_else(|| {
        let known: Vec<&str> = Profile::all().iter().map(|one| one.name).collect();
        format!("is none of {}", known.join(", "))
    })
}

/// Say whether a PFX file is what a product demands, and how to mend it
///
/// Every demand of the product with its source: met, not met, or not to be known from
/// the file. Without the password most of it is still known.
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct PfxCheckArgs {
    /// PFX files (binary, PEM or base64), or - for standard input
    #[arg(value_name = "FILE", required = true)]
    pub(crate) files: Vec<String>,
    /// The product: shir-ha (nodes of a self-hosted integration runtime), adfs, sqlserver, iis, exchange or wcf
    #[arg(long = "for", value_name = "PRODUCT", value_parser = profile)]
    pub(crate) profile: &'static Profile,
    /// A host that the certificate is for; may be given several times
    #[arg(long, value_name = "HOST", num_args = 1)]
    pub(crate) node: Vec<String>,
    /// A file with the permissions of the key on the node: SDDL, or what icacls printed
    #[arg(long, value_name = "FILE")]
    pub(crate) acl: Option<String>,
    #[command(flatten)]
    pub(crate) demand: DemandArgs,
    #[command(flatten)]
    pub(crate) password: PasswordArgs,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

/// Say whether high-availability nodes are ready for encrypted traffic between them
///
/// Before it is switched on: is each node's key where the service can use it, does the
/// certificate fit every node, does every node trust it. What only the nodes can tell
/// is listed with the commands that tell it there.
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct HaArgs {
    /// A file for each node, PFX or certificate, as HOST=FILE; or files whose nodes --node names in the same order, or
    /// one file for all of them
    #[arg(value_name = "NODE", required = true)]
    pub(crate) nodes: Vec<String>,
    /// The host name of a node whose file is not given as HOST=FILE; may be given several times
    #[arg(long, value_name = "HOST", num_args = 1)]
    pub(crate) node: Vec<String>,
    /// What the nodes trust: certificates, files or directories; for one node alone as HOST=FILE
    #[arg(long, value_name = "[HOST=]FILE|DIR", num_args = 1)]
    pub(crate) anchors: Vec<String>,
    /// A set of trust anchors that all nodes have; without it and --anchors nobody but the nodes knows what they trust
    #[arg(long, value_enum)]
    pub(crate) trust: Option<TrustArg>,
    /// Further certificates that may stand in the path: files or directories
    #[arg(long, value_name = "FILE|DIR", num_args = 1)]
    pub(crate) intermediates: Vec<String>,
    /// A file with the permissions of the key on a node, SDDL or what icacls printed, as HOST=FILE; FILE alone for
    /// all nodes
    #[arg(long, value_name = "[HOST=]FILE", num_args = 1)]
    pub(crate) acl: Vec<String>,
    #[command(flatten)]
    pub(crate) demand: DemandArgs,
    #[command(flatten)]
    pub(crate) password: SeveralPasswordArgs,
    /// Ask the URLs in the certificates (AIA, CRL, OCSP) and say whether the chain can be checked from here
    #[arg(long, visible_alias = "urlfetch")]
    pub(crate) fetch: bool,
    /// Connect from here to the service of each node (net.tcp, port 8060): does it answer, is TLS on, and which
    /// certificate does it present
    #[arg(long)]
    pub(crate) probe: bool,
    /// The port of the nodes' service, in the place of 8060
    #[arg(long, value_name = "N", requires = "probe", value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) port: Option<u16>,
    /// The address that the nodes' service is asked for, a path or a URI; the default is /ExternalService.svc/
    #[arg(long, value_name = "URI", requires = "probe")]
    pub(crate) via: Option<String>,
    /// Connect to this host or address, ADDR or ADDR:PORT, in the place of a node's host; may be given for each node
    #[arg(long, value_name = "HOST=ADDR", requires = "probe", num_args = 1)]
    pub(crate) connect: Vec<String>,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
    #[command(flatten)]
    pub(crate) network: NetworkArgs,
}

const EXIT_CODES: &str = "\
Exit codes:
  0  ready: every demand that can be judged from here is met
  1  not ready: one is not
  2  wrong usage, a wrong password, or an input cannot be read
  3  indeterminate: whether one is met depends on what is not given, as a password or who imports the file; with
     --strict also on what only the node can tell
  4  internal error, to be reported
Several results in one run: 4, then 2, then 1, then 3, then 0.";
