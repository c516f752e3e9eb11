//! The text of `certlens verify`: the verdict, the reason, the path with what
//! is wrong where, what to do, and what was asked.

use certlens_core::anchors::AnchorUse;
use certlens_core::finding::{Code, Fact, Finding, Severity};
use certlens_core::path::MissingIssuer;
use certlens_core::policy::{InitialPolicies, ValidationPolicy};
use certlens_core::verdict::{Status, Verdict};
use certlens_core::x509::oid::Oid;
use certlens_core::x509::sources::{crl_urls, ocsp_urls};
use certlens_report::{Block, Document, Field, Fields, Headline, Note, Step, Text, Tone};

use crate::args::VerifyArgs;
use crate::endpoint::Endpoint;
use crate::exit::Exit;
use crate::reason;
use crate::retrieve::to_open;
use crate::shell::{download, quote};
use crate::verification::{NotRead, Request, Verified};
use crate::view::again::{Change, again, file_of, password};
use crate::view::missing::{missing_issuer, new_file, root_or_intermediate};
use crate::view::path::{note, tree};
use crate::view::{endpoint, revocation, root};

/// How much is said of an endpoint beside the verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Detail {
    /// Where it was reached.
    Line,
    /// Every stage, and all that it presented.
    Whole,
}

pub(crate) fn document(verified: &Verified, request: &Request, args: &VerifyArgs, several: bool) -> Document {
    if verified.endpoint.is_some() {
        return of_endpoint(verified, request, args, Detail::Line);
    }
    let verdict = &verified.verdict;
    let (tone, word) = match verdict.status {
        Status::Trusted => (Tone::Good, "TRUSTED"),
        Status::Untrusted => (Tone::Bad, "UNTRUSTED"),
        Status::Indeterminate => (Tone::Unclear, "INDETERMINATE"),
    };
    let of = if several { format!("{}: ", verified.target.origin) } else { String::new() };
    let revocation = revocation::in_brackets(verified);
    let headline =
        Headline::new(tone, format!("{of}{word} ({revocation})")).reason(reason::verify::reason(verified, request));
    let mut document = Document::new(headline);
    path(&mut document, verified, request, args);
    let steps = steps(verified, args);
    if !steps.is_empty() {
        document.heading("What to do").push(steps);
    }
    document.heading("Checked with").push(checked_with(verified, request));
    document
}

/// The report about an endpoint that presented a certificate.
pub(crate) fn of_endpoint(verified: &Verified, request: &Request, args: &VerifyArgs, detail: Detail) -> Document {
    let Some(endpoint) = &verified.endpoint else { return document(verified, request, args, true) };
    let reason = reason::verify::reason(verified, request);
    let headline = endpoint::headline(endpoint, verified, &revocation::in_brackets(verified), reason);
    let mut document = Document::new(headline);
    if detail == Detail::Whole || endpoint.probe.failure.is_some() {
        endpoint::stages(&mut document, endpoint);
    }
    if detail == Detail::Whole {
        endpoint::presented(&mut document, endpoint);
    }
    path(&mut document, verified, request, args);
    if detail == Detail::Line && !endpoint.findings.is_empty() {
        document.heading("What the server sent").push(endpoint::notes(endpoint));
    }
    endpoint::web_rules(&mut document, endpoint);
    let of_server = endpoint::steps(endpoint, Some(verified), args);
    let steps: Vec<Step> = of_server.into_iter().chain(steps(verified, args)).collect();
    if !steps.is_empty() {
        document.heading("What to do").push(steps);
    }
    document.heading("Checked with").push(checked_with(verified, request));
    document
}

/// The path, what is to be said beside it, and what was asked for it.
fn path(document: &mut Document, verified: &Verified, request: &Request, args: &VerifyArgs) {
    let verdict = &verified.verdict;
    if let Some(best) = &verdict.best {
        let heading = match best.path.anchor() {
            Some(_) => "Path, trust anchor first",
            None => "Path, as far as it was found, target last",
        };
        document.heading(heading).push(tree(best));
    }
    if args.all_paths {
        others(document, verdict);
    }
    let notes: Vec<Note> = verdict
        .findings
        .iter()
        .chain(&verified.findings)
        .chain(&request.trust.findings)
        .chain(&request.findings)
        .map(|finding| match &finding.hint {
            Some(hint) => note(finding).hint(hint.as_str()),
            None => note(finding),
        })
        .collect();
    if !notes.is_empty() {
        document.heading("Beside the path").push(notes);
    }
    if !verified.attempts.is_empty() {
        document.heading("Retrieved").push(revocation::retrieved(&verified.attempts));
        for remark in revocation::remarks(&verified.attempts) {
            document.push(Text::from(remark));
        }
    }
}

/// The paths that did not decide, each as a tree with its findings.
fn others(document: &mut Document, verdict: &Verdict) {
    let count = verdict.others.len();
    for (index, outcome) in verdict.others.iter().enumerate() {
        let fate = match (outcome.is_trusted(), outcome.errors()) {
            (true, _) => "holds, too".to_owned(),
            (false, 1) => "refused for one error".to_owned(),
            (false, errors) => format!("refused for {errors} errors"),
        };
        document.heading(format!("Other path {} of {count}, {fate}", index + 1)).push(tree(outcome));
    }
    if verdict.others_dropped > 0 {
        document.heading(format!("{} more paths were tried and are not shown", verdict.others_dropped));
    }
}

/// What stands above the reports when there are several.
pub(crate) fn summary(verified: &[Verified], unseen: &[Endpoint], not_read: &[NotRead]) -> Document {
    let is_usable = |one: &&Verified| one.endpoint.as_ref().is_none_or(|endpoint| endpoint.exit() == Exit::Success);
    let count = |status| verified.iter().filter(is_usable).filter(|one| one.verdict.status == status).count();
    let unusable = verified.iter().filter(|one| !is_usable(one)).count() + unseen.len();
    let mut parts = Vec::new();
    for (number, word) in [
        (not_read.len(), "cannot be read"),
        (unusable, "not reached, or TLS fails"),
        (count(Status::Untrusted), "untrusted"),
        (count(Status::Indeterminate), "indeterminate"),
        (count(Status::Trusted), "trusted"),
    ] {
        if number > 0 {
            parts.push(format!("{number} {word}"));
        }
    }
    let tone = match () {
        () if !not_read.is_empty() || unusable > 0 || count(Status::Untrusted) > 0 => Tone::Bad,
        () if count(Status::Indeterminate) > 0 => Tone::Unclear,
        () => Tone::Good,
    };
    let all = verified.len() + unseen.len() + not_read.len();
    Document::new(Headline::new(tone, format!("{all} TARGETS: {}", parts.join(", "))))
}

/// One step an error, the gravest first, then where to read more.
pub(super) fn steps(verified: &Verified, args: &VerifyArgs) -> Vec<Step> {
    let verdict = &verified.verdict;
    let mut steps: Vec<Step> = Vec::new();
    let mut said: Vec<&str> = Vec::new();
    let mut errors = verdict.errors();
    if verdict.status == Status::Trusted {
        // With nothing graver to do, what is warned of is worth a step.
        let of_file = verified.findings.iter().filter(|finding| finding.code == Code::ChainOrder);
        let all = verdict.all_findings().chain(of_file);
        errors = all.filter(|finding| finding.severity == Severity::Warning).collect();
    }
    if let Some(finding) = verified.findings.iter().find(|finding| finding.code == Code::TrustedByMozilla) {
        steps.push(step(finding.advice(), again(verified, args, Change::TrustMozilla)));
        if let Some(Fact::Text(sha256)) = &finding.found {
            let text = "See how that root gets into this system's trust store, and where its issuer publishes it:";
            steps.push(Step::new(text).command(format!("certlens roots has {}", quote(sha256))));
        }
        // What is missing is the trust anchor, and this is where it is.
        said.extend(
            errors.iter().filter(|finding| finding.code == Code::IssuerNotFound).map(|finding| finding.advice()),
        );
    }
    let replaced = see_replaced(verified, args);
    let is_replaced = replaced.is_some() && verified.endpoint.as_deref().is_some_and(is_replaced);
    // Who comes by a proxy asks it first, before anything is installed.
    let is_first = is_replaced || verified.endpoint.as_ref().is_some_and(|endpoint| endpoint.probe.proxy.is_some());
    if is_first {
        steps.extend(replaced.clone());
    }
    if is_replaced {
        // The proxy's root is what is missing; the server has nothing to send.
        said.extend(
            errors.iter().filter(|finding| finding.code == Code::IssuerNotFound).map(|finding| finding.advice()),
        );
    }
    for finding in &errors {
        let advice = finding.advice();
        if said.contains(&advice) {
            continue;
        }
        said.push(advice);
        match missing_issuer(verified) {
            Some(missing) if finding.code == Code::IssuerNotFound && verified.endpoint.is_some() => {
                steps.push(root_or_intermediate(missing, commands(finding, verified, args)));
            }
            _ => steps.push(step(advice, commands(finding, verified, args))),
        }
        if finding.code == Code::IssuerNotFound && reason::verify::asked_for_issuer(verified) {
            steps.extend(see_urls(verified, args));
        }
        if matches!(finding.code, Code::SelfSignedNotAnchored | Code::AnchorNotTrusted) {
            let again = |anchors: &str| again(verified, args, Change::Anchors(anchors));
            steps.extend(root::steps(verified, args, &again));
        }
    }
    let closed = to_open(verified.attempts.iter().map(|attempt| attempt.retrieved()));
    if !closed.is_empty() {
        steps.push(Step::new(format!("Open for this machine, in the firewall or at the proxy: {}", closed.join(", "))));
    }
    if verdict.status != Status::Trusted && !args.all_paths && !verdict.others.is_empty() {
        let count = verdict.others.len() + verdict.others_dropped;
        let text = match count {
            1 => "Another path was tried and refused, too; see why, its cure may be the easier one:".to_owned(),
            _ => format!("{count} other paths were tried and refused, too; see why, a cure may be easier there:"),
        };
        steps.push(step(&text, again(verified, args, Change::AllPaths)));
    }
    if !is_first {
        steps.extend(replaced);
    }
    let mut codes: Vec<&str> = Vec::new();
    for finding in &errors {
        if !codes.contains(&finding.code.name()) {
            codes.push(finding.code.name());
        }
    }
    if !codes.is_empty() {
        steps.push(Step::new("Read what it means:").command(format!("certlens explain {}", codes.join(" "))));
    }
    steps
}

/// Whether it has the look of a proxy's certificate.
fn is_replaced(endpoint: &Endpoint) -> bool {
    endpoint.findings.iter().any(|finding| finding.code == Code::ServerReplaced)
}

/// The command that says whether a proxy replaced the certificate of an endpoint, where the
/// path ends in nothing that is trusted: a root that is missing and a proxy look alike.
fn see_replaced(verified: &Verified, args: &VerifyArgs) -> Option<Step> {
    let endpoint = verified.endpoint.as_ref()?;
    let is_open = verified.verdict.errors().iter().any(|finding| reason::verify::ends_untrusted(finding.code));
    if !(is_open || is_replaced(endpoint)) || verified.missing_root().is_some() {
        return None;
    }
    let text = "See whether a proxy replaced the server's certificate, what speaks for it, and both cures:";
    Some(Step::new(text).command(endpoint::intercept(&endpoint.name(), args, &Change::Nothing)))
}

/// The command that says of each URL of the chain what it gives from here.
fn see_urls(verified: &Verified, args: &VerifyArgs) -> Option<Step> {
    let target = file_of(&verified.target.origin)?;
    let lists = [("anchors", &args.path.anchors), ("intermediates", &args.path.intermediates)];
    let mut words = vec![format!("certlens url {}", quote(target))];
    for (name, values) in lists {
        words.extend(values.iter().map(|value| format!("--{name} {}", quote(value))));
    }
    words.extend(args.network.proxy.for_next().iter().map(|(name, value)| format!("--{name} {}", quote(value))));
    if let Some(host) = &args.network.ldap_host {
        words.push(format!("--ldap-host {}", quote(host)));
    }
    words.extend(password(args).map(|(name, value)| format!("--{name} {}", quote(&value))));
    Some(Step::new("See what each URL of the chain gives from here:").command(words.join(" ")))
}

fn step(advice: &str, commands: impl IntoIterator<Item = String>) -> Step {
    commands.into_iter().fold(Step::new(advice), Step::command)
}

fn commands(finding: &Finding, verified: &Verified, args: &VerifyArgs) -> Vec<String> {
    let again = |change| again(verified, args, change).into_iter().collect();
    match finding.code {
        // What certlens could not retrieve, another program will not either.
        Code::IssuerNotFound if args.fetch => Vec::new(),
        Code::IssuerNotFound => match missing_issuer(verified).and_then(MissingIssuer::web_url) {
            Some(url) => {
                let file = new_file(&args.path.intermediates);
                let mut commands = vec![download(&certlens_fetch::shown(url), &file, &args.network.proxy)];
                commands.extend(self::again(verified, args, Change::Intermediates(&file)));
                commands
            }
            None => Vec::new(),
        },
        Code::TrustStoreEmpty => again(Change::TrustMozilla),
        Code::RevocationUnknown if !args.fetch && names_source(finding, verified) => again(Change::Fetch),
        Code::PathLengthExceeded if finding.locus.part.is_none() => match finding.found {
            Some(Fact::Number(most)) => again(Change::MaxPathLength(most)),
            _ => Vec::new(),
        },
        Code::NameNotPermitted
        | Code::NameExcluded
        | Code::NameMismatch
        | Code::PurposeNotAllowed
        | Code::KeyUsageNotForPurpose
        | Code::NotDer => {
            let depth = finding.locus.certificate.and_then(|certificate| certificate.depth).unwrap_or(0);
            let Some(path) = verified.verdict.best.as_ref().map(|outcome| &outcome.path) else { return Vec::new() };
            let origin = match (path.certificates.get(depth), path.anchor()) {
                (Some(sourced), _) => &sourced.origin,
                (None, Some(anchor)) => &anchor.origin,
                (None, None) => return Vec::new(),
            };
            file_of(origin).map(|file| format!("certlens inspect {}", quote(file))).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

/// Whether the certificate of a finding names a URL of a CRL or an OCSP responder.
fn names_source(finding: &Finding, verified: &Verified) -> bool {
    let depth = finding.locus.certificate.and_then(|certificate| certificate.depth);
    let path = verified.verdict.best.as_ref().map(|best| &best.path);
    let certificate = depth.and_then(|depth| path?.certificate(depth));
    certificate.is_some_and(|certificate| !(crl_urls(certificate).is_empty() && ocsp_urls(certificate).is_empty()))
}

/// What is demanded of certificate policies, in words.
fn policies(policy: &ValidationPolicy) -> Vec<String> {
    let mut words = Vec::new();
    if let InitialPolicies::Only(only) = &policy.initial_policies {
        let names: Vec<String> = only.iter().map(|content| Oid::new(content).name_or_dotted()).collect();
        let unused =
            if policy.require_explicit_policy { "" } else { ", but none is required (--require-explicit-policy)" };
        words.push(format!("acceptable {}{unused}", names.join(" or ")));
    }
    for (given, word) in [
        (policy.require_explicit_policy, "a policy is required"),
        (policy.inhibit_policy_mapping, "no mapping"),
        (policy.inhibit_any_policy, "anyPolicy does not count"),
    ] {
        if given {
            words.push(word.to_owned());
        }
    }
    words
}

/// Which sets of trust anchors were used.
pub(super) fn anchors(request: &Request) -> String {
    let anchors: Vec<String> = request
        .trust
        .sets
        .iter()
        .map(|(name, count)| format!("{name} ({count} anchor{})", if *count == 1 { "" } else { "s" }))
        .collect();
    if anchors.is_empty() { "none".to_owned() } else { anchors.join(", ") }
}

/// The time for which was judged, and whose it is.
pub(super) fn time(request: &Request) -> String {
    let clock = match (request.time_is_clock, request.is_replay) {
        (true, false) => " (this machine's clock)",
        (true, true) => " (the clock of the recorded run)",
        (false, _) => "",
    };
    format!("{}{clock}", request.time)
}

fn checked_with(verified: &Verified, request: &Request) -> Block {
    let purposes: Vec<String> = verified.policy.purposes.iter().map(ToString::to_string).collect();
    let name = match &verified.policy.name {
        Some(name) => name.to_string(),
        None => "not checked (give --name)".to_owned(),
    };
    let weak: Vec<&str> = verified.policy.allow_weak.iter().map(|kind| kind.name()).collect();
    let beside = match &verified.endpoint {
        Some(_) => "sent by the server",
        None => "in the target's file",
    };
    let intermediates = format!("{} given, {} {beside}", request.intermediates.len(), verified.companions);
    let mut fields = vec![Field::new("Trust anchors", anchors(request)), Field::new("Intermediates", intermediates)];
    fields.extend(verified.endpoint.as_ref().map(|endpoint| Field::new("Reached", endpoint::reached(endpoint))));
    fields.extend([
        Field::new("Time", time(request)),
        Field::new("Purpose", purposes.join(", ")),
        Field::new("Name", name),
        Field::new("Profile", verified.policy.profile.name()),
        Field::new("Revocation", revocation::demanded(verified, request)),
    ]);
    if !weak.is_empty() {
        fields.push(Field::new("Weak, allowed", weak.join(", ")));
    }
    if verified.policy.anchor_use == AnchorUse::NameAndKey {
        fields.push(Field::new("Anchors", "name and key alone"));
    }
    if let Some(most) = verified.policy.max_path_length {
        fields.push(Field::new(
            "Path length",
            format!("at most {most} intermediate{}", if most == 1 { "" } else { "s" }),
        ));
    }
    let policies = policies(&verified.policy);
    if !policies.is_empty() {
        fields.push(Field::new("Policies", policies.join(", ")));
    }
    Block::from(Fields::new(fields))
}
