//! The ways to an endpoint: without a proxy, and through each.

use std::rc::Rc;

use certlens_probe::interception::Way;
use certlens_probe::proxy::{Kind, Proxy};
use certlens_probe::target::Target;

use crate::args::{ClientArgs, EndpointArgs, InterceptArgs, ProxyArgs};
use crate::endpoint::{self, Plan};
use crate::error::Failure;
use crate::proxies::{self, Proxies};
use crate::say;

/// A way that is going to be gone.
pub(crate) struct Planned {
    pub(crate) way: Way,
    /// The options that lead there.
    pub(crate) proxy: ProxyArgs,
    /// For the endpoint.
    pub(crate) plan: Plan,
    /// For hosts that are not the endpoint: without what was given for it alone, as where it
    /// is and the client's certificate.
    pub(crate) bare: Plan,
}

impl Planned {
    /// How a reference is reached in this way; or, when it is reached in another one, which.
    ///
    /// # Errors
    ///
    /// When its proxy cannot be used.
    pub(crate) fn reference(&self, host: &Target) -> Result<Result<endpoint::Way, String>, Failure> {
        let way = self.bare.way(host)?;
        let leads = named(way.settings.proxy.as_ref());
        if leads == self.way {
            return Ok(Ok(way));
        }
        let why = way.why_direct.map(|why| format!(" ({why})")).unwrap_or_default();
        Ok(Err(match leads {
            Way::Direct => format!("goes without a proxy{why}"),
            Way::Proxy(proxy) => format!("goes through {proxy}"),
        }))
    }
}

/// The way through a proxy, or without one.
fn named(proxy: Option<&Proxy>) -> Way {
    let Some(proxy) = proxy else { return Way::Direct };
    let scheme = match proxy.kind {
        Kind::Http { tls: false } => "http",
        Kind::Http { tls: true } => "https",
        Kind::Socks5 { remote_dns: false } => "socks5",
        Kind::Socks5 { remote_dns: true } => "socks5h",
    };
    Way::Proxy(format!("{scheme}://{}", proxy.authority()))
}

/// The options for each way: none first, then each proxy, or else what the environment says.
fn options(args: &InterceptArgs) -> Vec<ProxyArgs> {
    let through = |proxy: Option<&String>, from: Option<&String>| ProxyArgs {
        proxy: proxy.cloned(),
        proxy_from: from.cloned(),
        ..args.login()
    };
    let direct = ProxyArgs { proxy: Some("none".to_owned()), ..ProxyArgs::default() };
    let mut options: Vec<ProxyArgs> = (!args.no_direct).then_some(direct).into_iter().collect();
    options.extend(args.proxy.iter().map(|proxy| through(Some(proxy), None)));
    options.extend(args.proxy_from.iter().map(|file| through(None, Some(file))));
    if args.proxy.is_empty() && args.proxy_from.is_none() {
        options.push(through(None, None));
    }
    options
}

/// Every way once.
///
/// # Errors
///
/// When an argument cannot be used, or there is no way.
pub(crate) fn ways(args: &InterceptArgs, target: &Target) -> Result<Vec<Planned>, Failure> {
    let timeout = args.verification().network.seconds_given()?;
    let options = options(args);
    // What cannot be used is said before a password is asked for.
    for option in options.iter().filter(|option| option.proxy_from.is_none()) {
        Proxies::logged_in(option, None)?;
    }
    // Standard input and terminals are read once, whatever number of ways there are.
    let login = proxies::login(&args.login())?;
    let none =
        Rc::new(Proxies::logged_in(&ProxyArgs { proxy: Some("none".to_owned()), ..ProxyArgs::default() }, None)?);
    let plan = Plan::new(&args.endpoint, &args.client, Rc::clone(&none), timeout)?;
    let bare = EndpointArgs { tls: args.endpoint.tls, ..EndpointArgs::default() };
    let bare = Plan::new(&bare, &ClientArgs::default(), none, timeout)?;
    let mut ways: Vec<Planned> = Vec::new();
    let mut why_not = Vec::new();
    for option in options {
        let is_none = option.proxy.as_deref() == Some("none");
        let proxies = Rc::new(Proxies::logged_in(&option, login.clone().filter(|_| !is_none))?);
        proxies.notes().iter().for_each(|note| say(&format!("note: {}", certlens_report::escape(note))));
        let plan = plan.through(Rc::clone(&proxies));
        let gone = plan.way(target)?;
        let way = named(gone.settings.proxy.as_ref());
        if let Some(why) = &gone.why_direct {
            say(&format!("note: {target} is reached without a proxy: {}", certlens_report::escape(why)));
        }
        if way == Way::Direct && args.no_direct {
            why_not.extend(gone.why_direct);
        } else if ways.iter().all(|known| known.way != way) {
            ways.push(Planned { way, proxy: option, plan, bare: bare.through(proxies) });
        }
    }
    if !ways.is_empty() {
        return Ok(ways);
    }
    why_not.dedup();
    let because = match why_not.is_empty() {
        true => "no proxy is given or set".to_owned(),
        false => why_not.join("; "),
    };
    Err(Failure::unusable(format!("there is no way to {target}: --no-direct, and {because}"))
        .advice("give --proxy URL, or leave --no-direct out"))
}
