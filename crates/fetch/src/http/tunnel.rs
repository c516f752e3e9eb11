//! Why a proxy did not connect to a server: CONNECT for HTTPS, or SOCKS.
//!
//! The HTTP client does not tell what the proxy answered, so the proxy is
//! asked once more, and its answer read.

use std::io;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::hop::Hop;
use super::{classify, status};
use crate::failure::{Failure, Stage};
use crate::limits::PROXY_HEAD_OCTETS;
use crate::proxy::Proxy;
use crate::watch::Phase;

/// Whether `error` may mean that the proxy was reached, and would not go on.
pub(crate) fn was_refused(error: &reqwest::Error, hop: &Hop, proxy: &Proxy) -> bool {
    let seen = hop.watch.seen();
    // SOCKS connects for plain HTTP, too. A tunnel in TLS is not looked into.
    (proxy.is_socks() || (hop.is_secure() && proxy.url.scheme() == "http"))
        && seen.phase == Phase::Connecting
        && seen.unresolved.is_none()
        && !error.is_timeout()
        && classify::find::<io::Error>(error).is_none()
}

/// What the proxy says.
pub(crate) async fn why(proxy: &Proxy, hop: &Hop) -> Failure {
    let mut stream = match connect(proxy).await {
        Ok(stream) => stream,
        Err(error) => return classify::not_connected(hop, &hop.watch.seen(), Some(&error)),
    };
    if proxy.is_socks() {
        return refused(proxy, hop, "without saying why");
    }
    let Some(head) = ask(&mut stream, proxy, hop).await else { return refused(proxy, hop, "without saying why") };
    let mut lines = head.lines();
    let code = lines.next().and_then(|line| line.split_whitespace().nth(1)).and_then(|code| code.parse::<u16>().ok());
    let Some(code) = code.and_then(|code| reqwest::StatusCode::from_u16(code).ok()) else {
        return refused(proxy, hop, "with an answer that is not HTTP");
    };
    if code.as_u16() == 407 {
        let mut schemes = Vec::new();
        for (name, value) in lines.filter_map(|line| line.split_once(':')) {
            if name.trim().eq_ignore_ascii_case("proxy-authenticate") {
                status::add_schemes(value, &mut schemes);
            }
        }
        return status::proxy_authentication(&schemes, Some(proxy));
    }
    refused(proxy, hop, &format!("with {}", status::named(code)))
}

fn refused(proxy: &Proxy, hop: &Hop, how: &str) -> Failure {
    Failure::new(
        Stage::Proxy,
        "proxy-refused",
        format!("the proxy {} refused a tunnel to {} {how}", proxy.authority(), hop.server()),
        format!(
            "Ask the proxy's administrator to allow CONNECT to {}, or exempt the host (NO_PROXY) where it can be reached directly.",
            hop.server()
        ),
    )
    .code(12029)
    .says_nothing()
}

async fn connect(proxy: &Proxy) -> io::Result<TcpStream> {
    let host = proxy.url.host_str().unwrap_or_default().trim_start_matches('[').trim_end_matches(']').to_owned();
    TcpStream::connect((host, proxy.url.port_or_known_default().unwrap_or(0))).await
}

/// The head of the answer to CONNECT (RFC 9110 §9.3.6).
async fn ask(stream: &mut TcpStream, proxy: &Proxy, hop: &Hop) -> Option<String> {
    let server = hop.server();
    let authorization =
        proxy.authorization().map(|value| format!("Proxy-Authorization: {value}\r\n")).unwrap_or_default();
    let request = format!("CONNECT {server} HTTP/1.1\r\nHost: {server}\r\n{authorization}\r\n");
    stream.write_all(request.as_bytes()).await.ok()?;
    let mut head = Vec::new();
    let mut part = [0; 1024];
    while head.len() < PROXY_HEAD_OCTETS && !head.windows(4).any(|end| end == b"\r\n\r\n") {
        let count = stream.read(&mut part).await.ok()?;
        if count == 0 {
            break;
        }
        head.extend_from_slice(part.get(..count)?);
    }
    let text = String::from_utf8_lossy(&head).into_owned();
    text.starts_with("HTTP/").then_some(text)
}
