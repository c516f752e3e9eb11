//! The PKI of the situations, in a folder where certlens is run.

use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

use certlens_testkit::program::{Login, Mitmproxy, Nginx, PASSWORD, Presented, Squid, folder, run, write};
use certlens_testkit::{Ca, CertificateBuilder, Extension, GeneralName, Key, KeyUsage, Name, pem, purposes, time};
use tempfile::TempDir;

use crate::row::Served;
use crate::sites;

/// The servers' key, where nothing else is said.
pub(crate) const SERVER: u32 = 202;

/// A root with an issuing CA, another root that nobody trusts, one for clients, and that
/// of a proxy.
pub(crate) struct Pki {
    pub(crate) root: Ca,
    pub(crate) issuing: Ca,
    pub(crate) stranger: Ca,
    pub(crate) clients: Ca,
    pub(crate) corp: Ca,
}

/// The folder, and servers once somebody wants them.
pub(crate) struct Lab {
    folder: TempDir,
    pub(crate) pki: Pki,
    nginx: OnceLock<Option<(Nginx, Vec<&'static str>)>>,
    squids: [OnceLock<Option<Squid>>; 5],
    mitmproxy: OnceLock<Option<Mitmproxy>>,
}

/// A squid: that lets everybody in, that asks for a login by one scheme, that is spoken to
/// under TLS and asks for a login, that replaces certificates.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    Open,
    Basic,
    Digest,
    Secure,
    Bumping,
}

impl Lab {
    pub(crate) fn new() -> Lab {
        let root = Ca::anchor("Lab Root", Key::p256(200));
        let pki = Pki {
            issuing: Ca::intermediate("Lab Issuing CA", Key::p256(201), &root),
            root,
            stranger: Ca::anchor("Stranger Root", Key::p256(210)),
            clients: Ca::anchor("Clients Root", Key::p256(211)),
            corp: Ca::anchor("Squid CA of Example Corp", Key::p256(212)),
        };
        let lab = Lab {
            folder: folder(),
            pki,
            nginx: OnceLock::new(),
            squids: Default::default(),
            mitmproxy: OnceLock::new(),
        };
        for (name, ca) in [
            ("root", &lab.pki.root),
            ("issuing", &lab.pki.issuing),
            ("stranger", &lab.pki.stranger),
            ("clients", &lab.pki.clients),
            ("corp", &lab.pki.corp),
        ] {
            lab.write(&format!("{name}.pem"), pem::certificate(ca.der()));
        }
        for (name, ca, key) in [("client", &lab.pki.clients, 220), ("outsider", &lab.pki.stranger, 221)] {
            let certificate = CertificateBuilder::new(Name::cn(name), Key::p256(key))
                .extension(Extension::extended_key_usage([purposes::CLIENT_AUTH]))
                .issued_by(ca);
            Presented::new(Key::p256(key), [certificate]).write(lab.folder(), name);
        }
        lab.write("password", "secret\n");
        lab.write("proxy-password", format!("{PASSWORD}\n"));
        let mut export = Command::new("openssl");
        export.args(["pkcs12", "-export", "-in", "client.pem", "-inkey", "client.key", "-out", "client.pfx"]);
        run(export.args(["-passout", "pass:secret"]).current_dir(lab.folder()));
        lab
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn write(&self, name: &str, octets: impl AsRef<[u8]>) {
        write(&self.folder.path().join(name), octets);
    }

    /// A site of nginx's.
    pub(crate) fn site(&self, name: &str) -> Option<Served> {
        let nginx = self.nginx.get_or_init(|| {
            let (names, sites): (Vec<_>, Vec<_>) = sites::all(&self.pki).into_iter().unzip();
            Nginx::start(&sites).map(|nginx| (nginx, names))
        });
        let (nginx, names) = nginx.as_ref()?;
        let place = names.iter().position(|known| *known == name);
        Some(Served::at(nginx.address(place.unwrap_or_else(|| panic!("there is no site {name}")))))
    }

    /// A squid of this kind.
    pub(crate) fn squid(&self, kind: Kind) -> Option<&Squid> {
        let start = || match kind {
            Kind::Open => Squid::start(Login::No),
            Kind::Basic => Squid::start(Login::Basic),
            Kind::Digest => Squid::start(Login::Digest),
            Kind::Secure => Squid::under_tls(Login::Basic, &self.pki.lasting()),
            Kind::Bumping => Squid::bumping(&Presented::new(self.pki.corp.key(), [self.pki.corp.der()])),
        };
        self.squids[kind as usize].get_or_init(start).as_ref()
    }

    /// The pin of the servers' key (RFC 7469 §2.4).
    pub(crate) fn pin() -> String {
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &Key::p256(SERVER).spki());
        format!("sha256/{}", pem::base64(digest.as_ref()))
    }

    /// mitmproxy; its root is in `mitmproxy.pem`.
    pub(crate) fn mitmproxy(&self) -> Option<&Mitmproxy> {
        let start = || {
            let mitmproxy = Mitmproxy::start()?;
            self.write("mitmproxy.pem", mitmproxy.root_pem());
            Some(mitmproxy)
        };
        self.mitmproxy.get_or_init(start).as_ref()
    }
}

impl Pki {
    /// A certificate for servers with these names, not yet issued.
    pub(crate) fn named<'a>(key: Key, names: impl IntoIterator<Item = &'a str>) -> CertificateBuilder {
        let names: Vec<&str> = names.into_iter().collect();
        let subject = Name::cn(names.first().copied().unwrap_or_default());
        let names = names.into_iter().map(|name| match name.parse::<std::net::IpAddr>() {
            Ok(_) => GeneralName::ip(name),
            Err(_) => GeneralName::dns(name),
        });
        CertificateBuilder::new(subject, key)
            .extension(Extension::key_usage(&[KeyUsage::DigitalSignature, KeyUsage::KeyEncipherment]))
            .extension(Extension::extended_key_usage([purposes::SERVER_AUTH]))
            .extension(Extension::subject_alt_name(names))
    }

    /// One for this machine under all names of the tests.
    pub(crate) fn own(key: Key) -> CertificateBuilder {
        Self::named(key, ["host.test", "localhost", "www.example.com", "mail.example.net", "127.0.0.1", "::1"])
    }

    /// What a server presents that is set up well.
    pub(crate) fn good(&self) -> Presented {
        self.presented(Key::p256(SERVER), |plain| plain)
    }

    /// The same for those who go by the machine's clock.
    pub(crate) fn lasting(&self) -> Presented {
        self.presented(Key::p256(SERVER), |plain| plain.validity(time::CA_START, time::CA_END))
    }

    /// The same with the certificate changed so.
    pub(crate) fn presented(&self, key: Key, change: impl Fn(CertificateBuilder) -> CertificateBuilder) -> Presented {
        let certificate = change(Self::own(key)).issued_by(&self.issuing);
        Presented::new(key, [certificate.as_slice(), self.issuing.der()])
    }
}
