//! Java: what `keytool` copies into a store of its own, which takes each key with its
//! chain and the name that it goes by.

use certlens_keystore::inventory::Inventory;
use certlens_keystore::pfx::Pfx;
use certlens_keystore::secret::Password;

use super::*;

#[test]
fn java_reads_what_was_asked_for() {
    if is_there("keytool", "default-jre-headless") {
        compare(Program::Java, shown, expected);
    }
}

/// The password of the copy.
const OWN: &str = "changeit";

fn shown(files: &Files, file: &str, row: &Row) -> Shown {
    let copy = files.path("copy.p12");
    let _ = std::fs::remove_file(&copy);
    let from = ["-srcstoretype", "PKCS12", "-srckeystore", file, "-srcstorepass", row.password];
    let to = ["-deststoretype", "PKCS12", "-destkeystore", &copy, "-deststorepass", OWN];
    // It runs for a moment: what makes it start sooner counts.
    let start = ["-J-XX:TieredStopAtLevel=1", "-J-XX:+UseSerialGC", "-importkeystore", "-noprompt"];
    let (out, err) = ask("keytool", &[&start[..], &from, &to].concat())?;
    let said = out + &err;
    if said.contains("0 entries successfully imported") {
        return Err(said);
    }
    let mut pfx = Pfx::read(&std::fs::read(&copy).map_err(|error| format!("{error}: {said}"))?).unwrap();
    assert!(pfx.open(Some(&Password::new(OWN.to_owned()))).unwrap().is_complete());
    let inventory = Inventory::of(&pfx);
    let bundle = inventory.bundle.as_ref().unwrap();
    let lines = inventory.keys.iter().enumerate().map(|(at, key)| {
        let pem = key.key.as_ref().unwrap().as_ref().unwrap().to_pem();
        let name = key.bag.attributes.friendly_name.as_ref().and_then(|name| name.text());
        let end = bundle.pairs.iter().find(|pair| pair.key == at).unwrap().certificate;
        let chain = bundle.chains.iter().find(|chain| chain.certificates.first() == Some(&end)).unwrap();
        let chain = chain.certificates.iter().map(|at| {
            let der = inventory.certificates.get(*at).unwrap().der;
            certificate(files, &certlens_testkit::pem::certificate(der))
        });
        let key = private_key(std::str::from_utf8(pem.expose()).unwrap());
        format!("key {key}: name {name:?}, chain {:?}", chain.collect::<Vec<_>>())
    });
    Ok(lines.collect())
}

fn expected(row: &Row) -> Vec<String> {
    let line = |(at, key): (usize, &table::PrivateKey)| {
        // It knows no capital letters in names, and numbers keys that have none.
        let name = key.container.map_or_else(|| (at + 1).to_string(), str::to_lowercase);
        let mut chain = vec![key.of];
        chain.extend(row.certificates.iter().map(|certificate| certificate.of).filter(|of| *of == "ca"));
        format!("key {}: name {:?}, chain {chain:?}", key.of, Some(name))
    };
    row.keys.iter().enumerate().map(line).collect()
}
