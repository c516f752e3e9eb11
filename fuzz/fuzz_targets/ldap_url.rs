//! LDAP: a line with a URL, then what a directory answers to it.

#![no_main]

use certlens_fetch::What;
use certlens_fetch::ldap::fuzzing::converse;
use certlens_fetch::ldap::{LdapUrl, MAX_URL_ITEMS, parse_server};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let end = data.iter().position(|octet| *octet == b'\n').unwrap_or(data.len());
    let (line, rest) = data.split_at(end);
    let Ok(text) = std::str::from_utf8(line) else { return };
    let answer = rest.get(1..).unwrap_or_default();

    if let Ok((host, port)) = parse_server(text) {
        check_host(&host);
        assert_ne!(port, Some(0));
    }
    let Ok(url) = LdapUrl::parse(text) else { return };
    assert_eq!(LdapUrl::parse(text).as_ref(), Ok(&url), "two readings of the same URL differ");
    if let Some(host) = &url.host {
        check_host(host);
    }
    assert!(url.port.is_none_or(|port| port != 0 && url.host.is_some()));
    assert!(url.attributes.len() <= MAX_URL_ITEMS);
    assert!(!url.filter.is_empty() && !url.dn.contains('\0'));

    for what in [What::Crl, What::Certificates] {
        // However it is cut into pieces, an answer means the same.
        let told = |piece| converse(&url, &what, answer, piece).map_err(|failure| failure.cause);
        assert_eq!(told(usize::MAX), told(1), "pieces make a difference");
    }
});

/// What a connection may be made to: a name, or an address without brackets.
fn check_host(host: &str) {
    let is_address = host.parse::<std::net::Ipv6Addr>().is_ok();
    let is_name = host.bytes().all(|octet| octet.is_ascii_alphanumeric() || b"-._".contains(&octet));
    assert!(!host.is_empty() && (is_address || is_name), "{host}");
}
