//! Where certificates are after an import.

use certlens_core::x509::name::{MAX_BRIEF, Name};
use certlens_core::x509::oid::oids;
use certlens_keystore::inventory::Inventory;
use certlens_keystore::provider::Confidence;
use schemars::JsonSchema;
use serde::Serialize;

use super::{StoreFacts, stated};
use crate::facts::pfx::certificate::{self, Role};
use crate::facts::pfx::key::StatedText;
use crate::pfx::PfxFile;

const IMPORT_HELP: &str = "certutil -importPFX -?";

/// A certificate after the import.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct ImportedCertificateFacts {
    /// Its number in the file, from 1.
    pub(crate) number: usize,
    /// What it is in the file.
    pub(crate) role: Role,
    /// Its name for a line: the common name, else the subject whole.
    pub(crate) name: String,
    /// SHA-1 of it, by which Windows finds it; absent when it cannot be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sha1: Option<String>,
    /// The store it is added to; absent when it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) store: Option<StoreFacts>,
    /// Why there, or why not.
    pub(crate) because: StatedText,
}

/// What certutil is told of certificates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ToldOfCertificates {
    /// The store.
    pub(crate) store: String,
    /// The user's stores.
    pub(crate) user: bool,
    /// NoCert.
    pub(crate) no_certificate: bool,
    /// NoChain.
    pub(crate) no_chain: bool,
    /// NoRoot.
    pub(crate) no_root: bool,
}

/// What certutil makes of the certificates.
pub(crate) fn certificates(
    file: &PfxFile,
    inventory: &Inventory<'_>,
    told: &ToldOfCertificates,
) -> Vec<ImportedCertificateFacts> {
    let all = certificate::all(file, inventory).into_iter();
    let read = all.map(|one| {
        let (store, because) = place(one.role, told);
        let found = one.certificate.as_deref();
        let subject = inventory.certificates.get(one.number - 1).and_then(|entry| entry.certificate.as_ref().ok());
        ImportedCertificateFacts {
            number: one.number,
            role: one.role,
            name: match subject {
                Some(certificate) => name(&certificate.subject()),
                None => "one that cannot be read".to_owned(),
            },
            sha1: found.map(|found| found.fingerprints.sha1.to_string()),
            store: store.filter(|_| found.is_some()),
            because,
        }
    });
    read.collect()
}

/// The common name, else the whole, neither beyond what a line holds.
fn name(subject: &Name<'_>) -> String {
    let common = subject.last_value(oids::COMMON_NAME).filter(|name| !name.is_empty() && name.len() <= MAX_BRIEF);
    common.unwrap_or_else(|| subject.brief())
}

fn place(role: Role, told: &ToldOfCertificates) -> (Option<StoreFacts>, StatedText) {
    const OF_CHAIN: &str = "certenroll.h, ImportPFXFlags: chain and root are installed apart";
    let left_out =
        |modifier: &str| (None, stated(format!("left out by {modifier}"), Confidence::Documented, IMPORT_HELP));
    let in_store = |name: &str, confidence, why: &str, source| {
        (Some(StoreFacts::new(name, told.user)), stated(why, confidence, source))
    };
    match role {
        Role::EndEntity if told.no_certificate => left_out("NoCert"),
        Role::EndEntity => {
            in_store(&told.store, Confidence::Documented, "the store that is given, else My", IMPORT_HELP)
        }
        Role::Intermediate | Role::Anchor if told.no_chain => left_out("NoChain"),
        Role::Anchor if told.no_root => left_out("NoRoot"),
        Role::Anchor => in_store("Root", Confidence::Medium, "a self-issued CA", OF_CHAIN),
        Role::Intermediate => in_store("CA", Confidence::Medium, "a CA of the chain", OF_CHAIN),
        Role::Other => (
            None,
            stated("in no chain of a key; what certutil does with it is not documented", Confidence::Low, IMPORT_HELP),
        ),
    }
}
