//! `certlens pfx predict`.

mod told;

use certlens_keystore::inventory::Inventory;
use certlens_keystore::pfx::PasswordForm;
use certlens_keystore::provider::names::ENHANCED_AES;
use certlens_keystore::provider::releases::{CompatibleWith, WRONG_PASSWORD};

use crate::args::{Format, PredictArgs};
use crate::error::Failure;
use crate::exit::Exit;
use crate::facts::pfx::predicted::{self, PredictedKeys, ToldOfCertificates};
use crate::facts::pfx::{
    Opens, PredictedAnswer, PredictionReport, ReleaseFacts, Role, StepFacts, StoreFacts, WrittenReport,
};
use crate::password::Passwords;
use crate::pfx::{self, PfxFile};
use crate::pfx_write::change::{self, Changes};
use crate::pfx_write::{self, PasswordOptions, Place, Taken, Writing, protection};
use crate::{certutil, output, read, say, view};

/// Whom a file is written for unless somebody chooses.
const OLDEST: CompatibleWith = CompatibleWith::Server2012R2;

pub(crate) fn run(args: &PredictArgs) -> Result<Exit, Failure> {
    let inputs = vec![args.file.clone()];
    match (&args.output, args.about_writing()) {
        (Some(path), _) => {
            output::keep_passwords(Some(path), args.password.files().chain(args.new_password.files()))?;
            output::expect_new(path, &inputs, args.force)?;
        }
        (None, Some(option)) => {
            return Err(Failure::unusable(format!("{option} was given, and nothing is written"))
                .advice("give --output FILE, or leave it out"));
        }
        (None, None) => {}
    }
    let passwords = Passwords::new(&args.password)?;
    let octets = read::octets(&args.file);
    let file = octets.and_then(|octets| {
        PfxFile::read(&args.file, &octets, &passwords).map_err(|error| pfx::refuse(&args.file, &error))
    });
    let file = match file {
        Ok(file) => file,
        Err(failure) => {
            if args.report.format == Format::Certutil {
                output::write_with(&args.report.to_stdout(), &[], || Ok(certutil::import_not_read(&failure)))?;
            }
            return Err(failure);
        }
    };
    let mut report = predict(args, &file, &Inventory::of(&file.pfx));
    // certutil cannot go on without the password either.
    let failure = file.failure().or_else(|| file.locked());
    let exit = match report.answer {
        _ if failure.is_some() => Exit::Unusable,
        PredictedAnswer::Imports => Exit::Success,
        PredictedAnswer::Fails => Exit::Failed,
        PredictedAnswer::CannotKnow => Exit::Indeterminate,
    };
    report.exit_code = exit.code();
    if let Some(path) = &args.output {
        match report.answer {
            PredictedAnswer::Imports => write(args, file, &passwords, Place { path, force: args.force }, &mut report)?,
            PredictedAnswer::Fails => {
                report.warnings.push(format!("{} was not written: the import would fail", path.display()));
            }
            PredictedAnswer::CannotKnow => {
                report.warnings.push(format!("{} was not written: it would not be known to work", path.display()));
            }
        }
    }
    if args.report.format == Format::Certutil {
        output::write_with(&args.report.to_stdout(), &[], || Ok(certutil::import(&report)))?;
    } else {
        output::write(&args.report.to_stdout(), &[], || &report, || vec![view::pfx::predicted(&report)])?;
    }
    if let Some(failure) = failure {
        say(&failure);
    }
    Ok(exit)
}

fn predict(args: &PredictArgs, file: &PfxFile, inventory: &Inventory<'_>) -> PredictionReport {
    let told = told::told(args);
    let PredictedKeys { facts, mut answer, mut reason, mut warnings, provider_decides } =
        predicted::keys(inventory, &told, args.output.is_some());
    let (opening, releases) = predicted::opening(file, inventory);
    let mut error = None;
    // What is written is opened; that is seen to where it is.
    if args.output.is_none() {
        let (by_releases, why, says) = opens(&releases, args.protection.compatible_with, &mut warnings);
        // Of equals the key decides: of it is known what to do.
        if predicted::weight(by_releases) > predicted::weight(answer) {
            (answer, reason, error) = (by_releases, why, says);
        }
        if answer == PredictedAnswer::Imports && !file.suits_windows() {
            (answer, reason, error) = in_this_form(file);
        }
    }
    warnings.extend(told::about_modifiers(args));
    let is_open = opening.message.is_none();
    if let Some(message) = &opening.message {
        answer = if matches!(file.opened, pfx::Opened::Locked(_)) {
            PredictedAnswer::CannotKnow
        } else {
            PredictedAnswer::Fails
        };
        (reason, error) = (message.clone(), None);
    }
    if args.csp.is_none() && answer == PredictedAnswer::CannotKnow && provider_decides && is_open {
        warnings.push(format!("Tell certutil the provider, as -csp \"{ENHANCED_AES}\" with AT_KEYEXCHANGE"));
    }
    let of_certificates = ToldOfCertificates {
        store: args.store.clone(),
        user: args.user,
        no_certificate: args.no_certificate,
        no_chain: args.no_chain,
        no_root: args.no_root,
    };
    if is_open && facts.iter().any(|key| key.certificates.is_empty()) {
        warnings.push("A key has no certificate in the file that is known to be its own".to_owned());
    }
    let store = StoreFacts::new(&args.store, args.user);
    if store.title != Some("Personal") && !inventory.keys.is_empty() {
        warnings.push(format!("Services look for a certificate with its key in My (Personal), not in {}", args.store));
    }
    PredictionReport {
        schema: PredictionReport::SCHEMA,
        version: env!("CARGO_PKG_VERSION"),
        exit_code: 0,
        input: args.file.clone(),
        command: told::command(args, &args.file, false),
        answer,
        reason,
        error,
        store,
        opening,
        releases,
        keys: facts,
        certificates: predicted::certificates(file, inventory, &of_certificates),
        warnings,
        written: None,
    }
}

/// Whether the release that is named opens the file, where none is whether any does; why,
/// and what Windows says then.
fn opens(
    releases: &[ReleaseFacts],
    named: Option<CompatibleWith>,
    warnings: &mut Vec<String>,
) -> (PredictedAnswer, String, Option<&'static str>) {
    let because = |release: &ReleaseFacts| release.because.unwrap_or("not known");
    let fails = |who: &str, first: &ReleaseFacts| {
        (PredictedAnswer::Fails, format!("{who} the file: {}", because(first)), first.error)
    };
    const WORKS: (PredictedAnswer, String, Option<&str>) = (PredictedAnswer::Imports, String::new(), None);
    if let Some(named) = named {
        let release = named.release().name();
        let Some(found) = releases.iter().find(|one| one.release == release) else { return WORKS };
        return match found.opens {
            Opens::Yes => WORKS,
            Opens::No => fails(&format!("{release} does not open"), found),
            Opens::Unknown => {
                let why = format!("whether {release} opens the file is not known: {}", because(found));
                (PredictedAnswer::CannotKnow, why, None)
            }
        };
    }
    // Of a file that no release is known to open nobody knows whether it is imported.
    let is_any_known = releases.iter().any(|one| one.opens == Opens::Yes);
    let unknown = releases.iter().find(|one| one.opens == Opens::Unknown).filter(|_| !is_any_known);
    let opened = unknown.map_or(WORKS, |one| {
        let why = format!("whether any release of Windows opens the file is not known: {}", because(one));
        (PredictedAnswer::CannotKnow, why, None)
    });
    let closed: Vec<&ReleaseFacts> = releases.iter().filter(|one| one.opens == Opens::No).collect();
    let Some(first) = closed.first() else { return opened };
    if closed.len() == releases.len() {
        return fails("no release of Windows opens", first);
    }
    let short = |one: &&ReleaseFacts| one.release.strip_prefix("Windows ").unwrap_or(one.release);
    let names = closed.iter().map(short).collect::<Vec<_>>().join(", ");
    let says = first.error.map_or_else(String::new, |error| format!("; they say: {error}"));
    warnings.push(format!("The file is not opened by {names}: {}{says}", because(first)));
    opened
}

/// What becomes of a file that Windows does not take as it is ([`PfxFile::suits_windows`]).
fn in_this_form(file: &PfxFile) -> (PredictedAnswer, String, Option<&'static str>) {
    if file.password_form() == Some(PasswordForm::Widened) {
        let why = "the password opens it as OpenSSL before 1.1.0 takes it, and Windows takes it otherwise";
        return (PredictedAnswer::Fails, why.to_owned(), Some(WRONG_PASSWORD));
    }
    let why = "the file is text (PEM or base64): PFXImportCertStore takes the binary form, and whether certutil decodes it first is not documented";
    (PredictedAnswer::CannotKnow, why.to_owned(), None)
}

/// Writes the file that says what certutil is told.
fn write(
    args: &PredictArgs,
    file: PfxFile,
    passwords: &Passwords,
    to: Place<'_>,
    report: &mut PredictionReport,
) -> Result<(), Failure> {
    let Taken { file, mut contents, mut remarks, of_secrets, password } = Taken::of(file)?;
    remarks.extend(of_secrets);
    let mut changes = Changes { changes: Vec::new(), remarks };
    let left_out = left_out(args, report);
    if !left_out.is_empty() {
        let numbered = std::mem::take(&mut contents.certificates).into_iter().enumerate();
        for (at, entry) in numbered {
            match left_out.iter().find(|(number, _)| *number == at + 1) {
                Some((_, name)) => changes.dropped("Certificate", name.clone()),
                None => contents.certificates.push(entry),
            }
        }
    }
    change::apply(&args.key_changes(), &mut contents, &mut changes)?;
    let mut how = args.protection.clone();
    if how.cipher.is_none() && how.prf.is_none() && how.mac.is_none() {
        how.compatible_with = how.compatible_with.or(Some(OLDEST));
    }
    let protection = protection::choose(&how, Some(&file.pfx))?;
    changes.changes.extend(protection::changes(&file.pfx, &protection));
    let password = pfx_write::resolve_or_given(&args.new_password, password, passwords.given())?;
    let mut written = pfx_write::write(Writing {
        command: "predict",
        inputs: vec![args.file.clone()],
        contents,
        protection,
        password_options: PasswordOptions::new(&args.new_password).or(&args.password),
        password,
        release: how.compatible_with,
        changes,
        to,
    })?;
    next(args, &mut written);
    if let Some(file) = &written.file {
        report.releases.clone_from(&file.releases);
    }
    report.written = Some(written);
    Ok(())
}

/// The certificates of chains that a modifier leaves out, by number and name.
fn left_out(args: &PredictArgs, report: &PredictionReport) -> Vec<(usize, String)> {
    let is_chain = |role| matches!(role, Role::Intermediate | Role::Anchor);
    let all = report.certificates.iter();
    all.filter(|one| one.store.is_none() && one.sha1.is_some() && is_chain(one.role) && (args.no_chain || args.no_root))
        .map(|one| (one.number, one.name.clone()))
        .collect()
}

/// The import with what certutil is told here, in the place of the usual one.
fn next(args: &PredictArgs, written: &mut WrittenReport) {
    written.next.truncate(1);
    written.next.push(StepFacts {
        text: "Import it on Windows, after deleting what was imported before (certificate and key); then let the service's account read the key again.".to_owned(),
        commands: vec![told::command(args, &written.output, true)],
    });
}
