//! Endpoints: through which proxy they are reached, and with which certificate.

mod bypass;
#[cfg_attr(not(test), expect(dead_code, reason = "of commands that ask endpoints"))]
mod identity;
#[cfg_attr(not(test), expect(dead_code, reason = "of commands that ask endpoints"))]
pub(crate) mod proxies;
mod proxy_config;
mod proxy_section;
