//! Name constraints a second time, straight from RFC 5280 §4.2.1.10: every
//! subtree against everything that a name stands for, nothing prepared and
//! nothing shared with the library but the reading of DER.

use certlens_core::encoding::der::Tag;
use certlens_core::validation::Breach;
use certlens_core::x509::extension::{GeneralSubtree, NameConstraints};
use certlens_core::x509::general_name::GeneralName;
use certlens_core::x509::name::Rdn;
use certlens_core::x509::oid::{Oid, oids};

/// How a name breaks constraints; `None` when it does not.
pub fn judge(stated: &NameConstraints<'_>, name: &GeneralName<'_>) -> Option<Breach> {
    let lists = [&stated.excluded, &stated.permitted]
        .map(|list| list.iter().flat_map(|list| list.iter()).filter(|subtree| applies(subtree, name)).collect());
    let [excluded, permitted]: [Vec<GeneralSubtree<'_>>; 2] = lists;
    if excluded.iter().chain(&permitted).any(|subtree| !is_processed(subtree)) {
        return Some(Breach::NotSupported);
    }
    let all: Vec<&GeneralSubtree<'_>> = excluded.iter().chain(&permitted).collect();
    let ones = plain_names(name, &all);
    let is_within = |list: &[GeneralSubtree<'_>], one: &Plain| list.iter().any(|subtree| within(one, &subtree.base));
    let reaches_excluded = ones.as_ref().is_none_or(|ones| ones.iter().any(|one| is_within(&excluded, one)))
        || excluded.iter().any(|subtree| cannot_be_told(name, &subtree.base));
    let stays_permitted = ones.as_ref().is_some_and(|ones| ones.iter().all(|one| is_within(&permitted, one)));
    if !excluded.is_empty() && reaches_excluded {
        return Some(Breach::Excluded);
    }
    if !permitted.is_empty() && !stays_permitted {
        return Some(Breach::NotPermitted);
    }
    None
}

/// Whether a directory name has, as far as the base reaches, a value that is no
/// text, so that it cannot be shown to be another.
fn cannot_be_told(name: &GeneralName<'_>, base: &GeneralName<'_>) -> bool {
    let (GeneralName::Directory(name), GeneralName::Directory(base)) = (name, base) else { return false };
    let is_text = |rdn: &Rdn<'_>| rdn.attributes().all(|attribute| attribute.value.text().is_some());
    !name.rdns().take(base.rdns().count()).all(|rdn| is_text(&rdn))
}

/// Whether the names in question are in printable ASCII: the preparation of all
/// else (RFC 4518) is not done a second time here.
pub fn is_comparable(stated: &NameConstraints<'_>, name: &GeneralName<'_>) -> bool {
    let is_plain = |name: &GeneralName<'_>| match name {
        GeneralName::Directory(name) => name.rdns().flat_map(|rdn| rdn.attributes()).all(|attribute| {
            attribute.value.text().is_none_or(|text| text.bytes().all(|octet| (0x20..0x7f).contains(&octet)))
        }),
        _ => true,
    };
    let mut all = [&stated.permitted, &stated.excluded].into_iter().flatten().flat_map(|list| list.iter());
    is_plain(name) && all.all(|subtree| is_plain(&subtree.base))
}

/// Whether every base can be understood.
pub fn is_well_formed(stated: &NameConstraints<'_>) -> bool {
    let mut all = [&stated.permitted, &stated.excluded].into_iter().flatten().flat_map(|list| list.iter());
    all.all(|subtree| !is_processed(&subtree) || is_base(&subtree.base))
}

/// Whether the subtree is about names of this form. SmtpUTF8Mailbox is subject to
/// rfc822Name as well (RFC 9598 §6).
fn applies(subtree: &GeneralSubtree<'_>, name: &GeneralName<'_>) -> bool {
    use GeneralName as G;
    match (&subtree.base, name) {
        (G::Other { oid: base, .. }, G::Other { oid, .. }) => base.as_bytes() == oid.as_bytes(),
        (G::Rfc822(_), G::Other { oid, .. }) => *oid == oids::SMTP_UTF8_MAILBOX,
        (base, name) => std::mem::discriminant(base) == std::mem::discriminant(name),
    }
}

fn is_processed(subtree: &GeneralSubtree<'_>) -> bool {
    use GeneralName::{Directory, Dns, Ip, Rfc822, Uri};
    let is_form = matches!(subtree.base, Dns(_) | Ip(_) | Rfc822(_) | Uri(_) | Directory(_));
    is_form && subtree.minimum == Some(0) && !subtree.has_maximum
}

/// One thing that a name stands for.
enum Plain {
    Dns(Vec<String>),
    Ip(Vec<bool>),
    Mailbox { local: Option<String>, host: Vec<String> },
    Uri(Vec<String>),
    Directory(Vec<Relative>),
}

/// A relative name, ready to be compared (RFC 5280 §7.1).
type Relative = Vec<(Vec<u8>, Result<String, Vec<u8>>)>;

/// `None` when the name is not well-formed.
fn plain_names(name: &GeneralName<'_>, subtrees: &[&GeneralSubtree<'_>]) -> Option<Vec<Plain>> {
    Some(match name {
        GeneralName::Dns(octets) => {
            let Some(base) = octets.strip_prefix(b"*.") else { return Some(vec![Plain::Dns(host(octets)?)]) };
            let base = host(base)?;
            // Each label that any base could begin with, and one that none does: no
            // other label makes a difference.
            let labels = subtrees.iter().filter_map(|subtree| first_label(&subtree.base));
            let names = labels.chain(["*".to_owned()]).map(|label| {
                let mut name = vec![label];
                name.extend(base.iter().cloned());
                Plain::Dns(name)
            });
            names.collect()
        }
        GeneralName::Ip(octets) if matches!(octets.len(), 4 | 16) => vec![Plain::Ip(bits(octets))],
        GeneralName::Rfc822(octets) => vec![mailbox(std::str::from_utf8(octets).ok().filter(|text| text.is_ascii())?)?],
        GeneralName::Other { value, .. } => {
            let text = std::str::from_utf8(value.content()).ok().filter(|_| value.tag == Tag::UTF8_STRING)?;
            let (local, domain) = text.rsplit_once('@')?;
            let host = host(domain.as_bytes()).filter(|_| !local.is_ascii())?;
            // Only a host or a domain can be compared (RFC 9598 §6); a mailbox in ASCII
            // must not stand here (§3).
            vec![Plain::Mailbox { local: None, host }]
        }
        GeneralName::Uri(octets) => vec![Plain::Uri(host_of_uri(octets)?)],
        GeneralName::Directory(name) => vec![Plain::Directory(name.rdns().map(|rdn| relative(&rdn)).collect())],
        _ => return None,
    })
}

fn first_label(base: &GeneralName<'_>) -> Option<String> {
    let GeneralName::Dns(octets) = base else { return None };
    host(octets)?.into_iter().next()
}

fn within(name: &Plain, base: &GeneralName<'_>) -> bool {
    match (name, base) {
        // "Any DNS name that can be constructed by simply adding zero or more labels."
        (Plain::Dns(name), GeneralName::Dns(base)) => match base.strip_prefix(b".") {
            _ if base.is_empty() => true,
            Some(base) => host(base).is_some_and(|base| name.len() > base.len() && name.ends_with(&base)),
            None => host(base).is_some_and(|base| name.ends_with(&base)),
        },
        (Plain::Ip(address), GeneralName::Ip(base)) => {
            let (network, mask) = base.split_at(base.len() / 2);
            let (network, mask) = (bits(network), bits(mask));
            [network.len(), mask.len()] == [address.len(); 2]
                && is_mask(&mask)
                && (0..mask.len()).all(|place| !mask[place] || network[place] == address[place])
        }
        (Plain::Mailbox { local, host: domain }, GeneralName::Rfc822(base)) => {
            let text = String::from_utf8_lossy(base);
            match (mailbox(&text), text.contains('@')) {
                (Some(Plain::Mailbox { local: wanted, host }), true) => {
                    local.is_some() && *local == wanted && *domain == host
                }
                (_, true) => false,
                (_, false) => is_host_in(domain, base),
            }
        }
        (Plain::Uri(name), GeneralName::Uri(base)) => is_host_in(name, base),
        (Plain::Directory(name), GeneralName::Directory(base)) => {
            let base: Vec<Relative> = base.rdns().map(|rdn| relative(&rdn)).collect();
            name.starts_with(&base)
        }
        _ => false,
    }
}

/// "When the constraint begins with a period, it MAY be expanded with one or more
/// labels"; otherwise it is a host.
fn is_host_in(name: &[String], base: &[u8]) -> bool {
    match base.strip_prefix(b".") {
        Some(base) => host(base).is_some_and(|base| name.len() > base.len() && name.ends_with(&base)),
        None => host(base).is_some_and(|base| name == base),
    }
}

fn is_base(base: &GeneralName<'_>) -> bool {
    let is_host = |octets: &[u8]| host(octets.strip_prefix(b".").unwrap_or(octets)).is_some();
    match base {
        GeneralName::Dns(octets) => octets.is_empty() || is_host(octets),
        GeneralName::Uri(octets) => is_host(octets),
        GeneralName::Rfc822(octets) if octets.contains(&b'@') => mailbox(&String::from_utf8_lossy(octets)).is_some(),
        GeneralName::Rfc822(octets) => is_host(octets),
        GeneralName::Ip(octets) => matches!(octets.len(), 8 | 32) && is_mask(&bits(&octets[octets.len() / 2..])),
        _ => true,
    }
}

/// The labels of a host name in lower case; `None` when it is none.
fn host(octets: &[u8]) -> Option<Vec<String>> {
    let text = std::str::from_utf8(octets).ok().filter(|text| text.len() <= 253)?;
    let is_label = |label: &str| {
        let is_allowed = |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_';
        !label.is_empty()
            && label.len() < 64
            && label.chars().all(is_allowed)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let labels: Vec<String> = text.split('.').map(str::to_ascii_lowercase).collect();
    labels.iter().all(|label| is_label(label)).then_some(labels)
}

/// A mailbox by RFC 5321 §4.1.2, the local part as what it stands for.
fn mailbox(text: &str) -> Option<Plain> {
    let at = text.rfind('@')?;
    let (local, domain) = (&text[..at], &text[at + 1..]);
    let meant = if local.starts_with('"') { quoted_string(local)? } else { dot_string(local)? };
    Some(Plain::Mailbox { local: Some(meant), host: host(domain.as_bytes())? })
}

/// `Atom *("." Atom)`.
fn dot_string(local: &str) -> Option<String> {
    const SPECIALS: &str = "\"(),:;<>@[\\] ";
    let is_atext = |letter: char| !letter.is_control() && !letter.is_whitespace() && !SPECIALS.contains(letter);
    let dots_are_between = !local.starts_with('.') && !local.ends_with('.') && !local.contains("..");
    let is_atoms = local.chars().all(|letter| letter == '.' || is_atext(letter));
    (!local.is_empty() && dots_are_between && is_atoms).then(|| local.to_owned())
}

/// `DQUOTE *QcontentSMTP DQUOTE`, not empty.
fn quoted_string(local: &str) -> Option<String> {
    let (mut meant, mut escaped, mut closed) = (String::new(), false, false);
    for letter in local.chars().skip(1) {
        if closed || letter.is_control() {
            return None;
        }
        match (escaped, letter) {
            (false, '"') => closed = true,
            (false, '\\') => escaped = true,
            _ => {
                meant.push(letter);
                escaped = false;
            }
        }
    }
    (closed && !meant.is_empty()).then_some(meant)
}

/// The host of a URI that has one by name (RFC 3986 §3).
fn host_of_uri(octets: &[u8]) -> Option<Vec<String>> {
    let text = String::from_utf8_lossy(octets);
    let colon = text.find("://")?;
    let scheme = &text[..colon];
    if !scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        || !scheme.chars().all(|letter| letter.is_ascii_alphanumeric() || "+-.".contains(letter))
    {
        return None;
    }
    let rest = &text[colon + 3..];
    let authority = &rest[..rest.find(['/', '?', '#']).unwrap_or(rest.len())];
    if !authority.chars().all(|letter| letter.is_ascii_alphanumeric() || "-._~!$&'()*+,;=:@%[]".contains(letter)) {
        return None;
    }
    let place = authority.rfind('@').map_or(authority, |at| &authority[at + 1..]);
    let name = match place.rfind(':') {
        Some(at) if place[at + 1..].chars().all(|letter| letter.is_ascii_digit()) => &place[..at],
        Some(_) => return None,
        None => place,
    };
    let host = host(name.as_bytes())?;
    let is_octet = |label: &String| label.parse::<u8>().is_ok_and(|number| number.to_string() == *label);
    // An address is no host name.
    (host.len() != 4 || !host.iter().all(is_octet)).then_some(host)
}

fn bits(octets: &[u8]) -> Vec<bool> {
    octets.iter().flat_map(|octet| (0..8).rev().map(move |place| octet >> place & 1 == 1)).collect()
}

/// Ones first (RFC 4632).
fn is_mask(bits: &[bool]) -> bool {
    bits.windows(2).all(|pair| pair[0] || !pair[1])
}

fn relative(rdn: &Rdn<'_>) -> Relative {
    let mut attributes: Relative = rdn
        .attributes()
        .map(|attribute| {
            let value = match attribute.value.text() {
                Some(text) => {
                    let words: Vec<String> = text
                        .split_whitespace()
                        .map(|word| word.chars().flat_map(char::to_lowercase).collect())
                        .collect();
                    Ok(words.join(" "))
                }
                None => Err(attribute.value.raw.to_vec()),
            };
            (Oid::as_bytes(&attribute.oid).to_vec(), value)
        })
        .collect();
    attributes.sort();
    attributes
}
