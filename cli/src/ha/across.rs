//! Demands on the nodes together.

use certlens_core::x509::Certificate;
use certlens_keystore::judgement::{Judgement, Outcome};
use certlens_keystore::provider::Confidence;

use crate::facts::certificate::thumbprint;
use crate::facts::demand::{DemandFacts, OutcomeFacts, RemedyFacts};

/// What is known of a node's certificate.
pub(crate) struct Held<'a> {
    /// The node's name.
    pub(crate) node: &'a str,
    /// The place of its file.
    pub(crate) file: usize,
    pub(crate) certificate: Option<&'a Certificate>,
}

/// Whether each node has the certificate that the first one with a readable one has.
pub(crate) fn same_certificate(all: &[Held<'_>]) -> Vec<DemandFacts> {
    let first = all.iter().find_map(|held| Some((held, held.certificate?)));
    all.iter().map(|held| row(held, first, all)).collect()
}

fn row(held: &Held<'_>, first: Option<(&Held<'_>, &Certificate)>, all: &[Held<'_>]) -> DemandFacts {
    let is_one_file = all.iter().all(|other| other.file == held.file);
    let (outcome, reason) = match (held.certificate, first) {
        _ if is_one_file => (Outcome::Pass, "there is one file for all nodes".to_owned()),
        (None, _) | (_, None) => {
            (Outcome::CannotKnow, "the certificate could not be read: give the password".to_owned())
        }
        (Some(own), Some((other, certificate))) if own.id() == certificate.id() => {
            let whose = if other.node == held.node { "other nodes" } else { other.node };
            // That the others differ is said of them.
            (Outcome::Pass, format!("its thumbprint is {}, as that of {whose} has to be", thumbprint(own.der())))
        }
        (Some(own), Some((other, certificate))) => (
            Outcome::Fail,
            format!(
                "its thumbprint is {}, that of {} is {}",
                thumbprint(own.der()),
                other.node,
                thumbprint(certificate.der())
            ),
        ),
    };
    let remedy = (outcome != Outcome::Pass).then(|| {
        RemedyFacts::words(
            "use one certificate, with the names of all nodes, on every node, and give its file for each",
        )
    });
    let source = "Microsoft: tutorial-enable-remote-access-intranet-tls-ssl-certificate";
    DemandFacts::own(
        "same-certificate",
        "the same certificate is on every node",
        OutcomeFacts::from(outcome),
        Judgement::new(outcome, reason, Confidence::Documented, source),
        remedy,
    )
}
