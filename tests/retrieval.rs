//! `certlens verify --fetch` and `certlens url` against real servers on loopback: a
//! PKI made by openssl, its responder, and a web server of our own for the rest.
//!
//! A test whose server program is missing says so, and fails under CI=true.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a harness that finds its data broken has to stop")]

#[path = "retrieval/advice.rs"]
mod advice;
#[path = "retrieval/given.rs"]
mod given;
#[path = "retrieval/ha.rs"]
mod ha;
#[path = "retrieval/issuer.rs"]
mod issuer;
#[path = "retrieval/lab.rs"]
mod lab;
#[path = "retrieval/proxy.rs"]
mod proxy;
#[path = "retrieval/responder.rs"]
mod responder;
#[path = "retrieval/rows.rs"]
mod rows;
#[path = "retrieval/sources.rs"]
mod sources;
#[path = "retrieval/url.rs"]
mod url;
#[path = "retrieval/verify.rs"]
mod verify;
#[path = "retrieval/web.rs"]
mod web;
