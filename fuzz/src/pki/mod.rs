//! A small PKI described by a few octets: which certificates there are, who
//! issued them, and what is wrong with them.
//!
//! Whatever is left at zero is sound, so that a change to the octets breaks one
//! thing: a target, CAs that issue each other in a row, and the last one as trust
//! anchor.

pub mod build;
pub mod model;
pub mod policies;

/// The most certificates.
pub const MOST: usize = 6;

/// Octets for each certificate.
const RECORD: usize = 8;

/// The name that is verified.
pub const REFERENCE: &str = "www.example.com";

/// Everything given to a verification.
#[derive(Debug)]
pub struct Pki {
    /// The target first.
    pub certificates: Vec<Described>,
    /// Places of trust anchors.
    pub anchors: Vec<usize>,
    /// Places of what is in the pool, in its order.
    pub pool: Vec<usize>,
    /// Whether anchors of which only name and key count are given as such, not as
    /// certificates.
    pub named_keys: bool,
    /// Which one of the pool is taken out to see what it changes.
    pub left_out: usize,
    pub request: Request,
}

/// What is demanded beyond purpose and name (RFC 5280 §6.1.1 (c), (e) to (g)).
#[derive(Clone, Copy, Debug)]
pub struct Request {
    /// P alone is acceptable, not every policy.
    pub only_p: bool,
    pub explicit: bool,
    pub no_mapping: bool,
    pub no_any: bool,
    /// At most one intermediate that is not self-issued.
    pub at_most_one: bool,
}

/// One certificate.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Described {
    pub version_1: bool,
    pub subject: usize,
    pub key: usize,
    pub issuer: usize,
    pub signed_by: usize,
    pub broken_signature: bool,
    pub validity: Validity,
    pub constraints: Basic,
    pub usage: Usage,
    pub purposes: Purposes,
    pub alternatives: Vec<Alternative>,
    pub permitted: Vec<Base>,
    pub excluded: Vec<Base>,
    pub subject_key: Identifier,
    pub authority_key: Identifier,
    pub odd: Odd,
    pub asserts: Asserted,
    pub maps: Mapped,
    pub demands: Demand,
}

macro_rules! choice {
    ($(#[$doc:meta])* $name:ident: $($variant:ident),+) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name { $($variant),+ }

        #[allow(dead_code, reason = "some are chosen one at a time, others several")]
        impl $name {
            const ALL: &[$name] = &[$($name::$variant),+];

            fn of(number: u8) -> $name {
                $name::ALL[usize::from(number) % $name::ALL.len()]
            }

            fn several(bits: u8) -> Vec<$name> {
                let chosen = $name::ALL.iter().enumerate().filter(|(place, _)| bits >> place & 1 == 1);
                chosen.map(|(_, one)| *one).collect()
            }
        }
    };
}

choice!(Validity: Long, Expired, Future, Year, FirstSecond, LastSecond, Renewed, SecondLate);
choice!(
    /// basicConstraints.
    Basic: Sound, Absent, NoCa, NoCaWithLength, Ca, Ca0, Ca1, Ca0NotCritical
);
choice!(
    /// keyUsage.
    Usage: Absent, Signs, Serves, Both, Enciphers, SignsLists, Agrees, EnciphersData
);
choice!(
    /// extKeyUsage.
    Purposes: Absent, Server, Client, ClientAndServer, Any, Gated, CodeCritical, ServerCritical
);
choice!(Alternative: Www, Wildcard, Domain, Other, Address, OtherAddress, Mailbox, Malformed);
choice!(
    /// The base of a name constraint; the malformed one is an address whose mask is
    /// none.
    Base: Domain, BelowDomain, Www, Network, Organization, Two, MailDomain, Malformed
);
choice!(
    /// certificatePolicies.
    Asserted: Absent, P, Q, PAndQ, Any, PAndAny, QAndAny, All
);
choice!(
    /// policyMappings.
    Mapped: Nothing, PToQ, QToP, Exchanged
);
choice!(
    /// policyConstraints and inhibitAnyPolicy, with the number in them.
    Demand: Nothing, Explicit0, Explicit1, NoMapping0, NoMapping1, NoAny0, NoAny1, Explicit0NoMapping0
);
choice!(Identifier: Right, Absent, Wrong, RightCritical);
choice!(Odd: Nothing, Unknown, UnknownCritical, PoliciesCritical);

/// Two names that RFC 5280 §7.1 calls equal, though written differently.
pub const SPELLINGS: [usize; 2] = [0, 4];

/// How many names there are.
pub const NAMES: usize = 6;

/// How many keys there are.
pub const KEYS: usize = 5;

/// Whether two names are equal by RFC 5280 §7.1.
pub fn same_name(one: usize, other: usize) -> bool {
    one == other || (SPELLINGS.contains(&one) && SPELLINGS.contains(&other))
}

impl Pki {
    /// `None` without a trust anchor.
    pub fn read(data: &[u8]) -> Option<Pki> {
        let octet = |place: usize| data.get(place).copied().unwrap_or_default();
        let count = 1 + usize::from(octet(0).wrapping_add(2)) % MOST;
        let record = |place: usize| {
            let start = 4 + place * RECORD;
            std::array::from_fn(|at| octet(start + at))
        };
        let keys_and_names: Vec<(usize, usize)> = (0..count)
            .map(|place| {
                let [first, ..]: [u8; RECORD] = record(place);
                let (name, key) = (usize::from(first & 7), usize::from(first >> 3 & 7));
                ((place + name) % NAMES, (place + key) % KEYS)
            })
            .collect();
        let certificates: Vec<Described> =
            (0..count).map(|place| Described::read(place, &keys_and_names, record(place))).collect();
        let is_anchor = |place: &usize| (octet(1) ^ 1 << (count - 1)) >> place & 1 == 1;
        let anchors: Vec<usize> = (0..count).filter(is_anchor).collect();
        let flags = octet(2);
        let mut pool: Vec<usize> = (1..count).filter(|place| flags & 1 == 1 || !is_anchor(place)).collect();
        // The target may stand in the pool as well.
        pool.extend((flags & 4 != 0).then_some(0));
        let turn = usize::from(octet(3)) % pool.len().max(1);
        pool.rotate_left(turn);
        let left_out = usize::from(octet(3) >> 4);
        let request = Request {
            only_p: flags & 0x08 != 0,
            explicit: flags & 0x10 != 0,
            no_mapping: flags & 0x20 != 0,
            no_any: flags & 0x40 != 0,
            at_most_one: flags & 0x80 != 0,
        };
        let pki = Pki { certificates, anchors, pool, named_keys: flags & 2 != 0, left_out, request };
        (!pki.anchors.is_empty()).then_some(pki)
    }
}

impl Described {
    fn read(place: usize, all: &[(usize, usize)], record: [u8; RECORD]) -> Described {
        let [first, above, form, use_of, alternatives, permitted, excluded, policies] = record;
        let (subject, key) = all[place];
        let issuer_place = ((place + 1).min(all.len() - 1) + usize::from(above & 7)) % all.len();
        let (mut issuer, mut signed_by) = all[issuer_place];
        if above & 0x10 != 0 {
            signed_by = (signed_by + 1) % KEYS;
        }
        if above & 0x20 != 0 && SPELLINGS.contains(&issuer) {
            issuer = SPELLINGS[usize::from(issuer == SPELLINGS[0])];
        }
        let described = Described {
            version_1: first & 0xc0 == 0xc0,
            subject,
            key,
            issuer,
            signed_by,
            broken_signature: above & 0x08 != 0,
            validity: Validity::of(form >> 3 & 7),
            constraints: match Basic::of(form & 7) {
                Basic::Sound if place == 0 => Basic::Absent,
                Basic::Sound => Basic::Ca,
                other => other,
            },
            usage: Usage::of(use_of & 7),
            purposes: Purposes::of(use_of >> 3 & 7),
            alternatives: Alternative::several(alternatives ^ u8::from(place == 0)),
            permitted: Base::several(permitted),
            excluded: Base::several(excluded),
            subject_key: if first & 0x40 != 0 { Identifier::of(form >> 6 & 3) } else { Identifier::Right },
            authority_key: Identifier::of(above >> 6),
            odd: Odd::of(use_of >> 6),
            asserts: match (Asserted::of(policies & 7), Odd::of(use_of >> 6)) {
                (Asserted::Absent, Odd::PoliciesCritical) => Asserted::P,
                (asserts, _) => asserts,
            },
            maps: Mapped::of(policies >> 3 & 3),
            demands: Demand::of(policies >> 5),
        };
        if described.version_1 { described.without_extensions() } else { described }
    }

    fn without_extensions(self) -> Described {
        Described {
            constraints: Basic::Absent,
            usage: Usage::Absent,
            purposes: Purposes::Absent,
            alternatives: Vec::new(),
            permitted: Vec::new(),
            excluded: Vec::new(),
            subject_key: Identifier::Absent,
            authority_key: Identifier::Absent,
            odd: Odd::Nothing,
            asserts: Asserted::Absent,
            maps: Mapped::Nothing,
            demands: Demand::Nothing,
            ..self
        }
    }

    /// Whether issuer and subject are one name by RFC 5280 §7.1.
    pub fn is_self_issued(&self) -> bool {
        same_name(self.issuer, self.subject)
    }
}
