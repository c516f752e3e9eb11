//! mitmproxy, which replaces certificates.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use super::{Running, find, folder, start};

/// Where `.ci/venv` has it installed.
const INSTALLED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/ci-venv/bin/mitmdump");

/// How long it may take to make its root.
const PATIENCE: Duration = Duration::from_secs(20);

/// mitmproxy, as a forward proxy. It does not mind what servers present to it.
#[derive(Debug)]
pub struct Mitmproxy {
    running: Running,
}

impl Mitmproxy {
    /// Starts one, with a root made for it.
    pub fn start() -> Option<Mitmproxy> {
        let mitmdump = find(&[INSTALLED, "/usr/bin/mitmdump"], ".ci/venv mitmproxy==11.0.2")?;
        let running = start(folder(), 1, |path, ports| {
            let mut command = Command::new(&mitmdump);
            command.args(["--quiet", "--ssl-insecure", "--listen-host", "127.0.0.1"]);
            command.arg("--set").arg(format!("confdir={}", path.join("conf").display()));
            // It makes the certificate at once, instead of asking the server for its own first.
            command.args(["--set", "connection_strategy=eager", "--listen-port"]);
            command.args(ports.iter().map(ToString::to_string));
            command
        });
        let mitmproxy = Mitmproxy { running };
        mitmproxy.wait_for_root();
        Some(mitmproxy)
    }

    /// It listens before it has made its root.
    fn wait_for_root(&self) {
        let begun = Instant::now();
        let is_whole = || fs::read_to_string(self.root()).is_ok_and(|pem| pem.contains("END CERTIFICATE"));
        while !is_whole() && begun.elapsed() < PATIENCE {
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.running.address(0)
    }

    /// Its root, in PEM.
    pub fn root(&self) -> PathBuf {
        self.running.folder().join("conf/mitmproxy-ca-cert.pem")
    }

    /// Its root, in PEM, as text.
    ///
    /// # Panics
    ///
    /// When it cannot be read.
    pub fn root_pem(&self) -> String {
        read(&self.root())
    }
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
