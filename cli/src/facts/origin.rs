//! Where an object came from.

use certlens_core::origin::Origin;
use schemars::JsonSchema;
use serde::Serialize;

/// Where an object came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct OriginFacts {
    /// In words, as the text report has it.
    pub(crate) text: String,
    /// The path as given, when it was a file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) path: Option<String>,
    /// Place among the objects of its file or stream, from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) index: Option<usize>,
}

impl OriginFacts {
    pub(crate) fn new(origin: &Origin) -> Self {
        let (path, index) = match origin {
            Origin::File { path, index, .. } => (Some(path.clone()), Some(*index)),
            Origin::StandardInput { index, .. } => (None, Some(*index)),
            Origin::PfxBag { path, .. } => (Some(path.clone()).filter(|path| path != "-"), None),
            Origin::TrustSet(_) | Origin::Url(_) | Origin::Handshake | Origin::Memory => (None, None),
        };
        OriginFacts { text: origin.to_string(), path, index }
    }
}
