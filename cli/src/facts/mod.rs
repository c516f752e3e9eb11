//! Facts as they are serialised: the JSON output, and the only source of what
//! the text shows of a certificate.

pub(crate) mod certificate;
pub(crate) mod explain;
pub(crate) mod finding;
pub(crate) mod verify;
