//! Whether nodes are ready for encrypted traffic between them: what `certlens ha`
//! reports.
//!
//! What the product demands of one node is data (`certlens_keystore::profile`); here
//! are the demands that take several nodes, trust anchors, or the network.

mod across;
mod chain;
mod material;
mod nodes;
mod service;

pub(crate) use across::{Held, same_certificate};
pub(crate) use chain::Chains;
pub(crate) use material::{Content, Material};
pub(crate) use nodes::{Layout, Node};
pub(crate) use service::Services;

/// The product's profile.
pub(crate) const PROFILE: &str = "shir-ha";

/// The demand of the profile in whose place [`Chains`] judges.
pub(crate) const JUDGED_HERE: &str = "chain";
