//! Proxies, firewalls and services of organizations.

use super::Kind::{Captive, Corporate, Filter};
use super::Source::{Chromium, Listed, Observed, Product as Own, Tailscale};
use super::{Product, cn, email, o, ou};
use crate::interception::signals::Weight::{Medium, Strong, Weak};

pub(super) static PRODUCTS: &[Product] = &[
    Product {
        name: "Zscaler",
        vendor: "Zscaler",
        kind: Corporate,
        patterns: &[
            o("Zscaler", Strong, Chromium),
            cn("Zscaler", Strong, Observed("saltstack/salt#55024, Azure/azure-iot-explorer#604")),
            ou("Zscaler", Strong, Observed("saltstack/salt#55024")),
            email("support@zscaler.com", Strong, Observed("saltstack/salt#55024")),
        ],
        root: Some("Zscaler's administration portal, under SSL inspection: the intermediate or root CA certificate"),
        exempt: Some("an SSL inspection rule with the action “Do Not Inspect” for the host"),
    },
    Product {
        name: "Netskope",
        vendor: "Netskope",
        kind: Corporate,
        patterns: &[
            cn("goskope.com", Strong, Observed("chains of tenants: CN=ca.<tenant>.goskope.com")),
            o("Netskope*", Strong, Observed("chains of tenants: CN=certadmin, O=Netskope Inc.")),
        ],
        root: Some("Netskope's administration page, under Manage > Certificates > Signing CA"),
        exempt: Some("an SSL decryption policy with the action “Do Not Decrypt” for the host"),
    },
    Product {
        name: "Cloudflare Gateway",
        vendor: "Cloudflare",
        kind: Corporate,
        patterns: &[cn("Gateway CA - Cloudflare Managed", Strong, Observed("icebear0828/codex-proxy#598"))],
        root: Some("the Zero Trust dashboard, under certificates"),
        exempt: Some("an HTTP policy with the action “Do Not Inspect” for the host"),
    },
    Product {
        name: "Cisco Umbrella",
        vendor: "Cisco",
        kind: Corporate,
        patterns: &[cn("Cisco Umbrella", Strong, Chromium)],
        root: Some("the Umbrella dashboard, under Deployments > Configuration > Root Certificate"),
        exempt: Some("a selective decryption list with the host"),
    },
    Product {
        name: "OpenDNS",
        vendor: "Cisco",
        kind: Corporate,
        patterns: &[cn("OpenDNS", Strong, Listed), o("OpenDNS", Strong, Listed)],
        root: None,
        exempt: None,
    },
    Product {
        name: "a Cisco device",
        vendor: "Cisco",
        kind: Corporate,
        // Cisco also has ordinary certificates issued under its own name.
        patterns: &[o("Cisco", Weak, Tailscale), cn("Cisco", Weak, Tailscale)],
        root: None,
        exempt: None,
    },
    Product {
        name: "ContentKeeper",
        vendor: "ContentKeeper",
        kind: Filter,
        patterns: &[cn("ContentKeeper Appliance CA", Strong, Chromium)],
        root: None,
        exempt: None,
    },
    Product {
        name: "Cyberoam",
        vendor: "Sophos",
        kind: Corporate,
        patterns: &[
            o("Cyberoam Certificate Authority", Strong, Chromium),
            cn("Cyberoam SSL CA*", Strong, Observed("CVE-2012-3372")),
        ],
        root: None,
        exempt: None,
    },
    Product {
        name: "Forcepoint",
        vendor: "Forcepoint",
        kind: Corporate,
        patterns: &[cn("Forcepoint Cloud CA", Strong, Chromium), o("Forcepoint LLC", Medium, Chromium)],
        root: None,
        exempt: Some("an SSL decryption bypass for the host"),
    },
    Product {
        name: "Websense",
        vendor: "Forcepoint",
        kind: Corporate,
        patterns: &[
            cn("Websense Public Primary Certificate Authority", Strong, Observed("certificates of inspected hosts")),
            o("Websense", Strong, Listed),
        ],
        root: None,
        exempt: Some("an SSL decryption bypass for the host"),
    },
    Product {
        name: "FortiGate",
        vendor: "Fortinet",
        kind: Corporate,
        patterns: &[
            cn("FortiGate CA", Strong, Chromium),
            email("support@fortinet.com", Strong, Tailscale),
            o("Fortinet", Strong, Chromium),
        ],
        root: Some(
            "the FortiGate's System > Certificates: Fortinet_CA_SSL, or the CA that the inspection profile names",
        ),
        exempt: Some("the host under “Exempt from SSL Inspection” in the SSL/SSH inspection profile"),
    },
    Product {
        name: "McAfee Web Gateway (Skyhigh Secure Web Gateway)",
        vendor: "McAfee, Skyhigh Security",
        kind: Corporate,
        patterns: &[
            cn("McAfee Web Gateway", Strong, Listed),
            o("McAfee Web Gateway", Strong, Listed),
            ou("McAfee Web Gateway", Strong, Listed),
        ],
        root: None,
        exempt: None,
    },
    Product {
        name: "NetSpark",
        vendor: "NetSpark",
        kind: Filter,
        patterns: &[cn("NetSpark*", Strong, Listed), o("NetSpark*", Strong, Listed), ou("NetSpark*", Strong, Listed)],
        root: None,
        exempt: None,
    },
    Product {
        name: "Smoothwall",
        vendor: "Smoothwall",
        kind: Filter,
        patterns: &[
            cn("Smoothwall-default-root-certificate-authority", Strong, Chromium),
            o("Smoothwall", Medium, Listed),
        ],
        root: None,
        exempt: None,
    },
    Product {
        name: "SonicWall",
        vendor: "SonicWall",
        kind: Corporate,
        patterns: &[
            cn("SonicWALL Firewall DPI-SSL", Strong, Observed("certificates of inspected hosts")),
            o("HTTPS Management Certificate for SonicWALL", Strong, Chromium),
            o("SonicWALL", Medium, Observed("O=SonicWALL Inc. beside the name above")),
        ],
        root: Some("the firewall's client DPI-SSL settings: the certificate for re-signing"),
        exempt: Some("the host among the common name exclusions of client DPI-SSL"),
    },
    Product {
        name: "Sophos",
        vendor: "Sophos",
        kind: Corporate,
        patterns: &[
            cn("Sophos SSL CA_*", Strong, Chromium),
            cn("Sophos_CA_*", Strong, Chromium),
            cn("sophosutm Proxy CA", Strong, Chromium),
            cn("Sophos Web Appliance", Strong, Chromium),
            o("Sophos", Strong, Tailscale),
        ],
        root: Some("the Sophos Firewall's certificate authorities: the one of the decryption profile"),
        exempt: Some(
            "an SSL/TLS inspection rule with the action “Don't decrypt” for the host, or the local TLS exclusion list",
        ),
    },
    Product {
        name: "Blue Coat ProxySG",
        vendor: "Broadcom",
        kind: Corporate,
        patterns: &[o("Blue Coat*", Strong, Chromium), cn("Blue Coat*", Strong, Listed)],
        root: None,
        exempt: Some("a rule of the SSL intercept layer with the action “Disable SSL Interception” for the host"),
    },
    Product {
        name: "Trend Micro InterScan Web Security",
        vendor: "Trend Micro",
        kind: Corporate,
        patterns: &[cn("IWSS.TREND", Strong, Chromium)],
        root: None,
        exempt: None,
    },
    Product {
        name: "Palo Alto Networks firewall",
        vendor: "Palo Alto Networks",
        kind: Corporate,
        patterns: &[
            o("Palo Alto Networks", Strong, Tailscale),
            cn("Palo Alto Networks", Strong, Tailscale),
            ou("Palo Alto Networks", Strong, Tailscale),
            cn("PAN-FW*", Strong, Tailscale),
        ],
        root: Some("the firewall's Device > Certificate Management > Certificates: the forward trust certificate"),
        exempt: Some("a decryption rule with the action “No Decrypt”, or the SSL decryption exclusions, for the host"),
    },
    Product {
        name: "Check Point gateway",
        vendor: "Check Point",
        kind: Corporate,
        patterns: &[
            o("Check Point", Medium, Listed),
            ou("Check Point Security Gateway", Strong, Observed("the portal of a gateway")),
            cn("Check Point*", Medium, Listed),
        ],
        root: None,
        exempt: Some("a rule of the HTTPS inspection policy with the action “Bypass” for the host"),
    },
    Product {
        name: "WatchGuard Firebox",
        vendor: "WatchGuard",
        kind: Corporate,
        patterns: &[
            cn("Fireware HTTPS Proxy", Strong, Observed("certificates of inspected hosts")),
            cn("Fireware web CA", Strong, Observed("the Firebox's own pages: CN=Fireware web CA, O=WatchGuard")),
            o("WatchGuard*", Strong, Observed("CN=Fireware web CA, OU=Fireware, O=WatchGuard")),
            ou("Fireware", Medium, Observed("CN=Fireware web CA, OU=Fireware, O=WatchGuard")),
        ],
        root: Some("the Firebox's certificate portal, http://<address of the Firebox>:4126/certportal"),
        exempt: Some(
            "the host among the domain names of the HTTPS proxy action, with the action “Allow” in the place of “Inspect”",
        ),
    },
    Product {
        name: "Barracuda",
        vendor: "Barracuda Networks",
        kind: Corporate,
        patterns: &[o("Barracuda", Medium, Listed), cn("Barracuda*", Medium, Listed)],
        root: None,
        exempt: None,
    },
    Product {
        name: "Huawei",
        vendor: "Huawei",
        kind: Corporate,
        patterns: &[email("mobile@huawei.com", Strong, Tailscale)],
        root: None,
        exempt: None,
    },
    Product {
        name: "Aruba",
        vendor: "HPE Aruba Networking",
        kind: Captive,
        // Aruba is a place, and the name of a provider in Italy that runs public CAs.
        patterns: &[o("Aruba Networks", Medium, Tailscale)],
        root: None,
        exempt: None,
    },
    Product {
        name: "UniFi",
        vendor: "Ubiquiti",
        kind: Captive,
        patterns: &[cn("UniFi", Medium, Tailscale), o("Ubiquiti", Medium, Tailscale), ou("UniFi", Medium, Tailscale)],
        root: None,
        exempt: None,
    },
    Product {
        name: "squid (ssl_bump)",
        vendor: "the Squid project",
        kind: Corporate,
        // The CA's name is chosen by whoever sets squid up; the first one squid itself makes,
        // for a host whose own certificate it does not trust. Under any name, squid 5 gives
        // its certificates the key of its CA, and no key identifiers or addresses.
        patterns: &[cn("Not trusted by \"*", Strong, Own), cn("squid", Medium, Listed), o("squid", Medium, Listed)],
        root: Some("the file that tls-cert= names on the http_port line of squid.conf"),
        exempt: Some(
            "an acl of the type ssl::server_name with the host, and “ssl_bump splice” for it before “ssl_bump bump”",
        ),
    },
];
