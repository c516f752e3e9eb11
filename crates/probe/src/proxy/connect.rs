//! HTTP CONNECT (RFC 9110 §9.3.6), with a login where one is wanted.

use std::io;

use aws_lc_rs::rand;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use zeroize::Zeroizing;

use super::auth::{self, Answer, Unanswerable, challenge, digest};
use super::head::{Head, HeadError, Search};
use super::{Destination, Talk, early, page};
use crate::answer;
use crate::failure::{Failure, Stage};
use crate::limits::{
    MAX_INTERIM_ANSWERS, MAX_PROXY_PAGE_OCTETS, MAX_PROXY_REQUESTS, MAX_PROXY_TEXT, PROXY_PAGE_TIMEOUT,
};
use crate::stream::Stream;
use crate::text;

/// Header fields that say what a proxy is or what it has done, besides those that
/// begin with `x-`. Proxy-Status is RFC 9209.
const TELLING: &[&str] =
    &["via", "server", "proxy-agent", "proxy-status", "location", "retry-after", "cache-status", "mime-version"];

/// Header fields that are kept.
const MAX_KEPT_FIELDS: usize = 16;

/// A head, and what came behind it.
struct Said {
    head: Head,
    rest: Vec<u8>,
}

pub(super) async fn open<F: Future<Output = Result<Stream, Failure>>>(
    talk: &mut Talk<'_>,
    mut connect: impl FnMut() -> F,
) -> Result<Stream, Failure> {
    let mut stream = connect().await?;
    let mut answer: Option<Answer> = None;
    // Whether the proxy has said no on this connection, and left it open.
    let mut is_used = false;
    loop {
        let request = request(talk.destination, answer.as_ref());
        let said = match ask(talk, &mut stream, &request).await {
            Err(Stop::Silent(_)) if is_used => {
                // It was closed meanwhile after all (RFC 9112 §9.5).
                is_used = false;
                talk.reconnects();
                stream = connect().await?;
                continue;
            }
            Err(stop) => return Err(talk.stopped(stop)),
            Ok(said) => said,
        };
        note(talk, &said.head);
        let status = said.head.status;
        if (200..300).contains(&status) {
            talk.report.authenticated_by = answer.map(|answer| answer.scheme);
            return Ok(early::before(said.rest, stream));
        }
        if status != 407 {
            let (page, _) = read_page(&mut stream, &said).await;
            talk.report.title = page::title(&page);
            return Err(talk.declined(&said.head));
        }
        let challenges = challenges(talk, &said.head);
        let may_answer = answer.is_none() || (auth::is_stale(&challenges) && talk.report.requests < MAX_PROXY_REQUESTS);
        let next = match &talk.proxy.credentials {
            Some(credentials) if may_answer => {
                let cnonce = cnonce()?;
                let uri = talk.destination.authority();
                let asked = digest::Asked { method: "CONNECT", uri: &uri, cnonce: &cnonce };
                auth::answer(&challenges, credentials, &asked).map_err(Some)
            }
            _ => Err(None),
        };
        match next {
            Ok(next) => {
                let (_, is_whole) = read_page(&mut stream, &said).await;
                is_used = is_whole && said.head.is_kept_alive();
                answer = Some(next);
            }
            Err(why) => {
                let (page, _) = read_page(&mut stream, &said).await;
                talk.report.title = page::title(&page);
                return Err(talk.wants_login(answer.as_ref(), why.as_ref()));
            }
        }
        if !is_used {
            talk.reconnects();
            stream = connect().await?;
        }
    }
}

/// The request. It holds the login, and is overwritten when dropped; the destination
/// has no octet that could end a line.
fn request(destination: &Destination, answer: Option<&Answer>) -> Zeroizing<Vec<u8>> {
    let authority = destination.authority();
    let agent = concat!("certlens/", env!("CARGO_PKG_VERSION"));
    let head = format!("CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\nUser-Agent: {agent}\r\n");
    let value = answer.map_or("", |answer| answer.value.expose());
    let name = "Proxy-Authorization: ";
    // Of its full size from the start: nothing is left behind by growing.
    let mut request = Zeroizing::new(Vec::with_capacity(head.len() + name.len() + value.len() + 4));
    request.extend_from_slice(head.as_bytes());
    if !value.is_empty() {
        for part in [name, value, "\r\n"] {
            request.extend_from_slice(part.as_bytes());
        }
    }
    request.extend_from_slice(b"\r\n");
    request
}

/// Why there is no whole head.
pub(super) enum Stop {
    /// Nothing came before the connection ended.
    Silent(Option<io::Error>),
    /// The connection ended within an answer.
    Within(Option<io::Error>),
    /// What came is no answer.
    Wrong(HeadError),
    /// More interim answers than are passed over.
    Interim,
}

async fn ask(talk: &mut Talk<'_>, stream: &mut Stream, request: &[u8]) -> Result<Said, Stop> {
    talk.report.requests += 1;
    talk.awaits = "the answer to CONNECT";
    talk.received.clear();
    if let Err(error) = send(stream, request).await {
        // A proxy may have said why before it hung up.
        let Ok(said) = receive(talk, stream).await else { return Err(Stop::Silent(Some(error))) };
        return Ok(said);
    }
    receive(talk, stream).await
}

async fn send(stream: &mut Stream, request: &[u8]) -> io::Result<()> {
    stream.write_all(request).await?;
    stream.flush().await
}

async fn receive(talk: &mut Talk<'_>, stream: &mut Stream) -> Result<Said, Stop> {
    let mut part = [0; 2048];
    let mut interim = 0;
    let mut search = Search::default();
    loop {
        let end = match search.end(&talk.received) {
            Ok(end) => end,
            Err(error) => {
                if let HeadError::Unexpected { at, .. } = error {
                    answer::look(stream, &mut talk.received, at).await;
                }
                return Err(Stop::Wrong(error));
            }
        };
        if let Some(end) = end {
            let rest = talk.received.split_off(end);
            let head = Head::read(&talk.received).map_err(Stop::Wrong)?;
            if (100..200).contains(&head.status) {
                interim += 1;
                if interim > MAX_INTERIM_ANSWERS {
                    return Err(Stop::Interim);
                }
                talk.received = rest;
                search = Search::default();
                continue;
            }
            return Ok(Said { head, rest });
        }
        let ended = |error| if talk.received.is_empty() { Stop::Silent(error) } else { Stop::Within(error) };
        match stream.read(&mut part).await {
            Ok(0) => return Err(ended(None)),
            Ok(count) => talk.received.extend_from_slice(part.get(..count).unwrap_or_default()),
            Err(error) => return Err(ended(Some(error))),
        }
    }
}

/// Keeps what the proxy says about itself.
fn note(talk: &mut Talk<'_>, head: &Head) {
    let report = &mut talk.report;
    report.status = Some(head.status);
    report.reason = text::shown(&head.reason, MAX_PROXY_TEXT);
    report.headers = head
        .fields
        .iter()
        .filter(|(name, _)| TELLING.contains(&name.as_str()) || name.starts_with("x-"))
        .take(MAX_KEPT_FIELDS)
        .map(|(name, value)| (text::shown(name.as_bytes(), MAX_PROXY_TEXT), text::shown(value, MAX_PROXY_TEXT)))
        .collect();
}

fn challenges(talk: &mut Talk<'_>, head: &Head) -> Vec<challenge::Challenge> {
    let mut challenges = Vec::new();
    for value in head.values("proxy-authenticate") {
        challenge::read(value, &mut challenges);
    }
    talk.report.schemes.clear();
    for challenge in &challenges {
        let scheme = text::shown(challenge.scheme.as_bytes(), 32);
        if !talk.report.schemes.iter().any(|known| known.eq_ignore_ascii_case(&scheme)) {
            talk.report.schemes.push(scheme);
        }
    }
    challenges
}

/// The page behind a head as far as it is wanted, and whether it was read to its end
/// and no further.
async fn read_page(stream: &mut Stream, said: &Said) -> (Vec<u8>, bool) {
    let mut page = said.rest.clone();
    let length = said.head.content_length();
    let most = length.unwrap_or(MAX_PROXY_PAGE_OCTETS).min(MAX_PROXY_PAGE_OCTETS);
    let reading = async {
        let mut part = [0; 2048];
        while page.len() < most {
            let room = (most - page.len()).min(part.len());
            match stream.read(part.get_mut(..room).unwrap_or_default()).await {
                Ok(count) if count > 0 => page.extend_from_slice(part.get(..count).unwrap_or_default()),
                _ => break,
            }
        }
    };
    // Whatever came until then is enough.
    let _ = tokio::time::timeout(PROXY_PAGE_TIMEOUT, reading).await;
    let is_whole = length == Some(page.len());
    page.truncate(most);
    (page, is_whole)
}

/// A random text for Digest.
fn cnonce() -> Result<String, Failure> {
    let mut octets = [0; 16];
    rand::fill(&mut octets).map_err(|_| {
        Failure::new(Stage::Proxy, "no-random-numbers", "this system gives no random numbers", "Restart the system.")
    })?;
    Ok(octets.iter().map(|octet| format!("{octet:02x}")).collect())
}

/// Why a login was not tried, for sentences.
pub(super) fn unanswerable(why: &Unanswerable) -> String {
    match why {
        Unanswerable::Unknown => "none of them is known here".to_owned(),
        Unanswerable::Digest(form) => format!("its Digest is one {form}, which is not known here"),
        Unanswerable::Credentials(what) => format!("the login has {what}"),
    }
}
