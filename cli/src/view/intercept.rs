//! The text of `certlens intercept`: was it replaced, by what it is known, and both cures.

use certlens_core::encoding::hex;
use certlens_core::finding::Code;
use certlens_core::origin::Origin;
use certlens_core::path::{MissingIssuer, PathEnd};
use certlens_fetch::shown as shown_url;
use certlens_probe::interception::Way;
use certlens_report::{Block, Column, Document, Field, Fields, Headline, Step, Table, Tone};

use crate::args::{InterceptArgs, ProxyArgs, VerifyArgs};
use crate::exit::Exit;
use crate::facts::intercept::{CureFacts, InterceptReport, WayFacts};
use crate::intercept::Shown;
use crate::shell::{download, quote};
use crate::verification::{Request, Verified};
use crate::view::again::{self, Change};
use crate::view::{endpoint, installing, missing, root, verify};

pub(crate) fn document(report: &InterceptReport, shown: &[Shown], request: &Request, args: &InterceptArgs) -> Document {
    let mut document = Document::new(headline(report));
    document.heading("What each way shows").push(ways(report));
    beside_ways(&mut document, report);
    // Each pair of ways once.
    let mut said: Vec<[&str; 2]> = Vec::new();
    for way in report.ways.iter().rev() {
        let Some(other) = &way.compared_with else { continue };
        if !said.contains(&[other, &way.way]) {
            said.push([&way.way, other]);
            compared(&mut document, way);
        }
    }
    // Of ways that did not decide it would distract.
    for way in report.ways.iter().filter(|way| way.verdict == report.verdict && !way.evidence.is_empty()) {
        let heading = match report.ways.len() {
            1 => "What speaks for and against".to_owned(),
            _ => format!("What speaks for and against, {}", way.way),
        };
        document.heading(heading).push(evidence(way));
    }
    let steps = steps(report, shown, args);
    if !steps.is_empty() {
        document.heading("What to do").push(steps);
    }
    let kind = report.host_kind.replace('-', " ");
    document.heading("Checked with").push(Block::from(Fields::new(vec![
        Field::new("Trust anchors", verify::anchors(request)),
        Field::new("Time", verify::time(request)),
        Field::new("The host's name", kind),
    ])));
    document
}

fn headline(report: &InterceptReport) -> Headline {
    let target = &report.target;
    let by = report.product.as_ref().map(|product| format!(" BY {}", product.name)).unwrap_or_default();
    let here = if report.anchors_given { "FOR THIS RUN" } else { "HERE" };
    let is_certificate_trusted = report.ways.iter().all(|way| way.is_certificate_trusted != Some(false));
    let (tone, text) = match report.verdict {
        "replaced-trusted" => (Tone::Bad, format!("REPLACED{by}, WHOSE ROOT IS TRUSTED {here}: {target}")),
        "replaced-untrusted" => (Tone::Bad, format!("REPLACED{by}, AND NOT TRUSTED {here}: {target}")),
        "not-replaced" if report.exit() == Exit::Success => (Tone::Good, format!("NOT REPLACED: {target}")),
        "not-replaced" if is_certificate_trusted => {
            (Tone::Bad, format!("NOT REPLACED, BUT THE CONNECTION FAILS: {target}"))
        }
        "not-replaced" => (Tone::Bad, format!("NOT REPLACED, BUT NOT TRUSTED {here}: {target}")),
        _ => (Tone::Unclear, format!("CANNOT TELL: {target}")),
    };
    let mut reason = format!("{}.", sentence(&report.why));
    if report.verdict == "cannot-tell" {
        let mut ways = report.ways.iter().filter(|way| way.is_certificate_trusted == Some(false));
        if let Some(why) = ways.find_map(|way| way.why_not.as_deref()) {
            reason.push_str(&format!(" Besides, it is not trusted here: {}.", why.trim_end_matches('.')));
        }
    }
    let is_replaced = |way: &&WayFacts| way.verdict.starts_with("replaced");
    let replaced: Vec<&WayFacts> = report.ways.iter().filter(is_replaced).collect();
    if report.direct_too {
        reason.push_str(" The way without a proxy is intercepted as well.");
    } else if let [WayFacts { way, .. }] = replaced.as_slice()
        && report.ways.len() > 1
    {
        reason.push_str(match way.as_str() {
            "direct" => " It is the way without a proxy that is intercepted.",
            _ => "",
        });
    }
    Headline::new(tone, text).reason(reason)
}

/// With a capital, unless it begins with the name of a host.
fn sentence(text: &str) -> String {
    let text = text.trim_end_matches('.');
    let first = text.split(' ').next().unwrap_or_default();
    let is_word = first.bytes().all(|octet| octet.is_ascii_alphabetic()) && first != "localhost";
    let mut characters = text.chars();
    match characters.next().filter(|_| is_word) {
        Some(first) => format!("{}{}", first.to_uppercase(), characters.as_str()),
        None => text.to_owned(),
    }
}

fn ways(report: &InterceptReport) -> Table {
    let here = if report.anchors_given { "Trusted in this run" } else { "Trusted here" };
    let columns = [Column::left("Way"), Column::left("Verdict"), Column::left("Issued by"), Column::left(here)];
    report.ways.iter().fold(Table::new(columns), |table, way| {
        let trusted = match (way.is_certificate_trusted, way.trusted_here) {
            (_, Some(true)) => "yes",
            (Some(true), Some(false)) => "yes, but the connection fails",
            (_, Some(false)) => "no",
            (_, None) => "",
        };
        let issuer = way.issuer.clone().unwrap_or_default();
        table.row([way.way.clone(), verdict(way).to_owned(), issuer, trusted.to_owned()])
    })
}

fn verdict(way: &WayFacts) -> &'static str {
    match way.verdict {
        "replaced-trusted" => "replaced, trusted",
        "replaced-untrusted" => "replaced, not trusted",
        "not-replaced" => "not replaced",
        _ if way.trusted_here.is_some() => "cannot tell",
        // Where a server answers, only not as it should, it was reached.
        _ if way.was_answered => "no certificate to judge",
        _ => "not reached",
    }
}

/// What does not fit in a table: keys, failures, and references that say nothing.
fn beside_ways(document: &mut Document, report: &InterceptReport) {
    let mut fields = Vec::new();
    for way in &report.ways {
        if let Some(problem) = &way.problem {
            fields.push(Field::new(format!("Problem, {}", way.way), format!("{}.", sentence(problem))));
        } else if way.trusted_here.is_none() {
            fields.push(Field::new(format!("Problem, {}", way.way), format!("{}.", sentence(&way.why))));
        }
        if let Some(pin) = &way.pin {
            fields.push(Field::new(format!("Key, {}", way.way), pin.clone()));
        }
    }
    for reference in &report.references {
        let name = format!("Reference {}", reference.host);
        fields.extend(reference.notes.iter().map(|note| Field::new(name.clone(), format!("{note}."))));
    }
    if !fields.is_empty() {
        document.push(Block::from(Fields::new(fields)));
    }
}

/// Certificate by certificate.
fn compared(document: &mut Document, way: &WayFacts) {
    let (Some(other), Some(pairs)) = (&way.compared_with, &way.differences) else { return };
    if pairs.iter().all(|pair| pair.sameness == "same") {
        return;
    }
    let columns = [
        Column::left("Certificate"),
        Column::left("Differs in"),
        Column::left(way.way.clone()),
        Column::left(other.clone()),
    ];
    let absent = || "(none)".to_owned();
    let mut table = Table::new(columns);
    for pair in pairs {
        let subjects = [pair.first.clone().unwrap_or_else(absent), pair.second.clone().unwrap_or_else(absent)];
        let [first, second] = subjects;
        table = table.row([pair.role.clone(), sameness(pair.sameness, &way.way, other), first, second]);
        for difference in pair.differences.iter().filter(|difference| difference.what != "subject") {
            table = table.row([
                String::new(),
                difference.what.replace('-', " "),
                shortened(&difference.first),
                shortened(&difference.second),
            ]);
        }
    }
    document.heading(format!("Compared, {} and {other}", way.way)).push(table);
}

fn sameness(word: &str, first: &str, second: &str) -> String {
    match word {
        "same" => "nothing".to_owned(),
        "same-key" => "other certificate, same key".to_owned(),
        "only-first" => format!("only {first}"),
        "only-second" => format!("only {second}"),
        _ => "other certificate".to_owned(),
    }
}

/// Digests are told apart by their beginning; JSON has them whole.
fn shortened(value: &str) -> String {
    match value.len() {
        40.. if value.bytes().all(|digit| digit.is_ascii_hexdigit()) => {
            format!("{}…", value.chars().take(16).collect::<String>())
        }
        _ => value.to_owned(),
    }
}

fn evidence(way: &WayFacts) -> Table {
    let columns = [Column::left("Weight"), Column::left("Speaks"), Column::left("What was seen")];
    way.evidence.iter().fold(Table::new(columns), |table, one| {
        table.row([one.weight.to_owned(), one.bearing.to_owned(), one.sentence.clone()])
    })
}

fn steps(report: &InterceptReport, shown: &[Shown], args: &InterceptArgs) -> Vec<Step> {
    let cured = |is_wanted: fn(&WayFacts) -> bool| report.ways.iter().find(|way| is_wanted(way) && way.cures.is_some());
    // Of several, the one that is asked for.
    if let Some(way) = cured(|way| way.way != "direct").or_else(|| cured(|_| true)) {
        return cures(report, way, shown, args);
    }
    let mut steps = Vec::new();
    let is_open = report.verdict == "cannot-tell";
    for shown in shown {
        let failure = shown.endpoint.as_ref().and_then(|examined| examined.endpoint()?.probe.failure.as_ref());
        if is_open || report.exit() == Exit::Failed {
            let verification = args.verification_through(&shown.proxy);
            let endpoint = shown.endpoint.as_ref().and_then(|examined| examined.endpoint());
            let wants = endpoint.is_some_and(|endpoint| endpoint::wants_login(endpoint, &verification));
            let log_in = wants.then(|| format!("{} {}", once_more(report, args, &Change::Nothing), endpoint::LOGIN));
            let step = failure.map(|failure| Step::new(format!("{}: {}", shown.way, failure.hint)));
            steps.extend(step.map(|step| log_in.into_iter().fold(step, Step::command)));
        }
    }
    if is_open {
        let mut next: Vec<&str> = Vec::new();
        for step in report.ways.iter().filter_map(|way| way.next_step) {
            if !next.contains(&step) {
                next.push(step);
            }
        }
        steps.extend(next.into_iter().map(Step::new));
    }
    let untrusted = shown.iter().find_map(|shown| {
        let verified = shown.endpoint.as_ref()?.verified()?;
        (!verified.is_trusted()).then_some((shown, verified))
    });
    let Some((shown, verified)) = untrusted else { return steps };
    let verification = args.verification_through(&shown.proxy);
    let missing = missing::missing_issuer(verified).filter(|_| is_open);
    if let Some(url) = missing.and_then(MissingIssuer::web_url) {
        let file = missing::new_file(&verification.path.intermediates);
        let text = "Get the issuer that is missing from where the certificate says that it is, and ask again with it:";
        let again = once_more(report, args, &Change::Intermediates(&file));
        steps.push(
            Step::new(text).command(download(&shown_url(url), &file, &verification.network.proxy)).command(again),
        );
    } else if is_open {
        if let Some(missing) = missing {
            let text = format!(
                "With the certificate of {}, from those who run that CA or the proxy, in a file ISSUER.cer, ask again:",
                missing.name
            );
            steps.push(Step::new(text).command(once_more(report, args, &Change::Intermediates("ISSUER.cer"))));
        }
        // The root may be that of whoever intercepts.
        let text = "See why the certificate is not trusted here; install no root before it is known whose it is:";
        steps.push(Step::new(text).command(endpoint::probe_again(&report.target, &verification)));
    } else {
        let is_this = |step: &Step| step.commands.iter().any(|command| command.starts_with("certlens intercept"));
        steps.extend(verify::steps(verified, &verification).into_iter().filter(|step| !is_this(step)));
    }
    steps
}

/// The command of this run once more, with one change.
fn once_more(report: &InterceptReport, args: &InterceptArgs, change: &Change<'_>) -> String {
    let first = ProxyArgs { proxy: args.proxy.first().cloned(), proxy_from: args.proxy_from.clone(), ..args.login() };
    let mut words = vec![endpoint::intercept(&report.target, &args.verification_through(&first), change)];
    words.extend(args.proxy.iter().skip(1).map(|url| format!("--proxy {}", quote(&shown_url(url)))));
    words.extend(args.reference.iter().map(|host| format!("--reference {}", quote(host))));
    words.extend(args.pin.iter().map(|pin| format!("--pin {}", quote(pin))));
    if args.no_direct {
        words.push("--no-direct".to_owned());
    }
    words.join(" ")
}

/// Both cures, for one way.
fn cures(report: &InterceptReport, way: &WayFacts, shown: &[Shown], args: &InterceptArgs) -> Vec<Step> {
    let Some(cures) = &way.cures else { return Vec::new() };
    let mut steps = Vec::new();
    let has = |way: &WayFacts, signal| way.evidence.iter().any(|one| one.signal == signal);
    if let Some(pin) = &way.pin
        && has(way, "pin-mismatch")
        && !report.ways.iter().any(|other| has(other, "pin-matches"))
    {
        steps.push(Step::new(format!(
            "Check the pin first: it may be out of date. The key that is seen {} is {pin}; ask the host's operator whether it is the host's. What follows holds if it is not.",
            way.way
        )));
    }
    let Some(here) = shown.iter().find(|shown| shown.way.to_string() == way.way) else { return steps };
    let verification = args.verification_through(&here.proxy);
    // Between, nobody has the client's key.
    let asks_clients = shown.iter().any(|shown| {
        let endpoint = shown.endpoint.as_ref().and_then(|examined| examined.endpoint());
        let capture = endpoint.and_then(|endpoint| endpoint.probe.capture.as_ref());
        shown.way != here.way && capture.is_some_and(|capture| capture.client_certificate.is_some())
    });
    if asks_clients {
        steps.push(Step::new(
            "The host asks for a client's certificate, and what inspects TLS cannot pass that on: trusting its root is no cure here.",
        ));
    } else {
        steps.extend(trust(cures, here, report, &verification));
    }
    if way.trusted_here == Some(true) && !asks_clients {
        let command = endpoint::probe_again(&report.target, &verification).replacen(" probe ", " verify ", 1);
        steps.push(
            Step::new("The check that passes with that root, and by which others are to be measured:").command(command),
        );
    }
    // Where no other way shows the host's own certificate, its issuer is all there is to go by.
    let is_compared = report.ways.iter().any(|other| other.way != way.way && other.trusted_here.is_some());
    let then = match is_compared {
        true => "this must say NOT REPLACED".to_owned(),
        false => format!("this must show another issuer than {}", way.issuer.as_deref().unwrap_or(&cures.root)),
    };
    let exempt = match (asks_clients, cures.exempt.strip_prefix("Or have")) {
        (true, Some(rest)) => format!("Have{rest}"),
        _ => cures.exempt.clone(),
    };
    let again = Step::new(format!("{exempt} Once it is, {then}:"));
    steps.push(again.command(once_more(report, args, &Change::Nothing)));
    let letter = Step::new(format!("What to send to {}:", cures.addressee));
    steps.push(cures.letter.iter().fold(letter, |step, line| step.command(line.as_str())));
    steps
}

/// How the root is trusted here; where it is known already there is nothing to install.
fn trust(cures: &CureFacts, here: &Shown, report: &InterceptReport, verification: &VerifyArgs) -> Vec<Step> {
    if !cures.is_to_be_installed {
        return vec![Step::new(cures.trust.clone())];
    }
    let verified = here.endpoint.as_ref().and_then(|examined| examined.verified());
    let (other, identifier) = match verified.and_then(|verified| Some(&verified.verdict.best.as_ref()?.path.end)) {
        Some(PathEnd::NoIssuer(missing)) => {
            let identifier = missing.key_identifier.as_deref().map(hex::encode);
            (missing::other_key(&missing.near, identifier.as_deref()), identifier)
        }
        Some(PathEnd::SelfSigned(near)) => (missing::other_key(near, None), None),
        _ => (None, None),
    };
    let mut file = "proxy-root.crt".to_owned();
    let mut steps = Vec::new();
    steps.extend(other.map(|other| Step::new(format!("{other} Trust no other root until it is known which."))));
    let sent = verified.and_then(|verified| {
        let root = verified.verdict.best.as_ref()?.path.certificates.last()?;
        let is_it = root.origin == Origin::Handshake && cures.root_sha256 == Some(root.certificate.id().to_string());
        let endpoint = verified.endpoint.as_deref().filter(|_| is_it)?;
        Some(root::sent(root, endpoint, verification))
    });
    steps.push(match (sent, cures.root_url, &here.way) {
        (Some(sent), ..) => {
            let get = Step::new(format!("{} It was sent along; this puts it into a file, {}:", cures.trust, sent.file));
            file = sent.file;
            sent.commands.into_iter().fold(get, Step::command)
        }
        (None, Some(url), Way::Proxy(proxy)) => {
            // Its address here has no login in it.
            let given = verification.network.proxy.for_next();
            let user = given.into_iter().find(|(name, _)| *name == "proxy-user").map(|(_, user)| user);
            let is_logged_in =
                here.endpoint.as_ref().and_then(|examined| examined.endpoint()).is_some_and(|endpoint| {
                    endpoint.probe.proxy.as_ref().is_some_and(|report| report.authenticated_by.is_some())
                });
            let proxy_user = user.or_else(|| is_logged_in.then(|| "NAME".to_owned()));
            let proxy = ProxyArgs { proxy: Some(proxy.clone()), proxy_user, ..ProxyArgs::default() };
            let get = Step::new(format!("{} This puts it into a file, {file}:", cures.trust));
            get.command(download(url, &file, &proxy))
        }
        _ => Step::new(format!("{} Save it as {file}.", cures.trust)),
    });
    // What comes through the proxy, the root and its digest too, is the word of whoever runs it.
    let must = match (&cures.root_sha256, &identifier) {
        (Some(sha256), _) => format!("; it must be {sha256}"),
        (None, Some(identifier)) => format!(" (its key identifier must be {identifier})"),
        (None, None) => String::new(),
    };
    let ask = format!("Ask {}, by another way than through it, for the SHA-256 of their root{must}:", cures.addressee);
    steps.push(Step::new(ask).command(format!("openssl x509 -in {file} -noout -fingerprint -sha256")));
    let ends = [Code::IssuerNotFound, Code::SelfSignedNotAnchored, Code::AnchorNotTrusted];
    let is_only_root =
        |verified: &Verified| verified.verdict.errors().iter().all(|finding| ends.contains(&finding.code));
    if verified.is_some_and(|verified| !verified.is_trusted() && is_only_root(verified)) {
        // No other anchor is to let it pass.
        let check = again::command("verify", &report.target, true, verification, &Change::AnchorsAlone(&file));
        let text = "If they say so, see that it is the one that issues these certificates; this must say TRUSTED:";
        steps.push(Step::new(text).command(check));
    }
    steps.extend(installing::steps("Then install it", &file, "proxy-root"));
    steps
}
