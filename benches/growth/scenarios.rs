//! Collections of certificates that are large, tangled, or laid out by somebody
//! who wants the search to be long.

use certlens_core::finding::Code;
use certlens_core::verdict::Status;
use certlens_testkit::{Ca, CertificateBuilder, Extension, GeneralName, Issuer, Key, Name, time};

use crate::pki::Pki;

/// The host that every target is for.
const HOST: &str = "www.example.com";

/// A verification and the answer that it has to give.
pub(crate) struct Scenario {
    pub(crate) name: String,
    pub(crate) pki: Pki,
    pub(crate) status: Status,
    /// What must be found, when the answer is not yes.
    pub(crate) code: Option<Code>,
    /// What a finding must say.
    pub(crate) says: &'static str,
    /// More signatures than this are too many, whatever the graph has.
    pub(crate) most_signatures: usize,
}

impl Scenario {
    pub(crate) fn trusted(name: impl Into<String>, pki: Pki) -> Scenario {
        let (status, code) = (Status::Trusted, None);
        Scenario { name: name.into(), pki, status, code, says: "", most_signatures: usize::MAX }
    }

    pub(crate) fn untrusted(name: impl Into<String>, pki: Pki, code: Code) -> Scenario {
        Scenario { status: Status::Untrusted, code: Some(code), ..Scenario::trusted(name, pki) }
    }

    fn with_signatures(self, most_signatures: usize) -> Scenario {
        Scenario { most_signatures, ..self }
    }
}

/// All but those about names.
pub(crate) fn all() -> Vec<Scenario> {
    let mut all = vec![
        Scenario::untrusted("20 layers of 10, top missing", ladder(20, 10), Code::IssuerNotFound),
        Scenario::trusted("1,000 of one name", same_named(1_000, Identifiers::Absent)),
        Scenario::trusted("3,000 of one name, identifiers", same_named(3_000, Identifiers::Present)).with_signatures(2),
        Scenario::trusted("1,000 expired siblings", siblings(1_000)).with_signatures(2),
        Scenario { code: Some(Code::BudgetExhausted), says: "MAX_PATH_CERTIFICATES", ..indeterminate_chain(300) },
    ];
    for flaw in Flaw::ALL {
        all.push(Scenario::trusted(format!("5 layers of 10, rest {}", flaw.name()), layers(5, 10, flaw)));
    }
    for size in [8, 40] {
        let name = |what: &str| format!("mesh of {size}, {what}");
        all.push(Scenario::untrusted(name("no way out"), mesh(size, Exit::None), Code::PathLoop));
        all.push(Scenario::trusted(name("one way out"), mesh(size, Exit::Sound)).with_signatures(3));
        let mut explicit = mesh(size, Exit::Sound);
        explicit.policy.require_explicit_policy = true;
        let mut refused = vec![(explicit, "policy demanded", Code::PolicyNotValid)];
        for (exit, what, code) in [
            (Exit::Broken, "broken way out", Code::SignatureInvalid),
            (Exit::Expired, "way out expired", Code::Expired),
            (Exit::DemandsPolicy, "way out wants policy", Code::PolicyNotValid),
            (Exit::PathLength, "way out too short", Code::PathLengthExceeded),
            (Exit::ExcludesName, "way out excludes name", Code::NameExcluded),
        ] {
            refused.push((mesh(size, exit), what, code));
        }
        // That the one way out leads nowhere must be seen before the mesh is walked.
        let refused = refused.into_iter();
        all.extend(refused.map(|(pki, what, code)| Scenario::untrusted(name(what), pki, code).with_signatures(32)));
    }
    all
}

/// Ed25519 keys sign and verify fast, and there is any number of them.
pub(crate) fn key(number: u32) -> Key {
    Key::ed25519(number)
}

pub(crate) fn anchor() -> Ca {
    Ca::anchor("Anchor", key(1))
}

fn target_builder() -> CertificateBuilder {
    CertificateBuilder::new(Name::cn(HOST), key(0)).extension(Extension::subject_alt_name([GeneralName::dns(HOST)]))
}

fn target(issuer: impl AsRef<Issuer>) -> Vec<u8> {
    target_builder().issued_by(issuer)
}

/// CA number `index` of a layer, as an issuer.
fn member(layer: u32, index: u32) -> Issuer {
    Issuer::new(&format!("Layer {layer} CA {index}"), key(100 + layer * 100 + index))
}

fn ca(issuer: &Issuer) -> CertificateBuilder {
    CertificateBuilder::ca(issuer.name.clone(), issuer.key)
}

/// Each CA of a layer certified by every CA of the next; those of the last layer
/// by one that is missing.
fn ladder(layers: u32, width: u32) -> Pki {
    let mut pool = Vec::new();
    for layer in 0..layers {
        let above: Vec<Issuer> = match layer + 1 == layers {
            true => vec![Issuer::new("Missing", key(2))],
            false => (0..width).map(|index| member(layer + 1, index)).collect(),
        };
        for index in 0..width {
            let builder = ca(&member(layer, index));
            pool.extend(above.iter().map(|issuer| builder.issued_by(issuer)));
        }
    }
    Pki::new(target(member(0, 0)), pool, anchor().der())
}

/// What is wrong with every certificate that is not on the one good route.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Flaw {
    Expired,
    Broken,
    PathLength,
    NameConstraints,
    /// As `PathLength`, but only just below the anchor.
    PathLengthAtTop,
}

impl Flaw {
    const ALL: [Flaw; 5] =
        [Flaw::Expired, Flaw::Broken, Flaw::PathLength, Flaw::NameConstraints, Flaw::PathLengthAtTop];

    fn name(self) -> &'static str {
        match self {
            Flaw::Expired => "expired",
            Flaw::Broken => "broken",
            Flaw::PathLength => "path length",
            Flaw::NameConstraints => "exclude name",
            Flaw::PathLengthAtTop => "length at top",
        }
    }

    /// The flaw in a CA of this layer; the lowest may have no CA below it.
    fn put(self, builder: CertificateBuilder, layer: u32, is_top: bool) -> CertificateBuilder {
        match self {
            Flaw::Expired => builder.validity(time::CA_START, time::START),
            Flaw::Broken => builder.corrupt_signature(),
            Flaw::PathLengthAtTop if !is_top => builder,
            Flaw::PathLength | Flaw::PathLengthAtTop => match layer.checked_sub(1) {
                Some(too_few) => builder.extension(Extension::basic_constraints(true, Some(i64::from(too_few)))),
                None => builder,
            },
            Flaw::NameConstraints => {
                builder.extension(Extension::name_constraints(&[], &[GeneralName::dns("example.com")]))
            }
        }
    }
}

/// Layers as in a ladder, the last below the anchor, with one route on which
/// nothing is wrong.
fn layers(layers: u32, width: u32, flaw: Flaw) -> Pki {
    let anchor = anchor();
    let on_route = |layer: u32| match layer {
        0 => 0,
        _ => (layer * 7 + 3) % width,
    };
    let mut pool = Vec::new();
    for layer in 0..layers {
        let is_top = layer + 1 == layers;
        for index in 0..width {
            let above: Vec<(Issuer, bool)> = match is_top {
                true => vec![(anchor.as_ref().clone(), true)],
                false => (0..width).map(|above| (member(layer + 1, above), above == on_route(layer + 1))).collect(),
            };
            for (issuer, leads_on) in above {
                let builder = ca(&member(layer, index));
                let good = leads_on && index == on_route(layer);
                let builder = if good { builder } else { flaw.put(builder, layer, is_top) };
                pool.push(builder.issued_by(issuer));
            }
        }
    }
    Pki::new(target(member(0, 0)), pool, anchor.der())
}

/// Whether a mesh is left to the anchor, through its last member.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    None,
    Sound,
    Broken,
    Expired,
    /// Sound, but whatever stands below must be valid for a policy.
    DemandsPolicy,
    /// Sound, but no CA may stand below.
    PathLength,
    /// Sound, but the target's name may not stand below.
    ExcludesName,
}

/// CAs that all certify each other.
pub(crate) fn mesh(size: u32, exit: Exit) -> Pki {
    let members: Vec<Issuer> = (0..size).map(|index| member(0, index)).collect();
    let mut pool = Vec::new();
    for issuer in &members {
        let others = members.iter().filter(|other| other.key != issuer.key);
        pool.extend(others.map(|other| ca(other).issued_by(issuer)));
    }
    let anchor = anchor();
    let last = ca(&member(0, size - 1));
    let last = match exit {
        Exit::None | Exit::Sound => last,
        Exit::Broken => last.corrupt_signature(),
        Exit::Expired => Flaw::Expired.put(last, 0, true),
        Exit::DemandsPolicy => last.extension(Extension::policy_constraints(Some(0), None)),
        Exit::PathLength => last.extension(Extension::basic_constraints(true, Some(0))),
        Exit::ExcludesName => Flaw::NameConstraints.put(last, 0, true),
    };
    if exit != Exit::None {
        pool.push(last.issued_by(&anchor));
    }
    Pki::new(target(member(0, 0)), pool, anchor.der())
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Identifiers {
    Present,
    Absent,
}

/// CAs of one name with different keys, of which the one in the middle signed the
/// target. It ends first, so that without key identifiers it is tried last.
pub(crate) fn same_named(count: u32, identifiers: Identifiers) -> Pki {
    let anchor = anchor();
    let with = |builder: CertificateBuilder| match identifiers {
        Identifiers::Present => builder,
        Identifiers::Absent => builder.without_key_identifiers(),
    };
    let issuer = |number: u32| Issuer::new("Intermediate", key(100 + number));
    let of = |number| match number == count / 2 {
        true => ca(&issuer(number)),
        false => ca(&issuer(number)).validity(time::CA_START, time::CA_END + 1),
    };
    let pool = (0..count).map(|number| with(of(number)).issued_by(&anchor)).collect();
    Pki::new(with(target_builder()).issued_by(issuer(count / 2)), pool, anchor.der())
}

/// One CA's certificates, of which only one has not expired.
fn siblings(expired: u32) -> Pki {
    let anchor = anchor();
    let issuer = member(0, 0);
    // Each a second longer than the one before: different certificates.
    let renewed = |number: u32| ca(&issuer).validity(time::CA_START, time::CA_START + 1 + i64::from(number));
    let mut pool: Vec<Vec<u8>> = (0..expired).map(|number| renewed(number).issued_by(&anchor)).collect();
    pool.insert(pool.len() / 2, ca(&issuer).issued_by(&anchor));
    Pki::new(target(&issuer), pool, anchor.der())
}

/// A sound chain that is longer than is followed.
fn indeterminate_chain(intermediates: u32) -> Scenario {
    let anchor = anchor();
    let mut issuer: Issuer = anchor.as_ref().clone();
    let mut pool = Vec::new();
    for layer in 0..intermediates {
        let next = member(layer, 0);
        pool.push(ca(&next).issued_by(&issuer));
        issuer = next;
    }
    let pki = Pki::new(target(&issuer), pool, anchor.der());
    let name = format!("chain of {intermediates} intermediates");
    Scenario { status: Status::Indeterminate, ..Scenario::trusted(name, pki) }
}
