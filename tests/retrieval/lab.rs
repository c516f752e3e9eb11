//! The PKI: a root, an issuing CA, nodes and responders, all made by openssl.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use serde_json::Value;
use tempfile::TempDir;

use crate::web::{Answer, Web};

pub(crate) struct Lab {
    folder: TempDir,
    pub(crate) web: Web,
    /// Where `openssl ocsp` is to listen.
    pub(crate) ocsp_port: u16,
}

/// The lab, for one test at a time: tests change what its servers answer.
pub(crate) fn lab() -> MutexGuard<'static, Lab> {
    static LAB: OnceLock<Mutex<Lab>> = OnceLock::new();
    let lab = LAB.get_or_init(|| Mutex::new(Lab::make())).lock().unwrap_or_else(PoisonError::into_inner);
    lab.serve_healthy();
    lab
}

const SECTIONS: &str = "
[i]
database=index.txt
serial=serial
new_certs_dir=.
default_md=sha256
default_days=30
default_crl_days=7
policy=p
certificate=issuing.pem
private_key=issuing.key
crlnumber=crlnumber
unique_subject=no
[r]
database=root-index.txt
serial=root-serial
new_certs_dir=.
default_md=sha256
default_days=300
default_crl_days=30
policy=p
certificate=root.pem
private_key=root.key
crlnumber=root-crlnumber
unique_subject=no
[p]
commonName=supplied
";

impl Lab {
    fn make() -> Lab {
        let folder = tempfile::tempdir().unwrap();
        let web = Web::start();
        // Free now; whoever takes it meanwhile makes a test fail, not pass.
        let ocsp_port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let lab = Lab { folder, web, ocsp_port };
        let site = format!("http://localhost:{}", lab.web.port);
        let config = format!(
            "{SECTIONS}
[sub]
basicConstraints=critical,CA:TRUE
keyUsage=critical,keyCertSign,cRLSign
subjectKeyIdentifier=hash
authorityKeyIdentifier=keyid
crlDistributionPoints=URI:{site}/root.crl
authorityInfoAccess=caIssuers;URI:{site}/root.crt
[leaf]
keyUsage=critical,digitalSignature
extendedKeyUsage=serverAuth
subjectAltName=DNS:node.example.test
subjectKeyIdentifier=hash
authorityKeyIdentifier=keyid
crlDistributionPoints=URI:{site}/issuing.crl
authorityInfoAccess=caIssuers;URI:{site}/issuing.crt,OCSP;URI:http://localhost:{ocsp_port}
[web]
keyUsage=critical,digitalSignature
extendedKeyUsage=serverAuth
authorityInfoAccess=caIssuers;URI:{site}/issuing.crt,OCSP;URI:{site}/ocsp
[freshest]
keyUsage=critical,digitalSignature
extendedKeyUsage=serverAuth
crlDistributionPoints=URI:{site}/issuing.crl
freshestCRL=URI:{site}/delta.crl
authorityInfoAccess=caIssuers;URI:{site}/issuing.crt
[bare]
keyUsage=critical,digitalSignature
extendedKeyUsage=serverAuth
[never]
keyUsage=critical,digitalSignature
2.5.29.56=DER:0500
[delta]
2.5.29.27=critical,DER:020101
[later_delta]
2.5.29.27=critical,DER:020109
[responder]
keyUsage=critical,digitalSignature
extendedKeyUsage=OCSPSigning
noCheck=ignored
"
        );
        fs::write(lab.path("ca.cnf"), config).unwrap();
        for (file, text) in [
            ("index.txt", ""),
            ("root-index.txt", ""),
            ("serial", "1000"),
            ("root-serial", "2000"),
            ("crlnumber", "01"),
            ("root-crlnumber", "01"),
        ] {
            fs::write(lab.path(file), text).unwrap();
        }
        let days = "-days 3650 -addext keyUsage=critical,keyCertSign,cRLSign";
        for (name, subject) in [("root", "Lab Root"), ("other", "Other Root")] {
            lab.openssl(
                &format!("req -x509 -newkey rsa:2048 -nodes -keyout {name}.key -out {name}.pem {days}"),
                subject,
            );
        }
        lab.issue("issuing", "Lab Issuing CA", "r", "sub");
        for (name, extensions) in [("good", "leaf"), ("revoked", "leaf"), ("web", "web"), ("responder", "responder")] {
            lab.issue(name, name, "i", extensions);
        }
        // Known to the CA's certificates, but not to the responder's index.
        let index = fs::read_to_string(lab.path("index.txt")).unwrap();
        lab.issue("unknown", "unknown", "i", "leaf");
        fs::write(lab.path("index.txt"), index).unwrap();
        lab.openssl("ca -config ca.cnf -name i -revoke revoked.pem -crl_reason keyCompromise", "");
        lab.openssl("ca -config ca.cnf -name i -gencrl -out issuing.crl.pem", "");
        lab.openssl("ca -config ca.cnf -name r -gencrl -out root.crl.pem", "");
        for (name, extensions) in [("lasting", "freshest"), ("late", "freshest"), ("bare", "bare"), ("never", "never")]
        {
            lab.issue(name, name, "i", extensions);
        }
        // After the complete CRL, so that it stands in the delta CRLs alone.
        lab.openssl("ca -config ca.cnf -name i -revoke late.pem -crl_reason superseded", "");
        lab.openssl("ca -config ca.cnf -name i -gencrl -crlexts delta -out delta.crl.pem", "");
        lab.openssl("ca -config ca.cnf -name i -gencrl -crlexts later_delta -out later-delta.crl.pem", "");
        for name in ["delta", "later-delta"] {
            lab.openssl(&format!("crl -in {name}.crl.pem -outform der -out {name}.crl"), "");
        }
        for name in ["issuing", "root"] {
            lab.openssl(&format!("crl -in {name}.crl.pem -outform der -out {name}.crl"), "");
            lab.openssl(&format!("x509 -in {name}.pem -outform der -out {name}.crt"), "");
        }
        lab
    }

    fn issue(&self, name: &str, subject: &str, authority: &str, extensions: &str) {
        self.openssl(&format!("req -new -newkey rsa:2048 -nodes -keyout {name}.key -out {name}.csr"), subject);
        let options = format!("-batch -config ca.cnf -name {authority} -extensions {extensions} -notext");
        self.openssl(&format!("ca {options} -in {name}.csr -out {name}.pem"), "");
    }

    /// Runs openssl in the folder; a subject is given apart, because it can have blanks.
    pub(crate) fn openssl(&self, arguments: &str, subject: &str) {
        let mut command = Command::new("openssl");
        command.args(arguments.split(' ')).current_dir(self.folder.path()).stdin(Stdio::null());
        if !subject.is_empty() {
            command.arg("-subj").arg(format!("/CN={subject}"));
        }
        let output = command.output().expect("openssl starts");
        assert!(output.status.success(), "openssl {arguments}: {}", String::from_utf8_lossy(&output.stderr));
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn octets(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }

    fn serve_healthy(&self) {
        for name in ["issuing.crl", "root.crl", "issuing.crt", "root.crt", "delta.crl"] {
            self.web.set(&format!("/{name}"), Answer::Octets(self.octets(name)));
        }
    }

    /// certlens in the folder, with nothing of this machine's environment that it reads.
    pub(crate) fn certlens(&self, arguments: &str) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_certlens"));
        for variable in ["http_proxy", "https_proxy", "all_proxy", "no_proxy"] {
            command.env_remove(variable).env_remove(variable.to_ascii_uppercase());
        }
        command.args(arguments.split(' ')).current_dir(self.folder()).stdin(Stdio::null());
        command.output().expect("certlens starts")
    }

    /// Runs a command in both forms, which must end alike; gives exit code, text and JSON.
    pub(crate) fn both(&self, arguments: &str) -> (i32, String, Value) {
        let text = self.certlens(arguments);
        let json = self.certlens(&format!("{arguments} --format json"));
        let shown = String::from_utf8(text.stdout).unwrap();
        assert_eq!(text.status.code(), json.status.code(), "{arguments}: text and JSON end differently\n{shown}");
        let json = serde_json::from_slice(&json.stdout)
            .unwrap_or_else(|error| panic!("{arguments}: {error}\n{}", String::from_utf8_lossy(&json.stderr)));
        (text.status.code().unwrap(), shown.split_whitespace().collect::<Vec<_>>().join(" "), json)
    }
}
