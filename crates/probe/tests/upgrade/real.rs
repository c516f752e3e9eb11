//! Real servers, where they are installed.

use std::fs;
use std::path::Path;
use std::process::Command;

use certlens_probe::upgrade::{Asked, Protocol, upgrade};

use crate::support::connect;
use crate::support::process::{program, run, start};
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

#[tokio::test]
async fn postgresql() {
    let versions = [18, 17, 16, 15, 14].map(|version| format!("/usr/lib/postgresql/{version}/bin/initdb"));
    let versions: Vec<&str> = versions.iter().map(String::as_str).chain(["/usr/local/bin/initdb"]).collect();
    let Some(initdb) = program(&versions, "postgresql") else { return };
    for with_tls in [true, false] {
        let folder = tempfile::tempdir().unwrap();
        make_certificate(folder.path());
        // Not by root, which it refuses to be run by.
        if is_root() {
            run(folder.path(), "chown", "-R postgres: .");
        }
        let made = unprivileged(&initdb)
            .args(["-D", "db", "-A", "trust", "--no-sync"])
            .current_dir(folder.path())
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let tls = format!(
            "ssl = {}\nssl_cert_file = '../cert.pem'\nssl_key_file = '../key.pem'\nunix_socket_directories = ''\n",
            if with_tls { "on" } else { "off" }
        );
        fs::write(folder.path().join("db/postgresql.auto.conf"), tls).unwrap();
        let (_process, port) = start(folder.path(), |port| {
            let mut command = unprivileged(&initdb.with_file_name("postgres"));
            command.args(["-D", "db", "-h", "127.0.0.1", "-p", &port.to_string()]);
            command
        });
        let upgraded = upgrade(Protocol::Postgres, connect(port).await, &Asked::new("127.0.0.1", port)).await;
        if with_tls {
            handshake(folder.path(), upgraded.unwrap().stream).await.unwrap();
        } else {
            let failure = upgraded.unwrap_err();
            assert_eq!(failure.cause, "upgrade-not-offered", "{failure:?}");
        }
    }
}

#[tokio::test]
async fn mariadb() {
    let servers = ["/usr/sbin/mariadbd", "/usr/local/sbin/mariadbd", "/usr/sbin/mysqld"];
    let Some(mariadbd) = program(&servers, "mariadb-server-core") else { return };
    for with_tls in [true, false] {
        let folder = tempfile::tempdir().unwrap();
        make_certificate(folder.path());
        fs::create_dir(folder.path().join("db")).unwrap();
        let (_process, port) = start(folder.path(), |port| {
            let mut command = Command::new(&mariadbd);
            command.args(["--no-defaults", "--skip-grant-tables", "--bind-address=127.0.0.1", "--socket=socket"]);
            if is_root() {
                command.arg("--user=root");
            }
            command.arg(format!("--datadir={}/db", folder.path().display())).arg(format!("--port={port}"));
            if with_tls {
                for (option, file) in [("cert", "cert.pem"), ("key", "key.pem")] {
                    command.arg(format!("--ssl-{option}={}/{file}", folder.path().display()));
                }
            } else {
                command.arg("--skip-ssl");
            }
            command
        });
        let upgraded = upgrade(Protocol::Mysql, connect(port).await, &Asked::new("127.0.0.1", port)).await;
        if with_tls {
            let upgraded = upgraded.unwrap();
            assert!(upgraded.notes[0].contains("MariaDB"), "{:?}", upgraded.notes);
            handshake(folder.path(), upgraded.stream).await.unwrap();
        } else {
            let failure = upgraded.unwrap_err();
            assert_eq!(failure.cause, "upgrade-not-offered", "{failure:?}");
            assert!(failure.message.contains("MariaDB"), "{failure:?}");
        }
    }
}

/// A program of PostgreSQL's, under its own user when the tests are run by root.
fn unprivileged(program: &Path) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups", "--"]).arg(program);
    command
}

fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt as _;
    fs::metadata("/proc/self").is_ok_and(|it| it.uid() == 0)
}
