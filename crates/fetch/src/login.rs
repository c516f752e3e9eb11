//! What a proxy is told of who asks.

use std::fmt;

use zeroize::Zeroizing;

/// User name and password for a proxy: overwritten when dropped, and not shown.
#[derive(Clone, PartialEq, Eq)]
pub struct ProxyLogin {
    user: Zeroizing<String>,
    password: Zeroizing<String>,
}

impl ProxyLogin {
    /// Takes both over; they are not copied.
    pub fn new(user: String, password: String) -> ProxyLogin {
        ProxyLogin { user: Zeroizing::new(user), password: Zeroizing::new(password) }
    }

    /// The user name.
    pub fn user(&self) -> &str {
        &self.user
    }

    /// The password.
    pub fn password(&self) -> &str {
        &self.password
    }
}

impl fmt::Debug for ProxyLogin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ProxyLogin(…)")
    }
}
