# The scenarios of scenarios/: what administrators come with. One function makes the files of one folder.

# Of every release of Windows' reading.
THREE_DES=(-keypbe PBE-SHA1-3DES -certpbe PBE-SHA1-3DES -macalg sha1)
SOFTWARE_KSP="Microsoft Software Key Storage Provider"
ENHANCED_AES="Microsoft Enhanced RSA and AES Cryptographic Provider"

# Where the certificates of s1 have their CRLs: below the ports that systems give out by themselves.
S1_SITE=http://127.0.0.1:18931

scenario_s1_revocation_server_offline() {
    local folder=$here_scenario
    mkdir -p "$folder/web"
    cp anchors/certlens-test-anchor.pem "$folder/root.pem"
    { authority_extensions; s1_sources root; } |
        issue_intermediate "$work/issuing.pem" serial=B101
    { node_extensions; key_identifiers; s1_sources issuing; } | issue "$folder/node1.pem" key=target-rsa \
        subject='/O=Certlens Test/CN=node1.example.test' issuer="$work/issuing.pem" signer=issuing-rsa serial=D101
    openssl x509 -in anchors/certlens-test-anchor.pem -outform DER -out "$folder/web/root.crt"
    openssl x509 -in "$work/issuing.pem" -outform DER -out "$folder/web/issuing.crt"
    crl_of anchors/certlens-test-anchor.pem anchor-rsa "$folder/web/root.crl"
    crl_of "$work/issuing.pem" issuing-rsa "$folder/web/issuing.crl"
}

s1_sources() {
    echo "crlDistributionPoints = URI:$S1_SITE/$1.crl"
    echo "authorityInfoAccess = caIssuers;URI:$S1_SITE/$1.crt"
}

scenario_s2_key_for_signatures_alone() { node_pfx -keysig -LMK -CSP "$ENHANCED_AES" "${THREE_DES[@]}"; }

scenario_s3_account_cannot_read_the_key() { node_pfx -keyex -LMK -CSP "$ENHANCED_AES" "${THREE_DES[@]}"; }

scenario_s4_error_103() { node_pfx -keyex -CSP "$SOFTWARE_KSP" "${THREE_DES[@]}"; }

# As OpenSSL 3 encrypts unless it is told otherwise.
scenario_node1() { node_pfx -keysig -CSP "$SOFTWARE_KSP"; }

# node_pfx OPTION…: node1.pfx by `openssl pkcs12 -export` with these options, its password in a file, and the root.
node_pfx() {
    local folder=$here_scenario
    cp anchors/certlens-test-anchor.pem "$folder/root.pem"
    echo "correct horse" >"$folder/password"
    { node_extensions; key_identifiers; } | issue "$work/node1.pem" key=target-rsa \
        subject='/O=Certlens Test/CN=node1.example.test' issuer=intermediates/issuing-ca.pem signer=issuing-rsa serial=D102
    quietly openssl pkcs12 -export -in "$work/node1.pem" -inkey keys/target-rsa.pem -name node1 \
        -certfile intermediates/issuing-ca.pem -passout "file:$folder/password" -out "$folder/node1.pfx" "$@"
}

node_extensions() {
    echo "basicConstraints = critical, CA:FALSE"
    echo "keyUsage = critical, digitalSignature, keyEncipherment"
    echo "extendedKeyUsage = serverAuth"
    echo "subjectAltName = DNS:node1.example.test"
}

# crl_of ISSUER KEY FILE: a CRL without entries, in DER, in force as long as targets are valid.
crl_of() {
    local -x CA_DIR=$work/crl
    rm -rf "$CA_DIR"
    mkdir "$CA_DIR"
    : >"$CA_DIR/index.txt"
    echo 07 >"$CA_DIR/crlnumber"
    quietly openssl ca -gencrl -cert "$1" -keyfile "keys/$2.pem" -md sha256 -crlexts crl_extensions \
        -crl_lastupdate "$TARGET_FROM" -crl_nextupdate "$TARGET_TO" -out "$work/crl.pem"
    openssl crl -in "$work/crl.pem" -outform DER -out "$3"
}
