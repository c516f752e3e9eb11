//! Words that name hosts and endpoints, told from names of files.

/// Whether an argument names an endpoint and not a file: it has a scheme, or a port.
pub(crate) fn is_endpoint(argument: &str) -> bool {
    if argument.contains("://") {
        return true;
    }
    let Some((host, port)) = argument.rsplit_once(':') else { return false };
    // User information is refused with what is wrong, and not shown as the name of a file.
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    let is_port = (1..=5).contains(&port.len()) && port.bytes().all(|octet| octet.is_ascii_digit());
    // A letter alone is a drive.
    is_port && host.len() > 1 && !host.contains(['/', '\\']) && (!host.contains(':') || host.ends_with(']'))
}

/// Whether a word may be the name of a host: labels with dots, of which the last is none
/// that files of certificates end with.
pub(crate) fn looks_like_host(name: &str) -> bool {
    let endings =
        ["pem", "crt", "cer", "der", "p7b", "p7c", "pfx", "p12", "crl", "key", "txt", "json", "xml", "config", "conf"];
    let is_label =
        |label: &str| !label.is_empty() && label.bytes().all(|octet| octet.is_ascii_alphanumeric() || octet == b'-');
    name == "localhost"
        || name.rsplit_once('.').is_some_and(|(head, last)| {
            head.split('.').all(is_label) && is_label(last) && !endings.contains(&last.to_ascii_lowercase().as_str())
        })
}

/// Host and port of a URL as a firewall rule has them.
pub(crate) fn host_and_port(url: &str) -> Option<String> {
    let url = certlens_fetch::shown(url);
    let (scheme, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next().filter(|authority| !authority.is_empty())?;
    let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let bare = authority.rsplit_once(']').map_or(authority, |(_, port)| port);
    if bare.contains(':') {
        return Some(authority.to_owned());
    }
    let port = match scheme.to_ascii_lowercase().as_str() {
        "https" => 443,
        "ldap" => 389,
        "ldaps" => 636,
        _ => 80,
    };
    Some(format!("{authority}:{port}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_or_a_scheme_makes_an_endpoint() {
        for endpoint in
            ["host:443", "10.0.0.1:8060", "[::1]:443", "https://host", "net.tcp://host:8060/a", "x://y", "u:p@host:443"]
        {
            assert!(is_endpoint(endpoint), "{endpoint}");
        }
        for file in ["host", "server.pem", "C:\\a.cer", "c:1", "dir/file:1", "a:b", "::1", "a:123456", "-", "", "a:"] {
            assert!(!is_endpoint(file), "{file}");
        }
    }

    #[test]
    fn firewall_rules_have_host_and_port() {
        for (url, rule) in [
            ("http://crl.example.com/ca.crl", Some("crl.example.com:80")),
            ("https://crl.example.com", Some("crl.example.com:443")),
            ("http://crl.example.com:8080/x", Some("crl.example.com:8080")),
            ("http://[2001:db8::1]/x", Some("[2001:db8::1]:80")),
            ("http://[2001:db8::1]:81/x", Some("[2001:db8::1]:81")),
            ("ldap://dc.example.com/CN=x?a", Some("dc.example.com:389")),
            ("http://user:secret@host/", Some("host:80")),
            ("ldap:///CN=x", None),
            ("nonsense", None),
        ] {
            assert_eq!(host_and_port(url).as_deref(), rule, "{url}");
        }
    }
}
