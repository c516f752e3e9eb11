//! Command lines for Windows that can be copied as they stand, into cmd and into
//! PowerShell, whatever the file is called.

use super::facts::KeySpec;

/// `certutil -f -csp "PROVIDER" -importpfx My FILE [SPEC]`: imports the file into the
/// machine's store, for which it asks for the password, and the key into this
/// provider. The file is looked for in the current folder, by its name.
///
/// `None` when the name of the provider cannot stand in a command.
pub fn import(provider: &str, spec: Option<KeySpec>, file: &str) -> Option<String> {
    let spec = spec.map_or_else(String::new, |spec| format!(" {}", spec.name()));
    // Names of providers are names of keys of the registry, which have no backslash; one
    // at the end would take its meaning from the quotation mark behind it.
    (is_harmless(provider) && !provider.contains('\\'))
        .then(|| format!("certutil -f -csp \"{provider}\" -importpfx My {}{spec}", file_argument(file)))
}

/// The name of a file as an argument, in double quotes where it needs them.
pub fn file_argument(file: &str) -> String {
    let name = name(file);
    if name.contains(' ') { format!("\"{name}\"") } else { name }
}

/// The name of a file for PowerShell.
pub fn powershell_argument(file: &str) -> String {
    format!("'{}'", name(file))
}

/// The name of an account for `icacls … /grant`, before the colon: an identifier has an
/// asterisk before it there. A name that means something to a shell is replaced by a
/// word that everybody replaces.
pub fn account(name: &str) -> String {
    let is_plain = |character: char| character.is_alphanumeric() || " -_.\\@$".contains(character);
    if name.is_empty() || !name.chars().all(is_plain) {
        return "ACCOUNT".to_owned();
    }
    let is_identifier = name.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("S-1-"));
    if is_identifier { format!("*{name}") } else { name.to_owned() }
}

/// The last part of a path, since folders of another system are none of Windows, and
/// certutil takes what begins with a slash for an option. Names that mean nothing to
/// cmd and PowerShell, in quotes or without, stand as they are; for any other stands a
/// word that everybody replaces.
fn name(file: &str) -> String {
    let name = file.rsplit('/').next().unwrap_or(file);
    if name == "-" || name.ends_with('\\') || !is_harmless(name) {
        return "FILE.pfx".to_owned();
    }
    // It would be an option.
    if name.starts_with('-') { format!(".\\{name}") } else { name.to_owned() }
}

fn is_harmless(argument: &str) -> bool {
    let is_plain = |character: char| character.is_ascii_alphanumeric() || " -_.:\\".contains(character);
    !argument.is_empty() && argument.chars().all(is_plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_quoted_where_they_need_it() {
        for (file, cmd, powershell) in [
            ("node1.pfx", "node1.pfx", "'node1.pfx'"),
            ("C:\\my keys\\a.pfx", "\"C:\\my keys\\a.pfx\"", "'C:\\my keys\\a.pfx'"),
            ("my keys.pfx", "\"my keys.pfx\"", "'my keys.pfx'"),
            ("/home/ann/certs/a b.pfx", "\"a b.pfx\"", "'a b.pfx'"),
            ("./a.pfx", "a.pfx", "'a.pfx'"),
            ("-f.pfx", ".\\-f.pfx", "'.\\-f.pfx'"),
        ] {
            assert_eq!((file_argument(file).as_str(), powershell_argument(file).as_str()), (cmd, powershell));
        }
        for name in [
            "a\"&calc&\".pfx",
            "$(calc).pfx",
            "%PATH%.pfx",
            "o\u{2019};calc;\u{2018}.pfx",
            "it's.pfx",
            "my keys\\",
            "-",
            "dir/",
            "",
        ] {
            assert_eq!((file_argument(name).as_str(), powershell_argument(name).as_str()), ("FILE.pfx", "'FILE.pfx'"));
        }
    }

    #[test]
    fn names_of_providers_and_accounts() {
        assert_eq!(
            import("SafeNet Key Storage Provider", None, "a.pfx").unwrap(),
            "certutil -f -csp \"SafeNet Key Storage Provider\" -importpfx My a.pfx"
        );
        assert!(import("A", Some(KeySpec::Signature), "a.pfx").unwrap().ends_with("My a.pfx AT_SIGNATURE"));
        for provider in ["\" & calc & \" Key Storage Provider", "Evil Key Storage Provider\\", "Evil\\Provider"] {
            assert_eq!(import(provider, None, "a.pfx"), None);
        }
        for (name, argument) in [
            ("NT SERVICE\\DIAHostService", "NT SERVICE\\DIAHostService"),
            ("CONTOSO\\gmsa$", "CONTOSO\\gmsa$"),
            ("S-1-5-20", "*S-1-5-20"),
            ("a\"&calc", "ACCOUNT"),
            ("", "ACCOUNT"),
        ] {
            assert_eq!(account(name), argument);
        }
    }
}
