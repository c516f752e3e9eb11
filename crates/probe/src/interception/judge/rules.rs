//! How signals decide together.

use std::collections::HashSet;

use crate::interception::signals::{Bearing, Evidence, Weight};

/// How many kinds of signals of which weight decide together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Decisive ones, at least.
    pub decisive: usize,
    /// Strong ones, at least.
    pub strong: usize,
    /// Medium ones, at least.
    pub medium: usize,
}

/// What is enough to call a certificate replaced, each rule by itself. Weak signals are
/// in none, and medium ones never suffice alone: a server that was set up wrongly, with a
/// certificate that its operator made, shows several of them.
///
/// Kinds are counted, not signals: the same issuer at ten reference hosts is one kind.
pub const RULES: [Rule; 3] = [
    Rule { decisive: 1, strong: 0, medium: 0 },
    Rule { decisive: 0, strong: 2, medium: 0 },
    Rule { decisive: 0, strong: 1, medium: 2 },
];

/// Whether the signals for a replacement suffice.
pub(super) fn suffice(evidence: &[Evidence]) -> bool {
    let mut kinds = HashSet::new();
    let mut of = |weight: Weight| {
        let counted = evidence.iter().filter(|one| one.bearing == Bearing::For && one.weight == weight);
        counted.filter(|one| kinds.insert(one.signal.word())).count()
    };
    let (decisive, strong, medium) = (of(Weight::Decisive), of(Weight::Strong), of(Weight::Medium));
    RULES.iter().any(|rule| decisive >= rule.decisive && strong >= rule.strong && medium >= rule.medium)
}

/// Whether there is a mark of a replacer that weighs enough to count, and not only of a
/// CA that is private.
pub(super) fn is_marked(evidence: &[Evidence]) -> bool {
    evidence
        .iter()
        .any(|one| one.bearing == Bearing::For && one.weight >= Weight::Medium && one.signal.marks_a_replacer())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interception::signals::Signal;

    fn evidence(signals: impl IntoIterator<Item = Signal>) -> Vec<Evidence> {
        signals.into_iter().map(Evidence::from).collect()
    }

    fn no_scts() -> Signal {
        Signal::NoScts { looked_in: vec!["the certificate"], not_looked_in: Vec::new() }
    }

    #[test]
    fn what_suffices() {
        let weak = || Signal::NoKeyIdentifiers { authority: true, subject: true };
        let text = || "x".to_owned();
        let cases = [
            (vec![], false),
            (vec![weak(), weak()], false),
            (vec![Signal::NoAddresses, no_scts(), Signal::PrivateRootUntrusted(text()), weak()], false),
            (vec![Signal::PrivateRootTrusted(text())], false),
            (vec![Signal::PrivateRootTrusted(text()), no_scts()], false),
            (vec![Signal::PrivateRootTrusted(text()), no_scts(), weak()], false),
            (vec![Signal::PrivateRootTrusted(text()), no_scts(), Signal::NoAddresses], true),
            (vec![Signal::PrivateRootTrusted(text()), Signal::SameIssuerElsewhere(text())], true),
            (vec![Signal::OtherPrivateCa { other: crate::interception::Way::Direct, ca: text() }], false),
            (vec![Signal::SameIssuerElsewhere(text()), Signal::SameIssuerElsewhere("y".to_owned())], false),
            (vec![Signal::PinMismatch(1)], true),
            (vec![Signal::SameKey(crate::interception::Way::Direct)], false),
        ];
        for (signals, enough) in cases {
            assert_eq!(suffice(&evidence(signals.clone())), enough, "{signals:?}");
        }
    }

    #[test]
    fn a_private_ca_is_no_mark() {
        let private = [Signal::PrivateRootTrusted("x".to_owned()), no_scts(), Signal::NoAddresses];
        assert!(!is_marked(&evidence(private)));
        assert!(is_marked(&evidence([Signal::CaKeyInEndEntity("x".to_owned())])));
    }
}
