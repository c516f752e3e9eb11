//! How a root gets into the trust stores that programs look at: this system's, that of
//! Windows machines beside it, and what environment variables put in the system's place.

use certlens_report::Step;

use crate::roots::{Installation, installation, replaced_by};
use crate::shell::quote;

/// The steps for a root in this file, which gets this name; `before` stands before the place.
pub(super) fn steps(before: &str, file: &str, name: &str) -> Vec<Step> {
    let Installation { place, commands } = installation(file, name);
    let here = commands.into_iter().fold(Step::new(format!("{before} {place}:")), Step::command);
    let elsewhere = (!cfg!(windows)).then(|| on_windows(file));
    std::iter::once(here).chain(elsewhere).chain(in_its_place(file, name)).collect()
}

/// The services that fail often run on Windows, wherever the cause is looked for.
pub(super) fn on_windows(file: &str) -> Step {
    Step::new("On Windows machines, as an administrator:").command(format!("certutil -addstore Root {}", quote(file)))
}

/// The step where a variable keeps programs from looking into the system's trust store.
pub(super) fn in_its_place(file: &str, name: &str) -> Option<Step> {
    let variable = replaced_by()?;
    let text = format!(
        "{variable} is set here: certlens, and programs with OpenSSL, look at what it names in the place of the system's trust store. Unset it, or add the root there:"
    );
    let file = quote(file);
    let step = Step::new(text);
    Some(match variable {
        // In PowerShell and cmd variables are written otherwise.
        _ if cfg!(windows) => step,
        "SSL_CERT_FILE" => step.command(format!("openssl x509 -in {file} >> \"$SSL_CERT_FILE\"")),
        _ => step
            .command(format!("openssl x509 -in {file} -out \"$SSL_CERT_DIR/{name}.pem\""))
            .command("openssl rehash \"$SSL_CERT_DIR\""),
    })
}
