//! The facts of `certlens explain`: findings, causes, demands of products, and what
//! Windows says.

use certlens_core::finding::Code;
use certlens_keystore::profile::{Demand, Profile, Repair, Weight};
use schemars::JsonSchema;
use serde::Serialize;

use crate::causes::Cause;
use crate::facts::demand::WeightFacts;
use crate::facts::finding::{SeverityFacts, WindowsFacts};
use crate::hresult::Hresult;
use crate::symptoms::{self, Symptom};

/// What is to be explained.
#[derive(Debug, Default)]
pub(crate) struct Explained {
    pub(crate) codes: Vec<Code>,
    pub(crate) causes: Vec<&'static Cause>,
    pub(crate) windows: Vec<WindowsErrorFacts>,
    pub(crate) demands: Vec<ExplainedDemandFacts>,
}

impl Explained {
    pub(crate) fn len(&self) -> usize {
        self.codes.len() + self.causes.len() + self.windows.len() + self.demands.len()
    }
}

/// The report of `certlens explain`.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ExplainReport {
    /// Always `certlens/explain/1`.
    schema: &'static str,
    /// The codes asked for, or all.
    codes: Vec<CodeFacts>,
    /// The causes of failed retrievals asked for, or all.
    causes: Vec<CauseFacts>,
    /// The errors of Windows asked for, or all.
    windows: Vec<WindowsErrorFacts>,
    /// The demands of products asked for, or all.
    demands: Vec<ExplainedDemandFacts>,
}

/// What Windows, or a product there, says of a private key, a PFX file or a connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct WindowsErrorFacts {
    /// Its name, as SEC_E_UNKNOWN_CREDENTIALS.
    pub(crate) name: &'static str,
    /// Its HRESULT, as 0x8009030d, when it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) hresult: Option<String>,
    /// By what else it is known: numbers of errors and events, names.
    pub(crate) others: Vec<&'static str>,
    /// What is said then.
    pub(crate) says: &'static str,
    /// What it means, when that is known here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) meaning: Option<&'static str>,
    /// The demands of products that are not met then, by their codes.
    pub(crate) demands: Vec<&'static str>,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) hint: Option<&'static str>,
    /// The commands that do it or tell more; words in capitals stand for what one knows.
    pub(crate) commands: Vec<&'static str>,
}

/// A demand of products, by its code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct ExplainedDemandFacts {
    /// The stable name.
    pub(crate) code: &'static str,
    /// Who demands it, and what.
    pub(crate) products: Vec<ProductDemandFacts>,
    /// What mends it.
    pub(crate) hints: Vec<String>,
    /// What Windows says when it is not met: names of errors.
    pub(crate) windows: Vec<&'static str>,
}

/// What one product demands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct ProductDemandFacts {
    /// The product, by its name on the command line.
    pub(crate) product: &'static str,
    /// What it demands.
    pub(crate) demand: &'static str,
    /// Whether it fails without it.
    pub(crate) weight: WeightFacts,
    /// Who says so.
    pub(crate) source: &'static str,
    /// How well that is founded.
    pub(crate) confidence: &'static str,
}

/// Why a URL was not retrieved.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct CauseFacts {
    /// The stable name.
    cause: &'static str,
    /// What it means.
    meaning: &'static str,
    /// What to do in general.
    hint: &'static str,
}

/// What the registry says of one code.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct CodeFacts {
    /// The stable name.
    code: &'static str,
    /// What it means.
    meaning: &'static str,
    /// The rule.
    citation: &'static str,
    /// Severity under the profile `rfc5280`.
    severity_rfc5280: SeverityFacts,
    /// Severity under the profile `web`.
    severity_web: SeverityFacts,
    /// What to do in general.
    hint: &'static str,
    /// What Windows calls it.
    #[serde(skip_serializing_if = "Option::is_none")]
    windows: Option<WindowsFacts>,
}

impl WindowsErrorFacts {
    /// One that is explained.
    pub(crate) fn of(symptom: &Symptom) -> WindowsErrorFacts {
        WindowsErrorFacts {
            name: symptom.name,
            hresult: (symptom.hresult != 0).then(|| format!("0x{:08x}", symptom.hresult)),
            others: symptom.others.to_vec(),
            says: symptom.says,
            meaning: Some(symptom.meaning),
            demands: symptom.demands.to_vec(),
            hint: Some(symptom.hint),
            commands: symptom.commands.to_vec(),
        }
    }

    /// One of which nothing is known but its text.
    pub(crate) fn text_alone((hresult, name, says): Hresult) -> WindowsErrorFacts {
        WindowsErrorFacts {
            name,
            hresult: Some(format!("0x{hresult:08x}")),
            others: Vec::new(),
            says,
            meaning: None,
            demands: Vec::new(),
            hint: None,
            commands: Vec::new(),
        }
    }
}

const TUTORIAL: &str = "Microsoft: tutorial-enable-remote-access-intranet-tls-ssl-certificate";

/// A demand about nodes, of which no file tells.
struct OfNodes {
    code: &'static str,
    what: &'static str,
    hint: &'static str,
    weight: WeightFacts,
    source: &'static str,
}

/// What `certlens ha` demands of several nodes, of chains and of the network.
const OF_NODES: &[OfNodes] = &[
    OfNodes {
        code: "same-certificate",
        what: "the same certificate is on every node",
        hint: "Use one certificate, with the names of all nodes, on every node.",
        weight: WeightFacts::Must,
        source: TUTORIAL,
    },
    OfNodes {
        code: "trusted",
        what: "every node trusts the certificate's chain",
        hint: "Install its trust anchor in the machine's Root store of every node, or use a certificate of a public CA.",
        weight: WeightFacts::Must,
        source: TUTORIAL,
    },
    OfNodes {
        code: "reachable",
        what: "from every node the chain can be built and its revocation checked",
        hint: "`certlens url FILE` asks every URL of the chain from where it runs; on a node `certutil -verify -urlfetch` does.",
        weight: WeightFacts::Must,
        source: TUTORIAL,
    },
    OfNodes {
        code: "presented",
        what: "the service of each node presents this certificate, once TLS is on",
        hint: "Choose this certificate in the settings of the service; or check the file of the one that is in use. `certlens probe net.tcp://NODE:8060` shows it.",
        weight: WeightFacts::Should,
        source: TUTORIAL,
    },
    OfNodes {
        code: "strength",
        what: "no signature or key of the chain is of a weak kind, which Windows takes and audits do not",
        hint: "Have the certificates issued anew, with RSA keys of 2048 bits or more and SHA-256.",
        weight: WeightFacts::Should,
        source: "NIST SP 800-131A, RFC 9155 §1",
    },
];

impl ExplainedDemandFacts {
    /// The codes of those that no product's profile has.
    pub(crate) fn of_nodes() -> impl Iterator<Item = &'static str> {
        OF_NODES.iter().map(|demand| demand.code)
    }

    pub(crate) fn by_code(code: &str) -> Option<ExplainedDemandFacts> {
        let demands = || {
            let all =
                Profile::all().iter().flat_map(|profile| profile.all_demands().map(move |demand| (profile, demand)));
            all.filter(|(_, demand)| demand.code == code)
        };
        let windows = || symptoms::all().filter(|symptom| symptom.demands.contains(&code)).map(|symptom| symptom.name);
        if let Some(demand) = OF_NODES.iter().find(|demand| demand.code == code) {
            let product = ProductDemandFacts {
                product: "ha",
                demand: demand.what,
                weight: demand.weight,
                source: demand.source,
                confidence: "documented",
            };
            let (products, hints) = (vec![product], vec![demand.hint.to_owned()]);
            return Some(ExplainedDemandFacts { code: demand.code, products, hints, windows: windows().collect() });
        }
        let (_, first) = demands().next()?;
        let mut hints: Vec<String> = Vec::new();
        for hint in demands().flat_map(|(profile, demand)| hints_of(profile, demand)) {
            if !hints.contains(&hint) {
                hints.push(hint);
            }
        }
        let products = demands().map(|(profile, demand)| ProductDemandFacts::new(profile, demand)).collect();
        Some(ExplainedDemandFacts { code: first.code, products, hints, windows: windows().collect() })
    }
}

impl ProductDemandFacts {
    fn new(profile: &Profile, demand: &Demand) -> ProductDemandFacts {
        ProductDemandFacts {
            product: profile.name,
            demand: demand.what,
            weight: match demand.weight {
                Weight::Must => WeightFacts::Must,
                Weight::Should => WeightFacts::Should,
            },
            source: demand.source,
            confidence: demand.confidence.word(),
        }
    }
}

fn hints_of(profile: &Profile, demand: &Demand) -> Vec<String> {
    match demand.repair {
        Repair::Convert(_) => vec![
            "`certlens pfx check --for PRODUCT FILE` prints the command that converts the file, and the one on Windows."
                .to_owned(),
        ],
        Repair::Together => vec![
            "Put the key together with its certificate:".to_owned(),
            "`certlens pfx create --key KEY.pem --cert CERTIFICATE.pem --output FILE.pfx`".to_owned(),
        ],
        Repair::Reissue(words) | Repair::Words(words) => vec![capital(words)],
        Repair::OnNode { what, command } => {
            let command = command
                .replace("{account}", profile.account.unwrap_or("ACCOUNT"))
                .replace("{folder}", "RSA\\MachineKeys")
                .replace("{file}", "FILE.pfx")
                .replace("{thumbprint}", "THUMBPRINT");
            vec![capital(what), format!("`{command}`")]
        }
    }
}

fn capital(words: &str) -> String {
    let mut characters = words.chars();
    let first = characters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(characters).chain(['.']).collect()
}

impl ExplainReport {
    pub(crate) const SCHEMA: &'static str = "certlens/explain/1";

    pub(crate) fn new(explained: &Explained) -> Self {
        let causes = explained
            .causes
            .iter()
            .map(|cause| CauseFacts { cause: cause.name, meaning: cause.meaning, hint: cause.hint })
            .collect();
        let codes = explained
            .codes
            .iter()
            .map(|code| {
                let entry = code.entry();
                CodeFacts {
                    code: entry.name,
                    meaning: entry.meaning,
                    citation: entry.citation,
                    severity_rfc5280: SeverityFacts::from(entry.rfc5280),
                    severity_web: SeverityFacts::from(entry.web),
                    hint: entry.hint,
                    windows: entry.windows.map(WindowsFacts::new),
                }
            })
            .collect();
        let (windows, demands) = (explained.windows.clone(), explained.demands.clone());
        ExplainReport { schema: Self::SCHEMA, codes, causes, windows, demands }
    }
}
