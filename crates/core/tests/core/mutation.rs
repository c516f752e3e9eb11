//! Whatever is done to the octets: no panic, and never trust in a certificate
//! that its issuer did not sign.

#![expect(clippy::indexing_slicing, reason = "every index is counted from the vector that it is used on")]

use certlens_core::anchors::AnchorSet;
use certlens_core::crypto::acceptance::WeakKinds;
use certlens_core::engine::{Paths, Validation};
use certlens_core::origin::Origin;
use certlens_core::path::VerifyCache;
use certlens_core::policy::{Profile, ValidationPolicy};
use certlens_core::pool::{CertPool, Sourced};
use certlens_core::time::Time;
use certlens_core::verdict::Status;
use certlens_core::x509::Certificate;
use certlens_testkit::{Ca, CertificateBuilder, Extension, GeneralName, Key, Name, der, time};

/// A target, an intermediate and an anchor, and the most that a policy allows.
struct Chain {
    target: Vec<u8>,
    intermediate: Vec<u8>,
    anchor: AnchorSet,
    policy: ValidationPolicy,
}

fn rich(builder: CertificateBuilder) -> CertificateBuilder {
    builder
        .extension(Extension::subject_alt_name([GeneralName::dns("a.example"), GeneralName::ip("192.0.2.1")]))
        .extension(Extension::certificate_policies(["2.23.140.1.2.1"]))
        .extension(Extension::authority_info_access(&["http://ca.example/"], &[]))
        .extension(Extension::crl_distribution_points(["http://crl.example/"]))
        .extension(Extension::extended_key_usage(["1.3.6.1.5.5.7.3.1"]))
}

impl Chain {
    fn new(key: fn(u32) -> Key) -> Chain {
        let anchor = Ca::anchor("Anchor", key(0));
        // Without key identifiers, so that no link is left out because of them.
        let intermediate = Ca::builder("Intermediate", key(1)).without_key_identifiers();
        let intermediate = Ca::issued(intermediate, &anchor);
        let target = rich(CertificateBuilder::new(Name::cn("Target"), key(2)).without_key_identifiers());
        let target = target.issued_by(&intermediate);
        let mut anchors = AnchorSet::new();
        anchors.add(Certificate::from_der(anchor.der()).expect("the anchor can be read"), Origin::Memory);
        let mut policy = ValidationPolicy::new(Profile::Rfc5280);
        policy.allow_weak = WeakKinds::ALL;
        Chain { target, intermediate: intermediate.der().to_vec(), anchor: anchors, policy }
    }

    /// `None` when one of the two cannot be read.
    fn status(&self, target: &[u8], intermediate: &[u8]) -> Option<Status> {
        let certificate = Certificate::from_der(target).ok()?;
        let mut pool = CertPool::new();
        pool.add(Certificate::from_der(intermediate).ok()?, Origin::Memory);
        let validation = Validation {
            target: &Sourced { certificate, origin: Origin::Memory },
            pool: &pool,
            anchors: &self.anchor,
            policy: &self.policy,
            time: Time::from_unix(time::MIDDLE),
            paths: Paths::UntilTrusted,
            evidence: &certlens_core::revocation::Evidence::new(),
            cache: &VerifyCache::new(),
        };
        Some(validation.run().status)
    }
}

const KINDS: [fn(u32) -> Key; 2] = [Key::p256, Key::ed25519];

/// The octets with each single bit flipped in turn.
fn flipped(der: &[u8]) -> impl Iterator<Item = (usize, Vec<u8>)> + '_ {
    (0..der.len() * 8).map(|bit| {
        let mut changed = der.to_vec();
        changed[bit / 8] ^= 1 << (bit % 8);
        (bit, changed)
    })
}

#[test]
fn no_flipped_bit_is_trusted() {
    for key in KINDS {
        let chain = Chain::new(key);
        assert_eq!(chain.status(&chain.target, &chain.intermediate), Some(Status::Trusted));
        for (bit, target) in flipped(&chain.target) {
            let status = chain.status(&target, &chain.intermediate);
            assert_ne!(status, Some(Status::Trusted), "bit {bit} of the target");
        }
        for (bit, intermediate) in flipped(&chain.intermediate) {
            let status = chain.status(&chain.target, &intermediate);
            assert_ne!(status, Some(Status::Trusted), "bit {bit} of the intermediate");
        }
    }
}

#[test]
fn no_replaced_octet_is_trusted() {
    let chain = Chain::new(Key::ed25519);
    for at in 0..chain.target.len() {
        for octet in [0x00, 0x01, 0x30, 0x7f, 0x80, 0x84, 0xff] {
            let mut target = chain.target.clone();
            if std::mem::replace(&mut target[at], octet) != octet {
                let status = chain.status(&target, &chain.intermediate);
                assert_ne!(status, Some(Status::Trusted), "octet {at} as {octet:02x}");
            }
        }
    }
}

#[test]
fn what_is_cut_short_cannot_be_read() {
    let chain = Chain::new(Key::ed25519);
    for length in 0..chain.target.len() {
        assert!(Certificate::from_der(&chain.target[..length]).is_err(), "{length} octets");
    }
}

#[test]
fn one_octet_more_anywhere_is_not_trusted() {
    let chain = Chain::new(Key::ed25519);
    for at in 0..=chain.target.len() {
        for octet in [0x00, 0x05, 0xff] {
            let mut target = chain.target.clone();
            target.insert(at, octet);
            assert_ne!(chain.status(&target, &chain.intermediate), Some(Status::Trusted), "octet before {at}");
        }
    }
}

/// A DER value as a tree, to change its structure with lengths that stay right.
#[derive(Clone)]
enum Node {
    Primitive(u8, Vec<u8>),
    Constructed(u8, Vec<Node>),
}

impl Node {
    fn read_all(mut der: &[u8]) -> Vec<Node> {
        let mut nodes = Vec::new();
        while let [tag, ..] = der {
            let (content, rest) = der::open(der);
            nodes.push(if tag & 0x20 == 0 {
                Node::Primitive(*tag, content.to_vec())
            } else {
                Node::Constructed(*tag, Node::read_all(content))
            });
            der = rest;
        }
        nodes
    }

    fn write(&self) -> Vec<u8> {
        match self {
            Node::Primitive(tag, content) => der::tlv(*tag, content),
            Node::Constructed(tag, children) => der::tlv(*tag, &der::concat(children.iter().map(Node::write))),
        }
    }

    /// This value with one node below it dropped, doubled, emptied, retagged or
    /// exchanged with the next, in every way.
    fn changed(&self) -> Vec<Node> {
        let Node::Constructed(tag, children) = self else {
            let Node::Primitive(tag, content) = self else { return Vec::new() };
            return vec![
                Node::Primitive(*tag, Vec::new()),
                Node::Primitive(tag ^ 0x01, content.clone()),
                Node::Primitive(tag | 0x20, content.clone()),
                Node::Primitive(*tag, [content.as_slice(), &[0]].concat()),
            ];
        };
        let with = |children: Vec<Node>| Node::Constructed(*tag, children);
        let mut all = vec![Node::Constructed(*tag, Vec::new()), Node::Constructed(tag ^ 0x01, children.clone())];
        for index in 0..children.len() {
            let edited = |edit: &dyn Fn(&mut Vec<Node>)| {
                let mut children = children.clone();
                edit(&mut children);
                with(children)
            };
            all.push(edited(&|children| drop(children.remove(index))));
            all.push(edited(&|children| children.insert(index, children[index].clone())));
            if index + 1 < children.len() {
                all.push(edited(&|children| children.swap(index, index + 1)));
            }
            all.extend(
                children[index].changed().into_iter().map(|node| edited(&|children| children[index] = node.clone())),
            );
        }
        all
    }
}

#[test]
fn no_changed_structure_is_trusted() {
    let chain = Chain::new(Key::ed25519);
    let [whole] = Node::read_all(&chain.target).try_into().unwrap_or_else(|_| panic!("one value"));
    assert_eq!(whole.write(), chain.target);
    let changed = whole.changed();
    assert!(changed.len() > 250, "{}", changed.len());
    for (index, node) in changed.iter().enumerate() {
        let target = node.write();
        if target != chain.target {
            assert_ne!(
                chain.status(&target, &chain.intermediate),
                Some(Status::Trusted),
                "change {index}: {target:02x?}"
            );
        }
    }
}

/// The same changes made before signing: now the signature is right, and the
/// certificate may only be trusted when it is DER and has the fields of one.
#[test]
fn signed_nonsense_does_not_panic_and_is_trusted_only_as_der() {
    let anchor = Ca::anchor("Anchor", Key::ed25519(0));
    let mut anchors = AnchorSet::new();
    anchors.add(Certificate::from_der(anchor.der()).unwrap(), Origin::Memory);
    let chain = Chain { anchor: anchors, ..Chain::new(Key::ed25519) };
    let builder = || rich(CertificateBuilder::new(Name::cn("Target"), Key::ed25519(2)));
    let plain = builder().issued_by(&anchor);
    let (tbs, _) = der::open(der::open(&plain).0);
    let tbs = der::sequence([tbs]);
    let [whole] = Node::read_all(&tbs).try_into().unwrap_or_else(|_| panic!("one value"));
    let structural = whole.changed().into_iter().map(|node| node.write());
    let mut read = 0;
    for changed in structural.chain(flipped(&tbs).map(|(_, changed)| changed)) {
        let signed = builder()
            .edit_tbs({
                let changed = changed.clone();
                move |_| changed.clone()
            })
            .issued_by(&anchor);
        let Some(status) = chain.status(&signed, &chain.intermediate) else { continue };
        read += 1;
        let certificate = Certificate::from_der(&signed).unwrap();
        if status == Status::Trusted {
            assert!(certificate.deviations().is_empty(), "{changed:02x?}");
            assert!(certificate.extensions().all(|extension| extension.value().is_ok()), "{changed:02x?}");
        }
    }
    assert!(read > 1000, "{read} could be read");
}

#[test]
fn the_order_of_the_pool_never_changes_the_verdict() {
    let anchors = [Ca::anchor("Anchor", Key::ed25519(0)), Ca::anchor("Second anchor", Key::ed25519(1))];
    let stranger = Ca::anchor("Stranger", Key::ed25519(2));
    let ca = |name: &str, number| Ca::builder(name, Key::ed25519(number));
    let issuing = Ca::intermediate("Issuing", Key::ed25519(10), &stranger);
    let sound = ca("Issuing", 10).issued_by(&anchors[1]);
    let flawed = [
        ca("Issuing", 10).validity(time::CA_START, time::START).issued_by(&anchors[0]),
        ca("Issuing", 10).trailing(&[0]).issued_by(&anchors[0]),
        ca("Issuing", 10).corrupt_signature().issued_by(&anchors[0]),
        ca("Issuing", 11).issued_by(&anchors[0]),
        ca("Issuing", 11)
            .extension(Extension::subject_key_identifier(&Key::ed25519(10).key_identifier()))
            .issued_by(&anchors[1]),
        ca("Issuing", 10).extension(Extension::basic_constraints(false, None)).issued_by(&anchors[0]),
        ca("Stranger", 2).issued_by(&issuing),
        issuing.der().to_vec(),
        stranger.der().to_vec(),
    ];
    let target = CertificateBuilder::new(Name::cn("Target"), Key::ed25519(3)).issued_by(&issuing);
    for (expected, pool) in [(Status::Trusted, [&flawed[..], &[sound]].concat()), (Status::Untrusted, flawed.to_vec())]
    {
        let mut pool = pool;
        let mut state = 1u32;
        for round in 0..60 {
            // Fisher and Yates with a small generator of fixed numbers.
            for last in (1..pool.len()).rev() {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                pool.swap(last, (state >> 8) as usize % (last + 1));
            }
            let case = crate::harness::Case::new(target.clone())
                .pool(pool.clone())
                .anchors(anchors.iter().map(|anchor| anchor.der().to_vec()));
            assert_eq!(case.verdict().status, expected, "round {round}");
        }
    }
}
