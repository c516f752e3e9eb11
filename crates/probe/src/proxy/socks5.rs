//! SOCKS version 5 (RFC 1928), with user name and password (RFC 1929).

use std::io;
use std::net::IpAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use zeroize::Zeroizing;

use super::failures::windows;
use super::{Credentials, Destination, Host, Kind, Talk};
use crate::answer;
use crate::failure::{Failure, Stage};
use crate::stream::Stream;

const VERSION: u8 = 5;

/// Methods (RFC 1928 §3).
mod method {
    pub(super) const NONE: u8 = 0;
    pub(super) const GSSAPI: u8 = 1;
    pub(super) const PASSWORD: u8 = 2;
    pub(super) const UNACCEPTABLE: u8 = 0xff;
}

/// Kinds of address (RFC 1928 §5).
mod kind {
    pub(super) const IPV4: u8 = 1;
    pub(super) const NAME: u8 = 3;
    pub(super) const IPV6: u8 = 4;
}

pub(super) async fn open<F: Future<Output = Result<Stream, Failure>>>(
    talk: &mut Talk<'_>,
    mut connect: impl FnMut() -> F,
) -> Result<Stream, Failure> {
    let login = talk.proxy.credentials.as_ref().map(login).transpose()?;
    let mut stream = connect().await?;
    talk.awaits = "its choice of a login";
    let methods: &[u8] = if login.is_some() { &[method::NONE, method::PASSWORD] } else { &[method::NONE] };
    let greeting = [&[VERSION, u8::try_from(methods.len()).unwrap_or(1)], methods].concat();
    match exchange(talk, &mut stream, &greeting, 2).await?.as_slice() {
        [VERSION, method::NONE] => {}
        [VERSION, method::PASSWORD] => {
            let Some(login) = login else { return Err(unasked(talk, method::PASSWORD)) };
            talk.report.schemes = vec!["username/password".to_owned()];
            log_in(talk, &mut stream, &login).await?;
        }
        [VERSION, method::UNACCEPTABLE] => return Err(no_method(talk, login.is_some())),
        [VERSION, other] => return Err(unasked(talk, *other)),
        _ => return Err(malformed(talk, 0, "version 5")),
    }
    talk.awaits = "the answer to CONNECT";
    let request = request(talk.destination);
    let head = exchange(talk, &mut stream, &request, 4).await?;
    let [VERSION, code, _, address] = *head.as_slice() else { return Err(malformed(talk, 0, "version 5")) };
    talk.report.status = Some(code.into());
    talk.report.reason = reply_name(code).to_owned();
    if code != 0 {
        return Err(declined(talk, code));
    }
    // The address that the proxy connects from, to its last octet: then comes the destination.
    let rest = match address {
        kind::IPV4 => 4 + 2,
        kind::IPV6 => 16 + 2,
        kind::NAME => usize::from(exchange(talk, &mut stream, &[], 1).await?.first().copied().unwrap_or(0)) + 2,
        _ => return Err(malformed(talk, 3, "a kind of address, 1, 3 or 4")),
    };
    exchange(talk, &mut stream, &[], rest).await?;
    Ok(stream)
}

/// The user name and password of RFC 1929 §2, overwritten when dropped.
fn login(credentials: &Credentials) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let (user, password) = (credentials.user(), credentials.password());
    let mut login = Zeroizing::new(Vec::with_capacity(3 + user.len() + password.len()));
    login.push(1);
    for (what, text) in [("user name", user), ("password", password)] {
        let Some(length) = u8::try_from(text.len()).ok().filter(|length| *length > 0) else {
            return Err(Failure::new(
                Stage::Proxy,
                "proxy-credentials",
                format!("the {what} for the SOCKS5 proxy has {} octets, and RFC 1929 §2 allows 1 to 255", text.len()),
                "Use another login.",
            ));
        };
        login.push(length);
        login.extend_from_slice(text.as_bytes());
    }
    Ok(login)
}

async fn log_in(talk: &mut Talk<'_>, stream: &mut Stream, login: &[u8]) -> Result<(), Failure> {
    talk.awaits = "the answer to the login";
    match exchange(talk, stream, login, 2).await?.as_slice() {
        [1, 0] => {
            talk.report.authenticated_by = Some("username/password");
            Ok(())
        }
        [1, status] => Err(talk.fail(
            "proxy-credentials-refused",
            &format!("did not accept user name and password (status {status})"),
            "Correct user name or password for the proxy.",
            windows::LOGIN_FAILURE,
        )),
        _ => Err(malformed(talk, 0, "version 1 of the login")),
    }
}

/// CONNECT (RFC 1928 §4).
fn request(destination: &Destination) -> Vec<u8> {
    let mut request = vec![VERSION, 1, 0];
    match &destination.host {
        Host::Address(IpAddr::V4(address)) => {
            request.push(kind::IPV4);
            request.extend_from_slice(&address.octets());
        }
        Host::Address(IpAddr::V6(address)) => {
            request.push(kind::IPV6);
            request.extend_from_slice(&address.octets());
        }
        Host::Name(name) => {
            // At most 253 octets, as Destination has it.
            request.extend_from_slice(&[kind::NAME, u8::try_from(name.len()).unwrap_or(u8::MAX)]);
            request.extend_from_slice(name.as_bytes());
        }
    }
    request.extend_from_slice(&destination.port.to_be_bytes());
    request
}

/// Sends, and receives exactly so many octets.
async fn exchange(talk: &mut Talk<'_>, stream: &mut Stream, octets: &[u8], count: usize) -> Result<Vec<u8>, Failure> {
    if !octets.is_empty() {
        talk.received.clear();
        let sent = async {
            stream.write_all(octets).await?;
            stream.flush().await
        };
        sent.await.map_err(|error| talk.hung_up(Some(&error)))?;
    }
    let begin = talk.received.len();
    // At most 257, the longest name and a port.
    let mut part = [0; 512];
    while talk.received.len() < begin + count {
        let missing = (begin + count - talk.received.len()).min(part.len());
        match stream.read(part.get_mut(..missing).unwrap_or_default()).await {
            Ok(0) => return Err(ended(talk, None)),
            Ok(read) => talk.received.extend_from_slice(part.get(..read).unwrap_or_default()),
            Err(error) => return Err(ended(talk, Some(&error))),
        }
        if begin == 0 && !matches!(talk.received.first(), Some(&(VERSION | 1))) {
            answer::look(stream, &mut talk.received, 0).await;
            return Err(malformed(talk, 0, "a version of the protocol"));
        }
    }
    Ok(talk.received.get(begin..).unwrap_or_default().to_vec())
}

fn ended(talk: &Talk<'_>, error: Option<&io::Error>) -> Failure {
    if talk.received.is_empty() { talk.hung_up(error) } else { talk.cut_off(error) }
}

fn malformed(talk: &Talk<'_>, at: usize, expected: &str) -> Failure {
    if let Some(failure) = talk.other_protocol() {
        return failure;
    }
    if let [0, 0x5a..=0x5d, ..] = talk.received.as_slice() {
        return talk.fail(
            "proxy-other-protocol",
            "speaks SOCKS version 4, not 5",
            "SOCKS 4 has no login and no IPv6, and is not spoken here: ask for a SOCKS5 or HTTP proxy.",
            windows::INVALID_RESPONSE,
        );
    }
    let found = answer::shown(talk.received.get(at..).unwrap_or_default());
    talk.fail(
        "proxy-malformed",
        &format!(
            "does not answer as SOCKS5 has it: at octet {at} of {} {expected} was expected, and {found} found",
            talk.awaits
        ),
        "Check that this is the address of a SOCKS5 proxy.",
        windows::INVALID_RESPONSE,
    )
}

fn no_method(talk: &Talk<'_>, had_login: bool) -> Failure {
    let (cause, did, hint) = if had_login {
        (
            "proxy-authentication-required",
            "takes clients neither without a login nor by user name and password",
            "It wants another method, most often GSSAPI (Kerberos), which is not spoken here: ask its administrator for user name and password, or for an exemption.",
        )
    } else {
        ("proxy-authentication-required", "wants a login", "Give user name and password for the proxy.")
    };
    talk.fail(cause, did, hint, windows::LOGIN_FAILURE)
}

fn unasked(talk: &Talk<'_>, method: u8) -> Failure {
    let name = match method {
        method::GSSAPI => "GSSAPI",
        method::PASSWORD => "user name and password",
        0x03 => "CHAP",
        0x80..=0xfe => "a private one",
        _ => "one without a name",
    };
    talk.fail(
        "proxy-malformed",
        &format!("chose the login method {method}, {name}, which was not offered to it (RFC 1928 §3)"),
        "The proxy is out of order: tell its administrator.",
        windows::INVALID_RESPONSE,
    )
}

/// The reply codes of RFC 1928 §6.
fn reply_name(code: u8) -> &'static str {
    match code {
        0 => "succeeded",
        1 => "general SOCKS server failure",
        2 => "connection not allowed by ruleset",
        3 => "network unreachable",
        4 => "host unreachable",
        5 => "connection refused",
        6 => "TTL expired",
        7 => "command not supported",
        8 => "address type not supported",
        _ => "a code without a name",
    }
}

fn declined(talk: &Talk<'_>, code: u8) -> Failure {
    let destination = talk.destination;
    let by_name = matches!(destination.host, Host::Name(_));
    let (cause, hint, number) = match code {
        1 if by_name => (
            "proxy-cannot-connect",
            format!("The proxy does not say more; it may be unable to resolve the name. Ask whether it can reach {destination}, or let this machine resolve names (socks5:)."),
            windows::CANNOT_CONNECT,
        ),
        1 => (
            "proxy-cannot-connect",
            format!("The proxy does not say more: ask its administrator whether it can reach {destination}."),
            windows::CANNOT_CONNECT,
        ),
        2 => (
            "proxy-forbids",
            format!("A rule of the proxy forbids it: ask its administrator to allow {destination} for this machine."),
            windows::CANNOT_CONNECT,
        ),
        // WSAENETUNREACH, WSAEHOSTUNREACH, WSAECONNREFUSED.
        3 => ("proxy-cannot-connect", format!("The proxy has no route to {destination}."), 10051),
        4 if by_name => (
            "proxy-cannot-connect",
            format!("The proxy cannot reach {destination}, or cannot resolve its name: check the name, and that the host is up."),
            10065,
        ),
        4 => ("proxy-cannot-connect", format!("The proxy cannot reach {destination}: check that the host is up."), 10065),
        5 => (
            "proxy-cannot-connect",
            format!("Nothing listens at {destination}, or a firewall there refuses: check the port and that the service runs."),
            10061,
        ),
        6 => (
            "proxy-destination-timed-out",
            format!("{destination} did not answer the proxy in time: a firewall behind the proxy drops what it sends, or the host is down."),
            windows::TIMEOUT,
        ),
        8 => (
            "proxy-declined",
            match talk.proxy.kind {
                Kind::Socks5 { remote_dns: true } if by_name => "The proxy does not resolve names: let this machine do so (socks5: in the place of socks5h:).".to_owned(),
                _ => "The proxy does not take this kind of address: let it resolve the name (socks5h:), or use the other IP version.".to_owned(),
            },
            windows::CANNOT_CONNECT,
        ),
        _ => ("proxy-declined", "Ask the proxy's administrator what its log says.".to_owned(), windows::CANNOT_CONNECT),
    };
    let did = format!("refused a tunnel to {destination} with {code}, {}", reply_name(code));
    talk.fail(cause, &did, hint, number)
}
