//! How a root gets into the trust stores that programs look at: this system's, that of
//! Windows machines beside it, and what environment variables put in the system's place.

use std::path::Path;

use certlens_report::Step;

use crate::roots::{Installation, installation, replaced_by};
use crate::shell::quote;

/// The steps for a root in this file, which gets this name; `before` stands before the place.
pub(super) fn steps(before: &str, file: &str, name: &str) -> Vec<Step> {
    let Installation { place, commands } = installation(file, name);
    let here = commands.into_iter().fold(Step::new(format!("{before} {place}:")), Step::command);
    let elsewhere = (!cfg!(windows)).then(|| on_windows(file, name));
    std::iter::once(here).chain(elsewhere).chain(in_its_place(file, name)).collect()
}

/// The services that fail often run on Windows, wherever the cause is looked for.
pub(super) fn on_windows(file: &str, name: &str) -> Step {
    // Its shells quote otherwise, so that a name stands here that needs no quoting.
    let own = Path::new(file).file_name().and_then(|own| own.to_str()).filter(|own| is_plain(own));
    let own = own.map_or_else(|| format!("{name}.crt"), str::to_owned);
    Step::new("On Windows machines, as an administrator, where the file is:")
        .command(format!("certutil -addstore Root {own}"))
}

fn is_plain(name: &str) -> bool {
    let plain = |character: char| character.is_ascii_alphanumeric() || "-_.".contains(character);
    !name.starts_with('-') && name.chars().all(plain)
}

/// The step where variables keep certlens from looking into the system's trust store.
pub(super) fn in_its_place(file: &str, name: &str) -> Option<Step> {
    let variables = replaced_by();
    let text = match variables.as_slice() {
        [] => return None,
        [one] => format!(
            "{one} is set here: certlens looks at what it names, and not at the system's trust store. Unset it, or add the root there:"
        ),
        several => format!(
            "{} are set here: certlens looks at what they name, and not at the system's trust store. Unset them, or add the root there:",
            several.join(" and ")
        ),
    };
    let (step, file) = (Step::new(text), quote(file));
    Some(match variables.first() {
        // In PowerShell and cmd variables are written otherwise.
        _ if cfg!(windows) => step,
        // The file need not end with the end of a line.
        Some(&"SSL_CERT_FILE") => step.command(format!("(echo; openssl x509 -in {file}) >> \"$SSL_CERT_FILE\"")),
        // It may be a list.
        _ => step
            .command(format!("openssl x509 -in {file} -out \"${{SSL_CERT_DIR%%:*}}/{name}.pem\""))
            .command("openssl rehash \"${SSL_CERT_DIR%%:*}\""),
    })
}
