//! What to do about the answer of `certlens intercept`: both cures, or what would tell more.

use certlens_core::encoding::hex;
use certlens_core::origin::Origin;
use certlens_core::path::{MissingIssuer, PathEnd};
use certlens_fetch::shown as shown_url;
use certlens_probe::interception::Way;
use certlens_report::Step;

use crate::args::{InterceptArgs, ProxyArgs, VerifyArgs};
use crate::exit::Exit;
use crate::facts::intercept::{CureFacts, InterceptReport, WayFacts};
use crate::intercept::Shown;
use crate::reason::verify::ends_untrusted;
use crate::shell::{download, quote};
use crate::verification::Verified;
use crate::view::again::{self, Change};
use crate::view::{endpoint, installing, missing, root, verify};

pub(super) fn steps(report: &InterceptReport, shown: &[Shown], args: &InterceptArgs) -> Vec<Step> {
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
        let command = again::command("verify", &report.target, true, &verification, &Change::Nothing);
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
    let exempt = if asks_clients { cures.exempt.clone() } else { cures.exempt.replacen("Have", "Or have", 1) };
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
    let is_only_root =
        |verified: &Verified| verified.verdict.errors().iter().all(|finding| ends_untrusted(finding.code));
    if verified.is_some_and(|verified| !verified.is_trusted() && is_only_root(verified)) {
        // No other anchor is to let it pass.
        let check = again::command("verify", &report.target, true, verification, &Change::AnchorsAlone(&file));
        let text = "If they say so, see that it is the one that issues these certificates; this must say TRUSTED:";
        steps.push(Step::new(text).command(check));
    }
    steps.extend(installing::steps("Then install it", &file, "proxy-root"));
    steps
}
