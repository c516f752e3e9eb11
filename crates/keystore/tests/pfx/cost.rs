//! What hostile files cost, in a process of their own: memory by the high-water mark
//! of what it held, work by the time that it computed.

use std::env;
use std::fs;
use std::io::Write;
use std::process::Command;

use certlens_keystore::assess::EndEntity;
use certlens_keystore::inventory::Inventory;
use certlens_keystore::key::{self, KeyProblem, KeyWork, MAX_KEY_WORK, NoPublicKey, PrivateKey};
use certlens_keystore::pbe::Passphrase;
use certlens_keystore::pfx::Pfx;
use certlens_keystore::pfx::write::Contents;
use certlens_keystore::secret::Password;
use certlens_testkit::{CertificateBuilder, Key, Name};

use crate::build::{KEY, bag, certificate_bag, hmac, password, plain_safe, with_mac};
use crate::hostile;

/// The most memory that the process may hold, the file and all of its own included.
const MAX_MEMORY_KB: u64 = 64 << 10;

/// The longest that it may compute, without optimisation.
const MAX_SECONDS: f64 = 4.0;

const FILE: &str = "CERTLENS_COST_FILE";
const PASSWORD_OCTETS: &str = "CERTLENS_COST_PASSWORD_OCTETS";

struct Cost {
    memory_kb: u64,
    seconds: f64,
    outcome: String,
}

/// Has a child do everything that is done with a file.
fn measure(name: &str, file: &[u8], password_octets: usize) -> Cost {
    let mut stored = tempfile::NamedTempFile::new().unwrap();
    stored.write_all(file).unwrap();
    let output = Command::new(env::current_exe().unwrap())
        .args(["--exact", "cost::one_file_in_this_process", "--nocapture"])
        .env(FILE, stored.path())
        .env(PASSWORD_OCTETS, password_octets.to_string())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{name}: {text}{}", String::from_utf8_lossy(&output.stderr));
    let line = text.lines().find_map(|line| line.split_once("cost: ")).unwrap().1;

    let mut parts = line.splitn(3, ' ');
    let memory_kb = parts.next().unwrap().parse().unwrap();
    let seconds = parts.next().unwrap().parse::<f64>().unwrap() / 100.0;
    let outcome = parts.next().unwrap().to_owned();
    show(&format!("{memory_kb:>6} kB {seconds:5.2} s  {name}: {outcome}"));
    Cost { memory_kb, seconds, outcome }
}

/// For those who ask by --nocapture.
#[expect(clippy::print_stderr, reason = "there is no other way out of a test")]
fn show(line: &str) {
    eprintln!("{line}");
}

fn check(name: &str, file: &[u8], password_octets: usize) -> String {
    let cost = measure(name, file, password_octets);
    assert!(cost.memory_kb < MAX_MEMORY_KB, "{name}: {} kB", cost.memory_kb);
    assert!(cost.seconds < MAX_SECONDS, "{name}: {} s", cost.seconds);
    cost.outcome
}

/// The tests below run it in a process for each file; without one it shows that what is
/// measured is all that is done with a file, of one in order.
#[test]
fn one_file_in_this_process() {
    let Some(path) = env::var_os(FILE) else {
        let certificate = CertificateBuilder::new(Name::cn("node1"), Key::p256(0)).self_signed();
        let bags = [bag(KEY, &Key::p256(0).pkcs8()), certificate_bag(&certificate)];
        let file = with_mac(&hmac(1), Passphrase::Text(&password()), &[plain_safe(&bags)]);
        let outcome = all(&file, &password());
        let expected = "0 failures; Ok(1) end entities; Ok([(0, 0)])";
        assert_eq!(outcome, expected);
        return;
    };
    let octets: usize = env::var(PASSWORD_OCTETS).unwrap().parse().unwrap();
    let password = if octets == 0 { password() } else { Password::new("ü".repeat(octets / 2)) };
    let outcome = all(&fs::read(path).unwrap(), &password);
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    let stat = fs::read_to_string("/proc/self/stat").unwrap();
    // Behind the name: user and system time, the 14th and 15th field, in hundredths of a second.
    let ticks = stat.rsplit_once(')').unwrap().1.split_whitespace().skip(11).take(2);
    let ticks: u64 = ticks.map(|ticks| ticks.parse::<u64>().unwrap()).sum();
    println!("cost: {} {ticks} {}", peak.trim().trim_end_matches(" kB"), outcome.replace('\n', " "));
}

fn all(file: &[u8], password: &Password) -> String {
    if file.starts_with(b"-----BEGIN PRIVATE KEY") {
        let found = key::find(file, Some(password));
        return format!("{} keys", found.iter().filter(|found| found.key.is_ok()).count());
    }
    let mut pfx = match Pfx::read(file) {
        Ok(pfx) => pfx,
        Err(error) => return shortened(&error.to_string()),
    };
    let opening = match pfx.open(Some(password)) {
        Ok(opening) => format!("{} failures", opening.failures.len()),
        Err(error) => shortened(&error.to_string()),
    };
    let inventory = Inventory::of(&pfx);
    let entities = EndEntity::all(&pfx, &inventory).map(|all| all.len());
    drop(inventory);
    let pairs = Contents::of(&pfx).map_err(|error| error.to_string());
    let pairs = pairs.and_then(|(contents, _)| contents.pairs().map_err(|error| error.to_string()));
    shortened(&format!("{opening}; {entities:?} end entities; {pairs:?}"))
}

fn shortened(text: &str) -> String {
    text.chars().take(160).collect()
}

/// The steps of one key are bounded, too: what is refused to a file of many keys is
/// not refused to a file of one.
#[test]
fn the_dearest_keys() {
    for (kind, key) in hostile::keys() {
        let mut work = KeyWork::default();
        let read = PrivateKey::from_pkcs8_within(&key, &mut work).unwrap();
        let steps = MAX_KEY_WORK - work.left();
        assert!((1..MAX_KEY_WORK / 10).contains(&steps), "{kind}: {steps}");
        assert_eq!(PrivateKey::from_pkcs8(&key).as_ref(), Ok(&read), "{kind}");
        // One step less than it takes: nothing is computed, and that is said.
        let mut work = KeyWork::default();
        while work.left() >= 2 * steps {
            let _ = PrivateKey::from_pkcs8_within(&key, &mut work);
        }
        PrivateKey::from_pkcs8_within(&key, &mut work).unwrap();
        let left = work.left();
        let unchecked = PrivateKey::from_pkcs8_within(&key, &mut work).unwrap();
        assert_eq!((work.left(), unchecked.algorithm()), (left, read.algorithm()), "{kind}");
        let is_said =
            unchecked.spki() == Err(NoPublicKey::WorkSpent) || unchecked.problems().contains(&KeyProblem::RsaUnchecked);
        assert!(is_said, "{kind}");
    }
}

#[test]
fn keys_of_every_kind() {
    for (kind, key) in hostile::keys() {
        check(&format!("a PFX full of {kind}"), &hostile::full_of(&key), 0);
        check(&format!("PEM of {kind}"), &hostile::pem(&key), 0);
    }
}

#[test]
fn derivations() {
    for (name, file, limit) in hostile::derivations() {
        let outcome = check(name, &file, 0);
        assert_eq!(limit.is_some(), outcome.contains("MAX_"), "{name}: {outcome}");
        assert!(limit.is_none_or(|limit| outcome.contains(limit)), "{name}: {outcome}");
    }
}

#[test]
fn contents() {
    for (name, file) in hostile::contents() {
        check(name, &file, 0);
    }
}

#[test]
fn long_passwords() {
    for (name, file, _) in hostile::derivations() {
        check(name, &file, 4_000);
    }
}
