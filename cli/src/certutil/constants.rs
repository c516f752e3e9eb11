//! Names, numbers and texts of Windows, as data: bits of CERT_TRUST_STATUS
//! (wincrypt.h), HRESULTs with the texts of [MS-ERREF], WinHTTP errors (winhttp.h),
//! HTTP statuses as HRESULTs (winerror.h) and display names of key purposes.

use crate::hresult::HRESULTS;

/// A bit of a status and its name.
pub(super) type Bit = (u32, &'static str);

/// Bits of CERT_TRUST_STATUS.dwErrorStatus.
pub(super) const ERROR_BITS: &[Bit] = &[
    (0x1, "CERT_TRUST_IS_NOT_TIME_VALID"),
    (0x2, "CERT_TRUST_IS_NOT_TIME_NESTED"),
    (0x4, "CERT_TRUST_IS_REVOKED"),
    (0x8, "CERT_TRUST_IS_NOT_SIGNATURE_VALID"),
    (0x10, "CERT_TRUST_IS_NOT_VALID_FOR_USAGE"),
    (0x20, "CERT_TRUST_IS_UNTRUSTED_ROOT"),
    (0x40, "CERT_TRUST_REVOCATION_STATUS_UNKNOWN"),
    (0x80, "CERT_TRUST_IS_CYCLIC"),
    (0x100, "CERT_TRUST_INVALID_EXTENSION"),
    (0x200, "CERT_TRUST_INVALID_POLICY_CONSTRAINTS"),
    (0x400, "CERT_TRUST_INVALID_BASIC_CONSTRAINTS"),
    (0x800, "CERT_TRUST_INVALID_NAME_CONSTRAINTS"),
    (0x1000, "CERT_TRUST_HAS_NOT_SUPPORTED_NAME_CONSTRAINT"),
    (0x2000, "CERT_TRUST_HAS_NOT_DEFINED_NAME_CONSTRAINT"),
    (0x4000, "CERT_TRUST_HAS_NOT_PERMITTED_NAME_CONSTRAINT"),
    (0x8000, "CERT_TRUST_HAS_EXCLUDED_NAME_CONSTRAINT"),
    (0x1_0000, "CERT_TRUST_IS_PARTIAL_CHAIN"),
    (0x2_0000, "CERT_TRUST_CTL_IS_NOT_TIME_VALID"),
    (0x4_0000, "CERT_TRUST_CTL_IS_NOT_SIGNATURE_VALID"),
    (0x8_0000, "CERT_TRUST_CTL_IS_NOT_VALID_FOR_USAGE"),
    (0x10_0000, "CERT_TRUST_HAS_WEAK_SIGNATURE"),
    (0x20_0000, "CERT_TRUST_HAS_WEAK_HYGIENE"),
    (0x100_0000, "CERT_TRUST_IS_OFFLINE_REVOCATION"),
    (0x200_0000, "CERT_TRUST_NO_ISSUANCE_CHAIN_POLICY"),
    (0x400_0000, "CERT_TRUST_IS_EXPLICIT_DISTRUST"),
    (0x800_0000, "CERT_TRUST_HAS_NOT_SUPPORTED_CRITICAL_EXT"),
];

/// Bits of CERT_TRUST_STATUS.dwInfoStatus.
pub(super) const INFO_BITS: &[Bit] = &[
    (0x1, "CERT_TRUST_HAS_EXACT_MATCH_ISSUER"),
    (0x2, "CERT_TRUST_HAS_KEY_MATCH_ISSUER"),
    (0x4, "CERT_TRUST_HAS_NAME_MATCH_ISSUER"),
    (0x8, "CERT_TRUST_IS_SELF_SIGNED"),
    (0x10, "CERT_TRUST_AUTO_UPDATE_CA_REVOCATION"),
    (0x20, "CERT_TRUST_AUTO_UPDATE_END_REVOCATION"),
    (0x40, "CERT_TRUST_NO_OCSP_FAILOVER_TO_CRL"),
    (0x80, "CERT_TRUST_IS_KEY_ROLLOVER"),
    (0x100, "CERT_TRUST_HAS_PREFERRED_ISSUER"),
    (0x200, "CERT_TRUST_HAS_ISSUANCE_CHAIN_POLICY"),
    (0x400, "CERT_TRUST_HAS_VALID_NAME_CONSTRAINTS"),
    (0x800, "CERT_TRUST_IS_PEER_TRUSTED"),
    (0x1000, "CERT_TRUST_HAS_CRL_VALIDITY_EXTENDED"),
    (0x2000, "CERT_TRUST_IS_FROM_EXCLUSIVE_TRUST_STORE"),
    (0x4000, "CERT_TRUST_IS_CA_TRUSTED"),
    (0x8000, "CERT_TRUST_HAS_AUTO_UPDATE_WEAK_SIGNATURE"),
    (0x1_0000, "CERT_TRUST_IS_COMPLEX_CHAIN"),
    (0x2_0000, "CERT_TRUST_HAS_ALLOW_WEAK_SIGNATURE"),
    (0x4_0000, "CERT_TRUST_SSL_HANDSHAKE_OCSP"),
    (0x8_0000, "CERT_TRUST_SSL_TIME_VALID_OCSP"),
    (0x10_0000, "CERT_TRUST_SSL_RECONNECT_OCSP"),
    (0x20_0000, "CERT_TRUST_BEFORE_DISALLOWED_CA_FILETIME"),
    (0x100_0000, "CERT_TRUST_SSL_TIME_VALID"),
    (0x200_0000, "CERT_TRUST_NO_TIME_CHECK"),
];

/// WinHTTP errors; the HRESULT is `0x8007_0000 | code`.
pub(super) const WINHTTP: &[(u32, &str)] = &[
    (12002, "ERROR_WINHTTP_TIMEOUT"),
    (12005, "ERROR_WINHTTP_INVALID_URL"),
    (12006, "ERROR_WINHTTP_UNRECOGNIZED_SCHEME"),
    (12007, "ERROR_WINHTTP_NAME_NOT_RESOLVED"),
    (12015, "ERROR_WINHTTP_LOGIN_FAILURE"),
    (12029, "ERROR_WINHTTP_CANNOT_CONNECT"),
    (12030, "ERROR_WINHTTP_CONNECTION_ERROR"),
    (12037, "ERROR_WINHTTP_SECURE_CERT_DATE_INVALID"),
    (12038, "ERROR_WINHTTP_SECURE_CERT_CN_INVALID"),
    (12044, "ERROR_WINHTTP_CLIENT_AUTH_CERT_NEEDED"),
    (12045, "ERROR_WINHTTP_SECURE_INVALID_CA"),
    (12057, "ERROR_WINHTTP_SECURE_CERT_REV_FAILED"),
    (12152, "ERROR_WINHTTP_INVALID_SERVER_RESPONSE"),
    (12156, "ERROR_WINHTTP_REDIRECT_FAILED"),
    (12157, "ERROR_WINHTTP_SECURE_CHANNEL_ERROR"),
    (12166, "ERROR_WINHTTP_BAD_AUTO_PROXY_SCRIPT"),
    (12167, "ERROR_WINHTTP_UNABLE_TO_DOWNLOAD_SCRIPT"),
    (12169, "ERROR_WINHTTP_SECURE_INVALID_CERT"),
    (12170, "ERROR_WINHTTP_SECURE_CERT_REVOKED"),
    (12175, "ERROR_WINHTTP_SECURE_FAILURE"),
    (12179, "ERROR_WINHTTP_SECURE_CERT_WRONG_USAGE"),
    (12180, "ERROR_WINHTTP_AUTODETECTION_FAILED"),
    (12182, "ERROR_WINHTTP_HEADER_SIZE_OVERFLOW"),
    (12184, "ERROR_WINHTTP_RESPONSE_DRAIN_OVERFLOW"),
    (12185, "ERROR_WINHTTP_CLIENT_CERT_NO_PRIVATE_KEY"),
    (12186, "ERROR_WINHTTP_CLIENT_CERT_NO_ACCESS_PRIVATE_KEY"),
    (12188, "ERROR_WINHTTP_SECURE_FAILURE_PROXY"),
];

/// HTTP statuses; the HRESULT is `0x8019_0000 | status`.
pub(super) const HTTP_STATUSES: &[(u16, &str)] = &[
    (300, "HTTP_E_STATUS_AMBIGUOUS"),
    (301, "HTTP_E_STATUS_MOVED"),
    (302, "HTTP_E_STATUS_REDIRECT"),
    (303, "HTTP_E_STATUS_REDIRECT_METHOD"),
    (304, "HTTP_E_STATUS_NOT_MODIFIED"),
    (305, "HTTP_E_STATUS_USE_PROXY"),
    (307, "HTTP_E_STATUS_REDIRECT_KEEP_VERB"),
    (400, "HTTP_E_STATUS_BAD_REQUEST"),
    (401, "HTTP_E_STATUS_DENIED"),
    (402, "HTTP_E_STATUS_PAYMENT_REQ"),
    (403, "HTTP_E_STATUS_FORBIDDEN"),
    (404, "HTTP_E_STATUS_NOT_FOUND"),
    (405, "HTTP_E_STATUS_BAD_METHOD"),
    (406, "HTTP_E_STATUS_NONE_ACCEPTABLE"),
    (407, "HTTP_E_STATUS_PROXY_AUTH_REQ"),
    (408, "HTTP_E_STATUS_REQUEST_TIMEOUT"),
    (409, "HTTP_E_STATUS_CONFLICT"),
    (410, "HTTP_E_STATUS_GONE"),
    (411, "HTTP_E_STATUS_LENGTH_REQUIRED"),
    (412, "HTTP_E_STATUS_PRECOND_FAILED"),
    (413, "HTTP_E_STATUS_REQUEST_TOO_LARGE"),
    (414, "HTTP_E_STATUS_URI_TOO_LONG"),
    (415, "HTTP_E_STATUS_UNSUPPORTED_MEDIA"),
    (416, "HTTP_E_STATUS_RANGE_NOT_SATISFIABLE"),
    (417, "HTTP_E_STATUS_EXPECTATION_FAILED"),
    (500, "HTTP_E_STATUS_SERVER_ERROR"),
    (501, "HTTP_E_STATUS_NOT_SUPPORTED"),
    (502, "HTTP_E_STATUS_BAD_GATEWAY"),
    (503, "HTTP_E_STATUS_SERVICE_UNAVAIL"),
    (504, "HTTP_E_STATUS_GATEWAY_TIMEOUT"),
    (505, "HTTP_E_STATUS_VERSION_NOT_SUP"),
];

/// Purposes and policies by the names that Windows shows for them.
pub(super) const DISPLAY_NAMES: &[(&str, &str)] = &[
    ("1.3.6.1.5.5.7.3.1", "Server Authentication"),
    ("1.3.6.1.5.5.7.3.2", "Client Authentication"),
    ("1.3.6.1.5.5.7.3.3", "Code Signing"),
    ("1.3.6.1.5.5.7.3.4", "Secure Email"),
    ("1.3.6.1.5.5.7.3.8", "Time Stamping"),
    ("1.3.6.1.5.5.7.3.9", "OCSP Signing"),
    ("1.3.6.1.4.1.311.20.2.2", "Smart Card Logon"),
    ("1.3.6.1.4.1.311.10.3.4", "Encrypting File System"),
    ("1.3.6.1.5.2.3.5", "KDC Authentication"),
];

/// ERROR_FILE_NOT_FOUND.
pub(super) const FILE_NOT_FOUND: u32 = 0x8007_0002;
/// ERROR_INVALID_PASSWORD.
pub(super) const INVALID_PASSWORD: u32 = 0x8007_0056;
/// CRYPT_E_ASN1_BADTAG.
pub(super) const ASN1_BADTAG: u32 = 0x8009_310b;
/// TRUST_E_FAIL: for what has no HRESULT of its own.
pub(super) const GENERIC_FAILURE: u32 = 0x800b_010b;

pub(super) mod error {
    pub(in super::super) const REVOCATION_STATUS_UNKNOWN: u32 = 0x40;
    pub(in super::super) const PARTIAL_CHAIN: u32 = 0x1_0000;
    pub(in super::super) const OFFLINE_REVOCATION: u32 = 0x100_0000;
}

pub(super) mod info {
    pub(in super::super) const EXACT_MATCH_ISSUER: u32 = 0x1;
    pub(in super::super) const KEY_MATCH_ISSUER: u32 = 0x2;
    pub(in super::super) const NAME_MATCH_ISSUER: u32 = 0x4;
    pub(in super::super) const SELF_SIGNED: u32 = 0x8;
}

/// The text of an HRESULT, when it is known.
pub(super) fn text(hresult: u32) -> Option<&'static str> {
    if hresult == FILE_NOT_FOUND {
        return Some("The system cannot find the file specified.");
    }
    if hresult == INVALID_PASSWORD {
        return Some("The specified network password is not correct.");
    }
    HRESULTS.iter().find(|(value, ..)| *value == hresult).map(|(_, _, text)| *text)
}

/// Value, family and name as certutil writes them:
/// `0x80092010 (-2146885616 CRYPT_E_REVOKED)`.
pub(super) fn code(hresult: u32) -> String {
    let signed = hresult.cast_signed();
    if hresult == FILE_NOT_FOUND {
        return format!("0x{hresult:08x} (WIN32: 2 ERROR_FILE_NOT_FOUND)");
    }
    if hresult == INVALID_PASSWORD {
        return format!("0x{hresult:08x} (WIN32: 86 ERROR_INVALID_PASSWORD)");
    }
    match HRESULTS.iter().find(|(value, ..)| *value == hresult) {
        // The ASN.1 facility: CRYPT_E_ASN1_ERROR is 0x80093100.
        Some((_, name, _)) if hresult >> 8 == 0x80_0931 => {
            format!("0x{hresult:08x} (ASN: {} {name})", (hresult & 0xff) + 256)
        }
        Some((_, name, _)) => format!("0x{hresult:08x} ({signed} {name})"),
        None => format!("0x{hresult:08x} ({signed})"),
    }
}

/// A WinHTTP error likewise: `0x80072ee7 (WinHttp: 12007 ERROR_WINHTTP_NAME_NOT_RESOLVED)`.
pub(super) fn winhttp(code: u32) -> String {
    let hresult = 0x8007_0000 | (code & 0xffff);
    let name = WINHTTP.iter().find(|(known, _)| *known == code).map(|(_, name)| format!(" {name}"));
    format!("0x{hresult:08x} (WinHttp: {code}{})", name.unwrap_or_default())
}

/// An HTTP status likewise: `0x80190194 (-2145844844 HTTP_E_STATUS_NOT_FOUND)`.
pub(super) fn http_status(status: u16) -> String {
    let hresult = 0x8019_0000 | u32::from(status);
    let name = HTTP_STATUSES.iter().find(|(known, _)| *known == status).map(|(_, name)| format!(" {name}"));
    format!("0x{hresult:08x} ({}{})", hresult.cast_signed(), name.unwrap_or_default())
}

/// An object identifier with the name that Windows shows for it.
pub(super) fn named(dotted: &str) -> String {
    match DISPLAY_NAMES.iter().find(|(known, _)| *known == dotted) {
        Some((_, name)) => format!("{dotted} {name}"),
        None => dotted.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use certlens_core::finding::Code;

    #[test]
    fn what_the_registry_of_findings_names_is_in_the_tables() {
        for windows in Code::all().filter_map(|code| code.entry().windows) {
            if windows.trust_status != 0 {
                assert!(ERROR_BITS.contains(&(windows.trust_status, windows.trust_status_name)), "{windows:?}");
            }
            if windows.hresult != 0 {
                let known = HRESULTS.iter().find(|(value, ..)| *value == windows.hresult);
                assert_eq!(known.map(|(_, name, _)| *name), Some(windows.hresult_name));
            }
        }
    }

    #[test]
    fn bits_are_single_and_each_there_once() {
        for table in [ERROR_BITS, INFO_BITS] {
            assert!(table.iter().all(|(bit, _)| bit.is_power_of_two()));
            assert!(table.is_sorted_by(|one, other| one.0 < other.0));
        }
    }

    #[test]
    fn codes_are_written_as_certutil_does() {
        assert_eq!(code(0x8009_2013), "0x80092013 (-2146885613 CRYPT_E_REVOCATION_OFFLINE)");
        assert_eq!(code(FILE_NOT_FOUND), "0x80070002 (WIN32: 2 ERROR_FILE_NOT_FOUND)");
        assert_eq!(code(ASN1_BADTAG), "0x8009310b (ASN: 267 CRYPT_E_ASN1_BADTAG)");
        assert_eq!(winhttp(12007), "0x80072ee7 (WinHttp: 12007 ERROR_WINHTTP_NAME_NOT_RESOLVED)");
        assert_eq!(winhttp(12999), "0x800732c7 (WinHttp: 12999)");
        assert_eq!(http_status(404), "0x80190194 (-2145844844 HTTP_E_STATUS_NOT_FOUND)");
        assert_eq!(named("1.3.6.1.5.5.7.3.1"), "1.3.6.1.5.5.7.3.1 Server Authentication");
        assert_eq!(named("1.2.3"), "1.2.3");
    }
}
