//! NSS, as Firefox has it: it lists with names, and imports.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::table::{Certificate, Encryption, PrivateKey};
use super::*;

#[test]
fn nss_reads_what_was_asked_for() {
    if is_there("pk12util", "libnss3-tools") && is_there("certutil", "libnss3-tools") {
        compare(Program::Nss, shown, expected);
    }
}

fn shown(files: &Files, file: &str, row: &Row) -> Shown {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sql:{}", folder.path().display());
    ask("certutil", &["-N", "--empty-password", "-d", &database])?;
    let (listed, _) = ask("pk12util", &["-l", file, "-W", row.password, "-d", &database])?;
    let mut lines = Vec::new();
    for item in items(&listed) {
        let value = |name: &str| item.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
        let name = value("    Friendly Name:");
        lines.push(if item.starts_with("Key") {
            let algorithm = value("    Encryption algorithm:").unwrap_or("plain");
            format!("key: {algorithm}, name {name:?}")
        } else {
            let print = item.split_once("Fingerprint (SHA-256):").unwrap().1;
            let print: String = print.trim_start().lines().next().unwrap().to_owned();
            let of = ["node", "ec", "ca"].into_iter().find(|name| fingerprint(files, name) == print);
            let has_key = item.starts_with("Certificate(has private key)");
            format!("certificate {}: name {name:?}, id {has_key}", of.expect("a certificate that was put in"))
        });
    }

    // The list is made without decrypting a key.
    ask("pk12util", &["-i", file, "-W", row.password, "-K", "", "-d", &database])?;
    let (keys, _) = ask("certutil", &["-K", "-d", &database])?;
    let kinds = keys.lines().filter_map(|line| line.split_once("> ")).filter_map(|(_, line)| line.split(' ').next());
    lines.extend(kinds.map(|kind| format!("imported: {kind}")));
    let (certificates, _) = ask("certutil", &["-L", "-d", &database])?;
    // It says so of a certificate whose key it has.
    lines.push(format!("imported with key: {}", certificates.matches("u,u,u").count()));
    Ok(lines)
}

/// What begins at the left margin.
fn items(listed: &str) -> Vec<String> {
    let mut items: Vec<String> = Vec::new();
    for line in listed.lines() {
        if line.starts_with("Key") || line.starts_with("Certificate") {
            items.push(String::new());
        }
        if let Some(item) = items.last_mut() {
            item.push_str(line);
            item.push('\n');
        }
    }
    items
}

fn fingerprint(files: &Files, name: &str) -> String {
    let pem = std::fs::read_to_string(files.path(&format!("{name}.pem"))).unwrap();
    let digest = digest(&SHA256, &STANDARD.decode(base64(&pem)).unwrap());
    digest.as_ref().iter().map(|octet| format!("{octet:02X}")).collect::<Vec<_>>().join(":")
}

fn expected(row: &Row) -> Vec<String> {
    let algorithm = match row.key_encryption {
        Encryption::Plain => "plain",
        Encryption::Aes(..) => "PKCS #5 Password Based Encryption v2",
        Encryption::TripleDes(_) => "PKCS #12 V2 PBE With SHA-1 And 3KEY Triple DES-CBC",
    };
    let mut lines = vec![format!("imported with key: {}", row.keys.len())];
    for PrivateKey { of, container, .. } in &row.keys {
        lines.push(format!("key: {algorithm}, name {container:?}"));
        lines.push(format!("imported: {}", if *of == "ec" { "ec" } else { "rsa" }));
    }
    for certificate @ Certificate { of, friendly_name } in &row.certificates {
        lines.push(format!("certificate {of}: name {friendly_name:?}, id {}", row.has_key(certificate)));
    }
    lines
}
