use super::*;

fn access(text: &str, account: &str) -> String {
    match Acl::read(text).unwrap().read_access(&Account::parse(account)) {
        Access::Granted { by } => format!("granted by {by}"),
        Access::Denied { by } => format!("denied by {by}"),
        Access::NotGranted => "not granted".into(),
        Access::Depends { on } => format!("depends on {}", on.join(", ")),
    }
}

const SERVICE: &str = "S-1-5-80-2309424314-4000424941-3690464367-1726909705-3288450713";

#[test]
fn security_descriptors() {
    let users = "granted by BUILTIN\\Users (S-1-5-32-545)";
    let itself = format!("granted by {SERVICE}");
    for (sddl, expected) in [
        // A key of a CSP that only NETWORK SERVICE may read.
        ("D:PAI(A;;0xd01f01ff;;;SY)(A;;0xd01f01ff;;;BA)(A;;0x80120089;;;NS)", "not granted"),
        // A key of a vendor's KSP.
        ("D:AI(A;ID;FA;;;SY)(A;ID;FA;;;BA)(A;ID;0x1200a9;;;BU)", users),
        ("D:PAI(A;;GAGR;;;BA)(A;;GAGR;;;SY)", "not granted"),
        (&format!("D:P(A;;FA;;;SY)(A;;FR;;;{SERVICE})"), &itself),
        (&format!("D:P(A;;FA;;;SY)(A;;GR;;;{SERVICE})"), &itself),
        (&format!("D:P(A;;0x120089;;;{SERVICE})"), &itself),
        (&format!("O:SYG:SYD:P(A;;GA;;;{SERVICE})S:AI(AU;SAFA;FA;;;WD)"), &itself),
        ("D:(A;;FR;;;WD)", "granted by Everyone (S-1-1-0)"),
        ("D:(A;;FR;;;AU)", "granted by NT AUTHORITY\\Authenticated Users (S-1-5-11)"),
        ("D:(A;;FR;;;S-1-5-80-0)", "granted by NT SERVICE\\ALL SERVICES (S-1-5-80-0)"),
        ("D:(A;;FW;;;BU)", "not granted"),
        // Half of what reading takes from each.
        ("D:(A;;0x20000;;;WD)(A;;0x100089;;;BU)", users),
        ("D:(A;;0x20000;;;WD)(A;;0x89;;;BU)", "not granted"),
        // Denied before, and after, it is granted.
        ("D:(D;;FR;;;BU)(A;;FR;;;WD)", "denied by BUILTIN\\Users (S-1-5-32-545)"),
        ("D:(A;;FR;;;WD)(D;;FR;;;BU)", "granted by Everyone (S-1-1-0)"),
        ("D:(D;;0x1;;;BU)(A;;FR;;;WD)", "denied by BUILTIN\\Users (S-1-5-32-545)"),
        ("D:(D;;FW;;;S-1-5-21-1-2-3-4)(A;;FR;;;WD)", "granted by Everyone (S-1-1-0)"),
        ("D:(A;OICIIO;FA;;;BU)", "not granted"),
        (
            "D:(XA;;FR;;;BU;(@User.Project Any_of {\"a;b\"}))",
            "depends on BUILTIN\\Users (S-1-5-32-545), under a condition",
        ),
        ("D:(A;;FR;;;DU)", "depends on DU"),
        // A group that an administrator made may have services in it; one of the domain's own has not.
        ("D:(A;;FR;;;S-1-5-21-1-2-3-1001)", "depends on S-1-5-21-1-2-3-1001"),
        ("D:(A;;FR;;;S-1-5-21-1-2-3-512)", "not granted"),
        ("D:NO_ACCESS_CONTROL", "granted by everyone, as there is no list"),
        ("D:P", "not granted"),
        ("Path : x\nSddl:\n  D:(A;;FR;;;WD)\n", "granted by Everyone (S-1-1-0)"),
    ] {
        assert_eq!(access(sddl, INTEGRATION_RUNTIME), expected, "{sddl}");
    }
}

#[test]
fn other_accounts() {
    let sddl = "D:PAI(A;;0xd01f01ff;;;SY)(A;;0xd01f01ff;;;BA)(A;;0x80120089;;;NS)";
    for (account, expected) in [
        ("NETWORK SERVICE", "granted by NT AUTHORITY\\NETWORK SERVICE (S-1-5-20)"),
        ("NT AUTHORITY\\SYSTEM", "granted by NT AUTHORITY\\SYSTEM (S-1-5-18)"),
        ("LOCAL SERVICE", "not granted"),
        // It may be an administrator.
        ("CONTOSO\\svc", "depends on BUILTIN\\Administrators (S-1-5-32-544)"),
    ] {
        assert_eq!(access(sddl, account), expected, "{account}");
    }
    assert_eq!(
        access("D:(D;;FA;;;BA)(A;;FR;;;WD)", "CONTOSO\\svc"),
        "depends on denied to BUILTIN\\Administrators (S-1-5-32-544)"
    );
    assert_eq!(access("D:(D;;FA;;;BA)", "CONTOSO\\svc"), "not granted");
}

#[test]
fn lists_of_icacls() {
    let path = r"C:\ProgramData\Microsoft\Crypto\RSA\MachineKeys\a547eac9_f0a99c17";
    let pad = " ".repeat(path.len() + 1);
    let done = "\nSuccessfully processed 1 files; Failed processing 0 files\n";
    let listing = |lines: &[&str]| format!("{path} {}\n{done}", lines.join(&format!("\n{pad}")));
    let itself = format!("granted by {SERVICE}");
    for (lines, expected) in [
        (&["NT AUTHORITY\\SYSTEM:(F)", "BUILTIN\\Administrators:(F)", "NT SERVICE\\DIAHostService:(R)"][..], &*itself),
        (&["NT AUTHORITY\\SYSTEM:(F)", "BUILTIN\\Administrators:(F)"], "not granted"),
        (&["NT SERVICE\\DIAHostService:(R)"], &itself),
        (&["NT SERVICE\\DIAHostService:(I)(RX,W)"], &itself),
        (&["NT SERVICE\\DIAHostService:(Rc,S,RD,REA,RA)"], &itself),
        (&["NT SERVICE\\DIAHostService:(W)"], "not granted"),
        (&["NT SERVICE\\DIAHostService:(OI)(CI)(IO)(F)"], "not granted"),
        (&["NT SERVICE\\DIAHostService:(N)", "Everyone:(R)"], &format!("denied by {SERVICE}")),
        (&["Everyone:(DENY)(R)", "BUILTIN\\Users:(RX)"], "denied by Everyone (S-1-1-0)"),
        (&["Everyone:(R)"], "granted by Everyone (S-1-1-0)"),
        (&["CONTOSO\\some group:(R)", "NT AUTHORITY\\SYSTEM:(F)"], "depends on CONTOSO\\some group"),
        (&[&format!("{SERVICE}:(GR)")], &itself),
    ] {
        assert_eq!(access(&listing(lines), INTEGRATION_RUNTIME), expected, "{lines:?}");
    }
    let two = format!("{path} Everyone:(R)\n\n{path}2 Everyone:(R)\n{done}");
    assert!(Acl::read(&two).unwrap_err().to_string().contains("2 files"));
    assert_eq!(
        read_icacls(&two).unwrap().iter().map(|one| one.path.as_str()).collect::<Vec<_>>(),
        [path, &format!("{path}2")]
    );
    let about = |file| Acl::read_about(&two, Some(file));
    assert!(about("A547EAC9_f0a99c172").is_ok() && about(path).is_ok());
    assert!(about("f0a99c17").unwrap_err().to_string().contains("not about f0a99c17"));
    let spaced = "D:\\my keys\\k NT AUTHORITY\\SYSTEM:(F)\n             NT SERVICE\\DIAHostService:(R)\n";
    assert_eq!(access(spaced, INTEGRATION_RUNTIME), itself);
}

#[test]
fn judgements() {
    use crate::judgement::Outcome;
    let account = Account::parse("CONTOSO\\svc");
    for (sddl, outcome, reason) in [
        ("D:(A;;FR;;;WD)", Outcome::Pass, "CONTOSO\\svc can read the key, granted to Everyone (S-1-1-0)"),
        ("D:(D;;FR;;;WD)", Outcome::Fail, "CONTOSO\\svc cannot read the key: it is denied to Everyone (S-1-1-0)"),
        ("D:P", Outcome::Fail, "CONTOSO\\svc cannot read the key: nothing grants it"),
        ("D:(A;;FR;;;DU)", Outcome::CannotKnow, "whether CONTOSO\\svc can read the key depends on its groups: DU"),
    ] {
        let judgement = Acl::read(sddl).unwrap().read_access(&account).judgement(&account);
        assert_eq!((judgement.outcome, judgement.reason.as_str()), (outcome, reason));
    }
}

#[test]
fn what_is_no_list() {
    for text in [
        "",
        "hello",
        "O:SYG:SY",
        "D:(A;;FR;;;WD",
        "D:(A;;FR;;;WD))",
        "D:(A;;FR)",
        "D:(A;;QQ;;;WD)",
        "D:(A;;0xzz;;;WD)",
        "D:(A;;FR;;;nobody)",
        "D:(A;;FR;;;WD)x(A;;FR;;;BU)",
        "C:\\key Everyone:(Q)",
    ] {
        assert!(Acl::read(text).is_err(), "{text}");
    }
    assert!(Acl::read(&"x".repeat(MAX_TEXT + 1)).is_err());
}

/// Which of them is the key's, nobody says; the first may be that of a folder.
#[test]
fn several_security_descriptors_are_refused() {
    let one = "O:BAG:SYD:PAI(A;;FA;;;SY)";
    assert!(Acl::read(&format!("\n{one}\r\n")).is_ok());
    let error = Acl::read(&format!("{one}\nO:BAD:(A;;FR;;;S-1-5-80-0)\n")).unwrap_err();
    assert!(error.to_string().contains("2 security descriptors; give that of one key"), "{error}");
}
