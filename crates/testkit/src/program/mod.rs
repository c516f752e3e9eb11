//! Servers of other programs on loopback, as processes that end when dropped.
//!
//! Each is started at free ports with a configuration of its own in a temporary folder,
//! and given out once it listens. None needs more than to be installed: not to be
//! configured, and not to be run by root. Where a program is missing there is `None`,
//! said loudly; under `CI=true` that is a failure.

mod dovecot;
mod exim;
mod files;
mod isolated;
mod mariadb;
mod mitmproxy;
mod nginx;
mod openssl;
mod postgresql;
mod slapd;
mod squid;

use std::fs::{self, File};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

pub use dovecot::Dovecot;
pub use exim::Exim;
pub use files::Presented;
pub use isolated::{Isolated, NO_ANSWER, NO_PERMISSION, NO_ROUTE};
pub use mariadb::MariaDb;
pub use mitmproxy::Mitmproxy;
pub use nginx::{Nginx, Site};
pub use openssl::SServer;
pub use postgresql::PostgreSql;
pub use slapd::Slapd;
pub use squid::{Login, PASSWORD, Squid, USER};
use tempfile::TempDir;

/// How long a server may take to listen.
const PATIENCE: Duration = Duration::from_secs(60);

/// How often a server is started before it counts as one that does not start.
const ATTEMPTS: usize = 5;

/// A process, killed when dropped: also when a test panics.
#[derive(Debug)]
pub struct Process(Child);

impl Process {
    /// Whether it still runs.
    pub fn runs(&mut self) -> bool {
        matches!(self.0.try_wait(), Ok(None))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A running server: its process, the ports where it listens, and its folder.
///
/// The order is that of dropping: the process ends before its folder goes.
#[derive(Debug)]
pub struct Running {
    process: Process,
    ports: Vec<u16>,
    folder: TempDir,
}

impl Running {
    /// The address of the port that was asked for in this place.
    ///
    /// # Panics
    ///
    /// When there is no such port.
    pub fn address(&self, place: usize) -> SocketAddr {
        let port = self.ports.get(place).unwrap_or_else(|| panic!("a server has no port in place {place}"));
        SocketAddr::from((Ipv4Addr::LOCALHOST, *port))
    }

    /// Its folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// What it has printed so far.
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// Whether it still runs.
    pub fn runs(&mut self) -> bool {
        self.process.runs()
    }
}

/// The first of these programs that is there, else `None`, and a word about it: with the
/// Debian package, or whatever else installs it.
///
/// # Panics
///
/// When none is there and `CI` is set.
#[expect(clippy::print_stderr, reason = "a test that is left out has to be seen")]
pub fn find(paths: &[&str], package: &str) -> Option<PathBuf> {
    let found = paths.iter().map(PathBuf::from).find(|path| path.exists());
    if found.is_none() {
        let missing = paths.first().copied().unwrap_or_default();
        assert!(std::env::var_os("CI").is_none(), "{missing} is not installed, and CI demands it");
        eprintln!("SKIPPED: {missing} is not installed ({package})");
    }
    found
}

/// Runs a program to its end, which has to be a good one.
///
/// # Panics
///
/// When it does not start, or ends badly.
pub fn run(command: &mut Command) {
    let output = command.stdin(Stdio::null()).output();
    let output = output.unwrap_or_else(|error| panic!("{command:?} does not start: {error}"));
    let said = |octets: &[u8]| String::from_utf8_lossy(octets).into_owned();
    assert!(output.status.success(), "{command:?}: {}{}", said(&output.stdout), said(&output.stderr));
}

/// A folder that every user may write to: servers started by root go on as another user.
///
/// # Panics
///
/// When it cannot be made.
pub fn folder() -> TempDir {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = TempDir::new().expect("a temporary folder can be made");
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o777)).expect("its permissions can be set");
    folder
}

/// Writes a file.
///
/// # Panics
///
/// When it cannot be written.
pub fn write(path: &Path, octets: impl AsRef<[u8]>) {
    fs::write(path, octets).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
}

/// Starts a server at so many free ports, once `command` has configured it for them;
/// again when another process has taken one meanwhile.
///
/// # Panics
///
/// When it does not listen at all of them in time.
pub fn start(folder: TempDir, count: usize, command: impl Fn(&Path, &[u16]) -> Command) -> Running {
    let log = folder.path().join("log");
    for _ in 0..ATTEMPTS {
        let ports = free_ports(count);
        let mut command = command(folder.path(), &ports);
        let output = File::create(&log).expect("a log can be made");
        let errors = output.try_clone().expect("a file can be shared");
        command.current_dir(folder.path()).stdin(Stdio::null()).stdout(output).stderr(errors);
        let child = command.spawn().unwrap_or_else(|error| panic!("{command:?} does not start: {error}"));
        let mut process = Process(child);
        if listens(&mut process, &ports) {
            return Running { process, ports, folder };
        }
    }
    panic!("the server does not start: {}", fs::read_to_string(log).unwrap_or_default())
}

/// Ports at which nothing listens at present.
fn free_ports(count: usize) -> Vec<u16> {
    // Kept until all are there, so that they differ.
    let listeners: Vec<TcpListener> =
        (0..count).filter_map(|_| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).ok()).collect();
    let ports: Vec<u16> =
        listeners.iter().filter_map(|listener| listener.local_addr().ok()).map(|it| it.port()).collect();
    assert_eq!(ports.len(), count, "there are no free ports on loopback");
    ports
}

fn listens(process: &mut Process, ports: &[u16]) -> bool {
    let begun = Instant::now();
    let mut waiting = ports;
    while begun.elapsed() < PATIENCE && process.runs() {
        match waiting {
            [] => {
                // Unless it was somebody else, and this one is about to give up.
                thread::sleep(Duration::from_millis(50));
                return process.runs();
            }
            [port, rest @ ..] if TcpStream::connect((Ipv4Addr::LOCALHOST, *port)).is_ok() => waiting = rest,
            _ => thread::sleep(Duration::from_millis(20)),
        }
    }
    false
}

/// Whether the tests are run by root.
pub fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt as _;
    fs::metadata("/proc/self").is_ok_and(|it| it.uid() == 0)
}

/// A program, under this user when the tests are run by root.
fn as_user(program: &Path, user: &str) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args([&format!("--reuid={user}"), &format!("--regid={user}"), "--clear-groups", "--"]).arg(program);
    command
}

/// Gives everything in a folder to this user, when the tests are run by root.
fn give_to(folder: &Path, user: &str) {
    if is_root() {
        run(Command::new("chown").arg("-R").arg(format!("{user}:")).arg(folder));
    }
}
