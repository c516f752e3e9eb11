//! Opening a PFX against its key derivations alone, as aws-lc-rs does them: a key
//! and a safe with certificates by PBES2, and the MAC, each at 600,000 iterations.
//!
//! Target: at most [`MOST`] times the derivations, in time of the processor. What a
//! hostile file can multiply is nothing: the MAC is derived first, and the rest only
//! when it holds. Wall time is stated beside it: after the MAC, two derivations go
//! side by side. p12-keystore, `openssl pkcs12` and Java's `keytool` open the same file,
//! as far as they are there and know its MAC.

#[path = "pfx/peers.rs"]
mod peers;

use std::fs;
use std::hint::black_box;
use std::io::{self, Write};
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::pbkdf2;
use certlens_keystore::pbe::{Cipher, EncryptionScheme, Hash, MacScheme};
use certlens_keystore::pfx::Pfx;
use certlens_keystore::pfx::write::{
    CertificateEntry, CertificateProtection, Contents, KeyEntry, KeyProtection, Protection, SystemRandom, WriteError,
    WritePassword,
};
use certlens_keystore::secret::{Password, SecretOctets};
use certlens_testkit::{Ca, CertificateBuilder, Key, Name};
use peers::Peer;

const MOST: f64 = 1.1;

const PASSWORD: &str = "correct horse battery staple";

fn main() -> io::Result<()> {
    let (iterations, rounds) =
        if std::env::args().any(|argument| argument == "--bench") { (600_000, 9) } else { (1_000, 1) };
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "a key and certificates by AES-256 with SHA-256, and a MAC, {iterations} iterations; {rounds} rounds; of programs less their time for one iteration\n"
    )?;
    writeln!(
        out,
        "{:<21} {:<18} {:>8} {:>8}  {:<16} {:>8} {:>8} {:>8}",
        "MAC", "", "CPU ms", "× first", "(quartiles)", "wall ms", "× first", "shortest"
    )?;
    let mut targets = Vec::new();
    for name in ["PBMAC1", "PKCS#12 HMAC SHA-256"] {
        let mac = |iterations| match name {
            "PBMAC1" => MacScheme::Pbmac1 { hash: Hash::Sha256, prf: Hash::Sha256, iterations },
            _ => MacScheme::Pkcs12 { hash: Hash::Sha256, iterations },
        };
        let ratio = one_kind(&mut out, name, mac, iterations, rounds)?;
        targets.push((name, ratio));
    }
    writeln!(out)?;
    for (name, ratio) in targets {
        let verdict = if ratio <= MOST { "met" } else { "MISSED" };
        writeln!(out, "target: {name}: at most {MOST} × the derivations: {ratio:.3}, {verdict}")?;
    }
    Ok(())
}

/// What is measured: what it does with the file, and with one that has one iteration
/// where that is to be taken off.
struct Way<'a> {
    name: &'a str,
    run: Box<dyn Fn() + 'a>,
    less: Option<Box<dyn Fn() + 'a>>,
    processor: Vec<f64>,
    wall: Vec<f64>,
}

impl<'a> Way<'a> {
    fn new(name: &'a str, run: impl Fn() + 'a) -> Way<'a> {
        Way { name, run: Box::new(run), less: None, processor: Vec::new(), wall: Vec::new() }
    }

    /// The time of the processor, and wall time.
    fn once(run: &dyn Fn()) -> (f64, f64) {
        let (start, before) = (Instant::now(), processor_time());
        run();
        let wall = start.elapsed().as_secs_f64();
        (processor_time().saturating_sub(before).as_secs_f64(), wall)
    }

    fn measure(&mut self) {
        let (mut processor, mut wall) = Self::once(&self.run);
        if let Some(less) = &self.less {
            let less = Self::once(less);
            (processor, wall) = (processor - less.0, wall - less.1);
        }
        self.processor.push(processor);
        self.wall.push(wall);
    }
}

fn one_kind(
    out: &mut dyn Write,
    name: &str,
    mac: impl Fn(u32) -> MacScheme,
    iterations: u32,
    rounds: usize,
) -> io::Result<f64> {
    let folder = peers::folder()?;
    let path = |name: &str| -> PathBuf { folder.join(name) };
    let (full, light) = (path("full.pfx"), path("light.pfx"));
    let file = file(mac(iterations), iterations).map_err(io::Error::other)?;
    fs::write(&full, &file)?;
    fs::write(&light, self::file(mac(1), 1).map_err(io::Error::other)?)?;

    let alone = || derivations(mac(iterations), iterations);
    let mut ways = vec![Way::new("derivations alone", alone), Way::new("opening", || open(&file))];
    let mut absent = Vec::new();
    for peer in Peer::ALL {
        if !peer.open(&light) {
            absent.push(peer.name());
            continue;
        }
        let opened = |path| move || assert!(peer.open(path), "{}: does not open the file", peer.name());
        let mut way = Way::new(peer.name(), opened(&full));
        if peer.is_process() {
            way.less = Some(Box::new(opened(&light)));
        }
        ways.push(way);
    }
    for round in 0..=rounds {
        for way in &mut ways {
            way.measure();
            if round == 0 {
                // It fills the caches.
                (way.processor, way.wall) = (Vec::new(), Vec::new());
            }
        }
    }
    let [base, opening, ..] = ways.as_slice() else { return Err(io::Error::other("nothing was measured")) };
    let ratios = |times: &[f64], base: &[f64]| times.iter().zip(base).map(|(a, b)| a / b).collect::<Vec<_>>();
    for way in &ways {
        let (own, walls) = (ratios(&way.processor, &base.processor), ratios(&way.wall, &base.wall));
        writeln!(
            out,
            "{name:<21} {:<18} {:>8.1} {:>8.3}  {:<16} {:>8.1} {:>8.3} {:>8.3}",
            way.name,
            quantile(&way.processor, 2) * 1e3,
            quantile(&own, 2),
            format!("({:.2} to {:.2})", quantile(&own, 1), quantile(&own, 3)),
            quantile(&way.wall, 2) * 1e3,
            quantile(&walls, 2),
            // What the two took when other work disturbed them least.
            quantile(&way.wall, 0) / quantile(&base.wall, 0),
        )?;
    }
    for peer in absent {
        writeln!(out, "{name:<21} {peer:<18} is not there, or does not open it")?;
    }
    Ok(quantile(&ratios(&opening.processor, &base.processor), 2))
}

/// The value below which `quarters` quarters of the values lie.
fn quantile(values: &[f64], quarters: usize) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() * quarters / 4).copied().unwrap_or(f64::NAN)
}

/// An RSA key with its certificate and two more.
fn file(mac: MacScheme, iterations: u32) -> Result<Vec<u8>, WriteError> {
    let anchor = Ca::anchor("Anchor", Key::p256(0));
    let issuing = Ca::intermediate("Issuing", Key::p256(1), &anchor);
    let end = CertificateBuilder::new(Name::cn("node1.example.com"), Key::rsa2048(0)).issued_by(&issuing);
    let certificates = [end, issuing.der().to_vec(), anchor.der().to_vec()].map(CertificateEntry::new);
    let contents = Contents {
        keys: vec![KeyEntry::new(SecretOctets::new(Key::rsa2048(0).pkcs8()))?],
        certificates: certificates.into_iter().collect::<Result<_, _>>()?,
        others: Vec::new(),
    };
    let scheme = EncryptionScheme::Pbes2 { cipher: Cipher::Aes256, prf: Hash::Sha256, iterations };
    let protection = Protection {
        keys: KeyProtection::Encrypted(scheme),
        certificates: CertificateProtection::Encrypted(scheme),
        mac,
    };
    let password = Password::new(PASSWORD.to_owned());
    let file = contents.write(&protection, WritePassword::Given(&password), &mut SystemRandom)?;
    Ok(file.expose().to_vec())
}

fn open(file: &[u8]) {
    let password = Password::new(PASSWORD.to_owned());
    let opened = Pfx::read(file).ok().and_then(|mut pfx| {
        let opening = pfx.open(Some(&password)).ok()?;
        (opening.is_complete() && pfx.certificates().count() == 3).then_some(pfx)
    });
    // What is measured has to do what it is measured for.
    assert!(black_box(opened).is_some(), "the file does not open");
}

/// What opening derives, and nothing else.
fn derivations(mac: MacScheme, iterations: u32) {
    let pbkdf2s = match mac {
        MacScheme::Pbmac1 { .. } => 3,
        MacScheme::Pkcs12 { .. } => {
            // RFC 7292 App. B.2 without what surrounds it.
            let mut last = digest(&SHA256, PASSWORD.as_bytes());
            for _ in 1..iterations {
                last = digest(&SHA256, last.as_ref());
            }
            black_box(last);
            2
        }
    };
    for _ in 0..pbkdf2s {
        let mut key = [0; 32];
        let iterations = NonZeroU32::new(iterations).unwrap_or(NonZeroU32::MIN);
        pbkdf2::derive(pbkdf2::PBKDF2_HMAC_SHA256, iterations, &[7; 16], PASSWORD.as_bytes(), &mut key);
        black_box(key);
    }
}

/// What the threads of this process, also those that ended, and the processes that it
/// waited for were on processors; wall time where that is not told. Linux counts it in
/// ticks of ten milliseconds.
fn processor_time() -> Duration {
    let told = || {
        let stat = fs::read_to_string("/proc/self/stat").ok()?;
        // Behind the name, which may have spaces: the state is the third field; the 14th to
        // the 17th are utime, stime, cutime and cstime.
        let fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11).take(4);
        let ticks: Option<u64> = fields.map(|field| field.parse::<u64>().ok()).sum();
        Some(Duration::from_millis(10 * ticks?))
    };
    told().unwrap_or_else(|| START.elapsed())
}

static START: std::sync::LazyLock<Instant> = std::sync::LazyLock::new(Instant::now);
