//! Which proxy is between here and a peer.

use std::path::{Path, PathBuf};

use certlens_fetch::proxy::Proxy;
use clap::Args;

/// The proxy, and with what to log in there: for endpoints and for retrieval.
#[derive(Clone, Default, Args)]
#[command(next_help_heading = "Proxy")]
pub(crate) struct ProxyArgs {
    /// Ask through this proxy (http://, https://, socks5://, socks5h://); the default is what HTTP_PROXY, HTTPS_PROXY,
    /// ALL_PROXY and NO_PROXY say; none for no proxy
    #[arg(long, value_name = "URL")]
    pub(crate) proxy: Option<String>,
    /// Ask through the proxy of a .NET program: its configuration, as diahost.exe.config
    #[arg(long, value_name = "FILE", conflicts_with = "proxy")]
    pub(crate) proxy_from: Option<String>,
    /// The user name for the proxy, in the place of one in its URL
    #[arg(long, value_name = "NAME")]
    pub(crate) proxy_user: Option<String>,
    /// The user's password is the first line of this file, or of standard input (-); without it a terminal is asked
    #[arg(long, value_name = "FILE", requires = "proxy_user", conflicts_with = "proxy_password_env")]
    pub(crate) proxy_password_file: Option<PathBuf>,
    /// The user's password is in this environment variable
    #[arg(long, value_name = "NAME", requires = "proxy_user")]
    pub(crate) proxy_password_env: Option<String>,
}

impl ProxyArgs {
    /// The first option that was given.
    pub(crate) fn first_given(&self) -> Option<&'static str> {
        let given = [
            (self.proxy.is_some(), "--proxy"),
            (self.proxy_from.is_some(), "--proxy-from"),
            (self.proxy_user.is_some(), "--proxy-user"),
        ];
        given.into_iter().find(|(given, _)| *given).map(|(_, name)| name)
    }

    /// The same for the next command, in words that are still to be quoted; what is
    /// secret is not among them.
    pub(crate) fn for_next(&self) -> Vec<(&'static str, String)> {
        let path = |path: &PathBuf| path.display().to_string();
        let file = self.proxy_password_file.as_ref().filter(|file| file.as_path() != Path::new("-"));
        let in_url = self.proxy.as_deref().and_then(user_of);
        // The password of a URL is asked for in a file.
        let of_url = in_url.as_ref().map(|_| "FILE".to_owned());
        let all = [
            ("proxy", self.proxy.as_deref().map(certlens_fetch::shown)),
            ("proxy-from", self.proxy_from.clone()),
            ("proxy-user", self.proxy_user.clone().or(in_url)),
            ("proxy-password-file", file.map(path).or(of_url)),
            ("proxy-password-env", self.proxy_password_env.clone()),
        ];
        all.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
    }
}

/// The user that a proxy's URL names.
fn user_of(url: &str) -> Option<String> {
    let proxy = Proxy::parse("--proxy", url).ok()?;
    Some(proxy.login()?.user().to_owned())
}

impl std::fmt::Debug for ProxyArgs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The URL may hold a password.
        f.debug_list().entries(self.for_next()).finish()
    }
}
