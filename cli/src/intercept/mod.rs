//! One endpoint by several ways: what each shows, for certlens-probe to compare.

mod observe;
mod pins;

pub(crate) use observe::observation;
pub(crate) use pins::pins;
