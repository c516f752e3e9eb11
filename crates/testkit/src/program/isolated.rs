//! Programs in a network of their own: where nothing answers, nothing is routed, or names
//! lead elsewhere.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Stdio};

use super::{folder, is_root, write};

/// An address to which packets are sent and never answered.
pub const NO_ANSWER: &str = "192.0.2.9";
/// An address to which there is no route.
pub const NO_ROUTE: &str = "198.51.100.9";
/// An address to which a rule of this machine forbids to connect.
pub const NO_PERMISSION: &str = "203.0.113.9";

/// A network without anything but loopback and those three, and with these names alone. It
/// is there while a program runs in it, and changes nothing outside of it.
#[derive(Debug)]
pub struct Isolated {
    folder: tempfile::TempDir,
}

/// Hands packets for an address that nobody has to the loopback interface, where they come
/// in again and are dropped: they are for nobody here, and are not forwarded. There are
/// kernels without dummy interfaces; this needs none.
const SCRIPT: &str = "\
set -e
ip link set lo up
ip route add 192.0.2.0/24 dev lo
ip route add unreachable 198.51.100.0/24
ip route add prohibit 203.0.113.0/24
for file in hosts nsswitch.conf resolv.conf; do mount --bind \"$0/$file\" \"$(readlink -f /etc/$file)\"; done
exec \"$@\"
";

impl Isolated {
    /// A network where the lines of this hosts file are all the names; with `dns` a name
    /// server is asked for others, which does not answer.
    ///
    /// `None`, with a word about it, where such a network cannot be made.
    ///
    /// # Panics
    ///
    /// When it cannot be made and `CI` is set.
    #[expect(clippy::print_stderr, reason = "a test that is left out has to be seen")]
    pub fn new(hosts: &str, dns: bool) -> Option<Isolated> {
        let folder = folder();
        write(&folder.path().join("hosts"), hosts);
        write(&folder.path().join("nsswitch.conf"), if dns { "hosts: files dns\n" } else { "hosts: files\n" });
        let resolver = format!("nameserver {NO_ANSWER}\noptions timeout:30 attempts:1\n");
        write(&folder.path().join("resolv.conf"), resolver);
        let isolated = Isolated { folder };
        let made = isolated.command(Path::new("true")).stdin(Stdio::null()).output();
        let why = match &made {
            Ok(output) if output.status.success() => return Some(isolated),
            Ok(output) => String::from_utf8_lossy(&output.stderr).into_owned(),
            Err(error) => error.to_string(),
        };
        assert!(std::env::var_os("CI").is_none(), "no network of its own can be made, and CI demands it: {why}");
        eprintln!("SKIPPED: no network of its own can be made (Debian: apt-get install iproute2): {}", why.trim());
        None
    }

    /// This program, in the network.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new("unshare");
        if !is_root() {
            command.arg("--map-root-user");
        }
        command.args(["--net", "--mount", "--", "sh", "-c", SCRIPT]).arg(self.folder.path()).arg(program);
        command
    }
}
