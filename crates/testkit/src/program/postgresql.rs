//! PostgreSQL.

use std::net::SocketAddr;

use super::{Presented, Running, as_user, find, folder, give_to, run, start, write};

/// A PostgreSQL server.
#[derive(Debug)]
pub struct PostgreSql {
    running: Running,
}

impl PostgreSql {
    /// Starts one, with TLS if there is something to present.
    pub fn start(presented: Option<&Presented>) -> Option<PostgreSql> {
        let versions = [18, 17, 16, 15, 14].map(|version| format!("/usr/lib/postgresql/{version}/bin/initdb"));
        let versions: Vec<&str> = versions.iter().map(String::as_str).chain(["/usr/local/bin/initdb"]).collect();
        let initdb = find(&versions, "Debian: apt-get install postgresql")?;
        let folder = folder();
        if let Some(presented) = presented {
            presented.write(folder.path(), "server");
        }
        // It refuses to be run by root, and keys that others may read.
        give_to(folder.path(), "postgres");
        if presented.is_some() {
            run(std::process::Command::new("chmod").arg("600").arg(folder.path().join("server.key")));
        }
        run(as_user(&initdb, "postgres").args(["-D", "db", "-A", "trust", "--no-sync"]).current_dir(folder.path()));
        let on = if presented.is_some() { "on" } else { "off" };
        let settings = format!(
            "ssl = {on}\nssl_cert_file = '../server.pem'\nssl_key_file = '../server.key'\nunix_socket_directories = ''\n"
        );
        write(&folder.path().join("db/postgresql.auto.conf"), settings);
        let running = start(folder, 1, |_, ports| {
            let mut command = as_user(&initdb.with_file_name("postgres"), "postgres");
            command.args(["-D", "db", "-h", "127.0.0.1", "-p"]).args(ports.iter().map(ToString::to_string));
            command
        });
        Some(PostgreSql { running })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.running.address(0)
    }
}
