//! The certificate for servers that ask the client for one.

use std::path::PathBuf;

use clap::Args;

/// A client certificate with its private key.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Client certificate")]
pub(crate) struct ClientArgs {
    /// The certificate for servers that ask for one, with its chain: PEM, DER or PFX, or - for standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) client_cert: Option<String>,
    /// Its private key, when it is not in the same file
    #[arg(long, value_name = "FILE", requires = "client_cert")]
    pub(crate) client_key: Option<String>,
    /// The password of the PFX or key is the first line of this file, or of standard input (-); without it a terminal
    /// is asked
    #[arg(long, value_name = "FILE", requires = "client_cert", conflicts_with = "client_password_env")]
    pub(crate) client_password_file: Option<PathBuf>,
    /// The password of the PFX or key is in this environment variable
    #[arg(long, value_name = "NAME", requires = "client_cert")]
    pub(crate) client_password_env: Option<String>,
}

impl ClientArgs {
    /// The same for the next command, in words that are still to be quoted.
    pub(crate) fn for_next(&self) -> Vec<(&'static str, String)> {
        let path = |path: &PathBuf| path.display().to_string();
        let is_file = |name: &&String| name.as_str() != "-";
        let password = self.client_password_file.as_ref().map(path);
        let all = [
            ("client-cert", self.client_cert.as_ref().filter(is_file).cloned()),
            ("client-key", self.client_key.as_ref().filter(is_file).cloned()),
            ("client-password-file", password.filter(|name| name != "-")),
            ("client-password-env", self.client_password_env.clone()),
        ];
        all.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
    }

    /// The first option that was given: without an endpoint it would do nothing.
    pub(crate) fn first_given(&self) -> Option<&'static str> {
        self.client_cert.is_some().then_some("--client-cert")
    }
}
