//! A case: what is given, the verdict on it, and the comparison with what is
//! expected.

use certlens_core::anchors::AnchorSet;
use certlens_core::crypto::acceptance::WeakKinds;
use certlens_core::engine::{Paths, Validation};
use certlens_core::finding::Finding;
use certlens_core::identity::ReferenceName;
use certlens_core::origin::Origin;
use certlens_core::path::VerifyCache;
use certlens_core::policy::{Profile, Purpose, RevocationMode, ValidationPolicy};
use certlens_core::pool::{CertPool, Sourced};
use certlens_core::revocation::{Evidence, EvidenceOcsp};
use certlens_core::time::Time;
use certlens_core::verdict::{Status, Verdict};
use certlens_core::x509::ocsp::OcspResponse;
use certlens_core::x509::{CertId, Certificate, Crl};
use certlens_testkit::{Ca, CertificateBuilder, Key, Name, time};

/// Everything one verification depends on.
#[derive(Clone)]
pub(crate) struct Case {
    target: Vec<u8>,
    pool: Vec<Vec<u8>>,
    anchors: Vec<Vec<u8>>,
    policy: ValidationPolicy,
    time: i64,
    paths: Paths,
    evidence: Evidence,
}

impl Case {
    /// A target under the RFC 5280 profile at [`time::MIDDLE`], with nothing
    /// else given.
    pub(crate) fn new(target: impl Into<Vec<u8>>) -> Case {
        Case {
            target: target.into(),
            pool: Vec::new(),
            anchors: Vec::new(),
            policy: ValidationPolicy::new(Profile::Rfc5280),
            time: time::MIDDLE,
            paths: Paths::UntilTrusted,
            evidence: Evidence::new(),
        }
    }

    pub(crate) fn pool<D: Into<Vec<u8>>>(mut self, certificates: impl IntoIterator<Item = D>) -> Case {
        self.pool.extend(certificates.into_iter().map(Into::into));
        self
    }

    pub(crate) fn anchors<D: Into<Vec<u8>>>(mut self, certificates: impl IntoIterator<Item = D>) -> Case {
        self.anchors.extend(certificates.into_iter().map(Into::into));
        self
    }

    pub(crate) fn web(mut self) -> Case {
        self.policy.profile = Profile::Web;
        self
    }

    pub(crate) fn allow_weak(mut self, word: &str) -> Case {
        self.policy.allow_weak = self.policy.allow_weak.union(word.parse::<WeakKinds>().expect("a kind of weakness"));
        self
    }

    pub(crate) fn purpose(mut self, name: &str) -> Case {
        self.policy.purposes.push(Purpose::parse(name).expect("a purpose"));
        self
    }

    pub(crate) fn name(mut self, name: &str) -> Case {
        self.policy.name = Some(ReferenceName::parse(name).expect("a name"));
        self
    }

    pub(crate) fn at(mut self, unix: i64) -> Case {
        self.time = unix;
        self
    }

    /// The target, which must be readable.
    pub(crate) fn target_id(&self) -> CertId {
        Certificate::from_der(&self.target).expect("the certificate can be read").id()
    }

    pub(crate) fn policy(&self) -> &ValidationPolicy {
        &self.policy
    }

    /// Looks at all paths.
    pub(crate) fn all_paths(mut self) -> Case {
        self.paths = Paths::All;
        self
    }

    /// Demands to know about revocation, and gives CRLs.
    pub(crate) fn require_revocation<D: AsRef<[u8]>>(mut self, crls: impl IntoIterator<Item = D>) -> Case {
        self.policy.revocation.mode = RevocationMode::Require;
        for der in crls {
            self.evidence.add_crl(Crl::from_der(der.as_ref()).expect("the CRL can be read"), Origin::Memory);
        }
        self
    }

    /// Accepts a certificate whose status is not known.
    pub(crate) fn best_effort(self) -> Case {
        self.with(|policy| policy.revocation.mode = RevocationMode::BestEffort)
    }

    /// Gives an OCSP response.
    pub(crate) fn response(self, der: impl AsRef<[u8]>) -> Case {
        self.response_from(der, Origin::Memory)
    }

    pub(crate) fn response_from(self, der: impl AsRef<[u8]>, origin: Origin) -> Case {
        let response = OcspResponse::from_der(der.as_ref()).expect("the response can be read");
        self.with_evidence(|evidence| {
            evidence.add_response(EvidenceOcsp { response, origin, nonce: None, asked_for: None })
        })
    }

    /// Changes what is known about revocation.
    pub(crate) fn with_evidence<R>(mut self, change: impl FnOnce(&mut Evidence) -> R) -> Case {
        change(&mut self.evidence);
        self
    }

    /// Changes the policy.
    pub(crate) fn with(mut self, change: impl Fn(&mut ValidationPolicy)) -> Case {
        change(&mut self.policy);
        self
    }

    /// The verdict; all certificates must be readable.
    pub(crate) fn verdict(&self) -> Verdict {
        let read = |der: &Vec<u8>| Certificate::from_der(der).expect("the certificate can be read");
        let mut pool = CertPool::new();
        self.pool.iter().for_each(|der| {
            pool.add(read(der), Origin::Memory);
        });
        let mut anchors = AnchorSet::new();
        self.anchors.iter().for_each(|der| {
            anchors.add(read(der), Origin::Memory);
        });
        Validation {
            target: &Sourced { certificate: read(&self.target), origin: Origin::Memory },
            pool: &pool,
            anchors: &anchors,
            policy: &self.policy,
            time: Time::from_unix(self.time),
            paths: self.paths,
            evidence: &self.evidence,
            cache: &VerifyCache::new(),
        }
        .run()
    }

    /// Asserts the status and all findings, each as `severity code@depth`
    /// (without `@depth` when it is about the run), in any order.
    #[track_caller]
    pub(crate) fn expect(&self, what: &str, status: Status, findings: &[&str]) -> Verdict {
        let verdict = self.verdict();
        let mut found: Vec<String> = verdict.all_findings().map(describe).collect();
        found.sort();
        let mut expected: Vec<String> = findings.iter().map(|line| (*line).to_owned()).collect();
        expected.sort();
        let messages: Vec<&str> = verdict.all_findings().map(|finding| finding.message.as_str()).collect();
        assert_eq!((verdict.status, &found), (status, &expected), "{what}: {messages:#?}");
        verdict
    }

    /// Asserts that it is refused for these reasons alone, whatever is warned of.
    #[track_caller]
    pub(crate) fn refused(&self, what: &str, errors: &[&str]) -> Verdict {
        let verdict = self.verdict();
        let mut found: Vec<String> = verdict.errors().into_iter().map(describe).collect();
        found.sort();
        let mut expected: Vec<String> = errors.iter().map(|error| format!("error {error}")).collect();
        expected.sort();
        let messages: Vec<&str> = verdict.all_findings().map(|finding| finding.message.as_str()).collect();
        assert_eq!((verdict.status, &found), (Status::Untrusted, &expected), "{what}: {messages:#?}");
        verdict
    }

    #[track_caller]
    pub(crate) fn trusted(&self, what: &str, findings: &[&str]) -> Verdict {
        self.expect(what, Status::Trusted, findings)
    }

    #[track_caller]
    pub(crate) fn untrusted(&self, what: &str, findings: &[&str]) -> Verdict {
        self.expect(what, Status::Untrusted, findings)
    }
}

fn describe(finding: &Finding) -> String {
    let depth = finding.locus.certificate.and_then(|certificate| certificate.depth);
    let depth = depth.map(|depth| format!("@{depth}")).unwrap_or_default();
    format!("{} {}{depth}", finding.severity, finding.code)
}

/// An anchor and an intermediate below it; enough for most cases.
pub(crate) struct Pki {
    pub(crate) anchor: Ca,
    pub(crate) intermediate: Ca,
}

impl Pki {
    pub(crate) fn new() -> Pki {
        let anchor = Ca::anchor("Anchor", Key::p256(0));
        let intermediate = Ca::intermediate("Intermediate", Key::p256(1), &anchor);
        Pki { anchor, intermediate }
    }

    /// A case whose target is issued by the intermediate.
    pub(crate) fn case(&self, target: CertificateBuilder) -> Case {
        self.case_der(target.issued_by(&self.intermediate))
    }

    pub(crate) fn case_der(&self, target: Vec<u8>) -> Case {
        Case::new(target).pool([self.intermediate.der()]).anchors([self.anchor.der()])
    }

    /// A case with another certificate in the place of the intermediate's.
    pub(crate) fn case_below(&self, intermediate: CertificateBuilder) -> Case {
        let intermediate = Ca::issued(intermediate, &self.anchor);
        Case::new(target().issued_by(&intermediate)).pool([intermediate.der()]).anchors([self.anchor.der()])
    }

    /// A case with another certificate in the place of the anchor's.
    pub(crate) fn case_under(anchor: CertificateBuilder) -> Case {
        let anchor = Ca::self_signed(anchor);
        let intermediate = Ca::intermediate("Intermediate", Key::p256(1), &anchor);
        Case::new(target().issued_by(&intermediate)).pool([intermediate.der()]).anchors([anchor.der()])
    }
}

/// A sound end entity.
pub(crate) fn target() -> CertificateBuilder {
    CertificateBuilder::new(Name::cn("Target"), Key::p256(2))
}

/// A sound CA below the anchor, to be changed.
pub(crate) fn intermediate() -> CertificateBuilder {
    Ca::builder("Intermediate", Key::p256(1))
}

/// A sound anchor, to be changed.
pub(crate) fn anchor() -> CertificateBuilder {
    Ca::builder("Anchor", Key::p256(0))
}
