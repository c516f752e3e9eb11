//! Certificates of nodes, and PFX files of them.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use certlens_keystore::pfx::write::{Contents, KeyEntry, SystemRandom, WritePassword};
use certlens_keystore::provider::KeySpec;
use certlens_keystore::provider::releases::CompatibleWith;
use certlens_keystore::secret::{Password, SecretOctets};
use certlens_testkit::program::Isolated;
use certlens_testkit::{Ca, CertificateBuilder, Extension, GeneralName, Key, KeyUsage, Name, pem, purposes};
use serde_json::Value;
use tempfile::TempDir;

use crate::schema;

pub(crate) const ENHANCED: &str = "Microsoft Enhanced RSA and AES Cryptographic Provider";
pub(crate) const SOFTWARE_KSP: &str = "Microsoft Software Key Storage Provider";

/// In the middle of the certificates' validity.
pub(crate) const AT: &str = "2026-07-01T00:00:00Z";

pub(crate) const NODES: [&str; 2] = ["node1.example.com", "node2.example.com"];

/// Encryption that every release reads.
pub(crate) const OLD: [&str; 6] = ["-keypbe", "PBE-SHA1-3DES", "-certpbe", "PBE-SHA1-3DES", "-macalg", "sha1"];

pub(crate) struct Lab {
    folder: TempDir,
    issuing: Ca,
}

impl Lab {
    /// Trust anchors, an intermediate, the password `secret` in `pw`.
    pub(crate) fn new() -> Lab {
        let root = Ca::anchor("Root", Key::p256(0));
        let issuing = Ca::intermediate("Issuing CA", Key::p256(1), &root);
        let lab = Lab { folder: tempfile::tempdir().unwrap(), issuing };
        lab.write("root.pem", pem::certificate(root.der()));
        lab.write("other.pem", pem::certificate(Ca::anchor("Other Root", Key::p256(2)).der()));
        lab.write("issuing.pem", pem::certificate(lab.issuing.der()));
        lab.write("pw", "secret\n");
        lab
    }

    /// A ready file: `good.pfx` of the certificate `good.pem`.
    pub(crate) fn with_good() -> Lab {
        let lab = Lab::new();
        lab.certificate("good", Key::rsa2048(0), |plain| plain);
        lab.pfx("good", "good", &["-CSP", ENHANCED, "-keyex", "-LMK"], &OLD);
        lab
    }

    pub(crate) fn write(&self, name: &str, octets: impl AsRef<[u8]>) {
        fs::write(self.folder.path().join(name), octets).unwrap();
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// `NAME.pem` for the nodes, changed so, with its key in `NAME.key`.
    pub(crate) fn certificate(
        &self,
        name: &str,
        key: Key,
        change: impl Fn(CertificateBuilder) -> CertificateBuilder,
    ) -> Vec<u8> {
        let plain = CertificateBuilder::new(Name::cn(NODES[0]), key)
            .extension(Extension::subject_alt_name(NODES.map(GeneralName::dns)))
            .extension(Extension::key_usage(&[KeyUsage::DigitalSignature, KeyUsage::KeyEncipherment]).critical())
            .extension(Extension::extended_key_usage([purposes::SERVER_AUTH]));
        let der = change(plain).issued_by(&self.issuing);
        self.write(&format!("{name}.pem"), pem::certificate(&der));
        self.write(&format!("{name}.key"), pem::encode("PRIVATE KEY", &key.pkcs8()));
        der
    }

    /// `NAME.pfx` by openssl, with the intermediate.
    pub(crate) fn pfx(&self, name: &str, of: &str, options: &[&str], encryption: &[&str]) {
        let (certificate, key, output) = (format!("{of}.pem"), format!("{of}.key"), format!("{name}.pfx"));
        let mut command = Command::new("openssl");
        command.args(["pkcs12", "-export", "-in", &certificate, "-certfile", "issuing.pem", "-out", &output]);
        command.args(["-passout", "pass:secret"]).args(options).args(encryption).current_dir(self.path());
        if !options.contains(&"-nokeys") {
            command.args(["-inkey", &key]);
        }
        let output = command.stdin(Stdio::null()).output().expect("openssl starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    /// `NAME.pfx` by certlens' own writer, of what openssl does not put together.
    pub(crate) fn written(&self, name: &str, keys: &[Key], certificates: &[Vec<u8>]) {
        self.written_into(name, &keys.iter().map(|key| (*key, ENHANCED)).collect::<Vec<_>>(), certificates);
    }

    /// The same, each key with its provider.
    pub(crate) fn written_into(&self, name: &str, keys: &[(Key, &str)], certificates: &[Vec<u8>]) {
        let mut contents = Contents::default();
        for (key, provider) in keys {
            let mut entry = KeyEntry::new(SecretOctets::new(key.pkcs8())).unwrap();
            entry.set_key_spec(Some(KeySpec::Exchange)).unwrap();
            entry.attributes.provider = Some((*provider).to_owned());
            entry.attributes.machine_keyset = true;
            contents.keys.push(entry);
        }
        for certificate in certificates {
            contents.add_certificate(certificate.clone()).unwrap();
        }
        let password = Password::new("secret".to_owned());
        let protection = CompatibleWith::Server2016.into();
        let octets = contents.write(&protection, WritePassword::Given(&password), &mut SystemRandom).unwrap();
        self.write(&format!("{name}.pfx"), octets.expose());
    }

    /// openssl in the folder.
    pub(crate) fn openssl(&self, arguments: &[&str]) {
        let mut command = Command::new("openssl");
        command.args(arguments).current_dir(self.path()).stdin(Stdio::null());
        let output = command.output().expect("openssl starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    /// certlens in the folder.
    pub(crate) fn certlens(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_certlens"));
        command.env_remove("SSL_CERT_FILE").env_remove("SSL_CERT_DIR");
        command.args(arguments).current_dir(self.path()).stdin(Stdio::null()).output().expect("certlens starts")
    }

    /// certlens in the folder, with a file as standard input.
    pub(crate) fn certlens_reading(&self, file: &str, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_certlens"));
        command.args(arguments).current_dir(self.path());
        command.stdin(fs::File::open(self.path().join(file)).unwrap()).output().expect("certlens starts")
    }

    /// certlens in the folder, in a network of its own.
    pub(crate) fn isolated(&self, network: &Isolated, arguments: &[&str]) -> Output {
        let mut command = network.command(env!("CARGO_BIN_EXE_certlens"));
        command.env_remove("SSL_CERT_FILE").env_remove("SSL_CERT_DIR");
        command.args(arguments).current_dir(self.path()).stdin(Stdio::null()).output().expect("unshare starts")
    }

    /// Runs a command in both forms, which must end alike; gives exit code, the text as
    /// one line of words, and JSON that keeps to its schema.
    pub(crate) fn both(&self, arguments: &[&str]) -> (i32, String, Value) {
        let text = self.certlens(arguments);
        let json = self.certlens(&[arguments, &["--format", "json"]].concat());
        let shown = String::from_utf8(text.stdout).unwrap();
        let errors = String::from_utf8_lossy(&json.stderr);
        assert_eq!(text.status.code(), json.status.code(), "{arguments:?}\n{shown}\n{errors}");
        let json: Value =
            serde_json::from_slice(&json.stdout).unwrap_or_else(|error| panic!("{arguments:?}: {error}\n{errors}"));
        let name = json["schema"].as_str().unwrap().trim_start_matches("certlens/").replace('/', "-");
        schema::check(&name, &json);
        let exit = text.status.code().unwrap();
        assert_eq!(json["exit_code"], exit);
        (exit, shown.split_whitespace().collect::<Vec<_>>().join(" "), json)
    }

    /// `pfx check --for PROFILE FILE` with the password, at the time.
    pub(crate) fn check(&self, profile: &str, file: &str, more: &[&str]) -> (i32, String, Value) {
        let first = ["pfx", "check", "--for", profile, file, "--at", AT, "--password-file", "pw"];
        self.both(&[&first, more].concat())
    }

    /// `ha` with these nodes, which trust the root, with the password, at the time.
    pub(crate) fn ha(&self, nodes: &[&str], more: &[&str]) -> (i32, String, Value) {
        let rest = ["--anchors", "root.pem", "--at", AT, "--password-file", "pw"];
        self.both(&[&["ha"], nodes, &rest, more].concat())
    }
}

/// Outcomes by code, as `csp:fail`, of those that are not met or not known here.
pub(crate) fn open(demands: &Value) -> Vec<String> {
    let all = demands.as_array().unwrap().iter();
    all.filter(|demand| matches!(demand["outcome"].as_str(), Some("fail" | "cannot_know")))
        .map(|demand| format!("{}:{}", demand["code"].as_str().unwrap(), demand["outcome"].as_str().unwrap()))
        .collect()
}

/// The outcome of one demand.
pub(crate) fn outcome<'a>(demands: &'a Value, code: &str) -> &'a str {
    let found = demands.as_array().unwrap().iter().find(|demand| demand["code"] == code);
    found.unwrap_or_else(|| panic!("{code}"))["outcome"].as_str().unwrap()
}
