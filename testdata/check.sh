#!/usr/bin/env bash
# Asks `openssl verify` about every case and compares its answer with the `openssl:` line of the case:
# a second witness that the defect is the one intended, and the only one. No certlens is needed.
# Where openssl accepts what certlens refuses, or the other way round, the case must have a note that says why.
#
#   check.sh            compare; the exit code is 1 if any answer differs
#   check.sh --show     print openssl's answers
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/cases"
show=false
[[ ${1-} == --show ]] && show=true

anchors=$(mktemp)
trap 'rm -f "$anchors"' EXIT

# self_issued FILE: whether openssl takes each of its certificates for a root, which others are only with -partial_chain.
self_issued() {
    openssl crl2pkcs7 -nocrl -certfile "$1" | openssl pkcs7 -print_certs -noout |
        awk 'sub(/^subject=/, "") { subject = $0 } sub(/^issuer=/, "") && $0 != subject { exit 1 }'
}

# answer ARGUMENT…: the arguments of a case in, "ok" or "NUMBER@DEPTH …" out.
answer() {
    local options=(-auth_level 2 -x509_strict -policy_check -no-CApath -no-CAstore) target=$2 output
    # Without -policy openssl accepts none where it ought to accept any.
    local -a policies=(-policy 2.5.29.32.0)
    shift 2
    : >"$anchors"
    while (($#)); do
        case $1 in
            --intermediates) options+=(-untrusted "$2"); shift ;;
            --anchors)
                cat "$2" >>"$anchors"
                self_issued "$2" || options+=(-partial_chain)
                shift ;;
            --at) options+=(-attime "$(date -u -d "$2" +%s)"); shift ;;
            --purpose)
                case $2 in
                    server-auth) options+=(-purpose sslserver) ;;
                    client-auth) options+=(-purpose sslclient) ;;
                    email-protection) options+=(-purpose smimesign) ;;
                    any) ;;
                    *) echo "check.sh: purpose '$2'" >&2; exit 2 ;;
                esac
                shift ;;
            --name)
                case $2 in
                    *@*) options+=(-verify_email "$2") ;;
                    *:* | *[0-9].*[0-9]) options+=(-verify_ip "$2") ;;
                    *) options+=(-verify_hostname "$2") ;;
                esac
                shift ;;
            --max-path-length) options+=(-verify_depth "$2"); shift ;;
            --initial-policy)
                [[ ${policies[1]} != 2.5.29.32.0 ]] || policies=()
                policies+=(-policy "$2")
                shift ;;
            --require-explicit-policy) options+=(-explicit_policy) ;;
            --inhibit-policy-mapping) options+=(-inhibit_map) ;;
            --inhibit-any-policy) options+=(-inhibit_any) ;;
            # Without a counterpart in openssl: where its answer differs, the case has a note.
            --allow-weak | --profile) shift ;;
            --anchors-as-keys | --all-paths) ;;
            *) echo "check.sh: argument '$1'" >&2; exit 2 ;;
        esac
        shift
    done
    output=$(openssl verify "${options[@]}" "${policies[@]}" -CAfile "$anchors" "$target" 2>&1) && { echo ok; return; }
    sed -nE 's/^error ([0-9]+) at ([0-9]+) depth.*/\1@\2/p' <<<"$output" | paste -sd' '
}

count=0 failed=0
for file in */case*.txt; do
    read -ra arguments <<<"$(sed -n 's/^args: //p' "$file")"
    expected=$(sed -n 's/^openssl: //p' "$file")
    got=$(cd "$(dirname "$file")" && answer "${arguments[@]}")
    count=$((count + 1))
    $show && echo "$file: $got"
    accepted=no
    grep -qx 'exit: 0' "$file" && accepted=ok
    if [[ ${got/#[0-9]*/no} != "$accepted" ]] && ! grep -q '^note: ' "$file"; then
        echo "$file: openssl says '$got' and certlens does not agree, but there is no note"
        failed=$((failed + 1))
    fi
    [[ $got == "$expected" ]] || { echo "$file: openssl says '$got', not '$expected'"; failed=$((failed + 1)); }
done
echo "$count cases, $failed differ"
((failed == 0))
