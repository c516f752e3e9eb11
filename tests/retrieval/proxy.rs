//! Through a proxy that wants a login, as options or the configuration of a .NET program
//! have it.

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use crate::lab::lab;

/// A proxy for plain HTTP that knows one login, and answers itself.
struct Proxy {
    port: u16,
    /// The request lines that came, with whether the login was right.
    asked: Arc<Mutex<Vec<(String, bool)>>>,
}

/// `reader:sesame` (RFC 7617 §2).
const LOGIN: &str = "Basic cmVhZGVyOnNlc2FtZQ==";

impl Proxy {
    fn start(answer: Vec<u8>) -> Proxy {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked: Arc<Mutex<Vec<(String, bool)>>> = Arc::default();
        let list = Arc::clone(&asked);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                serve(stream, &answer, &list);
            }
        });
        Proxy { port, asked }
    }

    fn take(&self) -> Vec<(String, bool)> {
        std::mem::take(&mut self.asked.lock().unwrap())
    }
}

fn serve(mut stream: TcpStream, answer: &[u8], list: &Mutex<Vec<(String, bool)>>) {
    let (mut head, mut octet) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") && matches!(stream.read(&mut octet), Ok(1)) {
        head.push(octet[0]);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let mut fields = head.lines().filter_map(|line| line.split_once(": "));
    let is_known = fields.any(|(name, value)| name.eq_ignore_ascii_case("proxy-authorization") && value == LOGIN);
    list.lock().unwrap().push((head.lines().next().unwrap_or_default().to_owned(), is_known));
    let status = match is_known {
        true => "200 OK",
        false => "407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"test\"",
    };
    let body = if is_known { answer } else { b"" };
    let head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
    let _ = stream.write_all(&[head.as_bytes(), body].concat());
}

#[test]
fn a_login_at_a_proxy_comes_from_a_file_and_is_not_shown() {
    let lab = lab();
    let proxy = Proxy::start(lab.octets("issuing.crl"));
    fs::write(lab.path("password"), "sesame\n").unwrap();
    let url = "url http://crl.example.test/issuing.crl --no-cache --timeout 5";
    let config = format!(
        r#"<configuration><system.net><defaultProxy><proxy proxyaddress="http://127.0.0.1:{}"/>
        <bypasslist><add address="\.contoso\.test$"/></bypasslist></defaultProxy></system.net></configuration>"#,
        proxy.port
    );
    fs::write(lab.path("diahost.exe.config"), config).unwrap();
    let login = "--proxy-user reader --proxy-password-file password";
    for options in [
        format!("--proxy http://127.0.0.1:{} {login}", proxy.port),
        format!("--proxy http://other:word@127.0.0.1:{} {login}", proxy.port),
        format!("--proxy http://reader:s%65same@127.0.0.1:{}", proxy.port),
        format!("--proxy-from diahost.exe.config {login}"),
    ] {
        let output = lab.certlens(&format!("{url} {options}"));
        let all = String::from_utf8_lossy(&[&output.stdout[..], &output.stderr].concat()).into_owned();
        let asked = proxy.take();
        assert!(!asked.is_empty(), "{options}: {all}");
        for (line, is_known) in asked {
            assert_eq!(
                (line.as_str(), is_known),
                ("GET http://crl.example.test/issuing.crl HTTP/1.1", true),
                "{options}"
            );
        }
        assert!(!all.contains("sesame") && !all.contains("word@"), "{options}: {all}");
    }
    // Without a login, it is asked for; what the list exempts does not come at all.
    let output = lab.certlens(&format!("{url} --proxy-from diahost.exe.config"));
    assert!(String::from_utf8_lossy(&output.stdout).contains("Basic"), "{output:?}");
    assert!(proxy.take().iter().all(|(_, is_known)| !is_known));
    let exempt = url.replace("crl.example.test", "crl.contoso.test");
    lab.certlens(&format!("{exempt} --proxy-from diahost.exe.config {login}"));
    assert_eq!(proxy.take(), []);
}

#[test]
fn what_leaves_the_proxy_open_is_refused_with_the_next_step() {
    let lab = lab();
    let config =
        "<configuration>\n<system.net><defaultProxy useDefaultCredentials=\"true\"/></system.net></configuration>";
    fs::write(lab.path("system.exe.config"), config).unwrap();
    fs::write(lab.path("broken.exe.config"), "<configuration>\n  <system.net>\n").unwrap();
    fs::write(lab.path("proxy-password"), "sesame\n").unwrap();
    let url = "url http://crl.example.test/issuing.crl --no-cache --timeout 5";
    for (options, message) in [
        ("--proxy-from system.exe.config", "GetSystemWebProxy"),
        ("--proxy-from broken.exe.config", "broken.exe.config: line 2, column 3: the file ends within <system.net>"),
        ("--proxy http://wpad/wpad.dat", "FindProxyForURL"),
        ("--proxy none --proxy-user reader", "there is no proxy to log in at"),
        ("--proxy 127.0.0.1:1 --proxy-user reader", "--proxy-password-file FILE"),
        ("--proxy 127.0.0.1:1 --proxy-from system.exe.config", "cannot be used with"),
        ("--proxy-password-file proxy-password", "--proxy-user"),
        (
            "--proxy 127.0.0.1:1 --proxy-user reader --proxy-password-file proxy-password --output proxy-password --force",
            "a password is read from it",
        ),
    ] {
        let output = lab.certlens(&format!("{url} {options}"));
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{options}: {stderr}");
        assert!(stderr.contains(message), "{options}: {stderr}");
    }
    assert_eq!(lab.octets("proxy-password"), b"sesame\n");
}
