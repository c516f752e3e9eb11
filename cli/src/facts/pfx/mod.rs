//! The facts of `certlens pfx inspect`: what is in a PFX file, and what Windows
//! makes of it. Keys and certificates are numbered from 1, in the order of the file.

mod certificate;
mod key;
mod next;
pub(crate) mod predicted;
mod problems;
mod protection;
mod provider;
mod written;

use certlens_core::encoding::input::Armor;
use certlens_keystore::inventory::Inventory;
use certlens_keystore::pfx::{Bag, Trailing};
use schemars::JsonSchema;
use serde::Serialize;

pub(crate) use certificate::{ChainFacts, PfxCertificateFacts, Role};
pub(crate) use key::{KeyPredictionFacts, PfxKeyFacts, StatedText};
pub(crate) use next::StepFacts;
pub(crate) use predicted::{PredictedAnswer, PredictionReport, StoreFacts};
pub(crate) use problems::ProblemFacts;
pub(crate) use protection::{OpeningFacts, OpeningState, Opens, ReleaseFacts, SafeFacts};
pub(crate) use provider::{ProviderKind, ProvidersReport};
pub(crate) use written::{ChangeFacts, PasswordFacts, WrittenReport};

use crate::facts::not_read::NotReadFacts;
use crate::pfx::PfxFile;

/// The report of `certlens pfx inspect`.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct PfxReport {
    /// Always `certlens/pfx/1`.
    schema: &'static str,
    /// The version of certlens.
    version: &'static str,
    /// The exit code of the run.
    pub(crate) exit_code: u8,
    /// The files that could be read, in the order of the command line.
    pub(crate) files: Vec<PfxFacts>,
    /// Files that could not be read.
    pub(crate) not_read: Vec<NotReadFacts>,
}

impl PfxReport {
    pub(crate) const SCHEMA: &'static str = "certlens/pfx/1";

    pub(crate) fn new() -> PfxReport {
        let (schema, version) = (PfxReport::SCHEMA, env!("CARGO_PKG_VERSION"));
        PfxReport { schema, version, exit_code: 0, files: Vec::new(), not_read: Vec::new() }
    }
}

/// A PFX file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct PfxFacts {
    /// The file, `-` for standard input.
    pub(crate) input: String,
    /// What the file is to Windows, in a few words, as `CSP KEY, exchange, machine`.
    pub(crate) answer: String,
    /// The same in a sentence.
    pub(crate) explanation: String,
    /// How the file is stored: `binary`, `pem` or `base64`.
    pub(crate) armor: &'static str,
    /// DER, or how it departs from it: BER is allowed.
    pub(crate) encoding: String,
    /// What stands behind the PFX in the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) trailing: Option<TrailingFacts>,
    /// How far the file was opened.
    pub(crate) opening: OpeningFacts,
    /// The MAC by which a password is verified; absent when there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) mac: Option<String>,
    /// The safes, in the order of the file.
    pub(crate) safes: Vec<SafeFacts>,
    /// The private keys that are known of, those that are still encrypted included.
    pub(crate) keys: Vec<PfxKeyFacts>,
    /// The X.509 certificates that can be read without what is still encrypted.
    pub(crate) certificates: Vec<PfxCertificateFacts>,
    /// How chains lead up from each certificate with a key.
    pub(crate) chains: Vec<ChainFacts>,
    /// All other bags.
    pub(crate) others: Vec<OtherBagFacts>,
    /// Which releases of Windows open the file.
    pub(crate) releases: Vec<ReleaseFacts>,
    /// What is not as it should be.
    pub(crate) problems: Vec<ProblemFacts>,
    /// What to do next.
    pub(crate) next: Vec<StepFacts>,
    /// What opens the file, as options of the next command.
    #[serde(skip)]
    pub(crate) password_options: String,
}

/// Octets behind a PFX.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct TrailingFacts {
    /// Where they start in the file.
    pub(crate) offset: usize,
    /// How many there are.
    pub(crate) octets: usize,
    /// Whether all of them are zero; Windows leaves up to eight such.
    pub(crate) zeros: bool,
}

/// A bag with neither a private key nor an X.509 certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct OtherBagFacts {
    /// The safe it is in, from 1.
    pub(crate) safe: usize,
    /// Its place in the safe, from 1.
    pub(crate) bag: Option<usize>,
    /// What it is, by the standard's name.
    pub(crate) kind: String,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) friendly_name: Option<String>,
}

impl PfxFacts {
    pub(crate) fn new(file: &PfxFile, inventory: &Inventory<'_>) -> PfxFacts {
        let (answer, explanation) = key::answer(file, inventory);
        let pfx = &file.pfx;
        PfxFacts {
            input: file.name.clone(),
            answer,
            explanation,
            armor: match &pfx.armor {
                Armor::Binary => "binary",
                Armor::Pem { .. } => "pem",
                Armor::Base64 => "base64",
            },
            encoding: pfx.forms.to_string(),
            trailing: pfx.trailing.map(TrailingFacts::from),
            opening: OpeningFacts::new(file),
            mac: pfx.mac.as_ref().map(|mac| match &mac.algorithm {
                Ok(algorithm) => algorithm.to_string(),
                Err(error) => error.to_string(),
            }),
            safes: pfx.safes.iter().map(SafeFacts::new).collect(),
            keys: key::all(inventory),
            certificates: certificate::all(file, inventory),
            chains: inventory.bundle.iter().flat_map(|bundle| &bundle.chains).map(ChainFacts::new).collect(),
            others: inventory.others.iter().map(|bag| OtherBagFacts::new(bag)).collect(),
            releases: protection::releases(inventory),
            problems: problems::all(file, inventory),
            next: next::steps(file, inventory),
            password_options: file.password_options.clone(),
        }
    }
}

impl From<Trailing> for TrailingFacts {
    fn from(trailing: Trailing) -> TrailingFacts {
        TrailingFacts { offset: trailing.place.offset, octets: trailing.octets, zeros: trailing.zeros }
    }
}

impl OtherBagFacts {
    fn new(bag: &Bag) -> OtherBagFacts {
        OtherBagFacts {
            safe: bag.position.safe,
            bag: bag.position.bag,
            kind: bag.content.to_string(),
            friendly_name: friendly_name(bag),
        }
    }
}

/// The friendly name of a bag, when it is text that can be read.
fn friendly_name(bag: &Bag) -> Option<String> {
    bag.attributes.friendly_name.as_ref()?.text().map(str::to_owned)
}
