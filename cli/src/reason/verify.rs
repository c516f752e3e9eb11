//! Why a verdict is what it is, in a sentence.

use certlens_core::finding::{Code, Severity};
use certlens_core::path::{CandidatePath, PathEnd};
use certlens_core::x509::oid::Oid;

use crate::endpoint::product;
use crate::retrieve::Wanted;
use crate::verification::{Request, Verified};

/// The line below the verdict.
/// What decided, in a sentence or two.
pub(crate) fn reason(verified: &Verified, request: &Request) -> String {
    let verdict = &verified.verdict;
    if let Some(finding) = verdict.reason() {
        if let Some(why) = missing_root(verified, finding.code) {
            return capitalised(&format!("{why}{}.", of_several(verified)));
        }
        let whose = match (&verdict.best, finding.locus.certificate.and_then(|certificate| certificate.depth)) {
            // It names certificate and issuer itself.
            (Some(_), Some(_)) if finding.code == Code::IssuerNotFound && asked_for_issuer(verified) => String::new(),
            (Some(outcome), Some(depth)) => format!("{}: ", role(&outcome.path, depth)),
            _ => String::new(),
        };
        let which = match verified.endpoint.is_some() && finding.code == Code::IssuerNotFound {
            true => {
                " It is a root that is missing here, or an intermediate that the server leaves out, or a proxy replaced the certificate."
            }
            false => "",
        };
        let others = verdict.all_findings().filter(|finding| finding.severity == Severity::Error).count() - 1;
        let more = match others {
            0 => String::new(),
            1 => " (and one more error below)".to_owned(),
            _ => format!(" (and {others} more errors below)"),
        };
        return capitalised(&format!("{whose}{}{more}{}.{which}", finding.message, of_several(verified)));
    }
    let anchor = verdict.best.as_ref().and_then(|outcome| outcome.path.anchor());
    let Some(anchor) = anchor else { return "No path was found.".to_owned() };
    let mut reason = format!(
        "The path ends in the trust anchor {} ({}) and holds at {}",
        anchor.name().brief(),
        anchor.origin,
        request.time
    );
    if let Some(name) = &verified.policy.name {
        reason.push_str(&format!(" for {name}"));
    }
    if verified.policy.require_explicit_policy
        && let Some(outcome) = &verdict.best
    {
        let policies: Vec<String> =
            outcome.policies.user_constrained.iter().map(|content| Oid::new(content).name_or_dotted()).collect();
        reason.push_str(&format!(" under the policy {}", policies.join(" or ")));
    }
    let of_file = verified.findings.iter().filter(|finding| finding.code == Code::ChainOrder);
    let warnings =
        verdict.all_findings().chain(of_file).filter(|finding| finding.severity == Severity::Warning).count();
    match warnings {
        0 => {}
        1 => reason.push_str(" (1 warning below)"),
        _ => reason.push_str(&format!(" ({warnings} warnings below)")),
    }
    reason.push_str(&of_several(verified));
    reason.push('.');
    let findings = verified.endpoint.iter().flat_map(|endpoint| &endpoint.findings);
    for finding in findings.filter(|finding| finding.code == Code::ServerReplaced) {
        reason.push_str(&format!(" But {}.", finding.message));
    }
    reason
}

/// Where the root is what is missing: that it is, and why, if that is known.
fn missing_root(verified: &Verified, code: Code) -> Option<String> {
    if !ends_untrusted(code) {
        return None;
    }
    if let Some(name) = verified.missing_root() {
        return Some(format!("the root {name} is not trusted here, and Mozilla trusts it"));
    }
    verified.endpoint.as_ref()?;
    let path = verified.verdict.best.as_ref()?;
    let found = product::replacing(path)?;
    let issuer = path.path.certificates.last()?.certificate.issuer().brief();
    let name = found.product.name;
    Some(format!(
        "the certificate is by {issuer}, a name of {name}: it seems that {name} replaced the server's own on the way, and its root is not trusted here"
    ))
}

/// Whether a path has this code where it ends in nothing that is trusted.
pub(crate) fn ends_untrusted(code: Code) -> bool {
    matches!(code, Code::IssuerNotFound | Code::SelfSignedNotAnchored | Code::AnchorNotTrusted)
}

fn capitalised(sentence: &str) -> String {
    let mut characters = sentence.chars();
    characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default()
}

/// Which certificate of a file with several was judged.
fn of_several(verified: &Verified) -> String {
    // Of a server it is the first that it sends, which is no choice.
    if verified.endpoint.is_some() {
        return String::new();
    }
    let others = match verified.companions {
        0 => return String::new(),
        1 => "1 other certificate".to_owned(),
        count => format!("{count} other certificates"),
    };
    let subject = verified.target.certificate.subject().brief();
    format!("; judged is {subject}, not the {others} of its file")
}

/// Whether an address was asked for the issuer that is missing.
pub(crate) fn asked_for_issuer(verified: &Verified) -> bool {
    verified.attempts.iter().any(|attempt| attempt.wanted == Wanted::Issuer)
}

/// What a certificate at a depth is called in a sentence.
fn role(path: &CandidatePath, depth: usize) -> String {
    let name = path.certificate(depth).map(|certificate| certificate.subject().brief()).unwrap_or_default();
    if depth == 0 {
        "The target".to_owned()
    } else if depth == path.end_depth() && path.anchor().is_some() {
        format!("The trust anchor {name}")
    } else if depth + 1 == path.certificates.len() && matches!(path.end, PathEnd::SelfSigned(_)) {
        format!("The root {name}")
    } else {
        format!("The intermediate {name}")
    }
}
