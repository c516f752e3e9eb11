//! A private key that was read is nowhere in memory when it is not needed any more.

use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom, Write};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use certlens_testkit::Key;

use crate::certlens;
use crate::made::Files;

/// How often octets are in what a process may write to.
fn count(process: u32, wanted: &[u8]) -> usize {
    let maps = fs::read_to_string(format!("/proc/{process}/maps")).unwrap();
    let mut memory = File::open(format!("/proc/{process}/mem")).unwrap();
    let mut found = 0;
    for line in maps.lines().filter(|line| line.contains(" rw")) {
        let (start, end) = line.split(' ').next().and_then(|range| range.split_once('-')).unwrap();
        let [start, end] = [start, end].map(|bound| u64::from_str_radix(bound, 16).unwrap());
        let mut octets = vec![0; usize::try_from(end - start).unwrap()];
        // Some of what is mapped cannot be read.
        if memory.seek(SeekFrom::Start(start)).is_ok() && memory.read_exact(&mut octets).is_ok() {
            found += octets.windows(wanted.len()).filter(|window| *window == wanted).count();
        }
    }
    found
}

/// From a pipe, whose size nobody knows before, and from standard input: what a buffer
/// outgrows is overwritten too. The report goes to a pipe that nobody reads, at which
/// the program waits.
#[test]
fn a_key_is_overwritten_when_it_was_looked_at() {
    let files = Files::new();
    let file = files.export("node", "plain.pfx", None, "-keypbe NONE -certpbe NONE -nomac");
    let octets = fs::read(file).unwrap();
    let key = Key::rsa2048(0).pkcs8();
    let wanted = key.get(700..724).unwrap();
    assert!(octets.windows(wanted.len()).any(|window| window == wanted));
    let pipe = |name: &str| {
        let path = files.path(name);
        assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
        path
    };
    let (input, report) = (pipe("input"), pipe("report"));
    for name in ["-", input.as_str()] {
        let mut command = certlens();
        command.args(["pfx", "inspect", name, "--output", &report, "--force"]).stdin(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut standard_input = child.stdin.take().unwrap();
        match name {
            "-" => standard_input.write_all(&octets).unwrap(),
            _ => fs::write(&input, &octets).unwrap(),
        }
        drop(standard_input);
        let started = Instant::now();
        let reported = format!("plain.pfx {name}");
        let mut left = usize::MAX;
        // Until it waits.
        while left > 0 && started.elapsed() < Duration::from_secs(20) {
            std::thread::sleep(Duration::from_millis(200));
            // Both its arguments are there, so that something is known to be looked at.
            assert!(count(child.id(), report.as_bytes()) > 0, "{reported}");
            let waits = fs::read_to_string(format!("/proc/{}/stat", child.id())).unwrap().contains(") S ");
            if waits {
                left = count(child.id(), wanted);
            }
        }
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(left, 0, "the key of {name} is left in memory");
    }
}
