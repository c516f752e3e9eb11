//! A directory that says what a test has it say.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// What Active Directory says to anonymous readers.
pub(crate) const AD_TEXT: &str = "000004DC: LdapErr: DSID-0C090A5C, comment: In order to perform this operation a successful bind must be completed on the connection., data 0, v4563\0";

/// How Active Directory hangs up: its OID is outside of the answer.
pub(crate) const AD_FAREWELL: &[u8] = b"\x30\x84\x00\x00\x00\x28\x02\x01\x00\x78\x84\x00\x00\x00\x07\x0a\x01\x34\x04\x00\x04\x00\x8a\x161.3.6.1.4.1.1466.20036";

/// The server; it serves one reader after the other.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    heard: Arc<Mutex<Vec<u8>>>,
    asked: Arc<Mutex<bool>>,
}

/// One reader, whose request has come.
pub(crate) struct Reader(TcpStream, Arc<Mutex<Vec<u8>>>);

impl Server {
    pub(crate) fn start(script: impl Fn(&mut Reader) + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (heard, asked) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Mutex::new(false)));
        let (heard_too, asked_too) = (Arc::clone(&heard), Arc::clone(&asked));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                *asked_too.lock().unwrap() = true;
                let mut reader = Reader(stream, Arc::clone(&heard_too));
                if reader.hear() {
                    script(&mut reader);
                }
                // Gently, so that what was sent is not lost to a reset.
                let _ = reader.0.shutdown(Shutdown::Write);
                reader.wait();
            }
        });
        Server { address, heard, asked }
    }

    pub(crate) fn was_asked(&self) -> bool {
        *self.asked.lock().unwrap()
    }

    /// All that readers have sent.
    pub(crate) fn heard(&self) -> Vec<u8> {
        self.heard.lock().unwrap().clone()
    }
}

impl Reader {
    /// Takes what the reader sends, once; whether there was anything.
    fn hear(&mut self) -> bool {
        let mut octets = [0; 4_096];
        let count = self.0.read(&mut octets).unwrap_or(0);
        self.1.lock().unwrap().extend_from_slice(&octets[..count]);
        count > 0
    }

    pub(crate) fn try_send(&mut self, octets: &[u8]) -> bool {
        self.0.write_all(octets).and_then(|()| self.0.flush()).is_ok()
    }

    pub(crate) fn send(&mut self, octets: &[u8]) {
        // A reader who has had enough may be gone.
        let _ = self.try_send(octets);
    }

    pub(crate) fn try_answer(&mut self, operation: &[u8]) -> bool {
        self.try_send(&message(operation))
    }

    pub(crate) fn answer(&mut self, operation: &[u8]) {
        self.send(&message(operation));
    }

    /// Until the reader goes.
    pub(crate) fn wait(&mut self) {
        while self.hear() {}
    }
}

/// With a length of four octets, as Active Directory writes them.
fn value(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut encoded = vec![tag, 0x84];
    encoded.extend(u32::try_from(content.len()).unwrap().to_be_bytes());
    encoded.extend_from_slice(content);
    encoded
}

/// An answer to the first request.
pub(crate) fn message(operation: &[u8]) -> Vec<u8> {
    value(0x30, &[b"\x02\x01\x01", operation].concat())
}

fn outcome(tag: u8, code: u8, text: &str, rest: &[u8]) -> Vec<u8> {
    value(tag, &[&[0x0a, 1, code], &value(4, b"")[..], &value(4, text.as_bytes()), rest].concat())
}

/// The end of a search.
pub(crate) fn done(code: u8, text: &str) -> Vec<u8> {
    outcome(0x65, code, text, &[])
}

/// The end of a search that is to be made elsewhere.
pub(crate) fn referral(to: &str) -> Vec<u8> {
    outcome(0x65, 10, "", &value(0xa3, &value(4, to.as_bytes())))
}

/// Part of a search that is to be made elsewhere.
pub(crate) fn continued(to: &str) -> Vec<u8> {
    value(0x73, &value(4, to.as_bytes()))
}

/// The answer to StartTLS.
pub(crate) fn extended(code: u8) -> Vec<u8> {
    outcome(0x78, code, "", &[])
}

/// An entry with one attribute.
pub(crate) fn entry(attribute: &str, values: &[&[u8]]) -> Vec<u8> {
    let values: Vec<u8> = values.iter().flat_map(|octets| value(4, octets)).collect();
    let attribute = value(0x30, &[value(4, attribute.as_bytes()), value(0x31, &values)].concat());
    value(0x64, &[value(4, b"o=x"), value(0x30, &attribute)].concat())
}

/// A port at which nobody listens.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
