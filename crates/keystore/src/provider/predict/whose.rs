//! Whose key it is after an import, and whether it can be exported then.

use super::{Exportability, Scope};
use crate::provider::facts::KeyFacts;
use crate::provider::importer::{CertutilExport, Importer};
use crate::provider::statement::{Confidence, Stated, source};

/// Whose key store it goes into.
pub(super) fn scope(facts: &KeyFacts, importer: &Importer) -> Stated<Scope> {
    match (importer, facts.machine_keyset) {
        // The machine's store is certutil's unless -user is given.
        (Importer::Certutil(told), machine) => {
            let scope = if told.for_user && !machine { Scope::User } else { Scope::Machine };
            // Whether -user beats the file's wish is not documented.
            let sure = if told.for_user && machine { Confidence::Low } else { Confidence::Documented };
            Stated::new(scope, sure, source::CERTUTIL_HELP)
        }
        (Importer::Wizard | Importer::ImportPfxCertificate, true) => {
            Stated::new(Scope::Machine, Confidence::Medium, source::IMPORT_FLAGS)
        }
        (Importer::Wizard | Importer::ImportPfxCertificate, false) => {
            Stated::new(Scope::OfStore, Confidence::Medium, source::IMPORT_FLAGS)
        }
        // What the flags do is documented; that none is passed is read in the source.
        (Importer::DotNetFramework { .. } | Importer::DotNetLoader { .. }, machine) => Stated::new(
            if machine { Scope::Machine } else { Scope::User },
            Confidence::SourceCode,
            if matches!(importer, Importer::DotNetLoader { .. }) { source::LOADER } else { source::FRAMEWORK },
        ),
    }
}

/// Whether the key can be exported afterwards.
pub(super) fn exportability(importer: &Importer) -> Stated<Exportability> {
    match importer {
        // What the wizard's page says; the flag behind it is documented.
        Importer::Wizard => Stated::new(
            Exportability::OnlyWith("the key is marked as exportable in the wizard"),
            Confidence::Medium,
            "PFXImportCertStore, CRYPT_EXPORTABLE",
        ),
        // That there is a modifier against it says what happens without.
        Importer::Certutil(told) => match told.export {
            CertutilExport::Plain => Stated::new(
                Exportability::YesUnless("the modifier NoExport is given"),
                Confidence::Medium,
                source::CERTUTIL_HELP,
            ),
            CertutilExport::Encrypted => {
                Stated::new(Exportability::Encrypted, Confidence::Documented, "ImportPFXFlags, certenroll.h")
            }
            CertutilExport::No => Stated::new(Exportability::No, Confidence::Documented, source::CERTUTIL_HELP),
        },
        Importer::ImportPfxCertificate => {
            Stated::new(Exportability::OnlyWith("-Exportable is given"), Confidence::Documented, source::CMDLET)
        }
        Importer::DotNetFramework { .. } => Stated::new(
            Exportability::OnlyWith("X509KeyStorageFlags.Exportable is given"),
            Confidence::SourceCode,
            source::FRAMEWORK,
        ),
        Importer::DotNetLoader { .. } => Stated::new(
            Exportability::OnlyWith("X509KeyStorageFlags.Exportable is given"),
            Confidence::SourceCode,
            source::LOADER,
        ),
    }
}
