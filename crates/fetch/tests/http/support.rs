//! Small servers, and short ways to ask them.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use certlens_fetch::{
    CAUSES, Client, Config, Failure, PrivateAddresses, ProxyChoice, ProxyUrl, Request, Retrieved, What,
};

/// How long a server holds a connection at most, so that no test hangs.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// What looks like a CRL, as far as retrieval is concerned.
pub(crate) const DER: &[u8] = &[0x30, 0x03, 0x02, 0x01, 0x05];

/// A server on a port of its own, gone when dropped.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    requests: Arc<Mutex<Vec<Heard>>>,
    stopped: Arc<AtomicBool>,
}

/// A request as a server got it.
#[derive(Clone, Debug)]
pub(crate) struct Heard {
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Heard {
    /// The first line's parts: method, target, version.
    pub(crate) fn line(&self) -> Vec<&str> {
        self.head.lines().next().unwrap_or_default().split(' ').collect()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head
            .lines()
            .skip(1)
            .filter_map(|line| line.split_once(':'))
            .find_map(|(found, value)| found.eq_ignore_ascii_case(name).then_some(value.trim()))
    }
}

impl Server {
    /// Serves connections as they are.
    pub(crate) fn raw(serve: impl Fn(TcpStream) + Send + Sync + 'static) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let stopped = Arc::new(AtomicBool::new(false));
        let stop = Arc::clone(&stopped);
        let serve = Arc::new(serve);
        thread::spawn(move || {
            for stream in listener.incoming().take(1000) {
                if stop.load(Ordering::SeqCst) {
                    return;
                }
                let Ok(stream) = stream else { return };
                stream.set_read_timeout(Some(PATIENCE)).unwrap();
                stream.set_write_timeout(Some(PATIENCE)).unwrap();
                let serve = Arc::clone(&serve);
                thread::spawn(move || serve(stream));
            }
        });
        Server { address, requests: Arc::default(), stopped }
    }

    /// Reads a request from each connection, and leaves the answer to `answer`.
    pub(crate) fn new(answer: impl Fn(&Heard, &mut TcpStream) + Send + Sync + 'static) -> Server {
        let requests: Arc<Mutex<Vec<Heard>>> = Arc::default();
        let kept = Arc::clone(&requests);
        let mut server = Server::raw(move |mut stream| {
            let Some(heard) = hear(&mut stream) else { return };
            kept.lock().unwrap().push(heard.clone());
            answer(&heard, &mut stream);
            // What was not read would turn into a reset.
            let _ = stream.shutdown(Shutdown::Write);
            let _ = stream.read(&mut [0; 1024]);
        });
        server.requests = requests;
        server
    }

    /// Answers everything with these octets.
    pub(crate) fn answering(answer: impl Into<Vec<u8>>) -> Server {
        let answer = answer.into();
        Server::new(move |_, stream| {
            let _ = stream.write_all(&answer);
        })
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) fn heard(&self) -> Vec<Heard> {
        self.requests.lock().unwrap().clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
    }
}

/// Reads one request.
pub(crate) fn hear(stream: &mut impl Read) -> Option<Heard> {
    let mut octets = Vec::new();
    let mut part = [0; 4096];
    let end = loop {
        if let Some(end) = octets.windows(4).position(|window| window == b"\r\n\r\n") {
            break end;
        }
        match stream.read(&mut part) {
            Ok(count) if count > 0 && octets.len() < 100_000 => octets.extend_from_slice(&part[..count]),
            _ => return None,
        }
    };
    let mut heard =
        Heard { head: String::from_utf8_lossy(&octets[..end]).into_owned(), body: octets[end + 4..].to_vec() };
    let length: usize = heard.header("content-length").map_or(0, |length| length.parse().unwrap());
    while heard.body.len() < length {
        match stream.read(&mut part) {
            Ok(count) if count > 0 => heard.body.extend_from_slice(&part[..count]),
            _ => return None,
        }
    }
    Some(heard)
}

/// An answer with status 200.
pub(crate) fn ok(headers: &str, body: &[u8]) -> Vec<u8> {
    answer("200 OK", headers, body)
}

/// An answer; `headers` with a line end after each.
pub(crate) fn answer(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let mut answer = format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\n\r\n", body.len()).into_bytes();
    answer.extend_from_slice(body);
    answer
}

/// A redirect.
pub(crate) fn redirect(to: &str) -> Vec<u8> {
    answer("302 Found", &format!("Location: {to}\r\n"), b"")
}

/// No proxy, private addresses allowed.
pub(crate) fn config() -> Config {
    Config::new(PrivateAddresses::Allowed, ProxyChoice::None)
}

/// With this proxy.
pub(crate) fn by(proxy: &str) -> Config {
    Config::new(PrivateAddresses::Allowed, ProxyChoice::Url(ProxyUrl(proxy.to_owned())))
}

pub(crate) fn request(url: &str, what: What) -> Request {
    Request { url: url.to_owned(), what }
}

/// Asks one URL for a CRL.
pub(crate) fn get(config: Config, url: &str) -> Retrieved {
    get_what(config, url, What::Crl)
}

pub(crate) fn get_what(config: Config, url: &str, what: What) -> Retrieved {
    let client = Client::new(config).unwrap();
    let mut all = client.fetch(&[request(url, what)], &|_| {});
    assert_eq!(all.len(), 1);
    all.remove(0)
}

/// The failure of asking one URL, which must be complete.
#[track_caller]
pub(crate) fn fails(config: Config, url: &str) -> Failure {
    failure(&get(config, url))
}

#[track_caller]
pub(crate) fn failure(retrieved: &Retrieved) -> Failure {
    let failure = retrieved.outcome.clone().unwrap_err();
    assert!(CAUSES.contains(&failure.cause), "{failure:?}");
    assert!(!failure.message.is_empty() && failure.hint.len() > 20, "{failure:?}");
    assert!(!failure.message.contains("http://u") && !failure.message.ends_with('.'), "{failure:?}");
    failure
}
