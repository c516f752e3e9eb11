//! From an LDAP URL to octets.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};
use tokio_rustls::TlsConnector;

use super::connection::{Connection, Meter};
use super::failures::{self, winhttp};
use super::options::{Bind, Options, Security};
use super::select;
use super::url::{LdapUrl, UrlError, parse_server};
use crate::budget::Limit;
use crate::failure::{Failure, Stage};
use crate::request::What;
use crate::{address, locator, reach};

/// The port of LDAP (RFC 4516 §2).
pub const LDAP_PORT: u16 = 389;

/// The port of LDAP that begins with TLS.
pub const LDAPS_PORT: u16 = 636;

/// What came of it.
#[derive(Debug)]
pub struct Fetched {
    /// The octets, or why there are none.
    pub outcome: Result<Vec<u8>, Failure>,
    /// How many values the attribute had; of a CRL's only the first is given.
    pub values: usize,
    /// The address that was connected to.
    pub peer: Option<SocketAddr>,
    /// The server as host and port, once it is known which.
    pub server: Option<String>,
    /// Octets that came from it, of whatever kind.
    pub received: usize,
}

impl Fetched {
    fn unasked(failure: Failure) -> Fetched {
        Fetched { outcome: Err(failure), values: 0, peer: None, server: None, received: 0 }
    }
}

/// What LDAP is spoken over.
trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}

impl<S: AsyncRead + AsyncWrite + Unpin + Send> Stream for S {}

/// How far it came, for a deadline that passes meanwhile.
#[derive(Debug)]
struct Progress(Mutex<(Stage, Option<SocketAddr>)>);

impl Progress {
    fn lock(&self) -> std::sync::MutexGuard<'_, (Stage, Option<SocketAddr>)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn enter(&self, stage: Stage) {
        self.lock().0 = stage;
    }
}

/// Whom to ask.
#[derive(Debug)]
struct Place<'a> {
    url: LdapUrl,
    host: String,
    port: u16,
    /// The account, when it is for that host.
    bind: Option<(&'a Bind, Security)>,
}

/// Whom to ask, and how.
#[derive(Debug)]
struct Plan<'a> {
    place: Place<'a>,
    /// Attributes by name.
    wanted: Vec<String>,
    account: Option<Account<'a>>,
}

#[derive(Debug)]
struct Account<'a> {
    bind: &'a Bind,
    security: Security,
    tls: Arc<ClientConfig>,
    name: ServerName<'static>,
}

impl Place<'_> {
    fn is_literal(&self) -> bool {
        self.host.parse::<IpAddr>().is_ok()
    }

    /// Host and port, as they are shown.
    fn server(&self) -> String {
        match self.host.parse() {
            Ok(address) => SocketAddr::new(address, self.port).to_string(),
            Err(_) => format!("{}:{}", self.host, self.port),
        }
    }
}

/// Gets what a URL names: certificates one after the other, or one CRL.
pub async fn fetch(url: &str, what: &What, options: &Options<'_>) -> Fetched {
    let plan = match plan(url, what, options) {
        Ok(plan) => plan,
        Err(failure) => return Fetched::unasked(failure),
    };
    let server = plan.place.server();
    let progress = Progress(Mutex::new((Stage::Dns, None)));
    let meter = Meter::new(options.spend);
    let start = Instant::now();
    // A time-out beyond what the clock can hold is none.
    let after = |time| start.checked_add(time).unwrap_or(start + Duration::from_secs(86_400));
    let connecting = options.connect_timeout.min(options.timeout);
    let late = |time| failures::timed_out(progress.lock().0, &server, meter.received(), time);

    let opening = timeout_at(after(connecting), open(&plan, what, options, after(connecting), &progress, &meter));
    let ended = match opening.await {
        Ok(Ok(stream)) => {
            let searching = search(stream, &plan, what, options, &meter);
            let ended = timeout_at(after(options.timeout), searching).await;
            ended.unwrap_or_else(|_| Err(late(options.timeout)))
        }
        Ok(Err(failure)) => Err(failure),
        Err(_) => Err(late(connecting)),
    };
    let peer = progress.lock().1;
    let (outcome, values) = match ended {
        Ok((octets, values)) => (Ok(octets), values),
        Err(failure) => (Err(failure), 0),
    };
    Fetched { outcome, values, peer, received: meter.received(), server: Some(server) }
}

/// The server that a URL leads to, as host and port; `None` when nobody is asked.
pub(crate) fn server_of(url: &str, options: &Options<'_>) -> Option<String> {
    place(url, options).ok().map(|place| place.server())
}

fn place<'a>(url: &str, options: &'a Options<'_>) -> Result<Place<'a>, Failure> {
    // As for HTTP, blanks around it are not part of it.
    let url = LdapUrl::parse(url.trim()).map_err(of_url)?;
    let bind = options.bind.as_ref();
    let (host, port) = match (&url.host, &options.default_host, bind) {
        (Some(host), _, _) => (host.clone(), url.port),
        (None, Some(server), _) => parse_server(server).map_err(failures::host_unusable)?,
        (None, None, Some(bind)) => (bind.host.clone(), None),
        (None, None, None) => return Err(failures::host_missing()),
    };
    // The account is for its own server: whatever else a certificate names is
    // asked without it.
    let bind = bind.filter(|bind| same_host(&bind.host, &host));
    let bind = bind.map(|bind| (bind, if url.secure { Security::Ldaps } else { bind.security }));
    let usual = match bind {
        Some((bind, Security::Ldaps)) => bind.port.unwrap_or(LDAPS_PORT),
        Some((bind, Security::StartTls)) => bind.port.unwrap_or(LDAP_PORT),
        None if url.secure => {
            return Err(failures::cannot_tell(failures::failure(
                Stage::Url,
                "scheme-refused",
                Some(winhttp::UNRECOGNIZED_SCHEME),
                "ldaps: is no scheme for certificates (RFC 5280 §4.2.1.13 has ldap:), and is asked only with an account for that server",
                "Give an account for that server, or use another of the certificate's URLs.",
            )));
        }
        None => LDAP_PORT,
    };
    Ok(Place { url, host, port: port.unwrap_or(usual), bind })
}

fn plan<'a>(url: &str, what: &What, options: &'a Options<'_>) -> Result<Plan<'a>, Failure> {
    let place = place(url, options)?;
    let wanted = select::wanted(&place.url, what)?;
    let account = match place.bind {
        Some((bind, security)) => Some(account(bind, security, &place.host, options)?),
        None => None,
    };
    Ok(Plan { place, wanted, account })
}

fn account<'a>(bind: &'a Bind, security: Security, host: &str, options: &Options<'_>) -> Result<Account<'a>, Failure> {
    let refuse = |cause, message: &str, hint: &str| {
        failures::cannot_tell(failures::failure(Stage::Url, cause, None, message, hint))
    };
    if bind.password.octets().is_empty() || bind.dn.is_empty() {
        // Servers take it for an anonymous bind and call that success (RFC 4513 §5.1.2).
        return Err(refuse(
            "ldap-password-empty",
            "the account for the directory lacks its name or password",
            "Give both, or none.",
        ));
    }
    let unsafe_bind = || {
        refuse(
            "ldap-bind-unsafe",
            "the account cannot be sent: the server's certificate could not be verified against this name",
            "Name the server as its certificate does.",
        )
    };
    let tls = options.tls.as_ref().map(Arc::clone).ok_or_else(unsafe_bind)?;
    let name = ServerName::try_from(host.to_owned()).map_err(|_| unsafe_bind())?;
    Ok(Account { bind, security, tls, name })
}

/// Whether two hosts are the same name or address.
fn same_host(left: &str, right: &str) -> bool {
    let bare = |host: &str| host.trim_end_matches('.').to_ascii_lowercase();
    let address = |host: &str| host.trim_matches(['[', ']']).parse::<IpAddr>().ok();
    match (address(left), address(right)) {
        (None, None) => bare(left) == bare(right),
        (left, right) => left == right,
    }
}

fn of_url(error: UrlError) -> Failure {
    let (cause, code) = match error {
        UrlError::CriticalExtension => ("ldap-extension-unknown", None),
        UrlError::TooLong => ("url-too-long", Some(winhttp::INVALID_URL)),
        UrlError::Scheme => ("scheme-refused", Some(winhttp::UNRECOGNIZED_SCHEME)),
        _ => ("url-malformed", Some(winhttp::INVALID_URL)),
    };
    failures::failure(
        Stage::Url,
        cause,
        code,
        format!("the LDAP URL cannot be used: {error}"),
        "The certificate's issuer has to correct the URL; another of the certificate's URLs may do.",
    )
}

/// A connection that may be searched over: with an account, under TLS.
async fn open(
    plan: &Plan<'_>,
    what: &What,
    options: &Options<'_>,
    deadline: Instant,
    progress: &Progress,
    meter: &Meter<'_>,
) -> Result<Box<dyn Stream>, Failure> {
    let addresses = resolve(plan, options).await?;
    progress.enter(Stage::Connect);
    let stream = connect(&addresses, plan, deadline, progress).await?;
    let Some(account) = &plan.account else {
        progress.enter(Stage::Ldap);
        return Ok(Box::new(stream));
    };
    progress.enter(Stage::Tls);
    let server = plan.place.server();
    let stream = match account.security {
        Security::Ldaps => stream,
        Security::StartTls => {
            let no_values = Limit { octets: 0 };
            Connection::new(stream, server.clone(), no_values, what, meter).start_tls().await?
        }
    };
    let connector = TlsConnector::from(Arc::clone(&account.tls));
    let stream = connector.connect(account.name.clone(), stream).await;
    let stream = stream.map_err(|error| failures::handshake(&server, &error))?;
    progress.enter(Stage::Ldap);
    Ok(Box::new(stream))
}

async fn search(
    stream: Box<dyn Stream>,
    plan: &Plan<'_>,
    what: &What,
    options: &Options<'_>,
    meter: &Meter<'_>,
) -> Result<(Vec<u8>, usize), Failure> {
    let limit = Limit { octets: options.max_octets };
    let mut connection = Connection::new(stream, plan.place.server(), limit, what, meter);
    if let Some(account) = &plan.account {
        connection.bind(&account.bind.dn, account.bind.password.octets()).await?;
    }
    // The server may stop when nobody waits any more; 0 would be for ever.
    let seconds = u32::try_from(options.timeout.as_secs()).unwrap_or(u32::MAX).clamp(1, 3_600);
    let found = connection.search(&plan.place.url, &select::asked(&plan.wanted), seconds).await?;
    connection.close().await;
    select::answer(found, &plan.wanted, what, limit, &plan.place.server())
}

/// The addresses of the host that may be asked.
async fn resolve(plan: &Plan<'_>, options: &Options<'_>) -> Result<Vec<SocketAddr>, Failure> {
    let found = tokio::net::lookup_host((plan.place.host.as_str(), plan.place.port)).await;
    let found = found.map_err(|error| reach::unresolved(&plan.place.host, &reach::words(&error)))?;
    let mut refused = None;
    let mut addresses = Vec::new();
    for found in found {
        match address::check(found.ip(), options.private) {
            Ok(()) => addresses.push(found),
            Err(refusal) => refused = refused.or(Some((found.ip(), refusal))),
        }
    }
    match refused {
        _ if !addresses.is_empty() => Ok(addresses),
        None => Err(reach::unresolved(&plan.place.host, "the name has no address")),
        Some((address, refusal)) => {
            let host = if plan.place.is_literal() { "" } else { &plan.place.host };
            Err(locator::refused_at(host, address, refusal))
        }
    }
}

/// A connection to the first address that takes one; each has its share of the time.
async fn connect(
    addresses: &[SocketAddr],
    plan: &Plan<'_>,
    deadline: Instant,
    progress: &Progress,
) -> Result<TcpStream, Failure> {
    let mut last = None;
    for (tried, address) in addresses.iter().enumerate() {
        let shares = u32::try_from(addresses.len() - tried).unwrap_or(u32::MAX);
        let share = deadline.saturating_duration_since(Instant::now()) / shares;
        let connecting = TcpStream::connect(address);
        // The last may wait until the time for all is over.
        let connected =
            if shares == 1 { Ok(connecting.await) } else { timeout_at(Instant::now() + share, connecting).await };
        match connected {
            Ok(Ok(stream)) => {
                progress.lock().1 = Some(*address);
                return Ok(stream);
            }
            Ok(Err(error)) => last = Some(error),
            Err(_) => {}
        }
    }
    let server = plan.place.server();
    let shown = if plan.place.is_literal() { &[] } else { addresses };
    let (cause, message) = reach::not_connected(&server, shown, last.as_ref());
    Err(Failure::new(Stage::Connect, cause, message, reach::check_server(&server)).code(12029))
}

#[cfg(test)]
mod tests {
    use super::same_host;

    #[test]
    fn hosts_are_compared_as_names_and_addresses() {
        assert!(same_host("DC.corp.example.", "dc.corp.example"));
        assert!(same_host("[2001:db8:0::1]", "2001:db8::1"));
        assert!(!same_host("dc.corp.example", "corp.example"));
        assert!(!same_host("127.0.0.1", "localhost"));
    }
}
