# Issuing a certificate with `openssl ca`, and writing DER by hand where openssl has no words for it.

ANCHOR_FROM=20200101000000Z ANCHOR_TO=20450101000000Z
INTERMEDIATE_FROM=20210101000000Z INTERMEDIATE_TO=20400101000000Z
TARGET_FROM=20260101000000Z TARGET_TO=20270101000000Z

# Runs a command; its chatter is shown only if it fails.
quietly() {
    "$@" 2>"$work/stderr" || { echo "failed: $*" >&2; cat "$work/stderr" >&2; return 1; }
}

# issue FILE key=NAME subject=/O=… serial=HEX issuer=FILE|self signer=NAME [from= to= digest= sigopt='a:b c:d']
# writes a certificate with the extensions given on stdin; without any it is a version 1 certificate.
# A key with a slash in it is a file, others are in keys/.
# `openssl ca` because `openssl x509` before 3.4 cannot set notBefore.
issue() {
    local file=$1 key subject serial issuer signer from=$TARGET_FROM to=$TARGET_TO digest=sha256 sigopt=
    shift
    local "$@"
    [[ $key == */* ]] || key=keys/$key.pem
    local -x CA_DIR=$work/ca
    rm -rf "$CA_DIR"
    mkdir "$CA_DIR"
    cat >"$CA_DIR/extensions.cnf"
    : >"$CA_DIR/index.txt"
    echo "$serial" >"$CA_DIR/serial"
    quietly openssl req -new -utf8 -subj "$subject" -key "$key" -out "$CA_DIR/request.pem"

    local options=(-batch -notext -preserveDN -in "$CA_DIR/request.pem" -out "$CA_DIR/issued.pem"
        -keyfile "keys/$signer.pem" -md "$digest" -startdate "$from" -enddate "$to")
    local option
    for option in $sigopt; do options+=(-sigopt "$option"); done
    if [[ $issuer == self ]]; then options+=(-selfsign); else options+=(-cert "$issuer"); fi
    [[ -s $CA_DIR/extensions.cnf ]] && options+=(-extfile "$CA_DIR/extensions.cnf")
    quietly openssl ca "${options[@]}"
    mkdir -p "$(dirname "$file")"
    cp "$CA_DIR/issued.pem" "$file"
}

# The extensions of a healthy authority; the argument is added to basicConstraints (",pathlen:0").
authority_extensions() {
    echo "basicConstraints = critical, CA:TRUE${1-}"
    echo "keyUsage = critical, keyCertSign, cRLSign"
    key_identifiers
}

# The extensions of a healthy TLS server, but its names and key usage.
server_extensions() {
    echo "basicConstraints = critical, CA:FALSE"
    echo "extendedKeyUsage = serverAuth"
    key_identifiers
    issuer_access
}

key_identifiers() {
    echo "subjectKeyIdentifier = hash"
    echo "authorityKeyIdentifier = keyid"
}

issuer_access() {
    echo "authorityInfoAccess = caIssuers;URI:http://pki.example.test/issuing.cer, OCSP;URI:http://ocsp.example.test/"
}

# DER, as text of hexadecimal digits.

# tlv TAG CONTENT…: one element; the contents are joined.
tlv() {
    local tag=$1 content length
    shift
    content=$(printf %s "$@")
    length=$((${#content} / 2))
    if ((length < 128)); then printf '%s%02x%s' "$tag" "$length" "$content"
    elif ((length < 256)); then printf '%s81%02x%s' "$tag" "$length" "$content"
    else printf '%s82%04x%s' "$tag" "$length" "$content"; fi
}

sequence() { tlv 30 "$@"; }

# SET OF in DER order: ascending by encoding (X.690 §11.6).
set_of() { tlv 31 "$(printf '%s\n' "$@" | sort | tr -d '\n')"; }

# text TAG STRING: the bytes of the string as they are.
text() { tlv "$1" "$(printf %s "$2" | to_hex)"; }

# oid DOTTED
oid() {
    local arcs arc encoded=() septets
    IFS=. read -ra arcs <<<"$1"
    for arc in $((arcs[0] * 40 + arcs[1])) "${arcs[@]:2}"; do
        septets=$(printf %02x $((arc & 127)))
        while ((arc >>= 7)); do septets=$(printf %02x $((arc & 127 | 128)))$septets; done
        encoded+=("$septets")
    done
    tlv 06 "${encoded[@]}"
}

to_hex() { od -An -v -tx1 | tr -d ' \n'; }

from_hex() { printf "$(printf %s "$1" | sed 's/../\\x&/g')"; }

pem_to_hex() { openssl x509 -in "$1" -outform DER | to_hex; }

# One base64 block with the given label from DER on stdin.
to_pem() {
    echo "-----BEGIN $1-----"
    base64 -w 64
    echo "-----END $1-----"
}
