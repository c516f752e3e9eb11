//! What administrators come with: a file that openssl made, the check that fails, the
//! command that its report prints, run as it stands, and the check that passes then.

use crate::hints::{in_shell, printed};
use crate::made::{AT, Files};
use crate::{VARIABLE, code, run, stderr, stdout};

const ENHANCED_AES: &str = "Microsoft Enhanced RSA and AES Cryptographic Provider";
const KSP: &str = "Microsoft Software Key Storage Provider";

/// A file, what is wrong with it, and the demands that fail for it.
struct Scenario {
    provider: Option<&'static str>,
    options: &'static str,
    fails: &'static [&'static str],
    release: Option<&'static str>,
}

fn check(file: &str, scenario: &Scenario) -> std::process::Output {
    let mut args = vec!["pfx", "check", file, "--for", "shir-ha", "--node", "node1.example.test", "--at", AT];
    args.extend(["--password-env", VARIABLE]);
    if let Some(release) = scenario.release {
        args.extend(["--compatible-with", release]);
    }
    run(&args)
}

/// The first command of certlens in a report, run by a shell as it was printed.
fn run_printed(report: &str) -> std::process::Output {
    in_shell(printed(report, "certlens pfx convert ").first().unwrap())
}

fn mended(scenario: &Scenario) {
    let files = Files::new();
    let file = files.export("node", "node1.pfx", scenario.provider, scenario.options);
    let before = check(&file, scenario);
    let report = stdout(&before);
    assert_eq!(code(&before), 1, "{report}{}", stderr(&before));
    for demand in scenario.fails {
        assert!(report.contains(&format!("error: {demand}: ")), "{demand} does not fail:\n{report}");
    }
    let converted = run_printed(&report);
    assert_eq!(code(&converted), 0, "{}{}", stdout(&converted), stderr(&converted));
    let ready = files.path("node1-ready.pfx");
    assert!(stdout(&converted).starts_with(&format!("WROTE {ready}: CSP KEY, exchange")), "{}", stdout(&converted));
    let after = check(&ready, scenario);
    assert_eq!(code(&after), 0, "{}{}", stdout(&after), stderr(&after));
    assert!(stdout(&after).starts_with("READY: "), "{}", stdout(&after));
}

/// "The certificate … may not have a private key that is capable of key exchange":
/// the key is for signatures alone.
#[test]
fn s2_a_key_for_signatures_alone() {
    let fails = &["key-exchange", "wcf-older"];
    mended(&Scenario { provider: Some(ENHANCED_AES), options: "-keysig -LMK", fails, release: None });
}

/// "Failed to grant … access of to the certificate. Error code 103": a KSP.
#[test]
fn s4_a_key_in_a_ksp() {
    let fails = &["csp", "key-exchange", "wcf-older"];
    mended(&Scenario { provider: Some(KSP), options: "-keyex -LMK", fails, release: None });
}

/// Both, and Windows Server 2016 that calls the password wrong: what OpenSSL 3 writes.
#[test]
fn s2_and_s4_in_a_file_that_server_2016_does_not_open() {
    let fails = &["csp", "key-exchange", "opens"];
    mended(&Scenario { provider: Some(KSP), options: "-keysig", fails, release: Some("server2016") });
}

/// 0x8009030D: the account of the service cannot read the key, which no file mends; the
/// permissions as the node has them decide.
#[test]
fn s3_an_account_that_cannot_read_the_key() {
    let files = Files::new();
    let file = files.export("node", "node1.pfx", Some(ENHANCED_AES), "-keyex -LMK");
    for (permissions, exit, word) in [
        ("D:PAI(A;;0xd01f01ff;;;SY)(A;;0xd01f01ff;;;BA)", 1, "NOT READY"),
        // The service's own SID.
        (
            "D:PAI(A;;0xd01f01ff;;;SY)(A;;0xd01f01ff;;;BA)(A;;0x80120089;;;S-1-5-80-2309424314-4000424941-3690464367-1726909705-3288450713)",
            0,
            "READY",
        ),
    ] {
        files.add("permissions.txt", permissions);
        let output = run(&[
            "pfx",
            "check",
            &file,
            "--for",
            "shir-ha",
            "--node",
            "node1.example.test",
            "--at",
            AT,
            "--acl",
            &files.path("permissions.txt"),
            "--password-env",
            VARIABLE,
        ]);
        assert_eq!(code(&output), exit, "{}{}", stdout(&output), stderr(&output));
        assert!(stdout(&output).starts_with(&format!("{word}: ")), "{}", stdout(&output));
        let told = stdout(&output).contains("/grant \"NT SERVICE\\DIAHostService:R\"");
        assert_eq!(told, exit == 1, "how to grant it: {}", stdout(&output));
    }
}
