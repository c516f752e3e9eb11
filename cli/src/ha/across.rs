//! Demands on the nodes together.

use certlens_core::x509::Certificate;
use certlens_keystore::judgement::{Judgement, Outcome};
use certlens_keystore::profile::{CertificateFacts, Standing};
use certlens_keystore::provider::Confidence;

use crate::facts::certificate::thumbprint;
use crate::facts::demand::{DemandFacts, OutcomeFacts, RemedyFacts};

/// What is known of a node's certificate.
pub(crate) struct Held<'a> {
    /// The node's name.
    pub(crate) node: &'a str,
    pub(crate) certificate: CertificateFacts<'a>,
}

/// Whether each of all nodes has the certificate that the first one with a readable one
/// has; there may be one file for all of them.
pub(crate) fn same_certificate(all: &[Held<'_>], is_one_file: bool) -> Vec<DemandFacts> {
    let first = all.iter().find_map(|held| Some((held, held.certificate.read()?)));
    all.iter().map(|held| row(held, first, is_one_file)).collect()
}

fn row(held: &Held<'_>, first: Option<(&Held<'_>, &Certificate)>, is_one_file: bool) -> DemandFacts {
    let (outcome, reason) = match (held.certificate.read(), first) {
        _ if is_one_file => (Outcome::Pass, "there is one file for all nodes".to_owned()),
        (None, _) | (_, None) => match held.certificate {
            CertificateFacts::None => (Outcome::Fail, "there is no end-entity certificate in the file".to_owned()),
            _ => (Outcome::CannotKnow, "the certificate was not read".to_owned()),
        },
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
    let remedy = (outcome == Outcome::Fail).then(|| {
        RemedyFacts::anew("use one certificate, with the names of all nodes, on every node, and give its file for each")
    });
    let source = "Microsoft: tutorial-enable-remote-access-intranet-tls-ssl-certificate";
    DemandFacts::own(
        ("same-certificate", "the same certificate is on every node"),
        OutcomeFacts::from(Standing::from(outcome)),
        Judgement::new(outcome, reason, Confidence::Documented, source),
        remedy,
    )
}
