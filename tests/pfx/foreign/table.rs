//! What is asked for, and what has to be in the file then.

use super::Program;
use crate::PASSWORD;
use crate::made::Files;

/// One file.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) about: &'static str,
    /// The command and its options by words; `{NAME}` is the path of a file of
    /// [`sources`], and `_` a space.
    command: &'static str,
    pub(super) keys: Vec<PrivateKey>,
    pub(super) certificates: Vec<Certificate>,
    pub(super) key_encryption: Encryption,
    pub(super) certificate_encryption: Encryption,
    pub(super) mac: (&'static str, u32),
    pub(super) password: &'static str,
    pub(super) refusals: Vec<Refusal>,
}

/// A private key, and what Windows is told of it.
#[derive(Clone, Debug)]
pub(super) struct PrivateKey {
    /// `node` or `ec`.
    pub(super) of: &'static str,
    pub(super) provider: Option<&'static str>,
    pub(super) is_machine: bool,
    pub(super) container: Option<&'static str>,
    /// The octet of keyUsage in hexadecimal digits.
    pub(super) usage: Option<&'static str>,
}

#[derive(Clone, Debug)]
pub(super) struct Certificate {
    /// `node`, `ec` or `ca`.
    pub(super) of: &'static str,
    pub(super) friendly_name: Option<&'static str>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encryption {
    /// None.
    Plain,
    /// By PBES2: bits, iterations, hash.
    Aes(u16, u32, &'static str),
    /// By PKCS#12's own derivation: iterations.
    TripleDes(u32),
}

/// What a program is known not to open.
#[derive(Clone, Copy, Debug)]
pub(super) struct Refusal {
    pub(super) program: Program,
    pub(super) until: Until,
    /// What it says, in part.
    pub(super) words: &'static str,
    pub(super) why: &'static str,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Until {
    /// The version that is documented to be the first that opens it.
    Known([u32; 2]),
    /// The last version that was seen to refuse it; what a newer one does is its affair,
    /// as long as it shows what is there.
    Seen([u32; 2]),
}

const KSP: &str = "Microsoft Software Key Storage Provider";
const SCHANNEL: &str = "Microsoft RSA SChannel Cryptographic Provider";
const STRONG: &str = "Microsoft Strong Cryptographic Provider";

/// As OpenSSL encrypts.
const AS_MADE: Encryption = Encryption::Aes(256, 2048, "SHA256");

const PBMAC1: [Refusal; 4] = [
    Refusal {
        program: Program::OpenSsl,
        until: Until::Known([3, 4]),
        words: "PBMAC1",
        why: "PBMAC1 came with OpenSSL 3.4",
    },
    Refusal {
        program: Program::Nss,
        until: Until::Seen([3, 87]),
        words: "SEC_ERROR_BAD_PASSWORD",
        why: "NSS 3.87 has no PBMAC1",
    },
    Refusal {
        program: Program::GnuTls,
        until: Until::Seen([3, 7]),
        words: "The hash algorithm is unknown",
        why: "GnuTLS 3.7 has no PBMAC1",
    },
    Refusal {
        program: Program::Java,
        until: Until::Seen([17, 0]),
        words: "HmacPBE1.2.840.113549.1.5.14 not available",
        why: "Java 17 has no PBMAC1",
    },
];

const JAVA_AES192: Refusal = Refusal {
    program: Program::Java,
    until: Until::Seen([17, 0]),
    words: "expecting the object identifier for AES cipher",
    why: "PBES2 of Java 17 has AES-128 and AES-256 alone",
};

const JAVA_PLAIN: Refusal = Refusal {
    program: Program::Java,
    until: Until::Seen([17, 0]),
    words: "0 entries",
    why: "Java 17 passes over keys that are not encrypted",
};

const JAVA_ASCII: Refusal = Refusal {
    program: Program::Java,
    until: Until::Seen([17, 0]),
    words: "keystore password was incorrect",
    why: "Java 17 takes passwords in ASCII alone",
};

/// The files that others are made of: `node1.pfx` with a KSP, for signatures alone, and
/// a name; `machine.pfx`, which is for the machine; `full.pfx` with a chain; `ec.pfx`.
pub(super) fn sources() -> Files {
    let files = Files::new();
    files.node1();
    files.export("node", "machine.pfx", None, "-LMK");
    files.export("node", "full.pfx", None, &format!("-certfile {}", files.path("ca.pem")));
    files.export("ec", "ec.pfx", None, "-name ec1");
    files
}

impl Row {
    pub(super) fn arguments(&self, files: &Files) -> Vec<String> {
        let word = |word: &str| match word.strip_prefix('{').and_then(|word| word.strip_suffix('}')) {
            Some(name) => files.path(name),
            None => word.replace('_', " "),
        };
        let mut arguments: Vec<String> = self.command.split(' ').map(word).collect();
        if !self.command.starts_with("create") {
            arguments.extend(["--password".to_owned(), PASSWORD.to_owned()]);
        }
        let changes_it = self.password != PASSWORD || !self.command.starts_with("convert");
        if self.password.is_empty() {
            arguments.push("--empty-password".to_owned());
        } else if changes_it {
            arguments.extend(["--new-password".to_owned(), self.password.to_owned()]);
        }
        arguments
    }

    /// What `convert` makes of `node1.pfx` when it is asked for nothing else.
    fn node1(about: &'static str, command: &'static str) -> Row {
        let name = Some("node1");
        let key = PrivateKey { of: "node", provider: Some(KSP), is_machine: false, container: name, usage: Some("80") };
        Row {
            about,
            command,
            keys: vec![key],
            certificates: vec![Certificate { of: "node", friendly_name: name }],
            key_encryption: AS_MADE,
            certificate_encryption: AS_MADE,
            mac: ("sha256", 2048),
            password: PASSWORD,
            refusals: Vec::new(),
        }
    }

    /// With another key attribute.
    fn key(mut self, change: impl Fn(&mut PrivateKey)) -> Row {
        self.keys.iter_mut().for_each(change);
        self
    }

    fn certificates(mut self, certificates: &[(&'static str, Option<&'static str>)]) -> Row {
        self.certificates =
            certificates.iter().map(|(of, friendly_name)| Certificate { of, friendly_name: *friendly_name }).collect();
        self
    }

    fn encrypted(self, encryption: Encryption, mac: (&'static str, u32)) -> Row {
        Row { key_encryption: encryption, certificate_encryption: encryption, mac, ..self }
    }

    fn refused(mut self, refusals: &[Refusal]) -> Row {
        self.refusals.extend(refusals);
        self
    }

    /// Whether a certificate has a private key in the file.
    pub(super) fn has_key(&self, certificate: &Certificate) -> bool {
        self.keys.iter().any(|key| key.of == certificate.of)
    }

    /// Those of `ec.pfx`, behind those that are there.
    fn and_ec(mut self) -> Row {
        let name = Some("ec1");
        self.keys.push(PrivateKey { of: "ec", provider: None, is_machine: false, container: name, usage: None });
        self.certificates.push(Certificate { of: "ec", friendly_name: name });
        self
    }
}

pub(super) fn rows() -> Vec<Row> {
    let mut rows = attributes();
    rows.extend(chains());
    rows.extend(presets());
    rows.extend(choices());
    rows.extend(others());
    rows
}

/// What Windows is told: each thing set and dropped.
fn attributes() -> Vec<Row> {
    let bare = |key: &mut PrivateKey| (key.provider, key.container, key.usage) = (None, None, None);
    let machine = |about, command| Row::node1(about, command).key(bare).certificates(&[("node", None)]);
    vec![
        Row::node1("nothing changed", "convert {node1.pfx}"),
        Row::node1("another provider", "convert {node1.pfx} --csp Microsoft_RSA_SChannel_Cryptographic_Provider")
            .key(|key| key.provider = Some(SCHANNEL)),
        Row::node1("no provider", "convert {node1.pfx} --csp none").key(|key| key.provider = None),
        Row::node1("key spec exchange", "convert {node1.pfx} --key-spec exchange").key(|key| key.usage = Some("10")),
        Row::node1("no key spec", "convert {node1.pfx} --key-spec none").key(|key| key.usage = None),
        machine("key spec signature", "convert {machine.pfx} --key-spec signature")
            .key(|key| (key.is_machine, key.usage) = (true, Some("80"))),
        Row::node1("for the machine", "convert {node1.pfx} --machine").key(|key| key.is_machine = true),
        machine("no longer for the machine", "convert {machine.pfx} --user"),
        Row::node1("another container", "convert {node1.pfx} --container te-Box_1")
            .key(|key| key.container = Some("te-Box 1")),
        Row::node1("no container", "convert {node1.pfx} --container none").key(|key| key.container = None),
        Row::node1("another friendly name", "convert {node1.pfx} --friendly-name Kn\u{f6}tchen_\u{20ac}")
            .certificates(&[("node", Some("Kn\u{f6}tchen \u{20ac}"))]),
        Row::node1("no friendly name", "convert {node1.pfx} --friendly-name none").certificates(&[("node", None)]),
        Row::node1(
            "nothing for Windows",
            "convert {node1.pfx} --csp none --key-spec none --user --container none --friendly-name none",
        )
        .key(bare)
        .certificates(&[("node", None)]),
    ]
}

fn chains() -> Vec<Row> {
    let name = Some("node1");
    let full = |command| Row::node1("the chain dropped", command).certificates(&[("node", None)]);
    vec![
        Row::node1("a chain added", "convert {node1.pfx} --add {ca.pem}").certificates(&[("node", name), ("ca", None)]),
        full("convert {full.pfx} --drop-chain").key(|key| {
            (key.provider, key.container, key.usage) = (None, None, None);
        }),
        full("convert {full.pfx} --drop-chain --add {ca.pem} --machine --csp Microsoft_Software_Key_Storage_Provider")
            .certificates(&[("node", None), ("ca", None)])
            .key(|key| (key.is_machine, key.container, key.usage) = (true, None, None)),
    ]
}

fn presets() -> Vec<Row> {
    let old = |about, command| Row::node1(about, command).encrypted(Encryption::TripleDes(2048), ("sha1", 2048));
    let new = |about, command| {
        Row::node1(about, command).encrypted(Encryption::Aes(256, 200_000, "SHA256"), ("sha256", 200_000))
    };
    vec![
        old("Server 2012 R2", "convert {node1.pfx} --compatible-with server2012r2"),
        old("Server 2016", "convert {node1.pfx} --compatible-with server2016"),
        new("Server 2019", "convert {node1.pfx} --compatible-with server2019"),
        new("Server 2022", "convert {node1.pfx} --compatible-with server2022"),
        new("modern", "convert {node1.pfx} --compatible-with modern"),
    ]
}

/// Every cipher, hash and MAC; what is not encrypted because that was asked for by name.
fn choices() -> Vec<Row> {
    let aes = |about, command, bits, hash, mac| {
        Row::node1(about, command).encrypted(Encryption::Aes(bits, 2048, hash), (mac, 2048))
    };
    let plain = |about, command| Row::node1(about, command).refused(&[JAVA_PLAIN]);
    vec![
        Row::node1("Triple DES", "convert {node1.pfx} --cipher 3des")
            .encrypted(Encryption::TripleDes(2048), ("sha1", 2048)),
        Row::node1("Triple DES, other MAC", "convert {node1.pfx} --cipher 3des --mac sha256 --iterations 1500")
            .encrypted(Encryption::TripleDes(1500), ("sha256", 1500)),
        aes("AES-128", "convert {node1.pfx} --cipher aes128", 128, "SHA256", "sha256"),
        aes("AES-192", "convert {node1.pfx} --cipher aes192", 192, "SHA256", "sha256").refused(&[JAVA_AES192]),
        aes("AES-256", "convert {node1.pfx} --cipher aes256", 256, "SHA256", "sha256"),
        aes("SHA-1", "convert {node1.pfx} --prf sha1 --mac sha1", 256, "SHA1", "sha1"),
        aes("SHA-224", "convert {node1.pfx} --prf sha224 --mac sha224", 256, "SHA224", "sha224"),
        aes("SHA-256", "convert {node1.pfx} --prf sha256 --mac sha256", 256, "SHA256", "sha256"),
        aes("SHA-384", "convert {node1.pfx} --prf sha384 --mac sha384", 256, "SHA384", "sha384"),
        aes("SHA-512", "convert {node1.pfx} --prf sha512 --mac sha512", 256, "SHA512", "sha512"),
        Row::node1("iterations", "convert {node1.pfx} --iterations 3000")
            .encrypted(Encryption::Aes(256, 3000, "SHA256"), ("sha256", 3000)),
        Row::node1("PBMAC1, SHA-256", "convert {node1.pfx} --mac pbmac1-sha256").refused(&PBMAC1),
        Row::node1("PBMAC1, SHA-512", "convert {node1.pfx} --mac pbmac1-sha512").refused(&PBMAC1),
        Row {
            certificate_encryption: Encryption::Plain,
            ..Row::node1("plain certificates", "convert {node1.pfx} --plain-certificates")
        },
        Row { key_encryption: Encryption::Plain, ..plain("plain key", "convert {node1.pfx} --plain-keys") },
        plain("nothing encrypted", "convert {node1.pfx} --plain-keys --plain-certificates")
            .encrypted(Encryption::Plain, ("sha256", 2048)),
    ]
}

/// The other commands, and passwords.
fn others() -> Vec<Row> {
    let created = |about, command| {
        let fast = Encryption::Aes(256, 2500, "SHA256");
        Row::node1(about, command).encrypted(fast, ("sha256", 2500)).certificates(&[("node", None), ("ca", None)])
    };
    let bare = |key: &mut PrivateKey| (key.provider, key.container, key.usage) = (None, None, None);
    let with = |row: Row, password| Row { password, ..row };
    let beyond = "p\u{e4}ssw\u{f6}rd \u{20ac}";
    let two = [("node", Some("node1")), ("ec", Some("ec1"))];
    vec![
        created("created bare", "create --key {node.key} --cert {node.pem} --cert {ca.pem} --iterations 2500").key(bare),
        created(
            "created for a node",
            "create --key {node.key} --cert {ca.pem} --cert {node.pem} --iterations 2500 --csp Microsoft_Strong_Cryptographic_Provider --key-spec exchange --machine --container box --friendly-name Node_1",
        )
        .key(|key| {
            *key = PrivateKey {
                of: "node",
                provider: Some(STRONG),
                is_machine: true,
                container: Some("box"),
                usage: Some("10"),
            };
        })
        .certificates(&[("node", Some("Node 1")), ("ca", None)]),
        created(
            "created of two keys",
            "create --key {node.key} --key {ec.key} --cert {ec.pem} --cert {node.pem} --compatible-with server2016",
        )
        .and_ec()
        .key(bare)
        .certificates(&[("node", None), ("ec", None)])
        .encrypted(Encryption::TripleDes(2048), ("sha1", 2048)),
        Row::node1("merged", "merge {node1.pfx} {ec.pfx}").and_ec(),
        Row::node1("merged with itself and a chain", "merge {node1.pfx} {full.pfx} {ec.pfx} --cipher aes128")
            .and_ec()
            .certificates(&[two[0], ("ca", None), two[1]])
            .encrypted(Encryption::Aes(128, 2048, "SHA256"), ("sha256", 2048)),
        with(Row::node1("another password", "password {node1.pfx}"), "battery staple"),
        with(Row::node1("a password beyond ASCII", "password {node1.pfx}"), beyond).refused(&[JAVA_ASCII]),
        with(Row::node1("a password beyond ASCII, for old Windows", "password {node1.pfx} --cipher 3des"), beyond)
            .encrypted(Encryption::TripleDes(2048), ("sha1", 2048))
            .refused(&[JAVA_ASCII]),
        with(Row::node1("the empty password", "convert {node1.pfx}"), ""),
        with(Row::node1("the empty password, for old Windows", "convert {node1.pfx} --cipher 3des"), "")
            .encrypted(Encryption::TripleDes(2048), ("sha1", 2048)),
    ]
}
