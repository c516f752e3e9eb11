//! Every URL of every certificate of a chain, asked and judged: what `certlens url`
//! reports.

mod above;
mod chain;
mod judge;
mod lone;
mod plan;
mod rule;
mod status;

use certlens_core::origin::Origin;
use certlens_core::path::Verifier;
use certlens_core::revocation::Revocation;
use certlens_core::time::Time;
use certlens_core::validation::{BrokenEdge, broken_edge};

pub(crate) use lone::Lone;
pub(crate) use rule::{Answer, Member, Reach, Rule};
pub(crate) use status::Status;

use crate::retrieve::{Attempt, Retriever, Wanted};
use crate::verification::{Request, Verified};

/// One URL of one certificate.
pub(crate) struct Row {
    /// Place of the certificate in the chain, 0 being the target.
    pub(crate) depth: usize,
    pub(crate) wanted: Wanted,
    /// `None` for a source that is listed without a URL that could be asked.
    pub(crate) url: Option<String>,
    pub(crate) status: Status,
    /// Why the status is not verified, or what else is to be said.
    pub(crate) message: Option<String>,
    /// What to do.
    pub(crate) hint: Option<String>,
    /// Until when what came counts.
    pub(crate) valid_to: Option<Time>,
    /// How asking went; `None` when it was not asked.
    pub(crate) attempt: Option<Attempt>,
}

/// A certificate of the chain that is revoked, by any of the sources.
pub(crate) struct Revoked {
    pub(crate) depth: usize,
    pub(crate) revocation: Revocation,
    /// Where that is said.
    pub(crate) origin: Option<Origin>,
}

/// A chain with its URLs.
pub(crate) struct Reached {
    pub(crate) verified: Verified,
    pub(crate) rows: Vec<Row>,
    pub(crate) reach: Reach,
    pub(crate) revoked: Vec<Revoked>,
    /// Where the chain is none.
    pub(crate) broken: Option<BrokenEdge>,
}

/// How often URLs are asked: those of the chain, those that CRLs name, and those of
/// CRL issuers and responders with what stands above them.
const ROUNDS: usize = 5;

/// Asks all URLs of the chain at the same time, then those that CRLs and their issuers
/// name, and judges what came.
pub(crate) fn reach(verified: Verified, request: &Request, retriever: &mut Retriever, rule: Rule) -> Reached {
    let Some(best) = &verified.verdict.best else {
        let reach = Reach::of(&[], rule, 0, false);
        return Reached { verified, rows: Vec::new(), reach, revoked: Vec::new(), broken: None };
    };
    let broken = broken_edge(&best.path, &mut Verifier::new(&request.cache));
    let chain = chain::Chain::of(best, broken.as_ref());
    retriever.begin();
    let mut plan = plan::Plan::default();
    plan.list(&chain, retriever.hash);
    let mut attempts = retriever.ask(plan.take_new());
    plan.list_of_crls(&chain, &attempts);
    attempts.extend(retriever.ask(plan.take_new()));
    let mut looked = judge::look(&mut attempts, &chain, &verified, request);
    for _ in 2..ROUNDS {
        let new = plan.beside(&looked.needs);
        if new.is_empty() {
            break;
        }
        attempts.extend(retriever.ask(new));
        looked = judge::look(&mut attempts, &chain, &verified, request);
    }
    let (rows, revoked) = judge::rows(plan.rows, &attempts, &chain, &looked, request);
    for row in &rows {
        if let Some(attempt) = &row.attempt {
            retriever.keep(attempt, row.status.works());
        }
    }
    let reach = Reach::of(&rows, rule, chain.asked, chain.judged == chain.asked);
    Reached { verified, rows, reach, revoked, broken }
}
