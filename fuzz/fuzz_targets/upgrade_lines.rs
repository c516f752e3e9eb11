//! SMTP, IMAP, POP3 and FTP: the first octet says which, then what the server says.

#![no_main]

use certlens_fuzz::probe::{Script, check, run, sniff};
use certlens_probe::stream::Stream;
use certlens_probe::upgrade::fuzzing::converse;
use certlens_probe::upgrade::{Asked, Protocol, upgrade};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((first, says)) = data.split_first() else { return };
    let protocol = match first % 4 {
        0 => Protocol::Smtp,
        1 => Protocol::Imap,
        2 => Protocol::Pop3,
        _ => Protocol::Ftp,
    };
    sniff(says);
    // However it is cut into pieces, an answer means the same.
    let whole = converse(protocol, says, usize::MAX);
    assert_eq!(whole, converse(protocol, says, 1));
    let commands = String::from_utf8(whole.0).expect("commands are text");
    assert!(commands.lines().count() <= 2 && commands.split_inclusive("\r\n").all(|line| line.ends_with("\r\n")));
    let stream = Stream::new(Script::new(says, 7).0);
    if let Err(failure) = run(upgrade(protocol, stream, &Asked::new("host.test", 1))) {
        check(&failure);
    }
});
