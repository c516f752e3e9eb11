//! What a probe may cost. Each limit says where its value comes from, and a failure
//! that is due to one names it.

use std::time::Duration;

// Names and connections.

/// Octets of a target as it is written. Web servers accept URLs of about as much.
pub const MAX_TARGET_OCTETS: usize = 2_048;

/// How long a name may take to be resolved. Resolvers ask two servers twice, for five
/// seconds each time at first (resolv.conf(5): timeout, attempts).
pub const NAME_TIMEOUT: Duration = Duration::from_secs(10);

/// Addresses of a name that are tried; the largest sets in use have about a dozen.
pub const MAX_ADDRESSES: usize = 16;

/// How long the connection to one address may take: a SYN may be lost three times
/// (RFC 6298 §2: after 1, 3 and 7 seconds).
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// How long an address is waited for before the next one is tried beside it
/// (RFC 8305 §5: Connection Attempt Delay).
pub const ATTEMPT_DELAY: Duration = Duration::from_millis(250);

// TLS.

/// How long a handshake may take. Servers that are asked for much at once take a few
/// seconds; what takes longer is stuck.
pub const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);

/// Octets that a peer may send until its handshake ends. The largest message that the
/// TLS library reads has 64 KiB, chains in use stay below 20 KiB.
pub const MAX_HANDSHAKE_OCTETS: usize = 256 << 10;

/// Records in which a peer may send its plaintext handshake. With the smallest fragments
/// in use (RFC 6066 §4: 512 octets) 64 KiB take 128.
pub const MAX_HANDSHAKE_RECORDS: usize = 1_024;

/// Octets of one handshake message that is read in plaintext, as the TLS library has it.
pub const MAX_MESSAGE_OCTETS: usize = 0xffff;

/// Certificates of one chain that are kept. Real chains have up to six.
pub const MAX_CHAIN: usize = 64;

/// Names of CAs in a server's request for a client certificate that are kept. Servers
/// that send their whole trust store name about 150.
pub const MAX_CA_NAMES: usize = 256;

/// Octets from the beginning of an answer by which it is told what answered.
pub const SNIFF_OCTETS: usize = 512;

/// How long after a handshake a server's word on the client's certificate is waited for:
/// with TLS 1.3 it comes a round trip after the handshake (RFC 8446 §4.4.2.4).
pub const AFTERMATH_TIMEOUT: Duration = Duration::from_secs(1);

/// How long parting with a peer may take; nothing depends on it.
pub const GOODBYE_TIMEOUT: Duration = Duration::from_millis(250);

// Diagnosis.

/// How long one more handshake may take that is only to find out what a peer or
/// something before it objects to; whatever answers does so within a few round trips.
pub const TRIAL_TIMEOUT: Duration = Duration::from_secs(3);

/// Further connections to one endpoint for a diagnosis. Firewalls take many for a scan.
pub const MAX_TRIALS: usize = 6;

/// Trials that run out of time until there are no more of them: what keeps silent in
/// three ways is silent.
pub const MAX_SILENT_TRIALS: usize = 2;

// Many endpoints.

/// Endpoints that are probed at once. Each has one connection, and processes may have
/// 1,024 files open on most systems (getrlimit(2)).
pub const MAX_CONCURRENT: usize = 256;

/// Endpoints that one text with a block of addresses or a list of ports may mean: a block
/// of 16 host bits.
pub const MAX_EXPANDED: usize = 65_536;

/// Endpoints of one host that are probed at once; firewalls take more for a scan.
pub const MAX_CONCURRENT_PER_HOST: usize = 8;

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

/// Packets without content that a SQL Server may send during the handshake, where TLS
/// stands inside packets; none is known to send one.
pub const MAX_EMPTY_PACKETS: usize = 16;

/// How long a server that speaks first is waited for until the port is asked, on another
/// connection, whether it begins with TLS: greetings that are held back come after this.
pub const GREETING_PATIENCE: Duration = Duration::from_secs(3);

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
