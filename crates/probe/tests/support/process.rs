//! Servers as processes, which end with the test.

use std::fs::{self, File};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long a server may take to listen.
const PATIENCE: Duration = Duration::from_secs(60);

/// A process, killed when dropped: also when a test panics.
pub(crate) struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The first of these programs that is there. Without one the test is left out,
/// and says so; under CI there has to be one.
pub(crate) fn program(paths: &[&str], package: &str) -> Option<PathBuf> {
    let found = paths.iter().map(PathBuf::from).find(|path| path.exists());
    if found.is_none() {
        let missing = paths[0];
        assert!(std::env::var("CI").is_err(), "{missing} is not installed, and CI demands it");
        eprintln!("SKIPPED: {missing} is not installed (Debian: apt-get install {package})");
    }
    found
}

/// Runs a program to its end, which has to be a good one.
pub(crate) fn run(folder: &Path, program: &str, arguments: &str) {
    let output = Command::new(program).args(arguments.split(' ')).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{program} {arguments}: {}", String::from_utf8_lossy(&output.stderr));
}

/// Starts a server at a free port, once `command` has configured it for that
/// port; again when another process has taken the port meanwhile.
pub(crate) fn start(folder: &Path, command: impl Fn(u16) -> Command) -> (Process, u16) {
    let log = folder.join("log");
    for _ in 0..5 {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let output = File::create(&log).unwrap();
        let mut command = command(port);
        command.current_dir(folder).stdin(Stdio::null()).stdout(output.try_clone().unwrap()).stderr(output);
        let mut process = Process(command.spawn().unwrap());
        if listens(&mut process, port) {
            return (process, port);
        }
    }
    panic!("the server does not start: {}", fs::read_to_string(log).unwrap_or_default())
}

fn listens(process: &mut Process, port: u16) -> bool {
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE && process.0.try_wait().unwrap().is_none() {
        if TcpStream::connect(("127.0.0.1", port)).is_ok() {
            // Unless it was somebody else, and this one is about to give up.
            std::thread::sleep(Duration::from_millis(50));
            return process.0.try_wait().unwrap().is_none();
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    false
}
