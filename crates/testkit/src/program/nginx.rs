//! nginx, with many servers in one process.

use std::net::SocketAddr;
use std::process::Command;

use super::{Presented, Running, find, folder, start, write};

/// One port of nginx's.
#[derive(Clone, Debug, Default)]
pub struct Site {
    /// What is presented to each name: the first is for every name that is not listed.
    /// Without any the port is one of plain HTTP.
    pub names: Vec<(&'static str, Presented)>,
    /// Further directives, as `ssl_protocols TLSv1.2;`. `{folder}` stands for the folder,
    /// and `{port}` for the site's port.
    pub directives: String,
    /// Files that these name, with their contents.
    pub files: Vec<(String, Vec<u8>)>,
}

impl Site {
    /// One that presents this to everybody.
    pub fn presenting(presented: Presented) -> Site {
        // "_" is no name, and so for every name (nginx, server_name).
        Site { names: vec![("_", presented)], ..Site::default() }
    }

    /// One of plain HTTP.
    pub fn plain() -> Site {
        Site::default()
    }

    /// With this certificate for another name.
    #[must_use]
    pub fn name(mut self, name: &'static str, presented: Presented) -> Site {
        self.names.push((name, presented));
        self
    }

    /// With this directive.
    #[must_use]
    pub fn with(mut self, directive: &str) -> Site {
        self.directives.push_str(directive);
        self.directives.push('\n');
        self
    }

    /// With this file in the folder.
    #[must_use]
    pub fn file(mut self, name: &str, octets: impl Into<Vec<u8>>) -> Site {
        self.files.push((name.to_owned(), octets.into()));
        self
    }
}

/// nginx.
#[derive(Debug)]
pub struct Nginx {
    running: Running,
}

impl Nginx {
    /// Starts one with these sites, each at a port of its own.
    pub fn start(sites: &[Site]) -> Option<Nginx> {
        let nginx = find(&["/usr/sbin/nginx", "/usr/local/sbin/nginx"], "Debian: apt-get install nginx")?;
        let folder = folder();
        for (number, site) in sites.iter().enumerate() {
            for (index, (_, presented)) in site.names.iter().enumerate() {
                presented.write(folder.path(), &format!("{number}-{index}"));
            }
            for (name, octets) in &site.files {
                write(&folder.path().join(name), octets);
            }
        }
        let running = start(folder, sites.len(), |path, ports| {
            let shown = path.display().to_string();
            let servers: String = sites
                .iter()
                .zip(ports)
                .enumerate()
                .map(|(number, (site, port))| servers(number, site, *port))
                .collect();
            let places: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
                .iter()
                .map(|kind| format!("{kind}_temp_path {shown}/{kind};\n"))
                .collect();
            let configuration = format!(
                "daemon off;\nmaster_process off;\npid {shown}/pid;\nerror_log stderr;\nevents {{}}\n\
                 http {{\naccess_log off;\n{places}{}}}\n",
                servers.replace("{folder}", &shown)
            );
            write(&path.join("nginx.conf"), configuration);
            let mut command = Command::new(&nginx);
            command.arg("-p").arg(path).arg("-c").arg(path.join("nginx.conf")).args(["-e", "stderr"]);
            command
        });
        Some(Nginx { running })
    }

    /// Where the site in this place listens.
    pub fn address(&self, place: usize) -> SocketAddr {
        self.running.address(place)
    }
}

fn servers(number: usize, site: &Site, port: u16) -> String {
    let answer = "location / { return 200 \"hello\\n\"; }";
    let directives = site.directives.replace("{port}", &port.to_string());
    if site.names.is_empty() {
        return format!("server {{\nlisten 127.0.0.1:{port};\n{directives}{answer}\n}}\n");
    }
    let server = |(index, (name, _)): (usize, &(&str, Presented))| {
        let default = if index == 0 { " default_server" } else { "" };
        format!(
            "server {{\nlisten 127.0.0.1:{port} ssl{default};\nserver_name {name};\n\
             ssl_certificate {number}-{index}.pem;\nssl_certificate_key {number}-{index}.key;\n{directives}{answer}\n}}\n"
        )
    };
    site.names.iter().enumerate().map(server).collect()
}
