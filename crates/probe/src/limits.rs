//! What a probe may cost. Each limit says where its value comes from, and a failure
//! that is due to one names it.

use std::time::Duration;

// Protocol upgrades and proxies.

/// How long a protocol upgrade may take, all its steps together. SMTP servers hold
/// back their greeting for some seconds to tell spammers by their impatience.
pub const UPGRADE_TIMEOUT: Duration = Duration::from_secs(15);

/// Octets of everything that a server says before TLS. The longest greetings with
/// capabilities have 2 KB; XMPP features about as much.
pub const MAX_UPGRADE_OCTETS: usize = 64 << 10;

/// Octets of one line of a protocol of lines: RFC 5321 §4.5.3.1.5 has 512, RFC 9051
/// demands that clients take 8,192.
pub const MAX_LINE_OCTETS: usize = 8 << 10;

/// Lines of one answer of several lines; servers with all extensions have about 40.
pub const MAX_ANSWER_LINES: usize = 128;

/// Octets of an answer by which another protocol is told: its first line, or the
/// beginning of a stream of XML.
pub const MAX_LOOKED_AT: usize = 1024;

/// How long the rest of such an answer is waited for, once its beginning is wrong. It
/// comes in one segment, or right behind the first.
pub const LOOK_TIMEOUT: Duration = Duration::from_millis(500);

/// Things that a server said which are kept for the report, and characters of each.
pub const MAX_NOTES: usize = 8;

/// Characters of one thing that a server said.
pub const MAX_NOTE: usize = 300;

/// How long a proxy may take from the first connection to the open tunnel, logins
/// included: a proxy waits for the server itself, some of them for 20 seconds.
pub const PROXY_TIMEOUT: Duration = Duration::from_secs(30);

/// Octets of the head of a proxy's answer. Usual ones have below 1 KB; challenges of
/// Negotiate can have 12 KB.
pub const MAX_PROXY_HEAD_OCTETS: usize = 16 << 10;

/// Header fields of a proxy's answer; squid sends about 15.
pub const MAX_PROXY_FIELDS: usize = 64;

/// Octets of the page that comes with a refusal: only its title is wanted, and the end
/// of it so that the connection can be used again. Squid's pages have 4 KB.
pub const MAX_PROXY_PAGE_OCTETS: usize = 32 << 10;

/// How long the page of a refusal is waited for.
pub const PROXY_PAGE_TIMEOUT: Duration = Duration::from_secs(2);

/// Requests that may be sent until a proxy opens: one without a login, one with,
/// and one more with a fresh nonce (RFC 7616 §3.3, `stale`).
pub const MAX_PROXY_REQUESTS: usize = 3;

/// Interim answers (RFC 9110 §15.2) that are passed over.
pub const MAX_INTERIM_ANSWERS: usize = 8;

/// Challenges of one answer, and parameters of one challenge.
pub const MAX_CHALLENGES: usize = 16;

/// Characters of a header field or title that are kept for the report.
pub const MAX_PROXY_TEXT: usize = 200;
