use super::*;

fn typed(line: &str) -> Vec<OsString> {
    line.split(' ').map(OsString::from).collect()
}

/// The command line of certlens that one of certutil stands for.
fn translation(line: &str) -> Result<Translation, Failure> {
    let words: Vec<String> = line.split(' ').skip(1).map(str::to_owned).collect();
    let verb = words.iter().find_map(|word| verb(word)).expect("the line has a verb");
    (verb.translate)(&translate::Words::read(verb, &words, |word| super::verb(word).is_some())?)
}

#[test]
fn command_lines_are_certutils_or_certlens() {
    for (line, ours) in [
        ("certlens verify a.pem", false),
        ("certlens verify -verify", false),
        ("certlens verify /verify", false),
        ("certlens inspect /url", false),
        ("certlens --version", false),
        ("certlens -V", false),
        ("certlens -h", false),
        ("certlens --help", false),
        ("certlens", false),
        ("certlens /etc/ssl/cert.pem", false),
        ("certutil --version", false),
        ("certlens -verify a.pem", true),
        ("certlens /verify a.pem", true),
        ("certlens -f -VERIFY a.pem", true),
        ("certlens a.pem -verify", false),
        ("certutil a.pem -verify", true),
        ("certlens -?", true),
        ("certlens /?", true),
        ("certlens -dump a.pem", true),
        ("certlens /dump a.pem", true),
        ("certlens -nonsense", true),
        ("certutil a.pem", true),
        ("certutil", true),
        ("/usr/local/bin/certutil", true),
        ("CertUtil.exe -verify a.pem", true),
        ("mycertutil --version", false),
    ] {
        let entry = enter(typed(line));
        assert_eq!(!matches!(entry, Entry::Certlens), ours, "{line}: {entry:?}");
    }
}

#[test]
fn a_command_line_of_certutil_is_one_of_certlens() {
    const VERIFY: &str = "certlens verify --format certutil";
    for (line, wanted, notes) in [
        ("certlens -verify a.cer", "-- a.cer", 0),
        ("certlens /Verify a.cer", "-- a.cer", 0),
        ("certlens -urlfetch -verify a.cer", "--fetch -- a.cer", 0),
        ("certlens -verify -URLFETCH a.cer", "--fetch -- a.cer", 0),
        ("certlens -verify a.cer /urlfetch", "--fetch -- a.cer", 0),
        ("certlens -t 1500 -urlfetch -verify a.cer", "--fetch --timeout 1.500 -- a.cer", 0),
        ("certlens -t 1 -urlfetch -verify a.cer", "--fetch --timeout 0.100 -- a.cer", 1),
        ("certlens -t 3600000 -urlfetch -verify a.cer", "--fetch --timeout 3600.000 -- a.cer", 0),
        ("certlens -f -f -urlfetch -verify -urlfetch a.cer", "--fetch --no-cache -- a.cer", 1),
        ("certlens -t 1500 -verify a.cer", "-- a.cer", 1),
        ("certlens -f -urlfetch -verify a.cer", "--fetch --no-cache -- a.cer", 1),
        ("certlens -f -verify a.cer", "-- a.cer", 1),
        ("certlens -verify -Enterprise -user -Silent -split -v -gmt -seconds a.cer", "-- a.cer", 5),
        ("certlens -verify -p secret a.cer", "--password=secret -- a.cer", 0),
        ("certlens -verify -p -secret a.cer", "--password=-secret -- a.cer", 0),
        ("certlens -verify -p * a.cer", "-- a.cer", 0),
        (
            "certlens -verify -sslpolicy www.example.com a.cer",
            "--name dns:www.example.com --purpose server-auth -- a.cer",
            0,
        ),
        ("certlens -verify -sslpolicy 192.0.2.1 a.cer", "--name ip:192.0.2.1 --purpose server-auth -- a.cer", 0),
        (
            "certlens -verify a.cer 1.3.6.1.5.5.7.3.1,1.3.6.1.5.5.7.3.2",
            "--purpose 1.3.6.1.5.5.7.3.1 --purpose 1.3.6.1.5.5.7.3.2 -- a.cer",
            0,
        ),
        (
            "certlens -verify a.cer - 2.23.140.1.2.2",
            "--initial-policy 2.23.140.1.2.2 --require-explicit-policy -- a.cer",
            0,
        ),
        ("certlens -verify a.cer - - Strong", "-- a.cer", 1),
        ("certlens -verify a.cer Strong", "-- a.cer", 1),
        (
            "certlens -verify a.cer --at 2026-06-01 --anchors=ca.pem --all-paths",
            "--at 2026-06-01 --anchors=ca.pem --all-paths -- a.cer",
            0,
        ),
        ("certlens -verify -", "-- -", 0),
    ] {
        let translation = translation(line).unwrap_or_else(|failure| panic!("{line}: {failure}"));
        assert_eq!(translation.words.join(" "), format!("{VERIFY} {wanted}"), "{line}");
        assert_eq!(translation.notes.len(), notes, "{line}: {:?}", translation.notes);
        let entry = enter(typed(line));
        assert!(matches!(entry, Entry::Command { .. }), "{line}: {entry:?}");
    }
}

#[test]
fn other_verbs_are_other_commands() {
    for (line, wanted) in [
        ("certlens -dump a.cer", "inspect --format certutil -- a.cer"),
        ("certlens -dump -p secret -split a.pfx", "inspect --format certutil --password=secret -- a.pfx"),
        ("certlens -f -DUMPPFX -p * a.pfx", "pfx inspect --format certutil -- a.pfx"),
        ("certlens -csplist", "pfx providers --format certutil"),
        (
            "certlens -MergePFX -f -p secret,secret2,* a.pfx,b.pfx c.pfx NoEncryptCert",
            "pfx merge --password=secret --password=secret2 --ask-new-password --plain-certificates --force \
             --output=c.pfx -- a.pfx b.pfx",
        ),
        (
            "certlens -MergePFX -p secret,secret2 a.pfx,b.pfx c.pfx",
            "pfx merge --password=secret --new-password=secret2 --output=c.pfx -- a.pfx b.pfx",
        ),
        (
            "certlens -MergePFX -csp KSP -p secret,secret2 a.pfx,b.pfx c.pfx --key-spec exchange",
            "pfx merge --password=secret --new-password=secret2 --csp=KSP --output=c.pfx --key-spec exchange -- a.pfx b.pfx",
        ),
        ("certlens -importPFX a.pfx", "pfx predict --format certutil -- a.pfx"),
        ("certlens /user /importpfx Root a.pfx", "pfx predict --format certutil --store=Root --user -- a.pfx"),
        (
            "certlens -f -csp KSP -p secret -importPFX My a.pfx at_keyexchange,noexport,NoCert,NoChain,NoRoot,ProtectHigh",
            "pfx predict --format certutil --store=My --csp=KSP --password=secret --key-spec=exchange --no-export \
             --no-certificate --no-chain --no-root --protect=password -- a.pfx",
        ),
        (
            "certlens -importPFX -f -p * -OUT b.pfx a.pfx AT_SIGNATURE,ExportEncrypted,NoProtect,friendlyname=node=1",
            "pfx predict --format certutil --key-spec=signature --export-encrypted --protect=none --friendly-name=node=1 \
             --output=b.pfx --force -- a.pfx",
        ),
        (
            "certlens -f -importPFX a.pfx Protect --output b.pfx --compatible-with server2019",
            "pfx predict --format certutil --protect=consent --force --output b.pfx --compatible-with server2019 -- a.pfx",
        ),
        (
            "certlens -importPFX a.pfx Pkcs8,KeyFriendlyName=a,KeyDescription=b",
            "pfx predict --format certutil -- a.pfx",
        ),
        ("certlens -dumpPFX a.pfx --password-file f", "pfx inspect --format certutil --password-file f -- a.pfx"),
    ] {
        let translation = translation(line).unwrap_or_else(|failure| panic!("{line}: {failure}"));
        assert_eq!(translation.words.join(" "), format!("certlens {wanted}"), "{line}");
        let entry = enter(typed(line));
        assert!(matches!(entry, Entry::Command { .. }), "{line}: {entry:?}");
        // A password is in no word that could be shown.
        assert!(!format!("{entry:?}").contains("secret"), "{entry:?}");
    }
    let Entry::Command { command, .. } = enter(typed("certutil -p secret a.pfx")) else { panic!("no verb is -dump") };
    assert!(matches!(*command, Command::Inspect(_)));
}

#[test]
fn a_file_behind_the_certificate_is_its_ca() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ca.cer").display().to_string();
    std::fs::write(&file, "x").unwrap();
    let words = translation(&format!("certlens -verify a.cer {file}")).unwrap().words.join(" ");
    assert!(words.contains(&format!("--anchors {file} --max-path-length 0")), "{words}");
    assert!(translation(&format!("certlens -verify a.cer {file} {file}")).is_err());
}

#[test]
fn what_cannot_be_done_is_refused_with_advice() {
    for (line, said) in [
        ("certlens -verify", "no file"),
        ("certlens -verify -nonsense a.cer", "-nonsense: is not an option of -verify"),
        ("certlens -verify -t a.cer", "no file"),
        ("certlens -verify a.cer -t", "-t: needs a value"),
        ("certlens -verify -t soon a.cer", "-t soon"),
        ("certlens -verify -urlfetch -t 3600001 a.cer", "-t 3600001: is more than an hour"),
        ("certlens -verify -urlfetch -t 1000 -t 2000 a.cer", "-t: is given twice"),
        ("certlens -verify -sslpolicy a.test -SSLPolicy b.test a.cer", "-sslpolicy: is given twice"),
        ("certlens -verify a.cer --nonsense", "--nonsense: is not an option"),
        ("certlens -verify a.cer --at", "--at: needs a value"),
        ("certlens -verify a.cer EV", "does not have"),
        ("certlens -verify a.cer MSRoot,Strong", "does not have"),
        ("certlens -verify a.cer no-such-ca.cer", "neither a file"),
        ("certlens -verify a.cer - 1.2.3,1.2.4", "at once"),
        ("certlens -verify a.cer - nonsense", "is not an issuance policy"),
        ("certlens -verify a.cer - - 1.2.3", "too many"),
        ("certlens -verify -URL a.cer", "give one verb"),
        ("certlens -dump", "no file"),
        ("certlens -dump a.cer b.cer", "takes one file"),
        ("certlens -dumpPFX", "takes one file"),
        ("certlens -dump -p a -p b a.cer", "-p: is given twice"),
        ("certlens -MergePFX a.pfx,b.pfx", "takes the files to merge"),
        ("certlens -MergePFX -p a,b,c,d a.pfx,b.pfx c.pfx", "-p: has 3 passwords for 2 files"),
        ("certlens -MergePFX a.pfx,b.pfx c.pfx NoRoot", "NoRoot: is not a modifier"),
        ("certlens -csplist RSA", "by algorithm"),
        ("certlens -dump -psecret a.pfx", "-p…: is not an option of -dump"),
        ("certlens -dump -P:secret a.pfx", "-p PASSWORD"),
        ("certlens -dump /P:secret a.pfx", "-p PASSWORD"),
        ("certutil -psecret a.pfx", "-p…: is not a verb"),
        ("certlens -ImportPFX", "-importPFX: no file was given"),
        ("certlens -importPFX My a.pfx NoExprot", "NoExprot: is not a modifier"),
        ("certlens -importPFX a.pfx NoExport,NoSuch", "NoSuch: is not a modifier"),
        ("certlens -importPFX My a.pfx AT_SIGNATURE,AT_KEYEXCHANGE", "a key has one key spec"),
        ("certlens -importPFX My a.pfx AT_SIGNATURE NoRoot", "which commas separate"),
        ("certlens -importPFX My a.pfx NoExport,ExportEncrypted", "cannot be used with"),
        ("certlens -importPFX My a.pfx VSM", "VSM: is not predicted"),
        ("certlens -importPFX -Enterprise a.pfx", "-Enterprise: what is in these stores"),
        ("certlens -importPFX -csp A -CSP B a.pfx", "-csp: is given twice"),
        ("certlens -importPFX --csp", "--csp: needs a value"),
        ("certlens -importPFX -nonsense a.pfx", "-nonsense: is not an option of -importPFX"),
        ("certlens -nonsense", "certlens has -verify"),
        ("certutil a.cer b.cer", "-dump: takes one file"),
        ("certutil", "no verb"),
    ] {
        match enter(typed(line)) {
            Entry::Refused(failure) => {
                let failure = failure.to_string();
                assert!(failure.contains(said) && !failure.contains("secret"), "{line}: {failure}");
            }
            other => panic!("{line}: {other:?}"),
        }
    }
}

#[test]
fn help_lists_the_verbs() {
    for line in [
        "certutil -?",
        "certlens /?",
        "certlens -verify -?",
        "certlens -? -verify",
        "certutil -help",
        "certutil -verify --help",
    ] {
        let Entry::Usage(text) = enter(typed(line)) else { panic!("{line}") };
        assert!(text.contains("-verify [Options] CertFile") && text.contains("-sslpolicy SERVERNAME"), "{text}");
    }
}

#[test]
fn no_verb_is_both_here_and_elsewhere() {
    assert!(VERBS.iter().all(|verb| elsewhere::nearest(verb.name).is_none()));
}
