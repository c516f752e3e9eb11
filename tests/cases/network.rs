//! Servers of a scenario, and the network of its own that it has them in: its ports and
//! names are those of the trouble, whatever else this machine has.

use std::fs::{self, File};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use certlens_testkit::program::{Isolated, find, run};
use certlens_testkit::server::net_tcp::Framing;
use certlens_testkit::server::{Connection, Server};

/// In which the scenario that is to be played is named to the run inside the network.
pub(crate) const VARIABLE: &str = "CERTLENS_SCENARIO";

/// Where `.ci/venv` installs.
const VENV: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/ci-venv/bin");

/// How long a server may take to listen, or to end.
const PATIENCE: Duration = Duration::from_secs(60);

/// Programs that are looked for here, and what installs them.
const PROGRAMS: &[(&str, &str)] = &[
    ("curl", "Debian: apt-get install curl"),
    ("mitmdump", ".ci/venv mitmproxy==11.0.2"),
    ("nginx", "Debian: apt-get install nginx"),
    ("security_file_certgen", "Debian: apt-get install squid-openssl; the package squid has none"),
    ("squid", "Debian: apt-get install squid-openssl"),
    ("update-ca-certificates", "Debian: apt-get install ca-certificates"),
];

/// Folders with programs, beside those of PATH.
pub(crate) fn folders() -> String {
    format!("{VENV}:/usr/sbin:/sbin:/usr/lib/squid")
}

/// Whether these programs are there; said loudly if not, and a failure under `CI`.
pub(crate) fn are_there(names: &[String]) -> bool {
    let path = format!("{}:{}", std::env::var("PATH").unwrap(), folders());
    names.iter().all(|name| {
        let known = PROGRAMS.iter().find(|(known, _)| known == name);
        let (_, package) = known.unwrap_or_else(|| panic!("{name}: it is not known what installs it"));
        let places: Vec<String> = path.split(':').map(|folder| format!("{folder}/{name}")).collect();
        find(&places.iter().map(String::as_str).collect::<Vec<_>>(), package).is_some()
    })
}

/// Plays a scenario in a network of its own, where its `hosts` has all the names: the
/// failures that are said there.
#[expect(clippy::print_stderr, reason = "a scenario that is left out has to be seen")]
pub(crate) fn apart(scenario: &Path, test: &str) -> Vec<String> {
    let hosts = fs::read_to_string(scenario.join("hosts")).unwrap();
    let Some(network) = Isolated::new(&hosts, false) else { return Vec::new() };
    let mut command = network.command(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--nocapture"]).env(VARIABLE, scenario).stdin(Stdio::null());
    let output = command.output().unwrap();
    let said = [output.stdout, output.stderr].map(|said| String::from_utf8_lossy(&said).into_owned()).concat();
    for line in said.lines().filter(|line| line.starts_with("SKIPPED")) {
        eprintln!("{line}");
    }
    // Without such a test nothing fails, either.
    match output.status.success() && said.contains("1 passed") {
        true => Vec::new(),
        false => vec![said],
    }
}

/// A server, which ends when dropped.
pub(crate) enum Running {
    Program(Child),
    Own { _server: Server },
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Running::Program(child) = self {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Starts what a step says, in this folder, and waits until it listens.
pub(crate) fn start(line: &str, port: u16, folder: &Path) -> Running {
    let words: Vec<&str> = line.split(' ').collect();
    let behind = |port: &str| SocketAddr::from((Ipv4Addr::LOCALHOST, port.parse().unwrap()));
    let server = match *words.as_slice() {
        ["framing", path, "before", to] => Framing::new(path).encrypted(behind(to)).start_at(port),
        ["resetting", name, "before", to] => objecting(name, behind(to), port, Connection::reset),
        ["dropping", name, "before", to] => objecting(name, behind(to), port, |mut connection| connection.wait()),
        _ => return program(line, port, folder),
    };
    Running::Own { _server: server }
}

/// A box in the middle: it does so to whoever asks for this name in the clear, and hands
/// on everybody else.
fn objecting(name: &str, behind: SocketAddr, port: u16, objects: fn(Connection)) -> Server {
    let name = name.to_owned().into_bytes();
    Server::start_at(port, move |connection| {
        let hello = connection.peek();
        match hello.windows(name.len()).any(|part| part == name) {
            true => objects(connection),
            false => connection.splice(behind),
        }
    })
}

fn program(line: &str, port: u16, folder: &Path) -> Running {
    let log = folder.join(format!("log-{port}"));
    let output = File::create(&log).unwrap();
    // squid does not go on as root, and in a network of a user's own there is no other user.
    let line = match line.starts_with("squid ") {
        true => format!("unshare --user --map-user=13 --map-group=13 {line}"),
        false => line.to_owned(),
    };
    let mut command = Command::new("sh");
    command.args(["-c", &format!("exec {line}")]).current_dir(folder).stdin(Stdio::null());
    command.env("PATH", format!("{}:{}", std::env::var("PATH").unwrap(), folders()));
    command.stdout(output.try_clone().unwrap()).stderr(output);
    let mut child = command.spawn().unwrap();
    let begun = Instant::now();
    while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
        let runs = matches!(child.try_wait(), Ok(None));
        if !runs || begun.elapsed() > PATIENCE {
            let _ = child.kill();
            panic!("{line}: does not listen at port {port}: {}", fs::read_to_string(log).unwrap_or_default());
        }
        thread::sleep(Duration::from_millis(20));
    }
    Running::Program(child)
}

/// Ends a server; its port is closed then.
pub(crate) fn stop(server: Running, port: u16) {
    drop(server);
    let begun = Instant::now();
    while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok() {
        assert!(begun.elapsed() < PATIENCE, "port {port} is not closed");
        thread::sleep(Duration::from_millis(20));
    }
}

/// Has this stand in the place of that: in the network of its own alone, whose file
/// systems are its own, too.
pub(crate) fn mount(own: &Path, path: &str) {
    assert!(std::env::var_os(VARIABLE).is_some(), "{path}: only in a network of its own");
    if !own.exists() {
        fs::create_dir(own).unwrap();
    }
    let path: PathBuf = fs::canonicalize(path).unwrap_or_else(|error| panic!("{path}: {error}"));
    run(Command::new("mount").arg("--bind").arg(own).arg(path));
}
