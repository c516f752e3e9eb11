//! What was seen in each way, for the report.

use certlens_probe::interception::observation::{Reference, Way};

use crate::args::ProxyArgs;
use crate::examine::Examined;

/// A way, and what it shows of the endpoint and of each reference.
pub(crate) struct Shown {
    pub(crate) way: Way,
    /// The options that lead there.
    pub(crate) proxy: ProxyArgs,
    pub(crate) endpoint: Option<Examined>,
    pub(crate) references: Vec<ShownReference>,
}

/// What a way shows of a reference.
pub(crate) enum ShownReference {
    /// It was asked, and this came unless it was interrupted.
    Asked(Option<Examined>),
    /// It would have been asked in another way.
    Elsewhere(String),
}

/// What is reported of a reference.
pub(crate) struct Referred {
    pub(crate) reference: Reference,
    pub(crate) notes: Vec<String>,
}
