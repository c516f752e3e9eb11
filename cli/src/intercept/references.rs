//! Hosts that have nothing to do with the endpoint, and what keeps them from saying anything.

use certlens_probe::interception::observation::{Outcome, Reference};
use certlens_probe::interception::public_name::{are_unrelated, classify};
use certlens_probe::target::Target;

use crate::error::Failure;

/// Refuses a reference that is the endpoint's own host.
///
/// # Errors
///
/// When it is.
pub(crate) fn refuse_own(target: &Target, references: &[Target]) -> Result<(), Failure> {
    let Some(own) = references.iter().find(|reference| reference.host == target.host) else { return Ok(()) };
    let what = match own.port == target.port {
        true => "is the endpoint itself".to_owned(),
        false => format!("is the endpoint's own host at another port than {}", target.port),
    };
    Err(Failure::unusable(format!("--reference {own}: {what}, and says nothing of who issues for others"))
        .advice("give a public host that has nothing to do with it"))
}

/// Why a reference says nothing, or not in every way; `elsewhere` has the ways in which it
/// was not asked, with where it would have led.
pub(crate) fn notes(host: &str, reference: &Reference, elsewhere: &[(String, String)]) -> Vec<String> {
    let mut notes = Vec::new();
    let kind = classify(&reference.host);
    if !are_unrelated(host, &reference.host) {
        notes.push(format!("it has the same domain as {host}: one CA for both is to be expected, and says nothing"));
    } else if !kind.is_public() {
        notes.push(format!("it is {kind}: a private CA is to be expected, and says nothing"));
    }
    for (way, why) in elsewhere {
        notes.push(format!("{way}: not asked, because it {why}"));
    }
    for observation in &reference.observations {
        if let Outcome::Failed { message, .. } = &observation.outcome {
            notes.push(format!("{}: not reached: {}", observation.way, message.trim_end_matches('.')));
        }
    }
    notes
}

#[cfg(test)]
mod tests {
    use super::*;
    use certlens_probe::interception::{Observation, Way};

    fn target(text: &str) -> Target {
        crate::endpoint::targets(text).unwrap().remove(0)
    }

    #[test]
    fn the_endpoint_s_own_host_is_refused_precisely() {
        let endpoint = target("www.example.com:443");
        let message = |reference: &str| refuse_own(&endpoint, &[target(reference)]).unwrap_err().message;
        assert!(message("www.example.com:443").contains("is the endpoint itself"));
        assert!(message("www.example.com:8443").contains("own host at another port than 443"));
        assert!(refuse_own(&endpoint, &[target("www.example.net:443")]).is_ok());
    }

    #[test]
    fn what_says_nothing_is_named() {
        let failed = |host: &str, observed: bool| Reference {
            host: host.to_owned(),
            observations: observed
                .then(|| Observation {
                    way: Way::Direct,
                    outcome: Outcome::Failed {
                        stage: certlens_probe::Stage::Connect,
                        cause: "connection-refused",
                        message: "it refused the connection.".to_owned(),
                    },
                })
                .into_iter()
                .collect(),
        };
        let of = |reference: &Reference| notes("www.example.com", reference, &[]);
        assert_eq!(of(&failed("www.example.net", false)), Vec::<String>::new());
        assert_eq!(of(&failed("www.example.net", true)), ["direct: not reached: it refused the connection"]);
        assert!(of(&failed("mail.example.com", false))[0].contains("same domain"));
        assert!(of(&failed("10.0.0.1", false))[0].contains("a private CA is to be expected"));
        let elsewhere = [("through http://p:1".to_owned(), "goes direct (NO_PROXY)".to_owned())];
        let notes = notes("www.example.com", &failed("www.example.net", false), &elsewhere);
        assert_eq!(notes, ["through http://p:1: not asked, because it goes direct (NO_PROXY)"]);
    }
}
