//! Arguments about revocation and retrieval.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, ValueEnum};

use super::ProxyArgs;
use crate::error::Failure;

/// What is known, or must be known, about revocation.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct RevocationArgs {
    /// CRLs: files or directories (PEM, DER, P7B). Of a large DER file only what is needed is kept
    #[arg(long, value_name = "FILE|DIR", num_args = 1)]
    pub(crate) crl: Vec<String>,
    /// OCSP responses: files or directories
    #[arg(long, value_name = "FILE|DIR", num_args = 1)]
    pub(crate) ocsp: Vec<String>,
    /// How much must be known about revocation. The default is require with --fetch, best-effort with --crl or --ocsp,
    /// and none otherwise
    #[arg(long, value_enum, value_name = "MODE")]
    pub(crate) revocation: Option<RevocationArg>,
    /// Which certificates must not be revoked; the trust anchor is never looked at
    #[arg(long, value_enum, default_value_t = ScopeArg::Chain, value_name = "SCOPE")]
    pub(crate) revocation_scope: ScopeArg,
    /// Which source is asked for first; the other one only where the first gives no answer
    #[arg(long, value_enum, default_value_t = PreferArg::Ocsp, value_name = "SOURCE")]
    pub(crate) prefer: PreferArg,
}

/// How retrieval is done.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Retrieval")]
pub(crate) struct NetworkArgs {
    #[command(flatten)]
    pub(crate) proxy: ProxyArgs,
    /// How many seconds one URL may take, which is 15 otherwise, or each stage of an endpoint, which have limits of
    /// their own otherwise
    #[arg(long, value_name = "SECONDS")]
    pub(crate) timeout: Option<String>,
    /// Neither use nor fill the cache
    #[arg(long)]
    pub(crate) no_cache: bool,
    /// Where the cache is; the default is certlens in the user's cache directory
    #[arg(long, value_name = "DIR")]
    pub(crate) cache_dir: Option<PathBuf>,
    /// Ask nothing at private addresses, as for certificates that strangers upload
    #[arg(long)]
    pub(crate) public_only: bool,
    /// The hash by which OCSP responders are asked; not all know another than sha1
    #[arg(long, value_enum, default_value_t = OcspHashArg::Sha1, value_name = "HASH")]
    pub(crate) ocsp_hash: OcspHashArg,
    /// Send a nonce with OCSP requests, so that old responses are noticed
    #[arg(long)]
    pub(crate) ocsp_nonce: bool,
    /// The server for LDAP URLs that name none, as Active Directory writes them: HOST or HOST:PORT
    #[arg(long, value_name = "HOST")]
    pub(crate) ldap_host: Option<String>,
    /// An account for one LDAP server, sent only there and only under TLS: its distinguished name or user@domain
    #[arg(long, value_name = "NAME", requires = "ldap_bind_host", requires = "ldap_password_file")]
    pub(crate) ldap_bind: Option<String>,
    /// The server that the account is for: HOST or HOST:PORT
    #[arg(long, value_name = "HOST", requires = "ldap_bind")]
    pub(crate) ldap_bind_host: Option<String>,
    /// A file whose first line is the account's password
    #[arg(long, value_name = "FILE", requires = "ldap_bind")]
    pub(crate) ldap_password_file: Option<PathBuf>,
    /// Speak TLS by StartTLS at port 389 in the place of LDAPS at port 636
    #[arg(long, requires = "ldap_bind")]
    pub(crate) ldap_start_tls: bool,
}

impl NetworkArgs {
    /// The files that are read for passwords.
    pub(crate) fn password_files(&self) -> impl Iterator<Item = &Path> {
        [&self.proxy.proxy_password_file, &self.ldap_password_file].into_iter().flatten().map(PathBuf::as_path)
    }

    /// How long one thing may take.
    ///
    /// # Errors
    ///
    /// When it is no time that can be waited.
    pub(crate) fn seconds(&self) -> Result<Duration, Failure> {
        let timeout = self.timeout();
        let seconds = timeout.parse().ok().filter(|seconds| (0.1..=3600.0).contains(seconds));
        seconds.map(Duration::from_secs_f64).ok_or_else(|| {
            Failure::unusable(format!("--timeout {timeout}: is not a number of seconds"))
                .advice("give a number from 0.1 to 3600")
        })
    }

    /// The same where somebody said it; the stages of an endpoint have limits of their own.
    ///
    /// # Errors
    ///
    /// As [`seconds`](Self::seconds).
    pub(crate) fn seconds_given(&self) -> Result<Option<Duration>, Failure> {
        self.timeout.as_ref().map(|_| self.seconds()).transpose()
    }

    /// The seconds as they are written.
    pub(crate) fn timeout(&self) -> &str {
        self.timeout.as_deref().unwrap_or(DEFAULT_TIMEOUT)
    }

    /// The same where retrieval is not meant by the timeout.
    pub(crate) fn with_usual_timeout(&self) -> NetworkArgs {
        NetworkArgs { timeout: None, ..self.clone() }
    }

    /// The first option that was given and does nothing without retrieval; `for_endpoints`
    /// says that there are endpoints, to which a proxy and a timeout apply as well.
    pub(crate) fn first_given(&self, for_endpoints: bool) -> Option<&'static str> {
        let given = [
            (self.timeout.is_some() && !for_endpoints, "--timeout"),
            (self.no_cache, "--no-cache"),
            (self.cache_dir.is_some(), "--cache-dir"),
            (self.public_only, "--public-only"),
            (self.ocsp_hash != OcspHashArg::Sha1, "--ocsp-hash"),
            (self.ocsp_nonce, "--ocsp-nonce"),
            (self.ldap_host.is_some(), "--ldap-host"),
            (self.ldap_bind.is_some(), "--ldap-bind"),
        ];
        self.proxy
            .first_given()
            .filter(|_| !for_endpoints)
            .or_else(|| given.into_iter().find(|(given, _)| *given).map(|(_, name)| name))
    }
}

const DEFAULT_TIMEOUT: &str = "15";

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum RevocationArg {
    /// Revocation is not looked at
    None,
    /// A revoked certificate is refused; where nothing is known there is a warning
    BestEffort,
    /// Every certificate in scope must be shown not to be revoked
    Require,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ScopeArg {
    /// The target alone
    EndEntity,
    /// The target and all intermediates
    #[default]
    Chain,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum PreferArg {
    #[default]
    Ocsp,
    Crl,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum OcspHashArg {
    #[default]
    Sha1,
    Sha256,
}
