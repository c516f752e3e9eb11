//! A target with many names below a CA with many name constraints.

use certlens_core::finding::Code;
use certlens_testkit::{Ca, CertificateBuilder, Extension, GeneralName, Name, attributes, der};

use crate::pki::Pki;
use crate::scenarios::{Scenario, anchor, key};

/// A kind of name.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Dns,
    Ip,
    Directory,
}

impl Kind {
    pub(crate) const ALL: [Kind; 3] = [Kind::Dns, Kind::Ip, Kind::Directory];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Kind::Dns => "DNS",
            Kind::Ip => "IP",
            Kind::Directory => "directory",
        }
    }

    /// The constraint with this number.
    fn subtree(self, number: u32) -> GeneralName {
        let [_, _, high, low] = number.to_be_bytes();
        match self {
            Kind::Dns => GeneralName::dns(format!("zone-{number}.example")),
            Kind::Ip => GeneralName::ip_octets(&[10, high, low, 0, 255, 255, 255, 0]),
            Kind::Directory => GeneralName::directory(&organization(number)),
        }
    }

    /// A name within that subtree and no other.
    fn within(self, number: u32) -> GeneralName {
        let [_, _, high, low] = number.to_be_bytes();
        match self {
            Kind::Dns => GeneralName::dns(format!("www.zone-{number}.example")),
            Kind::Ip => GeneralName::ip_octets(&[10, high, low, 1]),
            Kind::Directory => {
                GeneralName::directory(&organization(number).and(attributes::COMMON_NAME, der::utf8_string("Server")))
            }
        }
    }
}

fn organization(number: u32) -> Name {
    Name::empty()
        .and(attributes::COUNTRY, der::printable_string("US"))
        .and(attributes::ORGANIZATION, der::utf8_string(&format!("Organization {number}")))
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum List {
    Permitted,
    Excluded,
}

/// Which of the target's names is not as the constraints want it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stray {
    None,
    Last,
}

pub(crate) fn names(kind: Kind, count: u32, list: List, stray: Stray) -> Pki {
    let subtrees: Vec<GeneralName> = (0..count).map(|number| kind.subtree(number)).collect();
    let constraints = match list {
        List::Permitted => Extension::name_constraints(&subtrees, &[]),
        List::Excluded => Extension::name_constraints(&[], &subtrees),
    };
    // Names beyond the last subtree are in none.
    let outside = |number: u32| kind.within(count + number);
    let inside = |number: u32| kind.within(number);
    let (most, last): (&dyn Fn(u32) -> GeneralName, &dyn Fn(u32) -> GeneralName) = match list {
        List::Permitted => (&inside, &outside),
        List::Excluded => (&outside, &inside),
    };
    let mut names: Vec<GeneralName> = (0..count).map(most).collect();
    if stray == Stray::Last {
        names.pop();
        names.push(last(count - 1));
    }
    let anchor = anchor();
    let ca = Ca::issued(Ca::builder("Intermediate", key(100)).extension(constraints), &anchor);
    // A subject is a directory name, too; without one, the alternative names alone count.
    let target = CertificateBuilder::new(Name::empty(), key(0))
        .extension(Extension::subject_alt_name(names).critical())
        .issued_by(&ca);
    Pki::new(target, vec![ca.der().to_vec()], anchor.der())
}

/// Permitted and excluded, kept and broken, for every kind.
pub(crate) fn all() -> Vec<Scenario> {
    const COUNT: u32 = 1_000;
    let mut all = Vec::new();
    for kind in Kind::ALL {
        let name = |what: &str| format!("1,000 {} names, {what}", kind.name());
        all.push(Scenario::trusted(name("permitted"), names(kind, COUNT, List::Permitted, Stray::None)));
        all.push(Scenario::trusted(name("none excluded"), names(kind, COUNT, List::Excluded, Stray::None)));
        let stray = names(kind, COUNT, List::Permitted, Stray::Last);
        all.push(Scenario::untrusted(name("one not permitted"), stray, Code::NameNotPermitted));
        let stray = names(kind, COUNT, List::Excluded, Stray::Last);
        all.push(Scenario::untrusted(name("one excluded"), stray, Code::NameExcluded));
    }
    all
}
