//! OpenSSL shows all attributes and algorithms.

use super::table::{Certificate, Encryption, PrivateKey};
use super::*;

#[test]
fn openssl_reads_what_was_asked_for() {
    if is_there("openssl", "openssl") {
        compare(Program::OpenSsl, shown, expected);
    }
}

fn shown(files: &Files, file: &str, row: &Row) -> Shown {
    let pass = format!("pass:{}", row.password);
    let (out, err) = ask("openssl", &["pkcs12", "-in", file, "-info", "-nodes", "-passin", &pass])?;
    let mut lines: Vec<String> = structure(&err);
    for bag in out.split_inclusive("-----END ").flat_map(|part| part.split("Bag Attributes").skip(1)) {
        let (attributes, block) = bag.split_once("-----BEGIN ").unwrap();
        let block = format!("-----BEGIN {}", block.split("-----END").next().unwrap());
        // The names of certificates it writes in the encoding of its system.
        let value = |name: &str| {
            attributes
                .lines()
                .find_map(|line| line.trim_start().strip_prefix(name))
                .map(|value| value.trim().to_owned())
        };
        let has = |name: &str| value(name).is_some();
        lines.push(if block.starts_with("-----BEGIN PRIVATE KEY") {
            let block = block + "-----END PRIVATE KEY-----\n";
            format!(
                "key {}: CSP {:?}, machine {}, name {:?}, usage {:?}, id {}",
                private_key(&block),
                value("Microsoft CSP Name:"),
                has("Microsoft Local Key set:"),
                value("friendlyName:"),
                value("X509v3 Key Usage:"),
                has("localKeyID:"),
            )
        } else {
            format!(
                "certificate {}: name {:?}, id {}",
                certificate(files, &block),
                value("friendlyName:"),
                has("localKeyID:")
            )
        });
    }
    Ok(lines)
}

/// The MAC, and how each safe and key is encrypted.
fn structure(said: &str) -> Vec<String> {
    let keep = ["MAC: ", "PKCS7 ", "Shrouded Keybag", "Key bag"];
    said.lines().filter(|line| keep.iter().any(|start| line.starts_with(start))).map(str::to_owned).collect()
}

fn expected(row: &Row) -> Vec<String> {
    let (hash, iterations) = row.mac;
    let mut lines = vec![format!("MAC: {hash}, Iteration {iterations}"), "PKCS7 Data".to_owned()];
    lines.push(match row.certificate_encryption {
        Encryption::Plain => "PKCS7 Data".to_owned(),
        encryption => format!("PKCS7 Encrypted data: {}", words(encryption)),
    });
    for PrivateKey { of, provider, is_machine, container, usage } in &row.keys {
        lines.push(match row.key_encryption {
            Encryption::Plain => "Key bag".to_owned(),
            encryption => format!("Shrouded Keybag: {}", words(encryption)),
        });
        lines.push(format!(
            "key {of}: CSP {provider:?}, machine {is_machine}, name {container:?}, usage {usage:?}, id true"
        ));
    }
    for certificate @ Certificate { of, friendly_name } in &row.certificates {
        let name = friendly_name.map(in_latin1);
        lines.push(format!("certificate {of}: name {name:?}, id {}", row.has_key(certificate)));
    }
    lines
}

/// Names beyond ASCII come out in octets that are no UTF-8.
fn in_latin1(name: &str) -> String {
    name.replace(['\u{f6}', '\u{20ac}'], "\u{fffd}")
}

fn words(encryption: Encryption) -> String {
    match encryption {
        Encryption::Plain => String::new(),
        Encryption::TripleDes(iterations) => format!("pbeWithSHA1And3-KeyTripleDES-CBC, Iteration {iterations}"),
        Encryption::Aes(bits, iterations, hash) => {
            format!("PBES2, PBKDF2, AES-{bits}-CBC, Iteration {iterations}, PRF hmacWith{hash}")
        }
    }
}
