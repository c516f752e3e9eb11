//! What icacls prints.

use super::{Acl, Entry, PermissionsError, account, rights};

/// The list of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    /// The file, as far as it can be told from the account beside it.
    pub path: String,
    /// Its list.
    pub acl: Acl,
}

/// Reads the output of `icacls FILE …`: the first line of a file has its name
/// and the first entry, those below are indented by the name's length.
///
/// # Errors
///
/// When there is no entry, or one cannot be read.
pub fn read_icacls(text: &str) -> Result<Vec<Listing>, PermissionsError> {
    let lines: Vec<&str> = text.lines().collect();
    let mut listings: Vec<Listing> = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let Some((whom, said)) = take_apart(line) else {
            continue;
        };
        let is_first = !whom.starts_with([' ', '\t']);
        let name = if is_first {
            let below = lines.get(at + 1).and_then(|next| take_apart(next)).map(|(whom, _)| indentation(whom));
            let (path, name) = path_and_name(whom, below.unwrap_or(0));
            listings.push(Listing { path: path.to_owned(), acl: Acl::Entries(Vec::new()) });
            name
        } else {
            whom
        };
        let entry = entry(name, said)?;
        match listings.last_mut() {
            Some(Listing { acl: Acl::Entries(entries), .. }) => entries.push(entry),
            // Cut out of the middle: still one file's.
            _ => listings.push(Listing { path: String::new(), acl: Acl::Entries(vec![entry]) }),
        }
    }
    if listings.is_empty() {
        return Err(PermissionsError::new("neither an SDDL string nor a list that icacls prints"));
    }
    Ok(listings)
}

/// The account, with what stands before it, and the parentheses after it.
fn take_apart(line: &str) -> Option<(&str, &str)> {
    let line = line.trim_end();
    let at = line.find(":(")?;
    let said = line.get(at + 1..)?;
    said.ends_with(')').then_some((line.get(..at)?, said))
}

fn indentation(text: &str) -> usize {
    text.len() - text.trim_start().len()
}

fn path_and_name(whom: &str, below: usize) -> (&str, &str) {
    // Lengths are in characters; paths of keys have no others than ASCII.
    if below > 0
        && let (Some(path), Some(name)) = (whom.get(..below), whom.get(below..))
        && path.ends_with(' ')
    {
        return (path.trim_end(), name);
    }
    let upper = whom.to_ascii_uppercase();
    let by_authority = account::AUTHORITIES
        .iter()
        .filter_map(|authority| upper.find(&format!(" {}", authority.to_ascii_uppercase())))
        .min();
    match by_authority.or_else(|| whom.rfind(' ')) {
        Some(at) => (whom.get(..at).unwrap_or_default(), whom.get(at + 1..).unwrap_or_default()),
        None => ("", whom),
    }
}

fn entry(name: &str, said: &str) -> Result<Entry, PermissionsError> {
    let mut entry = Entry {
        allows: true,
        principal: account::principal(name),
        mask: 0,
        is_inherit_only: false,
        is_conditional: false,
    };
    for group in said.split(['(', ')']).filter(|group| !group.is_empty()) {
        match group.to_ascii_uppercase().as_str() {
            "DENY" => entry.allows = false,
            "IO" => entry.is_inherit_only = true,
            "I" | "OI" | "CI" | "NP" => {}
            // Nothing at all is allowed: everything is denied.
            "N" => (entry.allows, entry.mask) = (false, rights::ALL),
            list => {
                for right in list.split(',').map(str::trim) {
                    entry.mask |= rights::by_name(rights::ICACLS, right).ok_or_else(|| {
                        PermissionsError::new(format!("'{right}' of {} is no right that icacls has", name.trim()))
                    })?;
                }
            }
        }
    }
    Ok(entry)
}
