//! What certutil is told, and its command line for Windows.

use certlens_keystore::provider::{Certutil, CertutilExport, KeySpec, command as windows};

use crate::args::{PredictArgs, ProtectArg, SpecArg};

/// What certutil is told of keys.
pub(super) fn told(args: &PredictArgs) -> Certutil {
    Certutil {
        provider: args.csp.clone(),
        spec: args.key_spec.map(|spec| match spec {
            SpecArg::Exchange => KeySpec::Exchange,
            SpecArg::Signature => KeySpec::Signature,
        }),
        for_user: args.user,
        export: match (args.no_export, args.export_encrypted) {
            (true, _) => CertutilExport::No,
            (false, true) => CertutilExport::Encrypted,
            (false, false) => CertutilExport::Plain,
        },
    }
}

/// What a file cannot say for itself, and what comes of it.
pub(super) fn about_modifiers(args: &PredictArgs) -> Vec<String> {
    let mut all = Vec::new();
    if matches!(args.protect, Some(ProtectArg::Consent | ProtectArg::Password)) {
        all.push(
            "Whoever uses a protected key is asked (CRYPT_USER_PROTECTED): a service cannot answer, and cannot use it"
                .to_owned(),
        );
    }
    if args.no_certificate {
        all.push("Without its certificate the key is found by nobody: add the certificate to the store, then certutil -repairstore".to_owned());
    }
    let told_again = modifiers(args).into_iter().filter(|modifier| {
        ["NoExport", "ExportEncrypted", "NoProtect", "Protect", "ProtectHigh", "NoCert"].contains(&modifier.as_str())
    });
    let told_again: Vec<String> = told_again.collect();
    if args.output.is_some() && !told_again.is_empty() {
        all.push(format!("No file can say {}: certutil must be told again", told_again.join(", ")));
    }
    all
}

/// The modifiers, as certutil takes them.
fn modifiers(args: &PredictArgs) -> Vec<String> {
    let spec = args.key_spec.map(|spec| match spec {
        SpecArg::Exchange => KeySpec::Exchange.name(),
        SpecArg::Signature => KeySpec::Signature.name(),
    });
    let protect = args.protect.map(|protect| match protect {
        ProtectArg::None => "NoProtect",
        ProtectArg::Consent => "Protect",
        ProtectArg::Password => "ProtectHigh",
    });
    let given = [
        (args.no_export, "NoExport"),
        (args.export_encrypted, "ExportEncrypted"),
        (args.no_certificate, "NoCert"),
        (args.no_chain, "NoChain"),
        (args.no_root, "NoRoot"),
    ];
    let given = given.into_iter().filter(|(is_given, _)| *is_given).map(|(_, name)| name);
    let mut all: Vec<String> = spec.into_iter().chain(given).chain(protect).map(str::to_owned).collect();
    all.extend(args.friendly_name.as_ref().map(|name| format!("FriendlyName={name}")));
    all
}

/// The command line for Windows; `over` what was imported before.
pub(super) fn command(args: &PredictArgs, file: &str, over: bool) -> String {
    let mut words = vec!["certutil".to_owned()];
    if over {
        words.push("-f".to_owned());
    }
    if args.user {
        words.push("-user".to_owned());
    }
    if let Some(provider) = &args.csp {
        words.extend(["-csp".to_owned(), quoted(harmless(provider).unwrap_or("PROVIDER"))]);
    }
    words.extend(["-importPFX".to_owned(), quoted(harmless(&args.store).unwrap_or("STORE"))]);
    words.push(windows::file_argument(file));
    let all = modifiers(args);
    let shown = all.iter().map(|modifier| harmless(modifier).unwrap_or("FriendlyName=NAME"));
    let all = shown.collect::<Vec<_>>().join(",");
    if !all.is_empty() {
        words.push(quoted(&all));
    }
    words.join(" ")
}

/// What means nothing to cmd and PowerShell in quotes.
fn harmless(text: &str) -> Option<&str> {
    let is_plain = |character: char| character.is_alphanumeric() || " -_.:()+=".contains(character);
    text.chars().all(is_plain).then_some(text)
}

/// In double quotes where it needs them.
fn quoted(text: &str) -> String {
    let is_plain = |character: char| character.is_alphanumeric() || "-_.:".contains(character);
    if text.chars().all(is_plain) { text.to_owned() } else { format!("\"{text}\"") }
}
