//! nginx with the files of a CA, healthy and broken in many ways.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use certlens_fetch::limits::{MAX_CERTIFICATES_OCTETS, MAX_CRL_OCTETS};
use certlens_testkit::{Ca, CertificateBuilder, CrlBuilder, Extension, GeneralName, Key, Name, pem, purposes};

use crate::process::{Process, free_port, program, start};
use crate::support::Server;

/// nginx, and what it serves.
pub(crate) struct Nginx {
    _folder: tempfile::TempDir,
    _process: Process,
    port: u16,
    tls_port: u16,
    pub(crate) crl: Vec<u8>,
    pub(crate) ca: Vec<u8>,
}

impl Nginx {
    /// Starts one; `silent` never answers, `cutting` breaks answers off: nginx
    /// passes some paths on to them.
    pub(crate) fn start(silent: &Server, cutting: &Server) -> Option<Nginx> {
        let program = program(&["/usr/sbin/nginx", "/usr/bin/nginx", "/usr/local/sbin/nginx"], "nginx")?;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        let (ca, crl) = write_files(path);
        // Under TLS it listens at a port of its own, chosen along.
        let tls_port = std::cell::Cell::new(0);
        let (process, port) = start(path, |port| {
            tls_port.set(free_port());
            fs::write(path.join("nginx.conf"), configuration(port, tls_port.get(), silent, cutting)).unwrap();
            let mut command = Command::new(&program);
            command.arg("-p").arg(path).args(["-c", "nginx.conf", "-e", "stderr"]);
            command
        });
        Some(Nginx { _folder: folder, _process: process, port, tls_port: tls_port.get(), crl, ca })
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    pub(crate) fn https(&self, path: &str) -> String {
        format!("https://127.0.0.1:{}{path}", self.tls_port)
    }
}

/// The CA's certificate and its CRL, and much else.
fn write_files(path: &Path) -> (Vec<u8>, Vec<u8>) {
    const DAY: i64 = 24 * 3600;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() as i64;
    let ca = Ca::self_signed(Ca::builder("Test Anchor", Key::p256(0)).validity(now - 9 * DAY, now + 9 * DAY));
    let crl = CrlBuilder::new().this_update(now - DAY).next_update(Some(now + DAY)).many_entries(500).signed_by(&ca);
    let server = CertificateBuilder::new(Name::cn("Test Server"), Key::p256(1))
        .validity(now - DAY, now + DAY)
        .extension(Extension::subject_alt_name([GeneralName::ip("127.0.0.1")]))
        .extension(Extension::extended_key_usage([purposes::SERVER_AUTH]))
        .issued_by(&ca);
    fs::write(path.join("server.pem"), pem::certificate(&server)).unwrap();
    fs::write(path.join("server.key"), pem::encode("PRIVATE KEY", &Key::p256(1).pkcs8())).unwrap();
    let files = path.join("files");
    for folder in ["files", "files/zip", "files/slow", "tmp"] {
        fs::create_dir(path.join(folder)).unwrap();
    }
    for name in ["ca.crl", "zip/ca.crl", "slow/ca.crl"] {
        fs::write(files.join(name), &crl).unwrap();
    }
    fs::write(files.join("ca.cer"), ca.der()).unwrap();
    fs::write(files.join("ca.pem"), pem::certificate(ca.der())).unwrap();
    fs::write(files.join("empty.crl"), b"").unwrap();
    // Compressed it has no length that could be announced.
    fs::write(files.join("zip/huge.cer"), vec![0x30; MAX_CERTIFICATES_OCTETS + 1]).unwrap();
    // Sparse: nothing is written.
    fs::File::create(files.join("huge.crl")).unwrap().set_len(MAX_CRL_OCTETS as u64 + 1).unwrap();
    (ca.der().to_vec(), crl)
}

fn configuration(port: u16, tls_port: u16, silent: &Server, cutting: &Server) -> String {
    let (silent, cutting) = (silent.address, cutting.address);
    format!(
        r#"daemon off;
master_process off;
pid nginx.pid;
error_log stderr;
events {{ worker_connections 128; }}
http {{
    access_log off;
    client_body_temp_path tmp/body;
    proxy_temp_path tmp/proxy;
    fastcgi_temp_path tmp/fastcgi;
    uwsgi_temp_path tmp/uwsgi;
    scgi_temp_path tmp/scgi;
    types {{ application/pkix-crl crl; application/pkix-cert cer; text/plain pem; text/html html; }}
    server {{
        listen 127.0.0.1:{port};
        listen 127.0.0.1:{tls_port} ssl;
        ssl_certificate server.pem;
        ssl_certificate_key server.key;
        root files;
        location /zip/ {{ gzip on; gzip_min_length 1; gzip_types application/pkix-crl application/pkix-cert; }}
        location /slow/ {{ limit_rate 500; }}
        location = /silent.crl {{ proxy_pass http://{silent}; }}
        location = /cut.crl {{ proxy_pass http://{cutting}; proxy_buffering off; }}
        location = /nothing.crl {{ return 444; }}
        location = /moved.crl {{ return 301 /again.crl; }}
        location = /again.crl {{ return 302 /ca.crl; }}
        location = /loop.crl {{ return 302 /loop.crl; }}
        location = /ldap.crl {{ return 302 "ldap://127.0.0.1/o=x?certificateRevocationList"; }}
        location = /metadata.crl {{ return 302 http://169.254.169.254/latest; }}
        location = /forbidden.crl {{ deny all; }}
        location = /broken.crl {{ return 503; }}
        location = /page.crl {{
            default_type text/html;
            types {{ }}
            return 200 "<!DOCTYPE html><html><head><title>File not found</title></head></html>";
        }}
        location = /private.crl {{ return 302 /login/?back=$uri; }}
        location /login/ {{
            default_type text/html;
            return 200 "<html><title>Sign in</title><form><input name=p type=\"password\"></form></html>";
        }}
    }}
}}
"#
    )
}
