//! What keys are judged for, beside what their files say: `pfx check` and `ha`.

use std::path::Path;

use certlens_core::identity::ReferenceName;
use certlens_core::time::Time;
use certlens_keystore::assess::{Circumstances, EndEntity};
use certlens_keystore::permissions::{Account, Acl, MAX_TEXT};
use certlens_keystore::profile::{Files, Profile, Remedies, Unread, judge, remedies};
use certlens_keystore::provider::Importer;
use certlens_keystore::provider::releases::CompatibleWith;

use crate::args::{DemandArgs, PasswordArgs, SeveralPasswordArgs};
use crate::clock::this_moment;
use crate::error::Failure;
use crate::facts::check::GivenFacts;
use crate::facts::demand::{DemandFacts, MeansFacts, RemedyFacts};
use crate::pfx::{Opened, PfxFile, mended};
use crate::read;

/// What holds for all files of a run.
pub(crate) struct Situation {
    pub(crate) importers: Vec<Importer>,
    /// Whether somebody said who imports.
    pub(crate) importers_given: bool,
    pub(crate) release: Option<CompatibleWith>,
    pub(crate) account: Option<Account>,
    pub(crate) time: Time,
    /// Whether the time is this moment and not the user's.
    pub(crate) time_is_clock: bool,
    /// Whether what cannot be judged from here counts.
    pub(crate) strict: bool,
}

/// A file that is judged.
#[derive(Clone, Copy)]
pub(crate) struct Judged<'a> {
    /// Its name.
    pub(crate) name: &'a str,
    /// Why it, or a part of it, was not read.
    pub(crate) unread: Option<&'a Unread>,
    /// Where its password comes from, as options for the next command.
    pub(crate) password: &'a [String],
    /// Whether Windows takes it as it is ([`PfxFile::suits_windows`]).
    pub(crate) suits_windows: bool,
    /// The hosts that its certificate is for.
    pub(crate) hosts: &'a [ReferenceName],
    /// Who may read its key.
    pub(crate) acl: Option<&'a Acl>,
}

impl Situation {
    /// Reads what was said.
    ///
    /// # Errors
    ///
    /// When the time is none.
    pub(crate) fn new(args: &DemandArgs) -> Result<Situation, Failure> {
        let time = match &args.at {
            Some(text) => Time::parse_rfc3339(text).ok_or_else(|| {
                Failure::unusable(format!("--at {text}: is not a time in RFC 3339"))
                    .advice("write it as 2026-11-23T12:00:00Z or, for midnight, 2026-11-23")
            })?,
            None => this_moment(),
        };
        let mut importers: Vec<Importer> = Vec::new();
        for importer in args.importer.iter().map(|importer| Importer::from(*importer)) {
            if !importers.contains(&importer) {
                importers.push(importer);
            }
        }
        let importers_given = !importers.is_empty();
        if !importers_given {
            importers.extend(Importer::INSTALLING);
        }
        Ok(Situation {
            importers,
            importers_given,
            release: args.compatible_with,
            account: args.account.as_deref().map(Account::parse),
            time,
            time_is_clock: args.at.is_none(),
            strict: args.strict,
        })
    }

    /// What is judged by beside the files, for hosts by these names.
    pub(crate) fn given(&self, profile: &Profile, hosts: Vec<String>) -> GivenFacts {
        let account = self.account.as_ref().map(|account| account.name());
        GivenFacts {
            time: self.time.to_string(),
            time_is_clock: self.time_is_clock,
            importers: self.importers.iter().map(ToString::to_string).collect(),
            importers_given: self.importers_given,
            release: self.release.map(|release| release.release().to_string()),
            hosts,
            account: account.or(profile.account).map(str::to_owned),
            strict: self.strict,
        }
    }

    /// What comes of each demand of a profile, and the conversion of the file that
    /// mends all that it can mend.
    pub(crate) fn judge(
        &self,
        profile: &'static Profile,
        entity: &EndEntity<'_>,
        file: Judged<'_>,
    ) -> (Vec<DemandFacts>, Option<RemedyFacts>) {
        let subject = entity.subject(&Circumstances {
            unread: file.unread,
            importers: &self.importers,
            release: self.release.map(CompatibleWith::release),
            hosts: file.hosts,
            account: self.account.as_ref(),
            acl: file.acl,
            at: Some(self.time),
        });
        let output = mended(file.name);
        let files = Files { file: file.name, output: &output };
        let judged = judge(profile, &subject);
        let Remedies { each, conversion } = remedies(profile, &judged, &subject, files);
        let mut demands: Vec<DemandFacts> =
            judged.into_iter().zip(each).map(|(one, remedy)| DemandFacts::new(one, remedy)).collect();
        let mut conversion = conversion.map(RemedyFacts::from);
        let all = demands.iter_mut().filter_map(|demand| demand.remedy.as_mut()).chain(&mut conversion);
        for remedy in all.filter(|remedy| remedy.means == MeansFacts::Convert) {
            remedy.certlens.iter_mut().for_each(|words| words.extend_from_slice(file.password));
            if !file.suits_windows {
                (remedy.windows, remedy.windows_since) = (None, None);
            }
        }
        (demands, conversion)
    }
}

/// Where a password comes from, as options for the next command; nothing for one that
/// is not to be seen in a command.
pub(crate) fn password_options(args: &PasswordArgs) -> Vec<String> {
    match args {
        PasswordArgs { password_file: Some(file), .. } => from_file(file),
        PasswordArgs { password_env: Some(name), .. } => from_environment(name),
        _ => Vec::new(),
    }
}

/// The same of several files, for that at a place.
pub(crate) fn password_options_of(args: &SeveralPasswordArgs, place: usize) -> Vec<String> {
    let of = |count: usize| if count == 1 { 0 } else { place };
    let file = args.password_file.get(of(args.password_file.len())).map(|file| from_file(file));
    let name = args.password_env.get(of(args.password_env.len())).map(|name| from_environment(name));
    file.or(name).unwrap_or_default()
}

fn from_file(file: &Path) -> Vec<String> {
    // What was read from standard input is not there again.
    if file == Path::new("-") {
        return Vec::new();
    }
    vec!["--password-file".to_owned(), Files::argument(&file.display().to_string())]
}

fn from_environment(name: &str) -> Vec<String> {
    vec!["--password-env".to_owned(), name.to_owned()]
}

/// Why a file that was read, or a part of it, was not opened; `None` for one that was.
pub(crate) fn unread(file: &PfxFile) -> Option<Unread> {
    let error = match &file.opened {
        Opened::Locked(error) | Opened::Refused(error) => error,
        Opened::Open(opening) => opening.failures.first()?,
    };
    let unread = Unread::from(error);
    if unread.needs_password && !file.pfx.is_sid_protected() {
        let why = "the file has a password, and none was given".to_owned();
        let advice = "give the file's password, as with --password-file FILE, and check again".to_owned();
        return Some(Unread { why, advice, ..unread });
    }
    Some(unread)
}

/// Why a file could not be read at all.
pub(crate) fn not_read(failure: &Failure) -> Unread {
    let advice = failure.advice.as_deref().unwrap_or("give a file that can be read");
    Unread { why: failure.message.clone(), advice: advice.trim_end_matches('.').to_owned(), needs_password: false }
}

/// The hosts of `--node`.
///
/// # Errors
///
/// When one is no name of a host.
pub(crate) fn hosts(names: &[String]) -> Result<Vec<ReferenceName>, Failure> {
    names.iter().map(|name| host(name).map_err(|error| error.advice(HOST_ADVICE))).collect()
}

const HOST_ADVICE: &str = "give the full name that the other nodes connect to, as node1.example.com";

/// A host by its name.
///
/// # Errors
///
/// When it is none.
pub(crate) fn host(name: &str) -> Result<ReferenceName, Failure> {
    match ReferenceName::parse(name) {
        Ok(ReferenceName::Email(_)) => Err(Failure::unusable(format!("{name}: is a mailbox; expected a host"))),
        Ok(host) => Ok(host),
        Err(error) => Err(Failure::unusable(error.to_string())),
    }
}

/// Reads the permissions of a key.
///
/// # Errors
///
/// When the file cannot be read, or has none.
pub(crate) fn acl(file: &str) -> Result<Acl, Failure> {
    let octets = read::octets(file)?;
    let failed = |what: String| {
        Failure::unusable(format!("{file}: {what}")).advice(
            "give what `icacls` prints about the key's file, or its SDDL, as `(Get-Acl FILE).Sddl` in PowerShell shows it",
        )
    };
    if octets.len() > 2 * MAX_TEXT {
        return Err(failed(format!("has more than {} octets; permissions of one key have less", 2 * MAX_TEXT)));
    }
    Acl::read(&text(&octets)).map_err(|error| failed(error.to_string()))
}

/// Windows' shells redirect in UTF-16 or in a code page, whose letters beyond ASCII
/// decide nothing here.
fn text(octets: &[u8]) -> String {
    let units = |of: fn([u8; 2]) -> u16, rest: &[u8]| {
        let (pairs, _) = rest.as_chunks::<2>();
        String::from_utf16_lossy(&pairs.iter().map(|pair| of(*pair)).collect::<Vec<u16>>())
    };
    match octets {
        [0xff, 0xfe, rest @ ..] => units(u16::from_le_bytes, rest),
        [0xfe, 0xff, rest @ ..] => units(u16::from_be_bytes, rest),
        _ => String::from_utf8_lossy(octets).into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permissions_in_the_encodings_of_windows() {
        let sddl = "D:(A;;FR;;;BA)";
        let le: Vec<u8> = [0xff, 0xfe].into_iter().chain(sddl.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        let be: Vec<u8> = [0xfe, 0xff].into_iter().chain(sddl.encode_utf16().flat_map(u16::to_be_bytes)).collect();
        for octets in [le.as_slice(), &be, sddl.as_bytes()] {
            assert_eq!(text(octets), sddl);
        }
    }
}
