//! Finds out why TLS failed, by connecting again in other ways.

use super::route::Route;
use super::trial::{Change, TrialOutcome};
use super::trouble::Trouble;
use super::{Probe, failures};
use crate::failure::Failure;
use crate::limits::{MAX_SILENT_TRIALS, MAX_TRIALS};
use crate::target::Opening;
use crate::tls::Version;
use crate::tls::handshake::{Offer, Versions};
use crate::upgrade::{self, Protocol};

/// What is tried for this trouble, the most telling first.
fn changes(trouble: &Trouble, opening: Opening, port: u16, offer: &Offer<'_>) -> Vec<Change> {
    let named = offer.server_name.map(|_| Change::WithoutName);
    let limited = (offer.versions != Versions::Both).then_some(Change::BothVersions);
    let lower = (offer.versions == Versions::Both).then_some(Change::OnlyTls12);
    let plain = [Some(Change::PlainHello(Version::TLS_1_2)), Some(Change::PlainHello(Version::TLS_1_0))];
    let by_port = (opening == Opening::Tls).then(|| protocol_of(port).map(Change::Upgrade)).flatten();
    let net_tcp = (opening == Opening::Tls && by_port.is_none()).then_some(Change::Upgrade(Protocol::NetTcp));
    let list: Vec<Option<Change>> = match trouble {
        Trouble::NotTls(_) | Trouble::Unusable(_) | Trouble::Limit(_) => Vec::new(),
        Trouble::Alert(alert) if alert.concerns_client_certificate() => Vec::new(),
        Trouble::Alert(_) => [limited, named, lower].into_iter().chain(plain).collect(),
        Trouble::Incompatible(_) | Trouble::Misbehaved(_) => [limited].into_iter().chain(plain).collect(),
        Trouble::Reset(_) | Trouble::Closed(_) => {
            [by_port, limited, named, lower].into_iter().chain(plain).chain([net_tcp]).collect()
        }
        // Each of these may cost the whole timeout.
        Trouble::Silent(_) => vec![by_port, named, lower, plain[0], net_tcp],
        Trouble::Stalled(_) => vec![limited, named, lower, plain[0]],
    };
    list.into_iter().flatten().take(MAX_TRIALS).collect()
}

/// Which protocol usually has this port.
fn protocol_of(port: u16) -> Option<Protocol> {
    match port {
        587 | 2525 => Some(Protocol::Smtp),
        // That of the nodes of a self-hosted integration runtime.
        8060 => Some(Protocol::NetTcp),
        _ => Protocol::ALL.into_iter().find(|protocol| protocol.default_port() == port),
    }
}

/// After a handshake that failed: what would the server answer to?
pub(super) async fn after_handshake(route: &Route<'_>, report: &mut Probe, offer: &Offer<'_>, trouble: &Trouble) {
    // Who has shown certificates talks to this client; what failed came after them.
    if report.capture.as_ref().is_some_and(|capture| !capture.chain.is_empty()) {
        return;
    }
    let mut silent = 0;
    for change in changes(trouble, route.target.opening, route.target.port, offer) {
        if silent == MAX_SILENT_TRIALS {
            break;
        }
        let (trial, capture) = route.attempt(change, offer).await;
        silent += usize::from(ran_out_of_time(&trial.outcome));
        // A server that takes a protocol's request speaks it, whatever becomes of TLS.
        let explains = match &trial.outcome {
            TrialOutcome::Answered => true,
            TrialOutcome::Failed(_) => matches!(change, Change::Upgrade(_)),
            TrialOutcome::NotReached(_) => false,
        };
        report.trials.push(trial);
        if explains {
            report.failure = Some(failures::explained(route, offer, trouble, change, capture.as_ref()));
            if capture.is_some() {
                report.capture = capture;
            }
            return;
        }
    }
    if let Some(failure) = &mut report.failure {
        failures::add_what_was_tried(failure, trouble, &report.trials);
    }
}

fn ran_out_of_time(outcome: &TrialOutcome) -> bool {
    match outcome {
        TrialOutcome::Answered => false,
        TrialOutcome::Failed(trouble) => matches!(trouble, Trouble::Silent(_) | Trouble::Stalled(_)),
        TrialOutcome::NotReached(failure) => matches!(
            failure.cause,
            "connection-timed-out" | "proxy-silent" | "proxy-timed-out" | "upgrade-silent" | "upgrade-timed-out"
        ),
    }
}

/// After a protocol upgrade that failed: does the server begin with TLS?
pub(super) async fn after_upgrade(route: &Route<'_>, report: &mut Probe, failure: Failure) {
    let is_tls = failure.cause == "upgrade-plain-tls";
    let Opening::Upgrade(protocol) = route.target.opening else { return };
    if !is_tls && !upgrade::is_unexplained(&failure) {
        report.failure = Some(failure);
        return;
    }
    let offer = Offer { server_name: route.target.server_name(&route.settings.sni), ..Offer::default() };
    let (trial, capture) = route.attempt(Change::DirectTls, &offer).await;
    let answered = trial.outcome == TrialOutcome::Answered;
    report.trials.push(trial);
    report.failure = Some(if is_tls {
        failure
    } else if answered {
        failures::begins_with_tls(route, protocol, failure.windows)
    } else {
        route.second_look(protocol, failure).await
    });
    report.capture = capture;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alert::Alert;
    use std::time::Duration;

    #[test]
    fn trials_fit_the_trouble() {
        let offer = Offer { server_name: Some("host.test"), ..Offer::default() };
        let of = |trouble: Trouble, port| changes(&trouble, Opening::Tls, port, &offer);
        let silent = Trouble::Silent(Duration::ZERO);
        assert_eq!(of(silent.clone(), 587).first(), Some(&Change::Upgrade(Protocol::Smtp)));
        assert_eq!(of(silent, 443).last(), Some(&Change::Upgrade(Protocol::NetTcp)));
        assert_eq!(of(Trouble::Reset(0), 8060).first(), Some(&Change::Upgrade(Protocol::NetTcp)));
        assert_eq!(of(Trouble::Reset(0), 443).first(), Some(&Change::WithoutName));
        assert_eq!(of(Trouble::Alert(Alert { level: 2, description: 116 }), 443), []);
        for trouble in [Trouble::Reset(0), Trouble::Closed(0), Trouble::Stalled(Duration::ZERO)] {
            let limited = Offer { versions: Versions::Tls13, ..offer };
            let list = changes(&trouble, Opening::Tls, 443, &limited);
            assert_eq!(list.first(), Some(&Change::BothVersions));
            assert!(list.len() <= MAX_TRIALS);
        }
        let upgraded = changes(&Trouble::Reset(0), Opening::Upgrade(Protocol::Smtp), 8060, &Offer::default());
        assert!(!upgraded.iter().any(|change| matches!(change, Change::Upgrade(_) | Change::WithoutName)));
    }
}
