//! How an endpoint was reached and what it presented, for the reports that are about one.

use certlens_core::finding::{Code, Finding, Severity};
use certlens_core::verdict::Status;
use certlens_core::x509::Certificate;
use certlens_probe::Stage;
use certlens_probe::interception::public_name::{HostName, classify};
use certlens_probe::probe::StageReport;
use certlens_probe::target::Opening;
use certlens_probe::tcp::Fate;
use certlens_probe::tls::{Capture, ClientCertificate, How, Possession};
use certlens_report::{Block, Column, Document, Field, Fields, Headline, Note, Step, Table, Text, Tone};

use crate::args::{NetworkArgs, VerifyArgs};
use crate::endpoint::{Endpoint, Place};
use crate::exit::Exit;
use crate::facts::endpoint::{answer, ca_name, outcome, windows_code};
use crate::verification::Verified;
use crate::view::again::{self, Change};
use crate::view::missing;
use crate::view::path::note;

/// What an endpoint comes to whose certificate was judged, in a word.
pub(super) fn standing(endpoint: &Endpoint, verified: &Verified) -> (Tone, &'static str) {
    let is_wrong = endpoint.findings.iter().any(|finding| finding.severity == Severity::Error);
    match (verified.verdict.status, &endpoint.probe.failure) {
        (Status::Trusted, _) if is_wrong => (Tone::Bad, "UNTRUSTED"),
        (Status::Trusted, Some(_)) => (Tone::Bad, failed(endpoint)),
        (Status::Trusted, None) => (Tone::Good, "TRUSTED"),
        (Status::Untrusted, _) => (Tone::Bad, "UNTRUSTED"),
        (Status::Indeterminate, _) => (Tone::Unclear, "INDETERMINATE"),
    }
}

/// The answer, of an endpoint whose certificate was judged: the verdict counts, and what
/// else keeps clients from the server.
pub(super) fn headline(endpoint: &Endpoint, verified: &Verified, revocation: &str, reason: String) -> Headline {
    let name = endpoint.name();
    let (tone, word) = standing(endpoint, verified);
    let wrong = endpoint.findings.iter().find(|finding| finding.severity == Severity::Error);
    let (brackets, reason) = match (verified.verdict.status, wrong, &endpoint.probe.failure) {
        (Status::Trusted, Some(finding), _) => (revocation.to_owned(), sentence(&finding.message)),
        (Status::Trusted, None, Some(failure)) => {
            (format!("its certificate is trusted, {revocation}"), sentence(&failure.message))
        }
        (_, _, Some(failure)) => {
            (revocation.to_owned(), format!("{reason} Besides, {}.", failure.message.trim_end_matches('.')))
        }
        (_, _, None) => (revocation.to_owned(), reason),
    };
    Headline::new(tone, format!("{word} {name} ({brackets})")).reason(reason)
}

/// The answer, of an endpoint that presented no certificate.
pub(super) fn headline_unseen(endpoint: &Endpoint) -> Headline {
    let tone = if endpoint.exit() == Exit::Failed { Tone::Bad } else { Tone::Unclear };
    let why = endpoint.probe.failure.as_ref().map(|failure| failure.message.as_str());
    let broken = endpoint.findings.iter().find(|finding| finding.severity == Severity::Error);
    let why = broken.map(|finding| finding.message.as_str()).or(why).unwrap_or("it presented no certificate");
    Headline::new(tone, format!("{} {}", failed(endpoint), endpoint.name())).reason(sentence(why))
}

/// The word for an endpoint that a client does not get to.
pub(super) fn failed(endpoint: &Endpoint) -> &'static str {
    match endpoint.probe.failure.as_ref().map(|failure| failure.stage) {
        Some(Stage::Name | Stage::Connect) => "NOT REACHED",
        Some(Stage::Proxy) => "STOPPED AT THE PROXY",
        Some(Stage::Upgrade) => "NO TLS",
        Some(Stage::Tls) | None => "TLS FAILED",
    }
}

fn sentence(text: &str) -> String {
    let text = text.trim_end_matches('.');
    // The name of a host stays as it is.
    if text.split(' ').next().is_some_and(|word| !word.bytes().all(|octet| octet.is_ascii_alphabetic())) {
        return format!("{text}.");
    }
    let mut characters = text.chars();
    let first = characters.next().map(|first| first.to_uppercase().collect::<String>()).unwrap_or_default();
    format!("{first}{}.", characters.as_str())
}

/// How it was reached, in one table.
pub(super) fn stages(document: &mut Document, endpoint: &Endpoint) {
    let probe = &endpoint.probe;
    let columns = [Column::left("Stage"), Column::left("Result"), Column::right("Time")];
    let table = probe.stages.iter().fold(Table::new(columns), |table, report| {
        let result = match report.outcome {
            Ok(()) => passed(report, endpoint),
            Err(cause) => cause.to_owned(),
        };
        table.row([word(report.stage).to_owned(), result, format!("{} ms", report.elapsed.as_millis())])
    });
    document.heading("How it was reached").push(table);
    let tried: Vec<String> = probe
        .attempts
        .iter()
        .filter(|attempt| attempt.fate != Fate::Connected)
        .map(|attempt| format!("{}: {}", attempt.address, attempt.fate))
        .collect();
    if !tried.is_empty() && probe.attempts.len() > 1 {
        document.push(Text::from(format!("Addresses tried besides: {}.", tried.join("; "))));
    }
    if let (Some(proxy), Some(from)) = (&endpoint.way.settings.proxy, &endpoint.way.proxy_from)
        && probe.failure.as_ref().is_some_and(|failure| failure.stage <= Stage::Proxy)
    {
        document.push(Text::from(format!("The proxy is {}, named by {from}.", proxy.authority())));
    }
    for said in &probe.notes {
        document.push(Text::from(format!("The server said before TLS: {said}")));
    }
    let codes = probe.failure.iter().flat_map(|failure| &failure.windows).map(|code| windows_code(*code));
    let codes: Vec<String> = codes.collect();
    if !codes.is_empty() {
        document.push(Text::from(format!("Windows reports this as {}.", codes.join(" or "))));
    }
    if !probe.trials.is_empty() {
        let columns = [Column::left("Tried again"), Column::left("Result"), Column::right("Time")];
        let table = probe.trials.iter().fold(Table::new(columns), |table, trial| {
            let time = format!("{} ms", trial.elapsed.as_millis());
            table.row([trial.change.to_string(), outcome(&trial.outcome), time])
        });
        document.push(table);
    }
}

fn word(stage: Stage) -> &'static str {
    match stage {
        Stage::Name => "Name",
        Stage::Connect => "Connection",
        Stage::Proxy => "Proxy",
        Stage::Upgrade => "Upgrade",
        Stage::Tls => "TLS",
    }
}

fn passed(report: &StageReport, endpoint: &Endpoint) -> String {
    let probe = &endpoint.probe;
    match report.stage {
        Stage::Name => {
            let addresses: Vec<String> = probe.addresses.iter().map(|address| address.ip().to_string()).collect();
            addresses.join(", ")
        }
        Stage::Connect => {
            let to = probe.connected.map(|address| format!(" to {address}")).unwrap_or_default();
            let without = endpoint.way.why_direct.as_ref().map(|why| format!(", without a proxy: {why}"));
            format!("connected{to}{}", without.unwrap_or_default())
        }
        Stage::Proxy => proxy(endpoint),
        Stage::Upgrade => format!("{}: the server agreed", probe.target.scheme),
        Stage::Tls => probe.capture.as_ref().map_or_else(|| "done".to_owned(), negotiated),
    }
}

fn proxy(endpoint: &Endpoint) -> String {
    let Some(report) = &endpoint.probe.proxy else { return "opened".to_owned() };
    let mut words = vec!["opened".to_owned()];
    words.extend(report.authenticated_by.map(|scheme| format!("login by {scheme}")));
    words.extend(endpoint.way.proxy_from.as_ref().map(|from| format!("named by {from}")));
    if let Some(own) = endpoint.probe.proxy_chain.first().and_then(|der| Certificate::from_der(der).ok()) {
        words.push(format!("under TLS, its certificate {} by {}", own.subject().brief(), own.issuer().brief()));
    }
    words.extend(report.headers.iter().map(|(name, value)| format!("{name}: {value}")));
    words.join(", ")
}

/// Version and suite.
fn negotiated(capture: &Capture) -> String {
    let version = capture.version.map(|version| version.to_string());
    let suite = capture.suite.map(|suite| suite.to_string());
    let group = capture.group.map(|group| group.to_string());
    [version, suite, group].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// In a line, for reports that are about the certificate.
pub(super) fn reached(endpoint: &Endpoint) -> String {
    let probe = &endpoint.probe;
    let mut words = Vec::new();
    words.extend(probe.connected.map(|address| format!("at {address}")));
    if probe.proxy.is_some() {
        let from = endpoint.way.proxy_from.as_ref().map(|from| format!(" (named by {from})")).unwrap_or_default();
        words.push(format!("by a proxy{from}"));
    }
    words.extend(probe.capture.as_ref().map(negotiated));
    words.join(", ")
}

/// What it presented.
pub(super) fn presented(document: &mut Document, endpoint: &Endpoint) {
    let Some(capture) = &endpoint.probe.capture else {
        let notes = notes(endpoint);
        if !notes.is_empty() {
            document.heading("Beside that").push(notes);
        }
        return;
    };
    let mut fields = vec![
        Field::new("Asked for", capture.server_name.as_deref().map_or("no name (no SNI)", |name| name)),
        Field::new("Negotiated", negotiated(capture)),
    ];
    if let Some(alpn) = &capture.alpn {
        fields.push(Field::new("ALPN", String::from_utf8_lossy(alpn).into_owned()));
    }
    if capture.how != How::Handshake {
        let how = match capture.how {
            How::PlainHello => "read from a plaintext answer to a hello of old; no handshake was made",
            How::Partly | How::Handshake => "a handshake that did not come to its end",
        };
        fields.push(Field::new("Seen by", how));
    }
    fields.push(Field::new(
        "Key",
        match &capture.possession {
            Possession::Proven(scheme) => format!("the server proved that it has it ({scheme})"),
            Possession::Unproven(why) => format!("possession unproven: {why}"),
            Possession::Disproven(scheme, why) => format!("wrong ({scheme}): {why}"),
        },
    ));
    let staple = match &capture.staple {
        Some(staple) => format!("{} octets", staple.len()),
        None => "none".to_owned(),
    };
    fields.push(Field::new("OCSP staple", staple));
    let sessions = &capture.sessions;
    if sessions.resumable_1_2 || sessions.tickets > 0 {
        let tickets = if sessions.tickets > 0 { format!(", {} tickets", sessions.tickets) } else { String::new() };
        fields.push(Field::new("Sessions", format!("can be resumed{tickets}")));
    }
    if let Some(asked) = &capture.client_certificate {
        let given = if asked.given { "given" } else { "none given" };
        let cas = match asked.ca_names.len() {
            0 => "of any CA".to_owned(),
            1 => "of one CA".to_owned(),
            count => format!("of one of {count} CAs"),
        };
        fields.push(Field::new("Client certificate", format!("asked for, {cas}; {given}; {}", answer(asked.word))));
    }
    document.heading("What the server presented").push(Block::from(Fields::new(fields)));
    document.push(chain(endpoint));
    let notes: Vec<Note> = notes(endpoint);
    if !notes.is_empty() {
        document.push(notes);
    }
    if let Some(asked) = capture.client_certificate.as_ref().filter(|asked| !asked.ca_names.is_empty()) {
        document.push(Text::from(cas(asked)));
    }
}

/// The most CAs that are named.
const MAX_CAS: usize = 8;

/// The CAs of which a server takes client certificates.
fn cas(asked: &ClientCertificate) -> String {
    let names: Vec<String> = asked.ca_names.iter().take(MAX_CAS).map(|name| ca_name(name)).collect();
    let more = match asked.ca_names.len() - names.len() {
        0 => String::new(),
        more => format!("; and {more} more"),
    };
    format!("It takes client certificates of: {}{more}.", names.join("; "))
}

/// The certificates as they were sent.
fn chain(endpoint: &Endpoint) -> Table {
    let columns =
        [Column::right("Sent"), Column::left("Certificate"), Column::left("Valid to"), Column::left("Belongs")];
    endpoint.sent.iter().enumerate().fold(Table::new(columns), |table, (at, sent)| {
        let place = match sent.place {
            Place::Path(0) => "the end entity".to_owned(),
            Place::Path(_) => "in the path".to_owned(),
            Place::Anchor => "the trust anchor".to_owned(),
            Place::Again(first) => format!("number {} again", first + 1),
            Place::Surplus => "in no path".to_owned(),
            Place::Broken => "cannot be read".to_owned(),
        };
        let (name, until) = match &sent.certificate {
            Ok(certificate) => (certificate.subject().brief(), certificate.not_after().time.to_string()),
            Err(error) => (error.clone(), String::new()),
        };
        table.row([(at + 1).to_string(), name, until, place])
    })
}

/// What is to be said of what was sent.
pub(super) fn notes(endpoint: &Endpoint) -> Vec<Note> {
    endpoint.findings.iter().map(note).collect()
}

/// What the rules for public servers say to a server that is not held to them.
pub(super) fn web_rules(document: &mut Document, endpoint: &Endpoint) {
    if endpoint.web_rules.is_empty() {
        return;
    }
    document
        .heading("By the rules for public servers, which its CA is not held to")
        .push(endpoint.web_rules.iter().map(note).collect::<Vec<Note>>());
}

/// What to do about the endpoint itself, before its certificate.
pub(super) fn steps(endpoint: &Endpoint, verified: Option<&Verified>, args: &VerifyArgs) -> Vec<Step> {
    // That localhost has no address is not for name servers to mend.
    let is_localhost = endpoint.findings.iter().any(|finding| finding.code == Code::LocalhostUnresolved);
    let failure = endpoint.probe.failure.as_ref().filter(|_| !is_localhost).map(|failure| failure.hint.as_str());
    // What a failure is due to has its cure there.
    let is_told = |finding: &Finding| match finding.code {
        Code::ServerTlsOld | Code::ServerKeyUnproven => failure.is_some(),
        Code::ServerReplaced => true,
        // Where that is not sure, the verdict's own step says what else it may be.
        Code::ServerChainIncomplete => finding.hint.is_some() && verified.and_then(missing::missing_issuer).is_some(),
        _ => false,
    };
    let serious = endpoint.findings.iter().filter(|finding| finding.severity != Severity::Info && !is_told(finding));
    let first = failure.map(|hint| log_in(endpoint, args).into_iter().fold(Step::new(hint), Step::command));
    let others = serious.map(|finding| Step::new(finding.advice()));
    first.into_iter().chain(by_a_proxy(endpoint, args)).chain(others).collect()
}

/// The command that gives the proxy the login that it wants, when it is one that can be made.
fn log_in(endpoint: &Endpoint, args: &VerifyArgs) -> Option<String> {
    wants_login(endpoint, args).then(|| format!("{} {LOGIN}", probe_again(&endpoint.name(), args)))
}

/// The options that log in at a proxy.
pub(super) const LOGIN: &str = "--proxy-user NAME --proxy-password-file FILE";

/// Whether the proxy wants a login of a kind that can be made, and was given none.
pub(super) fn wants_login(endpoint: &Endpoint, args: &VerifyArgs) -> bool {
    let is_asked =
        endpoint.probe.failure.as_ref().is_some_and(|failure| failure.cause == "proxy-authentication-required");
    let can = |scheme: &String| ["basic", "digest"].iter().any(|known| scheme.eq_ignore_ascii_case(known));
    let can = endpoint.probe.proxy.as_ref().is_some_and(|report| report.schemes.iter().any(can));
    is_asked && can && !args.network.proxy.for_next().iter().any(|(name, _)| *name == "proxy-user")
}

/// What is not reached directly may be reached by a proxy, in networks that are left by one
/// alone.
fn by_a_proxy(endpoint: &Endpoint, args: &VerifyArgs) -> Option<Step> {
    let failure = endpoint.probe.failure.as_ref()?;
    let causes = ["name-not-resolved", "name-servers-silent", "connection-timed-out", "host-unreachable"];
    let target = &endpoint.probe.target;
    let is_web = matches!(target.opening, Opening::Tls) && endpoint.probe.proxy.is_none();
    let is_public = classify(&target.host.to_string()) == HostName::Public;
    if !(is_web && is_public && causes.contains(&failure.cause)) || args.network.proxy.first_given().is_some() {
        return None;
    }
    let again = probe_again(&endpoint.name(), args);
    let text = "Where this network is left by a proxy alone, names and ports of the Internet are known to it and not here. Give the proxy, or the configuration of the .NET program that uses it:";
    let proxy = format!("{again} --proxy http://PROXY:PORT");
    Some(Step::new(text).command(proxy).command(format!("{again} --proxy-from diahost.exe.config")))
}

/// The command that looks at one endpoint in detail, as this run did.
pub(super) fn probe_again(name: &str, args: &VerifyArgs) -> String {
    again::command("probe", name, true, args, &Change::Nothing)
}

/// The command that says whether the certificate of an endpoint was replaced.
pub(super) fn intercept(name: &str, args: &VerifyArgs, change: &Change<'_>) -> String {
    let network = &args.network;
    // Of the options of `verify` it takes these.
    let taken = VerifyArgs {
        endpoint: args.endpoint.clone(),
        client: args.client.clone(),
        path: args.path.clone(),
        name: args.name.clone(),
        network: NetworkArgs {
            proxy: network.proxy.clone(),
            timeout: network.timeout.clone(),
            ..NetworkArgs::default()
        },
        ..VerifyArgs::default()
    };
    again::command("intercept", name, true, &taken, change)
}
