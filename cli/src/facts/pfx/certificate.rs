//! The certificates of a PFX file, and how they belong together.

use certlens_keystore::bundle::{Chain, ChainEnd};
use certlens_keystore::inventory::{CertificateEntry, Inventory};
use schemars::JsonSchema;
use serde::Serialize;

use super::friendly_name;
use crate::facts::Hex;
use crate::facts::certificate::CertificateFacts;
use crate::pfx::PfxFile;

/// A certificate of a PFX file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct PfxCertificateFacts {
    /// Its number, from 1.
    pub(crate) number: usize,
    /// The safe it is in, from 1.
    pub(crate) safe: usize,
    /// Its place in the safe, from 1.
    pub(crate) bag: Option<usize>,
    /// What it is in this file.
    pub(crate) role: Role,
    /// Numbers of the keys that are its own.
    pub(crate) keys: Vec<usize>,
    /// Its friendly name, which Windows shows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) friendly_name: Option<String>,
    /// localKeyID, by which programs find its key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) local_key_id: Option<Hex>,
    /// Numbers of the properties of Windows' store that were exported with it (CERT_*_PROP_ID).
    pub(crate) extended_properties: Vec<u64>,
    /// What it says; absent when it cannot be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) certificate: Option<Box<CertificateFacts>>,
    /// Why it cannot be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<String>,
}

/// What a certificate is in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Role {
    /// Its key is in the file, or, where no key is, it is where the chain starts.
    EndEntity,
    /// It stands in the chain of an end entity.
    Intermediate,
    /// It ends the chain of an end entity, and is self-issued.
    Anchor,
    /// It is in no chain.
    Other,
}

impl Role {
    /// The word for a report.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Role::EndEntity => "end entity",
            Role::Intermediate => "intermediate",
            Role::Anchor => "self-issued CA",
            Role::Other => "in no chain",
        }
    }
}

/// How the chain leads up from an end entity, with what is in the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct ChainFacts {
    /// Numbers of its certificates, the end entity first.
    pub(crate) certificates: Vec<usize>,
    /// Why it ends where it ends: `self_issued`, `issuer_missing`, `circle` or `limit`.
    pub(crate) end: &'static str,
}

impl ChainFacts {
    pub(super) fn new(chain: &Chain) -> ChainFacts {
        ChainFacts {
            certificates: chain.certificates.iter().map(|at| at + 1).collect(),
            end: match chain.end {
                ChainEnd::SelfIssued => "self_issued",
                ChainEnd::IssuerMissing => "issuer_missing",
                ChainEnd::Circle => "circle",
                ChainEnd::Limit => "limit",
            },
        }
    }
}

pub(super) fn all(file: &PfxFile, inventory: &Inventory<'_>) -> Vec<PfxCertificateFacts> {
    let mut roles = vec![Role::Other; inventory.certificates.len()];
    let mut keys = vec![Vec::new(); inventory.certificates.len()];
    if let Ok(bundle) = &inventory.bundle {
        for chain in &bundle.chains {
            let last = chain.certificates.len().saturating_sub(1);
            for (depth, at) in chain.certificates.iter().enumerate() {
                let role = match depth {
                    0 => Role::EndEntity,
                    _ if depth == last && chain.end == ChainEnd::SelfIssued => Role::Anchor,
                    _ => Role::Intermediate,
                };
                if let Some(known) = roles.get_mut(*at).filter(|known| **known != Role::EndEntity) {
                    *known = role;
                }
            }
        }
        for pair in &bundle.pairs {
            if let Some(keys) = keys.get_mut(pair.certificate) {
                keys.push(pair.key + 1);
            }
        }
    }
    let entries = inventory.certificates.iter().enumerate().zip(roles).zip(keys);
    entries.map(|(((at, entry), role), keys)| PfxCertificateFacts::new(file, at, entry, role, keys)).collect()
}

impl PfxCertificateFacts {
    fn new(file: &PfxFile, at: usize, entry: &CertificateEntry<'_>, role: Role, keys: Vec<usize>) -> Self {
        let bag = entry.bag;
        let origin = file.origin(bag.position);
        let (certificate, error) = match &entry.certificate {
            Ok(certificate) => (Some(Box::new(CertificateFacts::new(certificate, &origin))), None),
            Err(error) => (None, Some(error.to_string())),
        };
        PfxCertificateFacts {
            number: at + 1,
            safe: bag.position.safe,
            bag: bag.position.bag,
            role,
            keys,
            friendly_name: friendly_name(bag),
            local_key_id: bag.attributes.local_key_id.as_deref().map(Hex::from),
            extended_properties: bag.attributes.extended_properties.iter().map(|property| property.id).collect(),
            certificate,
            error,
        }
    }
}
