//! Which providers there are, and what a name in a PFX file stands for.
//!
//! The names are data. A name that is not in the table is judged by how it is
//! made; what is left is unknown, and Windows alone can tell.

use std::fmt;

pub use super::table::KnownProvider;

use super::kind::KeyKind;
use super::statement::Confidence;

/// The type number of a CSP (`dwProvType`, wincrypt.h); 0 is what Windows writes
/// for a KSP, and no type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProviderType(pub u32);

impl ProviderType {
    /// PROV_RSA_FULL.
    pub const RSA_FULL: ProviderType = ProviderType(1);
    /// PROV_RSA_SIG: signatures alone.
    pub const RSA_SIG: ProviderType = ProviderType(2);
    /// PROV_DSS.
    pub const DSS: ProviderType = ProviderType(3);
    /// PROV_RSA_SCHANNEL.
    pub const RSA_SCHANNEL: ProviderType = ProviderType(12);
    /// PROV_DSS_DH.
    pub const DSS_DH: ProviderType = ProviderType(13);
    /// PROV_DH_SCHANNEL.
    pub const DH_SCHANNEL: ProviderType = ProviderType(18);
    /// PROV_RSA_AES.
    pub const RSA_AES: ProviderType = ProviderType(24);

    /// The constant's name in wincrypt.h, when it has one.
    pub fn name(self) -> Option<&'static str> {
        TYPE_NAMES.iter().find(|(number, _)| *number == self.0).map(|(_, name)| *name)
    }

    /// Whether keys of RSA belong there; `None` when the type says nothing of it.
    pub const fn holds_rsa(self) -> Option<bool> {
        match self.0 {
            1 | 2 | 12 | 24 => Some(true),
            3 | 13 | 18 => Some(false),
            _ => None,
        }
    }
}

impl fmt::Display for ProviderType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => write!(f, "{} - {name}", self.0),
            None => self.0.fmt(f),
        }
    }
}

const TYPE_NAMES: &[(u32, &str)] = &[
    (1, "PROV_RSA_FULL"),
    (2, "PROV_RSA_SIG"),
    (3, "PROV_DSS"),
    (4, "PROV_FORTEZZA"),
    (5, "PROV_MS_EXCHANGE"),
    (6, "PROV_SSL"),
    (12, "PROV_RSA_SCHANNEL"),
    (13, "PROV_DSS_DH"),
    (14, "PROV_EC_ECDSA_SIG"),
    (15, "PROV_EC_ECNRA_SIG"),
    (16, "PROV_EC_ECDSA_FULL"),
    (17, "PROV_EC_ECNRA_FULL"),
    (18, "PROV_DH_SCHANNEL"),
    (20, "PROV_SPYRUS_LYNKS"),
    (21, "PROV_RNG"),
    (22, "PROV_INTEL_SEC"),
    (23, "PROV_REPLACE_OWF"),
    (24, "PROV_RSA_AES"),
];

/// What a provider is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// A cryptographic service provider of CryptoAPI: keys have a key spec.
    Csp {
        /// Its type.
        provider_type: ProviderType,
    },
    /// A key storage provider of CNG: keys have usages, and no key spec.
    Ksp,
    /// The name does not tell.
    Unknown,
}

/// How a name was classified.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Basis {
    /// It is in the table.
    Table,
    /// It contains "Key Storage Provider".
    Pattern,
    /// It is what Windows writes where there is no key
    /// (PKCS12_ONLY_CERTIFICATES), and names no provider.
    Sentinel,
    /// It names a provider of algorithms or protocols, which keeps no keys.
    KeepsNoKeys,
    /// Nothing is known of it.
    Nothing,
}

/// A provider by its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provider {
    /// The name: as the table spells it, or as given without NUL at the end.
    pub name: String,
    /// What it is.
    pub class: Class,
    /// How that is known.
    pub basis: Basis,
}

impl Provider {
    /// Judges a name: first the table, without regard to case and to NUL
    /// characters at the end; then a name that contains "Key Storage Provider"
    /// is a KSP.
    pub fn classify(name: &str) -> Provider {
        let name = name.trim_end_matches('\0');
        if let Some(known) = KnownProvider::by_name(name) {
            return Provider { name: known.name.to_owned(), class: known.class, basis: Basis::Table };
        }
        let given = |class, basis| Provider { name: name.to_owned(), class, basis };
        if name.eq_ignore_ascii_case(SENTINEL) {
            return given(Class::Unknown, Basis::Sentinel);
        }
        if KEEP_NO_KEYS.iter().any(|other| name.eq_ignore_ascii_case(other)) {
            return given(Class::Unknown, Basis::KeepsNoKeys);
        }
        // Names of providers are names of registry keys, which have no case.
        if name.to_ascii_lowercase().contains("key storage provider") {
            return given(Class::Ksp, Basis::Pattern);
        }
        given(Class::Unknown, Basis::Nothing)
    }

    /// The provider that certutil takes this value of `-csp` for.
    pub fn by_certutil_argument(argument: &str) -> Provider {
        let named = CERTUTIL_ALIASES.iter().find(|(alias, _)| argument.eq_ignore_ascii_case(alias));
        Provider::classify(named.map_or(argument, |(_, name)| name))
    }

    /// What the table has about it.
    pub fn known(&self) -> Option<&'static KnownProvider> {
        KnownProvider::by_name(&self.name)
    }

    /// How well it is founded that it is of its class: by the table, or by how the
    /// name is made; low where the name is all that is known.
    pub fn confidence(&self) -> Confidence {
        match (self.basis, self.known()) {
            (Basis::Table, Some(known)) => known.confidence,
            (Basis::Pattern, _) => Confidence::Medium,
            (Basis::Sentinel | Basis::KeepsNoKeys, _) => Confidence::Documented,
            (Basis::Table | Basis::Nothing, _) => Confidence::Low,
        }
    }

    /// Whether it is one of Microsoft's own.
    pub fn is_microsofts(&self) -> bool {
        self.known().is_some_and(|known| known.vendor == "Microsoft")
    }

    /// Whether keys of servers are badly kept there ([`KnownProvider::is_unfit`]).
    pub fn is_unfit(&self) -> bool {
        self.known().is_some_and(|known| known.is_unfit)
    }

    /// Whether it may hold keys of this kind: not where its class and type say that it does
    /// not. Nothing is known so of KSPs, and of providers of an unknown class.
    pub fn may_hold(&self, kind: &KeyKind) -> bool {
        let Class::Csp { provider_type } = self.class else { return true };
        match kind {
            KeyKind::Rsa { .. } => provider_type.holds_rsa() != Some(false),
            KeyKind::Dsa | KeyKind::Dh => provider_type.holds_rsa() != Some(true),
            KeyKind::Unknown => true,
            _ => false,
        }
    }

    /// Whether it is the old "Base" CSP, which importers that prefer CNG pass by.
    pub fn is_base(&self) -> bool {
        self.name.eq_ignore_ascii_case(BASE)
    }

    /// Why the class is unknown, and what tells it on the machine; `None` when
    /// it is known.
    pub fn why_unknown(&self) -> Option<&'static str> {
        match (self.class, self.basis) {
            (Class::Csp { .. } | Class::Ksp, _) => None,
            (Class::Unknown, Basis::Sentinel) => Some(
                "it is the placeholder that Windows writes when certificates are imported without their keys, and no provider",
            ),
            (Class::Unknown, Basis::KeepsNoKeys) => Some("it is a CNG provider that keeps no keys"),
            (Class::Unknown, _) => Some(
                "it is not a provider known here; on the machine the provider type of the imported key tells (0 is a KSP, any other number a CSP), and certutil -csplist whether it is installed",
            ),
        }
    }
}

/// MS_DEF_PROV.
pub const BASE: &str = "Microsoft Base Cryptographic Provider v1.0";
/// MS_ENHANCED_PROV: where RSA keys go when nothing is named.
pub const ENHANCED: &str = "Microsoft Enhanced Cryptographic Provider v1.0";
/// MS_ENH_RSA_AES_PROV: the CSP to write in a repair.
pub const ENHANCED_AES: &str = "Microsoft Enhanced RSA and AES Cryptographic Provider";
/// MS_DEF_RSA_SCHANNEL_PROV.
pub const RSA_SCHANNEL: &str = "Microsoft RSA SChannel Cryptographic Provider";
/// MS_DEF_DSS_DH_PROV: where DSA keys go when nothing is named.
pub const BASE_DSS_DH: &str = "Microsoft Base DSS and Diffie-Hellman Cryptographic Provider";
/// MS_KEY_STORAGE_PROVIDER.
pub const SOFTWARE_KSP: &str = "Microsoft Software Key Storage Provider";
/// The CSP for smart cards.
pub const SMART_CARD_CSP: &str = "Microsoft Base Smart Card Crypto Provider";
/// MS_SMART_CARD_KEY_STORAGE_PROVIDER.
pub const SMART_CARD_KSP: &str = "Microsoft Smart Card Key Storage Provider";
/// MS_NGC_KEY_STORAGE_PROVIDER.
pub const PASSPORT_KSP: &str = "Microsoft Passport Key Storage Provider";
/// MS_PLATFORM_CRYPTO_PROVIDER: keys in the TPM.
pub const PLATFORM: &str = "Microsoft Platform Crypto Provider";
/// What stands for a provider where certificates were imported without keys.
pub const SENTINEL: &str = "PfxProvider";

/// What Windows XP appended to [`ENHANCED_AES`].
pub(super) const PROTOTYPE: &str = " (Prototype)";

/// Short names that certutil's option `-csp` takes.
pub const CERTUTIL_ALIASES: &[(&str, &str)] =
    &[("KSP", SOFTWARE_KSP), ("TPM", PLATFORM), ("NGC", PASSPORT_KSP), ("SC", SMART_CARD_KSP)];

/// CNG providers of algorithms and protocols.
const KEEP_NO_KEYS: &[&str] = &["Microsoft Primitive Provider", "Microsoft SSL Protocol Provider"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_the_table_are_found_in_any_case_and_with_a_nul_at_the_end() {
        for known in KnownProvider::all() {
            for spelled in [known.name.to_owned(), known.name.to_uppercase(), format!("{}\0", known.name)] {
                let provider = Provider::classify(&spelled);
                assert_eq!((provider.name.as_str(), provider.class), (known.name, known.class), "{spelled}");
                assert_eq!(provider.basis, Basis::Table);
                assert_eq!(provider.why_unknown(), None);
            }
        }
    }

    #[test]
    fn types_of_service_providers() {
        for (name, provider_type) in [
            ("Microsoft Base Cryptographic Provider v1.0", 1),
            ("Microsoft Enhanced Cryptographic Provider v1.0", 1),
            ("Microsoft Strong Cryptographic Provider", 1),
            ("Microsoft Base Smart Card Crypto Provider", 1),
            ("Microsoft RSA Signature Cryptographic Provider", 2),
            ("Microsoft Base DSS Cryptographic Provider", 3),
            ("Microsoft RSA SChannel Cryptographic Provider", 12),
            ("Microsoft Base DSS and Diffie-Hellman Cryptographic Provider", 13),
            ("Microsoft Enhanced DSS and Diffie-Hellman Cryptographic Provider", 13),
            ("Microsoft DH SChannel Cryptographic Provider", 18),
            ("Microsoft Enhanced RSA and AES Cryptographic Provider", 24),
            ("Microsoft Enhanced RSA and AES Cryptographic Provider (Prototype)", 24),
            ("Luna Cryptographic Services for Microsoft Windows", 1),
            ("Luna enhanced RSA and AES provider for Microsoft Windows", 24),
            ("Luna SChannel Cryptographic Services for Microsoft Windows", 12),
            ("DigiCert PKI Client CSP", 1),
        ] {
            let class = Class::Csp { provider_type: ProviderType(provider_type) };
            assert_eq!(Provider::classify(name).class, class, "{name}");
        }
    }

    #[test]
    fn names_that_are_not_in_the_table() {
        for (name, class, basis) in [
            ("Utimaco CryptoServer Key Storage Provider", Class::Ksp, Basis::Pattern),
            ("acme KEY STORAGE PROVIDER v2", Class::Ksp, Basis::Pattern),
            ("Acme Cryptographic Provider", Class::Unknown, Basis::Nothing),
            ("Acme KSP", Class::Unknown, Basis::Nothing),
            ("PfxProvider", Class::Unknown, Basis::Sentinel),
            ("Microsoft Primitive Provider", Class::Unknown, Basis::KeepsNoKeys),
            ("Microsoft SSL Protocol Provider", Class::Unknown, Basis::KeepsNoKeys),
            ("", Class::Unknown, Basis::Nothing),
        ] {
            let provider = Provider::classify(name);
            assert_eq!((provider.class, provider.basis), (class, basis), "{name}");
            assert_eq!(provider.why_unknown().is_some(), class == Class::Unknown, "{name}");
            let sure = match basis {
                Basis::Pattern => Confidence::Medium,
                Basis::Nothing => Confidence::Low,
                _ => Confidence::Documented,
            };
            assert_eq!(provider.confidence(), sure, "{name}");
        }
    }

    #[test]
    fn what_the_table_says_of_providers_is_as_sure_as_who_says_it() {
        let known = |name| KnownProvider::by_name(name).unwrap();
        assert_eq!(known("eToken Base Cryptographic Provider").confidence, Confidence::Low);
        let base = known(BASE).note.unwrap();
        assert_eq!((base.confidence, base.source), (Confidence::Observed, "dotnet/runtime PR 119124"));
        let unfit: Vec<&str> =
            KnownProvider::all().iter().filter(|known| known.is_unfit).map(|known| known.name).collect();
        assert_eq!(
            unfit,
            [
                BASE,
                "Microsoft Base Smart Card Crypto Provider",
                "Microsoft RSA Signature Cryptographic Provider",
                SMART_CARD_KSP,
                PASSPORT_KSP
            ]
        );
        // A note is no objection.
        assert!(known(PLATFORM).note.is_some() && !known(PLATFORM).is_unfit);
    }

    #[test]
    fn short_names_of_certutil() {
        for (argument, name) in [
            ("KSP", SOFTWARE_KSP),
            ("tpm", PLATFORM),
            ("NGC", PASSPORT_KSP),
            ("sc", SMART_CARD_KSP),
            (ENHANCED_AES, ENHANCED_AES),
        ] {
            assert_eq!(Provider::by_certutil_argument(argument).name, name);
        }
    }

    #[test]
    fn types_are_shown_as_certutil_shows_them() {
        assert_eq!(ProviderType::RSA_AES.to_string(), "24 - PROV_RSA_AES");
        assert_eq!(ProviderType(99).to_string(), "99");
    }
}
