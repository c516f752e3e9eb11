#!/bin/bash
# Makes crls.txt, CRLs for the tests of certlens-core's reader that the testkit
# cannot sign, with the openssl command (3.0 or later). Each run makes other keys
# and other signatures; no private key is kept.
#
# Lines of the result:
#   NAME SPKI-HEX CRL-HEX      a CRL and the key that it is signed with
set -euo pipefail
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

hex() { od -An -v -tx1 | tr -d ' \n'; }
crl() { # name key [openssl options]
    openssl req -x509 -new -key "$work/$2.pem" -sha256 -subj "/CN=Test CA" -days 3650 -out "$work/$2.crt"
    printf 'R\t360101000000Z\t260601000000Z,keyCompromise\t%s\tunknown\t/CN=a\n' 0A0B0C 0D >"$work/index"
    printf '01\n' >"$work/number"
    printf '[ca]\ndefault_ca=c\n[c]\ndatabase=%s\ncrlnumber=%s\ncrl_extensions=e\n[e]\nauthorityKeyIdentifier=keyid\n' \
        "$work/index" "$work/number" >"$work/conf"
    openssl ca -config "$work/conf" -gencrl -keyfile "$work/$2.pem" -cert "$work/$2.crt" \
        -crl_lastupdate 20260630000000Z -crl_nextupdate 20260707000000Z "${@:3}" -out "$work/crl.pem"
    printf '%s ' "$1"
    openssl pkey -in "$work/$2.pem" -pubout -outform DER | hex
    printf ' '
    openssl crl -in "$work/crl.pem" -outform DER | hex
    echo
}

{
    openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out "$work/rsa.pem"
    openssl dsaparam -out "$work/dsa.param" 2048
    openssl genpkey -quiet -paramfile "$work/dsa.param" -out "$work/dsa.pem"
    for hash in sha256 sha384; do
        crl "pss-$hash" rsa -md "$hash" -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest
    done
    crl pss-sha1-mgf-sha256 rsa -md sha1 -sigopt rsa_padding_mode:pss -sigopt rsa_mgf1_md:sha256 -sigopt rsa_pss_saltlen:20
    crl rsa-sha224 rsa -md sha224
    crl rsa-md5 rsa -md md5
    crl dsa-sha256 dsa -md sha256
} 2>"$work/log" >"$work/out" || { cat "$work/log"; exit 1; }
mv "$work/out" crls.txt
