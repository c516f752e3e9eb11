//! How the chains of two ways differ.

use certlens_core::encoding::hex;
use certlens_probe::interception::compare::{Both, ChainDifference, Difference, Pair, Role};
use schemars::JsonSchema;
use serde::Serialize;

/// The certificates of one role in both chains.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct PairFacts {
    /// `end-entity`, `issuer N` (1 is that of the end entity's certificate) or `root`.
    pub(crate) role: String,
    /// `same`, or in what way they are not.
    pub(crate) sameness: &'static str,
    /// The subject in this way.
    pub(crate) first: Option<String>,
    /// The subject in the other way.
    pub(crate) second: Option<String>,
    /// In what they differ.
    pub(crate) differences: Vec<DifferenceFacts>,
}

/// One thing in which certificates differ.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct DifferenceFacts {
    /// What.
    pub(crate) what: &'static str,
    /// Its value in this way.
    pub(crate) first: String,
    /// Its value in the other way.
    pub(crate) second: String,
}

/// Both chains, certificate by certificate.
pub(super) fn pairs(difference: &ChainDifference) -> Vec<PairFacts> {
    difference.pairs.iter().map(PairFacts::from).collect()
}

impl From<&Pair> for PairFacts {
    fn from(pair: &Pair) -> Self {
        let subject = |certificate: &Option<certlens_core::x509::Certificate>| {
            certificate.as_ref().map(|certificate| certificate.subject().brief())
        };
        PairFacts {
            role: role(&pair.role),
            sameness: pair.sameness.word(),
            first: subject(&pair.first),
            second: subject(&pair.second),
            differences: pair.differences.iter().map(DifferenceFacts::from).collect(),
        }
    }
}

fn role(role: &Role) -> String {
    match role {
        Role::EndEntity => "end-entity".to_owned(),
        Role::Issuer(number) => format!("issuer {number}"),
        Role::Root => "root".to_owned(),
    }
}

impl From<&Difference> for DifferenceFacts {
    fn from(difference: &Difference) -> Self {
        fn both<T>(values: &Both<T>, show: impl Fn(&T) -> String) -> (String, String) {
            (show(&values.first), show(&values.second))
        }
        let octets = |value: &[u8; 32]| hex::encode(value);
        let there = |value: &bool| if *value { "there" } else { "missing" }.to_owned();
        let (first, second) = match difference {
            Difference::Key(values) => both(values, octets),
            Difference::IssuerKey(values) => {
                both(values, |key| key.as_ref().map_or_else(|| "not at hand".to_owned(), octets))
            }
            Difference::KeyType(values)
            | Difference::Subject(values)
            | Difference::IssuerName(values)
            | Difference::SignatureAlgorithm(values) => both(values, String::clone),
            Difference::NotBefore(values) | Difference::NotAfter(values) => both(values, ToString::to_string),
            Difference::Serial(values) => both(values, |serial| hex::encode(serial)),
            Difference::EmbeddedScts(values) => both(values, ToString::to_string),
            Difference::IssuerAddress(values)
            | Difference::OcspAddress(values)
            | Difference::CrlAddress(values)
            | Difference::AuthorityKeyIdentifier(values)
            | Difference::SubjectKeyIdentifier(values) => both(values, there),
        };
        DifferenceFacts { what: difference.word(), first, second }
    }
}
