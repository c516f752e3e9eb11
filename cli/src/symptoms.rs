//! What Windows says when something is wrong with a private key, a PFX file or a
//! connection: its errors and events, what they mean, and which demands of products they
//! are about.

mod network;
mod reported;

/// An error of Windows, or of a product there, that is met where keys are used or
/// endpoints connected to.
#[derive(Debug)]
pub(crate) struct Symptom {
    /// Its HRESULT; 0 when it has none.
    pub(crate) hresult: u32,
    /// Its name, or what it is.
    pub(crate) name: &'static str,
    /// By what else it is known: other numbers, events, names in source code.
    pub(crate) others: &'static [&'static str],
    /// What is said then.
    pub(crate) says: &'static str,
    /// Parts of that by which it is known, word by word.
    pub(crate) sentences: &'static [&'static str],
    /// What it means.
    pub(crate) meaning: &'static str,
    /// The demands of products that are not met then, by their codes.
    pub(crate) demands: &'static [&'static str],
    /// What to do.
    pub(crate) hint: &'static str,
    /// The commands that do it or tell more, ours first.
    pub(crate) commands: &'static [&'static str],
}

/// The symptoms of this name or number, in any letter case.
pub(crate) fn by_name(name: &str) -> impl Iterator<Item = &'static Symptom> {
    let number = hresult(name);
    let name = name.trim_start_matches("error-").trim_start_matches("event-").to_owned();
    all().filter(move |symptom| {
        let is = |known: &str| known.eq_ignore_ascii_case(&name);
        is(symptom.name)
            || symptom.others.iter().any(|other| is(other))
            || number.is_some_and(|number| number == symptom.hresult)
    })
}

/// All symptoms.
pub(crate) fn all() -> impl Iterator<Item = &'static Symptom> {
    KEYS.iter().chain(network::SYMPTOMS).chain(reported::SYMPTOMS)
}

/// What .NET calls the status of a chain (X509ChainStatusFlags), and the bit of Windows
/// (CERT_TRUST_STATUS, wincrypt.h) under which findings stand for it; as far as there are any.
/// The kinds of broken name constraints, which have bits of their own, are one there.
pub(crate) const CHAIN_STATUS: &[(&str, u32)] = &[
    ("NotTimeValid", 0x1),
    ("Revoked", 0x4),
    ("NotSignatureValid", 0x8),
    ("NotValidForUsage", 0x10),
    ("UntrustedRoot", 0x20),
    ("RevocationStatusUnknown", 0x40),
    ("InvalidExtension", 0x100),
    ("InvalidPolicyConstraints", 0x200),
    ("InvalidBasicConstraints", 0x400),
    ("InvalidNameConstraints", 0x800),
    ("HasNotPermittedNameConstraint", 0x800),
    ("HasExcludedNameConstraint", 0x800),
    ("PartialChain", 0x1_0000),
    ("HasWeakSignature", 0x10_0000),
    ("OfflineRevocation", 0x100_0000),
    ("NoIssuanceChainPolicy", 0x200_0000),
    ("HasNotSupportedCriticalExtension", 0x800_0000),
];

/// The fewest words of a sentence that is looked for within those that are known.
const MIN_WORDS: usize = 3;

/// The symptoms whose sentence is in a text, or which has the text as a part of it;
/// letter case and punctuation do not matter.
pub(crate) fn by_sentence(text: &str) -> impl Iterator<Item = &'static Symptom> {
    let text = words(text);
    let is_part = text.split_whitespace().count() >= MIN_WORDS;
    all().filter(move |symptom| {
        symptom.sentences.iter().map(|sentence| words(sentence)).any(|known| {
            // Whole words, so that none begins or ends in the middle of one.
            text.contains(&known) || (is_part && known.contains(&text))
        })
    })
}

/// A text as its words in lower case, each between blanks.
fn words(text: &str) -> String {
    let words = text.split(|character: char| !character.is_alphanumeric()).filter(|word| !word.is_empty());
    words.fold(" ".to_owned(), |mut line, word| {
        line.push_str(&word.to_lowercase());
        line.push(' ');
        line
    })
}

/// A number as HRESULTs are written: hexadecimal, of a failure without 0x too, or decimal
/// with a sign.
pub(crate) fn hresult(text: &str) -> Option<u32> {
    let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"));
    let number = match digits {
        Some(digits) => u32::from_str_radix(digits, 16).ok(),
        // No code of an event or of Win32 has as many digits.
        None if text.len() == 8 && text.starts_with('8') => u32::from_str_radix(text, 16).ok(),
        None => text.starts_with('-').then(|| text.parse::<i32>().ok().map(i32::cast_unsigned)).flatten(),
    };
    number.filter(|number| *number != 0)
}

const CONVERT: &str = "certlens pfx convert FILE.pfx --csp \"Microsoft Enhanced RSA and AES Cryptographic Provider\" --key-spec exchange --machine --password-file FILE --output FILE-ready.pfx";
const IMPORT: &str =
    "certutil -f -csp \"Microsoft Enhanced RSA and AES Cryptographic Provider\" -importpfx My FILE.pfx AT_KEYEXCHANGE";
const LOOK: &str = "certutil -store My THUMBPRINT";
const GRANT: &str = "icacls \"%ALLUSERSPROFILE%\\Microsoft\\Crypto\\RSA\\MachineKeys\\CONTAINER\" /grant \"ACCOUNT:R\"";
const CHECK: &str = "certlens pfx check --for shir-ha FILE.pfx --password-file FILE";

/// Those about keys and files.
const KEYS: &[Symptom] = &[
    Symptom {
        hresult: 0x8009_030d,
        name: "SEC_E_UNKNOWN_CREDENTIALS",
        others: &["36870"],
        says: "A fatal error occurred when attempting to access the TLS server credential private key; internal error state 10001 (Schannel, event 36870)",
        sentences: &["A fatal error occurred when attempting to access the TLS server credential private key"],
        meaning: "TLS cannot use the private key of the server's certificate: as a rule the account of the service may not read it, or it is not where the certificate in the store says.",
        demands: &["readable", "store", "private-key"],
        hint: "See on the node whether the certificate has its key, find the key's file by its unique container name, and grant the account of the service read access. Do it again after each import: a new container has permissions of its own.",
        commands: &["certlens pfx check --for shir-ha FILE.pfx --acl PERMISSIONS --password-file FILE", LOOK, GRANT],
    },
    Symptom {
        hresult: 0x8009_030e,
        name: "SEC_E_NO_CREDENTIALS",
        others: &[],
        says: "No credentials are available in the security package",
        sentences: &["No credentials are available in the security package"],
        meaning: "There is no private key that TLS could use: it was not imported, may not be read, or is in the memory of a process alone (an ephemeral key of .NET).",
        demands: &["private-key", "readable", "store"],
        hint: "See on the node whether the certificate has its key; import the PFX file into the machine's store, and grant the account of the service read access.",
        commands: &[CHECK, LOOK, IMPORT],
    },
    Symptom {
        hresult: 0x8009_0014,
        name: "NTE_BAD_PROV_TYPE",
        others: &[],
        says: "Invalid provider type specified",
        sentences: &["Invalid provider type specified"],
        meaning: "The key is in a KSP (CNG), and the program asks for it as for one in a CSP, as .NET Framework's X509Certificate2.PrivateKey and older WCF do.",
        demands: &["csp", "key-exchange", "wcf-older"],
        hint: "Convert the PFX file so that it names a CSP, delete certificate and key on the node, import what was written, and grant the account of the service access again. An elliptic-curve key cannot be in a CSP: ask for a certificate with an RSA key.",
        commands: &[CONVERT, IMPORT],
    },
    Symptom {
        hresult: 0,
        name: "error code 103 of the integration runtime",
        others: &["103"],
        says: "Failed to grant Integration Runtime service account the access of to the certificate; error code 103",
        sentences: &["Failed to grant Integration Runtime service account the access"],
        meaning: "The private key is in a KSP (CNG); nodes of a self-hosted integration runtime take keys in a CSP alone.",
        demands: &["csp"],
        hint: "Convert the PFX file so that it names a CSP, delete certificate and key on each node, and import what was written.",
        commands: &[CHECK, CONVERT, IMPORT],
    },
    Symptom {
        hresult: 0,
        name: "SslCertMayNotDoKeyExchange",
        others: &["SslServerCertMustDoKeyExchange", "36888", "36874"],
        says: "The certificate may not have a private key that is capable of key exchange, or the process may not have access rights for the private key (WCF); Schannel events 36888 and 36874",
        sentences: &["may not have a private key that is capable of key exchange"],
        meaning: "The key is for signatures alone (AT_SIGNATURE), is in a KSP, or may not be read by the account of the service.",
        demands: &["key-exchange", "not-signature", "wcf-older", "readable"],
        hint: "Convert the PFX file so that its key is for exchange in a CSP, import what was written, and grant the account of the service read access.",
        commands: &[CHECK, CONVERT, IMPORT],
    },
    Symptom {
        hresult: 0x8007_0056,
        name: "ERROR_INVALID_PASSWORD",
        others: &["86"],
        says: "The specified network password is not correct",
        sentences: &["The specified network password is not correct"],
        meaning: "The password of the PFX file is wrong; or it is right, and the release of Windows does not know how the file is encrypted: Windows Server 2016 and older do not open AES (PBES2), which OpenSSL 3 and others write.",
        demands: &["opens"],
        hint: "See with certlens whether the password opens the file, and which releases do; write it anew as the old release reads it.",
        commands: &[
            "certlens pfx inspect FILE.pfx --password-file FILE",
            "certlens pfx convert FILE.pfx --compatible-with server2016 --password-file FILE --output FILE-ready.pfx",
        ],
    },
    Symptom {
        hresult: 0x8009_0016,
        name: "NTE_BAD_KEYSET",
        others: &[],
        says: "Keyset does not exist",
        sentences: &["Keyset does not exist"],
        meaning: "The key that the certificate in the store refers to was not found: the account may not read it, its file is gone, or the provider that is named is another one than the key's. Who asks without elevation is told so of keys that are there.",
        demands: &["readable", "store", "private-key"],
        hint: "Look from an elevated prompt; grant the account read access; where the key is gone, import the PFX file again.",
        commands: &[LOOK, GRANT, IMPORT],
    },
    Symptom {
        hresult: 0x8009_0010,
        name: "NTE_PERM",
        others: &[],
        says: "Access denied",
        sentences: &[],
        meaning: "The account may not use the private key.",
        demands: &["readable"],
        hint: "Find the key's file by its unique container name, and grant the account read access.",
        commands: &[LOOK, GRANT],
    },
    Symptom {
        hresult: 0x8009_200b,
        name: "CRYPT_E_NO_KEY_PROPERTY",
        others: &[],
        says: "Cannot find the certificate and private key for decryption",
        sentences: &["Cannot find the certificate and private key for decryption"],
        meaning: "The certificate in the store has no private key: it came without one, or it was not connected with it. certutil says so of CA certificates too, where it is as it should be.",
        demands: &["private-key", "store"],
        hint: "See whether the PFX file has the certificate's key, and import it; a key that is on the node already is connected with its certificate by -repairstore.",
        commands: &[
            "certlens pfx inspect FILE.pfx --password-file FILE",
            IMPORT,
            "certutil -repairstore My THUMBPRINT",
        ],
    },
];

#[cfg(test)]
mod tests {
    use certlens_keystore::profile::Profile;

    use super::*;
    use crate::facts::explain::ExplainedDemandFacts;

    #[test]
    fn names_and_numbers_find_what_they_stand_for() {
        for (name, found) in [
            ("0x8009030D", "SEC_E_UNKNOWN_CREDENTIALS"),
            ("8009030d", "SEC_E_UNKNOWN_CREDENTIALS"),
            ("-2146893043", "SEC_E_UNKNOWN_CREDENTIALS"),
            ("sec_e_unknown_credentials", "SEC_E_UNKNOWN_CREDENTIALS"),
            ("36870", "SEC_E_UNKNOWN_CREDENTIALS"),
            ("0X80090014", "NTE_BAD_PROV_TYPE"),
            ("0x80070056", "ERROR_INVALID_PASSWORD"),
            ("103", "error code 103 of the integration runtime"),
            ("event-36888", "SslCertMayNotDoKeyExchange"),
        ] {
            assert_eq!(by_name(name).map(|symptom| symptom.name).collect::<Vec<_>>(), [found], "{name}");
        }
        for name in ["0x0", "0", "0x80090015", "", "-", "0x", "0x123456789", "8009030g", "8009030"] {
            assert_eq!(by_name(name).count(), 0, "{name}");
        }
    }

    #[test]
    fn sentences_find_what_says_them() {
        for (text, found) in [
            (
                "The underlying connection was closed: Could not establish trust relationship for the SSL/TLS secure channel.",
                "TrustFailure",
            ),
            ("could not establish trust relationship", "TrustFailure"),
            (
                "TCP error code 10061: No connection could be made because the target machine actively refused it 10.0.0.5:8060",
                "WSAECONNREFUSED",
            ),
            ("actively refused it", "WSAECONNREFUSED"),
            ("No such host is known.", "WSAHOST_NOT_FOUND"),
            ("An existing connection was forcibly closed by the remote host", "WSAECONNRESET"),
            (
                "The remote name could not be resolved: 'wu2.frontend.clouddatahub.net'",
                "ERROR_WINHTTP_NAME_NOT_RESOLVED",
            ),
            ("a non-recoverable error occurred during a database lookup", "WSANO_RECOVERY"),
            (
                "The remote server returned an error: (407) Proxy Authentication Required.",
                "407 Proxy Authentication Required",
            ),
            ("Keyset does not exist", "NTE_BAD_KEYSET"),
            ("The remote certificate was not provided", "RemoteCertificateNotAvailable"),
            (
                "The remote certificate is invalid because of errors in the certificate chain: PartialChain",
                "RemoteCertificateChainErrors",
            ),
        ] {
            assert_eq!(by_sentence(text).map(|symptom| symptom.name).collect::<Vec<_>>(), [found], "{text}");
        }
        // A trace has the sentences of all that went wrong in it.
        let trace = "System.Net.WebException: Unable to connect to the remote server ---> SocketException: A connection attempt failed because the connected party did not properly respond after a period of time";
        assert_eq!(by_sentence(trace).count(), 2);
        let narrower =
            "The remote certificate is invalid according to the validation procedure: RemoteCertificateNameMismatch";
        let found: Vec<&str> = by_sentence(narrower).map(|symptom| symptom.name).collect();
        assert_eq!(found, ["RemoteCertificateNameMismatch", "TrustFailure"], "what says more comes first");
        for text in ["", "the", "refused it", "is not", "no such host is knownish", "known host such", "... --- !"] {
            assert_eq!(by_sentence(text).count(), 0, "{text}");
        }
    }

    /// Of a Win32 error the HRESULT is made of the number.
    #[test]
    fn numbers_are_those_of_their_hresults() {
        for symptom in all().filter(|symptom| symptom.hresult >> 16 == 0x8007) {
            let number = (symptom.hresult & 0xffff).to_string();
            assert_eq!(symptom.others.first(), Some(&number.as_str()), "{}", symptom.name);
        }
        for name in ["10054", "10060", "10061", "10065", "11001", "11002", "11003", "11004", "12002", "12007", "12029"]
            .iter()
            .chain(&[
                "12030",
                "12044",
                "12057",
                "12157",
                "12175",
                "10013",
                "10051",
                "12005",
                "12006",
                "12015",
                "12037",
                "12045",
                "12152",
                "12156",
                "0x80090308",
                "0x80090326",
                "0x80090331",
                "0x80090325",
                "0x80092012",
                "0x80092013",
                "0x800B0109",
            ])
        {
            let found: Vec<_> = by_name(name).collect();
            let [one] = &found[..] else { panic!("{name}: {found:?}") };
            assert!(one.commands.first().is_some_and(|command| command.starts_with("certlens ")), "{name}");
        }
    }

    #[test]
    fn no_command_asks_for_the_password_itself() {
        for command in all().flat_map(|symptom| symptom.commands) {
            let file = command.split_once("--password-file ").map(|(_, rest)| rest.split(' ').next());
            assert!(file.is_none_or(|word| word == Some("FILE")), "{command}");
        }
    }

    #[test]
    fn every_demand_that_is_named_is_one() {
        let demands: Vec<&str> =
            Profile::all().iter().flat_map(|profile| profile.demands).map(|demand| demand.code).collect();
        let demands: Vec<&str> = demands.into_iter().chain(ExplainedDemandFacts::of_nodes()).collect();
        for symptom in all() {
            for code in symptom.demands {
                assert!(demands.contains(code), "{}: {code}", symptom.name);
            }
        }
    }
}
