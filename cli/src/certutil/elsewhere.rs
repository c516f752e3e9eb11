//! Documented verbs of certutil that certlens does not have, and what does the
//! nearest thing.

const INSPECT: &str = "`certlens inspect FILE` shows what is in it";
const PFX: &str = "`certlens pfx create`, `extract` and `convert` write PFX files and what is in them";
const TRUST: &str = "`certlens verify --trust mozilla` verifies against a set that certlens carries";
const LISTS: &str = "`certlens roots has ROOT --in authroot.stl` and `certlens roots list authroot.stl` read trust lists and .sst files; nothing is downloaded";
const STORE: &str =
    "it is about the certificate stores of Windows; `certlens verify --trust system` uses this system's";
const CA: &str = "it administers certification authorities of Windows or their directory, and has no counterpart";
const KEYS: &str = "it is about the key storage of Windows, and has no counterpart";
const DISPLAY: &str = "it opens a window of Windows, and has no counterpart";

/// Names in lower case.
const ELSEWHERE: &[(&str, &str)] = &[
    ("asn", INSPECT),
    ("7f", INSPECT),
    ("exportpfx", PFX),
    ("convertepf", PFX),
    ("error", "`certlens explain 0x800b0101` says what a code is about, where certlens reports it"),
    ("oid", "`certlens inspect FILE` names the object identifiers that it knows"),
    ("urlcache", "`certlens -verify -urlfetch -f FILE` passes by the cache"),
    ("downloadocsp", "`certlens verify --fetch FILE` asks OCSP responders"),
    ("verifystore", STORE),
    ("store", STORE),
    ("enumstore", STORE),
    ("addstore", STORE),
    ("delstore", STORE),
    ("repairstore", STORE),
    ("viewstore", DISPLAY),
    ("viewdelstore", DISPLAY),
    ("ui", DISPLAY),
    ("verifyctl", LISTS),
    ("syncwithwu", LISTS),
    ("generatesstfromwu", LISTS),
    ("generatepinrulesctl", TRUST),
    ("hashfile", "`openssl dgst` and `sha256sum` hash files"),
    ("encode", "`openssl base64` encodes; certlens reads PEM, DER and bare base64 as they are"),
    ("decode", "`openssl base64 -d` decodes; certlens reads PEM, DER and bare base64 as they are"),
    ("encodehex", "`xxd` does this"),
    ("decodehex", "`xxd -r` does this"),
    ("csptest", KEYS),
    ("cngconfig", KEYS),
    ("key", KEYS),
    ("delkey", KEYS),
    ("verifykeys", KEYS),
    ("tpminfo", KEYS),
    ("attest", KEYS),
    ("scinfo", KEYS),
    ("scroots", KEYS),
    ("displayecccurve", "`openssl ecparam -list_curves` lists curves"),
    ("addecccurve", KEYS),
    ("deleteecccurve", KEYS),
    ("verifyct", "`certlens inspect FILE` shows the timestamps of transparency logs that are in a certificate"),
    ("generatehpkpheader", "browsers have given the header up"),
    ("flushcache", "certlens keeps nothing in the memory of other processes"),
    ("getreg", "it is about the registry of Windows, and has no counterpart"),
    ("setreg", "it is about the registry of Windows, and has no counterpart"),
    ("delreg", "it is about the registry of Windows, and has no counterpart"),
    ("sign", "certlens signs nothing; `openssl x509` and `openssl ca` do"),
    ("getcert", CA),
    ("ping", CA),
    ("pingadmin", CA),
    ("pulse", CA),
    ("dcinfo", CA),
    ("tcainfo", CA),
    ("deny", CA),
    ("revoke", CA),
    ("crl", CA),
    ("backup", CA),
    ("dspublish", CA),
    ("getkey", CA),
];

/// What does the nearest thing, for a documented verb.
pub(super) fn nearest(name: &str) -> Option<&'static str> {
    ELSEWHERE.iter().find(|(verb, _)| *verb == name).map(|(_, nearest)| *nearest)
}
