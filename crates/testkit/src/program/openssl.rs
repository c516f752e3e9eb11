//! `openssl s_server`.

use std::net::SocketAddr;
use std::process::Command;

use super::{Presented, Running, folder, start};
use crate::pem;

/// `openssl s_server`, which sends back each line in reverse. It takes one connection
/// after the other.
#[derive(Debug)]
pub struct SServer {
    running: Running,
}

impl SServer {
    /// Starts it with these further arguments, as `-tls1_2`.
    pub fn start(presented: &Presented, arguments: &[&str]) -> SServer {
        let folder = folder();
        presented.write(folder.path(), "server");
        // What is sent after the first certificate stands in a file of its own.
        let rest: String = presented.chain.iter().skip(1).map(|der| pem::certificate(der)).collect();
        super::write(&folder.path().join("rest.pem"), &rest);
        let running = start(folder, 1, |_, ports| {
            let mut command = Command::new("openssl");
            command.args(["s_server", "-rev", "-quiet", "-cert", "server.pem", "-key", "server.key", "-accept"]);
            command.args(ports.iter().map(ToString::to_string)).args(arguments);
            if !rest.is_empty() {
                command.args(["-cert_chain", "rest.pem"]);
            }
            command
        });
        SServer { running }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.running.address(0)
    }
}
