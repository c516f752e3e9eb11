//! The proxy between here and a peer.
