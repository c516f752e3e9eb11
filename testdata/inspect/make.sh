#!/bin/sh
# Makes the certificates of this folder again, with new keys. Needs openssl 3 and python3.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

openssl ecparam -name prime256v1 -genkey -noout -out "$work/ec.pem"
openssl genrsa -out "$work/rsa.pem" 2048 2>/dev/null
openssl genpkey -algorithm ed25519 -out "$work/ed25519.pem"

# One certificate with every extension that certlens decodes, and one that it does not.
openssl req -new -x509 -config every-extension.cnf -key "$work/ec.pem" -days 3650 -set_serial 0x1234567890abcdef1234 \
    -outform DER -out every-extension.der

# A server's certificate as a company's CA makes them.
openssl req -new -x509 -config server.cnf -extensions server -key "$work/rsa.pem" -days 398 \
    -sha256 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32 -outform DER -out server.der

# A certificate with an empty subject, Ed25519 and no usage at all.
openssl req -new -x509 -config server.cnf -extensions bare -subj / -key "$work/ed25519.pem" -days 30 \
    -outform DER -out bare.der

# The same octets changed where a strict and a lenient reader part.
python3 - <<'PYTHON'
server = bytearray(open("server.der", "rb").read())

# keyUsage (03 02 05 a0) with no bit set: the extension is refused, the certificate is not.
at = server.index(bytes.fromhex("551d0f0101ff0404030205a0"))
broken = server[:]
broken[at + 11] = 0x00
open("broken-extension.der", "wb").write(broken)

# The issuer's first relative name becomes a SEQUENCE: the certificate is refused.
at = server.index(bytes.fromhex("310b300906035504"))
refused = server[:]
refused[at] = 0x30
open("refused.der", "wb").write(refused)
PYTHON
