# The scenarios of scenarios/ that are about endpoints: what their servers present.

CLOUD=wu2.frontend.clouddatahub.net
DIGICERT=/usr/share/ca-certificates/mozilla/DigiCert_Global_Root_G2.crt

scenario_s5_node_not_reached() { site node node2.corp.example; }

scenario_s6_localhost_does_not_resolve() { site node node1.corp.example; }

scenario_s7_cloud_service_through_a_proxy() {
    local folder=$here_scenario
    site cloud "$CLOUD"
    echo "correct horse" >"$folder/password"
    printf 'CORP\\svc-shir:%s\n' "$(openssl passwd -apr1 -salt certlens "correct horse")" >"$folder/users"
    authority "$folder/proxy" '/O=Example Corp/CN=Example Corp Web Gateway CA' D202
}

scenario_s8_root_missing_here() {
    local folder=$here_scenario
    site intranet intranet.corp.example
    mkdir -p "$folder/cacerts"
    cp public/chain.pem "$folder/"
    # As they stand in the Mozilla set; a system that trusts one root, and not the other.
    openssl x509 -in "$DIGICERT" -outform DER -out "$folder/cacerts/DigiCertGlobalRootG2.crt"
    trusts "${DIGICERT%/*}/ISRG_Root_X1.crt"
}

scenario_s8_replaced_by_a_proxy() {
    # For those who go by the machine's clock, as mitmproxy does.
    from=$ANCHOR_FROM to=$ANCHOR_TO site intranet intranet.corp.example
    authority "$here_scenario/mitmproxy-ca" '/CN=mitmproxy/O=mitmproxy' D203
    cat "$here_scenario"/mitmproxy-ca.{key,pem} >"$work/both.pem"
    mv "$work/both.pem" "$here_scenario/mitmproxy-ca.pem"
    rm "$here_scenario/mitmproxy-ca.key"
    openssl x509 -in "$here_scenario/mitmproxy-ca.pem" -out "$here_scenario/mitmproxy-ca-cert.pem"
    trusts "$here_scenario/root.pem"
}

scenario_s9_reset_by_a_middlebox() { site cloud "$CLOUD"; }

# trusts FILE: a system of Debian's that trusts this root alone.
trusts() {
    local folder=$here_scenario
    mkdir -p "$folder/certs" "$folder/local"
    cp "$1" "$folder/local/trusted-root.crt"
    cp "$1" "$folder/certs/ca-certificates.crt"
    : >"$folder/ca-certificates.conf"
}

# site FILE NAME: FILE.pem and FILE.key of a server of this name below the issuing CA, and the root.
site() {
    local folder=$here_scenario
    cp anchors/certlens-test-anchor.pem "$folder/root.pem"
    cp keys/target-rsa.pem "$folder/$1.key"
    { node_extensions; key_identifiers; } | sed "s/DNS:.*/DNS:$2/" |
        issue "$work/$1.pem" key=target-rsa subject="/O=Certlens Test/CN=$2" \
            issuer=intermediates/issuing-ca.pem signer=issuing-rsa serial=D201 \
            from="${from-$TARGET_FROM}" to="${to-$TARGET_TO}"
    cat "$work/$1.pem" intermediates/issuing-ca.pem >"$folder/$1.pem"
}

# authority FILE SUBJECT SERIAL: FILE.pem and FILE.key of a root of its own.
authority() {
    cp keys/other-anchor-rsa.pem "$1.key"
    { authority_extensions; } | sed '/authorityKeyIdentifier/d' |
        issue "$1.pem" key=other-anchor-rsa subject="$2" issuer=self signer=other-anchor-rsa serial="$3" \
            from="$ANCHOR_FROM" to="$ANCHOR_TO"
}
