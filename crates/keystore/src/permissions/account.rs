//! Accounts and groups that every Windows has, and the identifiers of services.

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};

use super::Principal;

/// The account whose access is asked about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// As it was given.
    name: String,
    /// Its identifier, when the name tells it.
    sid: Option<String>,
    /// Identifiers of groups that it is in for certain, itself included.
    member_of: Vec<String>,
    others: Others,
}

/// Which groups an account can be in that are not known here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Others {
    /// Those that an administrator made (identifiers under S-1-5-21 from 1000 on, which
    /// may be an account's as well): services can be put there.
    Made,
    /// All.
    Any,
}

const EVERYONE: &str = "S-1-1-0";
const LOCAL_SYSTEM: &str = "S-1-5-18";
const LOCAL_SERVICE: &str = "S-1-5-19";
const NETWORK_SERVICE: &str = "S-1-5-20";
const ADMINISTRATORS: &str = "S-1-5-32-544";
const ALL_SERVICES: &str = "S-1-5-80-0";

/// Everyone, NT AUTHORITY\SERVICE, Authenticated Users, This Organization,
/// BUILTIN\Users: what the token of any service has.
const OF_SERVICES: &[&str] = &[EVERYONE, "S-1-5-6", "S-1-5-11", "S-1-5-15", "S-1-5-32-545", "S-1-2-0"];

/// What an account that logs on somehow is in.
const OF_ALL: &[&str] = &[EVERYONE, "S-1-5-11", "S-1-5-15", "S-1-5-32-545"];

/// Identifiers, SDDL abbreviations (MS-DTYP 2.5.1.1) and names in English.
const WELL_KNOWN: &[(&str, &str, &str)] = &[
    (EVERYONE, "WD", "Everyone"),
    ("S-1-2-0", "", "LOCAL"),
    ("S-1-3-0", "CO", "CREATOR OWNER"),
    ("S-1-3-1", "CG", "CREATOR GROUP"),
    ("S-1-3-4", "OW", "OWNER RIGHTS"),
    ("S-1-5-2", "NU", "NT AUTHORITY\\NETWORK"),
    ("S-1-5-3", "", "NT AUTHORITY\\BATCH"),
    ("S-1-5-4", "IU", "NT AUTHORITY\\INTERACTIVE"),
    ("S-1-5-6", "SU", "NT AUTHORITY\\SERVICE"),
    ("S-1-5-7", "AN", "NT AUTHORITY\\ANONYMOUS LOGON"),
    ("S-1-5-10", "PS", "NT AUTHORITY\\SELF"),
    ("S-1-5-11", "AU", "NT AUTHORITY\\Authenticated Users"),
    ("S-1-5-12", "RC", "NT AUTHORITY\\RESTRICTED"),
    ("S-1-5-15", "", "NT AUTHORITY\\This Organization"),
    ("S-1-5-17", "IS", "NT AUTHORITY\\IUSR"),
    (LOCAL_SYSTEM, "SY", "NT AUTHORITY\\SYSTEM"),
    (LOCAL_SERVICE, "LS", "NT AUTHORITY\\LOCAL SERVICE"),
    (NETWORK_SERVICE, "NS", "NT AUTHORITY\\NETWORK SERVICE"),
    (ADMINISTRATORS, "BA", "BUILTIN\\Administrators"),
    ("S-1-5-32-545", "BU", "BUILTIN\\Users"),
    ("S-1-5-32-546", "BG", "BUILTIN\\Guests"),
    ("S-1-5-32-547", "PU", "BUILTIN\\Power Users"),
    ("S-1-5-32-551", "BO", "BUILTIN\\Backup Operators"),
    ("S-1-5-32-568", "", "BUILTIN\\IIS_IUSRS"),
    ("S-1-5-32-569", "CY", "BUILTIN\\Cryptographic Operators"),
    (ALL_SERVICES, "", "NT SERVICE\\ALL SERVICES"),
    ("S-1-15-2-1", "AC", "APPLICATION PACKAGE AUTHORITY\\ALL APPLICATION PACKAGES"),
    ("S-1-15-2-2", "", "APPLICATION PACKAGE AUTHORITY\\ALL RESTRICTED APPLICATION PACKAGES"),
    ("S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464", "", "NT SERVICE\\TrustedInstaller"),
];

pub(super) fn well_known_name(sid: &str) -> Option<&'static str> {
    WELL_KNOWN.iter().find(|(known, _, _)| *known == sid).map(|(_, _, name)| *name)
}

pub(super) fn sid_by_abbreviation(abbreviation: &str) -> Option<&'static str> {
    let found = WELL_KNOWN.iter().find(|(_, short, _)| !short.is_empty() && short.eq_ignore_ascii_case(abbreviation));
    found.map(|(sid, _, _)| *sid)
}

/// Authorities whose names have spaces, so that a line of icacls can be taken apart.
pub(super) const AUTHORITIES: &[&str] = &[
    "NT AUTHORITY\\",
    "NT SERVICE\\",
    "NT VIRTUAL MACHINE\\",
    "IIS APPPOOL\\",
    "BUILTIN\\",
    "APPLICATION PACKAGE AUTHORITY\\",
    "CREATOR OWNER",
    "CREATOR GROUP",
    "OWNER RIGHTS",
    "Everyone",
];

/// Whom a name is about: one that every Windows has, a service, or an
/// application pool becomes an identifier.
pub(super) fn principal(name: &str) -> Principal {
    let name = name.trim();
    if is_sid(name) {
        return Principal::Sid(name.to_ascii_uppercase());
    }
    let known = WELL_KNOWN.iter().find(|(_, _, known)| {
        known.eq_ignore_ascii_case(name)
            || known
                .split_once('\\')
                .is_some_and(|(authority, short)| authority != "NT SERVICE" && short.eq_ignore_ascii_case(name))
    });
    if let Some((sid, _, _)) = known {
        return Principal::Sid((*sid).to_owned());
    }
    match name.split_once('\\') {
        Some((authority, service)) if authority.eq_ignore_ascii_case("NT SERVICE") => {
            Principal::Sid(service_sid(service))
        }
        Some((authority, pool)) if authority.eq_ignore_ascii_case("IIS APPPOOL") => Principal::Sid(pool_sid(pool)),
        _ => Principal::Name(name.to_owned()),
    }
}

pub(super) fn is_sid(text: &str) -> bool {
    let mut parts = text.split('-');
    parts.next().is_some_and(|first| first.eq_ignore_ascii_case("S"))
        && text.matches('-').count() >= 2
        && parts.all(|part| !part.is_empty() && part.bytes().all(|octet| octet.is_ascii_digit()))
}

/// The identifier of a service: S-1-5-80 and SHA-1 over its name in upper case
/// as UTF-16LE, in five numbers of 32 bits.
pub fn service_sid(service: &str) -> String {
    hashed_sid(80, &service.to_uppercase())
}

/// The identifier of an IIS application pool: likewise with S-1-5-82 and the
/// name in lower case.
fn pool_sid(pool: &str) -> String {
    hashed_sid(82, &pool.to_lowercase())
}

fn hashed_sid(authority: u32, name: &str) -> String {
    let octets: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut sid = format!("S-1-5-{authority}");
    let hash = digest(&SHA1_FOR_LEGACY_USE_ONLY, &octets);
    let (numbers, _) = hash.as_ref().as_chunks::<4>();
    for number in numbers {
        sid.push_str(&format!("-{}", u32::from_le_bytes(*number)));
    }
    sid
}

impl Account {
    /// An account by its name (`NT SERVICE\DIAHostService`, `NETWORK SERVICE`,
    /// `CONTOSO\svc`) or its identifier.
    pub fn parse(text: &str) -> Account {
        let name = text.trim().to_owned();
        let sid = match principal(&name) {
            Principal::Sid(sid) => Some(sid),
            Principal::Name(_) => None,
        };
        let is = |wanted: &str| sid.as_deref() == Some(wanted);
        let starts = |start: &str| sid.as_deref().is_some_and(|sid| sid.starts_with(start));
        let (groups, more, others): (&[&str], &[&str], Others) = if starts("S-1-5-80-") {
            (OF_SERVICES, &[ALL_SERVICES], Others::Made)
        } else if starts("S-1-5-82-") {
            (OF_SERVICES, &["S-1-5-32-568", "S-1-5-82-0"], Others::Made)
        } else if is(LOCAL_SYSTEM) {
            (OF_SERVICES, &[ADMINISTRATORS], Others::Made)
        } else if is(LOCAL_SERVICE) || is(NETWORK_SERVICE) {
            (OF_SERVICES, &[], Others::Made)
        } else {
            (OF_ALL, &[], Others::Any)
        };
        let member_of = groups.iter().chain(more).map(|group| (*group).to_owned()).chain(sid.clone()).collect();
        Account { name, sid, member_of, others }
    }

    /// As it was given.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its identifier, when the name tells it.
    pub fn sid(&self) -> Option<&str> {
        self.sid.as_deref()
    }

    /// Whether an entry about this principal is about the account; `None` when
    /// that depends on what it is a member of, or on a name in another language.
    pub(super) fn is(&self, principal: &Principal) -> Option<bool> {
        match principal {
            Principal::Sid(sid) if self.member_of.contains(sid) => Some(true),
            Principal::Sid(sid) => {
                let may_be = match self.others {
                    // An account of a domain by its name may be any of its identifiers.
                    Others::Any => !is_never_a_group(sid),
                    Others::Made => is_made(sid),
                };
                if may_be { None } else { Some(false) }
            }
            Principal::Name(name) if name.eq_ignore_ascii_case(&self.name) => Some(true),
            // Users and groups of a domain, or well-known ones of a Windows in another language.
            Principal::Name(_) => None,
        }
    }
}

/// Whether it is of an account or group that did not come with Windows or the domain
/// (MS-DTYP §2.4.2.4: those have relative identifiers below 1000).
fn is_made(sid: &str) -> bool {
    let relative = sid.strip_prefix("S-1-5-21-").and_then(|rest| rest.rsplit('-').next());
    // One that is too long for a number is not below 1000.
    relative.is_some_and(|relative| relative.parse::<u64>().map_or(true, |relative| relative >= 1000))
}

/// Identifiers of single accounts, and of groups that no person or service
/// account of a domain is in unasked.
fn is_never_a_group(sid: &str) -> bool {
    const NEVER: &[&str] = &[LOCAL_SYSTEM, LOCAL_SERVICE, NETWORK_SERVICE, "S-1-3-0", "S-1-3-1", "S-1-5-7", "S-1-5-12"];
    NEVER.contains(&sid) || ["S-1-5-80-", "S-1-5-82-", "S-1-15-"].iter().any(|start| sid.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_of_services_and_pools() {
        for (service, sid) in [
            ("DIAHostService", "S-1-5-80-2309424314-4000424941-3690464367-1726909705-3288450713"),
            ("diahostservice", "S-1-5-80-2309424314-4000424941-3690464367-1726909705-3288450713"),
            ("TrustedInstaller", "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464"),
            ("MSSQLSERVER", "S-1-5-80-3880718306-3832830129-1677859214-2598158968-1052248003"),
        ] {
            assert_eq!(service_sid(service), sid);
            assert_eq!(Account::parse(&format!("nt service\\{service}")).sid(), Some(sid));
        }
        assert_eq!(
            Account::parse("IIS APPPOOL\\DefaultAppPool").sid(),
            Some("S-1-5-82-3006700770-424185619-1745488364-794895919-4004696415")
        );
    }

    #[test]
    fn names_of_accounts() {
        for (name, sid) in [
            ("NETWORK SERVICE", Some("S-1-5-20")),
            ("nt authority\\system", Some("S-1-5-18")),
            ("s-1-5-21-1-2-3-1001", Some("S-1-5-21-1-2-3-1001")),
            ("CONTOSO\\svc", None),
            ("S-1", None),
        ] {
            assert_eq!(Account::parse(name).sid(), sid, "{name}");
        }
    }
}
