//! OpenLDAP's server, started on loopback for one test.

use std::fs;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};

use super::fake::free_port;

/// Below this everything is.
pub(crate) const BASE: &str = "dc=example,dc=test";
/// Who may read what anonymous readers may not.
pub(crate) const READER: &str = "cn=reader,dc=example,dc=test";
/// The reader's password.
pub(crate) const PASSWORD: &str = "correct horse";

/// Who may read.
#[derive(Clone, Copy)]
pub(crate) enum Access {
    /// Everybody.
    Anonymous,
    /// Who has bound; others are told to.
    Authenticated,
    /// Who has bound; others are not told that anything exists.
    Hidden,
}

/// A server that ends with the test.
pub(crate) struct Slapd {
    folder: tempfile::TempDir,
    _process: Process,
    ports: (u16, u16),
}

struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Process {
    fn is_up(&mut self, port: u16) -> bool {
        let end = Instant::now() + Duration::from_secs(20);
        while Instant::now() < end {
            if self.0.try_wait().unwrap().is_some() {
                return false;
            }
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                // Unless it was somebody else, and slapd is about to give up.
                std::thread::sleep(Duration::from_millis(50));
                return self.0.try_wait().unwrap().is_none();
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        false
    }
}

/// The program; it is often not in the PATH.
fn program() -> Option<PathBuf> {
    ["/usr/sbin/slapd", "/usr/local/sbin/slapd", "/usr/lib/slapd"].into_iter().map(PathBuf::from).find(|it| it.exists())
}

fn run(folder: &Path, program: impl AsRef<std::ffi::OsStr>, arguments: &[&str]) {
    let output = Command::new(program).args(arguments).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

impl Slapd {
    /// Starts one, or says loudly that there is none; under CI there has to be one.
    pub(crate) fn start(access: Access) -> Option<Self> {
        let Some(program) = program() else {
            assert!(std::env::var("CI").is_err(), "slapd is not installed, and CI demands it");
            eprintln!("SKIPPED: slapd is not installed (Debian: apt-get install slapd)");
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        make_certificates(path);
        fs::create_dir(path.join("database")).unwrap();
        fs::write(path.join("slapd.conf"), configuration(path, access)).unwrap();
        fs::write(path.join("data.ldif"), data(path)).unwrap();
        run(path, &program, &["-T", "add", "-f", "slapd.conf", "-l", "data.ldif"]);
        // Another process may take a port between choosing and listening.
        for _ in 0..5 {
            let ports = (free_port(), free_port());
            let addresses = format!("ldap://127.0.0.1:{}/ ldaps://127.0.0.1:{}/", ports.0, ports.1);
            let log = fs::File::create(path.join("log")).unwrap();
            let process = Command::new(&program)
                .args(["-d", "0", "-f", "slapd.conf", "-h", &addresses])
                .current_dir(path)
                .stdout(Stdio::null())
                .stderr(log)
                .spawn()
                .unwrap();
            let mut process = Process(process);
            if process.is_up(ports.0) {
                return Some(Slapd { folder, _process: process, ports });
            }
        }
        panic!("slapd does not start: {}", fs::read_to_string(path.join("log")).unwrap_or_default())
    }

    /// Its address without TLS.
    pub(crate) fn ldap(&self) -> String {
        format!("127.0.0.1:{}", self.ports.0)
    }

    pub(crate) fn ldap_port(&self) -> u16 {
        self.ports.0
    }

    pub(crate) fn ldaps_port(&self) -> u16 {
        self.ports.1
    }

    fn file(&self, name: &str) -> Vec<u8> {
        fs::read(self.folder.path().join(name)).unwrap()
    }

    pub(crate) fn crl(&self) -> Vec<u8> {
        self.file("crl.der")
    }

    pub(crate) fn certificates(&self) -> [Vec<u8>; 2] {
        [self.file("ca1.der"), self.file("ca2.der")]
    }

    /// Trusts the server's certificate.
    pub(crate) fn tls(&self) -> ClientConfig {
        tls_with(&[self.file("ca1.der")])
    }
}

/// Trusts these certificates alone.
pub(crate) fn tls_with(trusted: &[Vec<u8>]) -> ClientConfig {
    let mut roots = RootCertStore::empty();
    for certificate in trusted {
        roots.add(CertificateDer::from(certificate.clone())).unwrap();
    }
    ClientConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth()
}

/// Two CAs, a CRL of the first, and a certificate of it for the server.
fn make_certificates(path: &Path) {
    let openssl = |arguments: &str| run(path, "openssl", &arguments.split(' ').collect::<Vec<_>>());
    let key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -batch";
    for ca in ["ca1", "ca2"] {
        openssl(&format!("req -x509 {key} -keyout {ca}.key -out {ca}.pem -subj /CN={ca} -days 30"));
        openssl(&format!("x509 -in {ca}.pem -outform DER -out {ca}.der"));
    }
    openssl(&format!("req {key} -keyout server.key -out server.csr -subj /CN=localhost"));
    fs::write(path.join("server.ext"), "subjectAltName=DNS:localhost\nbasicConstraints=CA:FALSE\n").unwrap();
    openssl(
        "x509 -req -in server.csr -CA ca1.pem -CAkey ca1.key -set_serial 2 -days 30 -extfile server.ext -out server.pem",
    );
    fs::write(path.join("index.txt"), "").unwrap();
    let settings = "[ca]\ndefault_ca=it\n[it]\ndatabase=index.txt\ndefault_md=sha256\ndefault_crl_days=30\n";
    fs::write(path.join("ca.conf"), settings).unwrap();
    openssl("ca -gencrl -config ca.conf -cert ca1.pem -keyfile ca1.key -out crl.pem");
    openssl("crl -in crl.pem -outform DER -out crl.der");
}

fn configuration(path: &Path, access: Access) -> String {
    let (general, rule) = match access {
        Access::Anonymous => ("", "access to * by * read"),
        Access::Authenticated => ("require authc\ndisallow bind_anon\n", "access to * by users read by anonymous auth"),
        Access::Hidden => ("", "access to * by users read by anonymous auth"),
    };
    let path = path.display();
    format!(
        "include /etc/ldap/schema/core.schema\n\
         modulepath /usr/lib/ldap\n\
         moduleload back_mdb\n\
         pidfile {path}/pid\n\
         TLSCertificateFile {path}/server.pem\n\
         TLSCertificateKeyFile {path}/server.key\n\
         TLSCACertificateFile {path}/ca1.pem\n\
         referral ldap://directory.example/\n\
         {general}\
         database mdb\n\
         suffix {BASE}\n\
         directory {path}/database\n\
         {rule}\n"
    )
}

fn data(path: &Path) -> String {
    let path = path.display();
    format!(
        "dn: {BASE}\nobjectClass: organization\nobjectClass: dcObject\no: example\ndc: example\n\n\
         dn: cn=cdp,{BASE}\nobjectClass: cRLDistributionPoint\ncn: cdp\n\
         certificateRevocationList;binary:< file://{path}/crl.der\n\n\
         dn: cn=ca,{BASE}\nobjectClass: person\nobjectClass: pkiCA\ncn: ca\nsn: ca\n\
         certificateRevocationList;binary:< file://{path}/crl.der\n\
         cACertificate;binary:< file://{path}/ca1.der\n\
         cACertificate;binary:< file://{path}/ca2.der\n\n\
         dn: {READER}\nobjectClass: person\ncn: reader\nsn: reader\nuserPassword: {PASSWORD}\n"
    )
}
