//! Probing one endpoint: name, connection, proxy, upgrade, TLS, one after the other, each timed;
//! and when TLS fails, finding out why.

mod diagnose;
mod failures;
mod proxy_tls;
mod route;
mod settings;
mod trial;
mod trouble;

use std::net::SocketAddr;
use std::time::{Duration, Instant};

pub use settings::{Diagnosis, Settings, Timeouts};
pub use trial::{Change, Trial, TrialOutcome};
pub use trouble::Trouble;

use crate::failure::{Failure, Stage};
use crate::proxy::ProxyReport;
use crate::resolve::Resolve;
use crate::target::Target;
use crate::tcp::Attempt;
use crate::tls::handshake::{Offer, handshake};
use crate::tls::{Capture, ClientCertificateWord};

/// What came of probing an endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Probe {
    /// The endpoint.
    pub target: Target,
    /// Where it, or the proxy before it, could be connected to, in the order of trying.
    pub addresses: Vec<SocketAddr>,
    /// What was tried of that.
    pub attempts: Vec<Attempt>,
    /// Where it was connected to.
    pub connected: Option<SocketAddr>,
    /// The stages that were entered, in order. The last one failed, if one did.
    pub stages: Vec<StageReport>,
    /// What the proxy said of itself, when there is one.
    pub proxy: Option<ProxyReport>,
    /// The certificates of the proxy itself, when it is spoken to under TLS.
    pub proxy_chain: Vec<Vec<u8>>,
    /// What the server said before TLS, one line each, bounded and not trustworthy.
    pub notes: Vec<String>,
    /// What the server presented. There can be a capture beside a failure: of a server
    /// that demands a client certificate, of one that only clients of old talk to, or
    /// of one that answers when it is asked in another way.
    pub capture: Option<Capture>,
    /// Why a client as set up here gets no further.
    pub failure: Option<Failure>,
    /// What else was tried to find out why TLS failed, in order.
    pub trials: Vec<Trial>,
    /// How long all of it took.
    pub elapsed: Duration,
}

/// One stage of a probe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StageReport {
    /// Which.
    pub stage: Stage,
    /// Whether it was passed, or else the cause of the failure.
    pub outcome: Result<(), &'static str>,
    /// How long it took; for TLS without the trials.
    pub elapsed: Duration,
}

impl Probe {
    /// Nothing is known yet.
    fn new(target: &Target) -> Probe {
        Probe {
            target: target.clone(),
            addresses: Vec::new(),
            attempts: Vec::new(),
            connected: None,
            stages: Vec::new(),
            proxy: None,
            proxy_chain: Vec::new(),
            notes: Vec::new(),
            capture: None,
            failure: None,
            trials: Vec::new(),
            elapsed: Duration::ZERO,
        }
    }
}

/// Probes an endpoint. This takes a bounded time, whatever the peer does: the stages'
/// timeouts, and when TLS fails those of the trials.
pub async fn probe(target: &Target, settings: &Settings, resolver: &dyn Resolve) -> Probe {
    let begun = Instant::now();
    let mut report = Probe::new(target);
    // On the heap, so that a probe that waits is small.
    Box::pin(run(&mut report, settings, resolver)).await;
    report.elapsed = begun.elapsed();
    report
}

async fn run(report: &mut Probe, settings: &Settings, resolver: &dyn Resolve) {
    let target = report.target.clone();
    let mut route = route::Route::new(&target, settings, resolver);
    let (mut stream, told) = match route.open(report).await {
        Ok(opened) => opened,
        Err(failure) => {
            if failure.stage == Stage::Upgrade && settings.diagnosis == Diagnosis::Trials {
                diagnose::after_upgrade(&route, report, failure).await;
            } else {
                report.failure = Some(failure);
            }
            return;
        }
    };
    let offer = Offer {
        server_name: target.server_name(&settings.sni),
        versions: settings.versions,
        alpn: &settings.alpn,
        identity: settings.identity.as_ref(),
        tickets: settings.tickets,
    };
    let begun = Instant::now();
    let made = handshake(&mut stream, &offer, &told, settings.timeouts.handshake).await;
    drop(stream);
    let trouble = Trouble::of(&made);
    report.capture = made.capture;
    let failure = match &trouble {
        Some(trouble) => Some(failures::of(&route, trouble, report.capture.as_ref())),
        None => report.capture.as_ref().and_then(|capture| refused(&route, capture)),
    };
    report.stage(Stage::Tls, begun, failure.as_ref());
    report.failure = failure;
    if let (Some(trouble), Diagnosis::Trials) = (trouble, settings.diagnosis) {
        diagnose::after_handshake(&route, report, &offer, &trouble).await;
    }
}

/// With TLS 1.3 a server refuses a client only after the client's handshake is done.
fn refused(route: &route::Route<'_>, capture: &Capture) -> Option<Failure> {
    let asked = capture.client_certificate.as_ref()?;
    match asked.word {
        ClientCertificateWord::Refused(alert) => Some(failures::of(route, &Trouble::Alert(alert), Some(capture))),
        ClientCertificateWord::Closed => Some(failures::client_certificate(route, asked, None)),
        _ => None,
    }
}
