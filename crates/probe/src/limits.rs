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

/// Things that a server said which are kept for the report, and characters of each.
pub const MAX_NOTES: usize = 8;

/// Characters of one thing that a server said.
pub const MAX_NOTE: usize = 300;
