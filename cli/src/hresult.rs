//! What Windows calls its errors of cryptography, certificates and trust.

/// An HRESULT: value, name, text.
pub(crate) type Hresult = (u32, &'static str, &'static str);

/// HRESULTs of cryptography, certificates and trust.
pub(crate) const HRESULTS: &[Hresult] = &[
    (0x8009_0005, "NTE_BAD_DATA", "Bad Data."),
    (0x8009_0008, "NTE_BAD_ALGID", "Invalid algorithm specified."),
    (0x8009_000b, "NTE_BAD_KEY_STATE", "Key not valid for use in specified state."),
    (0x8009_000d, "NTE_NO_KEY", "Key does not exist."),
    (0x8009_000f, "NTE_EXISTS", "Object already exists."),
    (0x8009_0010, "NTE_PERM", "Access denied."),
    (0x8009_0011, "NTE_NOT_FOUND", "Object was not found."),
    (0x8009_0013, "NTE_BAD_PROVIDER", "Invalid provider specified."),
    (0x8009_0014, "NTE_BAD_PROV_TYPE", "Invalid provider type specified."),
    (0x8009_0016, "NTE_BAD_KEYSET", "Keyset does not exist"),
    (0x8009_0019, "NTE_KEYSET_NOT_DEF", "The keyset is not defined."),
    (0x8009_001a, "NTE_KEYSET_ENTRY_BAD", "The key set, as registered, is invalid."),
    (0x8009_001b, "NTE_PROV_TYPE_NO_MATCH", "Provider type does not match registered value."),
    (
        0x8009_0022,
        "NTE_SILENT_CONTEXT",
        "Provider could not perform the action because the context was acquired as silent.",
    ),
    (0x8009_0024, "NTE_TEMPORARY_PROFILE", "The profile for the user is a temporary profile."),
    (0x8009_0027, "NTE_INVALID_PARAMETER", "The parameter is incorrect."),
    (0x8009_0029, "NTE_NOT_SUPPORTED", "The requested operation is not supported."),
    (0x8009_030d, "SEC_E_UNKNOWN_CREDENTIALS", "The credentials supplied to the package were not recognized."),
    (0x8009_030e, "SEC_E_NO_CREDENTIALS", "No credentials are available in the security package."),
    (0x8009_0322, "SEC_E_WRONG_PRINCIPAL", "The target principal name is incorrect."),
    (0x8009_0325, "SEC_E_UNTRUSTED_ROOT", "The certificate chain was issued by an authority that is not trusted."),
    (0x8009_0326, "SEC_E_ILLEGAL_MESSAGE", "The message received was unexpected or badly formatted."),
    (0x8009_0327, "SEC_E_CERT_UNKNOWN", "An unknown error occurred while processing the certificate."),
    (0x8009_0328, "SEC_E_CERT_EXPIRED", "The received certificate has expired."),
    (
        0x8009_0331,
        "SEC_E_ALGORITHM_MISMATCH",
        "The client and server cannot communicate because they do not possess a common algorithm.",
    ),
    (0x8009_0349, "SEC_E_CERT_WRONG_USAGE", "The certificate is not valid for the requested usage."),
    (0x8009_2004, "CRYPT_E_NOT_FOUND", "Cannot find object or property."),
    (0x8009_2009, "CRYPT_E_NO_MATCH", "Cannot find the requested object."),
    (0x8009_200b, "CRYPT_E_NO_KEY_PROPERTY", "Cannot find the certificate and private key for decryption."),
    (0x8009_2010, "CRYPT_E_REVOKED", "The certificate is revoked."),
    (0x8009_2011, "CRYPT_E_NO_REVOCATION_DLL", "No DLL or exported function was found to verify revocation."),
    (
        0x8009_2012,
        "CRYPT_E_NO_REVOCATION_CHECK",
        "The revocation function was unable to check revocation for the certificate.",
    ),
    (
        0x8009_2013,
        "CRYPT_E_REVOCATION_OFFLINE",
        "The revocation function was unable to check revocation because the revocation server was offline.",
    ),
    (0x8009_2014, "CRYPT_E_NOT_IN_REVOCATION_DATABASE", "The certificate is not in the revocation server's database."),
    (0x8009_3102, "CRYPT_E_ASN1_EOD", "ASN1 unexpected end of data."),
    (0x8009_310b, "CRYPT_E_ASN1_BADTAG", "ASN1 bad tag value met."),
    (
        0x800b_0101,
        "CERT_E_EXPIRED",
        "A required certificate is not within its validity period when verifying against the current system clock or the time stamp in the signed file.",
    ),
    (
        0x800b_0102,
        "CERT_E_VALIDITYPERIODNESTING",
        "The validity periods of the certification chain do not nest correctly.",
    ),
    (
        0x800b_0103,
        "CERT_E_ROLE",
        "A certificate that can only be used as an end entity is being used as a CA or vice versa.",
    ),
    (0x800b_0104, "CERT_E_PATHLENCONST", "A path length constraint in the certification chain has been violated."),
    (0x800b_0105, "CERT_E_CRITICAL", "A certificate contains an unknown extension that is marked \"critical\"."),
    (
        0x800b_0106,
        "CERT_E_PURPOSE",
        "A certificate is being used for a purpose other than the ones specified by its CA.",
    ),
    (0x800b_0107, "CERT_E_ISSUERCHAINING", "A parent of a given certificate did not issue that child certificate."),
    (
        0x800b_0108,
        "CERT_E_MALFORMED",
        "A certificate is missing or has an empty value for an important field, such as a subject or issuer name.",
    ),
    (
        0x800b_0109,
        "CERT_E_UNTRUSTEDROOT",
        "A certificate chain processed, but terminated in a root certificate which is not trusted by the trust provider.",
    ),
    (0x800b_010a, "CERT_E_CHAINING", "A certificate chain could not be built to a trusted root authority."),
    (0x800b_010b, "TRUST_E_FAIL", "Generic trust failure."),
    (0x800b_010c, "CERT_E_REVOKED", "A certificate was explicitly revoked by its issuer."),
    (
        0x800b_010d,
        "CERT_E_UNTRUSTEDTESTROOT",
        "The certification path terminates with the test root that is not trusted with the current policy settings.",
    ),
    (
        0x800b_010e,
        "CERT_E_REVOCATION_FAILURE",
        "The revocation process could not continue - the certificates could not be checked.",
    ),
    (0x800b_010f, "CERT_E_CN_NO_MATCH", "The certificate's CN name does not match the passed value."),
    (0x800b_0110, "CERT_E_WRONG_USAGE", "The certificate is not valid for the requested usage."),
    (0x800b_0111, "TRUST_E_EXPLICIT_DISTRUST", "The certificate was explicitly marked as untrusted by the user."),
    (
        0x800b_0112,
        "CERT_E_UNTRUSTEDCA",
        "A certification chain processed correctly, but one of the CA certificates is not trusted by the policy provider.",
    ),
    (0x800b_0113, "CERT_E_INVALID_POLICY", "The certificate has invalid policy."),
    (
        0x800b_0114,
        "CERT_E_INVALID_NAME",
        "The certificate has an invalid name. The name is not included in the permitted list or is explicitly excluded.",
    ),
    (0x8009_6004, "TRUST_E_CERT_SIGNATURE", "The signature of the certificate cannot be verified."),
    (0x8009_6019, "TRUST_E_BASIC_CONSTRAINTS", "A certificate's basic constraint extension has not been observed."),
];

/// The name of an HRESULT and what Windows says for it, by its number or name.
pub(crate) fn known(number: Option<u32>, name: &str) -> Option<Hresult> {
    let is_meant = |(value, known, _): &&Hresult| Some(*value) == number || known.eq_ignore_ascii_case(name);
    HRESULTS.iter().find(is_meant).copied()
}
