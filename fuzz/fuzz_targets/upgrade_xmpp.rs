//! XMPP: what the server says.

#![no_main]

use certlens_fuzz::probe::{Script, check, run, sniff};
use certlens_probe::stream::Stream;
use certlens_probe::upgrade::fuzzing::converse;
use certlens_probe::upgrade::{Asked, Protocol, upgrade};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|says: &[u8]| {
    sniff(says);
    let whole = converse(Protocol::XmppClient, says, usize::MAX);
    assert_eq!(whole, converse(Protocol::XmppClient, says, 1), "pieces make a difference");
    let stream = Stream::new(Script::new(says, 7).0);
    if let Err(failure) = run(upgrade(Protocol::XmppServer, stream, &Asked::new("host.test", 1))) {
        check(&failure);
    }
});
