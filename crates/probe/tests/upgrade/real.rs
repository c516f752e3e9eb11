//! Real servers, where they are installed.

use std::fs;
use std::process::Command;

use certlens_probe::upgrade::{Asked, Protocol, upgrade};

use crate::support::connect;
use crate::support::process::{program, start};
use crate::support::tls::{handshake, make_certificate};

#[tokio::test]
async fn openldap() {
    let Some(slapd) = program(&["/usr/sbin/slapd", "/usr/local/sbin/slapd", "/usr/lib/slapd"], "slapd") else { return };
    for with_tls in [true, false] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().display();
        make_certificate(folder.path());
        let tls = format!("TLSCertificateFile {path}/cert.pem\nTLSCertificateKeyFile {path}/key.pem\n");
        let configuration = format!(
            "include /etc/ldap/schema/core.schema\nmodulepath /usr/lib/ldap\nmoduleload back_mdb\npidfile {path}/pid\n\
             {}database mdb\nsuffix dc=test\ndirectory {path}\n",
            if with_tls { tls.as_str() } else { "" }
        );
        fs::write(folder.path().join("slapd.conf"), configuration).unwrap();
        let (_process, port) = start(folder.path(), |port| {
            let mut command = Command::new(&slapd);
            command.args(["-d", "0", "-f", "slapd.conf", "-h", &format!("ldap://127.0.0.1:{port}/")]);
            command
        });
        let upgraded = upgrade(Protocol::Ldap, connect(port).await, &Asked::new("127.0.0.1", port)).await;
        if with_tls {
            handshake(folder.path(), upgraded.unwrap().stream).await.unwrap();
        } else {
            let failure = upgraded.unwrap_err();
            assert_eq!(failure.cause, "upgrade-not-offered", "{failure:?}");
            assert!(failure.message.contains("2, protocolError (“unsupported extended operation”)"), "{failure:?}");
        }
    }
}
