//! Decrypting one part of a PFX. Jobs depend on nothing but the password, so that
//! they can be done side by side.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use certlens_core::encoding::ber::Reader;
use certlens_core::encoding::der::Tag;

use super::error::PfxError;
use super::open::PasswordForm;
use super::open_error::{OpenError, OpenErrorKind, Part, Undecryptable};
use super::place::{Layer, Place, Position};
use super::private_key::PrivateKey;
use crate::pbe::{AlgorithmError, Encryption, Passphrase, PbeError};
use crate::secret::{Password, SecretOctets};

/// A form of the password that may be the right one.
#[derive(Clone, Copy)]
pub(super) struct Candidate<'a> {
    pub(super) form: PasswordForm,
    pub(super) passphrase: Passphrase<'a>,
}

impl<'a> Candidate<'a> {
    /// The forms of a password, the likeliest first.
    pub(super) fn of(password: Option<&'a Password>, empty: &'a Password) -> Vec<Candidate<'a>> {
        let absent = Candidate { form: PasswordForm::Absent, passphrase: Passphrase::Absent };
        let empty = Candidate { form: PasswordForm::Empty, passphrase: Passphrase::Text(empty) };
        match password {
            None => vec![absent, empty],
            Some(password) if password.is_empty() => vec![empty, absent],
            Some(password) => {
                let text = Candidate { form: PasswordForm::Text, passphrase: Passphrase::Text(password) };
                let widened = Candidate { form: PasswordForm::Widened, passphrase: Passphrase::Widened(password) };
                if password.expose().is_ascii() { vec![text] } else { vec![text, widened] }
            }
        }
    }

    /// The forms that make a difference: PBES2 and PBMAC1 take UTF-8, in which all
    /// of them are the same.
    pub(super) fn distinct<'c>(all: &'c [Candidate<'a>], utf8: bool) -> &'c [Candidate<'a>] {
        if utf8 { all.get(..1).unwrap_or_default() } else { all }
    }
}

/// What a job decrypts.
#[derive(Clone, Copy)]
pub(super) enum Target {
    /// The safe with this number.
    Safe(usize),
    /// The key of the bag at this position, which starts at this place.
    Key(Position, Place),
}

/// Something encrypted.
pub(super) struct Job<'a> {
    pub(super) target: Target,
    pub(super) encryption: &'a Result<Encryption, AlgorithmError>,
    pub(super) ciphertext: &'a [u8],
}

/// What was encrypted.
pub(super) enum Decrypted {
    /// The contents of a safe, with its number.
    Safe(usize, SecretOctets),
    /// The key of a bag.
    Key(Position, PrivateKey),
}

/// What came of a job.
pub(super) struct Outcome {
    pub(super) part: Part,
    pub(super) result: Result<(PasswordForm, Decrypted), OpenErrorKind>,
}

impl Job<'_> {
    fn part(&self) -> Part {
        match self.target {
            Target::Safe(number) => Part::Safe(number),
            Target::Key(position, place) => Part::Key { position, place },
        }
    }

    /// Whether it is about a key in one of these safes.
    pub(super) fn is_within(&self, safes: &BTreeSet<usize>) -> bool {
        matches!(self.target, Target::Key(position, _) if safes.contains(&position.safe))
    }

    fn candidates<'c, 'p>(&self, all: &'c [Candidate<'p>]) -> &'c [Candidate<'p>] {
        Candidate::distinct(all, matches!(self.encryption, Ok(Encryption::Pbes2 { .. })))
    }

    /// What it costs, should all forms of the password be tried; of what cannot
    /// be decrypted, nothing.
    ///
    /// # Errors
    /// It is beyond a limit.
    pub(super) fn rounds(&self, candidates: &[Candidate<'_>]) -> Result<u64, OpenError> {
        let Ok(encryption) = self.encryption else { return Ok(0) };
        match encryption.rounds() {
            Ok(rounds) => Ok(rounds.saturating_mul(self.candidates(candidates).len() as u64)),
            Err(error @ PbeError::Limit(_)) => Err(OpenError { part: self.part(), kind: error.into() }),
            Err(_) => Ok(0),
        }
    }

    /// Decrypts with the first form of the password that fits.
    pub(super) fn run(&self, candidates: &[Candidate<'_>]) -> Outcome {
        // There is always a candidate.
        let mut result = Err(OpenErrorKind::WrongPassword { given: false });
        for candidate in self.candidates(candidates) {
            result = self.decrypt(candidate.passphrase).map(|decrypted| (candidate.form, decrypted));
            if !matches!(result, Err(OpenErrorKind::Undecryptable { .. })) {
                break;
            }
        }
        Outcome { part: self.part(), result }
    }

    fn decrypt(&self, passphrase: Passphrase<'_>) -> Result<Decrypted, OpenErrorKind> {
        let encryption = self.encryption.as_ref().map_err(|error| OpenErrorKind::Algorithm(error.clone()))?;
        let key = encryption.derive(passphrase)?;
        let octets = encryption.decrypt(&key, self.ciphertext).map_err(|error| match error {
            PbeError::Padding | PbeError::CiphertextLength { .. } => {
                OpenErrorKind::undecryptable(Undecryptable::Cipher(error))
            }
            error => error.into(),
        })?;
        let malformed = |layer| {
            move |error| {
                OpenErrorKind::undecryptable(Undecryptable::Structure(PfxError::der(Place::start(layer), error)))
            }
        };
        match self.target {
            Target::Key(position, _) => {
                let key = PrivateKey::read(octets).map_err(malformed(Layer::PrivateKey))?;
                Ok(Decrypted::Key(position, key))
            }
            Target::Safe(number) => {
                // One wrong key in 256 leaves what looks like padding.
                let outline = Reader::new(octets.expose()).expect(Tag::SEQUENCE).map(drop);
                outline.map_err(malformed(Layer::Safe(number)))?;
                Ok(Decrypted::Safe(number, octets))
            }
        }
    }
}

/// Work below this is done sooner than a thread is started.
const ROUNDS_WORTH_A_THREAD: u64 = 50_000;

/// Does all jobs and returns what came of them in their order: side by side,
/// except for those that take much memory.
pub(super) fn run_all(jobs: &[Job<'_>], candidates: &[Candidate<'_>]) -> Vec<Outcome> {
    let heavy = |job: &Job<'_>| job.encryption.as_ref().is_ok_and(Encryption::takes_memory);
    let rounds: u64 = jobs.iter().map(|job| job.rounds(candidates).unwrap_or(0)).sum();
    let side_by_side = jobs.iter().filter(|job| !heavy(job)).count();
    let threads = thread::available_parallelism().map_or(1, usize::from).min(side_by_side);
    if threads < 2 || rounds < ROUNDS_WORTH_A_THREAD {
        return jobs.iter().map(|job| job.run(candidates)).collect();
    }
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::with_capacity(jobs.len()));
    let work = || {
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(job) = jobs.get(index) else { return };
            if !heavy(job) {
                let outcome = job.run(candidates);
                done.lock().unwrap_or_else(PoisonError::into_inner).push((index, outcome));
            }
        }
    };
    thread::scope(|scope| {
        for _ in 1..threads {
            // Without another thread this one does it all.
            let _ = thread::Builder::new().spawn_scoped(scope, work);
        }
        work();
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.extend(jobs.iter().enumerate().filter(|(_, job)| heavy(job)).map(|(index, job)| (index, job.run(candidates))));
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, outcome)| outcome).collect()
}
