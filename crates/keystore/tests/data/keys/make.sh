#!/usr/bin/env bash
# Makes the keys of this folder with OpenSSL 3: private keys, the public keys that
# belong to them (*.pub.pem), and one of them encrypted in every way. The files are
# committed; run this only to add one, for each run makes new keys.
set -euo pipefail
cd "$(dirname "$0")"

pair() { # pair NAME OPENSSL-GENPKEY-ARGUMENTS…
  local name=$1; shift
  [ -e "$name.pem" ] || openssl genpkey "$@" -out "$name.pem" 2>/dev/null
  openssl pkey -in "$name.pem" -pubout -out "$name.pub.pem"
}
pair rsa1024 -algorithm RSA -pkeyopt rsa_keygen_bits:1024
pair rsa2048 -algorithm RSA -pkeyopt rsa_keygen_bits:2048
pair rsa2048-e3 -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -pkeyopt rsa_keygen_pubexp:3
pair rsa-pss -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048
pair rsa-pss-sha256 -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048 -pkeyopt rsa_pss_keygen_md:sha256
for curve in P-256 P-384 P-521 secp256k1 brainpoolP256r1; do
  pair "ec-$curve" -algorithm EC -pkeyopt "ec_paramgen_curve:$curve"
done
pair ec-explicit -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -pkeyopt ec_param_enc:explicit
for algorithm in ed25519 ed448 x25519 x448; do pair "$algorithm" -algorithm "$algorithm"; done
[ -e dsa.pem ] || {
  openssl genpkey -genparam -algorithm DSA -pkeyopt dsa_paramgen_bits:1024 -out dsa.parameters 2>/dev/null
  openssl genpkey -paramfile dsa.parameters -out dsa.pem 2>/dev/null
  rm dsa.parameters
}
pair dsa
pair dh -algorithm DH -pkeyopt group:ffdhe2048
pair dhx -algorithm DHX -pkeyopt dh_rfc5114:2

# The forms that are older than PKCS#8.
openssl rsa -in rsa2048.pem -traditional -out rsa2048.pkcs1.pem 2>/dev/null
openssl ec -in ec-P-256.pem -out ec-P-256.sec1.pem 2>/dev/null
openssl ec -in ec-P-256.pem -conv_form compressed -out ec-P-256.compressed.pem 2>/dev/null
openssl ec -in ec-P-256.pem -no_public -out ec-P-256.no-public.pem 2>/dev/null
openssl pkey -in dsa.pem -traditional -out dsa.traditional.pem
openssl ecparam -name P-256 -genkey -out ec-with-parameters.pem
openssl pkey -in ec-with-parameters.pem -pubout -out ec-with-parameters.pub.pem
openssl pkey -in rsa2048.pem -outform DER -out rsa2048.der

# One key, encrypted; the password is as it is for people who have one.
export PASSWORD='Paßwort 1'
encrypted() { # encrypted NAME OPENSSL-PKCS8-ARGUMENTS…
  local name=$1; shift
  openssl pkcs8 -topk8 -in ec-P-256.pem -passout env:PASSWORD "$@" -out "encrypted-$name.pem"
}
old=(-provider legacy -provider default)
for cipher in aes-128-cbc aes-192-cbc aes-256-cbc des3; do encrypted "$cipher" -v2 "$cipher"; done
for prf in hmacWithSHA1 hmacWithSHA224 hmacWithSHA384 hmacWithSHA512; do
  encrypted "$prf" -v2 aes-256-cbc -v2prf "$prf"
done
encrypted iterations -v2 aes-256-cbc -iter 600000
encrypted scrypt -scrypt
encrypted rc2-cbc "${old[@]}" -v2 rc2-cbc
encrypted camellia -v2 camellia-256-cbc
for scheme in PBE-SHA1-3DES PBE-SHA1-2DES; do encrypted "$scheme" -v1 "$scheme"; done
for scheme in PBE-SHA1-RC2-40 PBE-SHA1-RC2-128 PBE-SHA1-RC4-128 PBE-MD5-DES; do
  encrypted "$scheme" "${old[@]}" -v1 "$scheme"
done
openssl pkcs8 -topk8 -in ec-P-256.pem -passout env:PASSWORD -outform DER -out encrypted.der
openssl pkcs8 -topk8 -in ec-P-256.pem -passout pass: -out encrypted-empty-password.pem

traditional() { # traditional NAME KEY OPENSSL-PKEY-ARGUMENTS…
  local name=$1 key=$2; shift 2
  openssl pkey -in "$key" -traditional -passout env:PASSWORD "$@" -out "traditional-$name.pem"
}
for cipher in aes128 aes192 aes256 des3 camellia256; do traditional "$cipher" ec-P-256.pem "-$cipher"; done
traditional des ec-P-256.pem "${old[@]}" -des
traditional rsa rsa2048.pem -aes256
traditional dsa dsa.pem -des3
