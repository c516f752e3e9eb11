//! Opening a PFX against its key derivations alone, as aws-lc-rs does them: a key
//! and a safe with certificates by PBES2, and the MAC, each at 600,000 iterations.
//!
//! Target: at most [`MOST`] times the derivations, in time of the processor. What a
//! hostile file can multiply is nothing: the MAC is derived first, and the rest only
//! when it holds. Wall time is stated beside it: after the MAC, two derivations go
//! side by side.

use std::fs;
use std::hint::black_box;
use std::io::{self, Write};
use std::num::NonZeroU32;
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

const MOST: f64 = 1.1;

const PASSWORD: &str = "correct horse battery staple";

fn main() -> io::Result<()> {
    let (iterations, rounds) =
        if std::env::args().any(|argument| argument == "--bench") { (600_000, 9) } else { (1_000, 1) };
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "a key and certificates by AES-256 with SHA-256, and a MAC, {iterations} iterations; {rounds} rounds\n"
    )?;
    writeln!(
        out,
        "{:<24} {:<16} {:>8} {:>8}  {:<16} {:>8} {:>8}",
        "MAC", "", "CPU ms", "× first", "(quartiles)", "wall ms", "× first"
    )?;
    let mut targets = Vec::new();
    let macs = [
        ("PBMAC1", MacScheme::Pbmac1 { hash: Hash::Sha256, prf: Hash::Sha256, iterations }),
        ("PKCS#12 HMAC SHA-256", MacScheme::Pkcs12 { hash: Hash::Sha256, iterations }),
    ];
    for (name, mac) in macs {
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

fn one_kind(out: &mut dyn Write, name: &str, mac: MacScheme, iterations: u32, rounds: usize) -> io::Result<f64> {
    let file = file(mac, iterations).map_err(io::Error::other)?;
    let alone = || derivations(mac, iterations);
    let opened = || open(&file);
    let ways: [(&str, &dyn Fn()); 2] = [("derivations alone", &alone), ("opening", &opened)];
    let mut times = ways.map(|_| (Vec::new(), Vec::new()));
    for round in 0..=rounds {
        for ((_, run), (processor, wall)) in ways.iter().zip(&mut times) {
            let (start, before) = (Instant::now(), processor_time());
            run();
            if round > 0 {
                wall.push(start.elapsed().as_secs_f64());
                processor.push((processor_time() - before).as_secs_f64());
            }
        }
    }
    let [(base, base_wall), _] = times.clone();
    let mut ratio = f64::NAN;
    for ((way, _), (processor, wall)) in ways.iter().zip(&times) {
        let ratios = |times: &[f64], base: &[f64]| times.iter().zip(base).map(|(a, b)| a / b).collect::<Vec<_>>();
        let (own, walls) = (ratios(processor, &base), ratios(wall, &base_wall));
        ratio = quantile(&own, 2);
        writeln!(
            out,
            "{name:<24} {way:<16} {:>8.1} {ratio:>8.3}  {:<16} {:>8.1} {:>8.3}",
            quantile(processor, 2) * 1e3,
            format!("({:.2} to {:.2})", quantile(&own, 1), quantile(&own, 3)),
            quantile(wall, 2) * 1e3,
            quantile(&walls, 2),
        )?;
    }
    Ok(ratio)
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

/// What the threads of this process, also those that ended, were on processors; wall
/// time where that is not told. Linux counts it in ticks of ten milliseconds.
fn processor_time() -> Duration {
    let told = || {
        let stat = fs::read_to_string("/proc/self/stat").ok()?;
        // Behind the name, which may have spaces: the state is the third field, utime the 14th.
        let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
        let ticks = fields.next()?.parse::<u64>().ok()? + fields.next()?.parse::<u64>().ok()?;
        Some(Duration::from_millis(10 * ticks))
    };
    told().unwrap_or_else(|| START.elapsed())
}

static START: std::sync::LazyLock<Instant> = std::sync::LazyLock::new(Instant::now);
