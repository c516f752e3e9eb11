//! Whether the chain can be built and checked from here.
//!
//! Microsoft's guide: for each certificate the issuer must be found, and one source
//! of revocation must work. One URL of a kind is enough, by HTTP or LDAP, and CRL or
//! OCSP; kinds that a certificate does not list do not apply. AD FS is stricter:
//! every URL must work.

use super::{Row, Status};
use crate::retrieve::Wanted;

/// Which URLs have to work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rule {
    /// One of a kind.
    OneOfEach,
    /// All.
    Every,
}

/// The answer for a chain or a part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Answer {
    /// Nothing to be reached is listed.
    NotApplicable,
    /// It works.
    Works,
    /// Whether it works cannot be seen from here.
    CannotTell,
    /// It does not work.
    Fails,
}

impl Answer {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Answer::NotApplicable => "not_applicable",
            Answer::Works => "works",
            Answer::CannotTell => "cannot_tell",
            Answer::Fails => "fails",
        }
    }
}

/// What the rule says of one certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Member {
    pub(crate) depth: usize,
    /// Whether its issuer can be retrieved.
    pub(crate) issuer: Answer,
    /// Whether its revocation can be checked.
    pub(crate) revocation: Answer,
}

/// What the rule says of the chain.
pub(crate) struct Reach {
    pub(crate) rule: Rule,
    pub(crate) answer: Answer,
    pub(crate) members: Vec<Member>,
}

impl Reach {
    /// By the rows of so many certificates. Where the chain ends below an issuer that is
    /// not at hand, what stands above was not asked, and may not work.
    pub(crate) fn of(rows: &[Row], rule: Rule, members: usize, is_whole: bool) -> Reach {
        let members: Vec<Member> = (0..members)
            .map(|depth| {
                let statuses = |kinds: &[Wanted]| -> Vec<Status> {
                    let mine = rows.iter().filter(|row| row.depth == depth && kinds.contains(&row.wanted));
                    mine.map(|row| row.status).collect()
                };
                let revocation = match rule {
                    Rule::OneOfEach => answer(&statuses(&[Wanted::Crl, Wanted::Ocsp]), rule),
                    // A delta CRL that does not come is no harm under the other rule.
                    Rule::Every => answer(&statuses(&[Wanted::Crl, Wanted::DeltaCrl, Wanted::Ocsp]), rule),
                };
                Member { depth, issuer: answer(&statuses(&[Wanted::Issuer]), rule), revocation }
            })
            .collect();
        let answers = members.iter().flat_map(|member| [member.issuer, member.revocation]);
        let least = if is_whole { Answer::NotApplicable } else { Answer::CannotTell };
        Reach { rule, answer: answers.fold(least, Answer::max), members }
    }
}

fn answer(statuses: &[Status], rule: Rule) -> Answer {
    if statuses.is_empty() {
        return Answer::NotApplicable;
    }
    let works = |status: &Status| status.works();
    let cannot_tell = |status: &Status| status.is_open();
    match rule {
        Rule::OneOfEach if statuses.iter().any(works) => Answer::Works,
        Rule::OneOfEach if statuses.iter().any(cannot_tell) => Answer::CannotTell,
        Rule::Every if statuses.iter().all(works) => Answer::Works,
        Rule::Every if statuses.iter().all(|status| works(status) || cannot_tell(status)) => Answer::CannotTell,
        Rule::OneOfEach | Rule::Every => Answer::Fails,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_of_each_or_every() {
        use Status::{CannotTell, Expired, Failed, NotAsked, NotJudged, Revoked, Verified};
        for (statuses, one, every) in [
            (&[][..], Answer::NotApplicable, Answer::NotApplicable),
            (&[Verified], Answer::Works, Answer::Works),
            (&[Revoked], Answer::Works, Answer::Works),
            (&[Failed, Verified], Answer::Works, Answer::Fails),
            (&[Failed, Expired], Answer::Fails, Answer::Fails),
            (&[CannotTell, Verified], Answer::Works, Answer::CannotTell),
            (&[CannotTell, Failed], Answer::CannotTell, Answer::Fails),
            (&[NotAsked, NotJudged], Answer::CannotTell, Answer::CannotTell),
            (&[NotAsked, Verified], Answer::Works, Answer::CannotTell),
        ] {
            assert_eq!(answer(statuses, Rule::OneOfEach), one, "{statuses:?}");
            assert_eq!(answer(statuses, Rule::Every), every, "{statuses:?}");
        }
    }
}
