//! The same verification by rustls-webpki, with the same signature library.

use std::io;
use std::time::Duration;

use rustls_pki_types::{CertificateDer, ServerName, SignatureVerificationAlgorithm, UnixTime};
use webpki::{EndEntityCert, Error, KeyUsage, anchor_from_trusted_cert, aws_lc_rs};

use crate::chains::Chain;

const ALGORITHMS: [&dyn SignatureVerificationAlgorithm; 2] =
    [aws_lc_rs::ECDSA_P256_SHA256, aws_lc_rs::RSA_PKCS1_2048_8192_SHA256];

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
