//! User name and password for a proxy.

use std::fmt;

use zeroize::Zeroizing;

/// User name and password: overwritten when dropped, and shown by nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    user: Zeroizing<String>,
    password: Zeroizing<String>,
}

impl Credentials {
    /// Takes both over; they are not copied.
    pub fn new(user: String, password: String) -> Credentials {
        Credentials { user: Zeroizing::new(user), password: Zeroizing::new(password) }
    }

    /// The user name. It is not secret, but does not belong into reports either.
    pub(crate) fn user(&self) -> &str {
        &self.user
    }

    /// The password.
    pub(crate) fn password(&self) -> &str {
        &self.password
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(…)")
    }
}
