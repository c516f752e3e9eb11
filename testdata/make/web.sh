# Cases of --profile web: what RFC 5280 lets pass and the CA/Browser Forum's rules do not.

case_web_without_san() {
    intermediates issuing-ca
    { server_extensions; echo "$RSA_USAGE"; } | issue_target "$here_case/target.pem" serial=C101
}

case_web_wildcard_of_all_domains() {
    intermediates issuing-ca
    named_target 'DNS:*.test' serial=C102 subject='/O=Certlens Test/CN=*.test'
}

case_web_critical_purposes() {
    intermediates issuing-ca
    { server_extensions; echo "$RSA_USAGE"; echo "$SERVER_NAME"; } |
        sed 's/^extendedKeyUsage = /&critical, /' | issue_target "$here_case/target.pem" serial=C103
}

case_web_anchor_without_key_identifier() {
    anchor_extensions | sed 's/^subjectKeyIdentifier.*/subjectKeyIdentifier = none/' | own_anchor serial=A104
    intermediates issuing-ca
    target serial=C104
}

case_web_common_name_of_its_own() {
    intermediates issuing-ca
    target serial=C105 subject='/O=Certlens Test/CN=Certlens Test Web Server'
}

case_web_key_cert_sign() {
    intermediates issuing-ca
    { server_extensions; echo 'keyUsage = critical, digitalSignature, keyEncipherment, keyCertSign'; echo "$SERVER_NAME"; } |
        issue_target "$here_case/target.pem" serial=C106
}

case_web_basic_constraints_not_critical() {
    authority_extensions | sed 's/^basicConstraints = critical, /basicConstraints = /' |
        issue_intermediate "$here_case/intermediates.pem" serial=D107
    under_own_intermediate serial=C107
}

case_web_purposes_mixed() {
    intermediates issuing-ca
    { server_extensions; echo "$RSA_USAGE"; echo "$SERVER_NAME"; } |
        sed 's/^extendedKeyUsage = .*/&, codeSigning/' | issue_target "$here_case/target.pem" serial=C108
}

case_web_without_purposes() {
    intermediates issuing-ca
    { server_extensions; echo "$RSA_USAGE"; echo "$SERVER_NAME"; } |
        sed '/^extendedKeyUsage/d' | issue_target "$here_case/target.pem" serial=C109
}

case_web_internal_name() {
    intermediates issuing-ca
    named_target DNS:www.example.test,DNS:server_7,email:admin@example.test serial=C110
}
