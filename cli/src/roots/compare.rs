//! How two sets differ, by certificate and by key.

use std::collections::HashMap;

use certlens_core::microsoft::trust_list::Identified;
use certlens_core::x509::Certificate;

use super::set::{Member, Set};

/// How a member of one set stands to the other set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Relation {
    /// Both have a root of this name, with different keys.
    OtherKey,
    /// Both have the key under this name, in different certificates.
    SameKey,
    OnlyLeft,
    OnlyRight,
    /// Both have the certificate.
    Same,
}

/// A row of the comparison.
pub(crate) struct Difference<'a> {
    pub(crate) relation: Relation,
    pub(crate) left: Option<&'a Member>,
    pub(crate) right: Option<&'a Member>,
}

/// The comparison of two sets.
pub(crate) struct Comparison<'a> {
    /// All rows, those with the same certificate too, in the order of the relations.
    pub(crate) rows: Vec<Difference<'a>>,
    /// A side has hashes alone, so that keys cannot be compared.
    pub(crate) by_hash: bool,
}

impl Comparison<'_> {
    pub(crate) fn count(&self, relation: Relation) -> usize {
        self.rows.iter().filter(|row| row.relation == relation).count()
    }

    pub(crate) fn is_equal(&self) -> bool {
        self.rows.iter().all(|row| row.relation == Relation::Same)
    }
}

/// What a certificate is recognised by: a hash of the whole, or of its signed part.
#[derive(PartialEq, Eq, Hash)]
enum Token {
    Certificate(Vec<u8>),
    SignedPart(Vec<u8>),
}

/// What the members of a list without certificates are identified by.
struct Scheme {
    identified: Option<Identified<'static>>,
    /// The lengths of its identifiers, of which there are as many as hash algorithms.
    lengths: Vec<usize>,
}

impl Scheme {
    fn new(set: &Set) -> Self {
        let mut lengths: Vec<usize> = Vec::new();
        for length in set.members.iter().filter_map(|member| member.identifier.as_ref()).map(Vec::len) {
            if !lengths.contains(&length) {
                lengths.push(length);
            }
        }
        Scheme { identified: set.identified, lengths }
    }
}

fn token(identified: Option<Identified<'static>>, octets: Vec<u8>) -> Token {
    match identified {
        Some(Identified::SignedPart) => Token::SignedPart(octets),
        _ => Token::Certificate(octets),
    }
}

/// Everything that a member is recognised by where the other set is of this scheme.
fn tokens(set: &Set, member: &Member, other: &Scheme) -> Vec<Token> {
    let mut tokens = Vec::new();
    if let Some(identifier) = &member.identifier {
        tokens.push(token(set.identified, identifier.clone()));
    }
    if let Some(sha256) = &member.properties.sha256 {
        tokens.push(Token::Certificate(sha256.clone()));
    }
    if let Some(certificate) = &member.certificate {
        tokens.push(Token::Certificate(certificate.id().0.to_vec()));
        let hashes = other.lengths.iter().filter_map(|length| other.identified?.identifier(certificate, *length));
        tokens.extend(hashes.map(|hash| token(other.identified, hash)));
    }
    tokens
}

type Key = ([u8; 32], certlens_core::x509::name::NameDigest);

fn key(certificate: &Certificate) -> Key {
    (certificate.spki_digest(), certificate.subject_digest())
}

/// Compares two sets.
pub(crate) fn compare<'a>(left: &'a Set, right: &'a Set) -> Comparison<'a> {
    let (left_scheme, right_scheme) = (Scheme::new(left), Scheme::new(right));
    let mut by_token = HashMap::new();
    let mut right_keys = HashMap::new();
    let mut right_names = HashMap::new();
    for (index, member) in right.members.iter().enumerate() {
        for token in tokens(right, member, &left_scheme) {
            by_token.entry(token).or_insert(index);
        }
        if let Some(certificate) = &member.certificate {
            right_keys.entry(key(certificate)).or_insert(index);
            right_names.entry(certificate.subject_digest()).or_insert(index);
        }
    }
    let mut left_keys: HashMap<Key, &Member> = HashMap::new();
    let mut used = vec![false; right.members.len()];
    let mut rows = Vec::new();
    for member in &left.members {
        if let Some(certificate) = &member.certificate {
            left_keys.entry(key(certificate)).or_insert(member);
        }
        let same = tokens(left, member, &right_scheme).iter().find_map(|token| by_token.get(token)).copied();
        let certificate = member.certificate.as_ref();
        let same_key = || certificate.and_then(|certificate| right_keys.get(&key(certificate))).copied();
        let same_name = || certificate.and_then(|own| right_names.get(&own.subject_digest())).copied();
        let (relation, other) = match same {
            Some(index) => (Relation::Same, Some(index)),
            None => match same_key() {
                Some(index) => (Relation::SameKey, Some(index)),
                None => same_name().map_or((Relation::OnlyLeft, None), |index| (Relation::OtherKey, Some(index))),
            },
        };
        if let Some(used) = other.and_then(|index| used.get_mut(index)) {
            *used = true;
        }
        rows.push(Difference { relation, left: Some(member), right: other.and_then(|index| right.members.get(index)) });
    }
    for (member, used) in right.members.iter().zip(used) {
        if used {
            continue;
        }
        let other = member.certificate.as_ref().and_then(|certificate| left_keys.get(&key(certificate))).copied();
        let relation = if other.is_some() { Relation::SameKey } else { Relation::OnlyRight };
        rows.push(Difference { relation, left: other, right: Some(member) });
    }
    rows.sort_by_key(|row| row.relation);
    let by_hash = !left_scheme.lengths.is_empty() || !right_scheme.lengths.is_empty();
    Comparison { rows, by_hash }
}
