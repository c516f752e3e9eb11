//! The demands of each product. Data alone: a new product is a table here.

use certlens_core::x509::extension::KeyUsageBit;

use super::Weight::{Must, Should};
use super::demands::{
    EXCHANGE_ARTICLE, GOOD_PROVIDER, IN_DATE, IN_STORE, KEY_MATCHES, KEY_SPEC_ARTICLE, KSP_NAMED, NAMES, OPENS,
    PRIVATE_KEY, PURPOSE, SECURITY_UTILS, SQL_REQUIREMENTS, TLS, TLS_CAN_USE, TROUBLESHOOTING, TUTORIAL, WCF_NEWER,
    WCF_VALIDATION, chain, covers_hosts, csp, demand, exchange, machine, on_node, readable, rsa, server_auth,
    wcf_older,
};
use super::{Change, Check, Demand, Profile, Repair};
use crate::permissions::INTEGRATION_RUNTIME;
use crate::provider::Confidence::Documented;

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

const SHIR_HA: &[Demand] = &[
    PRIVATE_KEY,
    KEY_MATCHES,
    rsa(Must),
    csp(Must, "the key is in a CSP: keys of CNG are not supported (error code 103)", TUTORIAL),
    exchange(Must, TROUBLESHOOTING),
    GOOD_PROVIDER,
    machine(Must),
    wcf_older(Must),
    WCF_NEWER,
    demand(
        Must,
        ("key-usage", "keyUsage has keyEncipherment or digitalSignature"),
        Check::UsageAnyOf(&[KeyUsageBit::KeyEncipherment, KeyUsageBit::DigitalSignature]),
        TLS,
        Repair::Reissue("ask for a certificate with the usages digitalSignature and keyEncipherment"),
    ),
    // A certificate without extKeyUsage is for every purpose (RFC 5280 §4.2.1.12), and the
    // product's documentation asks for no purpose.
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
        "connect from each node to each other; `certlens ha --probe` connects to all from here",
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
    KSP_NAMED,
    machine(Should),
    server_auth(true, PURPOSE),
    IN_DATE,
    covers_hosts(NAMES),
    OPENS,
    readable((Documented, "Microsoft: KB 3044974 (AD FS certificate error)")),
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
    machine(Should),
    OPENS,
    readable(SQL_REQUIREMENTS),
];

const IIS: &[Demand] = &[
    PRIVATE_KEY,
    KEY_MATCHES,
    TLS_CAN_USE,
    KSP_NAMED,
    machine(Should),
    server_auth(true, PURPOSE),
    IN_DATE,
    covers_hosts(NAMES),
    OPENS,
];

const EXCHANGE: &[Demand] = &[
    PRIVATE_KEY,
    KEY_MATCHES,
    rsa(Must),
    csp(Must, "the key is in a CSP: with a KSP users come back to the sign-in page", EXCHANGE_ARTICLE),
    TLS_CAN_USE,
    GOOD_PROVIDER,
    machine(Should),
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
    KSP_NAMED,
    machine(Should),
    server_auth(true, PURPOSE),
    IN_DATE,
    covers_hosts(NAMES),
    OPENS,
    readable(SECURITY_UTILS),
    chain(WCF_VALIDATION),
];
