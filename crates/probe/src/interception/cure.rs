//! What to do about a replaced certificate: trust the root of whatever replaced it, or
//! have the host exempted. Both in words; how this system takes a root in is not known here.

use certlens_core::encoding::hex;
use certlens_core::time::Time;
use certlens_core::x509::Certificate;

use super::judge::{Question, Verdict};
use super::observation::{End, Way};
use super::products::Match;
use super::seen::Seen;

/// The cures for a certificate that was replaced.
#[derive(Clone, Debug)]
pub struct Cures {
    /// Trusting the root.
    pub trust: TrustRoot,
    /// Exempting the host.
    pub exempt: Exempt,
}

/// Trusting the root of whatever replaces certificates.
#[derive(Clone, Debug)]
pub struct TrustRoot {
    /// The root's name (RFC 4514), or that of the issuer that is missing.
    pub name: String,
    /// The root, when it is at hand. It came from whoever replaced the certificate: its
    /// SHA-256 is to be compared with what those who run the proxy say before it is trusted.
    pub certificate: Option<Certificate>,
    /// Its SHA-256 in lower-case hexadecimal.
    pub sha256: Option<String>,
    /// Whether it is an anchor of this system already: then installing it changes nothing
    /// here, only in programs that have trust anchors of their own.
    pub known_here: bool,
    /// Where the product keeps it, in the product's terms.
    pub where_to_get_it: Option<&'static str>,
    /// The step as a sentence.
    pub sentence: String,
}

/// Exempting the host on whatever replaces certificates.
#[derive(Clone, Debug)]
pub struct Exempt {
    /// How, in the product's own terms.
    pub how: Option<&'static str>,
    /// The step as a sentence.
    pub sentence: String,
    /// What to send to those who run the proxy: lines of plain text.
    pub letter: Vec<String>,
}

/// The cures for the certificate that was seen in this way, when the verdict on it is
/// that it was replaced.
///
/// `port` is named beside the host. The letter holds what an administrator needs to find
/// the rule: the host, the time, and both certificates' issuers and SHA-256.
pub fn cures(question: &Question<'_>, port: u16, way: &Way, verdict: &Verdict) -> Option<Cures> {
    if !verdict.is_replaced() {
        return None;
    }
    let observation = question.observations.iter().find(|observation| observation.way == *way)?;
    let seen = Seen::new(&observation.way, observation.reached()?)?;
    let product = verdict.product();
    let others = question.observations.iter().filter(|other| other.way != *way);
    let others = others.filter_map(|other| Some((&other.way, other.reached()?.end_entity()?, other.reached()?.end())));
    let others = others.filter(|(_, certificate, _)| certificate.id() != seen.end_entity.id());
    // What the host has in truth is known where a chain ends in Mozilla's set.
    let others = others.map(|(way, certificate, end)| Elsewhere { way, certificate, is_genuine: end == End::Mozilla });
    let elsewhere = others.max_by_key(|other| other.is_genuine);
    Some(Cures { trust: trust(&seen, product), exempt: exempt(question, port, &seen, elsewhere, product) })
}

/// Another certificate that was seen for the host, in another way.
struct Elsewhere<'a> {
    way: &'a Way,
    certificate: &'a Certificate,
    is_genuine: bool,
}

fn sha256(certificate: &Certificate) -> String {
    hex::encode(&certificate.id().0)
}

fn trust(seen: &Seen<'_>, product: Option<&Match>) -> TrustRoot {
    let certificate = seen.root().cloned();
    let sha256 = certificate.as_ref().map(sha256);
    let known_here = seen.end == End::PrivateAnchor;
    let name = seen.root_name();
    let where_to_get_it = product.and_then(|found| found.product.root);
    let place = where_to_get_it.map(|place| format!(" ({place})")).unwrap_or_default();
    let trust = &seen.reached.trust;
    let refused = match &trust.why_not {
        Some(why) if !trust.trusted_here => format!(" The certificate is refused here all the same: {why}."),
        _ => String::new(),
    };
    let sentence = match (known_here, &sha256) {
        (true, _) => format!(
            "The root {name} is trusted by this system. Programs with trust anchors of their own (Java, Python, Node.js, \
             Firefox) need it as well: have them use the system's, or give it to them.{refused}"
        ),
        (false, Some(sha256)) => format!(
            "If those who run the proxy are to read this traffic, install the root {name}. Get it from them{place}, and \
             compare its SHA-256: {sha256}."
        ),
        (false, None) => format!(
            "If those who run the proxy are to read this traffic, install the root above {name}. It was not sent: get it \
             from them{place}."
        ),
    };
    TrustRoot { name, certificate, sha256, known_here, where_to_get_it, sentence }
}

fn exempt(
    question: &Question<'_>,
    port: u16,
    seen: &Seen<'_>,
    elsewhere: Option<Elsewhere<'_>>,
    product: Option<&Match>,
) -> Exempt {
    let host = crate::text::authority(question.host, port);
    let how = product.and_then(|found| found.product.exempt);
    let name = product.map_or("the proxy", |found| found.product.name);
    let sentence = match how {
        Some(how) => format!("Or have {host} exempted on {name}: {how}."),
        None => format!("Or have {host} exempted from inspection on {name}."),
    };
    let letter = letter(question.now, &host, seen, elsewhere, name, how);
    Exempt { how, sentence, letter }
}

fn letter(
    now: Time,
    host: &str,
    seen: &Seen<'_>,
    elsewhere: Option<Elsewhere<'_>>,
    name: &str,
    how: Option<&str>,
) -> Vec<String> {
    let mut lines = vec![format!("Please exempt {host} from TLS inspection."), format!("Seen {now}, {}:", seen.way)];
    lines.extend(certificate_lines(seen.end_entity));
    lines.push(format!("  Chain ends at: {}", seen.root_name()));
    match elsewhere {
        Some(other) => {
            let what = if other.is_genuine { "The host's own certificate" } else { "Another certificate for the host" };
            lines.push(format!("{what}, seen {}:", other.way));
            lines.extend(certificate_lines(other.certificate));
        }
        None => {
            lines.push("The host's own certificate could not be seen from here without the replacement.".to_owned())
        }
    }
    lines.push(format!("It is replaced by {name}."));
    lines.extend(how.map(|how| format!("What is asked for: {how}.")));
    lines
}

fn certificate_lines(certificate: &Certificate) -> [String; 4] {
    [
        format!("  Subject: {}", certificate.subject().brief()),
        format!("  Issuer: {}", certificate.issuer().brief()),
        format!("  Valid: {} to {}", certificate.not_before().time, certificate.not_after().time),
        format!("  SHA-256: {}", sha256(certificate)),
    ]
}
