//! squid, as a forward proxy: open, with a login, or one that replaces certificates.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::{Presented, Running, find, folder, run, start, write};

/// Who may use the proxy.
pub const USER: &str = "reader@corp";
/// The user's password.
pub const PASSWORD: &str = "pass:word";

/// For whom Digest is.
const REALM: &str = "Corp Net";

/// That with OpenSSL; the package squid has GnuTLS, and no ssl_bump.
const PACKAGE: &str = "Debian: apt-get install squid-openssl";

/// Which logins are offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Login {
    /// None: who comes from this machine may use the proxy.
    No,
    /// Basic.
    Basic,
    /// Digest.
    Digest,
    /// Digest first, and Basic.
    Both,
}

/// squid. It forwards to this machine, but not to port 1, and takes a few names
/// for this machine's: `host.test`, `other.test`, `www.example.com`, `mail.example.net`.
#[derive(Debug)]
pub struct Squid {
    running: Running,
}

/// What it does with the TLS in its tunnels.
enum Tunnels<'a> {
    /// Nothing.
    Kept,
    /// It ends there, and certificates are replaced by such of this CA's.
    Bumped(&'a Presented),
    /// Nothing; clients speak to the proxy itself under TLS, and it presents this.
    Inside(&'a Presented),
}

impl Squid {
    /// Starts one that leaves tunnels alone.
    pub fn start(login: Login) -> Option<Squid> {
        Self::start_with(login, &Tunnels::Kept)
    }

    /// Starts one that replaces certificates by such of this CA's (`ssl_bump`). It does not
    /// mind what servers present to it.
    pub fn bumping(ca: &Presented) -> Option<Squid> {
        // The package squid is there without it.
        let certgen = ["/usr/lib/squid/security_file_certgen", "/usr/lib64/squid/security_file_certgen"];
        find(&certgen, PACKAGE)?;
        Self::start_with(Login::No, &Tunnels::Bumped(ca))
    }

    /// Starts one that is spoken to under TLS (`https_port`), and presents this.
    pub fn under_tls(login: Login, presented: &Presented) -> Option<Squid> {
        // The package squid is there without it.
        find(&["/usr/lib/squid/security_file_certgen", "/usr/lib64/squid/security_file_certgen"], PACKAGE)?;
        Self::start_with(login, &Tunnels::Inside(presented))
    }

    fn start_with(login: Login, tunnels: &Tunnels<'_>) -> Option<Squid> {
        let program = find(&["/usr/sbin/squid", "/usr/local/sbin/squid", "/usr/sbin/squid3"], PACKAGE)?;
        let helpers = ["/usr/lib/squid", "/usr/lib64/squid"].map(PathBuf::from);
        let helpers = helpers.into_iter().find(|path| path.exists()).unwrap_or_default();
        let folder = folder();
        let path = folder.path();
        write(&path.join("users"), format!("{USER}:{}\n", hashed(PASSWORD)));
        // RFC 7616 §3.4.2, A1.
        write(&path.join("secret"), format!("{USER}:{REALM}:{PASSWORD}"));
        write(&path.join("digests"), format!("{USER}:{REALM}:{}\n", md5(&path.join("secret"))));
        write(&path.join("hosts"), "127.0.0.1 localhost host.test other.test www.example.com mail.example.net\n");
        if let Tunnels::Inside(presented) | Tunnels::Bumped(presented) = tunnels {
            presented.write(path, "own");
        }
        if let Tunnels::Bumped(_) = tunnels {
            let database = path.join("certificates");
            run(Command::new(helpers.join("security_file_certgen"))
                .arg("-c")
                .arg("-s")
                .arg(database)
                .args(["-M", "4MB"]));
        }
        // Started by root, it goes on as another user, whose name depends on the system.
        run(Command::new("chmod").args(["-R", "a+rwX"]).arg(path));
        let running = start(folder, 1, |path, ports| {
            let port = ports.first().copied().unwrap_or_default();
            write(&path.join("squid.conf"), configuration(path, port, login, tunnels, &helpers));
            let mut command = Command::new(&program);
            // In the foreground, as one process, under a name of its own.
            command.args(["-N", "-n", &format!("probe{port}"), "-f"]).arg(path.join("squid.conf"));
            command
        });
        Some(Squid { running })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.running.address(0)
    }
}

fn hashed(password: &str) -> String {
    said_by(Command::new("openssl").args(["passwd", "-apr1", password])).trim().to_owned()
}

fn md5(file: &Path) -> String {
    let said = said_by(Command::new("openssl").args(["dgst", "-md5", "-r"]).arg(file));
    said.split(' ').next().unwrap_or_default().to_owned()
}

fn said_by(command: &mut Command) -> String {
    let output = command.stderr(Stdio::inherit()).output().expect("openssl is installed");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn configuration(path: &Path, port: u16, login: Login, tunnels: &Tunnels<'_>, helpers: &Path) -> String {
    let (path, helpers) = (path.display(), helpers.display());
    let mut lines = match tunnels {
        Tunnels::Kept => format!("http_port 127.0.0.1:{port}\n"),
        Tunnels::Inside(_) => {
            format!("https_port 127.0.0.1:{port} tls-cert={path}/own.pem tls-key={path}/own.key\n")
        }
        // The server's certificate is looked at first, and its names are taken over.
        Tunnels::Bumped(_) => format!(
            "http_port 127.0.0.1:{port} ssl-bump tls-cert={path}/own.pem tls-key={path}/own.key generate-host-certificates=on\n\
             sslcrtd_program {helpers}/security_file_certgen -s {path}/certificates -M 4MB\n\
             sslcrtd_children 1 startup=1\n\
             acl first at_step SslBump1\n\
             acl second at_step SslBump2\n\
             ssl_bump peek first\n\
             ssl_bump stare second\n\
             ssl_bump bump all\n\
             sslproxy_cert_error allow all\n\
             sslproxy_cert_sign signTrusted all\n\
             tls_outgoing_options flags=DONT_VERIFY_PEER\n"
        ),
    };
    let basic = format!(
        "auth_param basic program {helpers}/basic_ncsa_auth {path}/users\n\
         auth_param basic children 1 startup=1\n\
         auth_param basic realm Corp\n"
    );
    let digest = format!(
        "auth_param digest program {helpers}/digest_file_auth -c {path}/digests\n\
         auth_param digest children 1 startup=1\n\
         auth_param digest realm {REALM}\n"
    );
    let (scheme, may) = match login {
        Login::No => (String::new(), "localhost"),
        Login::Basic => (basic, "users"),
        Login::Digest => (digest, "users"),
        Login::Both => (digest + &basic, "users"),
    };
    let users = if login == Login::No { "" } else { "acl users proxy_auth REQUIRED\n" };
    // A String takes everything.
    let _ = write!(
        lines,
        "pid_filename none\n\
         cache_log stdio:/dev/stderr\n\
         access_log none\n\
         cache_store_log none\n\
         cache deny all\n\
         cache_mem 1 MB\n\
         coredump_dir {path}\n\
         hosts_file {path}/hosts\n\
         pinger_enable off\n\
         visible_hostname squid.test\n\
         shutdown_lifetime 0 seconds\n\
         connect_timeout 3 seconds\n\
         {scheme}\
         {users}\
         acl tcpmux port 1\n\
         http_access deny tcpmux\n\
         http_access allow {may}\n\
         http_access deny all\n"
    );
    lines
}
