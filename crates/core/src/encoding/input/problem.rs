//! What is wrong with a file, in words that name the byte, the line, what was
//! expected and what to do.

use std::fmt;

use super::{MAX_INPUT_OCTETS, MAX_OBJECTS};
use crate::encoding::der::{DerError, DerErrorKind};
use crate::encoding::pem::{Base64Error, Base64Note, PemErrorKind};
use crate::encoding::pkcs7::Pkcs7Error;
use crate::encoding::sniff::ObjectKind;

/// Something in a file that could not be read, or that an administrator should
/// know; the rest of the file was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputProblem {
    /// Byte offset in the file. For what is inside PEM or base64, the start of that block.
    pub offset: usize,
    /// Line, from 1, when the file is text.
    pub line: Option<usize>,
    /// Offset in the decoded octets, for what is inside PEM or base64.
    pub inner: Option<usize>,
    /// What is wrong.
    pub kind: ProblemKind,
}

/// What an [`InputProblem`] is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProblemKind {
    /// A PEM block cannot be read.
    Pem {
        /// The block's label, empty when that could not be read.
        label: String,
        /// What is wrong.
        error: PemErrorKind,
    },
    /// Base64 without PEM boundaries cannot be decoded.
    Base64(Base64Error),
    /// Base64 that decodes without doubt has something unusual.
    Unusual(Base64Note),
    /// The label of a PEM block says another thing than its content. The content counts.
    LabelContradicts {
        /// The label.
        label: String,
        /// What the content is.
        found: ObjectKind,
    },
    /// An object breaks off or its outermost structure cannot be followed.
    Damaged {
        /// What it starts like.
        kind: ObjectKind,
        /// What was expected; its offset is the problem's.
        error: DerError,
    },
    /// The content of a block is nothing known.
    Unrecognised(ObjectKind),
    /// A PKCS#7 cannot be read, or not to its end.
    Pkcs7(Pkcs7Error),
    /// A PKCS#7 carries neither a certificate nor a CRL.
    Pkcs7Empty,
    /// A PKCS#7 carries something else beside X.509 certificates and CRLs; the
    /// words name it.
    Pkcs7Other(&'static str),
    /// A PKCS#7 has signers: it is a signed message, not only a bag of certificates.
    Pkcs7Signed,
    /// The trust settings of an OpenSSL "TRUSTED CERTIFICATE" were left out.
    TrustSettings {
        /// How many octets they take.
        octets: usize,
    },
    /// Octets after the last object.
    TrailingData {
        /// How many.
        octets: usize,
        /// Whether they are all zero or white space.
        blank: bool,
    },
    /// The file has more than [`MAX_OBJECTS`]; the rest was not read.
    TooManyObjects,
}

impl ProblemKind {
    /// Whether all objects were read nevertheless.
    pub fn is_note(&self) -> bool {
        matches!(
            self,
            Self::Unusual(_)
                | Self::LabelContradicts { .. }
                | Self::Pkcs7Signed
                | Self::TrustSettings { .. }
                | Self::TrailingData { blank: true, .. }
        )
    }

    /// What to do about it.
    fn advice(&self) -> &'static str {
        const AGAIN: &str = "the file is incomplete: copy or download it again, in binary mode";
        const EDITED: &str = "the block was damaged, perhaps by an editor or a mail: export the certificate again";
        match self {
            Self::Pem { error: PemErrorKind::MissingEnd { .. }, .. } => AGAIN,
            Self::Damaged { error: DerError { kind: DerErrorKind::Truncated { .. }, .. }, .. } => AGAIN,
            Self::Pem { .. } | Self::Base64(_) => EDITED,
            Self::Pkcs7(Pkcs7Error::ContentType { .. }) | Self::Pkcs7Empty => {
                "ask for the certificates themselves, as PEM, DER or a P7B file"
            }
            _ => "export the certificate again, as PEM or DER",
        }
    }
}

impl fmt::Display for ProblemKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pem { label, error } if label.is_empty() => error.fmt(f),
            Self::Pem { label, error } => write!(f, "PEM block {label:?}: {error}"),
            Self::Base64(error) => error.fmt(f),
            Self::Unusual(note) => note.fmt(f),
            Self::LabelContradicts { label, found } => {
                write!(f, "the PEM label says {label:?}, but the content is {}", found.describe())
            }
            Self::Damaged { kind, error } => write!(f, "{} is damaged: {}", kind.describe(), error.kind),
            Self::Unrecognised(kind) => write!(f, "the content is {}", kind.describe()),
            Self::Pkcs7(error) => error.fmt(f),
            Self::Pkcs7Empty => f.write_str("the PKCS#7 carries neither a certificate nor a CRL"),
            Self::Pkcs7Other(name) => write!(f, "the PKCS#7 carries {name}, which is not read"),
            Self::Pkcs7Signed => f.write_str("the PKCS#7 is a signed message; its signature is not verified"),
            Self::TrustSettings { octets } => {
                write!(f, "the trust settings after the certificate ({octets} octets, OpenSSL's own) are ignored")
            }
            Self::TrailingData { octets, blank: true } => write!(f, "{octets} blank octets follow the last object"),
            Self::TrailingData { octets, blank: false } => {
                write!(f, "{octets} octets follow the last object and are nothing known")
            }
            Self::TooManyObjects => {
                write!(f, "the file has more than {MAX_OBJECTS} objects (MAX_OBJECTS); the rest is not read")
            }
        }
    }
}

impl fmt::Display for InputProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "byte {}", self.offset)?;
        if let Some(line) = self.line {
            write!(f, " (line {line})")?;
        }
        if let Some(inner) = self.inner {
            write!(f, ", decoded byte {inner}")?;
        }
        write!(f, ": {}", self.kind)
    }
}

/// Why nothing in a file is of use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InputError {
    /// Larger than [`MAX_INPUT_OCTETS`].
    TooLarge {
        /// Its size in octets.
        octets: usize,
    },
    /// Another kind of file.
    Unrecognised {
        /// What it is.
        kind: ObjectKind,
    },
    /// Something was there, but nothing could be read.
    Damaged {
        /// What is wrong, in the order of the file; at least one.
        problems: Vec<InputProblem>,
        /// How many more there are beyond [`MAX_PROBLEMS`](super::MAX_PROBLEMS).
        omitted: usize,
    },
    /// Objects were read, but none is a certificate.
    NoCertificate {
        /// What was found instead, each kind once.
        found: Vec<ObjectKind>,
    },
}

impl InputError {
    /// What to do about it.
    pub fn advice(&self) -> &'static str {
        let kind = match self {
            Self::TooLarge { .. } => return "split the file, or take the certificates out of it first",
            Self::Damaged { problems, .. } => {
                let lost = problems.iter().find(|problem| !problem.kind.is_note());
                return lost.map_or("export the certificate again", |problem| problem.kind.advice());
            }
            Self::Unrecognised { kind } => *kind,
            Self::NoCertificate { found } => found.first().copied().unwrap_or(ObjectKind::Unknown),
        };
        match kind {
            ObjectKind::Empty | ObjectKind::AllZeros => "copy or download the file again",
            ObjectKind::Html => {
                "a server or proxy sent a page instead of the certificate: open the file in a browser to see why"
            }
            ObjectKind::Zip => "unpack it first",
            ObjectKind::Pkcs7 | ObjectKind::TrustList => "ask for the certificates themselves",
            ObjectKind::Pfx => {
                "a PFX file is not taken here: take the certificates out of it, by `certlens pfx extract FILE` or `openssl pkcs12 -in FILE -nokeys -out chain.pem`"
            }
            ObjectKind::CertificateRequest => "send the request to a certification authority, and give what it returns",
            ObjectKind::PrivateKey { .. } => {
                "give the certificate; a private key is not needed, and should stay where it is"
            }
            ObjectKind::PublicKey | ObjectKind::Parameters => "give the certificate that belongs to it",
            ObjectKind::Crl => "give the certificate; this says only what was revoked, and `certlens crl` shows it",
            ObjectKind::OcspResponse => {
                "give the certificate; this says only what was revoked, and `certlens ocsp` shows it"
            }
            ObjectKind::OcspRequest => "give the certificate that it asks about; `certlens ocsp` shows the request",
            ObjectKind::JavaKeyStore => {
                "export with: keytool -exportcert -rfc -keystore FILE -alias ALIAS -file certificate.pem"
            }
            ObjectKind::SerializedStore => "export the certificates as P7B: certutil -dump FILE lists them",
            ObjectKind::SshKey | ObjectKind::Pgp => "this is another kind of key, without X.509 certificate",
            _ => "export the certificate as PEM or DER (Windows: Base-64 or DER encoded X.509)",
        }
    }
}

impl fmt::Display for InputError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge { octets } => {
                write!(f, "the file has {octets} octets, the limit is {MAX_INPUT_OCTETS} (MAX_INPUT_OCTETS)")
            }
            Self::Unrecognised { kind } => {
                write!(
                    f,
                    "byte 0: the file is {}; expected a certificate as DER, PEM, base64 or PKCS#7",
                    kind.describe()
                )
            }
            Self::Damaged { problems, omitted } => {
                f.write_str("nothing in the file can be read")?;
                if let Some(problem) = problems.iter().find(|problem| !problem.kind.is_note()) {
                    write!(f, ": {problem}")?;
                }
                match omitted + problems.iter().filter(|problem| !problem.kind.is_note()).count() {
                    0 | 1 => Ok(()),
                    count => write!(f, " (and {} more)", count - 1),
                }
            }
            Self::NoCertificate { found } => {
                f.write_str("expected a certificate, found ")?;
                for (index, kind) in found.iter().enumerate() {
                    write!(f, "{}{}", if index > 0 { " and " } else { "" }, kind.describe())?;
                }
                Ok(())
            }
        }
    }
}

impl std::error::Error for InputError {}
