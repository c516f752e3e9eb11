//! Demands that several products have, and who makes them.

use super::Weight::{Must, Should};
use super::{Change, Check, Demand, Repair, Weight};
use crate::provider::Confidence::{self, Documented, Observed, SourceCode};

pub(super) const fn demand(
    weight: Weight,
    (code, what): (&'static str, &'static str),
    check: Check,
    (confidence, source): (Confidence, &'static str),
    repair: Repair,
) -> Demand {
    Demand { code, what, weight, check, confidence, source, repair }
}

// Who says so.
pub(super) const TUTORIAL: (Confidence, &str) =
    (Documented, "Microsoft: tutorial-enable-remote-access-intranet-tls-ssl-certificate");
pub(super) const TROUBLESHOOTING: (Confidence, &str) =
    (Documented, "Microsoft: self-hosted-integration-runtime-troubleshoot-guide");
pub(super) const KEY_SPEC_ARTICLE: (Confidence, &str) = (Documented, "Microsoft: ad-fs-and-keyspec-property");
pub(super) const SQL_REQUIREMENTS: (Confidence, &str) =
    (Documented, "Microsoft: certificate-requirements (SQL Server)");
pub(super) const EXCHANGE_ARTICLE: (Confidence, &str) =
    (Documented, "Microsoft: Outlook Web App and ECP redirect to the FBA page");
pub(super) const SECURITY_UTILS: (Confidence, &str) =
    (SourceCode, "referencesource System.ServiceModel SecurityUtils.cs");
pub(super) const WCF_VALIDATION: (Confidence, &str) =
    (Documented, "Microsoft: cert-val-diff-https-ssl-over-tcp-and-soap");
pub(super) const NO_EC_IN_CSP: (Confidence, &str) = (SourceCode, "dotnet/runtime CertificatePal.Windows.PrivateKey.cs");
pub(super) const BASE_GOES_TO_KSP: (Confidence, &str) = (Observed, "dotnet/runtime PR 119124");
pub(super) const EC_IN_CSP: (Confidence, &str) = (Observed, "web-developpeur.com: pkcs12-windows-pbes2-cng");
pub(super) const COMPARED: (Confidence, &str) =
    (Documented, "CryptAcquireCertificatePrivateKey, CRYPT_ACQUIRE_COMPARE_KEY_FLAG");
pub(super) const TLS: (Confidence, &str) = (Documented, "RFC 5246 §7.4.2, RFC 8446 §4.4.2.2");
pub(super) const PURPOSE: (Confidence, &str) = (Documented, "RFC 5280 §4.2.1.12");
pub(super) const VALIDITY: (Confidence, &str) = (Documented, "RFC 5280 §4.1.2.5");
pub(super) const NAMES: (Confidence, &str) = (Documented, "RFC 9525 §6");
pub(super) const AES_REPORTS: (Confidence, &str) =
    (Observed, "ansible.windows PR 582, openssl issue 27035, acme.sh issue 6805");

// What several products demand alike.
pub(super) const PRIVATE_KEY: Demand = demand(
    Must,
    ("private-key", "the certificate has its private key with it"),
    Check::PrivateKey,
    COMPARED,
    Repair::Words("export the certificate again, this time with its private key, as a PFX file"),
);
pub(super) const KEY_MATCHES: Demand = demand(
    Must,
    ("key-matches", "the private key is that of the certificate"),
    Check::KeyMatches,
    COMPARED,
    Repair::Words("put the certificate together with the key that its request was made with, or ask for a new one"),
);
pub(super) const OPENS: Demand = demand(
    Must,
    ("opens", "the release of Windows on the node opens the file"),
    Check::Opens,
    AES_REPORTS,
    Repair::Convert(&[Change::Encryption]),
);
pub(super) const IN_DATE: Demand = demand(
    Must,
    ("in-date", "the certificate is valid now"),
    Check::InDate,
    VALIDITY,
    Repair::Reissue("ask for a new certificate; if this one is not valid yet, check the clock"),
);
pub(super) const GOOD_PROVIDER: Demand = demand(
    Should,
    ("good-provider", "the key is not in the Base CSP, nor in one for smart cards or signatures alone"),
    Check::GoodProvider,
    BASE_GOES_TO_KSP,
    Repair::Convert(&[Change::Csp]),
);
pub(super) const fn machine(weight: Weight) -> Demand {
    demand(
        weight,
        ("machine", "the key is the machine's, and is kept"),
        Check::Machine,
        (Documented, "PFXImportCertStore, dwFlags"),
        Repair::Convert(&[Change::Machine]),
    )
}
/// For products that take keys from a KSP as from a CSP.
pub(super) const KSP_NAMED: Demand = demand(
    Should,
    (
        "ksp-named",
        "the file of an elliptic-curve key names a KSP, so that no importer puts the key where nothing can use it",
    ),
    Check::KspNamed,
    EC_IN_CSP,
    Repair::Convert(&[Change::Ksp]),
);
pub(super) const TLS_CAN_USE: Demand = demand(
    Must,
    ("tls", "a TLS server can use key and certificate"),
    Check::Tls,
    TLS,
    Repair::Convert(&[Change::KeyExchange]),
);

pub(super) const fn server_auth(unstated_is_any: bool, source: (Confidence, &'static str)) -> Demand {
    demand(
        Must,
        ("server-auth", "the certificate is for server authentication"),
        Check::ServerAuth { unstated_is_any },
        source,
        Repair::Reissue("ask for a certificate with the purpose serverAuth (1.3.6.1.5.5.7.3.1)"),
    )
}

pub(super) const fn covers_hosts(source: (Confidence, &'static str)) -> Demand {
    demand(
        Must,
        ("names", "the certificate has the name of every host"),
        Check::CoversHosts,
        source,
        Repair::Reissue("ask for a certificate whose subjectAltName has the full names of all hosts"),
    )
}

pub(super) const fn csp(weight: Weight, what: &'static str, source: (Confidence, &'static str)) -> Demand {
    demand(weight, ("csp", what), Check::Csp, source, Repair::Convert(&[Change::Csp, Change::KeyExchange]))
}

pub(super) const fn rsa(weight: Weight) -> Demand {
    demand(
        weight,
        ("rsa", "the key is an RSA key, as no CSP holds another that TLS can use"),
        Check::Rsa,
        NO_EC_IN_CSP,
        Repair::Reissue("ask for a certificate with an RSA key"),
    )
}

pub(super) const fn exchange(weight: Weight, source: (Confidence, &'static str)) -> Demand {
    demand(
        weight,
        ("key-exchange", "the key spec is AT_KEYEXCHANGE"),
        Check::Exchange,
        source,
        // Keys in a KSP have no key spec.
        Repair::Convert(&[Change::Csp, Change::KeyExchange]),
    )
}

/// Grants the account access, in the folders of both kinds of keys.
pub(super) const GRANT: Repair = Repair::OnNode {
    what: "find the key's file by its unique container name (certutil -store My), and grant the account access, in cmd: a key of a CSP is in RSA\\MachineKeys, of a KSP in Keys",
    command: "icacls \"%ALLUSERSPROFILE%\\Microsoft\\Crypto\\{folder}\\CONTAINER\" /grant \"{account}:R\"",
};

pub(super) const fn readable(source: (Confidence, &'static str)) -> Demand {
    demand(Must, ("readable", "the account of the service can read the private key"), Check::Readable, source, GRANT)
}

pub(super) const fn on_node(
    code: &'static str,
    demanded: &'static str,
    source: (Confidence, &'static str),
    what: &'static str,
    command: &'static str,
) -> Demand {
    demand(Must, (code, demanded), Check::OnNode, source, Repair::OnNode { what, command })
}

pub(super) const IN_STORE: Demand = on_node(
    "store",
    "the certificate is in LocalMachine\\My with its key",
    TUTORIAL,
    "look for it, its provider and its key",
    "certutil -store My {thumbprint}",
);

pub(super) const WCF_NEWER: Demand = demand(
    Must,
    (
        "wcf-newer",
        "WCF's rule for applications built for .NET Framework 4.6.2 and later: a critical keyUsage has a usage for exchange or signatures",
    ),
    Check::WcfNewer,
    SECURITY_UTILS,
    Repair::Reissue("ask for a certificate with the usages digitalSignature and keyEncipherment"),
);

pub(super) const fn wcf_older(weight: Weight) -> Demand {
    demand(
        weight,
        (
            "wcf-older",
            "WCF's rule for applications built for .NET Framework 4.6.1 and older: the key is in a CSP as AT_KEYEXCHANGE",
        ),
        Check::WcfOlder,
        SECURITY_UTILS,
        Repair::Convert(&[Change::Csp, Change::KeyExchange]),
    )
}

pub(super) const fn chain(source: (Confidence, &'static str)) -> Demand {
    on_node(
        "chain",
        "every node trusts the chain and reaches its revocation sources, which WCF checks online over net.tcp",
        source,
        "verify on each node, as the account of the service",
        "certutil -verify -urlfetch CERTIFICATE.cer",
    )
}
