//! `certlens ha` over several nodes.

use certlens_testkit::Key;

use crate::lab::{AT, ENHANCED, Lab, OLD, SOFTWARE_KSP, outcome};

#[test]
fn nodes_with_files_of_their_own() {
    let lab = Lab::with_good();
    lab.pfx("ksp", "good", &["-CSP", SOFTWARE_KSP, "-LMK"], &OLD);
    let (exit, text, json) = lab.ha(&["node1.example.com=good.pfx", "node2.example.com=ksp.pfx"], &[]);
    assert_eq!(exit, 1, "{text}");
    assert_eq!((&json["nodes"][0]["answer"], &json["nodes"][1]["answer"]), (&"ready".into(), &"not_ready".into()));
    assert_eq!((&json["decisive"]["node"], &json["decisive"]["code"]), (&"node2.example.com".into(), &"csp".into()));
    assert!(
        text.contains("NOT READY: node2.example.com; READY: node1.example.com node2.example.com, csp: the KSP"),
        "{text}"
    );
    assert!(text.contains("Check node1 node2") && text.contains("csp pass FAIL"), "{text}");
    assert!(text.contains("error: csp: node2: the KSP"), "{text}");
    assert_eq!(json["conversions"].as_array().unwrap().len(), 1);
    assert_eq!(outcome(&json["nodes"][1]["demands"], "same-certificate"), "pass");
    // The same by order.
    let hosts = ["--node", "node1.example.com", "--node", "node2.example.com"];
    let (again, _, same) = lab.ha(&["good.pfx", "ksp.pfx"], &hosts);
    assert_eq!((again, &same["nodes"]), (exit, &json["nodes"]));
}

#[test]
fn nodes_with_different_certificates() {
    let lab = Lab::with_good();
    lab.certificate("renewed", Key::rsa2048(1), |plain| plain);
    lab.pfx("renewed", "renewed", &["-CSP", ENHANCED, "-keyex", "-LMK"], &OLD);
    let (exit, text, json) = lab.ha(&["node1.example.com=good.pfx", "node2.example.com=renewed.pfx"], &[]);
    assert_eq!((exit, &json["decisive"]["code"]), (1, &"same-certificate".into()), "{text}");
    assert_eq!(outcome(&json["nodes"][0]["demands"], "same-certificate"), "pass");
    assert_eq!(outcome(&json["nodes"][1]["demands"], "same-certificate"), "fail");
    // The key of the certificate is that of the first one, and so is that of the second.
    assert_eq!(outcome(&json["nodes"][1]["demands"], "key-matches"), "pass");
    assert!(text.contains("What to do 1. Use one certificate, with the names of all nodes"), "{text}");
}

#[test]
fn nodes_whose_files_have_passwords_of_their_own() {
    let lab = Lab::with_good();
    lab.openssl(&["pkcs12", "-in", "good.pfx", "-passin", "pass:secret", "-nodes", "-out", "plain.pem"]);
    let encryption = ["-keypbe", "PBE-SHA1-3DES", "-certpbe", "PBE-SHA1-3DES", "-macalg", "sha1"];
    let first = ["pkcs12", "-export", "-in", "plain.pem", "-passout", "pass:other", "-CSP", ENHANCED, "-keyex", "-LMK"];
    lab.openssl(&[&first[..], &encryption, &["-out", "other.pfx"]].concat());
    lab.write("pw2", "other\n");
    let nodes =
        ["ha", "node1.example.com=good.pfx", "node2.example.com=other.pfx", "--anchors", "root.pem", "--at", AT];
    let (exit, text, _) = lab.both(&[&nodes[..], &["--password-file", "pw", "--password-file", "pw2"]].concat());
    assert_eq!(exit, 0, "{text}");
    let (exit, text, _) = lab.both(&[&nodes[..], &["--password-file", "pw"]].concat());
    assert_eq!(exit, 2, "{text}");
}

/// What is read from standard input once is for all nodes.
#[test]
fn standard_input_for_all_nodes() {
    let lab = Lab::with_good();
    lab.write("acl.txt", "D:(A;;FA;;;SY)");
    let nodes = ["ha", "node1.example.com=good.pfx", "node2.example.com=good.pfx", "--password-file", "pw", "--at", AT];
    let json = |file: &str, more: &[&str]| {
        let arguments = [&nodes[..], more, &["--format", "json"]].concat();
        let output = lab.certlens_reading(file, &arguments);
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        serde_json::from_slice::<serde_json::Value>(&output.stdout).unwrap_or_else(|error| panic!("{error}: {errors}"))
    };
    let denied = json("acl.txt", &["--acl", "-"]);
    let trusted = json("root.pem", &["--anchors", "-"]);
    for node in [0, 1] {
        assert_eq!(outcome(&denied["nodes"][node]["demands"], "readable"), "fail");
        assert_eq!(outcome(&trusted["nodes"][node]["demands"], "trusted"), "pass");
    }
}

/// Anchors and intermediates that cannot be read are told, each set of anchors once.
#[test]
fn what_is_found_out_about_trust_anchors() {
    let lab = Lab::with_good();
    std::fs::create_dir(lab.path().join("anchors")).unwrap();
    std::fs::copy(lab.path().join("root.pem"), lab.path().join("anchors/root.pem")).unwrap();
    lab.write("anchors/note.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    let nodes = ["ha", "node1.example.com=good.pfx", "node2.example.com=good.pfx", "--password-file", "pw", "--at", AT];
    let anchors = ["--anchors", "anchors", "--anchors", "node2.example.com=other.pem", "--trust", "mozilla"];
    let (_, text, json) = lab.both(&[&nodes[..], &anchors].concat());
    assert!(!json["findings"].as_array().unwrap().is_empty(), "{json:#}");
    assert!(text.contains("note.pem"), "{text}");
    let sets = json["anchors"].as_array().unwrap();
    for (at, set) in sets.iter().enumerate() {
        assert!(!sets[..at].contains(set), "{sets:?}");
    }
    assert_eq!(json["findings"].as_array().unwrap().len(), 1, "{json:#}");
}

#[test]
fn certificates_whose_keys_are_on_the_nodes() {
    let lab = Lab::with_good();
    lab.certificate("ec", Key::p256(3), |plain| plain);
    let nodes = ["node1.example.com=good.pem", "node2.example.com=good.pem"];
    let intermediates = ["--intermediates", "issuing.pem"];
    let (exit, text, json) = lab.ha(&nodes, &intermediates);
    assert_eq!((exit, &json["answer"]), (0, &"nothing_against".into()), "{text}");
    let first = "NOTHING AGAINST IT: node1.example.com, node2.example.com Keys were not looked at,";
    assert!(text.starts_with(first), "{text}");
    let demands = &json["nodes"][0]["demands"];
    for code in ["private-key", "key-matches", "csp", "key-exchange", "machine", "wcf-older", "opens", "readable"] {
        assert_eq!(outcome(demands, code), "on_node", "{code}");
    }
    for code in ["rsa", "names", "trusted", "same-certificate"] {
        assert_eq!(outcome(demands, code), "pass", "{code}");
    }
    let thumbprint = json["nodes"][0]["certificate"]["sha1"].as_str().unwrap();
    assert!(text.contains(&format!("certutil -v -store My {thumbprint}")), "{text}");
    let (exit, text, json) = lab.ha(&nodes, &[&intermediates[..], &["--strict"]].concat());
    assert_eq!((exit, &json["answer"]), (3, &"cannot_know".into()), "{text}");
    // One of two keys was looked at.
    let (exit, _, json) = lab.ha(&["node1.example.com=good.pfx", "node2.example.com=good.pem"], &intermediates);
    assert_eq!((exit, &json["answer"]), (0, &"nothing_against".into()));
    assert_eq!(
        (&json["nodes"][0]["answer"], &json["nodes"][1]["answer"]),
        (&"ready".into(), &"nothing_against".into())
    );
    let (exit, text, _) = lab.ha(&["node1.example.com=ec.pem"], &intermediates);
    assert_eq!(exit, 1, "{text}");
    assert!(text.contains("rsa: it is a key for EC P-256"), "{text}");
}

#[test]
fn what_is_of_one_node_alone() {
    let lab = Lab::with_good();
    lab.write("acl.txt", "D:(A;;FA;;;SY)");
    let nodes = ["node1.example.com=good.pfx", "node2.example.com=good.pfx"];
    let (exit, text, json) = lab.ha(&nodes, &["--acl", "node2.example.com=acl.txt"]);
    assert_eq!((exit, &json["decisive"]["node"]), (1, &"node2.example.com".into()), "{text}");
    assert_eq!(outcome(&json["nodes"][0]["demands"], "readable"), "on_node");
    assert_eq!(outcome(&json["nodes"][1]["demands"], "readable"), "fail");
    let anchors = ["--anchors", "node1.example.com=root.pem", "--anchors", "node2.example.com=other.pem"];
    let more = ["--intermediates", "root.pem", "--at", AT, "--password-file", "pw"];
    let (exit, text, json) = lab.both(&[&["ha"], &nodes[..], &anchors, &more].concat());
    assert_eq!(exit, 1, "{text}");
    assert_eq!(outcome(&json["nodes"][0]["demands"], "trusted"), "pass");
    assert_eq!(outcome(&json["nodes"][1]["demands"], "trusted"), "fail");
}

#[test]
fn what_is_missing_is_said() {
    let lab = Lab::with_good();
    // Without host names nobody knows whether the certificate has them.
    let (exit, text, json) = lab.ha(&["good.pfx"], &[]);
    assert_eq!((exit, &json["decisive"]["code"]), (3, &"names".into()), "{text}");
    assert!(text.contains("CANNOT KNOW: good.pfx names: the host name is not given of: good.pfx"), "{text}");
    // Without the password.
    let hosts = ["--node", "node1.example.com", "--node", "node2.example.com"];
    let (exit, text, json) = lab.both(&[&["ha", "good.pfx", "--anchors", "root.pem", "--at", AT], &hosts[..]].concat());
    assert_eq!(exit, 3, "{text}");
    assert!(text.contains("What to do 1. Give the file's password") && !text.contains("What to do 2."), "{text}");
    assert_eq!(json["decisive"]["code"], "file");
    assert_eq!(outcome(&json["nodes"][0]["demands"], "csp"), "pass");
    assert_eq!(outcome(&json["nodes"][0]["demands"], "trusted"), "cannot_know");
    // A file that cannot be read leaves the other nodes to be judged.
    let (exit, text, json) = lab.ha(&["node1.example.com=good.pfx", "node2.example.com=pw"], &[]);
    assert_eq!((exit, &json["answer"]), (2, &"cannot_know".into()), "{text}");
    assert_eq!(json["not_read"].as_array().unwrap().len(), 1);
    assert!(text.contains("node2.example.com, file: pw: "), "the file is named: {text}");
    assert!(text.contains("Check node1 node2"), "{text}");
    assert_eq!((&json["nodes"][0]["answer"], &json["nodes"][1]["answer"]), (&"ready".into(), &"cannot_know".into()));
    for (node, expected) in [(0, "pass"), (1, "cannot_know")] {
        let demands = &json["nodes"][node]["demands"];
        assert_eq!(outcome(demands, "same-certificate"), expected, "{text}");
        let same = demands.as_array().unwrap().iter().find(|demand| demand["code"] == "same-certificate").unwrap();
        assert!(!same["reason"].as_str().unwrap().contains("one file"), "{same}");
    }
}

#[test]
fn what_is_refused() {
    let lab = Lab::with_good();
    let certificates = [0, 1].map(|number| lab.certificate("any", Key::rsa2048(number), |plain| plain));
    lab.written("two", &[Key::rsa2048(0), Key::rsa2048(1)], &certificates);
    for (arguments, word) in [
        (&["node1.example.com=two.pfx", "--password-file", "pw"][..], "2 keys or certificates"),
        (&["node1.example.com=good.pfx", "--password-env", "NO_SUCH_VARIABLE"], "no such environment variable"),
        (&["node1.example.com=good.pfx", "node1.example.com=good.pfx"], "given twice"),
        (&["node1.example.com=good.pfx", "--anchors", "node9.example.com=root.pem"], "there is no node"),
        (&["node1.example.com=good.pfx", "--anchors", "none.pem"], "there is no such file"),
        (&["node1.example.com=good.pfx", "--timeout", "3"], "does nothing without --fetch"),
        (&["node1.example.com=-", "node2.example.com=good.pfx", "--anchors", "-"], "can be read once"),
        (
            &["n1.example=good.pfx", "n2.example=good.pfx", "--acl", "n1.example=-", "--acl", "n2.example=-"],
            "read once",
        ),
        (&["n1.example=a", "n2.example=a", "--anchors", "-", "--anchors", "n1.example=root.pem"], "different anchors"),
        (&["node1.example.com=good.pfx", "--format", "certutil"], "does not have this form"),
        (
            &["a.pfx", "b.pfx", "c.pfx", "--password-file", "pw", "--password-file", "pw"],
            "2 passwords were given for 3 files",
        ),
        (&[], "NODE"),
    ] {
        let output = lab.certlens(&[&["ha"], arguments].concat());
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {errors}");
        assert!(errors.contains(word), "{arguments:?}: {errors}");
    }
    // An input is not overwritten by the report.
    let output = lab.certlens(&["ha", "node1.example.com=good.pfx", "--output", "good.pfx", "--force"]);
    assert_eq!(output.status.code(), Some(2));
}
