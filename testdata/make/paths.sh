# Cases of building paths: lengths, purposes of CAs, cross-certificates, renewals, key identifiers, what is given and how.

# second_issuing_ca FILE [as for issue]: an issuing CA below the shared policy CA.
second_issuing_ca() {
    local file=$1
    shift
    authority_extensions | issue_intermediate "$here_case/$file" issuer=intermediates/policy-ca.pem signer=policy-rsa \
        subject='/O=Certlens Test/CN=Certlens Test Second Issuing CA' "$@"
}

case_path_length_of_anchor() {
    anchor_extensions ,pathlen:0 | own_anchor serial=A067
    second_issuing_ca intermediates.pem serial=D067
    under_own_intermediate serial=C067
    cat intermediates/policy-ca.pem >>"$here_case/intermediates.pem"
}

case_path_length_by_request() {
    second_issuing_ca intermediates.pem serial=D068
    under_own_intermediate serial=C068
    cat intermediates/policy-ca.pem >>"$here_case/intermediates.pem"
}

# A CA that certifies its own new key stands in the path twice, and is counted once.
case_path_length_and_renewed_key() {
    authority_extensions ,pathlen:0 | policy_tier serial=D069
    authority_extensions ,pathlen:0 | issuing_tier serial=D169 subject='/O=Certlens Test/CN=Certlens Test Policy CA'
    tiers
    under_own_intermediate serial=C069
}

case_purposes_of_upper_ca() {
    { authority_extensions; echo "extendedKeyUsage = clientAuth, emailProtection"; } | policy_tier serial=D070
    { authority_extensions; echo "extendedKeyUsage = serverAuth, clientAuth"; } | issuing_tier serial=D170
    tiers
    under_own_intermediate serial=C070
}

case_any_purpose() {
    intermediates issuing-ca
    { server_extensions; echo "$RSA_USAGE"; echo "$SERVER_NAME"; } |
        sed 's/^extendedKeyUsage.*/extendedKeyUsage = anyExtendedKeyUsage/' | issue_target "$here_case/target.pem" serial=C071
}

case_purposes_of_anchor() {
    { anchor_extensions; echo "extendedKeyUsage = emailProtection"; } | own_anchor serial=A072
    intermediates issuing-ca
    target serial=C072
}

# other_leg [as for issue]: the shared issuing CA, certified by the other anchor; extensions on stdin.
other_leg() {
    issue_intermediate "$here_case/other-leg.pem" issuer=anchors/certlens-test-other-anchor.pem signer=other-anchor-rsa "$@"
}

# legs FILE…: intermediates.pem from these, which are files of the case, or of intermediates/ if they are shared.
legs() {
    local file
    for file in "$@"; do cat "$file"; done >"$here_case/intermediates.pem"
    for file in "$@"; do [[ $file != "$here_case"/* ]] || rm "$file"; done
}

case_cross_signed() {
    authority_extensions | other_leg serial=D073 to=20260501000000Z
    target serial=C073
    legs "$here_case/other-leg.pem" intermediates/issuing-ca.pem
}

case_cross_signed_both_bad() {
    authority_extensions | other_leg serial=D074 to=20260501000000Z
    { authority_extensions; echo "nameConstraints = critical, permitted;DNS:example.com"; } |
        issue_intermediate "$here_case/issuing.pem" serial=D174
    target serial=C074
    legs "$here_case/other-leg.pem" "$here_case/issuing.pem"
}

# The path along the expired anchor is longer, and the server sends the certificate that leads there.
case_cross_signed_anchor() {
    anchor_extensions | issue_intermediate "$here_case/cross.pem" serial=D075 key=anchor-rsa \
        subject='/O=Certlens Test/CN=Certlens Test Anchor' issuer=anchors/certlens-test-expired-anchor.pem \
        signer=other-anchor-rsa
    target serial=C075
    legs intermediates/issuing-ca.pem "$here_case/cross.pem"
}

case_cross_signed_constrained_leg() {
    { authority_extensions; echo "nameConstraints = critical, permitted;DNS:example.com"; } | other_leg serial=D100
    target serial=C100
    legs "$here_case/other-leg.pem" intermediates/issuing-ca.pem
}

# server_with_key_identifiers LINE [as for issue]: the healthy target with this line in the place of authorityKeyIdentifier.
server_with_key_identifiers() {
    local line=$1
    shift
    { server_extensions; echo "$RSA_USAGE"; echo "$SERVER_NAME"; } |
        sed "s/^authorityKeyIdentifier.*/$line/" | issue_target "$here_case/target.pem" "$@"
}

case_wrong_authority_key_identifier() {
    intermediates issuing-ca
    server_with_key_identifiers \
        "authorityKeyIdentifier = DER:$(sequence "$(tlv 80 000102030405060708090a0b0c0d0e0f10111213)")" serial=C076
}

case_no_authority_key_identifier() { intermediates issuing-ca; server_with_key_identifiers 'authorityKeyIdentifier = none' serial=C077; }

# The identifier names the certificate that the CA had before it was renewed with the same key.
case_authority_key_identifier_of_older_certificate() {
    authority_extensions | issue_intermediate "$here_case/older.pem" serial=D078 from=20160101000000Z to=20260201000000Z
    server_with_key_identifiers 'authorityKeyIdentifier = keyid, issuer:always' serial=C078 issuer="$here_case/older.pem"
    rm "$here_case/older.pem"
    intermediates issuing-ca
}

case_renewed_ca_both_given() {
    authority_extensions | issue_intermediate "$here_case/other-key.pem" serial=D079 key=other-issuing-rsa
    target serial=C079
    legs "$here_case/other-key.pem" intermediates/issuing-ca.pem
}

case_anchor_renewed_with_other_key() {
    anchor_extensions | own_anchor serial=A080 key=other-anchor-rsa signer=other-anchor-rsa
    intermediates issuing-ca
    target serial=C080
}

case_ca_without_key_usage() {
    authority_extensions | sed '/^keyUsage/d' | issue_intermediate "$here_case/intermediates.pem" serial=D081
    under_own_intermediate serial=C081
}

case_circle_of_cas() {
    authority_extensions | policy_tier serial=D082 issuer=intermediates/issuing-ca.pem signer=issuing-rsa
    authority_extensions | issuing_tier serial=D182
    tiers
    target serial=C082
}

case_circle_with_way_out() {
    authority_extensions | policy_tier serial=D083 issuer=intermediates/issuing-ca.pem signer=issuing-rsa
    authority_extensions | issuing_tier serial=D183
    tiers
    target serial=C083
    cat intermediates/policy-ca.pem >>"$here_case/intermediates.pem"
}

# The anchor of old certifies its new key, with which the issuing CA is certified.
case_new_key_signed_with_old() {
    anchor_extensions | issue_intermediate "$here_case/new-with-old.pem" serial=D084 key=other-anchor-rsa \
        subject='/O=Certlens Test/CN=Certlens Test Anchor'
    authority_extensions | issue_intermediate "$here_case/issuing.pem" serial=D184 \
        issuer="$here_case/new-with-old.pem" signer=other-anchor-rsa
    target serial=C084
    legs "$here_case/issuing.pem" "$here_case/new-with-old.pem"
}

# Only the new key is trusted here; the issuing CA is certified with the old one.
case_old_key_signed_with_new() {
    anchor_extensions | own_anchor serial=A085 key=other-anchor-rsa signer=other-anchor-rsa
    anchor_extensions | issue_intermediate "$here_case/old-with-new.pem" serial=D085 key=anchor-rsa \
        subject='/O=Certlens Test/CN=Certlens Test Anchor' issuer="$here_case/anchor.pem" signer=other-anchor-rsa
    target serial=C085
    legs intermediates/issuing-ca.pem "$here_case/old-with-new.pem"
}

# 299 CAs of one name with keys that nobody has any more, then the right one, and no key identifier to choose by.
case_three_hundred_cas_of_one_name() {
    local number key
    for number in $(seq 300); do
        key=$work/crowd.pem
        if ((number == 300)); then key=keys/issuing-ed25519.pem; else
            quietly openssl genpkey -algorithm ED25519 -out "$key"
        fi
        {
            echo "basicConstraints = critical, CA:TRUE"
            echo "keyUsage = critical, keyCertSign"
            printf '%s = none\n' subjectKeyIdentifier authorityKeyIdentifier
        } | issue "$work/crowd-$number.pem" key="$key" serial="$(printf D3%04d "$number")" subject=/CN=Certlens\ Test\ Crowd \
            issuer=anchors/certlens-test-anchor-ed25519.pem signer=anchor-ed25519 digest=default \
            from=$INTERMEDIATE_FROM to=$INTERMEDIATE_TO
        cat "$work/crowd-$number.pem"
    done >"$here_case/intermediates.pem"
    { server_extensions; echo "$SIGNING_USAGE"; echo "$SERVER_NAME"; } | sed 's/^authorityKeyIdentifier.*/authorityKeyIdentifier = none/' |
        issue_target "$here_case/target.pem" serial=C086 key=target-ed25519 issuer="$work/crowd-300.pem" \
            signer=issuing-ed25519 digest=default
}

# 33 CAs one below the other; two keys take turns.
case_chain_too_long() {
    local number issuer=anchors/certlens-test-anchor-ed25519.pem signer=anchor-ed25519 key file
    for number in $(seq -w 33); do
        if [[ $signer == issuing-ed25519 ]]; then key=anchor-ed25519; else key=issuing-ed25519; fi
        file=$work/tier-$number.pem
        authority_extensions | issue_intermediate "$file" key="$key" serial=D4$number digest=default \
            subject="/O=Certlens Test/CN=Certlens Test Tier $number" issuer="$issuer" signer="$signer"
        issuer=$file signer=$key
    done
    { server_extensions; echo "$SIGNING_USAGE"; echo "$SERVER_NAME"; } |
        issue_target "$here_case/target.pem" serial=C087 key=target-ed25519 issuer="$issuer" signer="$signer" digest=default
    for number in $(seq -w 33); do cat "$work/tier-$number.pem"; done >"$here_case/intermediates.pem"
    cp "$work/tier-02.pem" "$here_case/tier-02.pem"
}

case_intermediate_as_anchor() { target serial=C088; }

case_target_as_anchor() { target serial=C089; }

case_missing_intermediate_without_address() {
    { server_extensions; echo "$RSA_USAGE"; echo "$SERVER_NAME"; } | sed '/^authorityInfoAccess/d' |
        issue_target "$here_case/target.pem" serial=C090
}

# The anchor itself, the CA of another anchor, CAs of other keys, and the two that are needed, the upper first.
case_wrong_order_and_unrelated() {
    second_issuing_ca second.pem serial=D091
    target serial=C091 issuer="$here_case/second.pem"
    legs anchors/certlens-test-other-anchor.pem intermediates/issuing-ca-ecdsa.pem intermediates/policy-ca.pem \
        intermediates/issuing-ca.pem "$here_case/second.pem" anchors/certlens-test-anchor.pem \
        intermediates/issuing-ca-ed25519.pem
}

case_duplicates() {
    target serial=C092
    legs intermediates/issuing-ca.pem intermediates/issuing-ca.pem anchors/certlens-test-anchor.pem \
        intermediates/issuing-ca.pem anchors/certlens-test-anchor.pem
    cat "$here_case/target.pem" >>"$here_case/intermediates.pem"
}

case_expired_sibling() {
    authority_extensions | issue_intermediate "$here_case/expired.pem" serial=D093 from=20160101000000Z to=20260201000000Z
    target serial=C093
    legs "$here_case/expired.pem" intermediates/issuing-ca.pem
}

# The target has its issuer's name in other case and with other spaces (RFC 5280 §7.1).
case_name_written_otherwise() {
    authority_extensions | issue_intermediate "$here_case/twin.pem" serial=D094 \
        subject='/O=CERTLENS TEST/CN=certlens  test  issuing CA'
    target serial=C094 issuer="$here_case/twin.pem"
    rm "$here_case/twin.pem"
    intermediates issuing-ca
}

case_no_subject() {
    intermediates issuing-ca
    { server_extensions; echo "$RSA_USAGE"; echo "subjectAltName = critical, DNS:www.example.test"; } |
        issue_target "$here_case/target.pem" serial=C095 subject=/
}

case_version_1_anchor() {
    own_anchor serial=A096 </dev/null
    intermediates issuing-ca
    target serial=C096
}

case_anchor_without_ca() {
    anchor_extensions | sed 's/CA:TRUE/CA:FALSE/; s/keyCertSign, cRLSign/digitalSignature/' | own_anchor serial=A098
    intermediates issuing-ca
    target serial=C098
}

# The last bit of the intermediate is the last bit of its signature.
case_altered_intermediate() {
    local hex
    target serial=C099
    hex=$(pem_to_hex intermediates/issuing-ca.pem)
    from_hex "${hex%??}$(printf %02x $((16#${hex: -2} ^ 1)))" | to_pem CERTIFICATE >"$here_case/intermediates.pem"
}

# The upper of two intermediates is missing.
case_missing_upper_intermediate() {
    second_issuing_ca intermediates.pem serial=D113
    under_own_intermediate serial=C113
}

case_several_defects() {
    { authority_extensions; echo "extendedKeyUsage = emailProtection"; } |
        issue_intermediate "$here_case/intermediates.pem" serial=D097 to=20260501000000Z
    target serial=C097 issuer="$here_case/intermediates.pem" from=20250101000000Z to=20260101000000Z
}

# Each of the two upper CAs permits none below it, and has one more than that.
case_path_length_of_two_cas() {
    anchor_extensions ,pathlen:0 | own_anchor serial=A117
    authority_extensions ,pathlen:0 | policy_tier serial=D117
    authority_extensions | issuing_tier serial=D217
    tiers
    under_own_intermediate serial=C117
}

# Somebody else's root with the anchor's name, and a whole tree below it.
case_impostor_of_anchor() {
    anchor_extensions | issue "$here_case/root.pem" key=other-anchor-rsa signer=other-anchor-rsa issuer=self \
        subject='/O=Certlens Test/CN=Certlens Test Anchor' serial=D118 from=$ANCHOR_FROM to=$ANCHOR_TO
    authority_extensions | issue_intermediate "$here_case/issuing.pem" serial=D218 key=other-issuing-rsa \
        issuer="$here_case/root.pem" signer=other-anchor-rsa
    target serial=C118 issuer="$here_case/issuing.pem" signer=other-issuing-rsa
    legs "$here_case/issuing.pem" "$here_case/root.pem"
}
