//! The subtrees of one CA, made ready for comparison: whatever the number of
//! subtrees, judging a name takes a few look-ups.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::net::IpAddr;
use std::ops::Bound;

use super::names::{ConstrainedName, NameForm, Value, prefix_digests};
use crate::encoding::hex;
use crate::identity::{is_host_name, is_mailbox_local};
use crate::x509::extension::{GeneralSubtree, NameConstraints};
use crate::x509::general_name::{GeneralName, ip_subnet};

/// How a name breaks constraints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Breach {
    /// Subtrees of its form are permitted, and it is within none of them.
    NotPermitted,
    /// It is within an excluded subtree.
    Excluded,
    /// A subtree of its form is stated in a way that is not processed.
    NotSupported,
}

/// The constraints that one CA states.
#[derive(Clone, Debug, Default)]
pub struct Constraints {
    permitted: Option<Side>,
    excluded: Option<Side>,
    /// Bases that are not well-formed; no name can be accepted below.
    pub(super) malformed: Vec<String>,
    /// DNS bases that begin with a period.
    pub(super) leading_dots: Vec<String>,
}

/// Permitted or excluded subtrees.
#[derive(Clone, Debug, Default)]
struct Side {
    dns: Hosts,
    ip: Networks,
    email: Mailboxes,
    uri: Hosts,
    directory: Directories,
    /// Forms with a subtree that is not processed, by their key, and why.
    not_supported: HashMap<Vec<u8>, &'static str>,
    /// All bases by form, for the report.
    shown: Vec<(Vec<u8>, String)>,
}

/// Why subtrees are not processed.
const NOT_SUPPORTED_FORM: &str = "names of this kind are not compared";
const NOT_SUPPORTED_RANGE: &str =
    "the constraint has a minimum other than 0, or a maximum, which RFC 5280 does not use";

/// Domains: those that stand for themselves, and those that stand for what is
/// below them.
#[derive(Clone, Debug, Default)]
struct Hosts {
    any_given: bool,
    /// Everything is inside.
    all: bool,
    /// Exactly this host.
    exact: HashSet<String>,
    /// Every host below this domain, not the domain itself: turned round, so that
    /// what lies below begins with it. None begins with another.
    below: BTreeSet<String>,
    /// The domains one label above the hosts in `exact` and `below`: what a
    /// wildcard name could stand for is looked up here.
    parents: HashSet<String>,
}

#[derive(Clone, Debug, Default)]
struct Networks {
    any_given: bool,
    /// First and last address of each network, by version; sorted and apart from
    /// each other once all are there.
    ranges: Vec<(bool, u128, u128)>,
}

#[derive(Clone, Debug, Default)]
struct Mailboxes {
    hosts: Hosts,
    /// Local part and domain.
    mailboxes: HashSet<(String, String)>,
}

#[derive(Clone, Debug, Default)]
struct Directories {
    any_given: bool,
    /// Numbers of relative names in use, and digests of so many.
    lengths: BTreeSet<usize>,
    bases: HashSet<[u8; 32]>,
}

impl Constraints {
    /// Reads the subtrees of an extension.
    pub fn new(stated: &NameConstraints<'_>) -> Constraints {
        let mut constraints = Constraints::default();
        let (mut malformed, mut dots) = (Vec::new(), Vec::new());
        let mut side = |list: Option<_>| {
            let list: crate::encoding::der::SequenceOf<'_, GeneralSubtree<'_>> = list?;
            let mut side = Side::default();
            for subtree in list.iter() {
                side.add(&subtree, &mut malformed, &mut dots);
            }
            side.ip.merge();
            [&mut side.dns, &mut side.uri, &mut side.email.hosts].into_iter().for_each(Hosts::merge);
            Some(side)
        };
        constraints.permitted = side(stated.permitted);
        constraints.excluded = side(stated.excluded);
        constraints.malformed = malformed;
        constraints.leading_dots = dots;
        constraints
    }

    /// Whether every base is well-formed.
    pub fn is_well_formed(&self) -> bool {
        self.malformed.is_empty()
    }

    /// How a name breaks the constraints; `None` when it does not.
    pub fn judge(&self, name: &ConstrainedName<'_>) -> Option<Breach> {
        let form = name.form();
        for side in self.permitted.iter().chain(&self.excluded) {
            let not_supported = |form: NameForm<'_>| side.not_supported.contains_key(&form.key());
            if !side.not_supported.is_empty() && (not_supported(form) || name.other_form().is_some_and(not_supported)) {
                return Some(Breach::NotSupported);
            }
        }
        if let Some(excluded) = &self.excluded
            && excluded.has(form)
            && excluded.touches(name.value())
        {
            return Some(Breach::Excluded);
        }
        if let Some(permitted) = &self.permitted
            && permitted.has(form)
            && !permitted.contains(name.value())
        {
            return Some(Breach::NotPermitted);
        }
        None
    }

    /// The bases of a form that a breach is about.
    pub(super) fn describe(&self, form: NameForm<'_>, breach: Breach) -> Vec<String> {
        let key = form.key();
        let of = |side: &Option<Side>| -> Vec<String> {
            let shown = side.iter().flat_map(|side| &side.shown);
            shown.filter(|(of, _)| *of == key).map(|(_, text)| text.clone()).collect()
        };
        match breach {
            Breach::NotPermitted => of(&self.permitted),
            Breach::Excluded => of(&self.excluded),
            Breach::NotSupported => Vec::new(),
        }
    }

    /// Why subtrees of a form are not processed.
    pub(super) fn why_not_supported(&self, name: &ConstrainedName<'_>) -> Option<&'static str> {
        let forms = [Some(name.form()), name.other_form()];
        let keys: Vec<Vec<u8>> = forms.iter().flatten().map(NameForm::key).collect();
        let sides = self.permitted.iter().chain(&self.excluded);
        sides.flat_map(|side| keys.iter().filter_map(|key| side.not_supported.get(key))).next().copied()
    }
}

impl Side {
    fn add(&mut self, subtree: &GeneralSubtree<'_>, malformed: &mut Vec<String>, dots: &mut Vec<String>) {
        let base = &subtree.base;
        let form = form(base);
        // §4.2.1.10: minimum and maximum are not used; with other values than zero
        // and none, names of the form must be refused.
        if subtree.minimum != Some(0) || subtree.has_maximum {
            self.not_supported.insert(form.key(), NOT_SUPPORTED_RANGE);
            return;
        }
        let lossy = |octets: &[u8]| String::from_utf8_lossy(octets).into_owned();
        let (text, fault) = match base {
            GeneralName::Dns(octets) => {
                let text = lossy(octets);
                if text.len() > 1 && text.starts_with('.') {
                    dots.push(text.clone());
                }
                let fault = self.dns.add_subtree(&text);
                (text, fault)
            }
            GeneralName::Uri(octets) => {
                let text = lossy(octets);
                let fault = self.uri.add_host(&text);
                (text, fault)
            }
            GeneralName::Rfc822(octets) => {
                let text = lossy(octets);
                let fault = self.email.add(&text);
                (text, fault)
            }
            GeneralName::Ip(octets) => match self.ip.add(octets) {
                Ok(text) => (text, None),
                Err(fault) => (hex::brief(octets), Some(fault)),
            },
            GeneralName::Directory(name) => {
                self.directory.add(&prefix_digests(name));
                (name.brief(), None)
            }
            _ => {
                self.not_supported.insert(form.key(), NOT_SUPPORTED_FORM);
                return;
            }
        };
        if let Some(fault) = fault {
            malformed.push(format!("{}:{text} ({fault})", form.kind()));
        }
        let meaning = match (base, text.strip_prefix('.')) {
            (GeneralName::Dns(_) | GeneralName::Uri(_) | GeneralName::Rfc822(_), Some(domain)) => {
                format!(" (below {domain}, not {domain} itself)")
            }
            (GeneralName::Rfc822(_), None) if !text.contains('@') => " (this host alone)".to_owned(),
            (GeneralName::Uri(_), None) => " (this host alone)".to_owned(),
            (GeneralName::Dns(_), None) if text.is_empty() => "all names".to_owned(),
            _ => String::new(),
        };
        self.shown.push((form.key(), format!("{}:{text}{meaning}", form.kind())));
    }

    /// Whether there are subtrees of this form.
    fn has(&self, form: NameForm<'_>) -> bool {
        match form {
            NameForm::Dns => self.dns.any_given,
            NameForm::Ip => self.ip.any_given,
            NameForm::Email => self.email.hosts.any_given,
            NameForm::Uri => self.uri.any_given,
            NameForm::Directory => self.directory.any_given,
            // Only ever in `not_supported`.
            NameForm::Other(_) | NameForm::X400 | NameForm::EdiParty | NameForm::RegisteredId => false,
        }
    }

    /// Whether everything that the name stands for is inside.
    fn contains(&self, name: &Value<'_>) -> bool {
        match name {
            Value::Dns { base, wildcard: false } => self.dns.contains(base),
            // Every host directly below the base.
            Value::Dns { base, wildcard: true } => self.dns.contains_all_below(base),
            Value::Ip(address) => self.ip.contains(address),
            Value::Email { local, domain, .. } => self.email.contains(local.as_deref(), domain),
            Value::Uri { host, .. } => self.uri.contains(host),
            Value::Directory { prefixes, .. } => self.directory.contains(prefixes),
            // What is not well-formed is within nothing.
            Value::Malformed(..) | Value::Opaque(_) => false,
        }
    }

    /// Whether anything that the name stands for may be inside.
    fn touches(&self, name: &Value<'_>) -> bool {
        match name {
            Value::Dns { base, wildcard: true } => {
                self.dns.contains_all_below(base) || self.dns.parents.contains(base.as_str())
            }
            Value::Malformed(..) => true,
            // A value that is no text can be shown to differ from none.
            Value::Directory { prefixes, opaque: Some(place), .. } => {
                self.directory.contains(prefixes) || self.directory.lengths.last().is_some_and(|most| most > place)
            }
            _ => self.contains(name),
        }
    }
}

fn form<'a>(name: &GeneralName<'a>) -> NameForm<'a> {
    match name {
        GeneralName::Dns(_) => NameForm::Dns,
        GeneralName::Ip(_) => NameForm::Ip,
        GeneralName::Rfc822(_) => NameForm::Email,
        GeneralName::Uri(_) => NameForm::Uri,
        GeneralName::Directory(_) => NameForm::Directory,
        GeneralName::Other { oid, .. } => NameForm::Other(*oid),
        GeneralName::X400(_) => NameForm::X400,
        GeneralName::EdiParty(_) => NameForm::EdiParty,
        GeneralName::RegisteredId(_) => NameForm::RegisteredId,
    }
}

/// What is wrong with a base.
type Fault = &'static str;

const NO_HOST: Fault = "it is not the name of a host or domain";

/// A domain with its labels turned round and a period behind each: `c.b.a.`.
fn turned(domain: &str) -> String {
    let mut turned = String::with_capacity(domain.len() + 1);
    for label in domain.rsplit('.') {
        turned.push_str(label);
        turned.push('.');
    }
    turned
}

impl Hosts {
    /// A DNS subtree: the name itself and all below; with a leading period, only
    /// those below. An empty one has every name.
    fn add_subtree(&mut self, text: &str) -> Option<Fault> {
        if text.is_empty() {
            self.any_given = true;
            self.all = true;
            return None;
        }
        let fault = self.add_host(text);
        if fault.is_none() && !text.starts_with('.') {
            let domain = text.to_ascii_lowercase();
            self.parents.extend(domain.split_once('.').map(|(_, parent)| parent.to_owned()));
            self.below.insert(turned(&domain));
        }
        fault
    }

    /// The host of a URI or mailbox: itself, or with a leading period all below it.
    fn add_host(&mut self, text: &str) -> Option<Fault> {
        self.any_given = true;
        let (domain, itself) = match text.strip_prefix('.') {
            Some(domain) => (domain.to_ascii_lowercase(), false),
            None => (text.to_ascii_lowercase(), true),
        };
        if !is_host_name(domain.as_bytes()) {
            return Some(NO_HOST);
        }
        match itself {
            true => self.exact.insert(domain),
            false => self.below.insert(turned(&domain)),
        };
        None
    }

    /// Drops what lies below another one, so that the last that does not come after
    /// a host is the only one that it can be below.
    fn merge(&mut self) {
        let mut kept: Option<String> = None;
        self.below.retain(|domain| {
            if kept.as_ref().is_some_and(|above| domain.starts_with(above.as_str())) {
                return false;
            }
            kept = Some(domain.clone());
            true
        });
    }

    /// The domain among `below` with which a host begins, turned round.
    fn above(&self, turned: &str) -> Option<&String> {
        let before = self.below.range::<str, _>((Bound::Unbounded, Bound::Included(turned))).next_back();
        before.filter(|domain| turned.starts_with(domain.as_str()))
    }

    fn contains(&self, host: &str) -> bool {
        if self.all || self.exact.contains(host) {
            return true;
        }
        let turned = turned(host);
        self.above(&turned).is_some_and(|domain| domain.len() < turned.len())
    }

    fn contains_all_below(&self, domain: &str) -> bool {
        self.all || self.above(&turned(domain)).is_some()
    }
}

impl Networks {
    /// Address and mask; gives the text, or why it is no network
    /// (RFC 4632: the ones of the mask come first).
    fn add(&mut self, octets: &[u8]) -> Result<String, Fault> {
        self.any_given = true;
        let (address, mask) = ip_subnet(octets).ok_or("address and mask are 8 octets, or 32 for IPv6")?;
        let (version, bits) = number(&mask);
        let width = if version { 32 } else { 128 };
        let shifted = bits << (128 - width);
        let length = shifted.leading_ones();
        if shifted.checked_shl(length).unwrap_or(0) != 0 {
            return Err("the ones of the mask are not all at its beginning");
        }
        let length = length.min(width);
        let free = u128::MAX.checked_shr(128 - (width - length)).unwrap_or(0);
        let first = number(&address).1 & !free;
        self.ranges.push((version, first, first | free));
        Ok(format!("{address}/{length}"))
    }

    /// Sorts, and joins what touches.
    fn merge(&mut self) {
        self.ranges.sort_unstable();
        let mut merged: Vec<(bool, u128, u128)> = Vec::with_capacity(self.ranges.len());
        for (version, first, last) in self.ranges.drain(..) {
            match merged.last_mut() {
                Some((of, _, end)) if *of == version && first <= end.saturating_add(1) => *end = last.max(*end),
                _ => merged.push((version, first, last)),
            }
        }
        self.ranges = merged;
    }

    fn contains(&self, address: &IpAddr) -> bool {
        let (version, bits) = number(address);
        let after = self.ranges.partition_point(|(of, first, _)| (*of, *first) <= (version, bits));
        let before = after.checked_sub(1).and_then(|place| self.ranges.get(place));
        before.is_some_and(|(of, _, last)| *of == version && bits <= *last)
    }
}

/// Whether it is IPv4, and the address as a number.
fn number(address: &IpAddr) -> (bool, u128) {
    match address {
        IpAddr::V4(v4) => (true, u128::from(u32::from(*v4))),
        IpAddr::V6(v6) => (false, u128::from(*v6)),
    }
}

/// What a quoted local part stands for (RFC 5321 §4.1.2): `"ann"` is `ann`.
fn unquoted(local: &str) -> String {
    let Some(quoted) = local.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else {
        return local.to_owned();
    };
    let mut characters = quoted.chars();
    let next = || {
        let character = characters.next()?;
        if character == '\\' { characters.next() } else { Some(character) }
    };
    std::iter::from_fn(next).collect()
}

impl Mailboxes {
    /// §4.2.1.10: a mailbox, a host, or with a leading period all hosts below a domain.
    fn add(&mut self, text: &str) -> Option<Fault> {
        let Some((local, domain)) = text.rsplit_once('@') else { return self.hosts.add_host(text) };
        self.hosts.any_given = true;
        if !is_mailbox_local(local) || !is_host_name(domain.as_bytes()) {
            return Some("it is not a mailbox");
        }
        self.mailboxes.insert((unquoted(local), domain.to_ascii_lowercase()));
        None
    }

    fn contains(&self, local: Option<&str>, domain: &str) -> bool {
        self.hosts.contains(domain)
            || local.is_some_and(|local| {
                !self.mailboxes.is_empty() && self.mailboxes.contains(&(unquoted(local), domain.to_owned()))
            })
    }
}

impl Directories {
    fn add(&mut self, prefixes: &[[u8; 32]]) {
        self.any_given = true;
        if let Some(whole) = prefixes.last() {
            self.lengths.insert(prefixes.len() - 1);
            self.bases.insert(*whole);
        }
    }

    /// Whether a base is a beginning of the name.
    fn contains(&self, prefixes: &[[u8; 32]]) -> bool {
        self.lengths.iter().map_while(|length| prefixes.get(*length)).any(|prefix| self.bases.contains(prefix))
    }
}
