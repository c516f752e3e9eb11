//! MariaDB.

use std::fs;
use std::net::SocketAddr;
use std::process::Command;

use super::{Presented, Running, find, folder, is_root, start};

/// A MariaDB server, without tables.
#[derive(Debug)]
pub struct MariaDb {
    running: Running,
}

impl MariaDb {
    /// Starts one, with TLS if there is something to present.
    pub fn start(presented: Option<&Presented>) -> Option<MariaDb> {
        let servers = ["/usr/sbin/mariadbd", "/usr/local/sbin/mariadbd", "/usr/sbin/mysqld"];
        let mariadbd = find(&servers, "Debian: apt-get install mariadb-server-core")?;
        let folder = folder();
        if let Some(presented) = presented {
            presented.write(folder.path(), "server");
        }
        fs::create_dir(folder.path().join("db")).expect("a folder can be made");
        let running = start(folder, 1, |path, ports| {
            let path = path.display();
            let mut command = Command::new(&mariadbd);
            command.args(["--no-defaults", "--skip-grant-tables", "--bind-address=127.0.0.1", "--socket=socket"]);
            // Less to set up than by default, for a server without tables.
            command.args(["--innodb-log-file-size=4M", "--innodb-buffer-pool-size=8M"]);
            if is_root() {
                command.arg("--user=root");
            }
            command.arg(format!("--datadir={path}/db")).args(ports.iter().map(|port| format!("--port={port}")));
            if presented.is_some() {
                command.args([format!("--ssl-cert={path}/server.pem"), format!("--ssl-key={path}/server.key")]);
            } else {
                command.arg("--skip-ssl");
            }
            command
        });
        Some(MariaDb { running })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.running.address(0)
    }
}
