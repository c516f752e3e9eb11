//! Every file of the collection of PFX files against what its tables say of it,
//! without a password and with it.
//!
//! The collection is looked for in the folder that `CERTLENS_PFX` names, or else
//! in `../shared/pfx` beside the repository. Where tests are run without anybody
//! looking (`CI=true`), a collection that is not there fails the tests.

#![expect(clippy::unwrap_used, reason = "a harness that finds its data broken has to stop")]

#[path = "pfx/facts.rs"]
mod facts;
#[path = "pfx/table.rs"]
mod table;

use std::time::{Duration, Instant};

use certlens_keystore::inventory::{AlgorithmFrom, Inventory};
use certlens_keystore::pbe::{Cipher, EncryptionScheme, Hash, MacScheme};
use certlens_keystore::pfx::write::{
    CertificateProtection, Contents, KeyProtection, Protection, SystemRandom, WritePassword,
};
use certlens_keystore::pfx::{OpenErrorKind, Opening, PasswordForm, Pfx, PfxErrorKind};
use certlens_keystore::secret::Password;

use table::{Row, Table};

/// A file that is to be refused is refused within this, built without optimisation too.
const REFUSED_WITHIN: Duration = Duration::from_secs(1);

/// The password of a row in the form that the file was made with.
fn password(row: &Row) -> (Option<Password>, PasswordForm) {
    match row.get("password") {
        "(null)" => (None, PasswordForm::Absent),
        "(empty)" => (Some(Password::new(String::new())), PasswordForm::Empty),
        text => (Some(Password::new(text.to_owned())), PasswordForm::Text),
    }
}

/// What became of a file: the tables have names for why one does not open.
fn refusal(file: &[u8], password: Option<&Password>) -> (Option<Pfx>, Result<Opening, &'static str>) {
    let mut pfx = match Pfx::read(file) {
        Ok(pfx) => pfx,
        Err(error) => {
            assert!(error.place.is_some(), "{error}");
            let name = match error.kind {
                PfxErrorKind::NotPfx { .. } => "not a PFX",
                PfxErrorKind::Truncated { .. } => "truncated",
                PfxErrorKind::Limit(limit) if limit.name == "MAX_NESTING" => "nesting limit",
                PfxErrorKind::PublicKeyIntegrity => "public-key integrity mode not supported",
                PfxErrorKind::Structure { .. } => "structure",
                other => panic!("{other}"),
            };
            return (None, Err(name));
        }
    };
    let opened = match pfx.open(password) {
        Ok(opening) => match opening.failures.first() {
            None => Ok(opening),
            Some(failure) => Err(match &failure.kind {
                OpenErrorKind::Undecryptable { .. } => "key cannot be decrypted (damaged)",
                other => panic!("{other}"),
            }),
        },
        Err(error) => Err(match error.kind {
            OpenErrorKind::Limit(limit) if limit.name == "MAX_ITERATIONS" => "iteration limit",
            OpenErrorKind::Limit(limit) if limit.name.starts_with("MAX_SCRYPT") => "KDF cost limit",
            OpenErrorKind::Unusable(error) if error.to_string().contains("no count") => "invalid iteration count",
            OpenErrorKind::Unusable(error) if error.to_string().contains("keyLength") => "PBMAC1 without keyLength",
            // The password is right, and nothing but the MAC is damaged.
            OpenErrorKind::Damaged => "MAC mismatch",
            OpenErrorKind::SidProtected => "MAC mismatch; file is protected to a domain SID",
            other => panic!("{other}"),
        }),
    };
    (Some(pfx), opened)
}

#[test]
fn made_files_have_their_facts() {
    let Some(table) = Table::locate("MADE.tsv", "made") else { return };
    let mut failures = Vec::new();
    for row in table.rows() {
        let mut check = |what: &str, found: String, expected: &str| {
            if found != expected {
                failures.push(format!("{}: {what}: found {found:?}, expected {expected:?}", row.name()));
            }
        };
        let file = row.octets();
        let (password, form) = password(&row);
        let locked = Pfx::read(&file).ok();
        let started = Instant::now();
        let (pfx, opened) = refusal(&file, password.as_ref());
        let elapsed = started.elapsed();

        let expected = row.get("error expected");
        match (&opened, row.get("opens y/n")) {
            (Ok(opening), "y") => {
                check("form of the password", format!("{:?}", opening.password.unwrap_or(form)), &format!("{form:?}"));
            }
            // Base64 alone is accepted: whoever has it would only decode it and come back.
            (Ok(_), "n") if expected.contains("may be accepted") => {}
            (Err(refused), "n") => {
                let named = expected.starts_with(refused) || expected.ends_with(refused);
                check("refused", if named { expected.to_owned() } else { (*refused).to_owned() }, expected);
                check("refused in time", (elapsed < REFUSED_WITHIN).to_string(), "true");
            }
            (found, _) => check("opens", format!("{found:?}"), row.get("opens y/n")),
        }
        let (Some(locked), Some(pfx)) = (locked, pfx) else { continue };
        check("MAC", facts::mac(&pfx, false), row.get("mac"));
        for (state, pfx) in [("locked", &locked), ("opened", &pfx)] {
            // Every one of these files has its keys where no password is needed.
            check(&format!("{state} provider"), facts::provider(pfx), row.get("provider (expected)"));
            if row.get("key alg") != "none" {
                check(&format!("{state} machine"), facts::machine(pfx), row.get("machine"));
            }
        }
        if opened.is_ok() {
            check("key", facts::key_algorithm(&pfx), &table::without_sizes(row.get("key alg")));
            let usage = row.get("PKCS#8 keyUsage (hex)");
            check("keyUsage", facts::key_usage(&pfx), if row.get("key alg") == "none" { "-" } else { usage });
        }
        for warning in row.get("warning expected").split("; ") {
            if let Some(shown) = facts::shows(&pfx, warning) {
                check(warning, shown.to_string(), "true");
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn real_files_have_their_facts() {
    let Some(table) = Table::locate("REAL.tsv", "real") else { return };
    let mut failures = Vec::new();
    for row in table.rows() {
        let mut check = |what: &str, found: String, expected: &str| {
            if found != expected {
                failures.push(format!("{}: {what}: found {found:?}, expected {expected:?}", row.name()));
            }
        };
        let file = row.octets();
        let (password, _) = password(&row);
        let locked = Pfx::read(&file).ok();
        let started = Instant::now();
        let (pfx, opened) = refusal(&file, password.as_ref());
        let elapsed = started.elapsed();
        let notes = row.get("notes");
        let refused = notes.contains("must be rejected") || notes.contains("must not overflow");
        check("refused", opened.is_err().to_string(), &refused.to_string());
        if let Err(name) = opened {
            assert!(elapsed < REFUSED_WITHIN, "{}: {elapsed:?}", row.name());
            check("refusal", ["nesting limit", "structure", "MAC mismatch"].contains(&name).to_string(), "true");
        }
        let (Some(locked), Some(pfx)) = (locked, pfx) else { continue };
        check("MAC", facts::mac(&pfx, true), row.get("MAC alg"));
        check("encryption", facts::encryption(&locked), row.get("encryption algs"));
        check("forms", facts::forms(&pfx), row.get("BER"));
        check("trailing octets", pfx.trailing.is_some().to_string(), &notes.contains("trailing bytes").to_string());
        for pfx in [&locked, &pfx] {
            check("provider", facts::provider(pfx), row.get("provider attr (per key)"));
            check("machine", facts::machine(pfx), row.get("keyset attr machine y/n"));
            check("container", facts::container(pfx), row.get("container (key friendlyName)"));
            check("localKeyID", facts::local_key_id(pfx), row.get("localKeyID"));
        }
        if opened.is_ok() {
            check("key", facts::key_algorithm(&pfx), &table::without_sizes(row.get("key algorithm+size")));
            check("keyUsage", facts::key_usage(&pfx), row.get("PKCS#8 keyUsage attr (hex BIT STRING TLV)"));
            check("certificates", pfx.certificates().count().to_string(), row.get("n certs"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// What Windows is told of each key, as the inventory has it from the file itself.
#[test]
fn inventories_have_the_key_specs_of_the_tables() {
    for (table, folder, column) in [("MADE.tsv", "made", "keyspec"), ("REAL.tsv", "real", "implied keyspec")] {
        let Some(table) = Table::locate(table, folder) else { return };
        let mut keys = 0;
        for row in table.rows() {
            let (password, _) = password(&row);
            let (Some(pfx), Ok(_)) = refusal(&row.octets(), password.as_ref()) else { continue };
            let inventory = Inventory::of(&pfx);
            let specs = inventory.keys.iter().map(|key| key.facts.implied_spec());
            let specs: Vec<String> = specs.map(|spec| spec.map_or_else(String::new, |spec| spec.to_string())).collect();
            let found = if specs.is_empty() { "-".to_owned() } else { specs.join(" | ") };
            let expected = if specs.is_empty() { "-" } else { row.get(column) };
            assert_eq!(found, expected, "{}", row.name());
            assert!(inventory.keys.iter().all(|key| key.algorithm_from == AlgorithmFrom::Key), "{}", row.name());
            assert_eq!(inventory.certificates.len(), pfx.certificates().count());
            keys += specs.len();
        }
        assert!(keys > 30, "{keys}");
    }
}

/// A wrong password is told from a damaged file, by files that open with theirs.
#[test]
fn wrong_passwords_are_told() {
    let Some(table) = Table::locate("MADE.tsv", "made") else { return };
    let wrong = Password::new("not the password".to_owned());
    let mut told = 0;
    for row in table.rows().filter(|row| row.get("opens y/n") == "y") {
        let mut pfx = Pfx::read(&row.octets()).unwrap();
        let before = pfx.clone();
        for (given, password) in [(true, Some(&wrong)), (false, None)] {
            if !given && row.get("password").starts_with('(') {
                continue;
            }
            let error = pfx.open(password).map(|_| row.name().to_owned()).unwrap_err();
            match error.kind {
                OpenErrorKind::WrongPassword { given: found } => assert_eq!(found, given, "{}", row.name()),
                OpenErrorKind::Undecryptable { .. } => assert!(pfx.mac.is_none(), "{}", row.name()),
                other => panic!("{}: {other}", row.name()),
            }
            assert_eq!(pfx, before, "{}: nothing was decrypted", row.name());
            told += 1;
        }
    }
    assert!(told > 100, "{told}");
}

/// Every file that opens is written again by a preset, with the facts that it had.
#[test]
fn every_file_is_written_again() {
    let scheme = EncryptionScheme::Pbes2 { cipher: Cipher::Aes256, prf: Hash::Sha256, iterations: 2 };
    let protection = Protection {
        keys: KeyProtection::Encrypted(scheme),
        certificates: CertificateProtection::Encrypted(scheme),
        mac: MacScheme::Pkcs12 { hash: Hash::Sha256, iterations: 2 },
    };
    let new = Password::new("new".to_owned());
    let mut written = 0;
    for (table, folder) in [("MADE.tsv", "made"), ("REAL.tsv", "real")] {
        let Some(table) = Table::locate(table, folder) else { return };
        for row in table.rows() {
            let Ok(mut pfx) = Pfx::read(&row.octets()) else { continue };
            let (password, _) = password(&row);
            if !pfx.open(password.as_ref()).is_ok_and(|opening| opening.is_complete()) {
                continue;
            }
            let (contents, remarks) = Contents::of(&pfx).unwrap();
            if contents == Contents::default() {
                continue;
            }
            let file = contents.write(&protection, WritePassword::Given(&new), &mut SystemRandom);
            let file = file.map_err(|error| format!("{}: {error}", row.name())).unwrap();
            let mut again = Pfx::read(file.expose()).unwrap();
            assert!(again.open(Some(&new)).unwrap().is_complete() && again.forms.is_der(), "{}", row.name());
            for fact in [facts::provider, facts::machine, facts::container, facts::key_algorithm, facts::key_usage] {
                // A name that cannot be read, or is none, is left out, and that is said.
                let had = fact(&pfx);
                let kept = |key| if matches!(key, "(unreadable)" | "(empty)" | "") { "-" } else { key };
                let expected = had.split(" | ").map(kept).collect::<Vec<_>>().join(" | ");
                assert!(expected == had || !remarks.is_empty(), "{}", row.name());
                assert_eq!(fact(&again), expected, "{}", row.name());
            }
            let certificates = |pfx: &Pfx| pfx.certificates().map(|(_, octets)| octets.to_vec()).collect::<Vec<_>>();
            assert_eq!(certificates(&again), certificates(&pfx), "{}", row.name());
            assert_eq!(Contents::of(&again).unwrap().0.pairs(), contents.pairs(), "{}", row.name());
            written += 1;
        }
    }
    assert!(written > 130, "{written}");
}
