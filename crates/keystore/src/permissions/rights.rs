//! Rights on files and keys, and the words for them.

/// FILE_GENERIC_READ: what opening a key takes.
pub(super) const READ: u32 = 0x0012_0089;
/// FILE_ALL_ACCESS.
pub(super) const ALL: u32 = 0x001f_01ff;
const GENERIC_READ: u32 = 0x8000_0000;
const GENERIC_WRITE: u32 = 0x4000_0000;
const GENERIC_EXECUTE: u32 = 0x2000_0000;
const GENERIC_ALL: u32 = 0x1000_0000;
const WRITE: u32 = 0x0012_0116;
const EXECUTE: u32 = 0x0012_00a0;

/// The rights with the generic ones spelled out as those of files.
pub(super) const fn specific(mask: u32) -> u32 {
    let mut rights = mask;
    if mask & GENERIC_READ != 0 {
        rights |= READ;
    }
    if mask & GENERIC_WRITE != 0 {
        rights |= WRITE;
    }
    if mask & GENERIC_EXECUTE != 0 {
        rights |= EXECUTE;
    }
    if mask & GENERIC_ALL != 0 {
        rights |= ALL;
    }
    rights
}

/// Two-letter rights of SDDL (MS-DTYP 2.5.1.1).
pub(super) const SDDL: &[(&str, u32)] = &[
    ("GA", GENERIC_ALL),
    ("GR", GENERIC_READ),
    ("GW", GENERIC_WRITE),
    ("GX", GENERIC_EXECUTE),
    ("RC", 0x2_0000),
    ("SD", 0x1_0000),
    ("WD", 0x4_0000),
    ("WO", 0x8_0000),
    ("RP", 0x10),
    ("WP", 0x20),
    ("CC", 0x1),
    ("DC", 0x2),
    ("LC", 0x4),
    ("SW", 0x8),
    ("LO", 0x80),
    ("DT", 0x40),
    ("CR", 0x100),
    ("FA", ALL),
    ("FR", READ),
    ("FW", WRITE),
    ("FX", EXECUTE),
    ("KA", 0xf_003f),
    ("KR", 0x2_0019),
    ("KW", 0x2_0006),
    ("KX", 0x2_0019),
];

/// Rights as icacls writes them in parentheses.
pub(super) const ICACLS: &[(&str, u32)] = &[
    ("F", ALL),
    ("M", 0x0013_01bf),
    ("RX", 0x0012_00a9),
    ("R", READ),
    ("W", 0x0010_0116),
    ("D", 0x0011_0000),
    ("DE", 0x1_0000),
    ("RC", 0x2_0000),
    ("WDAC", 0x4_0000),
    ("WO", 0x8_0000),
    ("S", 0x10_0000),
    ("AS", 0x0100_0000),
    ("MA", 0x0200_0000),
    ("GA", GENERIC_ALL),
    ("GR", GENERIC_READ),
    ("GW", GENERIC_WRITE),
    ("GE", GENERIC_EXECUTE),
    ("RD", 0x1),
    ("WD", 0x2),
    ("AD", 0x4),
    ("REA", 0x8),
    ("WEA", 0x10),
    ("X", 0x20),
    ("DC", 0x40),
    ("RA", 0x80),
    ("WA", 0x100),
];

/// The right with this name in a table.
pub(super) fn by_name(table: &[(&str, u32)], name: &str) -> Option<u32> {
    table.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, mask)| *mask)
}
