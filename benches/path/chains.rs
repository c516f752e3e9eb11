//! The chains that `path` and `instructions` verify: made like those of web
//! servers, and a public one.

use std::io;
use std::path::Path;

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey, VerificationAlgorithm,
};
use certlens_core::anchors::AnchorSet;
use certlens_core::encoding::pem;
use certlens_core::encoding::text::Text;
use certlens_core::engine::{Paths, Validation};
use certlens_core::identity::ReferenceName;
use certlens_core::origin::Origin;
use certlens_core::path::{IssuerKey, Verifier, VerifyCache};
use certlens_core::policy::{Profile, Purpose, ValidationPolicy};
use certlens_core::pool::{CertPool, Sourced};
use certlens_core::time::Time;
use certlens_core::verdict::Status;
use certlens_core::x509::Certificate;
use certlens_core::x509::issuer::Issuer;
use certlens_core::x509::spki::PublicKey;
use certlens_testkit::{Ca, CertificateBuilder, Extension, GeneralName, Key, Name, attributes, der, purposes, time};

/// 2026-08-01T00:00:00Z, when the public chain was valid.
const AUGUST: i64 = 1_785_542_400;

/// Targets, the intermediate that issued them, and the anchor above.
pub(crate) struct Chain {
    pub(crate) name: &'static str,
    pub(crate) host: &'static str,
    pub(crate) time: i64,
    /// At least one.
    pub(crate) targets: Vec<Vec<u8>>,
    pub(crate) intermediate: Vec<u8>,
    pub(crate) anchor: Vec<u8>,
    policy: ValidationPolicy,
}

/// The chains, each with so many targets but for the public one, which has one.
pub(crate) fn all(targets: usize) -> io::Result<Vec<Chain>> {
    Ok(vec![
        made("ECDSA P-256", [Key::p256(0), Key::p256(1), Key::p256(2)], targets)?,
        made("RSA 2048", [Key::rsa2048(0), Key::rsa2048(1), Key::rsa2048(0)], targets)?,
        public()?,
    ])
}

fn made(name: &'static str, keys: [Key; 3], targets: usize) -> io::Result<Chain> {
    const HOST: &str = "www.example.com";
    let [of_anchor, of_intermediate, of_target] = keys;
    let subject = |common_name: &str| {
        Name::empty()
            .and(attributes::COUNTRY, der::printable_string("US"))
            .and(attributes::ORGANIZATION, der::printable_string("Example Trust Services"))
            .and(attributes::COMMON_NAME, der::printable_string(common_name))
    };
    let purposes = || Extension::extended_key_usage([purposes::SERVER_AUTH, purposes::CLIENT_AUTH]);
    let policies = || Extension::certificate_policies(["2.23.140.1.2.1"]);
    let anchor = Ca::self_signed(CertificateBuilder::ca(subject("Example Root R1"), of_anchor));
    let intermediate = CertificateBuilder::ca(subject("Example TLS CA 1"), of_intermediate)
        .extension(Extension::basic_constraints(true, Some(0)))
        .extension(purposes())
        .extension(policies())
        .extension(Extension::authority_info_access(&["http://example.com/r1.der"], &["http://ocsp.example.com"]))
        .extension(Extension::crl_distribution_points(["http://example.com/r1.crl"]));
    let intermediate = Ca::issued(intermediate, &anchor);
    let target = |number: u32| {
        CertificateBuilder::new(Name::cn(HOST), of_target)
            .serial(&[&[0x40; 12], number.to_be_bytes().as_slice()].concat())
            .extension(purposes())
            .extension(policies())
            .extension(Extension::subject_alt_name([GeneralName::dns(HOST), GeneralName::dns("example.com")]))
            .extension(Extension::authority_info_access(&["http://example.com/ca1.der"], &["http://ocsp.example.com"]))
            .extension(Extension::crl_distribution_points(["http://example.com/ca1.crl"]))
            .issued_by(&intermediate)
    };
    Ok(Chain {
        name,
        host: HOST,
        time: time::MIDDLE,
        targets: (0..).take(targets).map(target).collect(),
        intermediate: intermediate.der().to_vec(),
        anchor: anchor.der().to_vec(),
        policy: policy(HOST)?,
    })
}

/// What www.amazon.com sent; see testdata/public.
fn public() -> io::Result<Chain> {
    const HOST: &str = "amazon.com";
    let file = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../testdata/public/chain.pem"))?;
    let text = Text::detect(&file).ok_or_else(|| io::Error::other("the public chain is no text"))?;
    let mut blocks = pem::blocks(&text).filter_map(Result::ok).map(|block| block.der.clone());
    let (Some(target), Some(intermediate)) = (blocks.next(), blocks.next()) else {
        return Err(io::Error::other("the public chain has not two certificates"));
    };
    let name = read(&intermediate)?.issuer_digest();
    let anchor = webpki_root_certs::TLS_SERVER_ROOT_CERTS
        .iter()
        .find(|der| read(der).is_ok_and(|anchor| anchor.subject_digest() == name))
        .ok_or_else(|| io::Error::other("the Mozilla set has no anchor for the public chain"))?;
    Ok(Chain {
        name: "amazon.com, RSA",
        host: HOST,
        time: AUGUST,
        targets: vec![target],
        intermediate,
        anchor: anchor.to_vec(),
        policy: policy(HOST)?,
    })
}

fn policy(host: &str) -> io::Result<ValidationPolicy> {
    let mut policy = ValidationPolicy::new(Profile::Rfc5280);
    policy.purposes.push(Purpose::server_auth());
    policy.name = Some(ReferenceName::parse(host).map_err(io::Error::other)?);
    Ok(policy)
}

fn read(der: &[u8]) -> io::Result<Certificate> {
    Certificate::from_der(der).map_err(io::Error::other)
}

fn sourced(der: &[u8]) -> Option<Sourced> {
    Some(Sourced { certificate: Certificate::from_der(der).ok()?, origin: Origin::Memory })
}

impl Chain {
    /// The first target.
    pub(crate) fn target(&self) -> &[u8] {
        self.targets.first().map_or(&[], Vec::as_slice)
    }

    /// A verification from octets alone: the answer and how many signatures were
    /// verified.
    pub(crate) fn verify(&self, target: &[u8]) -> Option<(Status, usize)> {
        Ready::new(self)?.verify(target, &VerifyCache::new())
    }

    pub(crate) fn prepared_target(&self, target: &[u8]) -> io::Result<Prepared> {
        Prepared::new(&self.intermediate, target)
    }

    pub(crate) fn prepared_intermediate(&self) -> io::Result<Prepared> {
        Prepared::new(&self.anchor, &self.intermediate)
    }
}

/// What verifications of one chain's targets share.
pub(crate) struct Ready<'a> {
    policy: &'a ValidationPolicy,
    time: Time,
    pool: CertPool,
    anchors: AnchorSet,
}

impl<'a> Ready<'a> {
    pub(crate) fn new(chain: &'a Chain) -> Option<Ready<'a>> {
        let mut pool = CertPool::new();
        pool.add(Certificate::from_der(&chain.intermediate).ok()?, Origin::Memory);
        let mut anchors = AnchorSet::new();
        anchors.add(Certificate::from_der(&chain.anchor).ok()?, Origin::Memory);
        Some(Ready { policy: &chain.policy, time: Time::from_unix(chain.time), pool, anchors })
    }

    pub(crate) fn verify(&self, target: &[u8], cache: &VerifyCache) -> Option<(Status, usize)> {
        let target = sourced(target)?;
        let verdict = Validation {
            target: &target,
            pool: &self.pool,
            anchors: &self.anchors,
            policy: self.policy,
            time: self.time,
            paths: Paths::UntilTrusted,
            evidence: &certlens_core::revocation::Evidence::new(),
            cache,
        }
        .run();
        Some((verdict.status, verdict.signatures))
    }

    /// A cache that knows the intermediate's signature.
    pub(crate) fn warm_cache(&self) -> Option<VerifyCache> {
        let cache = VerifyCache::new();
        let (intermediate, anchor) = (self.pool.iter().next()?, self.anchors.iter().next()?);
        let issuer = Issuer::Certificate(anchor.certificate()?);
        Verifier::new(&cache).verify(&IssuerKey::of(issuer), &intermediate.certificate).ok()?;
        Some(cache)
    }
}

/// A signature with all that its verification takes, read beforehand.
pub(crate) struct Prepared {
    algorithm: &'static dyn VerificationAlgorithm,
    key: Vec<u8>,
    message: Vec<u8>,
    signature: Vec<u8>,
}

impl Prepared {
    fn new(issuer: &[u8], child: &[u8]) -> io::Result<Prepared> {
        let (issuer, child) = (read(issuer)?, read(child)?);
        let (algorithm, key): (&'static dyn VerificationAlgorithm, &[u8]) =
            match issuer.spki().public_key().map_err(io::Error::other)? {
                PublicKey::Ec { point, .. } => (&ECDSA_P256_SHA256_ASN1, point),
                PublicKey::Rsa { der, .. } => (&RSA_PKCS1_2048_8192_SHA256, der),
                other => return Err(io::Error::other(format!("{} is not foreseen here", other.describe()))),
            };
        let signature = child.signature().octets().unwrap_or_default();
        let prepared =
            Prepared { algorithm, key: key.to_vec(), message: child.tbs().to_vec(), signature: signature.to_vec() };
        match prepared.verify() {
            true => Ok(prepared),
            false => Err(io::Error::other("a prepared signature does not verify")),
        }
    }

    pub(crate) fn verify(&self) -> bool {
        UnparsedPublicKey::new(self.algorithm, &self.key).verify(&self.message, &self.signature).is_ok()
    }
}
