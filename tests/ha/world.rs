//! What services listen to, and what certlens sees of a machine.

use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::process::{Child, Command, Output, Stdio};

use crate::lab::Lab;

/// `openssl s_server` at a free port, which ends when dropped.
pub(crate) struct TlsServer {
    process: Child,
    address: SocketAddr,
}

impl TlsServer {
    /// With the certificate `NAME.pem` of the folder and its key.
    pub(crate) fn start(lab: &Lab, name: &str) -> TlsServer {
        let (certificate, key) = (format!("{name}.pem"), format!("{name}.key"));
        let mut command = Command::new("openssl");
        command.args(["s_server", "-accept", "127.0.0.1:0", "-www", "-cert", &certificate, "-key", &key]);
        command.current_dir(lab.path()).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut process = command.spawn().expect("openssl starts");
        let lines = BufReader::new(process.stdout.take().unwrap()).lines().map_while(Result::ok);
        let address = lines.filter_map(|line| line.strip_prefix("ACCEPT ")?.parse().ok()).next();
        TlsServer { process, address: address.expect("the server listens") }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for TlsServer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A port of 127.0.0.1 where nothing listens.
pub(crate) fn closed_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port()
}

/// certlens on a machine with this hosts file and no name server. `None`, said aloud,
/// where no such machine can be made; with `CI=true`, when nobody reads that, it fails.
pub(crate) fn with_hosts(lab: &Lab, hosts: &str, arguments: &[&str]) -> Option<Output> {
    lab.write("hosts", hosts);
    lab.write("nsswitch.conf", "hosts: files\n");
    let mount = |file: &str| format!("mount --bind {file} /etc/{file}");
    let certlens = "exec \"$0\" \"$@\"";
    let script = format!("{} && {} && {certlens}", mount("hosts"), mount("nsswitch.conf"));
    let unshared = |command: &[&str]| {
        let mut unshare = Command::new("unshare");
        unshare.args(["--map-root-user", "--mount"]).args(command).current_dir(lab.path());
        unshare.env_remove("SSL_CERT_FILE").env_remove("SSL_CERT_DIR").stdin(Stdio::null()).output()
    };
    let is_possible = unshared(&["sh", "-c", &mount("hosts")]).is_ok_and(|output| output.status.success());
    if !is_possible {
        let message = "SKIPPED: no mount namespace can be made here (unshare --map-root-user --mount)\n";
        assert!(std::env::var_os("CI").is_none_or(|ci| ci != "true"), "{message}");
        std::io::stderr().write_all(message.as_bytes()).unwrap();
        return None;
    }
    Some(unshared(&[&["sh", "-c", &script, env!("CARGO_BIN_EXE_certlens")], arguments].concat()).unwrap())
}
