//! The facts of a PFX in the words of the tables.

use certlens_core::encoding::hex;
use certlens_keystore::pbe::{Cipher, Encryption, Hash, Kdf, Mac, Pkcs12Cipher};
use certlens_keystore::pfx::{AttributeKind, AttributeProblemKind, Bag, BagContent, Pfx, Protection};

/// One fact of each key, or `-` when there are none.
fn of_keys(pfx: &Pfx, fact: impl Fn(&Bag) -> String) -> String {
    let facts: Vec<String> = pfx.private_keys().map(fact).collect();
    if facts.is_empty() || facts.iter().all(|fact| fact == "-") { "-".to_owned() } else { facts.join(" | ") }
}

pub(crate) fn provider(pfx: &Pfx) -> String {
    of_keys(pfx, |bag| match &bag.attributes.provider {
        None => "-".to_owned(),
        Some(provider) => match provider.text() {
            None => "(unreadable)".to_owned(),
            Some("") => "(empty)".to_owned(),
            Some(text) => text.to_owned(),
        },
    })
}

pub(crate) fn machine(pfx: &Pfx) -> String {
    of_keys(pfx, |bag| if bag.attributes.machine_keyset { "y" } else { "n" }.to_owned())
}

pub(crate) fn container(pfx: &Pfx) -> String {
    of_keys(pfx, |bag| {
        let name = bag.attributes.friendly_name.as_ref();
        name.map_or("-", |name| name.text().unwrap()).to_owned()
    })
}

pub(crate) fn local_key_id(pfx: &Pfx) -> String {
    of_keys(pfx, |bag| bag.attributes.local_key_id.as_ref().map_or("-".to_owned(), |id| hex::encode(id)))
}

pub(crate) fn key_algorithm(pfx: &Pfx) -> String {
    let algorithms: Vec<&str> = pfx
        .private_keys()
        .map(|bag| match hex::encode(bag.private_key().unwrap().algorithm_oid()).as_str() {
            "2a864886f70d010101" => "RSA",
            "2a8648ce3d0201" => "EC",
            "2a8648ce380401" => "DSA",
            "2b6570" => "Ed25519",
            other => panic!("{other}"),
        })
        .collect();
    if algorithms.is_empty() { "none".to_owned() } else { algorithms.join(" | ") }
}

pub(crate) fn key_usage(pfx: &Pfx) -> String {
    of_keys(pfx, |bag| {
        let usage = &bag.private_key().unwrap().key_usage;
        usage.as_ref().map_or("absent".to_owned(), |usage| hex::encode(usage.as_der()))
    })
}

fn hash(hash: Hash) -> &'static str {
    match hash {
        Hash::Sha1 => "sha1",
        Hash::Sha224 => "sha224",
        Hash::Sha256 => "sha256",
        Hash::Sha384 => "sha384",
        Hash::Sha512 => "sha512",
    }
}

pub(crate) fn mac(pfx: &Pfx, with_salt: bool) -> String {
    let Some(mac) = &pfx.mac else { return "none".to_owned() };
    match mac.algorithm.as_ref().unwrap() {
        Mac::Pkcs12 { hash: by, salt, iterations } => {
            let salt = if with_salt { format!("/s{}", salt.len()) } else { String::new() };
            format!("hmac-{}/i{iterations}{salt}", hash(*by))
        }
        Mac::Pbmac1 { kdf: Kdf::Pbkdf2 { iterations, key_length, prf, .. }, hash: by } => {
            let length = key_length.map_or("None".to_owned(), |length| length.to_string());
            format!("PBMAC1(pbkdf2-{}/i{iterations}/kl{length},hmac-{})", hash(*prf), hash(*by))
        }
        other => panic!("{other}"),
    }
}

fn algorithm(encryption: &Encryption) -> String {
    match encryption {
        Encryption::Pkcs12 { cipher, salt, iterations } => {
            let cipher = match cipher {
                Pkcs12Cipher::TripleDes => "3DES",
                Pkcs12Cipher::Rc2With40 => "RC2-40",
                Pkcs12Cipher::Rc2With128 => "RC2-128",
                other => panic!("{other:?}"),
            };
            format!("pbeSHA1-{cipher}/i{iterations}/s{}", salt.len())
        }
        Encryption::Pbes2 { kdf: Kdf::Pbkdf2 { salt, iterations, prf, .. }, cipher, .. } => {
            let cipher = match cipher {
                Cipher::Aes128 => "aes128",
                Cipher::Aes256 => "aes256",
                other => panic!("{other:?}"),
            };
            format!("PBES2(pbkdf2-{}/i{iterations}/s{},{cipher})", hash(*prf), salt.len())
        }
        other => panic!("{other}"),
    }
}

pub(crate) fn encryption(pfx: &Pfx) -> String {
    let safes: Vec<String> = pfx
        .safes
        .iter()
        .map(|safe| match &safe.protection {
            Protection::Plain => "data".to_owned(),
            Protection::Password { encryption, .. } => format!("enc:{}", algorithm(encryption.as_ref().unwrap())),
            Protection::Other { .. } => "other".to_owned(),
        })
        .collect();
    let keys = of_keys(pfx, |bag| match &bag.content {
        BagContent::ShroudedKey(shrouded) => algorithm(shrouded.encryption.as_ref().unwrap()),
        _ => "plain".to_owned(),
    });
    format!("safes={} key={keys}", if safes.is_empty() { "-".to_owned() } else { safes.join(";") })
}

pub(crate) fn forms(pfx: &Pfx) -> String {
    let all = [
        (pfx.forms.indefinite_lengths, "indefinite length"),
        (pfx.forms.fragmented_strings, "constructed OCTET STRING"),
    ];
    let present: Vec<&str> = all.into_iter().filter(|form| form.0).map(|form| form.1).collect();
    if present.is_empty() { "n".to_owned() } else { format!("y ({})", present.join(",")) }
}

/// Whether a PFX shows what a table warns of; `None` for what is found out elsewhere.
pub(crate) fn shows(pfx: &Pfx, warning: &str) -> Option<bool> {
    let problem = |kind: fn(&AttributeProblemKind) -> bool| {
        let problems = pfx.private_keys().flat_map(|bag| &bag.attributes.problems);
        problems.filter(|problem| problem.attribute == AttributeKind::Provider).any(|problem| kind(&problem.kind))
    };
    Some(match warning {
        "8 bytes after the PFX" => pfx.trailing.is_some_and(|trailing| trailing.octets == 8 && trailing.zeros),
        "duplicate provider attribute, first used" => problem(|kind| matches!(kind, AttributeProblemKind::Duplicate)),
        "key not encrypted" => pfx.bags().any(|bag| matches!(bag.content, BagContent::Key(_))),
        "no MAC" => pfx.mac.is_none(),
        "no certificate" => pfx.certificates().next().is_none(),
        "no private key" => pfx.private_keys().next().is_none(),
        "two keys" => pfx.private_keys().count() == 2,
        "provider attribute empty" => problem(|kind| matches!(kind, AttributeProblemKind::EmptyText)),
        "provider attribute is not a string" => problem(|kind| matches!(kind, AttributeProblemKind::WrongType { .. })),
        "provider attribute without value" => problem(|kind| matches!(kind, AttributeProblemKind::NoValue)),
        "provider name malformed" => problem(|kind| matches!(kind, AttributeProblemKind::OddLength { .. })),
        "secretBag present" => pfx.bags().any(|bag| matches!(bag.content, BagContent::Secret { .. })),
        "unknown bag type ignored" => pfx.bags().any(|bag| matches!(bag.content, BagContent::Other { .. })),
        _ => return None,
    })
}
