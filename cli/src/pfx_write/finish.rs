//! The file itself: written in memory, read back, and put in its place.

use std::path::Path;

use certlens_keystore::inventory::Inventory;
use certlens_keystore::key::PrivateKey;
use certlens_keystore::pfx::write::{Contents, KeyProtection, Protection, SystemRandom};
use certlens_keystore::provider::releases::{self, CompatibleWith};
use certlens_keystore::provider::{Class, ImpliedSpec, command as windows};

use super::change::{Changes, failed};
use super::password::{FilePassword, PasswordOrigin};
use super::protection;
use crate::args::{WriteArgs, WriteReportArgs};
use crate::error::Failure;
use crate::exit::Exit;
use crate::facts::pfx::{PasswordFacts, PfxFacts, StepFacts, WrittenReport};
use crate::password::Passwords;
use crate::pfx::{Opened, PfxFile};
use crate::shell::quote;
use crate::{output, read, view};

/// A PFX file that is to be written.
pub(crate) struct Writing<'a> {
    /// The command, as `convert`.
    pub(crate) command: &'static str,
    /// The files that were read.
    pub(crate) inputs: Vec<String>,
    pub(crate) contents: Contents,
    pub(crate) protection: Protection,
    pub(crate) password: (FilePassword, PasswordOrigin),
    /// How a command opens what is written: options, and where the password is.
    pub(crate) password_options: String,
    /// The release that must open it, when one was named.
    pub(crate) release: Option<CompatibleWith>,
    pub(crate) changes: Changes,
    pub(crate) to: Place<'a>,
}

/// Where a file is put.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) path: &'a Path,
    /// Whether a file that is there is overwritten.
    pub(crate) force: bool,
}

impl<'a> From<&'a WriteArgs> for Place<'a> {
    fn from(args: &'a WriteArgs) -> Place<'a> {
        Place { path: &args.output, force: args.force }
    }
}

/// What is refused before there is work: a report in a form that there is not, standard
/// input for two purposes, an output that is an input or exists already.
///
/// # Errors
///
/// The command line asks for one of them.
pub(crate) fn prepare<'a>(
    inputs: &[String],
    password_files: impl IntoIterator<Item = &'a Path>,
    write: &WriteArgs,
) -> Result<(), Failure> {
    output::refuse_certutil(write.report.format)?;
    read::one_standard_input(inputs)?;
    output::keep_passwords(Some(&write.output), password_files)?;
    output::expect_new(&write.output, inputs, write.force)
}

/// Writes, reads back and reports.
///
/// # Errors
///
/// When it cannot be written, or would not be what was asked for.
pub(crate) fn finish(writing: Writing<'_>, report: &WriteReportArgs) -> Result<Exit, Failure> {
    show(report, &write(writing)?)
}

/// Writes, reads back, and tells what was written.
///
/// # Errors
///
/// As [`finish`].
pub(crate) fn write(writing: Writing<'_>) -> Result<WrittenReport, Failure> {
    let Writing { command, inputs, contents, protection, password, password_options, release, mut changes, to } =
        writing;
    let name = to.path.display().to_string();
    let octets =
        contents.write(&protection, password.0.to_write(), &mut SystemRandom).map_err(|error| failed(&error))?;
    let mut file = read_back(&name, octets.expose(), &password.0)?;
    file.password_options.clone_from(&password_options);
    let inventory = Inventory::of(&file.pfx);
    if let Some(release) = release {
        changes.remarks.extend(opens(&inventory, release)?);
    }
    let (keys, certificates) = (inventory.keys.len(), inventory.certificates.len());
    if (keys, certificates) != (contents.keys.len(), contents.certificates.len()) {
        return Err(internal("what was written has not what was to be written"));
    }
    for (at, entry) in inventory.keys.iter().enumerate() {
        let key = entry.key.as_ref().and_then(|key| key.as_ref().ok());
        let problems = key.map_or(&[][..], PrivateKey::problems);
        for problem in problems.iter().filter(|problem| problem.is_corrupt() || problem.is_unchecked()) {
            let number = if keys > 1 { format!(" {}", at + 1) } else { String::new() };
            let what = if problem.is_corrupt() { "is damaged" } else { "may be damaged" };
            changes.remark(format!("Private key{number} {what}: {problem}"));
        }
    }
    protection::remarks(&protection).into_iter().for_each(|remark| changes.remark(remark));
    if keys > 0 && protection.keys == KeyProtection::PlainKeys {
        changes.remark("The private keys are not encrypted: whoever has the file has them");
    } else if keys > 0 && !password.0.protects() {
        changes.remark("Its password keeps nobody out; give one with --new-password-file");
    }
    output::private(to.path, &inputs, octets.expose(), to.force)?;
    Ok(WrittenReport {
        schema: WrittenReport::SCHEMA,
        version: env!("CARGO_PKG_VERSION"),
        exit_code: Exit::Success.code(),
        command,
        inputs,
        octets: octets.expose().len(),
        keys,
        certificates,
        password: password_facts(&password),
        changes: changes.changes,
        remarks: changes.remarks,
        next: next(&name, &inventory, &password_options, release),
        file: Some(Box::new(PfxFacts::new(&file, &inventory))),
        output: name,
    })
}

/// Writes something else that only its owner may read, and reports.
///
/// # Errors
///
/// As [`finish`].
pub(crate) fn private_file(
    path: &Path,
    octets: &[u8],
    force: bool,
    report_args: &WriteReportArgs,
    report: &WrittenReport,
) -> Result<Exit, Failure> {
    output::private(path, &report.inputs, octets, force)?;
    show(report_args, report)
}

fn show(args: &WriteReportArgs, report: &WrittenReport) -> Result<Exit, Failure> {
    output::write(&args.to_stdout(), &[], || report, || vec![view::pfx::written(report)])?;
    Ok(Exit::Success)
}

pub(crate) fn password_facts((password, origin): &(FilePassword, PasswordOrigin)) -> PasswordFacts {
    match (password, origin) {
        (FilePassword::Given(_), PasswordOrigin::Kept) => PasswordFacts::Kept,
        (FilePassword::Given(_), PasswordOrigin::New) => PasswordFacts::New,
        (FilePassword::Empty(_), _) => PasswordFacts::Empty,
        (FilePassword::Absent, _) => PasswordFacts::None,
    }
}

/// What is not opened completely is not put on the disk.
fn read_back(name: &str, octets: &[u8], password: &FilePassword) -> Result<PfxFile, Failure> {
    let passwords = Passwords::of(password.given().cloned()).without_asking();
    let file = PfxFile::read(name, octets, &passwords).map_err(|error| internal(&error.to_string()))?;
    match &file.opened {
        Opened::Open(opening) if opening.is_complete() => Ok(file),
        Opened::Open(opening) => Err(internal(&opening.failures.first().map(ToString::to_string).unwrap_or_default())),
        Opened::Locked(error) | Opened::Refused(error) => Err(internal(&error.to_string())),
    }
}

fn internal(what: &str) -> Failure {
    Failure { exit: Exit::Internal, message: format!("the file that was made is not right: {what}"), advice: None }
}

/// That the release opens it; a remark when nobody knows.
fn opens(inventory: &Inventory<'_>, release: CompatibleWith) -> Result<Option<String>, Failure> {
    match releases::opens(&inventory.protection, release.release()).value {
        releases::Opens::No { because, .. } => Err(Failure::unusable(format!(
            "--compatible-with {}: {} would not open it: {because}",
            release.name(),
            release.release().name()
        ))
        .advice("leave out --cipher, --prf and --mac: --compatible-with chooses them")),
        releases::Opens::Unknown { because } => {
            Ok(Some(format!("Whether {} opens it is not known: {because}", release.release().name())))
        }
        releases::Opens::Yes => Ok(None),
    }
}

/// Check it; take it to Windows.
fn next(
    name: &str,
    inventory: &Inventory<'_>,
    password_options: &str,
    release: Option<CompatibleWith>,
) -> Vec<StepFacts> {
    let file = quote(name);
    let release = release.map_or_else(String::new, |release| format!(" --compatible-with {}", release.name()));
    let check = StepFacts {
        text: "Check it against what a product demands, here nodes of an integration runtime (--for names others)."
            .to_owned(),
        commands: vec![format!("certlens pfx check {file} --for shir-ha{release}{password_options}")],
    };
    let mut steps = vec![check];
    let import = inventory.keys.first().filter(|_| inventory.keys.len() == 1).and_then(|key| {
        let provider = key.facts.named()?;
        let spec = match (provider.class, key.facts.implied_spec()) {
            (Class::Csp { .. }, Some(ImpliedSpec::Csp(spec) | ImpliedSpec::Default(spec))) => Some(spec),
            (Class::Ksp, _) => None,
            _ => return None,
        };
        windows::import(&provider.name, spec, name)
    });
    if let Some(command) = import {
        let text = "Import it on Windows, after deleting what was imported before (certificate and key); then let the service's account read the key again.";
        steps.push(StepFacts { text: text.to_owned(), commands: vec![command] });
    }
    steps
}
