#!/bin/bash
# Makes signatures.txt, the test vectors of certlens-core's crypto room, with
# the openssl command (3.0 or later). Each run makes other keys and other
# signatures; of the private keys only three exponents are kept.
#
# Lines of the result:
#   key NAME SPKI-HEX          a SubjectPublicKeyInfo
#   sig KEY ALGORITHM HEX      a signature with that key over the message below
#   private KEY EXPONENT-HEX   an RSA private exponent, for tests that sign
#                              encodings which no honest signer makes
set -euo pipefail
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
printf 'certlens signature test message' >"$work/message"

hex() { od -An -v -tx1 | tr -d ' \n'; }
public() { # name
    printf 'key %s ' "$1"
    openssl pkey -in "$work/$1.pem" -pubout -outform DER | hex
    echo
}
sign() { # key algorithm digest [openssl options]
    printf 'sig %s %s ' "$1" "$2"
    openssl dgst "-$3" -sign "$work/$1.pem" "${@:4}" "$work/message" | hex
    echo
}
pss() { # key algorithm digest mgf-digest salt
    sign "$1" "$2" "$3" -sigopt rsa_padding_mode:pss -sigopt "rsa_mgf1_md:$4" -sigopt "rsa_pss_saltlen:$5"
}
rsa() { # name bits exponent [openssl options]
    openssl genpkey -quiet -algorithm RSA -pkeyopt "rsa_keygen_bits:$2" -pkeyopt "rsa_keygen_pubexp:$3" \
        "${@:4}" -out "$work/$1.pem" 2>/dev/null
    public "$1"
}
private() { # name
    printf 'private %s ' "$1"
    openssl pkey -in "$work/$1.pem" -noout -text | sed -n '/^privateExponent/,/^prime1/p' | grep '^ ' | tr -d ' :\n'
    echo
}

{
    rsa rsa512 512 65537
    sign rsa512 rsa-md5 md5
    sign rsa512 rsa-sha1 sha1
    sign rsa512 rsa-sha256 sha256
    rsa rsa768 768 65537
    sign rsa768 rsa-sha256 sha256
    rsa rsa1023 1023 65537
    sign rsa1023 rsa-sha1 sha1
    sign rsa1023 rsa-sha512 sha512
    pss rsa1023 pss-sha256-sha256-32 sha256 sha256 32
    private rsa1023
    rsa rsa1024 1024 65537
    rsa rsa1536 1536 65537
    rsa rsa2048 2048 65537
    for key in rsa1024 rsa1536 rsa2048; do
        for hash in md5 sha1 sha224 sha256 sha384 sha512; do
            sign "$key" "rsa-$hash" "$hash"
        done
    done
    pss rsa1024 pss-sha1-sha1-20 sha1 sha1 20
    pss rsa1024 pss-sha256-sha256-32 sha256 sha256 32
    pss rsa2048 pss-sha1-sha1-20 sha1 sha1 20
    pss rsa2048 pss-sha224-sha224-28 sha224 sha224 28
    for salt in 0 20 32 222; do # 222 = 256 - 32 - 2, the most that fits
        pss rsa2048 "pss-sha256-sha256-$salt" sha256 sha256 "$salt"
    done
    pss rsa2048 pss-sha384-sha384-48 sha384 sha384 48
    pss rsa2048 pss-sha512-sha512-64 sha512 sha512 64
    pss rsa2048 pss-sha256-sha1-32 sha256 sha1 32
    pss rsa2048 pss-sha1-sha512-0 sha1 sha512 0
    private rsa2048
    # A modulus of 8k + 1 bits has an encoded message one octet shorter than itself.
    # OpenSSL makes an odd length from 2048 up only with three primes.
    rsa rsa2049 2049 65537 -pkeyopt rsa_keygen_primes:3
    sign rsa2049 rsa-sha256 sha256
    pss rsa2049 pss-sha256-sha256-32 sha256 sha256 32
    pss rsa2049 pss-sha1-sha1-20 sha1 sha1 20
    private rsa2049
    rsa rsa4096 4096 65537
    sign rsa4096 rsa-sha256 sha256
    rsa rsa1024e3 1024 3
    sign rsa1024e3 rsa-sha384 sha384
    rsa rsa2048e3 2048 3
    sign rsa2048e3 rsa-sha256 sha256

    for curve in 256 384 521; do
        openssl genpkey -quiet -algorithm EC -pkeyopt "ec_paramgen_curve:P-$curve" -out "$work/p$curve.pem" 2>/dev/null
        public "p$curve"
        for hash in sha1 sha224 sha256 sha384 sha512; do
            sign "p$curve" "ecdsa-$hash" "$hash"
        done
    done

    openssl genpkey -quiet -algorithm ED25519 -out "$work/ed25519.pem"
    public ed25519
    printf 'sig ed25519 ed25519 '
    openssl pkeyutl -sign -inkey "$work/ed25519.pem" -rawin -in "$work/message" | hex
    echo
    openssl genpkey -quiet -algorithm ED448 -out "$work/ed448.pem"
    public ed448
    printf 'sig ed448 ed448 '
    openssl pkeyutl -sign -inkey "$work/ed448.pem" -rawin -in "$work/message" | hex
    echo

    for size in "1024 160" "2048 224" "2048 256"; do
        read -r p q <<<"$size"
        name="dsa$p-$q"
        openssl genpkey -quiet -genparam -algorithm DSA -pkeyopt "dsa_paramgen_bits:$p" -pkeyopt "dsa_paramgen_q_bits:$q" \
            -pkeyopt "dsa_paramgen_md:sha256" -out "$work/$name.param" 2>/dev/null
        openssl genpkey -quiet -paramfile "$work/$name.param" -out "$work/$name.pem" 2>/dev/null
        public "$name"
        for hash in sha1 sha224 sha256 sha384 sha512; do
            sign "$name" "dsa-$hash" "$hash"
        done
    done
} >signatures.txt
