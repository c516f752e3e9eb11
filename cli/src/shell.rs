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

/// Quotes an argument for cmd and PowerShell. What means something to one of them even
/// in quotes is not written: the placeholder stands for it.
pub(crate) fn windows(argument: &str, placeholder: &str) -> String {
    let plain = |character: char| character.is_ascii_alphanumeric() || "-_.:\\/".contains(character);
    let harmless = |character: char| plain(character) || " ()+,=".contains(character);
    if argument.is_empty() || !argument.chars().all(harmless) {
        return placeholder.to_owned();
    }
    if argument.chars().all(plain) { argument.to_owned() } else { format!("\"{argument}\"") }
}

#[cfg(test)]
mod tests {
    use super::{quote, windows};

    #[test]
    fn nothing_means_something_to_the_shells_of_windows() {
        for (argument, quoted) in [
            ("node1.pfx", "node1.pfx"),
            ("C:\\my keys\\a (1).pfx", "\"C:\\my keys\\a (1).pfx\""),
            ("My,NoRoot", "\"My,NoRoot\""),
            ("%PATH%.pfx", "FILE.pfx"),
            ("a\"&calc&\".pfx", "FILE.pfx"),
            ("$(calc).pfx", "FILE.pfx"),
            ("a`b.pfx", "FILE.pfx"),
            ("", "FILE.pfx"),
        ] {
            assert_eq!(windows(argument, "FILE.pfx"), quoted);
        }
    }

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
