//! Protocols that ask for TLS after they have begun without.
