# inputs/: odd files for the reader of input and for `inspect`, made from the healthy RSA case.

make_inputs() {
    local target=cases/healthy-rsa/target.pem issuing=intermediates/issuing-ca.pem anchor=anchors/certlens-test-anchor.pem
    mkdir -p inputs

    openssl x509 -in "$target" -outform DER -out inputs/target.der
    sed 's/$/\r/' "$target" >inputs/target-crlf.pem
    { printf '\xef\xbb\xbf'; cat "$target"; } >inputs/target-bom.pem
    utf16 '\xff\xfe' '&00' "$target" >inputs/target-utf16le.pem
    utf16 '\xfe\xff' '00&' "$target" >inputs/target-utf16be.pem
    printf %s "$(cat "$target")" >inputs/target-no-final-newline.pem
    {
        openssl x509 -in "$target" -text
        echo
        echo 'This is the certificate that runs on the new web server until the end of the year.'
        echo '-----'
        echo 'The operations team'
    } >inputs/target-text-around.pem
    sed '/^-----/d' "$target" >inputs/target-base64.txt
    sed '/^-----/d' "$target" | tr -d '\n' >inputs/target-base64-one-line.txt

    local certfiles=(-certfile "$target" -certfile "$issuing" -certfile "$anchor")
    openssl crl2pkcs7 -nocrl "${certfiles[@]}" -outform DER -out inputs/chain.p7b
    openssl crl2pkcs7 -nocrl "${certfiles[@]}" -outform PEM -out inputs/chain.p7c.pem
    from_hex "$(indefinite_pkcs7 "$target" "$issuing" "$anchor")" >inputs/chain-ber.p7b

    cat "$issuing" "$anchor" >"$work/chain.pem"
    openssl pkcs12 -export -in "$target" -inkey keys/target-rsa.pem -certfile "$work/chain.pem" \
        -name www.example.test -passout pass:test -out inputs/server.pfx
    openssl req -new -key keys/target-rsa.pem -subj '/O=Certlens Test/CN=www.example.test' \
        -addext 'subjectAltName = DNS:www.example.test' -out inputs/request.csr
    cp keys/target-rsa.pem inputs/key.pem
    make_crl "$issuing" inputs/crl.pem

    : >inputs/empty.pem
    printf '%s\n' 'Dear colleague,' '' 'the certificate is attached.' '' 'Kind regards' >inputs/not-a-certificate.txt
    cat >inputs/error-page.html <<'END'
<!DOCTYPE html>
<html>
<head><title>407 Proxy Authentication Required</title></head>
<body><h1>Access denied</h1><p>The proxy wants you to log in before you may fetch http://pki.example.test/issuing.cer.</p></body>
</html>
END
    # The broken block comes first: the reader has to go on after it.
    { sed '5s/./*/20' "$target"; cat "$issuing"; } >inputs/two-certificates-one-broken.pem

    make_all_extensions
    make_names
}

# utf16 MARK EXPANSION FILE: ASCII with a zero byte beside each byte.
utf16() {
    printf "$1"
    from_hex "$(to_hex <"$3" | sed "s/../$2/g")"
}

# SignedData with certificates alone (RFC 5652 §5), its outer lengths indefinite: what Windows and Java write at times.
indefinite_pkcs7() {
    local file
    printf %s "3080$(oid 1.2.840.113549.1.7.2)a0803080" 020101 3100 "3080$(oid 1.2.840.113549.1.7.1)0000" a080
    for file in "$@"; do pem_to_hex "$file"; done
    printf %s 0000 3100 0000 0000 0000
}

# A list with two revoked certificates that no case uses.
make_crl() {
    local -x CA_DIR=$work/crl
    mkdir -p "$CA_DIR"
    {
        printf 'R\t270101000000Z\t260301000000Z,keyCompromise\tC901\tunknown\t/CN=lost.example.test\n'
        printf 'R\t270101000000Z\t260401000000Z\tC902\tunknown\t/CN=replaced.example.test\n'
    } >"$CA_DIR/index.txt"
    echo 07 >"$CA_DIR/crlnumber"
    quietly openssl ca -gencrl -cert "$1" -keyfile keys/issuing-rsa.pem -md sha256 -crlexts crl_extensions \
        -crl_lastupdate 20260501000000Z -crl_nextupdate 20260701000000Z -out "$2"
}
