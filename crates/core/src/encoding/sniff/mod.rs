//! What octets are, by their content alone. A file's name says nothing: `.cer`
//! is DER or PEM, `.p7b` is either, `.crt` was seen to hold all of them.
//!
//! Only the outline is looked at (tags and order of the first elements), and
//! lengths are clipped to what is there, so a damaged or truncated certificate
//! is still taken for one and its parser can say what is wrong with it.

use super::pkcs7;

/// What an object or a whole file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ObjectKind {
    /// X.509 certificate (RFC 5280 §4.1).
    Certificate,
    /// PKCS#7 or CMS ContentInfo of any content type (RFC 5652 §3).
    Pkcs7,
    /// PKCS#12 PFX (RFC 7292 §4).
    Pfx,
    /// PKCS#10 certification request (RFC 2986 §4.2).
    CertificateRequest,
    /// X.509 CRL (RFC 5280 §5.1).
    Crl,
    /// OCSP request (RFC 6960 §4.1.1).
    OcspRequest,
    /// OCSP response (RFC 6960 §4.2.1).
    OcspResponse,
    /// X.509 attribute certificate (RFC 5755 §4.1).
    AttributeCertificate,
    /// Private key.
    PrivateKey {
        /// Whether a password protects it.
        encrypted: bool,
        /// Its format.
        form: KeyForm,
    },
    /// Public key without certificate: SubjectPublicKeyInfo or PKCS#1.
    PublicKey,
    /// Algorithm parameters, such as the curve that OpenSSL writes before an EC key.
    Parameters,
    /// Microsoft certificate trust list (`.stl`), a SignedData.
    TrustList,
    /// Microsoft serialized certificate store (`.sst`).
    SerializedStore,
    /// Java key store, JKS or JCEKS.
    JavaKeyStore,
    /// OpenSSH or SSH2 public key.
    SshKey,
    /// OpenPGP armour.
    Pgp,
    /// Web page.
    Html,
    /// ZIP archive, or a format built on it.
    Zip,
    /// Another well-known format; the words name it.
    Foreign(&'static str),
    /// Text that has no PEM block and is not base64.
    TextWithoutPem,
    /// Nothing but zeros.
    AllZeros,
    /// No octets, or only white space.
    Empty,
    /// An ASN.1 SEQUENCE of a type not known here.
    UnknownDer,
    /// None of these.
    Unknown,
}

/// Format of a private key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyForm {
    /// PKCS#8 (RFC 5958 §2, §3).
    Pkcs8,
    /// RSA (RFC 8017 §A.1.2).
    Pkcs1,
    /// Elliptic curve (RFC 5915 §3).
    Sec1,
    /// OpenSSL's DSA key.
    Dsa,
    /// OpenSSH's own format.
    OpenSsh,
    /// PuTTY's own format.
    Putty,
    /// Not known: the PEM label says it is one, the content cannot be read.
    Unknown,
}

impl ObjectKind {
    /// What it is, in words that fit after "the file is".
    pub fn describe(self) -> &'static str {
        match self {
            Self::Certificate => "an X.509 certificate",
            Self::Pkcs7 => "a PKCS#7 (CMS) message",
            Self::Pfx => "a PKCS#12 (PFX) file",
            Self::CertificateRequest => "a certificate signing request (PKCS#10)",
            Self::Crl => "a certificate revocation list (CRL)",
            Self::OcspRequest => "an OCSP request",
            Self::OcspResponse => "an OCSP response",
            Self::AttributeCertificate => "an attribute certificate",
            Self::PrivateKey { encrypted, form } => match (form, encrypted) {
                (KeyForm::Pkcs8, true) => "an encrypted private key (PKCS#8)",
                (KeyForm::Pkcs8, false) => "a private key (PKCS#8)",
                (KeyForm::Pkcs1, _) => "an RSA private key (PKCS#1)",
                (KeyForm::Sec1, _) => "an elliptic-curve private key (SEC 1)",
                (KeyForm::Dsa, _) => "a DSA private key",
                (KeyForm::OpenSsh, true) => "an encrypted OpenSSH private key",
                (KeyForm::OpenSsh, false) => "an OpenSSH private key",
                (KeyForm::Putty, _) => "a PuTTY private key",
                (KeyForm::Unknown, true) => "an encrypted private key",
                (KeyForm::Unknown, false) => "a private key",
            },
            Self::PublicKey => "a public key without certificate",
            Self::Parameters => "algorithm parameters without key or certificate",
            Self::TrustList => "a Microsoft certificate trust list (STL)",
            Self::SerializedStore => "a Microsoft serialized certificate store (SST)",
            Self::JavaKeyStore => "a Java key store (JKS)",
            Self::SshKey => "an SSH public key",
            Self::Pgp => "an OpenPGP key or message",
            Self::Html => "a web page (HTML)",
            Self::Zip => "a ZIP archive",
            Self::Foreign(name) => name,
            Self::TextWithoutPem => "text without any PEM block",
            Self::AllZeros => "nothing but zeros",
            Self::Empty => "empty",
            Self::UnknownDer => "an ASN.1 structure of an unknown type",
            Self::Unknown => "neither ASN.1, PEM nor base64",
        }
    }
}

/// How other formats start.
const MAGIC: &[(&[u8], ObjectKind)] = &[
    (&[0xfe, 0xed, 0xfe, 0xed], ObjectKind::JavaKeyStore),
    (&[0xce, 0xce, 0xce, 0xce], ObjectKind::JavaKeyStore),
    (b"\0\0\0\0CERT", ObjectKind::SerializedStore),
    (b"PK\x03\x04", ObjectKind::Zip),
    (b"PK\x05\x06", ObjectKind::Zip),
    (b"openssh-key-v1\0", ObjectKind::PrivateKey { encrypted: false, form: KeyForm::OpenSsh }),
    (b"PuTTY-User-Key-File-", ObjectKind::PrivateKey { encrypted: false, form: KeyForm::Putty }),
    (b"---- BEGIN SSH2 PUBLIC KEY", ObjectKind::SshKey),
    (b"ssh-", ObjectKind::SshKey),
    (b"ecdsa-sha2-", ObjectKind::SshKey),
    (b"\x1f\x8b", ObjectKind::Foreign("a gzip archive")),
    (b"7z\xbc\xaf\x27\x1c", ObjectKind::Foreign("a 7-Zip archive")),
    (b"Rar!\x1a\x07", ObjectKind::Foreign("a RAR archive")),
    (b"MSCF", ObjectKind::Foreign("a Windows cabinet (CAB) archive")),
    (b"\xff\xd8\xff", ObjectKind::Foreign("a JPEG image")),
    (b"\x89PNG\r\n\x1a\n", ObjectKind::Foreign("a PNG image")),
    (b"GIF8", ObjectKind::Foreign("a GIF image")),
    (b"%PDF-", ObjectKind::Foreign("a PDF document")),
    (b"\x7fELF", ObjectKind::Foreign("an ELF program or library")),
    (b"MZ\x90\0", ObjectKind::Foreign("a Windows program or library")),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ObjectKind::Foreign("a Microsoft compound file (MSI, DOC, MSG, …)")),
    (b"SQLite format 3\0", ObjectKind::Foreign("an SQLite database (NSS key store?)")),
    // "-----BEGIN" in base64
    (b"LS0tLS1CRUdJTi", ObjectKind::Foreign("a PEM file in base64 once more, as in a Kubernetes secret")),
];

/// How far into a text HTML is looked for.
const HTML_PROLOGUE_OCTETS: usize = 1024;

/// What `bytes` are: binary, or text of any kind.
pub fn sniff(bytes: &[u8]) -> ObjectKind {
    let trimmed = bytes.trim_ascii_start();
    if trimmed.is_empty() {
        return ObjectKind::Empty;
    }
    if bytes.iter().all(|&octet| octet == 0) {
        return ObjectKind::AllZeros;
    }
    if let Some(&(_, kind)) = MAGIC.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return match kind {
            ObjectKind::PrivateKey { form: KeyForm::OpenSsh, .. } => open_ssh(bytes),
            kind => kind,
        };
    }
    let prologue = trimmed.get(..trimmed.len().min(HTML_PROLOGUE_OCTETS)).unwrap_or_default();
    let prologue = prologue.to_ascii_lowercase();
    if prologue.starts_with(b"<") {
        let is_html = prologue.starts_with(b"<!doctype html") || prologue.windows(5).any(|part| part == b"<html");
        return if is_html { ObjectKind::Html } else { ObjectKind::Foreign("an XML document") };
    }
    match sniff_der(bytes) {
        ObjectKind::Unknown if trimmed.starts_with(b"{") => ObjectKind::Foreign("a JSON document"),
        kind => kind,
    }
}

/// `openssh-key-v1`, then the cipher's name with a length of four octets.
fn open_ssh(bytes: &[u8]) -> ObjectKind {
    let encrypted = !bytes.get(15..).is_some_and(|rest| rest.starts_with(b"\0\0\0\x04none"));
    ObjectKind::PrivateKey { encrypted, form: KeyForm::OpenSsh }
}

/// Values side by side, lengths clipped to what is there.
#[derive(Clone, Copy)]
struct Outline<'a>(&'a [u8]);

#[derive(Clone, Copy)]
struct Node<'a> {
    tag: u8,
    content: &'a [u8],
}

impl<'a> Node<'a> {
    fn children(self) -> Outline<'a> {
        Outline(self.content)
    }

    /// The first value inside.
    fn first(self) -> Option<Node<'a>> {
        self.children().next()
    }

    fn starts_with(self, tag: u8) -> bool {
        self.first().is_some_and(|node| node.tag == tag)
    }
}

impl<'a> Iterator for Outline<'a> {
    type Item = Node<'a>;

    fn next(&mut self) -> Option<Node<'a>> {
        let (&tag, rest) = self.0.split_first()?;
        let (&length, mut rest) = rest.split_first()?;
        let length = match length {
            0..0x80 => usize::from(length),
            // Where an indefinite length ends is not looked for: nothing
            // behind it is needed to know the object.
            0x80 => rest.len(),
            _ => {
                let mut value: usize = 0;
                for _ in 0..length & 0x7f {
                    let (&octet, after) = rest.split_first()?;
                    value = value.saturating_mul(256).saturating_add(usize::from(octet));
                    rest = after;
                }
                value
            }
        };
        let (content, after) = rest.split_at_checked(length).unwrap_or((rest, &[]));
        self.0 = after;
        Some(Node { tag, content })
    }
}

const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const OCTET_STRING: u8 = 0x04;
const OID: u8 = 0x06;
const ENUMERATED: u8 = 0x0a;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const CONTEXT_0: u8 = 0xa0;
const CONTEXT_1: u8 = 0xa1;

/// What the DER or BER object at the start of `bytes` is.
pub fn sniff_der(bytes: &[u8]) -> ObjectKind {
    let Some(outer) = Outline(bytes).next().filter(|node| node.tag == SEQUENCE) else { return ObjectKind::Unknown };
    let mut inside = outer.children();
    let Some(first) = inside.next() else { return ObjectKind::UnknownDer };
    let second = inside.next();
    let known = match first.tag {
        OID => content_info(first.content, second),
        INTEGER => integer_first(first.content, second, inside),
        // OCSPResponse: responseStatus, and [0] responseBytes unless it is an error.
        ENUMERATED if first.content.len() == 1 && second.is_none_or(|node| node.tag == CONTEXT_0) => {
            Some(ObjectKind::OcspResponse)
        }
        SEQUENCE => sequence_first(first, second),
        _ => None,
    };
    known.unwrap_or(ObjectKind::UnknownDer)
}

fn content_info(oid: &[u8], content: Option<Node<'_>>) -> Option<ObjectKind> {
    pkcs7::content_type_name(oid)?;
    if oid == pkcs7::SIGNED_DATA
        && let Some(signed_data) = content.and_then(Node::first)
    {
        // version, digestAlgorithms, encapContentInfo
        let encapsulated = signed_data.children().nth(2).and_then(Node::first);
        if encapsulated.is_some_and(|node| node.tag == OID && node.content == pkcs7::MICROSOFT_TRUST_LIST) {
            return Some(ObjectKind::TrustList);
        }
    }
    Some(ObjectKind::Pkcs7)
}

/// Keys and PFX, which start with their version.
fn integer_first(version: &[u8], second: Option<Node<'_>>, mut rest: Outline<'_>) -> Option<ObjectKind> {
    let second = second?;
    let key = |form| ObjectKind::PrivateKey { encrypted: false, form };
    match (version, second.tag) {
        ([3], SEQUENCE) if second.starts_with(OID) => Some(ObjectKind::Pfx),
        // version 0, or 1 with a public key (RFC 5958 §2)
        (_, SEQUENCE) if second.starts_with(OID) => {
            // Explicit curve parameters start alike, but go on with a SEQUENCE.
            rest.next().is_none_or(|node| node.tag == OCTET_STRING).then_some(key(KeyForm::Pkcs8))
        }
        ([1], OCTET_STRING) => Some(key(KeyForm::Sec1)),
        (_, INTEGER) => {
            // RSA: version and eight numbers; DSA: version, p, q, g, y, x; public RSA: n, e.
            match 2 + rest.take(8).take_while(|node| node.tag == INTEGER).count() {
                2 if version != [0] => Some(ObjectKind::PublicKey),
                6 => Some(key(KeyForm::Dsa)),
                _ if version == [0] || version == [1] => Some(key(KeyForm::Pkcs1)),
                _ => None,
            }
        }
        _ => None,
    }
}

/// Signed objects, public keys and encrypted keys, which start with a SEQUENCE.
fn sequence_first(first: Node<'_>, second: Option<Node<'_>>) -> Option<ObjectKind> {
    let is_algorithm = |node: Node<'_>| node.tag == SEQUENCE && node.starts_with(OID);
    let is_name = |node: Node<'_>| node.tag == SEQUENCE && (node.content.is_empty() || node.starts_with(SET));
    let is_time = |node: Node<'_>| node.tag == UTC_TIME || node.tag == GENERALIZED_TIME;

    if is_ocsp_request(first) && second.is_none_or(|node| node.tag == CONTEXT_0) {
        return Some(ObjectKind::OcspRequest);
    }
    let mut fields = first.children();
    let head = fields.next()?;
    match (head.tag, second.map(|node| node.tag)) {
        // AlgorithmIdentifier and BIT STRING: SubjectPublicKeyInfo.
        (OID, Some(BIT_STRING)) => return Some(ObjectKind::PublicKey),
        (OID, Some(OCTET_STRING)) => {
            return Some(ObjectKind::PrivateKey { encrypted: true, form: KeyForm::Pkcs8 });
        }
        // [0] version, serialNumber: no other signed object starts so.
        (CONTEXT_0, _) if head.starts_with(INTEGER) || fields.next().is_some_and(|node| node.tag == INTEGER) => {
            return Some(ObjectKind::Certificate);
        }
        // A version 1 CRL has no version: signature, issuer, thisUpdate.
        (SEQUENCE, _) if is_algorithm(head) && fields.next().is_some_and(is_name) => {
            return fields.next().filter(|&node| is_time(node)).map(|_| ObjectKind::Crl);
        }
        (INTEGER, _) => {}
        _ => return None,
    }
    let next = fields.next()?;
    if is_algorithm(next) {
        // Version 1 certificate: serialNumber, signature, issuer, validity.
        // Version 2 CRL: version, signature, issuer, thisUpdate.
        let is_crl = fields.nth(1).is_some_and(is_time);
        return Some(if is_crl { ObjectKind::Crl } else { ObjectKind::Certificate });
    }
    let after = fields.next();
    if head.content == [1] && after.is_some_and(|node| node.tag == CONTEXT_0) {
        // version, holder, [0] issuer
        return Some(ObjectKind::AttributeCertificate);
    }
    // version, subject, subjectPKInfo, [0] attributes
    let is_public_key = |node: Node<'_>| node.first().is_some_and(is_algorithm);
    (is_name(next) && after.is_none_or(is_public_key)).then_some(ObjectKind::CertificateRequest)
}

/// TBSRequest: version `[0]` and requestorName `[1]`, which may be absent, then
/// a list of Requests, whose first element is a CertID.
fn is_ocsp_request(tbs: Node<'_>) -> bool {
    let mut fields = tbs.children().skip_while(|node| node.tag == CONTEXT_0 || node.tag == CONTEXT_1);
    let list = fields.next().filter(|node| node.tag == SEQUENCE);
    let cert_id = list.and_then(Node::first).filter(|node| node.tag == SEQUENCE).and_then(Node::first);
    let Some(mut parts) = cert_id.filter(|node| node.tag == SEQUENCE).map(Node::children) else { return false };
    parts.next().is_some_and(|node| node.tag == SEQUENCE && node.starts_with(OID))
        && parts.next().is_some_and(|node| node.tag == OCTET_STRING)
}

#[cfg(test)]
mod tests;
