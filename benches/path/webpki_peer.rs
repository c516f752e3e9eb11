//! The same verification by rustls-webpki, with the same signature library.

use std::io;
use std::time::Duration;

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey, VerificationAlgorithm,
};
use rustls_pki_types::{
    AlgorithmIdentifier, CertificateDer, InvalidSignature, ServerName, SignatureVerificationAlgorithm, UnixTime, alg_id,
};
use webpki::{EndEntityCert, Error, KeyUsage, anchor_from_trusted_cert};

use crate::chains::Chain;

const ALGORITHMS: [&dyn SignatureVerificationAlgorithm; 2] = [
    &Algorithm { of_key: alg_id::ECDSA_P256, of_signature: alg_id::ECDSA_SHA256, library: &ECDSA_P256_SHA256_ASN1 },
    &Algorithm {
        of_key: alg_id::RSA_ENCRYPTION,
        of_signature: alg_id::RSA_PKCS1_SHA256,
        library: &RSA_PKCS1_2048_8192_SHA256,
    },
];

/// As rustls-webpki has it behind its feature `aws-lc-rs`.
#[derive(Debug)]
struct Algorithm {
    of_key: AlgorithmIdentifier,
    of_signature: AlgorithmIdentifier,
    library: &'static dyn VerificationAlgorithm,
}

impl SignatureVerificationAlgorithm for Algorithm {
    fn verify_signature(&self, key: &[u8], message: &[u8], signature: &[u8]) -> Result<(), InvalidSignature> {
        UnparsedPublicKey::new(self.library, key).verify(message, signature).map_err(|_| InvalidSignature)
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        self.of_key
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        self.of_signature
    }
}

/// What is prepared before a verification, as a `ValidationPolicy` is.
pub(crate) struct Policy {
    name: ServerName<'static>,
    time: UnixTime,
}

impl Policy {
    pub(crate) fn new(chain: &Chain) -> io::Result<Policy> {
        let name = ServerName::try_from(chain.host).map_err(io::Error::other)?;
        let seconds = u64::try_from(chain.time).map_err(io::Error::other)?;
        Ok(Policy { name, time: UnixTime::since_unix_epoch(Duration::from_secs(seconds)) })
    }

    pub(crate) fn verify(&self, chain: &Chain, target: &[u8]) -> Result<(), Error> {
        let anchor = CertificateDer::from(chain.anchor.as_slice());
        let anchors = [anchor_from_trusted_cert(&anchor)?];
        let intermediates = [CertificateDer::from(chain.intermediate.as_slice())];
        let target = CertificateDer::from(target);
        let target = EndEntityCert::try_from(&target)?;
        let purpose = KeyUsage::server_auth();
        target.verify_for_usage(&ALGORITHMS, &anchors, &intermediates, self.time, purpose, None, None)?;
        target.verify_is_valid_for_subject_name(&self.name)
    }
}
