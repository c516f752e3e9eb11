//! How many octets may come, for one answer and for all of a call, and how long all of
//! it may take.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::failure::{Failure, Stage};
use crate::hosts::Hosts;
use crate::limits::{MAX_CERTIFICATES_OCTETS, MAX_CRL_OCTETS, MAX_OCSP_OCTETS, MAX_TOTAL_OCTETS};
use crate::request::What;

/// What all answers of one call may still bring.
#[derive(Debug)]
pub(crate) struct Budget(AtomicUsize);

impl Budget {
    pub(crate) fn new(octets: usize) -> Budget {
        Budget(AtomicUsize::new(octets))
    }

    /// Whether there was enough left.
    pub(crate) fn take(&self, octets: usize) -> bool {
        let taken = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(octets));
        taken.is_ok()
    }
}

/// What may still be spent, in octets and in time: one for all calls that belong
/// together, such as those of one verification. It also knows which hosts did not answer.
#[derive(Clone, Debug)]
pub struct Allowance {
    pub(crate) octets: Arc<Budget>,
    pub(crate) end: Instant,
    pub(crate) hosts: Arc<Hosts>,
    time: Duration,
}

impl Allowance {
    pub(crate) fn new(time: Duration) -> Allowance {
        Allowance::with(time, Arc::default())
    }

    /// As much anew, for what comes next in the same run: hosts that did not answer are
    /// not waited for again.
    pub fn renewed(&self) -> Allowance {
        Allowance::with(self.time, Arc::clone(&self.hosts))
    }

    fn with(time: Duration, hosts: Arc<Hosts>) -> Allowance {
        // A duration too long to be added is a day away.
        let now = Instant::now();
        let end = now.checked_add(time).unwrap_or(now + Duration::from_secs(86_400));
        Allowance { octets: Arc::new(Budget::new(MAX_TOTAL_OCTETS)), end, hosts, time }
    }
}

/// The failure when it is spent.
pub(crate) fn spent() -> Failure {
    Failure::new(
        Stage::Size,
        "total-too-large",
        format!("all answers together have more than {MAX_TOTAL_OCTETS} octets"),
        "The limit is fixed. Verify fewer certificates at once, or give CRLs as files with --crl.",
    )
    .says_nothing()
}

/// A limit on octets.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limit {
    pub(crate) octets: usize,
}

impl Limit {
    /// The most octets of an answer.
    pub(crate) fn of(what: &What) -> Limit {
        match what {
            What::Certificates => Limit { octets: MAX_CERTIFICATES_OCTETS },
            What::Crl => Limit { octets: MAX_CRL_OCTETS },
            What::Ocsp(_) => Limit { octets: MAX_OCSP_OCTETS },
        }
    }

    /// The failure of an answer beyond it, which has `announced` octets when it says so.
    pub(crate) fn exceeded(self, what: &What, announced: Option<u64>) -> Failure {
        let size = match announced {
            Some(length) => format!("the answer is announced with {length} octets, more"),
            None => "the answer has more octets".to_owned(),
        };
        let hint = match what {
            What::Crl => {
                "The limit is fixed. Download the CRL by other means and give it with --crl; ask the CA to partition it."
            }
            What::Certificates => {
                "No bundle of issuers is that large: look at what the URL serves. Give the issuer with --intermediates."
            }
            What::Ocsp(_) => "No OCSP response is that large: look at what the URL serves.",
        };
        Failure::new(Stage::Size, "too-large", format!("{size} than the limit of {} octets allows", self.octets), hint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_answers_share_one_budget() {
        let budget = Budget::new(MAX_TOTAL_OCTETS);
        assert!(budget.take(MAX_CRL_OCTETS * 3));
        assert!(!budget.take(MAX_CRL_OCTETS + 1));
        assert!(budget.take(MAX_CRL_OCTETS));
        assert!(!budget.take(1));
        assert!(budget.take(0));
    }
}
