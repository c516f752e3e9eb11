//! Arguments of `certlens probe`.

use clap::Args;

use super::{ClientArgs, EndpointArgs, NetworkArgs, OutputArgs, PathArgs, ProfileArg, RevocationArgs, VerifyArgs};

const EXIT_CODES: &str = "\
Exit codes:
  0  every endpoint was reached, and its certificate is trusted
  1  one presented a certificate that is not trusted, refused TLS, or demands a client certificate
  2  wrong usage, or an input cannot be read
  3  one was not reached (name, connection, proxy), or something about it is not known
  4  internal error, to be reported
Several results in one run: 4, then 2, then 1, then 3, then 0.";

/// Reach TLS endpoints stage by stage, and say what they present and whether it is trusted
///
/// Name, connection, proxy, the protocol's own request for TLS, TLS, certificate: each
/// stage is timed, and when one fails it is said why and what to do. What the server
/// sends is judged apart from what could be built of it.
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct ProbeArgs {
    /// HOST, HOST:PORT, an address, a block of them (192.0.2.0/28:443), several ports (HOST:443,8443), or a URL: https,
    /// tls, net.tcp, smtp, imap, pop3, ftp, ldap, xmpp, postgres, mysql, mssql, rdp and their kin
    #[arg(value_name = "TARGET", required_unless_present = "list")]
    pub(crate) targets: Vec<String>,
    /// Further targets, one a line, from this file, - for standard input; what follows a # is a comment
    #[arg(long, value_name = "FILE")]
    pub(crate) list: Option<String>,
    #[command(flatten)]
    pub(crate) endpoint: EndpointArgs,
    #[command(flatten)]
    pub(crate) client: ClientArgs,
    /// How many endpoints are probed at once
    #[arg(long, value_name = "N", default_value_t = certlens_probe::limits::MAX_CONCURRENT, value_parser = at_least_one)]
    pub(crate) concurrency: usize,
    /// How many of one host are probed at once
    #[arg(long, value_name = "N", default_value_t = certlens_probe::limits::MAX_CONCURRENT_PER_HOST,
        value_parser = at_least_one)]
    pub(crate) per_host: usize,
    /// Write the certificates that the server sent to this file, in PEM and as they came; for one target
    #[arg(long, value_name = "FILE")]
    pub(crate) save_chain: Option<std::path::PathBuf>,
    #[command(flatten)]
    pub(crate) path: PathArgs,
    /// The DNS name or address that the certificate must have; the default is the target's host
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// What the certificate must be usable for; the default is server-auth
    #[arg(long, value_name = "PURPOSE")]
    pub(crate) purpose: Vec<String>,
    /// The rules. Without it the CA/Browser Forum's are warnings, unless the path ends in a public trust anchor
    #[arg(long, value_enum, default_value_t = ProfileArg::Rfc5280)]
    pub(crate) profile: ProfileArg,
    /// Accept a weak algorithm with a warning: sha1, md5, rsa1024, dsa or all
    #[arg(long, value_name = "KIND")]
    pub(crate) allow_weak: Vec<String>,
    #[command(flatten)]
    pub(crate) revocation: RevocationArgs,
    /// Retrieve issuers, CRLs and OCSP responses from the URLs in certificates
    #[arg(long, visible_alias = "urlfetch")]
    pub(crate) fetch: bool,
    #[command(flatten)]
    pub(crate) network: NetworkArgs,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

fn at_least_one(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) | Err(_) => Err("expected a number from 1".to_owned()),
        Ok(number) => Ok(number),
    }
}

impl ProbeArgs {
    /// The same demands as arguments of `verify`, which they are read as.
    pub(crate) fn verification(&self, targets: Vec<String>) -> VerifyArgs {
        VerifyArgs {
            targets,
            endpoint: self.endpoint.clone(),
            client: self.client.clone(),
            path: self.path.clone(),
            name: self.name.clone(),
            purpose: self.purpose.clone(),
            profile: self.profile,
            allow_weak: self.allow_weak.clone(),
            revocation: self.revocation.clone(),
            fetch: self.fetch,
            network: self.network.clone(),
            endpoints_alone: true,
            ..VerifyArgs::default()
        }
    }
}
