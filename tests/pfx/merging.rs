//! `certlens pfx merge`, and certutil's `-MergePFX`.

use crate::made::Files;
use crate::writing::{OTHER, inspected, openssl};
use crate::{PASSWORD, at, code, opened, run, stderr, stdout};

#[test]
fn files_are_merged_each_with_its_password() {
    let files = Files::new();
    let node = files.node1();
    let ec = files.export("ec", "ec.pfx", None, "");
    files.add("first", PASSWORD);
    files.add("second", OTHER);
    let changed = files.path("changed.pfx");
    let second = files.path("second");
    let ran = opened(&["pfx", "password", &ec, "--new-password-file", &second, "--output", &changed]);
    assert_eq!(code(&ran), 0, "{}", stderr(&ran));
    openssl(&changed, OTHER);
    let output = files.path("merged.pfx");
    let passwords = ["--password-file", &files.path("first"), "--password-file", &second];
    let ran = run(&[&["pfx", "merge", &node, &changed, &node, "--output", &output][..], &passwords].concat());
    assert_eq!(code(&ran), 2);
    assert!(stderr(&ran).contains("2 passwords were given for 3 files"), "{}", stderr(&ran));
    let ran = run(&[&["pfx", "merge", &node, &changed, "--output", &output][..], &passwords].concat());
    assert_eq!(code(&ran), 0, "{}", stderr(&ran));
    let said = openssl(&output, PASSWORD);
    assert_eq!((said.matches("Shrouded Keybag").count(), said.matches("Certificate bag").count()), (2, 2));
}

#[test]
fn merged_keys_are_told_of_as_converted_ones() {
    let files = Files::new();
    let (node, ec) = (files.node1(), files.export("ec", "ec.pfx", None, ""));
    let output = files.path("merged.pfx");
    let csp = "Microsoft Software Key Storage Provider";
    let merge =
        |options: &[&str]| opened(&[&["pfx", "merge", &node, &ec, "--output", &output, "--force"], options].concat());
    let ran = merge(&["--csp", "ksp", "--key-spec", "none", "--machine", "--friendly-name", "both"]);
    assert_eq!(code(&ran), 0, "{}", stderr(&ran));
    let facts = inspected(&output);
    for key in at(&facts, "/keys").as_array().unwrap() {
        assert_eq!((at(key, "/provider/name"), at(key, "/machine_keyset")), (&csp.into(), &true.into()));
        assert_eq!(at(key, "/usage/state"), "absent");
    }
    for certificate in at(&facts, "/certificates").as_array().unwrap() {
        assert_eq!(at(certificate, "/friendly_name"), "both");
    }
    assert_eq!(openssl(&output, PASSWORD).matches(&format!("Microsoft CSP Name: {csp}")).count(), 2);
    for (options, said) in [
        (&["--csp", "Microsoft Strong Cryptographic Provider"][..], "--csp: key 2 is EC P-256"),
        (&["--container", "box"], "no two can have one container"),
    ] {
        let ran = merge(options);
        assert_eq!(code(&ran), 2, "{}", stdout(&ran));
        assert!(stderr(&ran).contains(said), "{}", stderr(&ran));
    }
    let list = format!("{node},{ec}");
    let passwords = format!("{PASSWORD},{PASSWORD}");
    let ran = run(&["-f", "-csp", "KSP", "-p", &passwords, "-MergePFX", &list, &output, "--key-spec", "signature"]);
    assert_eq!(code(&ran), 0, "{}", stderr(&ran));
    assert_eq!(at(&inspected(&output), "/keys/1/provider/name"), csp);
}

/// As typed for certutil: the passwords in one list, the last that of the new file.
#[test]
fn certutils_merge_pfx() {
    let files = Files::new();
    let (node, ec) = (files.node1(), files.export("ec", "ec.pfx", None, ""));
    let output = files.path("both.pfx");
    let (list, passwords) = (format!("{node},{ec}"), format!("{PASSWORD},{PASSWORD},{OTHER}"));
    let ran = run(&["-p", &passwords, "-MergePFX", &list, &output, "NoEncryptCert"]);
    assert_eq!(code(&ran), 0, "{}", stderr(&ran));
    let said = openssl(&output, OTHER);
    assert_eq!(said.matches("Shrouded Keybag").count(), 2, "{said}");
    assert!(!said.contains("PKCS7 Encrypted data"), "{said}");
    assert_eq!(code(&run(&["-p", &passwords, "-mergepfx", &list, &output])), 2, "the file is there");
    assert_eq!(code(&run(&["-f", "-p", &passwords, "-mergepfx", &list, &output])), 0);
    let asked = run(&["-p", PASSWORD, "-mergepfx", &list, &files.path("x.pfx")]);
    assert_eq!(code(&asked), 2);
    assert!(stderr(&asked).contains("a password is needed for what is written"), "{}", stderr(&asked));
}
