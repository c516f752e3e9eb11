//! GnuTLS shows names, identifiers and algorithms.

use aws_lc_rs::digest::{SHA256, digest};

use super::table::{Certificate, Encryption, PrivateKey};
use super::*;

#[test]
fn gnutls_reads_what_was_asked_for() {
    if is_there("certtool", "gnutls-bin") {
        compare(Program::GnuTls, shown, expected);
    }
}

fn shown(files: &Files, file: &str, row: &Row) -> Shown {
    let (out, err) = ask("certtool", &[&["--p12-info", "--inder", "--infile", file], &password(row)[..]].concat())?;
    let said = err + &out;
    if said.contains("verify_mac:") {
        return Err(said);
    }
    let (head, bags) = said.split_once("BAG #0").unwrap();
    let mut lines = vec![format!("MAC {}, {}", field(head, "MAC:"), field(head, "Iteration count:"))];
    for bag in bags.split("\nBAG #") {
        // The algorithm of a safe stands before its first bag, that of a key inside.
        let (safe, mut bags) = bag.split_once("\tType:").unwrap();
        if bags.starts_with(" Encrypted\n") {
            let (algorithm, rest) = bags.split_once("Decrypting...").unwrap();
            lines.push(format!("safe: {}", algorithm_of(algorithm)));
            bags = rest.split_once("\tType:").unwrap().1;
        } else if bags.starts_with(" Certificate") {
            assert!(!safe.contains("Cipher:"), "{safe}");
            lines.push("safe: plain".to_owned());
        }
        for bag in bags.split("\tType:") {
            let (head, block) = bag.split_once("-----BEGIN ").unwrap();
            let block = format!("-----BEGIN {block}");
            let (name, id) = (optional(head, "Friendly name:"), head.contains("Key ID:"));
            lines.push(if block.starts_with("-----BEGIN CERTIFICATE") {
                format!("certificate {}: name {name:?}, id {id}", certificate(files, &block))
            } else if block.starts_with("-----BEGIN ENCRYPTED") {
                let key = decrypted(files, &block, row)?;
                format!("key {key}: {}, name {name:?}, id {id}", algorithm_of(head))
            } else {
                format!("key {}: plain, name {name:?}, id {id}", private_key(&block))
            });
        }
    }
    Ok(lines)
}

/// It takes an empty argument for none.
fn password(row: &Row) -> Vec<&'static str> {
    if row.password.is_empty() { vec!["--empty-password"] } else { vec!["--password", row.password] }
}

fn optional(text: &str, name: &str) -> Option<String> {
    text.lines().find_map(|line| line.trim_start().strip_prefix(name)).map(|value| value.trim().to_owned())
}

fn field(text: &str, name: &str) -> String {
    let value = optional(text, name).unwrap_or_else(|| panic!("no {name} in {text}"));
    value.split(' ').next().unwrap().to_owned()
}

fn algorithm_of(text: &str) -> String {
    format!("{}, {}", field(text, "Cipher:"), field(text, "Iteration count:"))
}

/// Whose key it is. It shows keys as they are encrypted.
fn decrypted(files: &Files, block: &str, row: &Row) -> Result<&'static str, String> {
    let end = "-----END ENCRYPTED PRIVATE KEY-----\n";
    let block = format!("{}{end}", block.split("-----END").next().unwrap());
    files.add("encrypted.pem", block);
    let path = files.path("encrypted.pem");
    let (out, _) = ask("certtool", &[&["--key-info", "--pkcs8", "--infile", &path], &password(row)[..]].concat())?;
    // It writes keys on curves without the curve; its identifier is that of the public half.
    let id = out.lines().find_map(|line| line.trim_start().strip_prefix("sha256:")).expect("an identifier");
    let is_of = |(_, key): &(&str, Key)| hexadecimal(digest(&SHA256, &key.spki()).as_ref()) == id;
    Ok(keys().into_iter().find(is_of).expect("a key that was put in").0)
}

fn hexadecimal(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

fn expected(row: &Row) -> Vec<String> {
    let (hash, iterations) = row.mac;
    let mut lines = vec![format!("MAC {}, {iterations}", hash.to_uppercase())];
    lines.push(format!("safe: {}", words(row.certificate_encryption)));
    for PrivateKey { of, container, .. } in &row.keys {
        lines.push(format!("key {of}: {}, name {container:?}, id true", words(row.key_encryption)));
    }
    for certificate @ Certificate { of, friendly_name } in &row.certificates {
        lines.push(format!("certificate {of}: name {friendly_name:?}, id {}", row.has_key(certificate)));
    }
    lines
}

fn words(encryption: Encryption) -> String {
    match encryption {
        Encryption::Plain => "plain".to_owned(),
        Encryption::TripleDes(iterations) => format!("3DES-CBC, {iterations}"),
        Encryption::Aes(bits, iterations, _) => format!("AES-{bits}-CBC, {iterations}"),
    }
}
