//! What is said of proxies that cannot be used.

use certlens_fetch::ConfigError;

use crate::error::Failure;

/// The next step where a script chooses the proxy.
pub(super) const SCRIPT_ADVICE: &str = "open the script (a browser shows it) and see what FindProxyForURL returns for the host, as PROXY host:port; then give that as --proxy http://host:port, and for DIRECT --proxy none";

/// What a client cannot be made with.
pub(crate) fn refuse(error: &ConfigError) -> Failure {
    let advice = match error {
        ConfigError::Proxy { .. } => "write the proxy as http://HOST:PORT",
        ConfigError::ProxyScript { .. } => SCRIPT_ADVICE,
        ConfigError::Runtime(_) | ConfigError::Tls(_) | ConfigError::Anchor(_) => {
            "report this; it is no fault of yours"
        }
    };
    Failure::unusable(error.to_string()).advice(advice)
}
