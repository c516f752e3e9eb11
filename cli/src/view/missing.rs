//! What to do about an issuer that is missing: nothing in its name says whether it is a root's
//! or an intermediate's, and each has another cure.

use certlens_core::encoding::hex;
use certlens_core::path::{MissingIssuer, NearIssuer, NearIssuerKind, PathEnd};
use certlens_report::Step;

use crate::verification::Verified;

/// The issuer at which the path stops.
pub(super) fn missing_issuer(verified: &Verified) -> Option<&MissingIssuer> {
    match &verified.verdict.best.as_ref()?.path.end {
        PathEnd::NoIssuer(missing) => Some(missing),
        _ => None,
    }
}

/// What to do about an issuer that a server did not send: nothing in its name says which
/// of both it is, and each has another cure. `commands` get it and check once more.
pub(super) fn root_or_intermediate(missing: &MissingIssuer, commands: Vec<String>) -> Step {
    let name = &missing.name;
    let identifier = missing.key_identifier.as_deref().map(hex::encode);
    let other = other_key(&missing.near, identifier.as_deref()).map(|other| format!("{other} ")).unwrap_or_default();
    let (text, commands) = match commands.is_empty() {
        false => (
            format!(
                "{other}Get {name} from where the chain says that it is; the check tells a root from an intermediate, and what to do with each:"
            ),
            commands,
        ),
        true => (
            format!(
                "{other}Ask the CA whether {name} is a root or an intermediate, and for its certificate: an intermediate belongs into the server's certificate file, a root into this machine's trust store; with the file, see which it is, and how:"
            ),
            vec!["certlens roots has FILE".to_owned()],
        ),
    };
    commands.into_iter().fold(Step::new(text), Step::command)
}

/// That a certificate of the missing issuer's name is here, and has another key than the one
/// that is needed, which has this key identifier. Which of both is genuine no chain says.
pub(super) fn other_key(near: &[NearIssuer], needed: Option<&str>) -> Option<String> {
    let near = near.iter().find(|near| near.kind == NearIssuerKind::SameNameOtherKey)?;
    let key = match (near.key_identifier.as_deref().map(hex::encode), needed) {
        (Some(has), Some(wanted)) => format!(" (key identifier {has}; that of what came is {wanted})"),
        (None, Some(wanted)) => format!(" (that of what came has the identifier {wanted})"),
        _ => String::new(),
    };
    Some(format!(
        "A certificate of this name is here, in {}, with another key{key}: the CA was installed anew or renewed, or what came is an impostor's.",
        near.origin
    ))
}

/// A file for one more issuer: what an earlier step put into such a file is still needed.
pub(super) fn new_file(intermediates: &[String]) -> String {
    let names = std::iter::once("issuer.cer".to_owned()).chain((2..).map(|number| format!("issuer-{number}.cer")));
    let is_free = |name: &String| !intermediates.contains(name);
    names.take(intermediates.len() + 1).find(is_free).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::new_file;

    #[test]
    fn no_step_overwrites_what_an_earlier_one_fetched() {
        let given = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        assert_eq!(new_file(&[]), "issuer.cer");
        assert_eq!(new_file(&given(&["other.pem"])), "issuer.cer");
        assert_eq!(new_file(&given(&["issuer.cer"])), "issuer-2.cer");
        assert_eq!(new_file(&given(&["issuer-2.cer", "issuer.cer"])), "issuer-3.cer");
    }
}
