//! What to do about a replaced certificate: trust the root of whatever replaced it, or
//! have the host exempted. Both in words; how this system takes a root in is not known here.

use certlens_core::encoding::hex;
use certlens_core::time::Time;
use certlens_core::x509::Certificate;

use super::judge::{Assessment, Judgement, Question, Verdict};
use super::observation::{End, Way};
use super::products::{Match, RootPlace};
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
    /// Whether it is among the trust anchors of this run: where those are the system's,
    /// installing it changes nothing here, only in programs that have trust anchors of their
    /// own.
    pub known_here: bool,
    /// Whether installing it on this system may be what is missing.
    pub is_to_be_installed: bool,
    /// Where the product keeps it, in the product's terms.
    pub where_to_get_it: Option<RootPlace>,
    /// The step as a sentence.
    pub sentence: String,
}

/// Exempting the host on whatever replaces certificates.
#[derive(Clone, Debug)]
pub struct Exempt {
    /// How, in the product's own terms.
    pub how: Option<String>,
    /// The step as a sentence.
    pub sentence: String,
    /// Whom the letter is for.
    pub addressee: &'static str,
    /// What to send to them: lines of plain text.
    pub letter: Vec<String>,
}

/// The cures for the certificate that was seen in this way, when it was judged replaced.
///
/// `port` is named beside the host. The letter holds what an administrator needs to find
/// the rule: the host, the time, and both certificates' issuers and SHA-256.
pub fn cures(question: &Question<'_>, assessment: &Assessment, port: u16, way: &Way) -> Option<Cures> {
    let of_way = |way: &Way| assessment.judgements.iter().find(|judgement| judgement.way == *way);
    let judgement = of_way(way).filter(|judgement| judgement.verdict.is_replaced())?;
    let observation = question.observations.iter().find(|observation| observation.way == *way)?;
    let seen = Seen::new(&observation.way, observation.reached()?)?;
    let product = judgement.verdict.product();
    let others = question.observations.iter().filter_map(|other| {
        let Judgement { verdict, .. } = of_way(&other.way).filter(|_| other.way != *way)?;
        let is_genuine = matches!(verdict, Verdict::NotReplaced { .. });
        let certificate = other.reached()?.end_entity()?;
        (!verdict.is_replaced()).then_some(Elsewhere { way: &other.way, certificate, is_genuine })
    });
    let elsewhere = others.max_by_key(|other| other.is_genuine);
    Some(Cures { trust: trust(&seen, product), exempt: exempt(question, port, &seen, elsewhere, product) })
}

/// Another certificate that was seen for the host, in a way that was not judged replaced.
struct Elsewhere<'a> {
    way: &'a Way,
    certificate: &'a Certificate,
    is_genuine: bool,
}

/// Who replaces certificates in this way.
fn those_who_run(way: &Way) -> &'static str {
    match way {
        Way::Direct => "those who run the network",
        Way::Proxy(_) => "those who run the proxy",
    }
}

fn sha256(certificate: &Certificate) -> String {
    hex::encode(&certificate.id().0)
}

fn trust(seen: &Seen<'_>, product: Option<&Match>) -> TrustRoot {
    let certificate = seen.root().cloned();
    let sha256 = certificate.as_ref().map(sha256);
    let known_here = seen.end != End::Open && seen.reached.trust.anchor.is_some();
    let name = seen.root_name();
    let where_to_get_it = product.and_then(|found| found.product.root);
    let place = where_to_get_it.map(|place| format!(" ({})", place.words)).unwrap_or_default();
    let trust = &seen.reached.trust;
    let refused = match &trust.why_not {
        Some(why) if !trust.trusted_here => {
            format!(" The certificate is refused here all the same: {}.", why.trim_end_matches('.'))
        }
        _ => String::new(),
    };
    let who = those_who_run(seen.way);
    let sentence = match (known_here, &sha256) {
        _ if seen.end == End::Mozilla => format!(
            "There is no root to trust: a public CA, {name}, issued this certificate for the host. If the pin is right, \
             somebody else had it issued: tell the host's operator.{refused}"
        ),
        _ if seen.end.is_in_mozilla() => format!(
            "There is no root to trust: the certificate is a public CA's, {name}, and what is wrong is who has it. A \
             block page or a captive portal shows such a one: log in there, or have the host allowed.{refused}"
        ),
        (true, Some(sha256)) if trust.anchors_given => format!(
            "The root {name} is trusted for this run, by the trust anchors that were given. If {who} are to read this \
             traffic, and this system does not trust it yet, install it. Get it from them{place}, and compare its \
             SHA-256: {sha256}.{refused}"
        ),
        (true, None) if trust.anchors_given => format!(
            "The root {name} is trusted for this run, by the trust anchors that were given. If {who} are to read this \
             traffic, and this system does not trust it yet, get it from them{place} and install it.{refused}"
        ),
        (true, _) => format!(
            "The root {name} is trusted by this system. Programs with trust anchors of their own (Java, Python, Node.js, \
             Firefox) need it as well: have them use the system's, or give it to them.{refused}"
        ),
        (false, Some(sha256)) => format!(
            "If {who} are to read this traffic, install the root {name} (what came has the SHA-256 {sha256}). Get it from \
             them{place}."
        ),
        (false, None) => format!(
            "If {who} are to read this traffic, install the root above {name}. It was not sent: get it \
             from them{place}."
        ),
    };
    let is_to_be_installed = !seen.end.is_in_mozilla() && (!known_here || trust.anchors_given);
    TrustRoot { name, certificate, sha256, known_here, is_to_be_installed, where_to_get_it, sentence }
}

fn exempt(
    question: &Question<'_>,
    port: u16,
    seen: &Seen<'_>,
    elsewhere: Option<Elsewhere<'_>>,
    product: Option<&Match>,
) -> Exempt {
    let host = crate::text::authority(question.host, port);
    let how = product.and_then(|found| found.product.exempt).map(|how| filled(how, question.host, port));
    let unknown = match seen.way {
        Way::Direct => "what inspects this network's traffic",
        Way::Proxy(_) => "the proxy",
    };
    let name = product.map_or(unknown, |found| found.product.name);
    let sentence = match &how {
        Some(how) => format!("Have {host} exempted on {name}: {how}."),
        None => format!("Have {host} exempted from inspection on {name}."),
    };
    let letter = letter(question.now, &host, seen, elsewhere, name, how.as_deref());
    Exempt { how, sentence, addressee: those_who_run(seen.way), letter }
}

/// The product's words with the host in them.
fn filled(words: &str, host: &str, port: u16) -> String {
    // Of what hosts consist of, the dot alone means something else in a pattern.
    let pattern = format!("^{}:{port}$", host.replace('.', "\\."));
    words.replace("{host}", host).replace("{pattern}", &pattern)
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
            lines.push(match other.is_genuine {
                true => format!("The host's own certificate, seen {}:", other.way),
                false => format!("Another certificate, seen {}, which may be the host's own:", other.way),
            });
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
