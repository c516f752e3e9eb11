//! The ways in which a TLS server uses its key, and what they ask of it.

use certlens_core::x509::extension::KeyUsageBit;

use super::{CertificateUsage, Held};
use crate::judgement::{Judgement, Outcome};
use crate::provider::{Confidence, KeyKind, KeySpec};

/// How the keys of a connection are agreed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TlsExchange {
    /// The client encrypts a secret to the server's RSA key: TLS 1.2 and older
    /// (RFC 5246 §7.4.7.1).
    RsaKeyTransport,
    /// The server signs a Diffie-Hellman value: (EC)DHE of TLS 1.2 and older.
    Signed,
    /// TLS 1.3: always signed.
    Tls13,
}

impl TlsExchange {
    /// What it is called.
    pub const fn name(self) -> &'static str {
        match self {
            TlsExchange::RsaKeyTransport => "TLS 1.2 with RSA key transport",
            TlsExchange::Signed => "TLS 1.2 with (EC)DHE",
            TlsExchange::Tls13 => "TLS 1.3",
        }
    }

    /// The usage that it takes, where the certificate has keyUsage.
    pub const fn usage(self) -> KeyUsageBit {
        match self {
            TlsExchange::RsaKeyTransport => KeyUsageBit::KeyEncipherment,
            TlsExchange::Signed | TlsExchange::Tls13 => KeyUsageBit::DigitalSignature,
        }
    }

    const fn source(self) -> &'static str {
        match self {
            TlsExchange::RsaKeyTransport | TlsExchange::Signed => "RFC 5246 §7.4.2",
            TlsExchange::Tls13 => "RFC 8446 §4.4.2.2",
        }
    }
}

/// Whether a key and its certificate can do one of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsUse {
    /// Which.
    pub exchange: TlsExchange,
    /// Whether, and why.
    pub judgement: Judgement,
}

/// What Microsoft says of key specs and TLS.
const AD_FS: &str = "AD FS and certificate KeySpec property";

/// Whether a TLS server can use this key with this certificate, for each way that
/// the kind of key has.
pub fn tls(usage: CertificateUsage, kind: &KeyKind, held: &Held) -> Vec<TlsUse> {
    let ways: &[TlsExchange] = match kind {
        KeyKind::Rsa { .. } => &[TlsExchange::RsaKeyTransport, TlsExchange::Signed, TlsExchange::Tls13],
        KeyKind::Ec { .. } | KeyKind::Ed25519 | KeyKind::Ed448 => &[TlsExchange::Signed, TlsExchange::Tls13],
        KeyKind::MlDsa => &[TlsExchange::Tls13],
        KeyKind::Dsa => &[TlsExchange::Signed],
        KeyKind::Dh | KeyKind::Other(_) | KeyKind::Unknown => &[],
    };
    ways.iter().map(|exchange| TlsUse { exchange: *exchange, judgement: judge(*exchange, usage, held) }).collect()
}

fn judge(exchange: TlsExchange, usage: CertificateUsage, held: &Held) -> Judgement {
    let by_standard =
        |outcome, reason: String| Judgement::new(outcome, reason, Confidence::Documented, exchange.source());
    let needed = exchange.usage().name();
    match usage.allows(exchange.usage()) {
        Some(false) => return by_standard(Outcome::Fail, format!("the certificate's keyUsage lacks {needed}")),
        None => return by_standard(Outcome::CannotKnow, "the certificate's keyUsage cannot be read".to_owned()),
        Some(true) => {}
    }
    match held {
        Held::Nowhere(why) => return Judgement::new(Outcome::Fail, why, Confidence::Documented, exchange.source()),
        Held::Unknown(why) => {
            return by_standard(Outcome::CannotKnow, format!("where the key will be is unknown: {why}"));
        }
        // Schannel refuses such keys even where a signature would do.
        Held::Csp { spec: Some(KeySpec::Signature), .. } => {
            return Judgement::new(
                Outcome::Fail,
                "the key is AT_SIGNATURE, with which connections fail (Schannel events 36888 and 36874)",
                Confidence::Documented,
                AD_FS,
            );
        }
        Held::Csp { .. } | Held::Cng { .. } => {}
    }
    let can = if exchange == TlsExchange::RsaKeyTransport { held.decrypts() } else { held.signs() };
    match can {
        Some(true) => by_standard(Outcome::Pass, format!("key and certificate allow {needed}")),
        Some(false) => by_standard(Outcome::Fail, format!("the key may not be used for {needed}")),
        None => by_standard(
            Outcome::CannotKnow,
            "how the key may be used stands inside the encrypted key: give the password".to_owned(),
        ),
    }
}

/// Whether the key may do what the certificate says that it does.
pub fn agreement(usage: CertificateUsage, held: &Held) -> Judgement {
    let say = |outcome, reason: String| Judgement::new(outcome, reason, Confidence::Documented, "RFC 5280 §4.2.1.3");
    let CertificateUsage::Bits { bits, .. } = usage else {
        return match usage {
            CertificateUsage::Absent => say(Outcome::Pass, "the certificate does not limit the key's usage".to_owned()),
            _ => say(Outcome::CannotKnow, "the certificate's keyUsage cannot be read".to_owned()),
        };
    };
    if let Held::Unknown(why) = held {
        return say(Outcome::CannotKnow, format!("where the key will be is unknown: {why}"));
    }
    if let Held::Nowhere(why) = held {
        return say(Outcome::Fail, why.clone());
    }
    let encipher = [KeyUsageBit::KeyEncipherment, KeyUsageBit::DataEncipherment];
    let sign = [KeyUsageBit::DigitalSignature, KeyUsageBit::KeyCertSign, KeyUsageBit::CrlSign];
    for (asked, can, names) in
        [(bits.has_any(&encipher), held.decrypts(), "encipherment"), (bits.has_any(&sign), held.signs(), "signatures")]
    {
        match can {
            _ if !asked => {}
            Some(true) => {}
            Some(false) => {
                return say(Outcome::Fail, format!("the certificate is for {names}, and its key may not be used so"));
            }
            None => {
                return say(
                    Outcome::CannotKnow,
                    "how the key may be used stands inside the encrypted key: give the password".to_owned(),
                );
            }
        }
    }
    say(Outcome::Pass, "the key may do what the certificate says".to_owned())
}
