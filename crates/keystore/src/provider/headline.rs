//! The answer for a file in one sentence.

use super::facts::{CngUsage, KeyFacts, KeySpec, NamedProvider, UsageAttribute, cng_usage, key_spec};
use super::kind::KeyKind;
use super::names::{Class, Provider};

/// What this key is in Windows, in one sentence without a full stop.
pub fn headline(facts: &KeyFacts) -> String {
    match (&facts.provider, facts.named()) {
        (NamedProvider::Name(_), Some(provider)) => named(facts, &provider),
        (NamedProvider::Unreadable, _) => {
            "CSP or KSP key, unknown: the file names a provider in a way that cannot be read".to_owned()
        }
        (NamedProvider::Absent | NamedProvider::Empty | NamedProvider::Name(_), _) => unnamed(facts),
    }
}

fn named(facts: &KeyFacts, provider: &Provider) -> String {
    let name = &provider.name;
    match provider.class {
        Class::Csp { provider_type } => {
            let number = provider_type.0;
            match (&facts.algorithm, key_spec(facts.usage, &facts.algorithm)) {
                (KeyKind::Ec { .. } | KeyKind::Ed25519 | KeyKind::Ed448 | KeyKind::MlDsa | KeyKind::Other(_), _) => {
                    format!("{} key that names a CSP, which cannot hold it: {name} (type {number})", facts.algorithm)
                }
                (_, Some(spec)) => format!("CSP key {}: {name} (type {number}), {spec}", purpose(spec)),
                (_, None) => format!("CSP key: {name} (type {number}), key spec unknown{}", why_unknown(facts.usage)),
            }
        }
        Class::Ksp if matches!(facts.algorithm, KeyKind::Ed25519 | KeyKind::Ed448) && provider.is_microsofts() => {
            format!("{} key that names a KSP, which cannot hold it: {name}", facts.algorithm)
        }
        Class::Ksp => format!("KSP key{}: {name}, {}", for_usage(facts), usage(facts)),
        Class::Unknown => {
            format!("CSP or KSP key, unknown: the file names '{name}'; {}", provider.why_unknown().unwrap_or_default())
        }
    }
}

fn unnamed(facts: &KeyFacts) -> String {
    match (&facts.algorithm, key_spec(facts.usage, &facts.algorithm)) {
        (KeyKind::Ec { .. }, _) => {
            format!(
                "KSP key, probably: no provider is named, which it should be, and no CSP holds {} keys",
                facts.algorithm
            )
        }
        (KeyKind::Ed25519 | KeyKind::Ed448, _) => {
            format!("no key in Windows: its own providers hold no {} keys", facts.algorithm)
        }
        (KeyKind::Other(name), _) => {
            format!("unknown: no provider is named, and where {name} keys go is not documented")
        }
        (KeyKind::MlDsa, _) => "KSP key, if the release of Windows knows ML-DSA: no provider is named".to_owned(),
        (_, spec) => {
            let spec = match spec {
                Some(spec) => format!("{spec} in a CSP"),
                None => format!("key spec unknown{}", why_unknown(facts.usage)),
            };
            // How sure it is stands with each importer (`predict`): the wizard was seen to
            // do so, the cmdlet does by the documentation.
            format!(
                "CSP or KSP key, as the importer chooses: no provider is named; the import wizard was seen to take a CSP, Import-PfxCertificate takes a KSP; {spec}"
            )
        }
    }
}

const fn purpose(spec: KeySpec) -> &'static str {
    match spec {
        KeySpec::Exchange => "for exchange",
        KeySpec::Signature => "for signatures alone",
    }
}

fn for_usage(facts: &KeyFacts) -> &'static str {
    match cng_usage(facts.usage) {
        Some(usage) if usage.is_signing_alone() => " for signatures alone",
        _ => "",
    }
}

fn usage(facts: &KeyFacts) -> String {
    match cng_usage(facts.usage) {
        Some(CngUsage::All) => "all usages".to_owned(),
        Some(usage) => format!("usage {usage}"),
        None => format!("usage unknown{}", why_unknown(facts.usage)),
    }
}

const fn why_unknown(usage: UsageAttribute) -> &'static str {
    match usage {
        UsageAttribute::Unreadable => ": keyUsage of the private key cannot be read",
        UsageAttribute::Unknown => " without the password",
        // The default depends on the kind of key.
        UsageAttribute::Absent | UsageAttribute::Bits(_) => " without the kind of key",
    }
}

#[cfg(test)]
mod tests {
    use super::super::facts::UsageBits;
    use super::super::names::{ENHANCED_AES, SOFTWARE_KSP};
    use super::*;

    fn of(provider: Option<&str>, usage: UsageAttribute, algorithm: KeyKind) -> String {
        let provider = provider.map_or(NamedProvider::Absent, |name| NamedProvider::Name(name.to_owned()));
        headline(&KeyFacts { provider, machine_keyset: false, usage, algorithm })
    }

    #[test]
    fn one_sentence_says_it() {
        let bits = |octet| UsageAttribute::Bits(UsageBits::from_bit_string(0, &[octet]));
        let rsa = || KeyKind::Rsa { bits: 2048 };
        let ec = || KeyKind::Ec { curve: "P-256".into() };
        for (provider, usage, algorithm, expected) in [
            (
                Some(ENHANCED_AES),
                bits(0x10),
                rsa(),
                "CSP key for exchange: Microsoft Enhanced RSA and AES Cryptographic Provider (type 24), AT_KEYEXCHANGE",
            ),
            (
                Some("Microsoft Strong Cryptographic Provider"),
                bits(0x80),
                rsa(),
                "CSP key for signatures alone: Microsoft Strong Cryptographic Provider (type 1), AT_SIGNATURE",
            ),
            (
                Some(ENHANCED_AES),
                UsageAttribute::Unknown,
                rsa(),
                "CSP key: Microsoft Enhanced RSA and AES Cryptographic Provider (type 24), key spec unknown without the password",
            ),
            (
                Some(ENHANCED_AES),
                UsageAttribute::Unreadable,
                rsa(),
                "CSP key: Microsoft Enhanced RSA and AES Cryptographic Provider (type 24), key spec unknown: keyUsage of the private key cannot be read",
            ),
            (
                Some(SOFTWARE_KSP),
                bits(0x80),
                KeyKind::Ed25519,
                "Ed25519 key that names a KSP, which cannot hold it: Microsoft Software Key Storage Provider",
            ),
            (
                Some(SOFTWARE_KSP),
                bits(0x80),
                rsa(),
                "KSP key for signatures alone: Microsoft Software Key Storage Provider, usage sign",
            ),
            (
                Some(SOFTWARE_KSP),
                UsageAttribute::Absent,
                rsa(),
                "KSP key: Microsoft Software Key Storage Provider, all usages",
            ),
            (
                None,
                UsageAttribute::Absent,
                rsa(),
                "CSP or KSP key, as the importer chooses: no provider is named; the import wizard was seen to take a CSP, Import-PfxCertificate takes a KSP; AT_KEYEXCHANGE in a CSP",
            ),
            (
                None,
                UsageAttribute::Absent,
                ec(),
                "KSP key, probably: no provider is named, which it should be, and no CSP holds EC P-256 keys",
            ),
            (
                Some(ENHANCED_AES),
                UsageAttribute::Absent,
                ec(),
                "EC P-256 key that names a CSP, which cannot hold it: Microsoft Enhanced RSA and AES Cryptographic Provider (type 24)",
            ),
            (
                Some("PfxProvider"),
                bits(0x10),
                rsa(),
                "CSP or KSP key, unknown: the file names 'PfxProvider'; it is the placeholder that Windows writes when certificates are imported without their keys, and no provider",
            ),
        ] {
            assert_eq!(of(provider, usage, algorithm), expected);
        }
    }
}
