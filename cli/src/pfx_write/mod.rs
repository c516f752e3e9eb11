//! Writing PFX files: what is changed, how it is encrypted, by which password, and
//! the file itself, which is read back before it is put on the disk.

pub(crate) mod change;
mod finish;
mod password;
pub(crate) mod protection;
mod taken;

pub(crate) use finish::{Place, Writing, finish, password_facts, prepare, private_file, write};
pub(crate) use password::{FilePassword, PasswordOptions, PasswordOrigin, resolve, resolve_or_given};
pub(crate) use taken::{Taken, certificates_of, end_entities_first};
