//! The registry: one row a code. `certlens explain`, the JSON output and
//! docs/findings.md are made from it.

use super::severity::Severity;
use super::severity::Severity::{Error, Info, Warning};

/// What the registry says about a code.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// The code.
    pub code: Code,
    /// Its stable kebab-case name.
    pub name: &'static str,
    /// What it means, as a sentence.
    pub meaning: &'static str,
    /// The rule, with its section.
    pub citation: &'static str,
    /// Severity by default under the profile `rfc5280`.
    pub rfc5280: Severity,
    /// Severity by default under the profile `web`.
    pub web: Severity,
    /// What to do about it in general.
    pub hint: &'static str,
    /// What Windows calls it, when it does.
    pub windows: Option<WindowsEquivalent>,
}

/// How Windows reports the same trouble.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WindowsEquivalent {
    /// Bit of CERT_TRUST_STATUS.dwErrorStatus; 0 when it has none.
    pub trust_status: u32,
    /// Name of that bit; empty when it has none.
    pub trust_status_name: &'static str,
    /// HRESULT of the chain policy; 0 when it has none.
    pub hresult: u32,
    /// Name of the HRESULT; empty when it has none.
    pub hresult_name: &'static str,
}

macro_rules! registry {
    ($($variant:ident = $name:literal, $rfc5280:ident, $web:ident, $citation:literal, $meaning:literal, $hint:literal, $windows:expr;)+) => {
        /// A kind of finding; [`Code::entry`] says what it means.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code {
            $(#[doc = $meaning] $variant,)+
        }

        pub(super) static REGISTRY: &[Entry] = &[
            $(Entry {
                code: Code::$variant,
                name: $name,
                meaning: $meaning,
                citation: $citation,
                rfc5280: $rfc5280,
                web: $web,
                hint: $hint,
                windows: $windows,
            },)+
        ];
    };
}

const fn windows(
    trust_status: u32,
    trust_status_name: &'static str,
    hresult: u32,
    hresult_name: &'static str,
) -> Option<WindowsEquivalent> {
    Some(WindowsEquivalent { trust_status, trust_status_name, hresult, hresult_name })
}

const NOT_TIME_VALID: Option<WindowsEquivalent> =
    windows(0x1, "CERT_TRUST_IS_NOT_TIME_VALID", 0x800b_0101, "CERT_E_EXPIRED");
const NOT_SIGNATURE_VALID: Option<WindowsEquivalent> =
    windows(0x8, "CERT_TRUST_IS_NOT_SIGNATURE_VALID", 0x8009_6004, "TRUST_E_CERT_SIGNATURE");
const NOT_VALID_FOR_USAGE: Option<WindowsEquivalent> =
    windows(0x10, "CERT_TRUST_IS_NOT_VALID_FOR_USAGE", 0x800b_0110, "CERT_E_WRONG_USAGE");
const UNTRUSTED_ROOT: Option<WindowsEquivalent> =
    windows(0x20, "CERT_TRUST_IS_UNTRUSTED_ROOT", 0x800b_0109, "CERT_E_UNTRUSTEDROOT");
const PARTIAL_CHAIN: Option<WindowsEquivalent> =
    windows(0x1_0000, "CERT_TRUST_IS_PARTIAL_CHAIN", 0x800b_010a, "CERT_E_CHAINING");
const INVALID_BASIC_CONSTRAINTS: Option<WindowsEquivalent> =
    windows(0x400, "CERT_TRUST_INVALID_BASIC_CONSTRAINTS", 0x8009_6019, "TRUST_E_BASIC_CONSTRAINTS");
const WEAK_SIGNATURE: Option<WindowsEquivalent> =
    windows(0x10_0000, "CERT_TRUST_HAS_WEAK_SIGNATURE", 0x800b_010b, "TRUST_E_FAIL");
const INVALID_EXTENSION: Option<WindowsEquivalent> =
    windows(0x100, "CERT_TRUST_INVALID_EXTENSION", 0x800b_0108, "CERT_E_MALFORMED");
const UNSUPPORTED_CRITICAL: Option<WindowsEquivalent> =
    windows(0x800_0000, "CERT_TRUST_HAS_NOT_SUPPORTED_CRITICAL_EXT", 0x800b_0105, "CERT_E_CRITICAL");
const MALFORMED: Option<WindowsEquivalent> = windows(0, "", 0x800b_0108, "CERT_E_MALFORMED");
const INVALID_NAME_CONSTRAINTS: Option<WindowsEquivalent> =
    windows(0x800, "CERT_TRUST_INVALID_NAME_CONSTRAINTS", 0x800b_0114, "CERT_E_INVALID_NAME");
const NO_POLICY: Option<WindowsEquivalent> =
    windows(0x200_0000, "CERT_TRUST_NO_ISSUANCE_CHAIN_POLICY", 0x800b_0113, "CERT_E_INVALID_POLICY");
const INVALID_POLICY_CONSTRAINTS: Option<WindowsEquivalent> =
    windows(0x200, "CERT_TRUST_INVALID_POLICY_CONSTRAINTS", 0x800b_0113, "CERT_E_INVALID_POLICY");
const NAME_MISMATCH: Option<WindowsEquivalent> = windows(0, "", 0x800b_010f, "CERT_E_CN_NO_MATCH");

const REVOKED: Option<WindowsEquivalent> = windows(0x4, "CERT_TRUST_IS_REVOKED", 0x8009_2010, "CRYPT_E_REVOKED");
const NO_REVOCATION_CHECK: Option<WindowsEquivalent> =
    windows(0x40, "CERT_TRUST_REVOCATION_STATUS_UNKNOWN", 0x8009_2012, "CRYPT_E_NO_REVOCATION_CHECK");
const REVOCATION_OFFLINE: Option<WindowsEquivalent> =
    windows(0x100_0000, "CERT_TRUST_IS_OFFLINE_REVOCATION", 0x8009_2013, "CRYPT_E_REVOCATION_OFFLINE");

registry! {
    // Validity.
    Expired = "expired", Error, Error, "RFC 5280 §6.1.3 (a)(2)",
        "The verification time is after the end of the certificate's validity.",
        "Renew the certificate. If it was valid at the time that matters, verify with --at.", NOT_TIME_VALID;
    NotYetValid = "not-yet-valid", Error, Error, "RFC 5280 §6.1.3 (a)(2)",
        "The verification time is before the start of the certificate's validity.",
        "Check this machine's clock and time zone; otherwise wait, or verify with --at.", NOT_TIME_VALID;
    ValidityEmpty = "validity-empty", Error, Error, "RFC 5280 §4.1.2.5",
        "The end of validity is before its start, so the certificate is valid at no time.",
        "Have the certificate issued again.", NOT_TIME_VALID;

    // Building the path.
    IssuerNotFound = "issuer-not-found", Error, Error, "RFC 5280 §6.1 (a), RFC 4158 §2",
        "No certificate with the issuer's name is among the intermediates and trust anchors.",
        "Get the issuer's certificate and give it with --intermediates; servers must send it themselves (RFC 8446 §4.4.2).", PARTIAL_CHAIN;
    SelfSignedNotAnchored = "self-signed-not-anchored", Error, Error, "RFC 5280 §6.1 (d)",
        "The target is self-signed and is not itself a trust anchor.",
        "If you trust this very certificate, give it with --anchors; otherwise have one issued by a CA that the peers trust.", UNTRUSTED_ROOT;
    AnchorNotTrusted = "anchor-not-trusted", Error, Error, "RFC 5280 §6.1 (d)",
        "The path ends in a self-signed certificate that is not among the trust anchors.",
        "If you trust that CA, add its certificate to the trust store or give it with --anchors.", UNTRUSTED_ROOT;
    TrustedByMozilla = "trusted-by-mozilla", Info, Info, "Mozilla Root Store Policy",
        "The missing trust anchor is in the Mozilla set that certlens carries, but not in the set used.",
        "Update this machine's CA certificates, or verify with --trust mozilla.", None;
    CertificateUnreadable = "certificate-unreadable", Warning, Warning, "RFC 5280 §4.1",
        "A certificate given as intermediate or trust anchor cannot be read and was left out.",
        "Look at the file with `certlens inspect`, and export the certificate again.", MALFORMED;
    InputIgnored = "input-ignored", Info, Info, "RFC 7468 §2",
        "Something in an input is no certificate and was left out.",
        "Nothing, unless you expected it to count.", None;
    ChainOrder = "chain-order", Warning, Warning, "RFC 8446 §4.4.2",
        "The target, the first certificate of its file, issued a later one of that file.",
        "If that one is meant, put it first or give it in a file of its own: only the first is verified.", None;

    // What a TLS server sent.
    ServerChainOrder = "server-chain-order", Warning, Warning, "RFC 8446 §4.4.2, RFC 5246 §7.4.2",
        "The server sends its certificates in another order than each followed by its issuer.",
        "Put them in order in the server's certificate file: its own first, then each one's issuer. Old clients take them in no other.", None;
    ServerChainIncomplete = "server-chain-incomplete", Warning, Warning, "RFC 8446 §4.4.2, RFC 5246 §7.4.2",
        "The server leaves out an intermediate that its clients need.",
        "Add the intermediate to the server's certificate file. Browsers and Windows hide this by fetching it; most other clients do not.", PARTIAL_CHAIN;
    ServerChainSurplus = "server-chain-surplus", Info, Info, "RFC 8446 §4.4.2",
        "The server sends a certificate that no client needs: one twice, or one that is not in the path.",
        "Take it out of the server's certificate file; it costs every client octets.", None;
    ServerChainAnchor = "server-chain-anchor", Info, Info, "RFC 8446 §4.4.2",
        "The server sends the trust anchor itself, which clients have or do not trust.",
        "Take the root out of the server's certificate file; it may be left out.", None;
    ServerChainTooLong = "server-chain-too-long", Warning, Warning, "ARCHITECTURE.md, Limits",
        "The server sends more certificates than are kept.",
        "Take out of the server's certificate file what is not in its chain.", None;
    ServerCertificateBroken = "server-certificate-broken", Warning, Warning, "RFC 5280 §4.1",
        "A certificate that the server sends cannot be read.",
        "Have the server's certificate file exported again.", MALFORMED;
    ServerKeyUnproven = "server-key-unproven", Warning, Warning, "RFC 8446 §4.4.3, RFC 5246 §7.4.3",
        "It was not seen whether the server has the private key of its certificate: the handshake did not come so far, or its signature cannot be verified.",
        "Certificates are public; whoever sends one need not be the one that it names. What is said of the certificate holds, of the server it is not shown.", None;
    ServerKeyWrong = "server-key-wrong", Error, Error, "RFC 8446 §4.4.3, RFC 5246 §7.4.3",
        "The server signed the handshake with another key than that of its certificate, or wrongly.",
        "Give the server the private key that belongs to its certificate; if somebody else answers in its place, do not trust it.", None;
    ServerReplaced = "server-certificate-replaced", Warning, Warning, "RFC 8446 §9.3",
        "A CA above the server's certificate has the name of a product that replaces certificates on their way, so that this one seems not to be the server's own.",
        "Ask `certlens intercept`, which compares ways and says what speaks for it; trust the root of the proxy on purpose, or have the host exempted there.", None;
    ServerTlsOld = "server-tls-old", Warning, Warning, "RFC 8996 §4, §5",
        "The server speaks a version of TLS that must not be used any more.",
        "Switch on TLS 1.2 or 1.3 in the server; on Windows below SCHANNEL\\Protocols in the registry.", None;
    StapleUnreadable = "staple-unreadable", Warning, Warning, "RFC 6066 §8, RFC 6960 §4.2.1",
        "The OCSP response that the server staples cannot be read.",
        "Look at the server's OCSP stapling; without a staple clients ask the responder themselves.", None;

    // The machine that asks.
    LocalhostUnresolved = "localhost-unresolved", Warning, Warning, "RFC 6761 §6.3",
        "The name localhost has no address on this machine.",
        "Add the line `127.0.0.1 localhost` to the hosts file: /etc/hosts, on Windows %SystemRoot%\\System32\\drivers\\etc\\hosts. Programs that talk to themselves fail without it; Windows then says \"A non-recoverable error occurred during a database lookup\" (11003).", None;
    LocalhostElsewhere = "localhost-elsewhere", Warning, Warning, "RFC 6761 §6.3",
        "The name localhost has an address that is not this machine's own.",
        "Have `127.0.0.1 localhost` as the line of localhost in the hosts file: /etc/hosts, on Windows %SystemRoot%\\System32\\drivers\\etc\\hosts. Where it is right there, the DNS server answers for localhost, which it must not.", None;

    BudgetExhausted = "budget-exhausted", Error, Error, "ARCHITECTURE.md, Limits",
        "The search for a path was given up because it reached a limit.",
        "Give fewer intermediates: only those of this chain.", None;
    PathLoop = "path-loop", Error, Error, "RFC 4158 §5.2",
        "The CAs above the target certify each other in a circle, and none of them is a trust anchor or certified by one.",
        "Get the certificate that leads from one of these CAs to a trust anchor and give it with --intermediates, or, if you trust one of them, give it with --anchors.", PARTIAL_CHAIN;
    PathTooLong = "path-too-long", Info, Info, "ARCHITECTURE.md, Limits",
        "The path has more certificates than certlens follows.",
        "If every CA in it is meant, give one nearer to the target as trust anchor.", None;
    TrustStoreEmpty = "trust-store-empty", Error, Error, "RFC 5280 §6.1.1 (d)",
        "The set of trust anchors is empty, so nothing can be trusted or refused.",
        "Install the system's CA certificates, verify with --trust mozilla, or give trust anchors with --anchors.", None;
    TrustSetPurpose = "trust-set-purpose", Warning, Warning, "Mozilla Root Store Policy §1.1",
        "The set of trust anchors used is made for TLS servers, not for the purpose asked for.",
        "Give the trust anchors for this purpose with --anchors.", None;

    // Signatures and algorithms.
    SignatureInvalid = "signature-invalid", Error, Error, "RFC 5280 §6.1.3 (a)(1)",
        "The signature does not verify with the issuer's key.",
        "The certificate was altered, or the issuer has another key than the certificate given for it: get the issuer's certificate that matches the authority key identifier.", NOT_SIGNATURE_VALID;
    SignatureNotVerifiable = "signature-not-verifiable", Error, Error, "RFC 5280 §6.1.3 (a)(1)",
        "The signature cannot be verified because its algorithm, or the issuer's kind of key, is not supported.",
        "Use a certificate signed with RSA, ECDSA, Ed25519 or ML-DSA.", windows(0, "", 0x8009_0008, "NTE_BAD_ALGID");
    SignatureAlgorithmMismatch = "signature-algorithm-mismatch", Error, Error, "RFC 5280 §4.1.1.2",
        "The signature algorithm inside the signed part is not the one outside.",
        "Have the certificate issued again.", MALFORMED;
    SignatureSha1 = "signature-sha1", Error, Error, "RFC 9155 §1, CA/B Forum BR §7.1.3.2",
        "The certificate is signed with SHA-1, for which collisions can be made.",
        "Have the certificate issued again with SHA-256; until then --allow-weak sha1 accepts it.", WEAK_SIGNATURE;
    SignatureMd5 = "signature-md5", Error, Error, "RFC 6151 §2",
        "The certificate is signed with MD5, with which certificates have been forged.",
        "Have the certificate issued again with SHA-256; --allow-weak md5 accepts it.", WEAK_SIGNATURE;
    SignatureAlgorithmRefused = "signature-algorithm-refused", Error, Error, "RFC 6149, RFC 6150, CA/B Forum BR §7.1.3.2",
        "The signature algorithm is not acceptable under the profile.",
        "Have the certificate issued again with an algorithm that the profile accepts.", WEAK_SIGNATURE;
    KeyRsaTooSmall = "key-rsa-too-small", Error, Error, "NIST SP 800-131A, CA/B Forum BR §6.1.5",
        "The RSA key has fewer bits than the profile demands.",
        "Make a new key of at least 2048 bits; --allow-weak rsa1024 accepts keys from 1024 bits.", WEAK_SIGNATURE;
    KeyDsa = "key-dsa", Error, Error, "FIPS 186-5 §4, CA/B Forum BR §6.1.5",
        "The certificate has or is signed with a DSA key, which is withdrawn.",
        "Make a new RSA or EC key; --allow-weak dsa accepts DSA from 1024 bits.", WEAK_SIGNATURE;
    KeyRefused = "key-refused", Error, Error, "RFC 5480 §2.1.1, CA/B Forum BR §6.1.5, §6.1.6",
        "The kind or form of the public key is not acceptable under the profile.",
        "Make a new key: RSA of at least 2048 bits, or EC on P-256 or P-384.", WEAK_SIGNATURE;
    KeyMalformed = "key-malformed", Error, Error, "RFC 5280 §4.1.2.7",
        "The subject's public key cannot be decoded.",
        "Have the certificate issued again.", MALFORMED;

    // Certificate contents.
    NotDer = "not-der", Error, Error, "RFC 5280 §4.1, X.690",
        "The certificate departs from DER, so that other readers may refuse it or read it otherwise.",
        "Have the certificate issued again; its CA's software writes wrong encodings.", MALFORMED;
    NotDerTolerated = "not-der-tolerated", Warning, Warning, "RFC 5280 §4.1, X.690",
        "The certificate departs from DER, but is a trust anchor or made to be one, and the encoding of anchors is not judged.",
        "Nothing, unless another program refuses the certificate.", None;
    SerialNotPositive = "serial-not-positive", Warning, Error, "RFC 5280 §4.1.2.2",
        "The serial number is zero or negative.",
        "Have the certificate issued again with a positive serial number.", None;
    SerialTooLong = "serial-too-long", Warning, Error, "RFC 5280 §4.1.2.2",
        "The serial number has more than 20 octets.",
        "Have the certificate issued again with a serial number of at most 20 octets.", None;
    GeneralizedTimeEarly = "generalized-time-early", Warning, Error, "RFC 5280 §4.1.2.5",
        "A time before 2050 is written as GeneralizedTime, where UTCTime is demanded.",
        "Have the certificate issued again; some programs refuse it.", None;
    VersionInvalid = "version-invalid", Error, Error, "RFC 5280 §4.1.2.1, CA/B Forum BR §7.1.1",
        "The version of the certificate does not fit its contents or does not exist.",
        "Have the certificate issued again as version 3.", MALFORMED;
    IssuerEmpty = "issuer-empty", Error, Error, "RFC 5280 §4.1.2.4",
        "The issuer's name is empty.",
        "Have the certificate issued again.", MALFORMED;
    SubjectEmpty = "subject-empty", Error, Error, "RFC 5280 §4.1.2.6",
        "The subject's name is empty where it must not be: in a CA, or without a critical subjectAltName.",
        "Have the certificate issued again.", MALFORMED;
    ExtensionDuplicate = "extension-duplicate", Error, Error, "RFC 5280 §4.2",
        "An extension stands more than once in the certificate.",
        "Have the certificate issued again.", INVALID_EXTENSION;
    ExtensionMalformed = "extension-malformed", Error, Error, "RFC 5280 §4.2",
        "An extension cannot be decoded.",
        "Have the certificate issued again.", INVALID_EXTENSION;
    CriticalExtensionUnknown = "critical-extension-unknown", Error, Error, "RFC 5280 §4.2, §6.1.4 (o), §6.1.5 (f)",
        "The certificate has a critical extension that certlens does not process, so it must be refused.",
        "Find out what the extension demands; a certificate for general use must not have it critical.", UNSUPPORTED_CRITICAL;
    ExtensionNotProcessed = "extension-not-processed", Error, Error, "RFC 5280 §4.2",
        "The certificate has an extension that restricts the path and that this version of certlens does not process yet.",
        "Verify this path with another program; certlens refuses what it cannot judge.", UNSUPPORTED_CRITICAL;
    Precertificate = "precertificate", Error, Error, "RFC 6962 §3.1",
        "This is a precertificate, made for certificate transparency logs and never to be used.",
        "Use the final certificate that the CA issued for it.", UNSUPPORTED_CRITICAL;

    // What a certificate may do.
    IssuerNotCa = "issuer-not-a-ca", Error, Error, "RFC 5280 §6.1.4 (k)",
        "A certificate issued another one, but is not a CA: cA is not set, or there is no basicConstraints extension.",
        "Have the certificate issued by a CA, or give that CA's certificate in the place of this one.", INVALID_BASIC_CONSTRAINTS;
    PathLengthExceeded = "path-length-exceeded", Error, Error, "RFC 5280 §6.1.4 (l), (m)",
        "More CAs stand below a CA than its path length constraint permits.",
        "Have the certificate issued by a CA that is permitted to, or the constraint lifted by a new CA certificate.",
        windows(0x400, "CERT_TRUST_INVALID_BASIC_CONSTRAINTS", 0x800b_0104, "CERT_E_PATHLENCONST");
    KeyUsageNoCertSign = "key-usage-no-cert-sign", Error, Error, "RFC 5280 §6.1.4 (n)",
        "A certificate issued another one, but its keyUsage lacks keyCertSign.",
        "Have the CA certificate issued again with keyCertSign.", NOT_VALID_FOR_USAGE;
    KeyUsageNotForPurpose = "key-usage-not-for-purpose", Error, Error, "RFC 5280 §4.2.1.3, §4.2.1.12",
        "The target's keyUsage permits nothing that the purpose needs.",
        "Have the certificate issued again with a keyUsage that fits the purpose.", NOT_VALID_FOR_USAGE;
    PurposeNotAllowed = "purpose-not-allowed", Error, Error, "RFC 5280 §4.2.1.12",
        "The extKeyUsage of the target, or of a CA above it, does not list the purpose asked for.",
        "Use a certificate issued for this purpose.", NOT_VALID_FOR_USAGE;

    ExtensionCriticality = "extension-criticality", Warning, Error, "RFC 5280 §4.2, CA/B Forum BR §7.1.2",
        "An extension is critical that must not be, or is not critical that must be.",
        "Have the certificate issued again; some programs refuse it.", INVALID_EXTENSION;
    SubjectKeyIdentifierMissing = "subject-key-identifier-missing", Warning, Error, "RFC 5280 §4.2.1.2, CA/B Forum BR §7.1.2.11.4",
        "A CA has no subject key identifier, so that programs cannot find it by its key.",
        "Have the CA certificate issued again with subjectKeyIdentifier.", None;
    AuthorityKeyIdentifierMissing = "authority-key-identifier-missing", Warning, Error, "RFC 5280 §4.2.1.1, CA/B Forum BR §7.1.2.11.1",
        "A certificate does not say by which key it was signed.",
        "Have the certificate issued again with the keyIdentifier of its issuer in authorityKeyIdentifier.", None;
    AuthorityKeyIdentifierForm = "authority-key-identifier-form", Info, Error, "CA/B Forum BR §7.1.2.11.1",
        "The authority key identifier names the issuer's certificate by issuer and serial number, so that the issuer cannot be renewed.",
        "Have the certificate issued again with the keyIdentifier alone.", None;
    CertSignWithoutCa = "cert-sign-without-ca", Warning, Error, "RFC 5280 §4.2.1.3, §4.2.1.9",
        "keyUsage says that the key signs certificates, but the certificate is not a CA's.",
        "Have the certificate issued again without keyCertSign.", INVALID_BASIC_CONSTRAINTS;
    CaWithoutCertSign = "ca-without-cert-sign", Warning, Error, "RFC 5280 §4.2.1.9, CA/B Forum BR §7.1.2.7.8",
        "The target is marked as a CA, but its key may not sign certificates.",
        "Have the certificate issued again: with keyCertSign if it is a CA, without cA if it is not.", INVALID_BASIC_CONSTRAINTS;
    CaKeyUsageMissing = "ca-key-usage-missing", Warning, Error, "RFC 5280 §4.2.1.3, CA/B Forum BR §7.1.2.10.7",
        "A CA certificate has no keyUsage.",
        "Have the CA certificate issued again with keyUsage keyCertSign and cRLSign.", None;
    PathLengthWithoutCa = "path-length-without-ca", Warning, Error, "RFC 5280 §4.2.1.9",
        "A path length is given in a certificate that is not a CA's.",
        "Have the certificate issued again without pathLenConstraint.", INVALID_BASIC_CONSTRAINTS;

    // Constraints on names and policies.
    NameNotPermitted = "name-not-permitted", Error, Error, "RFC 5280 §4.2.1.10, §6.1.3 (b)",
        "A name of the certificate is outside of the names that a CA above it may certify.",
        "Have the certificate issued without that name, or by a CA that may certify it.",
        windows(0x4000, "CERT_TRUST_HAS_NOT_PERMITTED_NAME_CONSTRAINT", 0x800b_0114, "CERT_E_INVALID_NAME");
    NameExcluded = "name-excluded", Error, Error, "RFC 5280 §4.2.1.10, §6.1.3 (c)",
        "A name of the certificate is among those that a CA above it must not certify.",
        "Have the certificate issued without that name, or by a CA that may certify it.",
        windows(0x8000, "CERT_TRUST_HAS_EXCLUDED_NAME_CONSTRAINT", 0x800b_0114, "CERT_E_INVALID_NAME");
    NameConstraintNotSupported = "name-constraint-not-supported", Error, Error, "RFC 5280 §4.2.1.10",
        "A CA constrains names of a kind, or in a way, that certlens does not process, and the certificate has a name of that kind.",
        "Have the certificate issued without that name; certlens refuses what it cannot judge.",
        windows(0x1000, "CERT_TRUST_HAS_NOT_SUPPORTED_NAME_CONSTRAINT", 0x800b_0114, "CERT_E_INVALID_NAME");
    NameConstraintMalformed = "name-constraint-malformed", Error, Error, "RFC 5280 §4.2.1.10",
        "A CA's name constraints cannot be understood, so that nothing below it can be accepted.",
        "Have the CA certificate issued again with well-formed name constraints.", INVALID_NAME_CONSTRAINTS;
    NameConstraintLeadingDot = "name-constraint-leading-dot", Warning, Warning, "RFC 5280 §4.2.1.10",
        "A DNS name constraint begins with a period, which the RFC has for mailboxes and URIs alone.",
        "Nothing, unless another program refuses the path; a new CA certificate should have the domain without the period.", None;
    NameConstraintsInEndEntity = "name-constraints-in-end-entity", Warning, Error, "RFC 5280 §4.2.1.10",
        "Name constraints stand in a certificate that is not a CA's.",
        "Have the certificate issued again without nameConstraints.", INVALID_NAME_CONSTRAINTS;
    PolicyNotValid = "policy-not-valid", Error, Error, "RFC 5280 §6.1.3 (f), §6.1.5 (g), RFC 9618 §5",
        "The path must be valid for an acceptable certificate policy, and is valid for none.",
        "Use a certificate issued under an acceptable policy; --initial-policy says which policies are acceptable.", NO_POLICY;
    PolicyMappingInvalid = "policy-mapping-invalid", Error, Error, "RFC 5280 §4.2.1.5, §6.1.4 (a)",
        "A CA maps a policy to or from anyPolicy.",
        "Have the CA certificate issued again without that mapping.", INVALID_POLICY_CONSTRAINTS;
    PolicyDuplicate = "policy-duplicate", Warning, Error, "RFC 5280 §4.2.1.4",
        "A certificate policy stands more than once in a certificate.",
        "Have the certificate issued again; some programs refuse it.", INVALID_POLICY_CONSTRAINTS;

    // Names.
    NameMismatch = "name-mismatch", Error, Error, "RFC 9525 §6",
        "No name in the subjectAltName extension is the name asked for.",
        "Connect by a name that the certificate has, or have it issued again with this name in subjectAltName.", NAME_MISMATCH;
    NameNotChained = "name-not-chained", Error, Error, "RFC 5280 §6.1.3 (a)(4)",
        "The issuer name of a certificate is not the subject name of the certificate above it.",
        "Give the certificate of the CA that the issuer name means.", windows(0, "", 0x800b_0107, "CERT_E_ISSUERCHAINING");
    KeyIdentifierMismatch = "key-identifier-mismatch", Warning, Warning, "RFC 5280 §4.2.1.1",
        "The authority key identifier names another key than the issuer's subject key identifier, though the signature verifies.",
        "Have the certificate issued again with the right identifier: certlens only warns, but programs that choose by key identifier, OpenSSL among them, refuse the path.", None;
    WebSanMissing = "web-san-missing", Warning, Error, "CA/B Forum BR §7.1.2.7.12",
        "A certificate for TLS servers has no subjectAltName extension.",
        "Have the certificate issued again with its names in subjectAltName.", None;
    WebEkuMissing = "web-eku-missing", Info, Error, "CA/B Forum BR §7.1.2.7.10",
        "A certificate for TLS servers has no extKeyUsage extension.",
        "Have the certificate issued again with extKeyUsage serverAuth.", None;
    WebEkuForbidden = "web-eku-forbidden", Info, Error, "CA/B Forum BR §7.1.2.1.2, §7.1.2.7.10",
        "extKeyUsage lists a purpose that a TLS server's certificate must not have, or stands in a root certificate.",
        "Have the certificate issued again for serverAuth, and clientAuth if need be, alone.", None;
    WebSanMalformed = "web-san-malformed", Info, Error, "CA/B Forum BR §7.1.2.7.12",
        "subjectAltName has a DNS name or address that is not well-formed.",
        "Have the certificate issued again without it.", None;
    WebInternalName = "web-internal-name", Info, Warning, "CA/B Forum BR §4.2.2, §7.1.2.7.12",
        "A name in subjectAltName is none that a public CA may certify: a single label, one with an underscore, or an address of a private network.",
        "Have the certificate issued by a private CA, or for a name that public CAs can certify.", None;
    WebSanKind = "web-san-kind", Info, Warning, "CA/B Forum BR §7.1.2.7.12",
        "subjectAltName of a TLS server has names that are neither DNS names nor addresses.",
        "Have the certificate issued again without them.", None;
    WebWildcard = "web-wildcard", Info, Error, "CA/B Forum BR §3.2.2.6",
        "A wildcard name has all domains of a top-level domain.",
        "Have the certificate issued again for your own domain.", None;
    WebCommonName = "web-common-name", Info, Warning, "CA/B Forum BR §7.1.4.3",
        "The subject's common name is not one of the names in subjectAltName.",
        "Have the certificate issued again with a common name that is in subjectAltName, or without one.", None;
    WebTargetIsCa = "web-target-is-ca", Info, Warning, "CA/B Forum BR §7.1.2.7.8",
        "The certificate of a TLS server is that of a CA.",
        "Have a certificate of its own issued for the server.", None;

    // Revocation: the certificate.
    Revoked = "revoked", Error, Error, "RFC 5280 §6.3.3, RFC 6960 §2.2",
        "The certificate was revoked by its issuer, or put on hold, before the verification time.",
        "Have a new certificate issued, with a new key if the reason is keyCompromise; a revocation cannot be taken back, but for certificateHold.", REVOKED;
    RevokedLater = "revoked-later", Warning, Warning, "RFC 5280 §5.3, RFC 6960 §2.2",
        "The certificate was revoked, but after the verification time.",
        "It must not be used any more; the verdict holds for the verification time alone.", None;
    RevocationUnknown = "revocation-unknown", Error, Error, "RFC 5280 §6.3.3",
        "Nothing at hand says with authority whether the certificate is revoked.",
        "Give the CRL with --crl or a response with --ocsp, or let certlens retrieve them with --fetch.", NO_REVOCATION_CHECK;
    RevocationOffline = "revocation-offline", Error, Error, "RFC 5280 §6.3.3",
        "Whether the certificate is revoked cannot be found out, because its revocation sources cannot be reached from here.",
        "Open the hosts and ports named in the report, or give the CRL with --crl.", REVOCATION_OFFLINE;
    StapleMissing = "staple-missing", Error, Error, "RFC 7633 §4.2.3",
        "The certificate demands a stapled OCSP response (TLS feature), and the server sent none.",
        "Switch OCSP stapling on in the server, and let it reach the responder.", None;

    // Revocation: one CRL.
    CrlUnreadable = "crl-unreadable", Warning, Warning, "RFC 5280 §5.1",
        "What should be a CRL cannot be read as one.",
        "Look at what the source serves; it is often a web page of a proxy, or a file that breaks off.", None;
    CrlNotDer = "crl-not-der", Warning, Warning, "RFC 5280 §5.1, X.690",
        "The CRL departs from DER and is not used.",
        "Tell the CA; the octet is named.", None;
    CrlMalformed = "crl-malformed", Warning, Warning, "RFC 5280 §5",
        "The CRL contradicts itself or the rules that give it meaning, and is not used.",
        "Tell the CA.", None;
    CrlNumberMissing = "crl-number-missing", Warning, Error, "RFC 5280 §5.2.1, §5.2.3",
        "The CRL lacks its number or its issuer's key identifier, which a conforming CA puts into every CRL.",
        "Tell the CA; the CRL is used nevertheless, but not under the profile web.", None;
    CrlExtensionNotProcessed = "crl-extension-not-processed", Warning, Warning, "RFC 5280 §5.2, §5.3",
        "The CRL, or an entry of it, has a critical extension that is not processed, so the CRL must not be used.",
        "Use another source, as OCSP, or ask the CA what the extension is for.", None;
    CrlWrongIssuer = "crl-wrong-issuer", Warning, Warning, "RFC 5280 §6.3.3 (b)(1)",
        "The CRL is of another issuer than the one who answers for the certificate.",
        "Check which CRL is published under this address; the certificate's issuer, or its cRLIssuer, must have issued it.", None;
    CrlDoesNotCover = "crl-does-not-cover", Warning, Warning, "RFC 5280 §6.3.3 (b)(2)",
        "The CRL is not for certificates of this kind.",
        "Get the CRL that the certificate's distribution point names.", None;
    CrlNoCommonPoint = "crl-no-common-distribution-point", Warning, Warning, "RFC 5280 §6.3.3 (b)(2)(i)",
        "The CRL is one part of several, and not the one of this certificate: none of its names is a distribution point of the certificate.",
        "Get the CRL from the address in the certificate's cRLDistributionPoints.", None;
    CrlReasonsPartial = "crl-reasons-partial", Warning, Warning, "RFC 5280 §6.3.3 (d), (e)",
        "The CRLs at hand do not cover all reasons for revocation.",
        "Get the CRLs of the other distribution points, too.", None;
    CrlIssuerNotFound = "crl-issuer-not-found", Warning, Warning, "RFC 5280 §6.3.3 (f)",
        "No certificate is at hand whose key verifies the CRL's signature.",
        "Give the certificate of the CRL's issuer with --intermediates; it may be another one than that of the CA.", None;
    CrlIssuerNotValid = "crl-issuer-not-valid", Warning, Warning, "RFC 5280 §6.3.3 (f)",
        "The certificate of the CRL's issuer has no valid path to the trust anchor of the certificate in question.",
        "Verify the certificate of the CRL's issuer by itself to see why.", None;
    CrlIssuerStatusUnknown = "crl-issuer-status-unknown", Warning, Warning, "RFC 5280 §6.3.3 (f)",
        "Whether the certificate of the CRL's issuer, or one above it, is revoked itself is not known.",
        "Give a CRL about the certificate of the CRL's issuer with --crl, or have the URLs mended that it names.", None;
    CrlIssuerNoCrlSign = "crl-issuer-no-crl-sign", Warning, Warning, "RFC 5280 §6.3.3 (f), §4.2.1.3",
        "The key usage of the CRL's issuer does not allow it to sign CRLs.",
        "Have the CA's certificate issued again with cRLSign.", None;
    CrlSignatureInvalid = "crl-signature-invalid", Warning, Warning, "RFC 5280 §6.3.3 (g)",
        "The CRL's signature is wrong.",
        "Get the CRL again; somebody changed it, or it was damaged.", None;
    CrlAlgorithmRefused = "crl-algorithm-refused", Warning, Warning, "RFC 5280 §5.1.1.2",
        "The CRL is signed with an algorithm that may not be accepted.",
        "Have the CA sign its CRLs with SHA-256 or better; --allow-weak accepts some.", None;
    CrlExpired = "crl-expired", Warning, Warning, "RFC 5280 §6.3.3 (a), §5.1.2.5",
        "The CRL is older than it may be: the next one was due before the verification time.",
        "Have the CA publish its CRL again; see whether its publishing job runs and whether the web server has the new file.", REVOCATION_OFFLINE;
    CrlNotYetValid = "crl-not-yet-valid", Warning, Warning, "RFC 5280 §5.1.2.4",
        "The CRL was issued after the verification time.",
        "Check this machine's clock; with --at, give a CRL of that time.", None;
    CrlNextUpdateMissing = "crl-next-update-missing", Warning, Warning, "RFC 5280 §5.1.2.5",
        "The CRL does not say until when it counts, so nothing shows that it is fresh.",
        "Have the CA put nextUpdate into its CRLs.", None;
    DeltaCrlNotUsable = "delta-crl-not-usable", Warning, Warning, "RFC 5280 §5.2.4, §6.3.3 (c)",
        "The delta CRL cannot be combined with a complete CRL at hand.",
        "Get the complete CRL that it updates, or a newer one.", None;

    // Revocation: one OCSP response.
    OcspUnreadable = "ocsp-unreadable", Warning, Warning, "RFC 6960 §4.2.1",
        "What should be an OCSP response cannot be read as one.",
        "Look at what the responder's address serves; it is often a web page of a proxy.", None;
    OcspNotDer = "ocsp-not-der", Warning, Warning, "RFC 6960 §4.2.1, X.690",
        "The OCSP response departs from DER and is not used.",
        "Tell the CA; the octet is named.", None;
    OcspUnsuccessful = "ocsp-unsuccessful", Warning, Warning, "RFC 6960 §4.2.1",
        "The responder gave no answer but an error.",
        "For tryLater and internalError, ask again; unauthorized mostly means that the responder does not know this issuer or certificate.", None;
    OcspMalformed = "ocsp-malformed", Warning, Warning, "RFC 6960 §4.2",
        "The OCSP response is of an unknown type or contradicts itself, and is not used.",
        "Tell the CA.", None;
    OcspDoesNotCover = "ocsp-does-not-cover", Warning, Warning, "RFC 6960 §3.2 (1)",
        "The response says nothing about this certificate.",
        "Ask the responder about this very certificate, with its issuer's name and key.", None;
    OcspStatusUnknown = "ocsp-status-unknown", Warning, Warning, "RFC 6960 §2.2",
        "The responder does not know the certificate.",
        "Use the CRL; if the certificate was issued just now, ask again later.", None;
    OcspNotAuthorised = "ocsp-responder-not-authorised", Warning, Warning, "RFC 6960 §4.2.2.2",
        "Whoever signed the response may not answer for the certificate's issuer.",
        "The responder must be the issuer itself, or have a certificate for OCSP signing that the issuer issued with the same key.", None;
    OcspResponderNotValid = "ocsp-responder-not-valid", Warning, Warning, "RFC 6960 §4.2.2.2",
        "The responder's certificate cannot be accepted.",
        "Have the responder's certificate renewed.", None;
    OcspSignatureInvalid = "ocsp-signature-invalid", Warning, Warning, "RFC 6960 §3.2 (2)",
        "The signature of the OCSP response is wrong.",
        "Ask again; somebody changed the response, or it was signed with another key.", None;
    OcspAlgorithmRefused = "ocsp-algorithm-refused", Warning, Warning, "RFC 6960 §4.3",
        "The OCSP response is signed with an algorithm that may not be accepted.",
        "Have the responder sign with SHA-256 or better; --allow-weak accepts some.", None;
    OcspExpired = "ocsp-expired", Warning, Warning, "RFC 6960 §4.2.2.1",
        "The OCSP response is older than it may be.",
        "Ask the responder again; if it keeps sending old responses, its own source of revocations is stale.", REVOCATION_OFFLINE;
    OcspNotYetValid = "ocsp-not-yet-valid", Warning, Warning, "RFC 6960 §4.2.2.1",
        "The OCSP response was made after the verification time.",
        "Check this machine's clock; with --at, give a response of that time.", None;
    OcspExtensionNotProcessed = "ocsp-extension-not-processed", Warning, Warning, "RFC 6960 §4.4",
        "The OCSP response has a critical extension that is not processed.",
        "Use another source, as the CRL.", None;
    OcspNonceMismatch = "ocsp-nonce-mismatch", Warning, Warning, "RFC 9654 §2.1",
        "The response repeats another nonce than the one that was sent.",
        "Ask again; it may be an old response that somebody plays back.", None;

    // Retrieval.
    SourceNotRetrieved = "source-not-retrieved", Warning, Warning, "RFC 5280 §4.2.1.13, §4.2.2.1",
        "What a URL of the certificate names could not be retrieved from here.",
        "The stage and the cause are named; the host and port must be reachable from this machine.", REVOCATION_OFFLINE;
}
