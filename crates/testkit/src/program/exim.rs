//! Exim, as a mail server.

use std::net::SocketAddr;
use std::process::Command;

use super::{Presented, Running, find, folder, start, write};

/// Exim, which takes no mail.
#[derive(Debug)]
pub struct Exim {
    running: Running,
}

impl Exim {
    /// Starts one, with STARTTLS if there is something to present.
    pub fn start(presented: Option<&Presented>) -> Option<Exim> {
        let exim = find(&["/usr/sbin/exim4", "/usr/sbin/exim"], "Debian: apt-get install exim4-daemon-light")?;
        let folder = folder();
        let path = folder.path().display();
        let tls = if presented.is_some() {
            format!(
                "tls_advertise_hosts = *\ntls_certificate = {path}/server.pem\ntls_privatekey = {path}/server.key\n"
            )
        } else {
            "tls_advertise_hosts =\n".to_owned()
        };
        if let Some(presented) = presented {
            presented.write(folder.path(), "server");
        }
        let configuration = format!(
            "primary_hostname = mail.test\nspool_directory = {path}/spool\nlog_file_path = {path}/%slog\n\
             keep_environment =\nrfc1413_query_timeout = 0s\nhost_lookup =\n\
             local_interfaces = 127.0.0.1\n{tls}begin acl\nbegin routers\nbegin transports\nbegin retry\n"
        );
        let file = folder.path().join("exim.conf");
        write(&file, configuration);
        let running = start(folder, 1, |_, ports| {
            let mut command = Command::new(&exim);
            command.arg("-C").arg(&file).args(["-bdf", "-oX"]).args(ports.iter().map(ToString::to_string));
            command
        });
        Some(Exim { running })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.running.address(0)
    }
}
