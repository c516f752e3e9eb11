//! Dovecot, as an IMAP server.

use std::net::SocketAddr;
use std::process::Command;

use super::{Presented, Running, find, folder, is_root, start, write};

/// Dovecot, with IMAP at its first port and POP3 at its second.
#[derive(Debug)]
pub struct Dovecot {
    running: Running,
}

impl Dovecot {
    /// Starts one, with STARTTLS and STLS if there is something to present.
    pub fn start(presented: Option<&Presented>) -> Option<Dovecot> {
        let dovecot = find(&["/usr/sbin/dovecot"], "Debian: apt-get install dovecot-imapd dovecot-pop3d")?;
        let folder = folder();
        let tls = match presented {
            Some(presented) => {
                presented.write(folder.path(), "server");
                let path = folder.path().display();
                format!("ssl = yes\nssl_cert = <{path}/server.pem\nssl_key = <{path}/server.key\n")
            }
            None => "ssl = no\n".to_owned(),
        };
        let running = start(folder, 2, |path, ports| {
            let file = path.join("dovecot.conf");
            write(&file, configuration(&path.display().to_string(), ports, &tls));
            let mut command = Command::new(&dovecot);
            command.arg("-F").arg("-c").arg(file);
            command
        });
        Some(Dovecot { running })
    }

    /// Where it listens for IMAP.
    pub fn imap(&self) -> SocketAddr {
        self.running.address(0)
    }

    /// Where it listens for POP3.
    pub fn pop3(&self) -> SocketAddr {
        self.running.address(1)
    }
}

fn configuration(path: &str, ports: &[u16], tls: &str) -> String {
    // Run by an ordinary user, everything is that user's.
    let users = if is_root() {
        String::new()
    } else {
        let name = std::env::var("USER").unwrap_or_default();
        format!("default_internal_user = {name}\ndefault_internal_group = {name}\ndefault_login_user = {name}\n")
    };
    let services: String = ["imap", "pop3"]
        .iter()
        .zip(ports)
        .map(|(protocol, port)| {
            format!(
                "service {protocol}-login {{\nchroot =\ninet_listener {protocol} {{\nport = {port}\n}}\n\
                 inet_listener {protocol}s {{\nport = 0\n}}\n}}\n"
            )
        })
        .collect();
    format!(
        "protocols = imap pop3\nlisten = 127.0.0.1\nbase_dir = {path}/run\nstate_dir = {path}/state\n\
         log_path = /dev/stderr\n{users}{tls}service anvil {{\nchroot =\n}}\n{services}\
         passdb {{\ndriver = static\nargs = password=none\n}}\nuserdb {{\ndriver = static\nargs = uid=nobody gid=nogroup home={path}\n}}\n"
    )
}
