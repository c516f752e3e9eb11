//! Protocols of lines.

pub(super) mod ftp;
pub(super) mod imap;
pub(super) mod pop3;
mod reply;
pub(super) mod smtp;
