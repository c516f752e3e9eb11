//! squid as a forward proxy, with and without a login.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::support::process::{Process, program, start};

/// Who may use the proxy.
pub(crate) const USER: &str = "reader@corp";
/// The user's password.
pub(crate) const PASSWORD: &str = "pass:word";

/// For whom Digest is.
const REALM: &str = "Corp Net";

/// Which logins are offered.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Login {
    No,
    Basic,
    Digest,
    /// Digest first, and Basic.
    Both,
}

/// squid. It forwards to this machine, but not to port 1.
pub(crate) struct Squid {
    _folder: tempfile::TempDir,
    _process: Process,
    pub(crate) port: u16,
}

impl Squid {
    pub(crate) fn start(login: Login) -> Option<Squid> {
        let program = program(&["/usr/sbin/squid", "/usr/local/sbin/squid", "/usr/sbin/squid3"], "squid")?;
        let helpers = ["/usr/lib/squid", "/usr/lib64/squid"];
        let helpers = helpers.into_iter().map(PathBuf::from).find(|path| path.exists()).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        fs::write(path.join("users"), format!("{USER}:{}\n", hashed(PASSWORD))).unwrap();
        // RFC 7616 §3.4.2, A1.
        fs::write(path.join("secret"), format!("{USER}:{REALM}:{PASSWORD}")).unwrap();
        fs::write(path.join("digests"), format!("{USER}:{REALM}:{}\n", md5(&path.join("secret")))).unwrap();
        open_to_all(path);
        let (process, port) = start(path, |port| {
            fs::write(path.join("squid.conf"), configuration(path, port, login, &helpers)).unwrap();
            let mut command = Command::new(&program);
            // In the foreground, as one process, under a name of its own.
            command.args(["-N", "-n", &format!("probe{port}"), "-f"]).arg(path.join("squid.conf"));
            command
        });
        Some(Squid { _folder: folder, _process: process, port })
    }
}

fn hashed(password: &str) -> String {
    let output = Command::new("openssl").args(["passwd", "-apr1", password]).stderr(Stdio::inherit()).output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn md5(file: &Path) -> String {
    let output = Command::new("openssl").args(["dgst", "-md5", "-r"]).arg(file).output().unwrap();
    String::from_utf8(output.stdout).unwrap().split(' ').next().unwrap().to_owned()
}

/// Started by root, squid goes on as another user, who has to get in.
fn open_to_all(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o777)).unwrap();
}

fn configuration(path: &Path, port: u16, login: Login, helpers: &Path) -> String {
    let (path, helpers) = (path.display(), helpers.display());
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
    format!(
        "http_port 127.0.0.1:{port}\n\
         pid_filename none\n\
         cache_log stdio:/dev/stderr\n\
         access_log none\n\
         cache_store_log none\n\
         cache deny all\n\
         cache_mem 1 MB\n\
         coredump_dir {path}\n\
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
    )
}
