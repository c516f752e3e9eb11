//! What imports a file: programs, and the flags that they hand to Windows.

use std::fmt;

use super::facts::KeySpec;

/// A program that imports PFX files, with what one can tell it about keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Importer {
    /// The certificate import wizard, certlm.msc, certmgr.msc.
    Wizard,
    /// `certutil -importPFX` without `-csp`.
    Certutil,
    /// `certutil -csp PROVIDER -importPFX … [AT_KEYEXCHANGE|AT_SIGNATURE]`.
    CertutilCsp {
        /// The provider, or a short name that certutil takes.
        provider: String,
        /// The modifier, when one is given.
        spec: Option<KeySpec>,
    },
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

impl Importer {
    /// One of each kind, with the settings that one gets without asking, and
    /// certutil told to use this provider for exchange.
    pub fn usual(certutil_provider: &str) -> Vec<Importer> {
        vec![
            Importer::Wizard,
            Importer::Certutil,
            Importer::CertutilCsp { provider: certutil_provider.to_owned(), spec: Some(KeySpec::Exchange) },
            Importer::ImportPfxCertificate,
            Importer::DotNetFramework { ephemeral: false },
            Importer::DotNetLoader { preserve_provider: false },
        ]
    }

    /// Those that administrators install a file with, without telling a provider.
    pub const INSTALLING: [Importer; 3] = [Importer::Wizard, Importer::Certutil, Importer::ImportPfxCertificate];
}

impl fmt::Display for Importer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Importer::Wizard => f.write_str("import wizard, certlm.msc"),
            Importer::Certutil => f.write_str("certutil -importpfx"),
            Importer::CertutilCsp { provider, spec } => {
                write!(f, "certutil -csp \"{provider}\" -importpfx")?;
                spec.map_or(Ok(()), |spec| write!(f, " {spec}"))
            }
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
