# inputs/all-extensions.pem: as many extensions as one certificate can carry, and inputs/names.pem: names that need escapes.
# What `openssl` cannot write is given as DER.

# GeneralName, RFC 5280 §4.2.1.6: all nine kinds.
general_names() {
    # otherName: a Microsoft user principal name.
    tlv a0 "$(oid 1.3.6.1.4.1.311.20.2.3)" "$(tlv a0 "$(text 0c user@example.test)")"
    text 81 admin@example.test
    text 82 www.example.test
    # x400Address with the country alone.
    tlv a3 "$(sequence "$(tlv 61 "$(text 13 DE)")")"
    tlv a4 "$(sequence "$(rdn "$(attribute 2.5.4.6 13 DE)")" "$(rdn "$(attribute 2.5.4.10 0c 'Certlens Test')")")"
    tlv a5 "$(tlv a0 "$(text 0c 'Certlens Test')")" "$(tlv a1 "$(text 0c 'party 7')")"
    text 86 https://www.example.test/path
    tlv 87 c0000207
    tlv 87 20010db8000000000000000000000007
    tlv 88 "$(oid 2.999.3 | cut -c 5-)"
}

# GeneralSubtrees: the same kinds; addresses carry their mask (RFC 5280 §4.2.1.10).
general_subtrees() {
    local host=$1 network=$2 base
    for base in \
        "$(tlv a0 "$(oid 1.3.6.1.4.1.311.20.2.3)" "$(tlv a0 "$(text 0c "@$host")")")" \
        "$(text 81 "$host")" \
        "$(text 82 "$host")" \
        "$(tlv a3 "$(sequence "$(tlv 61 "$(text 13 DE)")")")" \
        "$(tlv a4 "$(sequence "$(rdn "$(attribute 2.5.4.10 0c "$host")")")")" \
        "$(tlv a5 "$(tlv a1 "$(text 0c "$host")")")" \
        "$(text 86 ".$host")" \
        "$(tlv 87 "${network}ffffff00")" \
        "$(tlv 87 20010db8000000000000000000000000ffffffff000000000000000000000000)" \
        "$(tlv 88 "$(oid 2.999.3 | cut -c 5-)")"; do
        sequence "$base"
    done
}

# attribute TYPE TAG STRING, and rdn ATTRIBUTE…
attribute() { sequence "$(oid "$1")" "$(text "$2" "$3")"; }
rdn() { set_of "$@"; }

# A list of one SCT (RFC 6962 §3.3) with made-up log and signature.
sct_list() {
    local log=000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f
    local signature sct
    signature=$(sequence "$(tlv 02 1111111111111111)" "$(tlv 02 2222222222222222)")
    # version 1, log, 2026-01-01T00:00:00Z in milliseconds, no extensions, SHA-256 with ECDSA.
    sct=00$log$(printf %016x 1767225600000)0000$(printf 0403%04x $((${#signature} / 2)))$signature
    sct=$(printf %04x $((${#sct} / 2)))$sct
    tlv 04 "$(printf %04x $((${#sct} / 2)))" "$sct"
}

make_all_extensions() {
    cat >"$work/all-extensions.cnf" <<END
basicConstraints = critical, CA:TRUE, pathlen:3
keyUsage = critical, digitalSignature, nonRepudiation, keyEncipherment, dataEncipherment, keyAgreement, keyCertSign, cRLSign, encipherOnly, decipherOnly
extendedKeyUsage = serverAuth, clientAuth, codeSigning, emailProtection, timeStamping, OCSPSigning, anyExtendedKeyUsage, msSmartcardLogin, ipsecIKE, 1.3.6.1.4.1.311.54.1.2, 2.999.4
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid:always, issuer:always
certificatePolicies = 2.999.2.1, @policy_with_qualifiers, 2.5.29.32.0
policyMappings = critical, 2.999.2.1:2.999.2.101, 2.999.2.2:2.999.2.102
policyConstraints = critical, requireExplicitPolicy:3, inhibitPolicyMapping:1
inhibitAnyPolicy = critical, 2
nameConstraints = critical, DER:$(sequence "$(tlv a0 "$(general_subtrees example.test c0000200)")" "$(tlv a1 "$(general_subtrees excluded.example.test c6336400)")")
subjectAltName = DER:$(sequence "$(general_names)")
issuerAltName = email:pki@example.test, URI:http://pki.example.test/
subjectDirectoryAttributes = DER:$(sequence \
    "$(sequence "$(oid 1.3.6.1.5.5.7.9.1)" "$(set_of "$(text 18 19700101120000Z)")")" \
    "$(sequence "$(oid 1.3.6.1.5.5.7.9.4)" "$(set_of "$(text 13 DE)" "$(text 13 FR)")")")
crlDistributionPoints = whole_list, partial_list, relative_list
freshestCRL = URI:http://pki.example.test/delta.crl
authorityInfoAccess = OCSP;URI:http://ocsp.example.test/, caIssuers;URI:http://pki.example.test/issuing.cer, caIssuers;URI:ldap://ldap.example.test/cn=issuing?cACertificate?base
subjectInfoAccess = caRepository;URI:http://pki.example.test/repository/, 1.3.6.1.5.5.7.48.3;URI:http://time.example.test/
tlsfeature = status_request, status_request_v2
noCheck = ignored
# privateKeyUsagePeriod
2.5.29.16 = DER:$(sequence "$(text 80 20260101000000Z)" "$(text 81 20260701000000Z)")
# qcStatements (ETSI EN 319 412-5): compliance, limit of value, retention, device, disclosure, type
1.3.6.1.5.5.7.1.3 = DER:$(sequence \
    "$(sequence "$(oid 0.4.0.1862.1.1)")" \
    "$(sequence "$(oid 0.4.0.1862.1.2)" "$(sequence "$(text 13 EUR)" "$(tlv 02 64)" "$(tlv 02 03)")")" \
    "$(sequence "$(oid 0.4.0.1862.1.3)" "$(tlv 02 0a)")" \
    "$(sequence "$(oid 0.4.0.1862.1.4)")" \
    "$(sequence "$(oid 0.4.0.1862.1.5)" "$(sequence "$(sequence "$(text 16 https://pki.example.test/pds)" "$(text 13 en)")")")" \
    "$(sequence "$(oid 0.4.0.1862.1.6)" "$(sequence "$(oid 0.4.0.1862.1.6.3)")")")
# cabfOrganizationIdentifier
2.23.140.3.1 = DER:$(sequence "$(text 13 VAT)" "$(text 13 DE)" "$(text 0c 123456789)")
# Signed certificate timestamps
1.3.6.1.4.1.11129.2.4.2 = DER:$(sct_list)
# S/MIME capabilities: AES-256-CBC
1.2.840.113549.1.9.15 = DER:$(sequence "$(sequence "$(oid 2.16.840.1.101.3.4.1.42)")")
# Resources of RFC 3779
sbgp-ipAddrBlock = IPv4:192.0.2.0/24, IPv6:2001:db8::/32
sbgp-autonomousSysNum = AS:64496
# Microsoft: template by name, by identifier, CA version, previous CA hash, application policies, their mappings
# and constraints, and the security identifier (SID)
1.3.6.1.4.1.311.20.2 = ASN1:FORMAT:ASCII,BMP:WebServer
1.3.6.1.4.1.311.21.7 = DER:$(sequence "$(oid 1.3.6.1.4.1.311.21.8.1234567.7654321.1.2.3)" "$(tlv 02 64)" "$(tlv 02 04)")
1.3.6.1.4.1.311.21.1 = DER:$(tlv 02 010001)
1.3.6.1.4.1.311.21.2 = DER:$(tlv 04 000102030405060708090a0b0c0d0e0f10111213)
1.3.6.1.4.1.311.21.10 = DER:$(sequence "$(sequence "$(oid 1.3.6.1.5.5.7.3.1)")" "$(sequence "$(oid 1.3.6.1.5.5.7.3.2)")")
1.3.6.1.4.1.311.21.11 = DER:$(sequence "$(sequence "$(oid 2.999.2.1)" "$(oid 2.999.2.101)")")
1.3.6.1.4.1.311.21.12 = DER:$(sequence "$(tlv 80 00)" "$(tlv 81 01)")
1.3.6.1.4.1.311.25.2 = DER:$(sequence "$(tlv a0 "$(oid 1.3.6.1.4.1.311.25.2.1)" \
    "$(tlv a0 "$(text 04 S-1-5-21-1004336348-1177238915-682003330-512)")")")
nsCertType = server, client, email, objsign, sslCA, emailCA, objCA
nsBaseUrl = https://pki.example.test/
nsRevocationUrl = revoked?
nsCaRevocationUrl = ca-revoked?
nsRenewalUrl = renew?
nsCaPolicyUrl = policy.html
nsSslServerName = www.example.test
nsComment = "Made for the tests of certlens"
# Known to nobody, and not critical
2.999.1.2 = ASN1:UTF8String:unknown

[policy_with_qualifiers]
policyIdentifier = 2.999.2.2
CPS.1 = https://pki.example.test/cps
userNotice.1 = @notice
[notice]
explicitText = UTF8:For tests only, never to be trusted
organization = UTF8:Certlens Test
noticeNumbers = 1, 2
[whole_list]
fullname = URI:http://pki.example.test/whole.crl, URI:ldap://ldap.example.test/cn=crl?certificateRevocationList?base
[partial_list]
fullname = URI:http://pki.example.test/partial.crl
CRLissuer = dirName:list_issuer
reasons = keyCompromise, CACompromise, affiliationChanged, superseded, cessationOfOperation, certificateHold, privilegeWithdrawn, AACompromise
[relative_list]
relativename = list_name
[list_issuer]
O = Certlens Test
CN = Certlens Test CRL Issuer
[list_name]
CN = list 1
END
    issue_target inputs/all-extensions.pem serial=E001 subject='/O=Certlens Test/CN=Every Extension' <"$work/all-extensions.cnf"
}

# Written whole as DER, because one `openssl req` writes all strings in one encoding.
make_names() {
    local subject bmp_zuerich=005a00fc0072006900630068 latin1_zuerich=5afc72696368
    subject=$(sequence \
        "$(rdn "$(attribute 2.5.4.6 13 DE)")" \
        "$(rdn "$(attribute 0.9.2342.19200300.100.1.25 16 test)")" \
        "$(rdn "$(attribute 0.9.2342.19200300.100.1.25 16 example)")" \
        "$(rdn "$(attribute 2.5.4.10 0c 'Comma, Plus + "Quotes" \ <Angle>; Equals =')")" \
        "$(rdn "$(attribute 2.5.4.11 0c '#leading hash')")" \
        "$(rdn "$(attribute 2.5.4.11 0c ' leading and trailing space ')")" \
        "$(rdn "$(attribute 2.5.4.11 0c '')")" \
        "$(rdn "$(attribute 2.5.4.11 0c $'line\nfeed, escape \e[31m')")" \
        "$(rdn "$(sequence "$(oid 2.5.4.7)" "$(tlv 1e "$bmp_zuerich")")")" \
        "$(rdn "$(sequence "$(oid 2.5.4.8)" "$(tlv 14 "$latin1_zuerich")")")" \
        "$(rdn "$(sequence "$(oid 2.5.4.9)" "$(tlv 1c 0000005a0001f512)")")" \
        "$(rdn "$(attribute 2.5.4.3 0c 'bücher 証明書 🔒')")" \
        "$(rdn "$(attribute 2.5.4.3 13 www.example.test)" "$(attribute 2.5.4.5 13 0815)" "$(attribute 2.5.4.12 0c 'a+b')")" \
        "$(rdn "$(attribute 1.2.840.113549.1.9.1 16 admin@example.test)")" \
        "$(rdn "$(sequence "$(oid 2.5.4.45)" "$(tlv 03 04a0)")")" \
        "$(rdn "$(sequence "$(oid 2.999.5)" "$(sequence 0101ff)")")")

    local algorithm issuer key extensions body signature
    algorithm=$(sequence "$(oid 1.2.840.113549.1.1.11)" 0500)
    issuer=$(sequence "$(rdn "$(attribute 2.5.4.10 0c 'Certlens Test')")" \
        "$(rdn "$(attribute 2.5.4.3 0c 'Certlens Test Issuing CA')")")
    key=$(openssl pkey -in keys/target-rsa.pem -pubout -outform DER | to_hex)
    extensions=$(tlv a3 "$(sequence "$(sequence "$(oid 2.5.29.19)" 0101ff "$(tlv 04 3000)")")")
    body=$(sequence a003020102 "$(tlv 02 00e002)" "$algorithm" "$issuer" \
        "$(sequence "$(text 17 260101000000Z)" "$(text 17 270101000000Z)")" "$subject" "$key" "$extensions")
    signature=$(from_hex "$body" | openssl dgst -sha256 -sign keys/issuing-rsa.pem | to_hex)
    from_hex "$(sequence "$body" "$algorithm" "$(tlv 03 00 "$signature")")" | to_pem CERTIFICATE >inputs/names.pem
}
