//! Resolves names by the system, and lets only addresses through that may be
//! asked: what the connection is made to is what was checked, so that a name
//! cannot resolve to something else a moment later.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::address::{self, PrivateAddresses};
use crate::reach;
use crate::watch::{Phase, Watch};

/// The resolver of one request.
#[derive(Debug)]
pub(crate) struct Resolver {
    /// What may be asked; `None` for a proxy, whom the user chose.
    pub(crate) rule: Option<PrivateAddresses>,
    pub(crate) watch: Arc<Watch>,
}

/// There is no address to connect to; what was found is noted in the watch.
#[derive(Debug)]
pub(crate) struct NoAddress;

impl fmt::Display for NoAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no address")
    }
}

impl std::error::Error for NoAddress {}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let watch = Arc::clone(&self.watch);
        let rule = self.rule;
        Box::pin(async move {
            watch.enter(Phase::Resolving);
            let found = tokio::net::lookup_host((name.as_str(), 0)).await;
            let found: Vec<SocketAddr> = match found {
                Ok(addresses) => addresses.collect(),
                Err(error) => {
                    watch.note(|seen| seen.unresolved = Some(reach::words(&error)));
                    return Err(Box::new(NoAddress).into());
                }
            };
            if found.is_empty() {
                watch.note(|seen| seen.unresolved = Some("the name has no address".to_owned()));
                return Err(Box::new(NoAddress).into());
            }
            let mut allowed = Vec::new();
            let mut refused = None;
            for address in found {
                match rule.map_or(Ok(()), |private| address::check(address.ip(), private)) {
                    Ok(()) => allowed.push(address),
                    Err(refusal) => refused = refused.or(Some((address.ip(), refusal))),
                }
            }
            if allowed.is_empty() {
                watch.note(|seen| seen.refused = refused);
                return Err(Box::new(NoAddress).into());
            }
            watch.note(|seen| {
                seen.addresses.clone_from(&allowed);
                seen.phase = Phase::Connecting;
            });
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}
