//! Arguments of `certlens intercept`.

use std::path::PathBuf;

use clap::Args;

use super::{
    ClientArgs, EndpointArgs, NetworkArgs, OutputArgs, PathArgs, ProxyArgs, RevocationArg, RevocationArgs, TrustArg,
    VerifyArgs,
};

const EXIT_CODES: &str = "\
Exit codes:
  0  the certificate was not replaced, and is trusted here
  1  it was replaced; or it was not, and is not trusted here; or TLS with the endpoint failed
  2  wrong usage, or an input cannot be read
  3  what was seen does not say, or the endpoint was not reached
  4  internal error, to be reported";

/// Say whether a proxy replaced an endpoint's certificate, and prove it
///
/// The endpoint is reached directly and through every proxy; the chains are compared
/// certificate by certificate, and what speaks for and against a replacement is
/// weighed. Where it cannot be reached directly, what one way shows is judged alone.
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct InterceptArgs {
    /// The endpoint: HOST, HOST:PORT or a URL
    #[arg(value_name = "HOST")]
    pub(crate) target: String,
    /// A proxy to compare with (http://, https://, socks5://, socks5h://); may be given several times. The default is
    /// what HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY say
    #[arg(long, value_name = "URL")]
    pub(crate) proxy: Vec<String>,
    /// The proxy of a .NET program to compare with: its configuration, as diahost.exe.config
    #[arg(long, value_name = "FILE")]
    pub(crate) proxy_from: Option<String>,
    /// The user name for the proxies, in the place of one in the URL
    #[arg(long, value_name = "NAME")]
    pub(crate) proxy_user: Option<String>,
    /// The user's password is the first line of this file, or of standard input (-); without it a terminal is asked
    #[arg(long, value_name = "FILE", requires = "proxy_user", conflicts_with = "proxy_password_env")]
    pub(crate) proxy_password_file: Option<PathBuf>,
    /// The user's password is in this environment variable
    #[arg(long, value_name = "NAME", requires = "proxy_user")]
    pub(crate) proxy_password_env: Option<String>,
    /// Do not try without a proxy
    #[arg(long)]
    pub(crate) no_direct: bool,
    /// A host that has nothing to do with the endpoint, to see whether one CA speaks for both; may be given several
    /// times. It is reached in the same ways, without --connect, --sni, --alpn, --via and the client's certificate
    #[arg(long, value_name = "HOST")]
    pub(crate) reference: Vec<String>,
    /// A key that the endpoint, or a CA above it, is known to have: sha256/BASE64 of its SubjectPublicKeyInfo; may be
    /// given several times
    #[arg(long, value_name = "PIN")]
    pub(crate) pin: Vec<String>,
    #[command(flatten)]
    pub(crate) endpoint: EndpointArgs,
    #[command(flatten)]
    pub(crate) client: ClientArgs,
    #[command(flatten)]
    pub(crate) path: PathArgs,
    /// The DNS name or address that the certificate must have; the default is the endpoint's host
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// How many seconds each stage may take, which have limits of their own otherwise
    #[arg(long, value_name = "SECONDS")]
    pub(crate) timeout: Option<String>,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

impl InterceptArgs {
    /// Every file that is read, but for those with passwords.
    pub(crate) fn inputs(&self) -> impl Iterator<Item = &String> {
        let single = [&self.proxy_from, &self.client.client_cert, &self.client.client_key];
        single.into_iter().flatten().chain(&self.path.anchors).chain(&self.path.intermediates)
    }

    /// The names of all files, passwords included, of which standard input may be one.
    pub(crate) fn names_of_all_files(&self) -> Vec<String> {
        let passwords = [&self.proxy_password_file, &self.client.client_password_file];
        let passwords = passwords.into_iter().flatten().map(|path| path.display().to_string());
        self.inputs().cloned().chain(passwords).collect()
    }

    /// Whether trust anchors are given in the place of this system's.
    pub(crate) fn anchors_given(&self) -> bool {
        !self.path.anchors.is_empty() || matches!(self.path.trust, Some(TrustArg::Mozilla | TrustArg::None))
    }

    /// How to log in at proxies.
    pub(crate) fn login(&self) -> ProxyArgs {
        ProxyArgs {
            proxy_user: self.proxy_user.clone(),
            proxy_password_file: self.proxy_password_file.clone(),
            proxy_password_env: self.proxy_password_env.clone(),
            ..ProxyArgs::default()
        }
    }

    /// What is asked of a certificate in one way, for commands that go the same way.
    pub(crate) fn verification_through(&self, proxy: &ProxyArgs) -> VerifyArgs {
        let mut verification = self.verification();
        verification.network.proxy = proxy.clone();
        verification
    }

    /// The same by Mozilla's set; the intermediates, which may come from standard input, are
    /// left out.
    pub(crate) fn verification_by_mozilla(&self) -> VerifyArgs {
        VerifyArgs {
            path: PathArgs { trust: Some(TrustArg::Mozilla), at: self.path.at.clone(), ..PathArgs::default() },
            ..self.verification()
        }
    }

    /// What is asked of each certificate, as arguments of `verify`, which it is read as.
    pub(crate) fn verification(&self) -> VerifyArgs {
        VerifyArgs {
            targets: vec![self.target.clone()],
            endpoint: self.endpoint.clone(),
            client: self.client.clone(),
            path: self.path.clone(),
            name: self.name.clone(),
            revocation: RevocationArgs { revocation: Some(RevocationArg::None), ..RevocationArgs::default() },
            network: NetworkArgs { timeout: self.timeout.clone(), ..NetworkArgs::default() },
            endpoints_alone: true,
            ..VerifyArgs::default()
        }
    }
}
