//! What a retrieval may cost. Each limit says where its value comes from, and a
//! failure that is due to one names it.

use std::time::Duration;

/// How long one URL may take, redirects included. Windows waits 15 seconds for
/// one URL of a certificate by default.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(15);

/// How long name, connection and TLS handshake of one hop may take: two thirds
/// of [`DEFAULT_TIMEOUT`]. A SYN is repeated after 1, 3 and 7 seconds (RFC 6298
/// §2), so that three may be lost.
pub const DEFAULT_CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// How many times the timeout of one URL may be spent on all calls that belong together,
/// those of one verification: four rounds of
/// [`MAX_CONCURRENT_PER_HOST`] dead URLs at one host.
pub const TOTAL_TIMEOUTS: u32 = 4;

/// How many redirects are followed. Publishers use one, from http to https or
/// to a content network; more than a few are a mistake.
pub const MAX_REDIRECTS: usize = 5;

/// How many URLs are asked at the same time: more than the URLs of a usual
/// chain (four certificates with four URLs each).
pub const MAX_CONCURRENT: usize = 16;

/// How many URLs of the same host and port are asked at the same time, as
/// browsers do. Smaller than [`MAX_CONCURRENT`], so that one host cannot hold
/// up the others.
pub const MAX_CONCURRENT_PER_HOST: usize = 6;

/// Octets of an answer to AIA caIssuers. Bundles of all issuers of large private
/// PKIs stay below a tenth.
pub const MAX_CERTIFICATES_OCTETS: usize = 1 << 20;

/// Octets of an OCSP response. Those with certificates have about 5 KB, with
/// post-quantum signatures 30 KB.
pub const MAX_OCSP_OCTETS: usize = 1 << 20;

/// Octets of a CRL. The largest published ones have 42 MB.
pub const MAX_CRL_OCTETS: usize = 64 << 20;

/// Octets of all answers of one verification together, as they are held in memory:
/// four of the largest CRLs.
pub const MAX_TOTAL_OCTETS: usize = 4 * MAX_CRL_OCTETS;

/// Octets of a URL, in a certificate or a redirect. Browsers and caches take
/// 2,048 at least; LDAP URLs of Active Directory have about 300.
pub const MAX_URL_OCTETS: usize = 2048;

/// Octets of a URL by which an OCSP request is sent with GET, so that caches
/// can answer it (RFC 5019 §5).
pub const MAX_OCSP_GET_OCTETS: usize = 255;

/// Octets of an error page that are looked at for its title.
pub(crate) const ERROR_PAGE_OCTETS: usize = 16 << 10;

/// How long an error page is waited for; only its title is wanted.
pub(crate) const ERROR_PAGE_TIMEOUT: Duration = Duration::from_secs(2);

/// Octets of the head of a proxy's answer to CONNECT; servers send below 1 KB.
pub(crate) const PROXY_HEAD_OCTETS: usize = 8 << 10;
