//! What a demand comes to, and all of them together.

use super::{Check, PrivateKeyFacts, Subject, Weight, key};
use crate::judgement::Outcome;

/// What a demand comes to: its outcome, with what nobody can know from here told
/// apart by who can.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Standing {
    /// It is met.
    Pass,
    /// It is not met.
    Fail,
    /// From what was given nobody can know.
    CannotKnow,
    /// Only the node can tell.
    OnNode,
    /// What it takes to judge it was not given: hosts, a release, a time.
    NotAsked,
}

impl Standing {
    /// Whether it could be judged by what was given. What could not does not count.
    pub const fn is_judged(self) -> bool {
        matches!(self, Standing::Pass | Standing::Fail | Standing::CannotKnow)
    }

    /// What it does to the whole: nothing when it should be met and need not be, nor
    /// when it could not be judged, unless that is to count (`strict`).
    pub const fn weighs(self, weight: Weight, strict: bool) -> Outcome {
        match (weight, self) {
            (Weight::Should, _) | (Weight::Must, Standing::Pass) => Outcome::Pass,
            (Weight::Must, Standing::Fail) => Outcome::Fail,
            (Weight::Must, Standing::CannotKnow) => Outcome::CannotKnow,
            (Weight::Must, Standing::OnNode | Standing::NotAsked) if strict => Outcome::CannotKnow,
            (Weight::Must, Standing::OnNode | Standing::NotAsked) => Outcome::Pass,
        }
    }
}

impl From<Outcome> for Standing {
    fn from(outcome: Outcome) -> Standing {
        match outcome {
            Outcome::Pass => Standing::Pass,
            Outcome::Fail => Standing::Fail,
            Outcome::CannotKnow => Standing::CannotKnow,
        }
    }
}

/// What demands come to together, and the place of the first that decides it; `None`
/// when nothing stands in the way.
pub fn decide(demands: impl IntoIterator<Item = (Weight, Standing)>, strict: bool) -> (Outcome, Option<usize>) {
    let mut worst = (Outcome::Pass, None);
    for (at, (weight, standing)) in demands.into_iter().enumerate() {
        let weighs = standing.weighs(weight, strict);
        if weighs > worst.0 {
            worst = (weighs, Some(at));
        }
    }
    worst
}

/// What a check with this outcome comes to.
pub(super) fn standing(check: Check, outcome: Outcome, subject: &Subject<'_>) -> Standing {
    if outcome != Outcome::CannotKnow {
        return outcome.into();
    }
    let is_away = matches!(subject.key, PrivateKeyFacts::Elsewhere);
    match check {
        Check::OnNode => Standing::OnNode,
        Check::Readable if subject.acl.is_none() => Standing::OnNode,
        Check::Opens if subject.protection.is_none() => Standing::OnNode,
        Check::Opens if subject.release.is_none() => Standing::NotAsked,
        Check::CoversHosts | Check::CommonName if subject.hosts.is_empty() => Standing::NotAsked,
        Check::InDate if subject.at.is_none() => Standing::NotAsked,
        // Its kind is the certificate's.
        Check::Rsa if is_away && subject.certificate.read().is_some() => Standing::CannotKnow,
        check if check.is_about_key() && is_away => Standing::OnNode,
        // It hangs on nothing but the store that the file is imported into.
        Check::Machine if key::is_by_store(subject) => Standing::OnNode,
        _ => Standing::CannotKnow,
    }
}

/// Whether a check had nothing to look at, so that nobody knows whether there is
/// anything to mend.
pub(super) fn is_unseen(check: Check, subject: &Subject<'_>) -> bool {
    let takes_certificate = matches!(
        check,
        Check::KeyMatches
            | Check::WcfNewer
            | Check::UsageAnyOf(_)
            | Check::ServerAuth { .. }
            | Check::InDate
            | Check::CoversHosts
            | Check::CommonName
            | Check::NoWildcard
    );
    let has_key = matches!(subject.key, PrivateKeyFacts::Of(_));
    subject.unread.is_some()
        || takes_certificate && subject.certificate.read().is_none()
        || check.is_about_key() && !has_key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_the_worst_decides() {
        use Standing::{CannotKnow, Fail, NotAsked, OnNode, Pass};
        use Weight::{Must, Should};
        for (demands, strict, expected) in [
            (&[][..], false, (Outcome::Pass, None)),
            (&[(Must, Pass), (Should, Fail), (Must, OnNode), (Must, NotAsked)], false, (Outcome::Pass, None)),
            (&[(Should, OnNode), (Must, Pass), (Must, NotAsked)], true, (Outcome::CannotKnow, Some(2))),
            (&[(Must, CannotKnow), (Must, Fail), (Must, Fail)], false, (Outcome::Fail, Some(1))),
            (&[(Must, OnNode), (Must, CannotKnow), (Must, CannotKnow)], false, (Outcome::CannotKnow, Some(1))),
        ] {
            assert_eq!(decide(demands.iter().copied(), strict), expected, "{demands:?}");
        }
    }
}
