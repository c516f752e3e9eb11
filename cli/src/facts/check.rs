//! The facts of `certlens pfx check`.

use certlens_core::x509::Certificate;
use certlens_keystore::assess::EndEntity;
use certlens_keystore::bundle::BundleProblem;
use certlens_keystore::inventory::Inventory;
use certlens_keystore::judgement::Outcome;
use certlens_keystore::pfx::PasswordForm;
use certlens_keystore::profile::{self, PrivateKeyFacts, Profile};
use certlens_keystore::provider::headline;
use schemars::JsonSchema;
use serde::Serialize;

use crate::exit::Exit;
use crate::facts::certificate::thumbprint;
use crate::facts::demand::{DemandFacts, RemedyFacts};
use crate::facts::not_read::NotReadFacts;
use crate::pfx::PfxFile;

/// The report of `certlens pfx check`.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct CheckReport {
    /// Always `certlens/pfx-check/1`.
    schema: &'static str,
    /// The version of certlens.
    version: &'static str,
    /// The exit code of the run.
    pub(crate) exit_code: u8,
    /// What comes of all files together; a file that could not be read leaves it open.
    pub(crate) answer: AnswerFacts,
    /// The product, by its name on the command line.
    pub(crate) product: &'static str,
    /// What it is.
    pub(crate) title: &'static str,
    /// What was judged by beside the files.
    pub(crate) given: GivenFacts,
    /// One result a key with its certificate.
    pub(crate) results: Vec<ResultFacts>,
    /// Files that could not be read.
    pub(crate) not_read: Vec<NotReadFacts>,
}

/// What was judged by beside the files.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct GivenFacts {
    /// The time, RFC 3339, UTC.
    pub(crate) time: String,
    /// Whether it is this machine's clock.
    pub(crate) time_is_clock: bool,
    /// Who imports; of several, nobody said which.
    pub(crate) importers: Vec<String>,
    /// Whether somebody said who imports.
    pub(crate) importers_given: bool,
    /// The release of Windows that must open the file, when it was said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) release: Option<String>,
    /// The hosts.
    pub(crate) hosts: Vec<String>,
    /// The account that reads the key, when the product has one or it was said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) account: Option<String>,
    /// Whether what cannot be judged from here counts.
    pub(crate) strict: bool,
}

/// What comes of one certificate with its key.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ResultFacts {
    /// The file, `-` for standard input.
    pub(crate) file: String,
    /// What comes of it.
    pub(crate) answer: AnswerFacts,
    /// The code of the demand that decides, unless all that count are met.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) decisive: Option<&'static str>,
    /// The key's place among the keys of the file, from 1, when it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) key_number: Option<usize>,
    /// The certificate's place among those of the file, from 1, when it was read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) certificate_number: Option<usize>,
    /// The certificate, when it can be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) certificate: Option<BriefFacts>,
    /// What the key is in Windows, in one sentence.
    pub(crate) key: String,
    /// The demands, the most important first.
    pub(crate) demands: Vec<DemandFacts>,
    /// The conversion of the file that mends everything that one can mend.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) conversion: Option<RemedyFacts>,
    /// What else is to be said of the file.
    pub(crate) remarks: Vec<String>,
}

/// What comes of all demands together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum AnswerFacts {
    /// Every demand that counts is met.
    Ready,
    /// Every demand that counts is met, but keys were not looked at: certificates alone were given.
    NothingAgainst,
    /// One is not.
    NotReady,
    /// Of one it cannot be known.
    CannotKnow,
}

impl From<Outcome> for AnswerFacts {
    fn from(outcome: Outcome) -> AnswerFacts {
        match outcome {
            Outcome::Pass => AnswerFacts::Ready,
            Outcome::Fail => AnswerFacts::NotReady,
            Outcome::CannotKnow => AnswerFacts::CannotKnow,
        }
    }
}

impl AnswerFacts {
    pub(crate) const fn exit(self) -> Exit {
        match self {
            AnswerFacts::Ready | AnswerFacts::NothingAgainst => Exit::Success,
            AnswerFacts::NotReady => Exit::Failed,
            AnswerFacts::CannotKnow => Exit::Indeterminate,
        }
    }
}

/// A certificate in short.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct BriefFacts {
    /// RFC 4514, cut after 500 octets.
    pub(crate) subject: String,
    /// RFC 4514, cut after 500 octets.
    pub(crate) issuer: String,
    /// SHA-256.
    pub(crate) sha256: String,
    /// SHA-1, which Windows calls the thumbprint.
    pub(crate) sha1: String,
    /// Start of its validity, RFC 3339.
    pub(crate) not_before: String,
    /// End of its validity, RFC 3339.
    pub(crate) not_after: String,
}

impl BriefFacts {
    pub(crate) fn new(certificate: &Certificate) -> BriefFacts {
        BriefFacts {
            subject: certificate.subject().brief(),
            issuer: certificate.issuer().brief(),
            sha256: certificate.id().to_string(),
            sha1: thumbprint(certificate.der()),
            not_before: certificate.not_before().time.to_string(),
            not_after: certificate.not_after().time.to_string(),
        }
    }
}

impl CheckReport {
    pub(crate) const SCHEMA: &'static str = "certlens/pfx-check/1";

    pub(crate) fn new(profile: &Profile, given: GivenFacts) -> CheckReport {
        CheckReport {
            schema: Self::SCHEMA,
            version: env!("CARGO_PKG_VERSION"),
            exit_code: 0,
            answer: AnswerFacts::CannotKnow,
            product: profile.name,
            title: profile.title,
            given,
            results: Vec::new(),
            not_read: Vec::new(),
        }
    }

    /// Decides by what was found.
    pub(crate) fn decide(&mut self) {
        let unread = (!self.not_read.is_empty()).then_some(AnswerFacts::CannotKnow);
        let all = self.results.iter().map(|result| result.answer).chain(unread);
        self.answer = all.max_by_key(|answer| answer.exit()).unwrap_or(AnswerFacts::CannotKnow);
    }
}

impl ResultFacts {
    pub(crate) fn new(
        (file, inventory): (&PfxFile, &Inventory<'_>),
        entity: &EndEntity<'_>,
        (demands, conversion): (Vec<DemandFacts>, Option<RemedyFacts>),
        strict: bool,
    ) -> ResultFacts {
        let (answer, decisive) = decide(&demands, strict);
        ResultFacts {
            file: file.name.clone(),
            answer,
            decisive: decisive.map(|one| one.code),
            key_number: entity.key_at.map(|at| at + 1),
            certificate_number: entity.certificate_at.map(|at| at + 1),
            certificate: entity.certificate.read().map(BriefFacts::new),
            key: key(entity.key),
            demands,
            conversion,
            remarks: remarks(file, inventory),
        }
    }
}

/// What demands come to together, and the first of those that decide it.
pub(crate) fn decide<'d>(
    demands: impl IntoIterator<Item = &'d DemandFacts>,
    strict: bool,
) -> (AnswerFacts, Option<&'d DemandFacts>) {
    let demands: Vec<&DemandFacts> = demands.into_iter().collect();
    let (outcome, decisive) = profile::decide(demands.iter().map(|demand| demand.weighed()), strict);
    (outcome.into(), decisive.and_then(|at| demands.get(at).copied()))
}

/// What a key is in Windows.
pub(crate) fn key(facts: PrivateKeyFacts<'_>) -> String {
    match facts {
        PrivateKeyFacts::Of(facts) => headline(facts),
        PrivateKeyFacts::None => "there is no private key".to_owned(),
        PrivateKeyFacts::Locked => "not known: it was not read".to_owned(),
        PrivateKeyFacts::Elsewhere => "not at hand".to_owned(),
    }
}

/// What no demand is about, and may be in the way all the same.
pub(crate) fn remarks(file: &PfxFile, inventory: &Inventory<'_>) -> Vec<String> {
    let mut remarks: Vec<String> = match &inventory.bundle {
        Ok(bundle) => of_bundle(&bundle.problems),
        Err(limit) => vec![format!("keys and certificates were not put together: {limit}")],
    };
    if file.password_form() == Some(PasswordForm::Widened) {
        remarks.push(
            "its password is not ASCII, and the program that made it encoded it in its own way: Windows does not open it with that password"
                .to_owned(),
        );
    }
    remarks
}

/// Problems, those about certificates of nobody's chain in one.
fn of_bundle(problems: &[BundleProblem]) -> Vec<String> {
    let stray = |problem: &&BundleProblem| matches!(problem, BundleProblem::NotInChain { .. });
    let (strays, others): (Vec<_>, Vec<_>) = problems.iter().partition(stray);
    let mut remarks: Vec<String> = others.into_iter().take(MAX_REMARKS).map(ToString::to_string).collect();
    match strays.as_slice() {
        [] => {}
        [one] => remarks.push(one.to_string()),
        several => {
            remarks.push(format!("{} certificates are in the chain of no certificate with a key", several.len()));
        }
    }
    remarks
}

/// More problems of one file are no help.
const MAX_REMARKS: usize = 20;
