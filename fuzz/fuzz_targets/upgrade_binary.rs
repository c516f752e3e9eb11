//! LDAP, PostgreSQL, MySQL, SQL Server, RDP and net.tcp: the first octet says which,
//! then what the server says.

#![no_main]

use certlens_fuzz::probe::{Script, check, run, sniff};
use certlens_probe::stream::Stream;
use certlens_probe::upgrade::fuzzing::converse;
use certlens_probe::upgrade::{Asked, Protocol, upgrade};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((first, says)) = data.split_first() else { return };
    let protocol = match first % 6 {
        0 => Protocol::Ldap,
        1 => Protocol::Postgres,
        2 => Protocol::Mysql,
        3 => Protocol::Tds,
        4 => Protocol::Rdp,
        _ => Protocol::NetTcp,
    };
    sniff(says);
    let whole = converse(protocol, says, usize::MAX);
    assert_eq!(whole, converse(protocol, says, 1), "pieces make a difference");
    let stream = Stream::new(Script::new(says, 7).0);
    if let Err(failure) = run(upgrade(protocol, stream, &Asked::new("host.test", 1))) {
        check(&failure);
    }
});
