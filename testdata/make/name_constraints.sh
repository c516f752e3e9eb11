# Cases of RFC 5280 §4.2.1.10: the issuing CA has name constraints, unless another certificate is the point.

# constrained SUBTREES SERIAL: the issuing CA with these name constraints; sections that they name follow on further lines.
constrained() { issuing_ca "nameConstraints = critical, $1" serial="$2"; }

# named_below SAN [as for issue]: a healthy target with these names, issued by the CA of this case.
named_below() { named_target "$1" issuer="$here_case/intermediates.pem" "${@:2}"; }

case_name_constraints_outside() {
    constrained permitted\;DNS:intranet.example.test D037
    under_own_intermediate serial=C037
}

case_name_constraints_excluded() {
    constrained permitted\;DNS:example.test,excluded\;DNS:www.example.test D038
    under_own_intermediate serial=C038
}

case_name_constraints_ip() {
    constrained permitted\;IP:192.0.2.0/255.255.255.0 D039
    named_below IP:198.51.100.7 serial=C039 subject=/O=Certlens\ Test/CN=server
    mv "$here_case/target.pem" "$here_case/outside.pem"
    named_below IP:192.0.2.7 serial=C139 subject=/O=Certlens\ Test/CN=server
    mv "$here_case/target.pem" "$here_case/target-inside.pem"
    mv "$here_case/outside.pem" "$here_case/target.pem"
}

# mail_target FILE SAN [as for issue]: a certificate for S/MIME, issued by the CA of this case.
mail_target() {
    local file=$1 names=$2
    shift 2
    {
        echo "basicConstraints = critical, CA:FALSE"
        echo "keyUsage = critical, digitalSignature"
        echo "extendedKeyUsage = emailProtection"
        [[ -z $names ]] || echo "subjectAltName = $names"
        key_identifiers
        issuer_access
    } | issue_target "$here_case/$file" issuer="$here_case/intermediates.pem" subject='/O=Certlens Test/CN=Ada Admin' "$@"
}

# A constraint without a leading period is one host (RFC 5280 §4.2.1.10).
case_name_constraints_email() {
    constrained permitted\;email:example.test D040
    mail_target target.pem email:ada@mail.example.test serial=C040
    mail_target target-inside.pem email:ada@example.test serial=C140
}

case_name_constraints_email_in_subject() {
    constrained permitted\;email:example.test D041
    mail_target target.pem '' serial=C041 subject='/O=Certlens Test/CN=Ada Admin/emailAddress=ada@example.com'
}

# A constraint with a leading period is every host below, and not the domain itself.
case_name_constraints_uri() {
    constrained permitted\;URI:.example.test D042
    named_below DNS:www.example.test,URI:https://example.test/api serial=C042
    mv "$here_case/target.pem" "$here_case/outside.pem"
    named_below DNS:www.example.test,URI:https://www.example.test/api serial=C142
    mv "$here_case/target.pem" "$here_case/target-inside.pem"
    mv "$here_case/outside.pem" "$here_case/target.pem"
}

case_name_constraints_directory() {
    constrained 'permitted;dirName:permitted_name
[permitted_name]
O = Certlens Test' D043
    under_own_intermediate serial=C043 subject='/O=Certlens Test GmbH/CN=www.example.test'
}

# The constraint of the upper CA meets the lower CA's own name.
case_name_constraints_directory_of_ca() {
    {
        authority_extensions
        printf '%s\n' 'nameConstraints = critical, permitted;dirName:permitted_name' \
            '[permitted_name]' 'O = Certlens Test'
    } | policy_tier serial=D044
    authority_extensions | issuing_tier serial=D144 subject='/O=Certlens Partner/CN=Certlens Partner Issuing CA'
    tiers
    under_own_intermediate serial=C044
}

case_name_constraints_wildcard() {
    constrained permitted\;DNS:www.example.test D045
    named_below 'DNS:*.example.test' serial=C045 subject='/O=Certlens Test/CN=*.example.test'
}

case_name_constraints_wildcard_excluded() {
    constrained excluded\;DNS:www.example.test D046
    named_below 'DNS:*.example.test' serial=C046 subject='/O=Certlens Test/CN=*.example.test'
}

case_name_constraints_leading_period() {
    constrained permitted\;DNS:.example.test D047
    under_own_intermediate serial=C047
}

case_name_constraints_other_name() {
    constrained permitted\;otherName:2.999.6\;UTF8:example.test D048
    named_below DNS:www.example.test,otherName:2.999.6\;UTF8:ada.example.test serial=C048
}

case_name_constraints_user_principal_name() {
    constrained permitted\;otherName:1.3.6.1.4.1.311.20.2.3\;UTF8:@example.test D049
    named_below DNS:www.example.test,otherName:1.3.6.1.4.1.311.20.2.3\;UTF8:ada@example.test serial=C049
}

# An address with one octet of mask.
case_name_constraints_malformed() {
    issuing_ca "nameConstraints = critical, DER:$(sequence "$(tlv a0 "$(sequence "$(tlv 87 c000020018)")")")" serial=D050
    under_own_intermediate serial=C050
}

case_name_constraints_minimum() {
    issuing_ca "nameConstraints = critical, DER:$(sequence \
        "$(tlv a0 "$(sequence "$(text 82 example.test)" "$(tlv 80 01)")")")" serial=D051
    under_own_intermediate serial=C051
}

case_name_constraints_of_anchor() {
    { anchor_extensions; echo "nameConstraints = critical, permitted;DNS:intranet.example.test"; } | own_anchor serial=A052
    intermediates issuing-ca
    target serial=C052
}

# Constraints of other kinds than the target's names restrict nothing.
case_name_constraints_of_another_kind() {
    constrained permitted\;IP:192.0.2.0/255.255.255.0,permitted\;email:example.test D053
    under_own_intermediate serial=C053
}

case_name_constraints_common_name() {
    constrained permitted\;DNS:intranet.example.test D054
    { server_extensions; echo "$RSA_USAGE"; } | issue_target "$here_case/target.pem" serial=C054 \
        issuer="$here_case/intermediates.pem"
}

# Each CA alone permits something, both together nothing.
case_name_constraints_of_two_cas() {
    { authority_extensions; echo "nameConstraints = critical, permitted;DNS:example.test"; } | policy_tier serial=D055
    { authority_extensions; echo "nameConstraints = critical, permitted;DNS:example.com"; } | issuing_tier serial=D155
    tiers
    under_own_intermediate serial=C055
}

# The CA's own name is outside of what it permits below, and it certifies its own new key (RFC 5280 §6.1.3 (b)).
case_name_constraints_and_renewed_key() {
    local subject='/O=Certlens Trust Services/CN=Certlens Trust Services CA'
    {
        authority_extensions
        printf '%s\n' 'nameConstraints = critical, permitted;dirName:permitted_name' \
            '[permitted_name]' 'O = Certlens Test'
    } | policy_tier serial=D111 subject="$subject"
    authority_extensions | issuing_tier serial=D211 subject="$subject"
    tiers
    under_own_intermediate serial=C111
}

# An address has no host name that a constraint could be compared with (RFC 5280 §4.2.1.10).
case_name_constraints_uri_with_address() {
    constrained permitted\;URI:.example.test D114
    named_below DNS:www.example.test,URI:https://192.0.2.1/api serial=C114
}

# An empty DNS base is every DNS name, and an address with a mask of zeros every address.
case_name_constraints_all_excluded() {
    issuing_ca "nameConstraints = critical, DER:$(sequence "$(tlv a1 "$(sequence "$(text 82 '')")" \
        "$(sequence "$(tlv 87 0000000000000000)")")")" serial=D115
    under_own_intermediate serial=C115
}

case_name_constraints_mask_with_holes() {
    constrained permitted\;IP:192.0.2.0/255.0.255.0 D116
    named_below IP:198.51.2.7 serial=C116 subject='/O=Certlens Test/CN=server'
}
