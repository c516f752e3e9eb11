//! Commands that a reader can copy into a shell.

use crate::args::ProxyArgs;

/// Quotes an argument for a POSIX shell where it needs to be; a file whose name
/// could be taken for an option is named by its place.
pub(crate) fn quote(argument: &str) -> String {
    if argument.len() > 1 && argument.starts_with('-') {
        return quote(&format!("./{argument}"));
    }
    let plain = |character: char| character.is_ascii_alphanumeric() || "-_./:=@%+,".contains(character);
    if !argument.is_empty() && argument.chars().all(plain) {
        return argument.to_owned();
    }
    format!("'{}'", argument.replace('\'', "'\\''"))
}

/// The command that saves what is at a URL, by the proxy of the run. `--fail`, so that no page
/// about an error is saved for it; `--location`, so that none about another place is;
/// `--globoff`, because brackets in a certificate's URL are meant as they stand.
pub(crate) fn download(url: &str, file: &str, proxy: &ProxyArgs) -> String {
    // In PowerShell `curl` is something else.
    let curl = if cfg!(windows) { "curl.exe" } else { "curl" };
    let given = proxy.for_next();
    let option = |name: &str| given.iter().find(|(known, _)| *known == name).map(|(_, value)| quote(value));
    let proxy = match option("proxy") {
        Some(value) if value == "none" => " --noproxy '*'".to_owned(),
        Some(value) => format!(" --proxy {value}"),
        None => String::new(),
    };
    let user = option("proxy-user").map(|user| format!(" --proxy-user {user}")).unwrap_or_default();
    format!("{curl} --fail --location --globoff --output {file} {}{proxy}{user}", quote(url))
}

#[cfg(test)]
mod tests {
    use super::quote;

    #[test]
    fn only_what_needs_it_is_quoted() {
        for (argument, quoted) in [
            ("server.pem", "server.pem"),
            ("my file.pem", "'my file.pem'"),
            ("", "''"),
            ("it's", "'it'\\''s'"),
            ("$(reboot)", "'$(reboot)'"),
            ("http://pki.example/ca.cer", "http://pki.example/ca.cer"),
            ("a&b", "'a&b'"),
            ("-", "-"),
            ("-x.pem", "./-x.pem"),
            ("--help me", "'./--help me'"),
        ] {
            assert_eq!(quote(argument), quoted);
        }
    }
}
