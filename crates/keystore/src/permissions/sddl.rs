//! Security descriptors as text (MS-DTYP 2.5.1).

use super::{Acl, Entry, PermissionsError, Principal, account, rights};

/// Whether a line can be a security descriptor.
pub(super) fn looks_like(line: &str) -> bool {
    let starts = |start: &str| line.get(..2).is_some_and(|head| head.eq_ignore_ascii_case(start));
    // C:\… is a path of icacls, D:\… too.
    (starts("O:") || starts("G:") || starts("D:")) && !line.get(2..3).is_some_and(|next| next == "\\" || next == "/")
}

/// Reads the access control list of a security descriptor.
///
/// # Errors
///
/// When it has none, or an entry is not one.
pub fn read_sddl(text: &str) -> Result<Acl, PermissionsError> {
    let text = text.trim();
    let list = dacl(text)
        .ok_or_else(|| PermissionsError::new("the security descriptor has no part D: (its access control list)"))?;
    let (flags, entries) = list.split_at(list.find('(').unwrap_or(list.len()));
    if flags.to_ascii_uppercase().contains("NO_ACCESS_CONTROL") {
        return Ok(Acl::Null);
    }
    let mut read = Vec::new();
    for ace in aces(entries)? {
        if let Some(entry) = entry(ace)? {
            read.push(entry);
        }
    }
    Ok(Acl::Entries(read))
}

/// What stands between `D:` and the next part; parts begin outside parentheses.
fn dacl(text: &str) -> Option<&str> {
    let mut depth = 0_usize;
    let mut start = None;
    let octets = text.as_bytes();
    for (at, octet) in octets.iter().enumerate() {
        match octet {
            b'(' => depth += 1,
            b')' => depth = depth.saturating_sub(1),
            b':' if depth == 0 && at > 0 => match (octets.get(at - 1).map(u8::to_ascii_uppercase), start) {
                (Some(b'D'), None) => start = Some(at + 1),
                (Some(b'O' | b'G' | b'S'), Some(from)) => return text.get(from..at - 1),
                _ => {}
            },
            _ => {}
        }
    }
    start.and_then(|from| text.get(from..))
}

/// The contents of the outermost parentheses.
fn aces(text: &str) -> Result<Vec<&str>, PermissionsError> {
    let mut found = Vec::new();
    let (mut depth, mut start) = (0_usize, 0);
    for (at, octet) in text.bytes().enumerate() {
        match octet {
            b'(' => {
                depth += 1;
                if depth == 1 {
                    start = at + 1;
                }
            }
            b')' => {
                depth = depth.checked_sub(1).ok_or_else(|| PermissionsError::new("a parenthesis too many"))?;
                if depth == 0 {
                    found.extend(text.get(start..at));
                }
            }
            _ if depth == 0 && !octet.is_ascii_whitespace() => {
                return Err(PermissionsError::new(format!("'{}' between two entries", char::from(octet))));
            }
            _ => {}
        }
    }
    if depth > 0 { Err(PermissionsError::new("an entry does not end")) } else { Ok(found) }
}

/// One entry; `None` when it neither allows nor denies (auditing, labels).
fn entry(ace: &str) -> Result<Option<Entry>, PermissionsError> {
    let fail = |what: &str| PermissionsError::new(format!("{what} in the entry ({ace})"));
    let mut fields = ace.splitn(7, ';').map(str::trim);
    let mut field = || fields.next().ok_or_else(|| fail("fields are missing"));
    let (kind, flags, mask) = (field()?, field()?, field()?);
    // The types of objects, which keys do not have.
    let (_, _, sid) = (field()?, field()?, field()?);
    let (allows, is_conditional) = match kind.to_ascii_uppercase().as_str() {
        "A" | "OA" => (true, false),
        "D" | "OD" => (false, false),
        "XA" | "ZA" => (true, true),
        "XD" => (false, true),
        _ => return Ok(None),
    };
    let principal = if account::is_sid(sid) {
        Principal::Sid(sid.to_ascii_uppercase())
    } else {
        match account::sid_by_abbreviation(sid) {
            Some(known) => Principal::Sid(known.to_owned()),
            // Abbreviations such as DA stand for groups of the domain.
            None if sid.len() == 2 => Principal::Name(sid.to_owned()),
            None => return Err(fail("no security identifier")),
        }
    };
    Ok(Some(Entry {
        allows,
        principal,
        mask: rights_of(mask).ok_or_else(|| fail("rights that are not known"))?,
        is_inherit_only: pairs(flags).is_some_and(|flags| flags.iter().any(|flag| flag.eq_ignore_ascii_case("IO"))),
        is_conditional,
    }))
}

/// Rights as a number or as letters in pairs.
fn rights_of(text: &str) -> Option<u32> {
    if let Some(hexadecimal) = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        return u32::from_str_radix(hexadecimal, 16).ok();
    }
    if text.starts_with(|first: char| first.is_ascii_digit()) {
        return text.parse().ok();
    }
    pairs(text)?.into_iter().try_fold(0, |mask, pair| rights::by_name(rights::SDDL, pair).map(|right| mask | right))
}

fn pairs(text: &str) -> Option<Vec<&str>> {
    if !text.is_ascii() || !text.len().is_multiple_of(2) {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| text.get(at..at + 2)).collect()
}
