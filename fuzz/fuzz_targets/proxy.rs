//! Proxies: what one says on its first, second and third connection, separated by
//! octets of ff ff; once as HTTP without a login and with one, once as SOCKS5.

#![no_main]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use certlens_fuzz::probe::{Script, check, run, sniff};
use certlens_probe::Failure;
use certlens_probe::proxy::{Credentials, Destination, Kind, Proxy, ProxyReport, open};
use certlens_probe::stream::Stream;
use libfuzzer_sys::fuzz_target;
use tokio::io::AsyncReadExt as _;

const HTTP: Kind = Kind::Http { tls: false };
const SOCKS: Kind = Kind::Socks5 { remote_dns: true };

fuzz_target!(|data: &[u8]| {
    sniff(data);
    for kind in [HTTP, SOCKS] {
        let whole = ask(kind, false, data, usize::MAX);
        assert_eq!(whole.0, ask(kind, false, data, 1).0, "pieces make a difference");
        let (outcome, sent) = ask(kind, true, data, 3);
        assert!(!format!("{outcome:?}").contains("sw0rdfish"));
        if kind == HTTP {
            requests(&whole.1);
            requests(&sent);
        }
    }
});

/// Nothing that a proxy says gets into a request but inside quotation marks.
fn requests(sent: &[u8]) {
    let sent = String::from_utf8(sent.to_vec()).expect("requests are text");
    for line in sent.split("\r\n") {
        let known =
            ["CONNECT host.test:443 HTTP/1.1", "Host: host.test:443", "User-Agent: certlens/", "Proxy-Authorization: "];
        assert!(line.is_empty() || known.iter().any(|start| line.starts_with(start)), "{line:?}");
        assert!(!line.contains(char::is_control) || line.contains('\t'), "{line:?}");
    }
}

type Outcome = (ProxyReport, Result<Vec<u8>, Failure>);

fn ask(kind: Kind, with_login: bool, data: &[u8], piece: usize) -> (Outcome, Vec<u8>) {
    let credentials = with_login.then(|| Credentials::new("us\"er".to_owned(), "sw0rdfish".to_owned()));
    let proxy = Proxy { kind, host: "proxy.test".to_owned(), port: 3128, credentials };
    let destination = Destination::new("host.test", 443).expect("a host");
    let sent: Arc<Mutex<Vec<u8>>> = Arc::default();
    let mut scripts = split(data).into_iter();
    let outcome = run(async {
        let connect = || {
            let script = Script::adding(scripts.next().unwrap_or_default(), piece, Arc::clone(&sent));
            async { Ok(Stream::new(script)) }
        };
        match open(&proxy, &destination, Duration::from_secs(60), connect).await {
            Ok(mut opened) => {
                let mut early = Vec::new();
                opened.stream.read_to_end(&mut early).await.expect("a script does not fail");
                (opened.report, Ok(early))
            }
            Err(declined) => {
                check(&declined.failure);
                (declined.report, Err(declined.failure))
            }
        }
    });
    let sent = sent.lock().expect("one thread").clone();
    (outcome, sent)
}

fn split(data: &[u8]) -> Vec<&[u8]> {
    let mut parts = Vec::new();
    let mut rest = data;
    while let Some(at) = rest.windows(2).position(|pair| pair == [0xff, 0xff]) {
        parts.push(&rest[..at]);
        rest = &rest[at + 2..];
    }
    parts.push(rest);
    parts
}
