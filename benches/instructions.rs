//! How many instructions a piece of work takes, counted by callgrind: the same
//! number on a busy machine as on an idle one.
//!
//! The program starts itself again under valgrind, once for each piece, and
//! counting is switched on inside one function only.

use std::hint::black_box;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use certlens_core::crypto::algorithm::HashAlgorithm;
use certlens_core::crypto::{Hashed, Hasher};
use certlens_core::encoding::pem;
use certlens_core::encoding::text::Text;
use certlens_core::path::VerifyCache;
use certlens_core::verdict::Status;
use certlens_core::x509::crl::{CrlReader, Keep, Lookup, Serials};
use certlens_core::x509::{Certificate, Crl};
use certlens_testkit::{CrlBuilder, Issuer as SigningCa, Key};

use chains::{Chain, Prepared, Ready};

#[path = "path/chains.rs"]
mod chains;

/// Says which piece of work a run under valgrind is for.
const PIECE: &str = "CERTLENS_BENCH_PIECE";

/// Name, the function inside which is counted, and what it does.
const PIECES: [(&str, &str, &str); 4] = [
    ("decode", "counted_decode", "read a certificate and the value of each of its ten extensions"),
    ("id", "counted_id", "SHA-256 of the certificate (valgrind has no SHA instructions, so this is the plain way)"),
    ("names", "counted_names", "the canonical forms of issuer and subject, as pools and paths compare them"),
    ("text", "counted_text", "issuer and subject as text (RFC 4514)"),
];

/// The same for verifications, each with the piece that is its signatures alone.
const VERIFICATIONS: [(&str, &str, &str, &str); 2] = [
    ("verify", "counted_verify", "two", "three certificates from their octets, pool and anchor made, one path found"),
    ("further", "counted_further", "one", "one more target, all above it at hand and its signature remembered"),
];

/// What is done with a CRL of [`ENTRIES`] entries: name, function, the most
/// instructions that an entry may take, and what it is. The hash of the CRL is left out.
const CRLS: [(&str, &str, u64, &str); 2] = [
    ("stream", "counted_stream", 75, "the entries read for one serial number, in pieces of 64 KiB"),
    ("index", "counted_index", 200, "the CRL kept, and its entries put into an index"),
];

const ENTRIES: u32 = 50_000;

fn main() -> io::Result<()> {
    if let Some(piece) = std::env::var_os(PIECE) {
        return work(&piece.to_string_lossy());
    }
    let mut out = io::stdout().lock();
    if Command::new("valgrind").arg("--version").output().is_err() {
        return writeln!(out, "valgrind is not installed (Debian: apt-get install valgrind); nothing was counted");
    }
    writeln!(out, "instructions for facebook.com (1,715 octets, 10 extensions)\n")?;
    for (piece, function, what) in PIECES {
        let count = count(piece, function)?;
        writeln!(out, "{piece:<8} {count:>10}  {what}")?;
    }
    writeln!(out, "\ninstructions to verify the public chain, those of its signatures left out\n")?;
    for (piece, function, signatures, what) in VERIFICATIONS {
        let (all, bare) = (count(piece, function)?, count(signatures, "counted_signatures")?);
        writeln!(out, "{piece:<8} {:>10}  {what}", all.saturating_sub(bare))?;
        writeln!(out, "{:<8} {bare:>10}  {signatures} signature(s)", "")?;
    }
    writeln!(out, "\ninstructions for each of {ENTRIES} entries of a CRL\n")?;
    let hash = count("hash", "counted_hash")?;
    let mut missed = Vec::new();
    for (piece, function, most, what) in CRLS {
        let all = count(piece, function)?;
        let of_hash = if piece == "stream" { hash } else { 0 };
        let each = all.saturating_sub(of_hash) as f64 / f64::from(ENTRIES);
        writeln!(out, "{piece:<8} {each:>10.1}  {what} (at most {most})")?;
        if each > most as f64 {
            missed.push(format!("{piece}: {each:.1} instructions an entry, not {most}"));
        }
    }
    if missed.is_empty() { Ok(()) } else { Err(io::Error::other(missed.join("; "))) }
}

/// Runs one piece under callgrind.
fn count(piece: &str, function: &str) -> io::Result<u64> {
    let run = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null", "--collect-atstart=no"])
        .arg(format!("--toggle-collect=*{function}*"))
        .arg(std::env::current_exe()?)
        .env(PIECE, piece)
        .output()?;
    let text = String::from_utf8_lossy(&run.stderr);
    let collected = text.lines().find_map(|line| line.split_once("Collected : "));
    match collected.and_then(|(_, number)| number.trim().parse().ok()) {
        Some(0) | None => Err(io::Error::other(format!("callgrind counted nothing for {piece}:\n{text}"))),
        Some(count) => Ok(count),
    }
}

/// One piece, twice: the first time everything is new to the allocator.
fn work(piece: &str) -> io::Result<()> {
    let der = read()?;
    let again = Certificate::from_der(&der).map_err(io::Error::other)?;
    match piece {
        "decode" => drop(black_box(counted_decode(black_box(&der)))),
        "id" => drop(black_box(counted_id(black_box(&again)))),
        "names" => drop(black_box(counted_names(black_box(&again)))),
        "text" => drop(black_box(counted_text(black_box(&again)))),
        "stream" | "index" | "hash" => return crl(piece),
        _ => return verify(piece),
    }
    Ok(())
}

/// Something done with a CRL.
fn crl(piece: &str) -> io::Result<()> {
    let der = CrlBuilder::new().many_entries(ENTRIES).signed_by(SigningCa::new("CA", Key::p256(0)));
    let serial = CrlBuilder::many_serial(ENTRIES / 2);
    let found = match piece {
        "stream" => counted_stream(black_box(&der), &serial).map(|crl| crl.lookup(&serial)),
        "index" => counted_index(black_box(&der)).map(|crl| crl.lookup(&serial)),
        _ => {
            black_box(counted_hash(black_box(&der)));
            return Ok(());
        }
    };
    match found {
        Some(Lookup::Entries(entries)) if entries.len() == 1 => Ok(()),
        other => Err(io::Error::other(format!("{piece}: {other:?}"))),
    }
}

/// A verification, or its signatures alone.
fn verify(piece: &str) -> io::Result<()> {
    let chain = chains::all(1)?.pop().ok_or_else(|| io::Error::other("there is no chain"))?;
    let target = chain.target();
    let of_target = &[chain.prepared_target(target)?];
    let both = &[chain.prepared_target(target)?, chain.prepared_intermediate()?];
    let unreadable = || io::Error::other(format!("the chain of {} for {} cannot be read", chain.name, chain.host));
    let ready = Ready::new(&chain).ok_or_else(unreadable)?;
    let cache = ready.warm_cache().ok_or_else(unreadable)?;
    let (found, expected) = match piece {
        "verify" => (counted_verify(black_box(&chain)), 2),
        "further" => (counted_further(&ready, black_box(target), &cache), 1),
        "two" => (counted_signatures(black_box(both)), 2),
        "one" => (counted_signatures(black_box(of_target)), 1),
        _ => return Err(io::Error::other(format!("{PIECE}={piece} is not known"))),
    };
    match found == Some((Status::Trusted, expected)) {
        true => Ok(()),
        false => Err(io::Error::other(format!("{piece}: {found:?}"))),
    }
}

fn read() -> io::Result<Vec<u8>> {
    let path: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("../testdata/bench/facebook.com.pem");
    let file = std::fs::read(&path)?;
    let text = Text::detect(&file);
    let block = text.as_ref().and_then(|text| pem::blocks(text).next()).and_then(Result::ok);
    block.map(|block| block.der.clone()).ok_or_else(|| io::Error::other(format!("{} is no PEM", path.display())))
}

// A closure inside one of these would have the function's name in its own and
// switch counting off again.

#[inline(never)]
fn counted_decode(der: &[u8]) -> Option<Certificate> {
    let Ok(certificate) = Certificate::from_der(der) else { return None };
    for extension in certificate.extensions() {
        let _ = black_box(extension.value());
    }
    Some(certificate)
}

#[inline(never)]
fn counted_id(certificate: &Certificate) -> [u8; 32] {
    certificate.id().0
}

#[inline(never)]
fn counted_names(certificate: &Certificate) -> (Vec<u8>, Vec<u8>) {
    (certificate.issuer().canonical(), certificate.subject().canonical())
}

#[inline(never)]
fn counted_text(certificate: &Certificate) -> (String, String) {
    (certificate.issuer().to_string(), certificate.subject().to_string())
}

#[inline(never)]
fn counted_stream(der: &[u8], serial: &[u8]) -> Option<Crl> {
    let mut reader = CrlReader::new(Keep::Matches(Serials::new([serial])));
    for piece in der.chunks(64 * 1024) {
        reader.update(piece).ok()?;
    }
    reader.finish().ok()
}

#[inline(never)]
fn counted_index(der: &[u8]) -> Option<Crl> {
    let crl = Crl::from_der(der).ok()?;
    crl.make_index();
    Some(crl)
}

#[inline(never)]
fn counted_hash(der: &[u8]) -> Option<Hashed> {
    let mut hasher = Hasher::new(HashAlgorithm::Sha256)?;
    for piece in der.chunks(64 * 1024) {
        hasher.update(piece);
    }
    Some(hasher.finish())
}

#[inline(never)]
fn counted_verify(chain: &Chain) -> Option<(Status, usize)> {
    chain.verify(chain.target())
}

#[inline(never)]
fn counted_further(ready: &Ready<'_>, target: &[u8], cache: &VerifyCache) -> Option<(Status, usize)> {
    ready.verify(target, cache)
}

#[inline(never)]
fn counted_signatures(prepared: &[Prepared]) -> Option<(Status, usize)> {
    let mut verified = 0;
    for signature in prepared {
        verified += usize::from(signature.verify());
    }
    (verified == prepared.len()).then_some((Status::Trusted, verified))
}
