//! What imports a file: programs, and the flags that they hand to Windows.

use std::fmt;

use super::facts::KeySpec;
use super::kind::KeyKind;
use super::names::{BASE_DSS_DH, ENHANCED_AES, SOFTWARE_KSP};

/// A program that imports PFX files, with what one can tell it about keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Importer {
    /// The certificate import wizard, certlm.msc, certmgr.msc.
    Wizard,
    /// `certutil [-csp PROVIDER] -importPFX … [MODIFIERS]`.
    Certutil(Certutil),
    /// PowerShell's Import-PfxCertificate.
    ImportPfxCertificate,
    /// .NET Framework's X509Certificate2.
    DotNetFramework {
        /// With X509KeyStorageFlags.EphemeralKeySet.
        ephemeral: bool,
    },
    /// X509CertificateLoader of .NET 9 and later.
    DotNetLoader {
        /// With Pkcs12LoaderLimits.PreserveStorageProvider.
        preserve_provider: bool,
    },
}

/// What `certutil -importPFX` is told about keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Certutil {
    /// The provider of `-csp`, or a short name that certutil takes.
    pub provider: Option<String>,
    /// The modifier AT_KEYEXCHANGE or AT_SIGNATURE.
    pub spec: Option<KeySpec>,
    /// `-user`: the user's stores in the place of the machine's.
    pub for_user: bool,
    /// The modifier NoExport or ExportEncrypted.
    pub export: CertutilExport,
}

/// What certutil is told about exporting the key later.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CertutilExport {
    /// Nothing: it can be exported.
    #[default]
    Plain,
    /// ExportEncrypted: as a PFX file, not as plain text.
    Encrypted,
    /// NoExport.
    No,
}

impl Certutil {
    /// Nothing about keys.
    pub const PLAIN: Certutil = Certutil { provider: None, spec: None, for_user: false, export: CertutilExport::Plain };

    /// A provider that holds keys of this kind, and the key spec that services ask
    /// for where there is one. Nothing for a kind that no provider here holds.
    pub fn fit_for(kind: &KeyKind) -> Certutil {
        match kind {
            KeyKind::Rsa { .. } | KeyKind::Unknown => Certutil::into(ENHANCED_AES, Some(KeySpec::Exchange)),
            KeyKind::Dsa | KeyKind::Dh => Certutil::into(BASE_DSS_DH, None),
            KeyKind::Ec { .. } | KeyKind::MlDsa => Certutil::into(SOFTWARE_KSP, None),
            KeyKind::Ed25519 | KeyKind::Ed448 | KeyKind::Other(_) => Certutil::PLAIN,
        }
    }

    /// This provider, and this key spec.
    pub fn into(provider: &str, spec: Option<KeySpec>) -> Certutil {
        Certutil { provider: Some(provider.to_owned()), spec, ..Certutil::PLAIN }
    }
}

impl Importer {
    /// One of each kind, with the settings that one gets without asking, and
    /// certutil told a provider that holds keys of this kind ([`Certutil::fit_for`]).
    pub fn usual(kind: &KeyKind) -> Vec<Importer> {
        let mut all = vec![Importer::Wizard, Importer::Certutil(Certutil::PLAIN)];
        let told = Certutil::fit_for(kind);
        all.extend((told != Certutil::PLAIN).then_some(Importer::Certutil(told)));
        all.extend([
            Importer::ImportPfxCertificate,
            Importer::DotNetFramework { ephemeral: false },
            Importer::DotNetLoader { preserve_provider: false },
        ]);
        all
    }

    /// Those that administrators install a file with, without telling a provider.
    pub const INSTALLING: [Importer; 3] =
        [Importer::Wizard, Importer::Certutil(Certutil::PLAIN), Importer::ImportPfxCertificate];
}

impl Importer {
    /// Whether it names the provider itself, whatever the file says.
    pub const fn names_provider(&self) -> bool {
        matches!(
            self,
            Importer::Certutil(Certutil { provider: Some(_), .. })
                | Importer::DotNetLoader { preserve_provider: false }
        )
    }
}

impl fmt::Display for Importer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Importer::Wizard => f.write_str("import wizard, certlm.msc"),
            Importer::Certutil(told) => told.fmt(f),
            Importer::ImportPfxCertificate => f.write_str("Import-PfxCertificate"),
            Importer::DotNetFramework { ephemeral: false } => f.write_str(".NET Framework X509Certificate2"),
            Importer::DotNetFramework { ephemeral: true } => {
                f.write_str(".NET Framework X509Certificate2, EphemeralKeySet")
            }
            Importer::DotNetLoader { preserve_provider: false } => f.write_str(".NET 9+ X509CertificateLoader"),
            Importer::DotNetLoader { preserve_provider: true } => {
                f.write_str(".NET 9+ X509CertificateLoader, PreserveStorageProvider")
            }
        }
    }
}

impl fmt::Display for Certutil {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("certutil")?;
        if self.for_user {
            f.write_str(" -user")?;
        }
        if let Some(provider) = &self.provider {
            write!(f, " -csp \"{provider}\"")?;
        }
        f.write_str(" -importpfx")?;
        let export = match self.export {
            CertutilExport::Plain => None,
            CertutilExport::Encrypted => Some("ExportEncrypted"),
            CertutilExport::No => Some("NoExport"),
        };
        let modifiers: Vec<&str> = self.spec.map(KeySpec::name).into_iter().chain(export).collect();
        if modifiers.is_empty() { Ok(()) } else { write!(f, " {}", modifiers.join(",")) }
    }
}

/// The flags of PFXImportCertStore that decide where a key goes (wincrypt.h).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ImportFlags(u32);

impl ImportFlags {
    /// None of them.
    pub const NONE: ImportFlags = ImportFlags(0);
    /// CRYPT_EXPORTABLE.
    pub const EXPORTABLE: ImportFlags = ImportFlags(0x1);
    /// CRYPT_MACHINE_KEYSET.
    pub const MACHINE_KEYSET: ImportFlags = ImportFlags(0x20);
    /// PKCS12_PREFER_CNG_KSP.
    pub const PREFER_CNG: ImportFlags = ImportFlags(0x100);
    /// PKCS12_ALWAYS_CNG_KSP.
    pub const ALWAYS_CNG: ImportFlags = ImportFlags(0x200);
    /// PKCS12_ONLY_CERTIFICATES.
    pub const ONLY_CERTIFICATES: ImportFlags = ImportFlags(0x400);
    /// CRYPT_USER_KEYSET.
    pub const USER_KEYSET: ImportFlags = ImportFlags(0x1000);
    /// PKCS12_NO_PERSIST_KEY.
    pub const NO_PERSIST: ImportFlags = ImportFlags(0x8000);

    /// These and those.
    pub const fn and(self, other: ImportFlags) -> ImportFlags {
        ImportFlags(self.0 | other.0)
    }

    /// Whether all of those are among them.
    pub const fn has(self, other: ImportFlags) -> bool {
        self.0 & other.0 == other.0
    }

    /// The number that Windows takes.
    pub const fn number(self) -> u32 {
        self.0
    }
}
