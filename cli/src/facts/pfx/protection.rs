//! How a file is protected, and who opens it.

use certlens_keystore::inventory::Inventory;
use certlens_keystore::pfx::{PasswordForm, Protection, Safe};
use certlens_keystore::provider::releases::{self, Release};
use schemars::JsonSchema;
use serde::Serialize;

use crate::pfx::{Opened, PfxFile};

/// How far a file was opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct OpeningFacts {
    /// How far.
    pub(crate) state: OpeningState,
    /// Whether the MAC holds: the password is right, and nothing was changed.
    pub(crate) mac_holds: bool,
    /// Whether the password is what is wrong: the one that was given does not fit, or none was given.
    pub(crate) wrong_password: bool,
    /// Which password opens it: `none`, `empty`, `given`, or `given, as OpenSSL before 1.1.0 takes it`; absent when
    /// nothing needed one, or it was not opened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) password: Option<&'static str>,
    /// Why it was not opened, or not completely.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) message: Option<String>,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) hint: Option<String>,
    /// What can be seen after opening it alone.
    pub(crate) missing: Vec<String>,
}

/// How far a file was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum OpeningState {
    /// Everything was decrypted.
    Open,
    /// Some parts could not be decrypted.
    Partly,
    /// It has a password, and none was given.
    Locked,
    /// It could not be opened: a wrong password, damage, or a limit.
    Refused,
}

impl OpeningFacts {
    pub(super) fn new(file: &PfxFile) -> OpeningFacts {
        let (state, error) = match &file.opened {
            Opened::Open(opening) => match opening.failures.first() {
                None => (OpeningState::Open, None),
                Some(error) => (OpeningState::Partly, Some(error)),
            },
            Opened::Locked(error) => (OpeningState::Locked, Some(error)),
            Opened::Refused(error) => (OpeningState::Refused, Some(error)),
        };
        OpeningFacts {
            state,
            wrong_password: file.is_password_wrong(),
            mac_holds: matches!(&file.opened, Opened::Open(opening) if opening.verified),
            password: file.password_form().map(|form| match form {
                PasswordForm::Absent => "none",
                PasswordForm::Empty => "empty",
                PasswordForm::Text => "given",
                PasswordForm::Widened => "given, as OpenSSL before 1.1.0 takes it",
            }),
            message: error.map(ToString::to_string),
            hint: error.map(|error| error.kind.advice().to_owned()),
            missing: missing(file),
        }
    }
}

/// What is still encrypted, and so what a password would add.
fn missing(file: &PfxFile) -> Vec<String> {
    let pfx = &file.pfx;
    let keys = pfx.private_keys().filter(|bag| bag.private_key().is_none()).count();
    let safes: Vec<usize> = pfx.safes.iter().filter(|safe| safe.contents.is_none()).map(|safe| safe.number).collect();
    let mut missing = Vec::new();
    if keys > 0 {
        missing.push("the key usages inside the private key, from which the key spec comes".to_owned());
        missing.push("whether the private key is that of a certificate".to_owned());
    }
    for number in safes {
        missing.push(format!("what is in safe {number}: certificates as a rule, perhaps further keys"));
    }
    if pfx.mac.is_some() && !matches!(&file.opened, Opened::Open(opening) if opening.verified) {
        missing.push("whether the file was changed after it was made (its MAC)".to_owned());
    }
    missing
}

/// A safe of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct SafeFacts {
    /// Its number, from 1.
    pub(crate) number: usize,
    /// Where it starts, in words.
    pub(crate) place: String,
    /// How it is encrypted, in words.
    pub(crate) encryption: String,
    /// Whether it is encrypted.
    pub(crate) is_encrypted: bool,
    /// How many bags it has, those in bags included; absent when it was not decrypted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) bags: Option<usize>,
}

impl SafeFacts {
    pub(super) fn new(safe: &Safe) -> SafeFacts {
        SafeFacts {
            number: safe.number,
            place: safe.place.to_string(),
            encryption: safe.protection.to_string(),
            is_encrypted: safe.protection != Protection::Plain,
            bags: safe.contents.is_some().then(|| safe.bags().count()),
        }
    }
}

/// Whether a release of Windows opens a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct ReleaseFacts {
    /// The release.
    pub(crate) release: &'static str,
    /// Whether it opens the file.
    pub(crate) opens: Opens,
    /// What stands in the way, or is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) because: Option<&'static str>,
    /// What the release says then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<&'static str>,
    /// How well that is founded.
    pub(crate) confidence: &'static str,
    /// Who says so.
    pub(crate) source: &'static str,
}

/// Whether something is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Opens {
    /// It is.
    Yes,
    /// It is not.
    No,
    /// Nobody has reported.
    Unknown,
}

pub(super) fn releases(inventory: &Inventory<'_>) -> Vec<ReleaseFacts> {
    let of = |release: Release| {
        let stated = releases::opens(&inventory.protection, release);
        let (opens, because, error) = match stated.value {
            releases::Opens::Yes => (Opens::Yes, None, None),
            releases::Opens::No { because, error } => (Opens::No, Some(because), error),
            releases::Opens::Unknown { because } => (Opens::Unknown, Some(because), None),
        };
        let (confidence, source) = (stated.confidence.word(), stated.source);
        ReleaseFacts { release: release.name(), opens, because, error, confidence, source }
    };
    Release::ALL.into_iter().map(of).collect()
}
