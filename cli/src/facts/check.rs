//! The facts of `certlens pfx check`.

use certlens_core::x509::Certificate;
use certlens_keystore::assess::EndEntity;
use certlens_keystore::inventory::Inventory;
use certlens_keystore::pfx::PasswordForm;
use certlens_keystore::profile::{PrivateKeyFacts, Profile};
use certlens_keystore::provider::headline;
use schemars::JsonSchema;
use serde::Serialize;

use crate::exit::Exit;
use crate::facts::certificate::thumbprint;
use crate::facts::demand::{DemandFacts, RemedyFacts};
use crate::facts::inspect::NotReadFacts;
use crate::pfx::PfxFile;
use crate::situation::Situation;

/// The report of `certlens pfx check`.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct CheckReport {
    /// Always `certlens/pfx-check/1`.
    schema: &'static str,
    /// The version of certlens.
    version: &'static str,
    /// The exit code of the run.
    pub(crate) exit_code: u8,
    /// The product, by its name on the command line.
    pub(crate) product: &'static str,
    /// What it is.
    pub(crate) title: &'static str,
    /// What was judged by beside the files.
    pub(crate) given: GivenFacts,
    /// One result a certificate with its key.
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

impl GivenFacts {
    pub(crate) fn new(situation: &Situation, profile: &Profile, hosts: Vec<String>) -> GivenFacts {
        let account = situation.account.as_ref().map(|account| account.name());
        GivenFacts {
            time: situation.time.to_string(),
            time_is_clock: situation.time_is_clock,
            importers: situation.importers.iter().map(ToString::to_string).collect(),
            importers_given: situation.importers_given,
            release: situation.release.map(|release| release.release().to_string()),
            hosts,
            account: account.or(profile.account).map(str::to_owned),
            strict: situation.strict,
        }
    }
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
    /// One is not.
    NotReady,
    /// Of one it cannot be known.
    CannotKnow,
}

impl From<Exit> for AnswerFacts {
    fn from(exit: Exit) -> AnswerFacts {
        match exit {
            Exit::Success => AnswerFacts::Ready,
            Exit::Indeterminate => AnswerFacts::CannotKnow,
            Exit::Failed | Exit::Unusable | Exit::Internal => AnswerFacts::NotReady,
        }
    }
}

impl AnswerFacts {
    pub(crate) const fn exit(self) -> Exit {
        match self {
            AnswerFacts::Ready => Exit::Success,
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
            product: profile.name,
            title: profile.title,
            given,
            results: Vec::new(),
            not_read: Vec::new(),
        }
    }
}

impl ResultFacts {
    pub(crate) fn new(
        (file, inventory): (&PfxFile, &Inventory<'_>),
        entity: &EndEntity<'_>,
        (demands, conversion): (Vec<DemandFacts>, Option<RemedyFacts>),
        strict: bool,
    ) -> ResultFacts {
        let (exit, decisive) = decide(demands.iter(), strict);
        ResultFacts {
            file: file.name.clone(),
            answer: exit.into(),
            decisive: decisive.map(|one| one.code),
            certificate: entity.certificate.map(BriefFacts::new),
            key: key(entity.key),
            demands,
            conversion,
            remarks: remarks(file, inventory),
        }
    }
}

/// What demands come to together, and the first of those that decide it.
pub(crate) fn decide<'d>(
    demands: impl Iterator<Item = &'d DemandFacts>,
    strict: bool,
) -> (Exit, Option<&'d DemandFacts>) {
    let mut worst = (Exit::Success, None);
    for demand in demands {
        let weighs = demand.weighs(strict);
        if weighs > worst.0 {
            worst = (weighs, Some(demand));
        }
    }
    worst
}

/// What a key is in Windows.
pub(crate) fn key(facts: PrivateKeyFacts<'_>) -> String {
    match facts {
        PrivateKeyFacts::Of(facts) => headline(facts),
        PrivateKeyFacts::None => "there is no private key".to_owned(),
        PrivateKeyFacts::Locked => "not known without the password".to_owned(),
        PrivateKeyFacts::Elsewhere => "not at hand".to_owned(),
    }
}

/// What no demand is about, and may be in the way all the same.
pub(crate) fn remarks(file: &PfxFile, inventory: &Inventory<'_>) -> Vec<String> {
    let mut remarks: Vec<String> = match &inventory.bundle {
        Ok(bundle) => bundle.problems.iter().take(MAX_REMARKS).map(ToString::to_string).collect(),
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

/// More problems of one file are no help.
const MAX_REMARKS: usize = 20;
