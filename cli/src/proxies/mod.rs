//! Which proxy is asked: as an option says it, as the configuration of a .NET program
//! does, or else as the environment does.

mod bypass;
mod config;
mod refused;
mod section;

use certlens_fetch::proxy::{self, ProxyLogin, ProxyScheme};
use certlens_fetch::{Environment, ProxyChoice, ProxyUrl};
use certlens_probe::proxy::{Credentials, Kind, Proxy};
use certlens_probe::target::{Opening, Target};

pub(crate) use refused::refuse;

use config::{ProxyConfig, Way};

use crate::args::ProxyArgs;
use crate::error::Failure;
use crate::password::{self, Passwords};

/// The proxies of a run.
pub(crate) struct Proxies {
    source: Source,
    login: Option<ProxyLogin>,
}

enum Source {
    /// One, none, or those of the environment.
    Choice {
        choice: ProxyChoice,
        proxies: Box<proxy::Proxies>,
    },
    Config(ProxyConfig),
}

/// The proxy for an endpoint.
#[derive(Debug)]
pub(crate) struct Chosen {
    pub(crate) proxy: Proxy,
    /// Who says so: `--proxy`, `environment variable HTTPS_PROXY`, or the name of a file.
    pub(crate) from: String,
}

impl Proxies {
    /// Reads what was given, and asks a terminal for a password that was not.
    ///
    /// # Errors
    ///
    /// When a URL, a file or a variable cannot be used, or there is no password for a
    /// user.
    pub(crate) fn new(args: &ProxyArgs) -> Result<Proxies, Failure> {
        Proxies::in_environment(args, Environment::of_process())
    }

    /// With a login that was read before, by [`login`], for those of several runs.
    ///
    /// # Errors
    ///
    /// When a URL, a file or a variable cannot be used.
    pub(crate) fn logged_in(args: &ProxyArgs, login: Option<ProxyLogin>) -> Result<Proxies, Failure> {
        Proxies::with(args, Environment::of_process(), || Ok(login))
    }

    fn in_environment(args: &ProxyArgs, environment: Environment) -> Result<Proxies, Failure> {
        Proxies::with(args, environment, || login(args))
    }

    fn with(
        args: &ProxyArgs,
        environment: Environment,
        login: impl FnOnce() -> Result<Option<ProxyLogin>, Failure>,
    ) -> Result<Proxies, Failure> {
        let url = args.proxy.as_deref().map(str::trim);
        let is_none = url.is_some_and(|url| url.eq_ignore_ascii_case("none"));
        if is_none && args.proxy_user.is_some() {
            return Err(Failure::unusable("--proxy-user: with --proxy none there is no proxy to log in at")
                .advice("leave one of the two out"));
        }
        let config = args.proxy_from.as_deref().map(ProxyConfig::read).transpose()?;
        if let Some(config) = config {
            return Ok(Proxies { source: Source::Config(config), login: login()? });
        }
        let choice = match url {
            _ if is_none => ProxyChoice::None,
            Some(url) => ProxyChoice::Url(ProxyUrl(url.to_owned())),
            None => ProxyChoice::Environment(environment),
        };
        let proxies = |login: Option<&ProxyLogin>| proxy::Proxies::new(&choice, login).map_err(|error| refuse(&error));
        // What cannot be used is said before a password is asked for.
        proxies(None)?;
        let login = login()?;
        let proxies = Box::new(proxies(login.as_ref())?);
        Ok(Proxies { source: Source::Choice { choice, proxies }, login })
    }

    /// The proxy for an endpoint, if it is reached through one. Of the variables of the
    /// environment `HTTPS_PROXY` is for those that begin with TLS, and `ALL_PROXY` for all.
    ///
    /// # Errors
    ///
    /// When the variable for it cannot be used, or a file leaves open which it is.
    pub(crate) fn for_target(&self, target: &Target) -> Result<Option<Chosen>, Failure> {
        let host = target.host.to_string();
        let proxies = match &self.source {
            Source::Config(config) => {
                let Way::Proxy(proxy) = config.way(target.scheme, &host, target.port)? else { return Ok(None) };
                return Ok(Some(Chosen { proxy: for_probe(proxy, self.login.as_ref()), from: config.name.clone() }));
            }
            Source::Choice { proxies, .. } => proxies,
        };
        let found = match target.opening {
            Opening::Tls => proxies.for_tls(&host, target.port).cloned(),
            Opening::Upgrade(_) => proxies.for_other(&host, target.port).map_err(|error| refuse(&error))?,
        };
        Ok(found.map(|found| {
            let from = match self.source {
                Source::Choice { choice: ProxyChoice::Url(_), .. } => "--proxy".to_owned(),
                _ => format!("environment variable {}", found.origin()),
            };
            Chosen { proxy: for_probe(&found, None), from }
        }))
    }

    /// Why an endpoint is reached without the proxy that there is for others; `None` when
    /// it is not, or there is none.
    pub(crate) fn why_direct(&self, target: &Target) -> Option<String> {
        let host = target.host.to_string();
        match &self.source {
            Source::Config(config) => match config.way(target.scheme, &host, target.port).ok()? {
                Way::Direct(why) => Some(format!("{}: {why}", config.name)),
                Way::Proxy(_) => None,
            },
            Source::Choice { proxies, .. } => {
                let is_exempt = !proxies.is_empty() && proxies.is_exempt(&host, target.port);
                is_exempt.then(|| "environment variable NO_PROXY exempts it".to_owned())
            }
        }
    }

    /// What is to be said of a file's settings that cannot be followed as they stand.
    pub(crate) fn notes(&self) -> &[String] {
        match &self.source {
            Source::Config(config) => &config.notes,
            Source::Choice { .. } => &[],
        }
    }

    /// The same proxies for retrieval, and with what to log in there.
    ///
    /// # Errors
    ///
    /// When a file has a rule that is not understood: what is to be retrieved is not known
    /// yet, and so whether the rule matters.
    pub(crate) fn for_retrieval(&self) -> Result<(ProxyChoice, Option<ProxyLogin>), Failure> {
        let choice = match &self.source {
            Source::Choice { choice, .. } => choice.clone(),
            Source::Config(config) => config.for_retrieval()?,
        };
        Ok((choice, self.login.clone()))
    }
}

/// With what to log in, when it does not stand in the proxy's URL.
///
/// # Errors
///
/// When there is no password for a user, or it cannot be read.
pub(crate) fn login(args: &ProxyArgs) -> Result<Option<ProxyLogin>, Failure> {
    let Some(user) = &args.proxy_user else { return Ok(None) };
    // RFC 7617 §2: the first colon ends the user name.
    if let Some(at) = user.find(':') {
        return Err(Failure::unusable(format!(
            "--proxy-user: at octet {at} there is a colon, which no user name has (RFC 7617 §2)"
        ))
        .advice("give the password by --proxy-password-file FILE or --proxy-password-env NAME"));
    }
    let told =
        password::told_by("--proxy-password", args.proxy_password_file.as_deref(), args.proxy_password_env.as_deref())?;
    let password = told.or_else(|| Passwords::of(None).ask(&format!("{user} at the proxy"))).ok_or_else(|| {
        Failure::unusable(format!("--proxy-user {user}: no password was given"))
            .advice("give --proxy-password-file FILE, whose first line is the password, or --proxy-password-env NAME")
    })?;
    Ok(Some(ProxyLogin::new(user.clone(), password.expose().to_owned())))
}

/// A proxy as probing has it; a login that is given counts before that of the URL.
fn for_probe(proxy: &proxy::Proxy, login: Option<&ProxyLogin>) -> Proxy {
    let kind = match proxy.scheme() {
        ProxyScheme::Http => Kind::Http { tls: false },
        ProxyScheme::Https => Kind::Http { tls: true },
        ProxyScheme::Socks5 { remote_dns } => Kind::Socks5 { remote_dns },
    };
    let login = login.or(proxy.login());
    let credentials = login.map(|login| Credentials::new(login.user().to_owned(), login.password().to_owned()));
    Proxy { kind, host: proxy.host().to_owned(), port: proxy.port(), credentials }
}

#[cfg(test)]
mod tests;
