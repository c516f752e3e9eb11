# Keys, trust anchors and the intermediates that several cases share.

make_keys() {
    local name
    mkdir -p keys
    for name in anchor-rsa issuing-rsa policy-rsa target-rsa other-anchor-rsa other-issuing-rsa; do
        key "$name" RSA -pkeyopt rsa_keygen_bits:2048
    done
    key target-rsa-1024 RSA -pkeyopt rsa_keygen_bits:1024
    key target-rsa-512 RSA -pkeyopt rsa_keygen_bits:512
    key anchor-p384 EC -pkeyopt ec_paramgen_curve:P-384
    key issuing-p384 EC -pkeyopt ec_paramgen_curve:P-384
    key target-p256 EC -pkeyopt ec_paramgen_curve:P-256
    for name in anchor-ed25519 issuing-ed25519 target-ed25519; do
        key "$name" ED25519
    done
    if [[ ! -e keys/target-dsa.pem ]]; then
        quietly openssl dsaparam -out "$work/dsa-parameters.pem" 2048
        for name in anchor-dsa issuing-dsa target-dsa; do
            quietly openssl genpkey -paramfile "$work/dsa-parameters.pem" -out "keys/$name.pem"
        done
    fi
}

# key NAME ALGORITHM OPTION…: makes a key unless there is one.
key() {
    local name=$1 algorithm=$2
    shift 2
    [[ -e keys/$name.pem ]] || quietly openssl genpkey -algorithm "$algorithm" "$@" -out "keys/$name.pem"
}

make_authorities() {
    local pss='rsa_padding_mode:pss rsa_pss_saltlen:digest'

    anchor certlens-test-anchor key=anchor-rsa subject='/O=Certlens Test/CN=Certlens Test Anchor' serial=A001
    anchor certlens-test-other-anchor key=other-anchor-rsa subject='/O=Certlens Test/CN=Certlens Test Other Anchor' serial=A002
    anchor certlens-test-expired-anchor key=other-anchor-rsa subject='/O=Certlens Test/CN=Certlens Test Expired Anchor' \
        serial=A003 from=20150101000000Z to=20260301000000Z
    anchor certlens-test-anchor-ecdsa key=anchor-p384 subject='/O=Certlens Test/CN=Certlens Test Anchor ECDSA' \
        serial=A004 digest=sha384
    anchor certlens-test-anchor-ed25519 key=anchor-ed25519 subject='/O=Certlens Test/CN=Certlens Test Anchor Ed25519' \
        serial=A005 digest=default
    anchor certlens-test-anchor-pss key=anchor-rsa subject='/O=Certlens Test/CN=Certlens Test Anchor PSS' \
        serial=A006 sigopt="$pss"
    anchor certlens-test-anchor-dsa key=anchor-dsa subject='/O=Certlens Test/CN=Certlens Test Anchor DSA' serial=A007

    intermediate issuing-ca subject='/O=Certlens Test/CN=Certlens Test Issuing CA' serial=B001
    intermediate policy-ca key=policy-rsa subject='/O=Certlens Test/CN=Certlens Test Policy CA' serial=B002
    intermediate issuing-ca-ecdsa key=issuing-p384 subject='/O=Certlens Test/CN=Certlens Test Issuing CA ECDSA' serial=B003 \
        issuer=anchors/certlens-test-anchor-ecdsa.pem signer=anchor-p384 digest=sha384
    intermediate issuing-ca-ed25519 key=issuing-ed25519 subject='/O=Certlens Test/CN=Certlens Test Issuing CA Ed25519' \
        serial=B004 issuer=anchors/certlens-test-anchor-ed25519.pem signer=anchor-ed25519 digest=default
    intermediate issuing-ca-pss subject='/O=Certlens Test/CN=Certlens Test Issuing CA PSS' serial=B005 \
        issuer=anchors/certlens-test-anchor-pss.pem digest=sha384 sigopt="$pss"
    intermediate issuing-ca-dsa key=issuing-dsa subject='/O=Certlens Test/CN=Certlens Test Issuing CA DSA' serial=B006 \
        issuer=anchors/certlens-test-anchor-dsa.pem signer=anchor-dsa
}

anchor() {
    local name=$1 argument signer=
    shift
    [[ -e anchors/$name.pem ]] && return
    for argument in "$@"; do [[ $argument == key=* ]] && signer=${argument#key=}; done
    anchor_extensions | issue "anchors/$name.pem" issuer=self signer="$signer" from=$ANCHOR_FROM to=$ANCHOR_TO "$@"
}

# The extensions of an anchor; the argument is added to basicConstraints.
anchor_extensions() {
    echo "basicConstraints = critical, CA:TRUE${1-}"
    echo "keyUsage = critical, keyCertSign, cRLSign"
    echo "subjectKeyIdentifier = hash"
}

# A shared intermediate under the RSA anchor with the RSA issuing key, unless told otherwise.
intermediate() {
    local name=$1
    shift
    [[ -e intermediates/$name.pem ]] || authority_extensions | issue_intermediate "intermediates/$name.pem" "$@"
}

# issue_intermediate FILE [as for issue]: extensions on stdin.
issue_intermediate() {
    local file=$1
    shift
    issue "$file" key=issuing-rsa subject='/O=Certlens Test/CN=Certlens Test Issuing CA' \
        issuer=anchors/certlens-test-anchor.pem signer=anchor-rsa from=$INTERMEDIATE_FROM to=$INTERMEDIATE_TO "$@"
}

# issue_target FILE [as for issue]: a server certificate of the shared RSA issuing CA; extensions on stdin.
issue_target() {
    local file=$1
    shift
    issue "$file" key=target-rsa subject='/O=Certlens Test/CN=www.example.test' \
        issuer=intermediates/issuing-ca.pem signer=issuing-rsa "$@"
}
