//! Access control lists as text.

#![no_main]

use certlens_keystore::permissions::{Access, Account, Acl, Entry, INTEGRATION_RUNTIME, Principal};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let accounts = [INTEGRATION_RUNTIME, "NETWORK SERVICE", "SYSTEM", "CONTOSO\\svc", "IIS APPPOOL\\x", text];
    let acl = match Acl::read(text) {
        Ok(acl) => acl,
        Err(error) => return drop(error.to_string()),
    };
    for account in accounts.map(Account::parse) {
        drop(acl.read_access(&account).judgement(&account));
        let Acl::Entries(entries) = &acl else { continue };
        let with = |allows| {
            let first = Entry {
                allows,
                principal: Principal::Sid("S-1-1-0".to_owned()),
                mask: 0x001f_01ff,
                is_inherit_only: false,
                is_conditional: false,
            };
            Acl::Entries(std::iter::once(first).chain(entries.iter().cloned()).collect()).read_access(&account)
        };
        assert!(matches!(with(true), Access::Granted { .. }), "everyone is let in first");
        assert!(matches!(with(false), Access::Denied { .. }), "everyone is kept out first");
    }
});
