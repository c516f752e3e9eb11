//! The account for an LDAP server: where it is for, and whether it was used.

use certlens_fetch::ldap::parse_server;

use crate::address::host_and_port;
use crate::args::NetworkArgs;
use crate::error::Failure;

/// Host and port of the server that the account is for.
///
/// # Errors
///
/// When they are none.
pub(crate) fn server(text: &str) -> Result<(String, Option<u16>), Failure> {
    parse_server(text).map_err(|error| {
        Failure::unusable(format!("--ldap-bind-host {text}: {error}")).advice("write it as HOST or HOST:PORT")
    })
}

/// That the account was sent to nobody, because none of the URLs that were asked is at
/// its server.
pub(crate) fn unused<'a>(args: &NetworkArgs, asked: impl Iterator<Item = &'a str>) -> Option<String> {
    let (_, text) = args.ldap_bind.as_ref().zip(args.ldap_bind_host.as_ref())?;
    let (host, _) = server(text).ok()?;
    let mut others: Vec<String> = Vec::new();
    for url in asked {
        let is_ldap = url.trim().get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("ldap:"));
        let is_ldaps = url.trim().get(..6).is_some_and(|scheme| scheme.eq_ignore_ascii_case("ldaps:"));
        if !is_ldap && !is_ldaps {
            continue;
        }
        // A URL that names no server is asked at the default one.
        let Some(at) = host_and_port(url).or_else(|| args.ldap_host.clone()) else { continue };
        match server(&at) {
            Ok((other, _)) if other.eq_ignore_ascii_case(&host) => return None,
            _ if others.contains(&at) => {}
            _ => others.push(at),
        }
    }
    let why = if others.is_empty() {
        "no LDAP URL was asked".to_owned()
    } else {
        format!("the LDAP URLs that were asked are at {}", others.join(", "))
    };
    Some(format!("the account for {text} was not used: {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_that_nobody_was_sent_is_told_of() {
        let args = |host: &str, default: Option<&str>| NetworkArgs {
            ldap_bind: Some("CN=reader".to_owned()),
            ldap_bind_host: Some(host.to_owned()),
            ldap_host: default.map(str::to_owned),
            ..NetworkArgs::default()
        };
        let told = |args: &NetworkArgs, urls: &[&str]| unused(args, urls.iter().copied());
        let urls = ["http://dc.test/a.crl", "ldap://other.test/CN=a", "ldap:///CN=b"];
        let one = args("dc.test:3389", None);
        assert_eq!(
            told(&one, &urls).unwrap(),
            "the account for dc.test:3389 was not used: the LDAP URLs that were asked are at other.test:389"
        );
        assert!(told(&one, &urls[..1]).unwrap().ends_with("no LDAP URL was asked"));
        assert_eq!(told(&one, &["LDAP://DC.test/CN=a"]), None);
        assert_eq!(told(&args("dc.test", Some("dc.test:389")), &urls), None);
        assert_eq!(told(&NetworkArgs::default(), &urls), None);
    }

    #[test]
    fn its_server_has_a_port_or_none() {
        assert_eq!(server("DC.test:3389").unwrap(), ("dc.test".to_owned(), Some(3389)));
        assert_eq!(server("dc.test").unwrap(), ("dc.test".to_owned(), None));
        for text in ["dc.test:", "dc.test:0", "dc.test:70000", "user@dc.test", "", "a b"] {
            let shown = server(text);
            assert!(text.ends_with(':') || shown.is_err(), "{text}: {shown:?}");
        }
    }
}
