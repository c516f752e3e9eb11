//! Alerts and what they mean (RFC 8446 §6, RFC 5246 §7.2).

use std::fmt;

/// An alert of a peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Alert {
    /// Its level: 1 is a warning, 2 is fatal; TLS 1.3 has it for the look of it.
    pub level: u8,
    /// Its description, by number.
    pub description: u8,
}

/// The descriptions: number, name in the RFCs, what a server means by it.
const DESCRIPTIONS: &[(u8, &str, &str)] = &[
    (0, "close_notify", "the peer ends the connection"),
    (10, "unexpected_message", "the peer got a message that it did not expect"),
    (20, "bad_record_mac", "the peer could not read what it got: something on the way may have changed it"),
    (21, "decryption_failed", "the peer could not decrypt what it got"),
    (22, "record_overflow", "the peer got a record that is too long"),
    (30, "decompression_failure", "the peer could not decompress what it got"),
    (
        40,
        "handshake_failure",
        "no combination of versions, cipher suites and groups suits both sides, or a client certificate is missing",
    ),
    (41, "no_certificate", "the peer misses a certificate (SSL 3.0)"),
    (42, "bad_certificate", "the peer finds the client certificate malformed or its signature wrong"),
    (43, "unsupported_certificate", "the peer does not take client certificates of this kind"),
    (44, "certificate_revoked", "the peer holds the client certificate for revoked"),
    (45, "certificate_expired", "the peer holds the client certificate for expired"),
    (46, "certificate_unknown", "the peer does not accept the client certificate for a reason that it does not say"),
    (47, "illegal_parameter", "the peer finds a field of the handshake out of range"),
    (48, "unknown_ca", "the peer does not trust the CA of the client certificate"),
    (49, "access_denied", "the peer accepts the client certificate and denies access all the same"),
    (50, "decode_error", "the peer could not decode a message"),
    (51, "decrypt_error", "a signature or check value of the handshake is wrong to the peer"),
    (60, "export_restriction", "the peer refuses because of export restrictions"),
    (70, "protocol_version", "the peer speaks none of the offered versions of TLS"),
    (71, "insufficient_security", "the peer demands stronger cipher suites than were offered"),
    (80, "internal_error", "the peer has a fault of its own, often a missing certificate or private key"),
    (86, "inappropriate_fallback", "the peer speaks a higher version than was offered"),
    (90, "user_canceled", "the handshake was cancelled at the peer"),
    (100, "no_renegotiation", "the peer does not renegotiate"),
    (109, "missing_extension", "the peer misses an extension, such as the server's name"),
    (110, "unsupported_extension", "the peer got an extension that it had not asked for"),
    (111, "certificate_unobtainable", "the peer could not fetch the client certificate"),
    (112, "unrecognized_name", "the peer has no site of the name that was asked for"),
    (113, "bad_certificate_status_response", "the peer finds the staple wrong"),
    (115, "unknown_psk_identity", "the peer does not know the shared key"),
    (116, "certificate_required", "the peer demands a client certificate"),
    (120, "no_application_protocol", "the peer speaks none of the offered application protocols (ALPN)"),
];

impl Alert {
    /// Its name in the RFCs.
    pub fn name(self) -> Option<&'static str> {
        self.known().map(|(_, name, _)| *name)
    }

    /// What a server means by it.
    pub fn meaning(self) -> &'static str {
        self.known().map_or("its meaning is not registered", |(.., meaning)| meaning)
    }

    /// Whether a peer sends it because of the client certificate or for want of one.
    pub fn concerns_client_certificate(self) -> bool {
        matches!(self.description, 41..=46 | 48 | 49 | 116)
    }

    fn known(self) -> Option<&'static (u8, &'static str, &'static str)> {
        DESCRIPTIONS.iter().find(|(number, ..)| *number == self.description)
    }
}

impl fmt::Display for Alert {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.known() {
            Some((number, name, _)) => write!(f, "{name} ({number})"),
            None => write!(f, "number {}", self.description),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_has_a_meaning() {
        for description in 0..=255 {
            let alert = Alert { level: 2, description };
            assert!(!alert.meaning().is_empty());
        }
        assert_eq!(Alert { level: 2, description: 40 }.name(), Some("handshake_failure"));
        assert_eq!(Alert { level: 2, description: 112 }.to_string(), "unrecognized_name (112)");
        assert_eq!(Alert { level: 2, description: 200 }.to_string(), "number 200");
        assert!(DESCRIPTIONS.is_sorted_by_key(|(number, ..)| *number));
    }
}
