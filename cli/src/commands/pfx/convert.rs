//! `certlens pfx convert`, and `certlens pfx password`.

use certlens_core::x509::Certificate;
use certlens_keystore::pfx::write::CertificateEntry;

use crate::args::{ConvertArgs, PasswordChangeArgs};
use crate::error::Failure;
use crate::exit::Exit;
use crate::password::Passwords;
use crate::pfx_write::change::{self, Changes, failed};
use crate::pfx_write::{self, PasswordOptions, Taken, Writing, protection};

pub(crate) fn run(args: &ConvertArgs) -> Result<Exit, Failure> {
    let inputs: Vec<String> = std::iter::once(&args.file).chain(&args.add).cloned().collect();
    let password_files = args.password.files().chain(args.new_password.files());
    pfx_write::prepare(&inputs, password_files, &args.write)?;
    let passwords = Passwords::new(&args.password)?;
    let Taken { file, mut contents, remarks, of_secrets, password } = Taken::from_file(&args.file, &passwords)?;
    let mut changes = Changes { changes: Vec::new(), remarks };
    if !args.drop_others {
        changes.remarks.extend(of_secrets);
    }
    if args.drop_chain {
        for entry in contents.drop_chain().map_err(|error| failed(&error))? {
            changes.dropped("Certificate", subject(&entry));
        }
    }
    for name in &args.add {
        for added in pfx_write::certificates_of(name, &passwords)? {
            let octets = added.certificate.der().to_vec();
            if contents.add_certificate(octets).map_err(|error| failed(&error))? {
                changes.added("Certificate", added.certificate.subject().to_string());
            } else {
                changes.remark(format!("{name}: {} was there already", added.certificate.subject()));
            }
        }
    }
    if args.drop_others {
        for kind in contents.drop_others() {
            changes.dropped("Beside keys and certificates", kind);
        }
    }
    change::apply(&args.keys, &mut contents, &mut changes)?;
    let protection = protection::choose(&args.protection, Some(&file.pfx))?;
    changes.changes.extend(protection::changes(&file.pfx, &protection));
    let password = pfx_write::resolve_or_given(&args.new_password, password, passwords.given())?;
    pfx_write::finish(
        Writing {
            command: "convert",
            inputs,
            contents,
            protection,
            password_options: PasswordOptions::new(&args.new_password).or(&args.password),
            password,
            release: args.protection.compatible_with,
            changes,
            to: (&args.write).into(),
        },
        &args.write.report,
    )
}

/// Whose certificate it is.
fn subject(entry: &CertificateEntry) -> String {
    Certificate::from_der(entry.octets())
        .map_or_else(|_| "one that cannot be read".to_owned(), |certificate| certificate.subject().to_string())
}

pub(crate) fn password(args: &PasswordChangeArgs) -> Result<Exit, Failure> {
    let inputs = vec![args.file.clone()];
    let password_files = args.password.files().chain(args.new_password.files());
    pfx_write::prepare(&inputs, password_files, &args.write)?;
    let Taken { file, contents, mut remarks, of_secrets, .. } =
        Taken::from_file(&args.file, &Passwords::new(&args.password)?)?;
    remarks.extend(of_secrets);
    let mut changes = Changes { changes: Vec::new(), remarks };
    let protection = protection::choose(&args.protection, Some(&file.pfx))?;
    changes.changes.extend(protection::changes(&file.pfx, &protection));
    pfx_write::finish(
        Writing {
            command: "password",
            inputs,
            contents,
            protection,
            password: pfx_write::resolve(&args.new_password, None)?,
            password_options: PasswordOptions::new(&args.new_password).text(),
            release: args.protection.compatible_with,
            changes,
            to: (&args.write).into(),
        },
        &args.write.report,
    )
}
