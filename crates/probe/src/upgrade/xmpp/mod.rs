//! XMPP: a stream, its features, `<starttls/>` (RFC 6120 §4, §5).

mod tags;

use tags::{Kind, Tag};

use super::Asked;
use super::incoming::{Incoming, NOT_OFFERED, REFUSED, Trouble, refused};
use super::{Conversation, Step};
use crate::text;

const NAMESPACE: &[u8] = b"urn:ietf:params:xml:ns:xmpp-tls";
const REQUEST: &[u8] = b"<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>";

/// Tags until TLS begins; servers with all features send about 40.
const MAX_TAGS: usize = 512;

/// Who opens the stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Client,
    Server,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Awaits {
    /// The stream has to be opened by this side first.
    Nothing,
    Stream,
    Features,
    Proceed,
    /// The end of an element that permits TLS and was not empty.
    End,
}

/// The initiating side.
#[derive(Debug)]
pub(super) struct Xmpp {
    header: String,
    awaits: Awaits,
    tags: usize,
    /// Elements that are open, the stream included.
    depth: usize,
    offers: bool,
    /// Inside `<error/>` or `<failure/>`, what was read of it.
    error: Option<StreamError>,
}

#[derive(Debug, Default)]
struct StreamError {
    depth: usize,
    condition: Vec<u8>,
}

impl Xmpp {
    /// A stream to the domain that is asked for.
    pub(super) fn new(side: Side, asked: &Asked<'_>) -> Xmpp {
        let namespace = match side {
            Side::Client => "jabber:client",
            Side::Server => "jabber:server",
        };
        let domain = escaped(asked.host);
        let header = format!(
            "<?xml version='1.0'?><stream:stream xmlns='{namespace}' \
             xmlns:stream='http://etherx.jabber.org/streams' to='{domain}' version='1.0'>"
        );
        Xmpp { header, awaits: Awaits::Nothing, tags: 0, depth: 0, offers: false, error: None }
    }

    fn tag(&mut self, tag: &Tag, incoming: &mut Incoming) -> Result<Option<Step>, Trouble> {
        match tag.kind {
            Kind::Start => self.depth += 1,
            Kind::Empty => {}
            Kind::End => self.depth = self.depth.saturating_sub(1),
        }
        // The depth at which the element stands: 0 is the stream itself.
        let depth = if tag.kind == Kind::Start { self.depth - 1 } else { self.depth };
        if self.error.is_some() {
            return self.error_tag(tag, depth);
        }
        let unexpected = |expected: &str| Trouble::Unexpected { at: tag.at, expected: expected.to_owned() };
        let is_end = tag.kind == Kind::End;
        match (self.awaits, depth, tag.name.as_slice()) {
            (Awaits::Stream, 0, b"stream") if tag.kind == Kind::Start => {
                incoming.note(&[b"stream from ", tag.attribute(b"from").unwrap_or(b"nobody")].concat());
                // Without version 1.0 there are no features, and no TLS (RFC 6120 §4.7.5).
                if !tag.attribute(b"version").is_some_and(|version| version.starts_with(b"1.")) {
                    return Err(refused(
                        NOT_OFFERED,
                        "speaks the protocol from before XMPP 1.0, which has no STARTTLS",
                        "Replace the server, or probe the port for TLS from the beginning (5223).",
                    ));
                }
                self.awaits = Awaits::Features;
            }
            (_, 0, _) if is_end => {
                return Err(refused(REFUSED, "closed the stream in place of TLS", "The server's log says why."));
            }
            (_, 1, b"error") if !is_end => {
                self.error = Some(StreamError { depth, condition: Vec::new() });
                if tag.kind == Kind::Empty {
                    return Err(self.refusal());
                }
            }
            (Awaits::Features, 1, b"features") if tag.kind != Kind::Start => {
                if !self.offers {
                    return Err(refused(
                        NOT_OFFERED,
                        "does not offer STARTTLS in its features",
                        "Enable TLS on the server (it needs a certificate for this domain), or probe the port for TLS from the beginning.",
                    ));
                }
                self.awaits = Awaits::Proceed;
                return Ok(Some(Step::Send(REQUEST.to_vec())));
            }
            (Awaits::Features, 1, b"features") => {}
            (Awaits::Features, 2, b"starttls") if !is_end => self.offers |= tag.declares(NAMESPACE),
            (Awaits::Features, 2.., _) => {}
            (Awaits::Proceed, 1, b"proceed") if !is_end => {
                if tag.kind == Kind::Empty {
                    return Ok(Some(Step::Done));
                }
                self.awaits = Awaits::End;
            }
            (Awaits::End, 1, b"proceed") if is_end => return Ok(Some(Step::Done)),
            (Awaits::Proceed, 1, b"failure") if !is_end => {
                return Err(refused(
                    REFUSED,
                    "refused STARTTLS with <failure/>",
                    "TLS is out of order on the server, most often for want of a certificate for this domain; its log says why.",
                ));
            }
            (Awaits::Stream, ..) => return Err(unexpected("the stream's beginning")),
            (Awaits::Features, ..) => return Err(unexpected("the stream's features")),
            _ => return Err(unexpected("<proceed/> or <failure/>")),
        }
        Ok(None)
    }

    /// A tag inside `<error>`: the first element names the condition (RFC 6120 §4.9.2).
    fn error_tag(&mut self, tag: &Tag, depth: usize) -> Result<Option<Step>, Trouble> {
        let Some(error) = &mut self.error else { return Ok(None) };
        if error.condition.is_empty() && tag.kind != Kind::End && depth == error.depth + 1 {
            error.condition = tag.name.clone();
        }
        if tag.kind == Kind::End && depth == error.depth {
            return Err(self.refusal());
        }
        Ok(None)
    }

    fn refusal(&self) -> Trouble {
        let condition = self.error.as_ref().map(|error| error.condition.as_slice()).unwrap_or_default();
        let hint = match condition {
            b"host-unknown" | b"host-gone" | b"improper-addressing" => {
                "The server does not serve this domain: give the domain of the addresses (what stands behind the @), not the server's name."
            }
            b"see-other-host" => "The server sends clients elsewhere: probe that host.",
            b"resource-constraint" | b"system-shutdown" | b"undefined-condition" | b"internal-server-error" => {
                "The server is overloaded, stopping or out of order: try again later, and see its log."
            }
            b"invalid-namespace" => {
                "A port for servers was asked as one for clients, or the other way round: use xmpp: for 5222, xmpp-server: for 5269."
            }
            b"policy-violation" | b"not-authorized" => {
                "A rule of the server forbids it for this client; its operator can tell which."
            }
            _ => "The server's log says why.",
        };
        let condition = if condition.is_empty() { b"no condition" } else { condition };
        refused(REFUSED, format!("refused the stream with the error {}", text::shown(condition, 60)), hint)
    }
}

impl Conversation for Xmpp {
    fn step(&mut self, incoming: &mut Incoming) -> Result<Step, Trouble> {
        if self.awaits == Awaits::Nothing {
            self.awaits = Awaits::Stream;
            return Ok(Step::Send(self.header.clone().into_bytes()));
        }
        loop {
            let Some(tag) = tags::next(incoming, self.depth > 0)? else { return Ok(Step::More) };
            self.tags += 1;
            if self.tags > MAX_TAGS {
                return Err(Trouble::TooLong { at: tag.at, what: "a stream of tags", most: MAX_TAGS });
            }
            if let Some(step) = self.tag(&tag, incoming)? {
                return Ok(step);
            }
        }
    }

    fn awaits(&self) -> &'static str {
        match self.awaits {
            Awaits::Nothing | Awaits::Stream => "the stream's beginning",
            Awaits::Features => "the stream's features",
            Awaits::Proceed | Awaits::End => "the answer to <starttls/>",
        }
    }
}

/// Fit for an attribute in single quotation marks.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars().filter(|c| !c.is_control()) {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '\'' => escaped.push_str("&apos;"),
            '"' => escaped.push_str("&quot;"),
            other => escaped.push(other),
        }
    }
    escaped
}
