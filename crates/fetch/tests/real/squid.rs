//! squid as a forward proxy, with and without a login.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::process::{Process, program, start};

/// Who may use the proxy.
pub(crate) const USER: &str = "reader@corp";
/// The user's password.
pub(crate) const PASSWORD: &str = "pass:word";

/// Whether a login is asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Login {
    No,
    Basic,
}

/// squid. It forwards to this machine, but not paths with `denied` in them, nor
/// to port 1.
pub(crate) struct Squid {
    _folder: tempfile::TempDir,
    _process: Process,
    port: u16,
}

impl Squid {
    pub(crate) fn start(login: Login) -> Option<Squid> {
        let program = program(&["/usr/sbin/squid", "/usr/local/sbin/squid", "/usr/sbin/squid3"], "squid")?;
        let helpers = ["/usr/lib/squid/basic_ncsa_auth", "/usr/lib64/squid/basic_ncsa_auth"];
        let helper = helpers.into_iter().map(PathBuf::from).find(|path| path.exists()).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        fs::write(path.join("users"), format!("{USER}:{}\n", hashed(PASSWORD))).unwrap();
        open_to_all(path);
        let (process, port) = start(path, |port| {
            fs::write(path.join("squid.conf"), configuration(path, port, login, &helper)).unwrap();
            let mut command = Command::new(&program);
            // In the foreground, as one process, under a name of its own.
            command.args(["-N", "-n", &format!("certlens{port}"), "-f"]).arg(path.join("squid.conf"));
            command
        });
        Some(Squid { _folder: folder, _process: process, port })
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub(crate) fn url_with(&self, user: &str, password: &str) -> String {
        let escaped = |text: &str| text.replace('%', "%25").replace('@', "%40").replace(':', "%3A");
        format!("http://{}:{}@127.0.0.1:{}", escaped(user), escaped(password), self.port)
    }

    pub(crate) fn authority(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }
}

fn hashed(password: &str) -> String {
    let output = Command::new("openssl").args(["passwd", "-apr1", password]).stderr(Stdio::inherit()).output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// Started by root, squid goes on as another user, who has to get in.
fn open_to_all(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o777)).unwrap();
}

fn configuration(path: &Path, port: u16, login: Login, helper: &Path) -> String {
    let (path, helper) = (path.display(), helper.display());
    let (scheme, may) = match login {
        Login::No => (String::new(), "localhost"),
        Login::Basic => (
            format!(
                "auth_param basic program {helper} {path}/users\n\
                 auth_param basic children 1 startup=1\n\
                 auth_param basic realm Corp\n\
                 acl users proxy_auth REQUIRED\n"
            ),
            "users",
        ),
    };
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
         acl denied urlpath_regex denied\n\
         acl tcpmux port 1\n\
         http_access deny denied\n\
         http_access deny tcpmux\n\
         http_access allow {may}\n\
         http_access deny all\n"
    )
}
