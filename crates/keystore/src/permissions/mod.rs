//! Whether an account can read a private key: access control lists as SDDL
//! (CryptGetProvParam, NCryptGetProperty, Get-Acl, `certutil -v`) or as icacls
//! shows them.

mod account;
mod icacls;
mod rights;
mod sddl;

use std::fmt;

pub use account::{Account, service_sid};
pub use icacls::{Listing, read_icacls};
pub use sddl::read_sddl;

use crate::judgement::{Judgement, Outcome};
use crate::provider::Confidence;
use rights::READ;

/// The account of the self-hosted integration runtime, unless it was changed.
pub const INTEGRATION_RUNTIME: &str = "NT SERVICE\\DIAHostService";

/// Who an entry is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Principal {
    /// By security identifier, as `S-1-5-18`.
    Sid(String),
    /// By a name that is not one of those that every Windows has.
    Name(String),
}

impl fmt::Display for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Principal::Sid(sid) => match account::well_known_name(sid) {
                Some(name) => write!(f, "{name} ({sid})"),
                None => f.write_str(sid),
            },
            Principal::Name(name) => f.write_str(name),
        }
    }
}

/// One entry of an access control list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Whether it allows; else it denies.
    pub allows: bool,
    /// Whom.
    pub principal: Principal,
    /// The rights, generic ones included (`ACCESS_MASK`).
    pub mask: u32,
    /// Whether it is about what stands below, and not about the key itself.
    pub is_inherit_only: bool,
    /// Whether it applies under a condition only, which cannot be judged here.
    pub is_conditional: bool,
}

/// An access control list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Acl {
    /// There is none, which lets everyone in.
    Null,
    /// These entries, in their order.
    Entries(Vec<Entry>),
}

/// What text about permissions could not be read, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PermissionsError {
    /// What is wrong.
    pub reason: String,
}

impl PermissionsError {
    fn new(reason: impl Into<String>) -> PermissionsError {
        PermissionsError { reason: reason.into() }
    }
}

impl fmt::Display for PermissionsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the permissions cannot be read: {}", self.reason)
    }
}

impl std::error::Error for PermissionsError {}

/// Whether an account can read a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Access {
    /// It can, by this entry.
    Granted {
        /// To whom the last right that was needed is granted.
        by: String,
    },
    /// It cannot: an entry denies it before another grants it.
    Denied {
        /// Whom the entry is about.
        by: String,
    },
    /// It cannot: nothing grants it.
    NotGranted,
    /// It can if it is a member of one of these groups, or is not one of those
    /// that are denied.
    Depends {
        /// The groups, or the condition.
        on: Vec<String>,
    },
}

impl Access {
    /// Whether the account can read the key, as a judgement.
    pub fn judgement(&self, account: &Account) -> Judgement {
        let name = account.name();
        let (outcome, reason) = match self {
            Access::Granted { by } => (Outcome::Pass, format!("{name} can read the key, granted to {by}")),
            Access::Denied { by } => (Outcome::Fail, format!("{name} cannot read the key: it is denied to {by}")),
            Access::NotGranted => (Outcome::Fail, format!("{name} cannot read the key: nothing grants it")),
            Access::Depends { on } => (
                Outcome::CannotKnow,
                format!("whether {name} can read the key depends on its groups: {}", on.join(", ")),
            ),
        };
        Judgement::new(outcome, reason, Confidence::Documented, "MS-DTYP §2.5.3.2")
    }
}

/// The octets of text about permissions that are read: no list of a key has more.
pub const MAX_TEXT: usize = 1024 * 1024;

impl Acl {
    /// Reads SDDL or what icacls printed about one file, whichever it is.
    ///
    /// # Errors
    ///
    /// When it is neither, or is about several files or keys.
    pub fn read(text: &str) -> Result<Acl, PermissionsError> {
        Acl::read_about(text, None)
    }

    /// As [`Acl::read`]; of several files that icacls printed, the one of this name,
    /// which is a key's unique container name.
    ///
    /// # Errors
    ///
    /// As [`Acl::read`], and when none or several are of this name.
    pub fn read_about(text: &str, file: Option<&str>) -> Result<Acl, PermissionsError> {
        if text.len() > MAX_TEXT {
            return Err(PermissionsError::new(format!("it has more than {MAX_TEXT} octets")));
        }
        let text = text.trim_start_matches('\u{feff}');
        let mut descriptors = text.lines().map(str::trim).filter(|line| sddl::looks_like(line));
        if let Some(line) = descriptors.next() {
            return match descriptors.count() {
                0 => read_sddl(line),
                more => Err(PermissionsError::new(format!(
                    "they are {} security descriptors; give that of one key",
                    more + 1
                ))),
            };
        }
        let mut listings = read_icacls(text)?;
        if let Some(file) = file {
            let name_of = |path: &str| path.rsplit(['\\', '/']).next().unwrap_or(path).to_ascii_lowercase();
            let wanted = name_of(file);
            listings.retain(|listing| name_of(&listing.path) == wanted);
            if listings.is_empty() {
                return Err(PermissionsError::new(format!("they are not about {file}")));
            }
        }
        match (listings.pop(), listings.len()) {
            (Some(listing), 0) => Ok(listing.acl),
            (_, more) => {
                Err(PermissionsError::new(format!("they are about {} files; give those of one key", more + 1)))
            }
        }
    }

    /// Whether this account can read the key, as Windows decides it: the entries
    /// in their order, until all rights are granted or one of them is denied.
    pub fn read_access(&self, account: &Account) -> Access {
        let entries = match self {
            Acl::Null => return Access::Granted { by: "everyone, as there is no list".to_owned() },
            Acl::Entries(entries) => entries,
        };
        // Of an entry that may or may not be about the account, first what is worst for
        // it, then what is best. Where both come to the same, it does not matter.
        let worst = decide(entries, account, |allows| !allows);
        if matches!(worst, Access::Granted { .. }) {
            return worst;
        }
        let best = decide(entries, account, |allows| allows);
        if !matches!(best, Access::Granted { .. }) {
            return best;
        }
        let open = entries.iter().filter(|entry| concerned(entry, READ) != 0 && applies(entry, account).is_none());
        Access::Depends {
            on: open
                .map(|entry| {
                    let verb = if entry.allows { "" } else { "denied to " };
                    let condition = if entry.is_conditional { ", under a condition" } else { "" };
                    format!("{verb}{}{condition}", entry.principal)
                })
                .collect(),
        }
    }
}

/// Which of these rights the entry is about.
fn concerned(entry: &Entry, missing: u32) -> u32 {
    if entry.is_inherit_only { 0 } else { rights::specific(entry.mask) & missing }
}

fn applies(entry: &Entry, account: &Account) -> Option<bool> {
    match account.is(&entry.principal) {
        Some(true) if entry.is_conditional => None,
        known => known,
    }
}

fn decide(entries: &[Entry], account: &Account, open: impl Fn(bool) -> bool) -> Access {
    let mut missing = READ;
    for entry in entries {
        let rights = concerned(entry, missing);
        if rights == 0 || !applies(entry, account).unwrap_or_else(|| open(entry.allows)) {
            continue;
        }
        let by = entry.principal.to_string();
        if !entry.allows {
            return Access::Denied { by };
        }
        missing &= !rights;
        if missing == 0 {
            return Access::Granted { by };
        }
    }
    Access::NotGranted
}

#[cfg(test)]
mod tests;
