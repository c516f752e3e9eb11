# One function per folder in cases/: case_some_name makes cases/some-name. Each differs from the healthy case in one thing.
# The folder is $here_case; serial numbers are given once: C… for targets, D… for intermediates and A… for anchors of one case.

SERVER_NAME='subjectAltName = DNS:www.example.test'
RSA_USAGE='keyUsage = critical, digitalSignature, keyEncipherment'
SIGNING_USAGE='keyUsage = critical, digitalSignature'

# target [as for issue]: the healthy target of the shared RSA issuing CA, changed by the arguments.
target() {
    { server_extensions; echo "$RSA_USAGE"; echo "$SERVER_NAME"; } | issue_target "$here_case/target.pem" "$@"
}

# signing_target: the same with a key that can only sign.
signing_target() {
    { server_extensions; echo "$SIGNING_USAGE"; echo "$SERVER_NAME"; } | issue_target "$here_case/target.pem" "$@"
}

# named_target SAN [as for issue]: a healthy target with these names.
named_target() {
    local names=$1
    shift
    { server_extensions; echo "$RSA_USAGE"; echo "subjectAltName = $names"; } | issue_target "$here_case/target.pem" "$@"
}

# intermediates NAME…: the shared intermediates that go with the target.
intermediates() {
    local name
    for name in "$@"; do cat "intermediates/$name.pem"; done >"$here_case/intermediates.pem"
}

# under_own_intermediate [as for issue]: a healthy target issued by the intermediate made for this case.
under_own_intermediate() { target issuer="$here_case/intermediates.pem" "$@"; }

# target_with LINE [as for issue]: the healthy target with one more extension.
target_with() {
    local line=$1
    shift
    { server_extensions; echo "$RSA_USAGE"; echo "$SERVER_NAME"; echo "$line"; } |
        issue_target "$here_case/target.pem" "$@"
}

# issuing_ca LINE [as for issue]: the issuing CA of this case alone, with the shared name and key and one more extension.
issuing_ca() {
    local line=$1
    shift
    { authority_extensions; echo "$line"; } | issue_intermediate "$here_case/intermediates.pem" "$@"
}

# policy_tier and issuing_tier [as for issue]: two CAs of this case alone, one below the other; extensions on stdin.
# tiers: puts both into intermediates.pem, the lower first.
policy_tier() {
    issue_intermediate "$here_case/policy.pem" key=policy-rsa subject='/O=Certlens Test/CN=Certlens Test Policy CA' "$@"
}

issuing_tier() { issue_intermediate "$here_case/issuing.pem" issuer="$here_case/policy.pem" signer=policy-rsa "$@"; }

tiers() {
    cat "$here_case/issuing.pem" "$here_case/policy.pem" >"$here_case/intermediates.pem"
    rm "$here_case/issuing.pem" "$here_case/policy.pem"
}

# own_anchor [as for issue]: another certificate of the shared RSA anchor's name and key; extensions on stdin.
own_anchor() {
    issue "$here_case/anchor.pem" key=anchor-rsa signer=anchor-rsa issuer=self from=$ANCHOR_FROM to=$ANCHOR_TO \
        subject='/O=Certlens Test/CN=Certlens Test Anchor' "$@"
}

case_healthy_rsa() { intermediates issuing-ca; target serial=C001; }

case_healthy_ecdsa() {
    intermediates issuing-ca-ecdsa
    signing_target serial=C002 key=target-p256 issuer=intermediates/issuing-ca-ecdsa.pem signer=issuing-p384 digest=sha384
}

case_healthy_ed25519() {
    intermediates issuing-ca-ed25519
    signing_target serial=C003 key=target-ed25519 issuer=intermediates/issuing-ca-ed25519.pem signer=issuing-ed25519 \
        digest=default
}

case_healthy_pss() {
    intermediates issuing-ca-pss
    target serial=C004 issuer=intermediates/issuing-ca-pss.pem sigopt='rsa_padding_mode:pss rsa_pss_saltlen:digest'
}

case_healthy_two_intermediates() {
    authority_extensions ,pathlen:0 | issue_intermediate "$here_case/issuing.pem" serial=D005 \
        subject='/O=Certlens Test/CN=Certlens Test Second Issuing CA' issuer=intermediates/policy-ca.pem signer=policy-rsa
    target serial=C005 issuer="$here_case/issuing.pem"
    cat "$here_case/issuing.pem" intermediates/policy-ca.pem >"$here_case/intermediates.pem"
    rm "$here_case/issuing.pem"
}

case_healthy_ip_and_email() {
    intermediates issuing-ca
    {
        echo "basicConstraints = critical, CA:FALSE"
        echo "extendedKeyUsage = serverAuth, emailProtection"
        echo "$RSA_USAGE"
        echo "subjectAltName = DNS:www.example.test, DNS:xn--bcher-kva.example.test, IP:192.0.2.7, IP:2001:db8::7," \
            "email:admin@example.test"
        key_identifiers
        issuer_access
    } | issue_target "$here_case/target.pem" serial=C006
}

case_expired() { intermediates issuing-ca; target serial=C007 from=20250101000000Z to=20260101000000Z; }

case_not_yet_valid() { intermediates issuing-ca; target serial=C008 from=20260701000000Z; }

case_expired_intermediate() {
    authority_extensions | issue_intermediate "$here_case/intermediates.pem" serial=D009 to=20260501000000Z
    under_own_intermediate serial=C009
}

case_expired_anchor() {
    authority_extensions | issue_intermediate "$here_case/intermediates.pem" serial=D010 \
        issuer=anchors/certlens-test-expired-anchor.pem signer=other-anchor-rsa
    under_own_intermediate serial=C010
}

case_wrong_name() { intermediates issuing-ca; target serial=C011; }

case_name_only_in_common_name() {
    intermediates issuing-ca
    { server_extensions; echo "$RSA_USAGE"; } | issue_target "$here_case/target.pem" serial=C012
    { server_extensions; echo "$RSA_USAGE"; echo 'subjectAltName = DNS:intranet.example.test'; } |
        issue_target "$here_case/target-other-name.pem" serial=C112
}

case_missing_intermediate() { target serial=C013; }

# keyCertSign needs cA TRUE (RFC 5280 §4.2.1.9), or there would be a second defect.
case_wrong_key_usage() {
    intermediates issuing-ca
    {
        echo "basicConstraints = critical, CA:TRUE"
        echo "keyUsage = critical, keyCertSign, cRLSign"
        echo "extendedKeyUsage = serverAuth"
        echo "$SERVER_NAME"
        key_identifiers
        issuer_access
    } | issue_target "$here_case/target.pem" serial=C014
}

case_ca_without_cert_sign() {
    {
        echo "basicConstraints = critical, CA:TRUE"
        echo "keyUsage = critical, digitalSignature, cRLSign"
        key_identifiers
    } | issue_intermediate "$here_case/intermediates.pem" serial=D015
    under_own_intermediate serial=C015
}

case_sha1() { intermediates issuing-ca; target serial=C016 digest=sha1; }

case_md5() { intermediates issuing-ca; target serial=C017 digest=md5; }

case_weak_key() { intermediates issuing-ca; target serial=C018 key=target-rsa-1024; }

case_tiny_key() { intermediates issuing-ca; target serial=C019 key=target-rsa-512; }

case_self_signed() {
    {
        echo "basicConstraints = critical, CA:FALSE"
        echo "extendedKeyUsage = serverAuth"
        echo "subjectKeyIdentifier = hash"
        echo "$RSA_USAGE"
        echo "$SERVER_NAME"
    } | issue_target "$here_case/target.pem" serial=C020 issuer=self signer=target-rsa
}

case_untrusted_anchor() {
    target serial=C021
    cat intermediates/issuing-ca.pem anchors/certlens-test-anchor.pem >"$here_case/intermediates.pem"
}

case_unknown_critical_extension() {
    intermediates issuing-ca
    { server_extensions; echo "$RSA_USAGE"; echo "$SERVER_NAME"; echo '2.999.1.1 = critical, ASN1:UTF8String:unknown'; } |
        issue_target "$here_case/target.pem" serial=C022
}

# Without keyUsage, so that the missing keyCertSign is not a second defect.
case_not_a_ca() {
    { server_extensions; echo 'subjectAltName = DNS:host.example.test'; } | issue_intermediate "$here_case/intermediates.pem" \
        serial=D023 subject='/O=Certlens Test/CN=host.example.test'
    under_own_intermediate serial=C023
}

case_no_basic_constraints() {
    { echo "keyUsage = critical, keyCertSign, cRLSign"; key_identifiers; } |
        issue_intermediate "$here_case/intermediates.pem" serial=D024
    under_own_intermediate serial=C024
}

# The target comes from the healthy certificate of the same name and key, so that it has a whole key identifier.
case_v1_intermediate() {
    issue_intermediate "$here_case/intermediates.pem" serial=D025 </dev/null
    target serial=C025
}

case_path_length() {
    authority_extensions ,pathlen:0 | issue_intermediate "$here_case/policy.pem" serial=D026 key=policy-rsa \
        subject='/O=Certlens Test/CN=Certlens Test Policy CA'
    authority_extensions | issue_intermediate "$here_case/issuing.pem" serial=D126 issuer="$here_case/policy.pem" \
        signer=policy-rsa
    target serial=C026 issuer="$here_case/issuing.pem"
    cat "$here_case/issuing.pem" "$here_case/policy.pem" >"$here_case/intermediates.pem"
    rm "$here_case/issuing.pem" "$here_case/policy.pem"
}

case_wrong_purpose() {
    intermediates issuing-ca
    { server_extensions; echo "$RSA_USAGE"; echo "$SERVER_NAME"; } |
        sed 's/^extendedKeyUsage.*/extendedKeyUsage = clientAuth/' | issue_target "$here_case/target.pem" serial=C027
}

case_intermediate_eku() {
    { authority_extensions; echo "extendedKeyUsage = emailProtection"; } |
        issue_intermediate "$here_case/intermediates.pem" serial=D028
    under_own_intermediate serial=C028
}

# The last bit of the file is the last bit of the signature.
case_bad_signature() {
    intermediates issuing-ca
    target serial=C029
    local hex
    hex=$(pem_to_hex "$here_case/target.pem")
    from_hex "${hex%??}$(printf %02x $((16#${hex: -2} ^ 1)))" | to_pem CERTIFICATE >"$here_case/target.pem"
}

case_same_name_other_key() {
    authority_extensions | issue_intermediate "$here_case/intermediates.pem" serial=D030 key=other-issuing-rsa
    target serial=C030
}

case_name_constraints() {
    { authority_extensions; echo "nameConstraints = critical, permitted;DNS:example.test"; } |
        issue_intermediate "$here_case/intermediates.pem" serial=D031
    under_own_intermediate serial=C031
}

case_critical_policies() {
    intermediates issuing-ca
    { server_extensions; echo "$RSA_USAGE"; echo "$SERVER_NAME"; echo "certificatePolicies = critical, 2.999.2.1"; } |
        issue_target "$here_case/target.pem" serial=C032
}

case_dsa() {
    intermediates issuing-ca-dsa
    signing_target serial=C033 key=target-dsa issuer=intermediates/issuing-ca-dsa.pem signer=issuing-dsa
}

case_wildcard() {
    intermediates issuing-ca
    named_target 'DNS:*.example.test' serial=C034 subject='/O=Certlens Test/CN=*.example.test'
}

case_idna() {
    intermediates issuing-ca
    named_target DNS:xn--bcher-kva.example.test serial=C035 subject='/O=Certlens Test/CN=xn--bcher-kva.example.test'
}

case_ip_in_dns_san() {
    intermediates issuing-ca
    named_target DNS:192.0.2.7 serial=C036 subject='/O=Certlens Test/CN=192.0.2.7'
}
