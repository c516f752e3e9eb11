//! NSS, as Firefox has it: it lists and imports.

use std::fs;

use super::*;

#[test]
fn nss_lists_and_imports() {
    let (Some(pk12util), Some(certutil)) = (program("pk12util", "libnss3-tools"), program("certutil", "libnss3-tools"))
    else {
        return;
    };
    for written in presets().into_iter().chain(choices()) {
        let folder = tempfile::tempdir().unwrap();
        let database = format!("sql:{}", folder.path().display());
        let path = folder.path().join("file.pfx");
        let path = path.to_str().unwrap();
        fs::write(path, &written.file).unwrap();
        run(&certutil, &["-N", "--empty-password", "-d", &database], &written.name);
        let listed = run(&pk12util, &["-l", path, "-W", PASSWORD, "-d", &database], &written.name);
        assert!(listed.contains("Friendly Name: Node 1"), "{listed}");
        assert!(listed.contains("Key(shrouded)"), "{listed}");
        assert!(listed.matches("Certificate").count() >= 3, "{listed}");
        let imported = run(&pk12util, &["-i", path, "-W", PASSWORD, "-K", "", "-d", &database], &written.name);
        assert!(imported.contains("PKCS12 IMPORT SUCCESSFUL"), "{imported}");
        // The key is in the database, and is that of the certificate.
        let keys = run(&certutil, &["-K", "-d", &database], &written.name);
        assert!(keys.contains("rsa") && keys.contains(FRIENDLY), "{keys}");
        let found = run(&certutil, &["-L", "-a", "-n", FRIENDLY, "-d", &database], &written.name);
        assert_eq!(certificates_in(&found), [written.certificates[0].clone()]);
    }
}
