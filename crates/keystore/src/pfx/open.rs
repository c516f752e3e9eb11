//! Opening a PFX with a password: the MAC first, then what is encrypted.

use std::collections::{BTreeMap, BTreeSet};

use super::bag::{Bag, BagContent};
use super::contents;
use super::error::PfxErrorKind;
use super::forms::Forms;
use super::job::{Candidate, Decrypted, Job, Outcome, Target, run_all};
use super::open_error::{OpenError, OpenErrorKind, Part, Proof, Undecryptable};
use super::place::{Layer, Place, Position};
use super::private_key::PrivateKey;
use super::safe::Protection;
use super::{Pfx, Safe};
use crate::pbe::limits::MAX_ROUNDS;
use crate::pbe::{Count, LimitError, Mac};
use crate::secret::{Password, SecretOctets};

/// What came of opening a PFX. What was decrypted is in the [`Pfx`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    /// Whether there is a MAC, which then holds.
    pub verified: bool,
    /// The form of the password that fitted; `None` when nothing needed one.
    pub password: Option<PasswordForm>,
    /// The parts that could not be decrypted.
    pub failures: Vec<OpenError>,
}

impl Opening {
    /// Whether everything was decrypted.
    pub fn is_complete(&self) -> bool {
        self.failures.is_empty()
    }
}

/// The form of a password, as far as it makes a difference: in PBES2 and PBMAC1
/// all forms of a password are the same. PKCS#12's own derivation tells no password
/// from the empty one; programs differ in which of them they use when none is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PasswordForm {
    /// No password: no octets.
    Absent,
    /// The empty password: two zero octets in PKCS#12's own derivation.
    Empty,
    /// A password.
    Text,
    /// A password beyond ASCII as OpenSSL before 1.1.0 and Mbed TLS take it: each
    /// octet of its UTF-8 for a character. Windows does not open such a file with it.
    Widened,
}

impl Pfx {
    /// Verifies the MAC and decrypts what is encrypted; the bags of safes and the
    /// private keys are then where there were none. Without a password and with an
    /// empty one both forms of it are tried, and so are those of one beyond ASCII.
    ///
    /// What it costs is bounded, and is added up before anything is derived.
    ///
    /// # Errors
    /// The password is wrong, or the MAC cannot be verified, or a limit was hit:
    /// nothing was decrypted. A part that alone cannot be decrypted is no error,
    /// but among [`Opening::failures`].
    pub fn open(&mut self, password: Option<&Password>) -> Result<Opening, OpenError> {
        self.open_within(password, &mut 0)
    }

    /// The same where some of what is allowed was spent already; adds what this costs.
    pub(crate) fn open_within(&mut self, password: Option<&Password>, spent: &mut u64) -> Result<Opening, OpenError> {
        let empty = Password::new(String::new());
        let mut candidates = Candidate::of(password, &empty);
        let jobs = self.jobs();
        let mac_rounds = self.mac_rounds(&candidates)?;
        spend(spent, mac_rounds)?;
        for job in &jobs {
            spend(spent, job.rounds(&candidates)?)?;
        }
        let form = self.verify(&candidates, &jobs, password.is_some())?;
        if let Some(form) = form {
            // What is encrypted may still be so under the other form.
            candidates.sort_by_key(|candidate| candidate.form != form);
        }

        let mut opening = Opening { verified: self.mac.is_some(), password: form, failures: self.unsupported() };
        let outcomes = run_all(&jobs, &candidates);
        let (opened, mut decrypted) = self.take(outcomes, &mut opening);
        // Keys in an encrypted safe are seen now that it was decrypted.
        let mut jobs = self.jobs();
        jobs.retain(|job| job.is_within(&opened));
        let mut affordable = Vec::with_capacity(jobs.len());
        for job in jobs {
            match job.rounds(&candidates).and_then(|rounds| spend(spent, rounds)) {
                Ok(()) => affordable.push(job),
                Err(error) => opening.failures.push(error),
            }
        }
        let outcomes = run_all(&affordable, &candidates);
        decrypted |= self.take(outcomes, &mut opening).1;
        opening.explain(decrypted, password.is_some())
    }

    /// What is encrypted and not decrypted yet.
    fn jobs(&self) -> Vec<Job<'_>> {
        let mut jobs = Vec::new();
        for safe in &self.safes {
            if let (Protection::Password { encryption, ciphertext }, None) = (&safe.protection, &safe.contents) {
                jobs.push(Job { target: Target::Safe(safe.number), encryption, ciphertext });
            }
            for bag in safe.bags() {
                if let BagContent::ShroudedKey(shrouded) = &bag.content
                    && shrouded.key.is_none()
                {
                    let target = Target::Key(bag.position, bag.place);
                    jobs.push(Job { target, encryption: &shrouded.encryption, ciphertext: &shrouded.ciphertext });
                }
            }
        }
        jobs
    }

    /// The safes that no password decrypts.
    fn unsupported(&self) -> Vec<OpenError> {
        let error = |safe: &Safe| match &safe.protection {
            Protection::Other { oid } => {
                Some(OpenError { part: Part::Safe(safe.number), kind: OpenErrorKind::ContentType { oid: oid.clone() } })
            }
            _ => None,
        };
        self.safes.iter().filter_map(error).collect()
    }

    /// The MAC and its algorithm.
    fn mac_algorithm(&self) -> Result<Option<(&Mac, &[u8])>, OpenError> {
        let Some(mac) = &self.mac else { return Ok(None) };
        match &mac.algorithm {
            Ok(algorithm) => Ok(Some((algorithm, &mac.digest))),
            Err(error) => Err(OpenError { part: Part::Mac, kind: OpenErrorKind::Algorithm(error.clone()) }),
        }
    }

    /// What verifying the MAC costs, should all forms of the password be tried.
    fn mac_rounds(&self, candidates: &[Candidate<'_>]) -> Result<u64, OpenError> {
        let Some((algorithm, _)) = self.mac_algorithm()? else { return Ok(0) };
        let rounds = algorithm.rounds().map_err(|error| OpenError { part: Part::Mac, kind: error.into() })?;
        Ok(rounds.saturating_mul(mac_candidates(algorithm, candidates).len() as u64))
    }

    /// The form of the password with which the MAC holds; `None` without a MAC.
    fn verify(
        &self,
        candidates: &[Candidate<'_>],
        jobs: &[Job<'_>],
        given: bool,
    ) -> Result<Option<PasswordForm>, OpenError> {
        let failed = |kind| OpenError { part: Part::Mac, kind };
        let Some((algorithm, digest)) = self.mac_algorithm()? else { return Ok(None) };
        for candidate in mac_candidates(algorithm, candidates) {
            let holds = algorithm.verify(candidate.passphrase, self.authenticated_safe.expose(), digest);
            if holds.map_err(|error| failed(error.into()))? {
                return Ok(Some(candidate.form));
            }
        }
        if self.is_sid_protected() {
            return Err(failed(OpenErrorKind::SidProtected));
        }
        // Whether the password is right is seen where it costs least.
        let cost = |job: &&Job<'_>| job.rounds(candidates).unwrap_or(u64::MAX);
        let decrypted = jobs.iter().min_by_key(cost).is_some_and(|job| job.run(candidates).result.is_ok());
        Err(failed(if decrypted { OpenErrorKind::Damaged } else { OpenErrorKind::WrongPassword { given } }))
    }

    /// Puts in place what was decrypted; returns the numbers of the safes among it,
    /// and whether there was anything.
    fn take(&mut self, outcomes: Vec<Outcome>, opening: &mut Opening) -> (BTreeSet<usize>, bool) {
        let (mut opened, mut keys) = (BTreeSet::new(), BTreeMap::new());
        for Outcome { part, result } in outcomes {
            let placed = result.and_then(|(form, decrypted)| {
                match decrypted {
                    Decrypted::Safe(number, octets) => {
                        self.fill(number, &octets)?;
                        opened.insert(number);
                    }
                    Decrypted::Key(position, key) => drop(keys.insert(position, key)),
                }
                Ok(form)
            });
            match placed {
                Ok(form) => opening.password = opening.password.or(Some(form)),
                Err(kind) => opening.failures.push(OpenError { part, kind }),
            }
        }
        let any = !opened.is_empty() || !keys.is_empty();
        for safe in &mut self.safes {
            place_keys(safe.contents.as_deref_mut().unwrap_or_default(), &mut keys);
        }
        (opened, any)
    }

    /// Reads the bags of a safe that was decrypted.
    fn fill(&mut self, number: usize, octets: &SecretOctets) -> Result<(), OpenErrorKind> {
        let mut tally = self.tally;
        let bags = contents::read(octets.expose(), Place::start(Layer::Safe(number)), number, &mut tally);
        let bags = bags.map_err(|error| match error.kind {
            PfxErrorKind::Limit(limit) => OpenErrorKind::Limit(limit),
            _ => OpenErrorKind::undecryptable(Undecryptable::Structure(error)),
        })?;
        self.tally = tally;
        self.forms = self.forms.and(Forms::of(octets.expose()));
        if let Some(safe) = self.safes.iter_mut().find(|safe| safe.number == number) {
            safe.contents = Some(bags);
        }
        Ok(())
    }
}

impl Opening {
    /// Says of each failure what shows that the password is right. When nothing
    /// does, the first failure is all that there is to say.
    fn explain(mut self, decrypted: bool, given: bool) -> Result<Opening, OpenError> {
        let proof = match (self.verified, decrypted) {
            (true, _) => Proof::Mac,
            (false, true) => Proof::OtherPart,
            (false, false) => Proof::Nothing,
        };
        for failure in &mut self.failures {
            if let OpenErrorKind::Undecryptable { proof: unknown, .. } = &mut failure.kind {
                *unknown = proof;
            }
        }
        if proof == Proof::Nothing {
            let first = |failure: &OpenError| matches!(failure.kind, OpenErrorKind::Undecryptable { .. });
            if let Some(index) = self.failures.iter().position(first) {
                let failure = self.failures.swap_remove(index);
                let kind = if given { failure.kind } else { OpenErrorKind::WrongPassword { given } };
                return Err(OpenError { kind, ..failure });
            }
        }
        Ok(self)
    }
}

/// The forms of the password that make a difference to the MAC.
fn mac_candidates<'c, 'p>(algorithm: &Mac, all: &'c [Candidate<'p>]) -> &'c [Candidate<'p>] {
    Candidate::distinct(all, matches!(algorithm, Mac::Pbmac1 { .. }))
}

/// Counts work against the limit for the whole file.
fn spend(spent: &mut u64, rounds: u64) -> Result<(), OpenError> {
    let total = spent.saturating_add(rounds);
    if total <= MAX_ROUNDS {
        *spent = total;
        return Ok(());
    }
    let what = "the work of all key derivations, in iterations of a hash,";
    let limit = LimitError { what, found: Count::new(total), limit: MAX_ROUNDS, name: "MAX_ROUNDS" };
    Err(OpenError { part: Part::Whole, kind: OpenErrorKind::Limit(Box::new(limit)) })
}

fn place_keys(bags: &mut [Bag], keys: &mut BTreeMap<Position, PrivateKey>) {
    for bag in bags {
        match &mut bag.content {
            BagContent::ShroudedKey(shrouded) if shrouded.key.is_none() => shrouded.key = keys.remove(&bag.position),
            BagContent::SafeContents(inside) => place_keys(inside, keys),
            _ => {}
        }
    }
}
