//! From an LDAP URL to octets.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::connection::Connection;
use super::failures::{self, winhttp};
use super::options::{Bind, Options, Security};
use super::select;
use super::url::{LdapUrl, UrlError, parse_server};
use crate::failure::{Failure, Stage};
use crate::request::What;

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
}

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

/// Whom to ask, and how.
#[derive(Debug)]
struct Plan<'a> {
    url: LdapUrl,
    host: String,
    port: u16,
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

impl Plan<'_> {
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
        Err(failure) => return Fetched { outcome: Err(failure), values: 0, peer: None, server: None },
    };
    let progress = Progress(Mutex::new((Stage::Dns, None)));
    let start = Instant::now();
    // A time-out beyond what the clock can hold is none.
    let deadline = start.checked_add(options.timeout).unwrap_or(start + std::time::Duration::from_secs(86_400));
    let ended = timeout_at(deadline, converse(&plan, what, options, deadline, &progress)).await;
    let (stage, peer) = *progress.lock();
    let server = plan.server();
    let ended = ended.unwrap_or_else(|_| Err(failures::timeout(stage, &server, options.timeout.as_secs_f32())));
    let (outcome, values) = match ended {
        Ok((octets, values)) => (Ok(octets), values),
        Err(failure) => (Err(failure), 0),
    };
    Fetched { outcome, values, peer, server: Some(server) }
}

fn plan<'a>(url: &str, what: &What, options: &'a Options<'_>) -> Result<Plan<'a>, Failure> {
    let url = LdapUrl::parse(url).map_err(of_url)?;
    let wanted = select::wanted(&url, what)?;
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
    if url.secure && bind.is_none() {
        return Err(failures::cannot_tell(failures::failure(
            Stage::Url,
            "scheme-not-supported",
            Some(winhttp::UNRECOGNIZED_SCHEME),
            "ldaps: is no scheme for certificates (RFC 5280 §4.2.1.13 has ldap:), and is asked only with an account for that server",
            "Give an account for that server, or use another of the certificate's URLs.",
        )));
    }
    let account = match bind {
        Some(bind) => Some(account(bind, &url, &host, options)?),
        None => None,
    };
    let usual = match &account {
        Some(Account { security: Security::Ldaps, bind, .. }) => bind.port.unwrap_or(LDAPS_PORT),
        Some(Account { bind, .. }) => bind.port.unwrap_or(LDAP_PORT),
        None => LDAP_PORT,
    };
    Ok(Plan { url, host, port: port.unwrap_or(usual), wanted, account })
}

fn account<'a>(bind: &'a Bind, url: &LdapUrl, host: &str, options: &Options<'_>) -> Result<Account<'a>, Failure> {
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
    let security = if url.secure { Security::Ldaps } else { bind.security };
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
        UrlError::Scheme => ("scheme-not-supported", Some(winhttp::UNRECOGNIZED_SCHEME)),
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

async fn converse(
    plan: &Plan<'_>,
    what: &What,
    options: &Options<'_>,
    deadline: Instant,
    progress: &Progress,
) -> Result<(Vec<u8>, usize), Failure> {
    let addresses = resolve(plan, options).await?;
    progress.enter(Stage::Connect);
    let stream = connect(&addresses, plan, deadline, progress).await?;
    let server = plan.server();
    let Some(account) = &plan.account else {
        progress.enter(Stage::Ldap);
        let connection = Connection::new(stream, server, options.max_octets);
        return search(connection, plan, what, options).await;
    };
    progress.enter(Stage::Tls);
    let stream = match account.security {
        Security::Ldaps => stream,
        Security::StartTls => Connection::new(stream, server.clone(), 0).start_tls().await?,
    };
    let stream = handshake(stream, account, &server).await?;
    progress.enter(Stage::Ldap);
    let mut connection = Connection::new(stream, server, options.max_octets);
    connection.bind(&account.bind.dn, account.bind.password.octets()).await?;
    search(connection, plan, what, options).await
}

async fn search<S: AsyncRead + AsyncWrite + Unpin>(
    mut connection: Connection<S>,
    plan: &Plan<'_>,
    what: &What,
    options: &Options<'_>,
) -> Result<(Vec<u8>, usize), Failure> {
    // The server may stop when nobody waits any more; 0 would be for ever.
    let seconds = u32::try_from(options.timeout.as_secs()).unwrap_or(u32::MAX).clamp(1, 3_600);
    let found = connection.search(&plan.url, &select::asked(&plan.wanted), seconds).await?;
    connection.close().await;
    select::answer(found, &plan.wanted, what, options.max_octets, &plan.server())
}

/// The addresses of the host that may be asked.
async fn resolve(plan: &Plan<'_>, options: &Options<'_>) -> Result<Vec<SocketAddr>, Failure> {
    let looked_up = tokio::net::lookup_host((plan.host.as_str(), plan.port)).await;
    let unresolved = |why: &str| {
        failures::failure(
            Stage::Dns,
            "name-not-resolved",
            Some(winhttp::NAME_NOT_RESOLVED),
            format!("the name {} is not resolved: {why}", plan.host),
            "Look whether this machine's DNS server knows the name; those of a domain are often known inside alone.",
        )
    };
    let mut refused = None;
    let mut addresses = Vec::new();
    for address in looked_up.map_err(|error| unresolved(&error.to_string()))? {
        match (options.permits)(address.ip()) {
            Ok(()) => addresses.push(address),
            Err(why) => refused = Some((address, why)),
        }
    }
    match refused {
        _ if !addresses.is_empty() => Ok(addresses),
        None => Err(unresolved("it has no address")),
        Some((address, why)) => Err(failures::cannot_tell(failures::failure(
            Stage::Url,
            "address-refused",
            None,
            format!("{} is not asked at {}: {why}", plan.host, address.ip()),
            "Which addresses are asked is a rule of this program, not the server's.",
        ))),
    }
}

/// A connection to the first address that takes one; each has its share of the time.
async fn connect(
    addresses: &[SocketAddr],
    plan: &Plan<'_>,
    deadline: Instant,
    progress: &Progress,
) -> Result<TcpStream, Failure> {
    let server = plan.server();
    let mut last = failures::timeout(Stage::Connect, &server, 0.0);
    for (tried, address) in addresses.iter().enumerate() {
        let shares = u32::try_from(addresses.len() - tried).unwrap_or(u32::MAX);
        let left = deadline.saturating_duration_since(Instant::now());
        let share = left / shares;
        last = match timeout_at(Instant::now() + share, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => {
                progress.lock().1 = Some(*address);
                return Ok(stream);
            }
            Ok(Err(error)) => failures::failure(
                Stage::Connect,
                "connect-failed",
                Some(winhttp::CANNOT_CONNECT),
                format!("no connection to {server} ({}): {error}", address.ip()),
                failures::open_firewall(&server),
            ),
            Err(_) => failures::timeout(Stage::Connect, &server, share.as_secs_f32()),
        };
    }
    Err(last)
}

async fn handshake(stream: TcpStream, account: &Account<'_>, server: &str) -> Result<TlsStream<TcpStream>, Failure> {
    let connector = TlsConnector::from(Arc::clone(&account.tls));
    connector.connect(account.name.clone(), stream).await.map_err(|error| {
        failures::failure(
            Stage::Tls,
            "tls-failed",
            Some(winhttp::SECURE_FAILURE),
            format!("the TLS handshake with {server} failed: {error}"),
            "The account was not sent. Look at the server's certificate, by certlens verify, and whether its issuer is trusted here.",
        )
    })
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
