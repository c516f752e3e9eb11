//! Commands that a reader can copy into a shell.

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

/// The command that saves what is at a URL; `--fail`, so that no page about an error is
/// saved for it.
pub(crate) fn download(url: &str, file: &str) -> String {
    // In PowerShell `curl` is something else.
    let curl = if cfg!(windows) { "curl.exe" } else { "curl" };
    format!("{curl} --fail --output {file} {}", quote(url))
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
