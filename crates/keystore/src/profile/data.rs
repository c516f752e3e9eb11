//! The demands of each product. Data alone: a new product is a table here.

use certlens_core::x509::extension::KeyUsageBit;

use super::Weight::{Must, Should};
use super::{Change, Check, Demand, Profile, Repair, Weight};
use crate::permissions::INTEGRATION_RUNTIME;
use crate::provider::Confidence::{self, Documented, Medium, Observed, SourceCode};

pub(super) const PROFILES: &[Profile] = &[
    Profile {
        name: "shir-ha",
        title: "Self-hosted integration runtime: encrypted traffic between high-availability nodes",
        account: Some(INTEGRATION_RUNTIME),
        demands: SHIR_HA,
    },
    Profile { name: "adfs", title: "Active Directory Federation Services", account: None, demands: ADFS },
    Profile {
        name: "sqlserver",
        title: "SQL Server: encrypted connections",
        account: Some("NT SERVICE\\MSSQLSERVER"),
        demands: SQL_SERVER,
    },
    Profile { name: "iis", title: "Internet Information Services: HTTPS", account: None, demands: IIS },
    Profile {
        name: "exchange",
        title: "Exchange Server: Outlook on the web and ECP",
        account: None,
        demands: EXCHANGE,
    },
    Profile { name: "wcf", title: "Windows Communication Foundation: TLS over net.tcp", account: None, demands: WCF },
];

const fn demand(
    weight: Weight,
    (code, what): (&'static str, &'static str),
    check: Check,
    (confidence, source): (Confidence, &'static str),
    repair: Repair,
) -> Demand {
    Demand { code, what, weight, check, confidence, source, repair }
}

// Who says so.
const TUTORIAL: (Confidence, &str) =
    (Documented, "Microsoft: tutorial-enable-remote-access-intranet-tls-ssl-certificate");
const TROUBLESHOOTING: (Confidence, &str) =
    (Documented, "Microsoft: self-hosted-integration-runtime-troubleshoot-guide");
const KEY_SPEC_ARTICLE: (Confidence, &str) = (Documented, "Microsoft: ad-fs-and-keyspec-property");
const SQL_REQUIREMENTS: (Confidence, &str) = (Documented, "Microsoft: certificate-requirements (SQL Server)");
const EXCHANGE_ARTICLE: (Confidence, &str) =
    (Documented, "Microsoft: Outlook Web App and ECP redirect to the FBA page");
const SECURITY_UTILS: (Confidence, &str) = (SourceCode, "referencesource System.ServiceModel SecurityUtils.cs");
const WCF_VALIDATION: (Confidence, &str) = (Documented, "Microsoft: cert-val-diff-https-ssl-over-tcp-and-soap");
const NO_EC_IN_CSP: (Confidence, &str) = (SourceCode, "dotnet/runtime CertificatePal.Windows.PrivateKey.cs");
const BASE_GOES_TO_KSP: (Confidence, &str) = (Observed, "dotnet/runtime PR 119124");
const COMPARED: (Confidence, &str) = (Documented, "CryptAcquireCertificatePrivateKey, CRYPT_ACQUIRE_COMPARE_KEY_FLAG");
const TLS: (Confidence, &str) = (Documented, "RFC 5246 §7.4.2, RFC 8446 §4.4.2.2");
const PURPOSE: (Confidence, &str) = (Documented, "RFC 5280 §4.2.1.12");
const VALIDITY: (Confidence, &str) = (Documented, "RFC 5280 §4.1.2.5");
const NAMES: (Confidence, &str) = (Documented, "RFC 9525 §6");
const AES_REPORTS: (Confidence, &str) = (Observed, "ansible.windows PR 582, openssl issue 27035, acme.sh issue 6805");

// What several products demand alike.
const PRIVATE_KEY: Demand = demand(
    Must,
    ("private-key", "the certificate has its private key with it"),
    Check::PrivateKey,
    COMPARED,
    Repair::Words("export the certificate again, this time with its private key, as a PFX file"),
);
const KEY_MATCHES: Demand = demand(
    Must,
    ("key-matches", "the private key is that of the certificate"),
    Check::KeyMatches,
    COMPARED,
    Repair::Words("put the certificate together with the key that its request was made with, or ask for a new one"),
);
const OPENS: Demand = demand(
    Must,
    ("opens", "the release of Windows on the node opens the file"),
    Check::Opens,
    AES_REPORTS,
    Repair::Convert(&[Change::Encryption]),
);
const IN_DATE: Demand = demand(
    Must,
    ("in-date", "the certificate is valid now"),
    Check::InDate,
    VALIDITY,
    Repair::Reissue("ask for a new certificate; if this one is not valid yet, check the clock"),
);
const GOOD_PROVIDER: Demand = demand(
    Should,
    ("good-provider", "the key is not in the Base CSP, nor in one for smart cards or signatures alone"),
    Check::GoodProvider,
    BASE_GOES_TO_KSP,
    Repair::Convert(&[Change::Csp]),
);
const MACHINE: Demand = demand(
    Should,
    ("machine", "the key is the machine's"),
    Check::Machine,
    (Documented, "PFXImportCertStore, dwFlags"),
    Repair::Convert(&[Change::Machine]),
);
const TLS_CAN_USE: Demand = demand(
    Must,
    ("tls", "a TLS server can use key and certificate"),
    Check::Tls,
    TLS,
    Repair::Convert(&[Change::KeyExchange]),
);

const fn server_auth(unstated_is_any: bool, source: (Confidence, &'static str)) -> Demand {
    demand(
        Must,
        ("server-auth", "the certificate is for server authentication"),
        Check::ServerAuth { unstated_is_any },
        source,
        Repair::Reissue("ask for a certificate with the purpose serverAuth (1.3.6.1.5.5.7.3.1)"),
    )
}

const fn covers_hosts(source: (Confidence, &'static str)) -> Demand {
    demand(
        Must,
        ("names", "the certificate has the name of every host"),
        Check::CoversHosts,
        source,
        Repair::Reissue("ask for a certificate whose subjectAltName has the full names of all hosts"),
    )
}

const fn csp(weight: Weight, what: &'static str, source: (Confidence, &'static str)) -> Demand {
    demand(weight, ("csp", what), Check::Csp, source, Repair::Convert(&[Change::Csp, Change::KeyExchange]))
}

const fn rsa(weight: Weight) -> Demand {
    demand(
        weight,
        ("rsa", "the key is an RSA key, as no CSP holds another that TLS can use"),
        Check::Rsa,
        NO_EC_IN_CSP,
        Repair::Reissue("ask for a certificate with an RSA key"),
    )
}

const fn exchange(weight: Weight, source: (Confidence, &'static str)) -> Demand {
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
const GRANT: Repair = Repair::OnNode {
    what: "find the key's file by its unique container name (certutil -store My), and grant the account access: a key of a CSP is in RSA\\MachineKeys, of a KSP in Keys",
    command: "icacls \"%ALLUSERSPROFILE%\\Microsoft\\Crypto\\RSA\\MachineKeys\\CONTAINER\" /grant \"{account}:R\"",
};

const fn readable(source: (Confidence, &'static str)) -> Demand {
    demand(Must, ("readable", "the account of the service can read the private key"), Check::Readable, source, GRANT)
}

const fn on_node(
    code: &'static str,
    demanded: &'static str,
    source: (Confidence, &'static str),
    what: &'static str,
    command: &'static str,
) -> Demand {
    demand(Must, (code, demanded), Check::OnNode, source, Repair::OnNode { what, command })
}

const IN_STORE: Demand = on_node(
    "store",
    "the certificate is in LocalMachine\\My with its key",
    TUTORIAL,
    "look for it, its provider and its key",
    "certutil -store My {thumbprint}",
);

const WCF_NEWER: Demand = demand(
    Must,
    (
        "wcf-newer",
        "WCF's rule for applications built for .NET Framework 4.6.2 and later: a critical keyUsage has a usage for exchange or signatures",
    ),
    Check::WcfNewer,
    SECURITY_UTILS,
    Repair::Reissue("ask for a certificate with the usages digitalSignature and keyEncipherment"),
);

const fn wcf_older(weight: Weight) -> Demand {
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

const fn chain(source: (Confidence, &'static str)) -> Demand {
    on_node(
        "chain",
        "every node trusts the chain and reaches its revocation sources, which WCF checks online over net.tcp",
        source,
        "verify on each node, as the account of the service",
        "certutil -verify -urlfetch CERTIFICATE.cer",
    )
}

const SHIR_HA: &[Demand] = &[
    PRIVATE_KEY,
    KEY_MATCHES,
    rsa(Must),
    csp(Must, "the key is in a CSP: keys of CNG are not supported (error code 103)", TUTORIAL),
    exchange(Must, TROUBLESHOOTING),
    GOOD_PROVIDER,
    MACHINE,
    wcf_older(Must),
    WCF_NEWER,
    demand(
        Must,
        ("key-usage", "keyUsage has keyEncipherment or digitalSignature"),
        Check::UsageAnyOf(&[KeyUsageBit::KeyEncipherment, KeyUsageBit::DigitalSignature]),
        TLS,
        Repair::Reissue("ask for a certificate with the usages digitalSignature and keyEncipherment"),
    ),
    server_auth(true, PURPOSE),
    IN_DATE,
    covers_hosts(TUTORIAL),
    demand(
        Must,
        ("no-wildcard", "no name is a wildcard"),
        Check::NoWildcard,
        TUTORIAL,
        Repair::Reissue("ask for a certificate whose subjectAltName has the full names of all nodes"),
    ),
    OPENS,
    readable(TUTORIAL),
    IN_STORE,
    chain(WCF_VALIDATION),
    on_node(
        "port",
        "the nodes reach each other's port 8060",
        TUTORIAL,
        "connect from each node to each other",
        "Test-NetConnection NODE -Port 8060",
    ),
    demand(
        Must,
        ("single-node", "remote access is switched on while there is a single node"),
        Check::OnNode,
        TUTORIAL,
        Repair::Words("stop or remove the other nodes, change the setting, and join them again"),
    ),
];

const ADFS: &[Demand] = &[
    PRIVATE_KEY,
    KEY_MATCHES,
    demand(
        Must,
        ("not-signature", "the key spec is not AT_SIGNATURE, with which TLS fails and nobody can sign in"),
        Check::NotSignature,
        KEY_SPEC_ARTICLE,
        Repair::Convert(&[Change::KeyExchange]),
    ),
    TLS_CAN_USE,
    csp(
        Should,
        "the key is in a CSP: for token signing, token decrypting and service communications; the TLS certificate alone may be in a KSP",
        KEY_SPEC_ARTICLE,
    ),
    rsa(Should),
    GOOD_PROVIDER,
    MACHINE,
    server_auth(true, PURPOSE),
    IN_DATE,
    covers_hosts(NAMES),
    OPENS,
    readable((Medium, "AD FS: service communications and token certificates")),
];

const SQL_SERVER: &[Demand] = &[
    PRIVATE_KEY,
    KEY_MATCHES,
    rsa(Must),
    csp(Must, "the key is in a CSP", SQL_REQUIREMENTS),
    exchange(Must, SQL_REQUIREMENTS),
    GOOD_PROVIDER,
    demand(
        Should,
        ("key-usage", "keyUsage has keyEncipherment, as it usually does"),
        Check::UsageAnyOf(&[KeyUsageBit::KeyEncipherment]),
        SQL_REQUIREMENTS,
        Repair::Reissue("ask for a certificate with the usages digitalSignature and keyEncipherment"),
    ),
    server_auth(false, SQL_REQUIREMENTS),
    IN_DATE,
    demand(
        Should,
        ("common-name", "the subject's common name is the server's full name, or that of its cluster"),
        Check::CommonName,
        SQL_REQUIREMENTS,
        Repair::Reissue("ask for a certificate whose common name is the server's; or bind this one by its thumbprint"),
    ),
    covers_hosts(SQL_REQUIREMENTS),
    MACHINE,
    OPENS,
    readable(SQL_REQUIREMENTS),
];

const IIS: &[Demand] =
    &[PRIVATE_KEY, KEY_MATCHES, TLS_CAN_USE, MACHINE, server_auth(true, PURPOSE), IN_DATE, covers_hosts(NAMES), OPENS];

const EXCHANGE: &[Demand] = &[
    PRIVATE_KEY,
    KEY_MATCHES,
    rsa(Must),
    csp(Must, "the key is in a CSP: with a KSP users come back to the sign-in page", EXCHANGE_ARTICLE),
    TLS_CAN_USE,
    GOOD_PROVIDER,
    MACHINE,
    server_auth(true, PURPOSE),
    IN_DATE,
    covers_hosts(NAMES),
    OPENS,
];

const WCF: &[Demand] = &[
    PRIVATE_KEY,
    KEY_MATCHES,
    WCF_NEWER,
    wcf_older(Should),
    TLS_CAN_USE,
    MACHINE,
    server_auth(true, PURPOSE),
    IN_DATE,
    covers_hosts(NAMES),
    OPENS,
    readable(SECURITY_UTILS),
    chain(WCF_VALIDATION),
];
