//! certlens-fetch: gets what a verification asks for from where certificates say
//! it is.
//!
//! It moves octets and says how that went; what the octets mean is judged in
//! certlens-core. URLs in certificates are chosen by whoever made the
//! certificate, so everything here is bounded and suspicious: which schemes,
//! which addresses, how many octets, how long.
//!
//! ```no_run
//! use certlens_fetch::{Client, Config, Environment, PrivateAddresses, ProxyChoice, Request, What};
//!
//! let proxy = ProxyChoice::Environment(Environment::of_process());
//! let client = Client::new(Config::new(PrivateAddresses::Allowed, proxy))?;
//! let request = Request { url: "http://crl.example.com/ca.crl".to_owned(), what: What::Crl };
//! for retrieved in client.fetch(&[request], &|_| {}) {
//!     match retrieved.outcome {
//!         Ok(octets) => println!("{} octets", octets.len()),
//!         Err(failure) => println!("{}: {failure}\n{}", failure.stage.word(), failure.hint),
//!     }
//! }
//! # Ok::<(), certlens_fetch::ConfigError>(())
//! ```

mod address;
mod budget;
pub mod cache;
mod client;
mod config;
mod directory;
mod failure;
mod fetcher;
mod hosts;
mod http;
pub mod ldap;
pub mod limits;
mod locator;
mod login;
mod no_proxy;
pub mod proxy;
mod reach;
mod request;
mod resolver;
mod text;
mod tls;
mod tls_failure;
mod watch;

pub use address::PrivateAddresses;
pub use budget::Allowance;
pub use client::{Client, Event};
pub use config::{Config, ConfigError, DirectRule, Environment, ProxyChoice, ProxyUrl};
pub use failure::{CAUSES, Failure, Stage};
pub use fetcher::{Fetcher, From};
pub use locator::shown;
pub use request::{Request, Retrieved, Source, What};
pub use tls::for_proxy as tls_for_proxy;
