//! OpenLDAP.

use std::net::SocketAddr;
use std::process::Command;

use super::{Presented, Running, find, folder, start, write};

/// OpenLDAP's server, with an empty directory.
#[derive(Debug)]
pub struct Slapd {
    running: Running,
}

impl Slapd {
    /// Starts one, with TLS if there is something to present.
    pub fn start(presented: Option<&Presented>) -> Option<Slapd> {
        let servers = ["/usr/sbin/slapd", "/usr/local/sbin/slapd", "/usr/lib/slapd"];
        let slapd = find(&servers, "Debian: apt-get install slapd")?;
        let folder = folder();
        let path = folder.path().display();
        let mut configuration = format!(
            "include /etc/ldap/schema/core.schema\nmodulepath /usr/lib/ldap\nmoduleload back_mdb\npidfile {path}/pid\n"
        );
        if let Some(presented) = presented {
            presented.write(folder.path(), "server");
            configuration
                .push_str(&format!("TLSCertificateFile {path}/server.pem\nTLSCertificateKeyFile {path}/server.key\n"));
        }
        configuration.push_str(&format!("database mdb\nsuffix dc=test\ndirectory {path}\n"));
        write(&folder.path().join("slapd.conf"), configuration);
        let running = start(folder, 1, |_, ports| {
            let mut command = Command::new(&slapd);
            command.args(["-d", "0", "-f", "slapd.conf", "-h"]);
            command.args(ports.iter().map(|port| format!("ldap://127.0.0.1:{port}/")));
            command
        });
        Some(Slapd { running })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.running.address(0)
    }
}
