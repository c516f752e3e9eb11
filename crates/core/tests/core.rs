//! certlens-core through its public interface, with certificates that the
//! testkit builds: what verdict, for which reasons, at which certificate.

#[path = "core/algorithms.rs"]
mod algorithms;
#[path = "core/anchors.rs"]
mod anchors;
#[path = "core/constraints.rs"]
mod constraints;
#[path = "core/crl_issuer.rs"]
mod crl_issuer;
#[path = "core/crl_scope.rs"]
mod crl_scope;
#[path = "core/delta.rs"]
mod delta;
#[path = "core/encoding.rs"]
mod encoding;
#[path = "core/form.rs"]
mod form;
#[path = "core/graphs.rs"]
mod graphs;
#[path = "core/harness.rs"]
mod harness;
#[path = "core/microsoft.rs"]
mod microsoft;
#[path = "core/mutation.rs"]
mod mutation;
#[path = "core/name_constraints.rs"]
mod name_constraints;
#[path = "core/names.rs"]
mod names;
#[path = "core/needs.rs"]
mod needs;
#[path = "core/ocsp.rs"]
mod ocsp;
#[path = "core/ocsp_fresh.rs"]
mod ocsp_fresh;
#[path = "core/ocsp_properties.rs"]
mod ocsp_properties;
#[path = "core/ocsp_responder.rs"]
mod ocsp_responder;
#[path = "core/path.rs"]
mod path;
#[path = "core/policies.rs"]
mod policies;
#[path = "core/properties.rs"]
mod properties;
#[path = "core/revocation.rs"]
mod revocation;
#[path = "core/revocation_paths.rs"]
mod revocation_paths;
#[path = "core/revocation_properties.rs"]
mod revocation_properties;
#[path = "core/search_limits.rs"]
mod search_limits;
#[path = "core/strict.rs"]
mod strict;
