//! Every URL of every certificate of a chain, asked and judged: what `certlens url`
//! reports.

mod above;
mod chain;
mod judge;
mod lone;
mod plan;
mod rule;
mod status;

use certlens_core::time::Time;

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

/// A chain with its URLs.
pub(crate) struct Reached {
    pub(crate) verified: Verified,
    pub(crate) rows: Vec<Row>,
    pub(crate) reach: Reach,
}

/// Asks all URLs of the chain at the same time, then those that CRLs name, and judges
/// what came.
pub(crate) fn reach(verified: Verified, request: &Request, retriever: &mut Retriever, rule: Rule) -> Reached {
    let Some(best) = &verified.verdict.best else {
        return Reached { verified, rows: Vec::new(), reach: Reach::of(&[], rule, 0, false) };
    };
    let chain = chain::Chain::of(best);
    retriever.begin();
    let mut plan = plan::Plan::default();
    plan.list(&chain, retriever.hash);
    let mut attempts = retriever.ask(plan.take_new());
    plan.list_of_crls(&chain, &attempts);
    attempts.extend(retriever.ask(plan.take_new()));
    let rows = judge::rows(plan.rows, &mut attempts, &chain, &verified, request);
    for row in &rows {
        if let Some(attempt) = &row.attempt {
            retriever.keep(attempt, row.status.works());
        }
    }
    let reach = Reach::of(&rows, rule, chain.asked, chain.judged == chain.asked);
    Reached { verified, rows, reach }
}
