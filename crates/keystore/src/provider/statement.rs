//! What is said about Windows, how sure it is, and who says so.

use std::fmt;

/// How well a statement about Windows is founded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    /// A guess, or sources that contradict each other.
    Low,
    /// Inferred from several hints, none of which is decisive.
    Medium,
    /// Reported by somebody who saw it happen.
    Observed,
    /// Read in published source code.
    SourceCode,
    /// Said by the vendor's documentation.
    Documented,
}

impl Confidence {
    /// The word for a report.
    pub const fn word(self) -> &'static str {
        match self {
            Confidence::Low => "low",
            Confidence::Medium => "medium",
            Confidence::Observed => "observed",
            Confidence::SourceCode => "source code",
            Confidence::Documented => "documented",
        }
    }
}

impl fmt::Display for Confidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// A value with its foundation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stated<T> {
    /// What is said.
    pub value: T,
    /// How sure it is.
    pub confidence: Confidence,
    /// Who says so, short enough for a table.
    pub source: &'static str,
}

impl<T> Stated<T> {
    /// A value as this source has it.
    pub const fn new(value: T, confidence: Confidence, source: &'static str) -> Stated<T> {
        Stated { value, confidence, source }
    }

    /// The same value, resting on one thing more: as sure as the less sure of the
    /// two, whose source it has.
    pub fn given(self, confidence: Confidence, source: &'static str) -> Stated<T> {
        if confidence < self.confidence { Stated { confidence, source, ..self } } else { self }
    }

    /// The same foundation under another value.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Stated<U> {
        Stated { value: change(self.value), confidence: self.confidence, source: self.source }
    }
}

/// The sources that several rooms cite.
pub(crate) mod source {
    /// Documentation of the import function, remarks.
    pub(crate) const IMPORT: &str = "PFXImportCertStore, remarks";
    /// Documentation of its flags.
    pub(crate) const IMPORT_FLAGS: &str = "PFXImportCertStore, dwFlags";
    /// What .NET's developers saw with PREFER_CNG and the Base provider.
    pub(crate) const RUNTIME_119124: &str = "dotnet/runtime PR 119124";
    /// What importers other than PowerShell's do with a file that names no provider.
    pub(crate) const PUPPET_62: &str = "puppetlabs-sslcertificate issue 62";
    /// Base in the place of Enhanced, where no provider was named.
    pub(crate) const RUNTIME_107005: &str = "dotnet/runtime PR 107005";
    /// certutil put an elliptic-curve key without a provider into an old CSP.
    pub(crate) const EC_IN_CSP: &str = "web-developpeur.com: pkcs12-windows-pbes2-cng";
    /// What certutil did on Windows 10 and 11.
    pub(crate) const SEB_641: &str = "seb-win-refactoring issue 641";
    /// The help text of certutil.
    pub(crate) const CERTUTIL_HELP: &str = "certutil -importPFX -?";
    /// How .NET 9 and later read a file.
    pub(crate) const LOADER: &str = "dotnet/runtime X509CertificateLoader.Windows.cs";
    /// How .NET Framework maps its flags.
    pub(crate) const FRAMEWORK: &str = "referencesource x509utils.cs";
    /// .NET refuses elliptic-curve keys in a CSP.
    pub(crate) const NO_EC_CSP: &str = "dotnet/runtime CertificatePal.Windows.PrivateKey.cs";
    /// The cmdlet's documentation.
    pub(crate) const CMDLET: &str = "Import-PfxCertificate documentation";
}
