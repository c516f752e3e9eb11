//! What unrelated hosts say that were reached in the same way.

use super::{Evidence, Signal};
use crate::interception::observation::Reference;
use crate::interception::public_name::{are_unrelated, classify};
use crate::interception::seen::Seen;

/// The most reference hosts that are looked at.
const MAX_REFERENCES: usize = 64;

/// The signals of reference hosts. A public CA issues for everybody, so nothing is
/// concluded from a chain that ends in Mozilla's set; nor from a reference host that is
/// related by its name, or internal, where one private CA is what is expected.
pub(in crate::interception) fn of_references(seen: &Seen<'_>, host: &str, references: &[Reference]) -> Vec<Evidence> {
    if seen.end.is_in_mozilla() {
        return Vec::new();
    }
    let (key, issuer_key) = (seen.end_entity.spki_digest(), seen.issuer_key());
    let mut found = Vec::new();
    for reference in references.iter().take(MAX_REFERENCES) {
        if !are_unrelated(host, &reference.host) || !classify(&reference.host).is_public() {
            continue;
        }
        let same_way = reference.observations.iter().filter(|observation| observation.way == *seen.way);
        let others = same_way.filter_map(|observation| Seen::new(&observation.way, observation.reached()?));
        for other in others.filter(|other| !other.end.is_in_mozilla()) {
            let name = || reference.host.clone();
            if other.end_entity.spki_digest() == key {
                found.push(Signal::SameKeyElsewhere(name()).into());
            }
            match (issuer_key, other.issuer_key()) {
                (Some(one), Some(two)) if one == two => found.push(Signal::SameIssuerElsewhere(name()).into()),
                (Some(_), Some(_)) => {}
                _ if seen.end_entity.issuer_digest() == other.end_entity.issuer_digest() => {
                    found.push(Signal::SameIssuerNameElsewhere(name()).into());
                }
                _ => {}
            }
        }
    }
    found
}
