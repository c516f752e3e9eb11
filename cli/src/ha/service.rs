//! Whether the nodes' service answers: net.tcp at port 8060, connected to from here.
//!
//! WCF connects to net.tcp directly, whatever proxy a machine has, and so does this.

use std::sync::Arc;

use certlens_core::x509::Certificate;
use certlens_keystore::judgement::{Judgement, Outcome};
use certlens_keystore::profile::CertificateFacts;
use certlens_keystore::provider::Confidence;
use certlens_probe::many::Load;
use certlens_probe::probe::{Settings, Timeouts};
use certlens_probe::target::{Dial, Target};
use certlens_probe::tls::Possession;
use certlens_probe::upgrade::DEFAULT_VIA;
use certlens_probe::{Failure as ProbeFailure, Stage};

use super::{Layout, Node};
use crate::args::HaArgs;
use crate::endpoint::{Ended, Endpoint, Run, Way, all, localhost};
use crate::error::Failure;
use crate::facts::certificate::thumbprint;
use crate::facts::check::BriefFacts;
use crate::facts::demand::{DemandFacts, OutcomeFacts, RemedyFacts, WeightFacts};
use crate::facts::endpoint::{EndpointFacts, windows_code};
use crate::facts::finding::FindingFacts;
use crate::facts::ha::{AnswersFacts, HaReport, ServiceFacts};
use crate::say;
use crate::situation::host;

/// Where the nodes' service listens unless it is told otherwise.
const DEFAULT_PORT: u16 = 8060;
/// The demand of the profile that is judged here.
const PORT: &str = "port";
const PRESENTED: (&str, &str) = ("presented", "the service presents this certificate");

/// The services of the nodes whose hosts are known.
pub(crate) struct Services<'a> {
    args: &'a HaArgs,
    /// What `--connect` says of each node.
    dials: Vec<Option<&'a str>>,
    /// The place of the node that each target is of.
    places: Vec<usize>,
    run: Run,
}

impl<'a> Services<'a> {
    /// The services as they are to be connected to.
    ///
    /// # Errors
    ///
    /// When an argument cannot be used.
    pub(crate) fn new(args: &'a HaArgs, layout: &Layout) -> Result<Services<'a>, Failure> {
        let dials = dials(args, layout)?;
        let timeouts = args.network.seconds_given()?.map_or_else(Timeouts::default, Timeouts::within);
        let port = args.port.unwrap_or(DEFAULT_PORT);
        let (mut places, mut planned) = (Vec::new(), Vec::new());
        for (place, (node, dial)) in layout.nodes.iter().zip(&dials).enumerate() {
            let Some(host) = &node.host else { continue };
            let target = target(&host.to_string(), port)?;
            let dial = dial.map(|text| Dial::parse(text).map_err(|error| (text, error))).transpose();
            let dial = dial.map_err(|(text, error)| {
                Failure::unusable(format!("--connect {text}: at octet {}, {}", error.offset, error.reason))
            })?;
            let settings = Settings { dial, via: args.via.clone(), timeouts, ..Settings::default() };
            planned.push((target, Way { settings: Arc::new(settings), proxy_from: None, why_direct: None }));
            places.push(place);
        }
        Ok(Services { args, dials, places, run: Run::of(planned, Load::default()) })
    }

    /// Connects to them, and judges what comes of it, beside what is known of the
    /// certificate of each node.
    ///
    /// # Errors
    ///
    /// When the runtime cannot be had.
    pub(crate) fn judge(self, certificates: &[CertificateFacts<'_>], report: &mut HaReport) -> Result<(), Failure> {
        if let Some(finding) = localhost::look_up()? {
            report.findings.push(FindingFacts::new(&finding));
        }
        let (made, ended) = all(&self.run, |probe, way| Ok(Endpoint::unjudged(probe, way.clone())))?;
        if let Ended::Interrupted(count) = ended {
            say(&format!("note: interrupted; the services of {count} of {} nodes were connected to", self.run.len()));
        }
        let mut endpoints: Vec<Option<Endpoint>> = certificates.iter().map(|_| None).collect();
        for (place, endpoint) in self.places.iter().zip(made) {
            if let Some(slot) = endpoints.get_mut(*place) {
                *slot = endpoint;
            }
        }
        let is_on = |endpoint: &Endpoint| Seen::of(endpoint).answers == AnswersFacts::Tls;
        let has_tls = endpoints.iter().flatten().any(is_on);
        for (place, (node, endpoint)) in report.nodes.iter_mut().zip(&endpoints).enumerate() {
            let seen = endpoint.as_ref().map(Seen::of);
            let again = endpoint.as_ref().map(|endpoint| self.again(&endpoint.probe.target, place));
            let Some(at) = node.demands.iter().position(|demand| demand.code == PORT) else { continue };
            if let Some(demand) = node.demands.get_mut(at) {
                match (&seen, &again) {
                    (Some(seen), Some(again)) => port(demand, seen, again),
                    _ if self.places.contains(&place) => {
                        open(demand, "interrupted before its service was connected to")
                    }
                    _ => demand.reason = "the host name is not given, and nothing was connected to".to_owned(),
                }
            }
            if has_tls {
                let certificate = certificates.get(place).copied().unwrap_or(CertificateFacts::Unread);
                node.demands.insert(at + 1, presented(seen.as_ref(), certificate, again));
            }
            node.service = seen.map(Seen::facts);
        }
        Ok(())
    }

    /// The command that shows one service in detail.
    fn again(&self, target: &Target, place: usize) -> Vec<String> {
        let mut words = vec!["certlens".to_owned(), "probe".to_owned(), target.to_string()];
        let dial = self.dials.get(place).copied().flatten();
        for (name, value) in [("--connect", dial), ("--via", self.args.via.as_deref())] {
            words.extend(value.into_iter().flat_map(|value| [name.to_owned(), value.to_owned()]));
        }
        words
    }
}

fn target(host: &str, port: u16) -> Result<Target, Failure> {
    let host = if host.contains(':') { format!("[{host}]") } else { host.to_owned() };
    let text = format!("net.tcp://{host}:{port}{DEFAULT_VIA}");
    Target::parse(&text).map_err(|error| {
        Failure::unusable(format!("{text}: is not an endpoint: at octet {}, {}", error.offset, error.reason))
            .advice("give the node's host by its name or address")
    })
}

/// What `--connect` says, by node.
fn dials<'a>(args: &'a HaArgs, layout: &Layout) -> Result<Vec<Option<&'a str>>, Failure> {
    let mut dials: Vec<Option<&str>> = layout.nodes.iter().map(|_| None).collect();
    for argument in &args.connect {
        let Some((name, address)) = argument.split_once('=') else {
            return Err(Failure::unusable(format!("--connect {argument}: there is no = in it"))
                .advice("write it as node1.example.com=10.0.0.5, or with a port behind it"));
        };
        let host = host(name)?;
        let is_meant = |node: &Node| node.host.as_ref() == Some(&host);
        let place = layout.nodes.iter().position(is_meant);
        let Some(slot) = place.and_then(|place| dials.get_mut(place)) else {
            return Err(Failure::unusable(format!("--connect {argument}: there is no node {host}")));
        };
        if slot.replace(address).is_some() {
            return Err(Failure::unusable(format!("--connect: {host} has two addresses")).advice("give one of them"));
        }
    }
    Ok(dials)
}

/// What was seen of a service.
struct Seen<'a> {
    endpoint: &'a Endpoint,
    answers: AnswersFacts,
    failure: Option<&'a ProbeFailure>,
}

impl<'a> Seen<'a> {
    fn of(endpoint: &'a Endpoint) -> Seen<'a> {
        let probe = &endpoint.probe;
        let failure = probe.failure.as_ref();
        let answers = match failure {
            None => AnswersFacts::Tls,
            // A client certificate is demanded, or old versions of TLS alone are spoken.
            Some(failure) if failure.stage == Stage::Tls && probe.capture.is_some() => AnswersFacts::Tls,
            Some(failure) => match failure.cause {
                "upgrade-not-offered" => AnswersFacts::NoTls,
                "endpoint-not-found" | "upgrade-refused" => AnswersFacts::OtherService,
                // What is wrong is on this machine, or with what was given.
                "name-servers-silent" | "connection-forbidden" | "upgrade-via" => AnswersFacts::NotAsked,
                _ => AnswersFacts::Nothing,
            },
        };
        Seen { endpoint, answers, failure }
    }

    /// The server's own certificate, when it was sent and can be read.
    fn certificate(&self) -> Option<&'a Certificate> {
        self.endpoint.sent.first()?.certificate.as_ref().ok()
    }

    fn facts(self) -> ServiceFacts {
        ServiceFacts {
            answers: self.answers,
            presented: self.certificate().map(BriefFacts::new),
            endpoint: EndpointFacts::from(self.endpoint),
        }
    }
}

/// Judges the demand that nodes reach each other's port.
fn port(demand: &mut DemandFacts, seen: &Seen<'_>, again: &[String]) {
    let target = &seen.endpoint.probe.target;
    let failed = |failure: &ProbeFailure| {
        let codes: Vec<String> = failure.windows.iter().map(|code| windows_code(*code)).collect();
        let codes = if codes.is_empty() { String::new() } else { format!("; in Windows {}", codes.join(", ")) };
        let message = failure.message.trim_end_matches('.');
        format!("from this machine, at stage {}: {message} ({}{codes})", failure.stage.word(), failure.cause)
    };
    let (outcome, reason) = match (seen.answers, seen.failure) {
        (AnswersFacts::Tls, None) => {
            (OutcomeFacts::Pass, format!("from this machine {target} answers net.tcp, and TLS is on"))
        }
        (AnswersFacts::Tls, Some(failure)) => {
            (OutcomeFacts::Pass, format!("TLS is on, though not for certlens: {}", failed(failure)))
        }
        (AnswersFacts::NoTls, _) => {
            (OutcomeFacts::Pass, format!("from this machine {target} answers net.tcp, and TLS is not yet on"))
        }
        (AnswersFacts::OtherService | AnswersFacts::NotAsked, Some(failure)) => {
            (OutcomeFacts::CannotKnow, failed(failure))
        }
        (_, Some(failure)) => (OutcomeFacts::Fail, failed(failure)),
        (_, None) => (OutcomeFacts::CannotKnow, "nothing is known of it".to_owned()),
    };
    let remedy = match (outcome, seen.failure) {
        (OutcomeFacts::Pass, _) | (_, None) => None,
        (_, Some(failure)) => Some(remedy(failure, target, again)),
    };
    *demand = DemandFacts { outcome, reason, remedy, ..demand.clone() }.weighing(WeightFacts::Must);
}

fn open(demand: &mut DemandFacts, reason: &str) {
    let outcome = OutcomeFacts::CannotKnow;
    *demand = DemandFacts { outcome, reason: reason.to_owned(), ..demand.clone() }.weighing(WeightFacts::Must);
}

/// What to do about a service that does not answer as it should.
fn remedy(failure: &ProbeFailure, target: &Target, again: &[String]) -> RemedyFacts {
    let service = match failure.cause {
        "connection-refused" => {
            "on the node, see that the service runs and that remote access from the intranet is switched on, without which nothing listens there. "
        }
        _ => "",
    };
    let hint = failure.hint.trim_end_matches('.');
    let what =
        format!("{service}{hint}. What is seen from here is not what another node sees. Stage by stage, from here");
    let command = format!("Test-NetConnection {} -Port {}", target.host, target.port);
    RemedyFacts { certlens: Some(again.to_vec()), ..RemedyFacts::windows(what, command) }
}

/// Judges whether a service presents the certificate of its node's file.
fn presented(seen: Option<&Seen<'_>>, own: CertificateFacts<'_>, again: Option<Vec<String>>) -> DemandFacts {
    let row = |outcome: OutcomeFacts, known, reason: String, remedy| {
        let judgement = Judgement::new(known, reason, Confidence::Observed, "the handshake with the service");
        DemandFacts::own(PRESENTED, outcome, judgement, remedy).weighing(WeightFacts::Should)
    };
    let failed = |reason: String| row(OutcomeFacts::Fail, Outcome::Fail, reason, Some(choose()));
    let Some(seen) = seen.filter(|seen| seen.answers == AnswersFacts::Tls) else {
        let what = "connect again, once TLS is on";
        let remedy = again.map(|again| RemedyFacts { certlens: Some(again), ..RemedyFacts::words(what) });
        return row(OutcomeFacts::OnNode, Outcome::CannotKnow, "no TLS was seen".to_owned(), remedy);
    };
    let (Some(sent), Some(own)) = (seen.certificate(), own.read()) else {
        let reason = match own.read() {
            None => "the certificate of the file was not read",
            Some(_) => "the certificate that the service presents cannot be read",
        };
        return row(OutcomeFacts::CannotKnow, Outcome::CannotKnow, reason.to_owned(), None);
    };
    if sent.id() != own.id() {
        return failed(format!(
            "it presents {}, valid until {}, thumbprint {}; that of the file is {}",
            sent.subject().brief(),
            sent.not_after().time,
            thumbprint(sent.der()),
            thumbprint(own.der())
        ));
    }
    let possession = seen.endpoint.probe.capture.as_ref().map(|capture| &capture.possession);
    if let Some(Possession::Disproven(scheme, why)) = possession {
        return failed(format!("it presents it, and signs with another key ({scheme}): {why}"));
    }
    let reason = format!("it presents it, thumbprint {}", thumbprint(own.der()));
    row(OutcomeFacts::Pass, Outcome::Pass, reason, None)
}

fn choose() -> RemedyFacts {
    RemedyFacts::words(
        "choose the certificate of the file in the service's settings, which can be changed while there is a single node; or give the file of the one that is in use",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_targets_too() {
        for (host, expected) in [
            ("node1.example.com", "net.tcp://node1.example.com:8060/ExternalService.svc/"),
            ("10.0.0.5", "net.tcp://10.0.0.5:8060/ExternalService.svc/"),
            ("2001:db8::5", "net.tcp://[2001:db8::5]:8060/ExternalService.svc/"),
        ] {
            assert_eq!(target(host, DEFAULT_PORT).unwrap().to_string(), expected);
        }
    }
}
