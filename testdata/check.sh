#!/usr/bin/env bash
# Asks `openssl verify` about every case and compares its answer with the `openssl:` line of the case:
# a second witness that the defect is the one intended, and the only one. No certlens is needed.
#
#   check.sh            compare; the exit code is 1 if any answer differs
#   check.sh --show     print openssl's answers
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/cases"
show=false
[[ ${1-} == --show ]] && show=true

# answer ARGUMENT…: the arguments of a case in, "ok" or "NUMBER@DEPTH …" out.
answer() {
    local options=(-auth_level 2 -x509_strict -no-CApath -no-CAstore) target=$2 output
    shift 2
    while (($#)); do
        case $1 in
            --intermediates) options+=(-untrusted "$2"); shift ;;
            --anchors) options+=(-CAfile "$2"); shift ;;
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
            --allow-weak | --max-path-length) shift ;;
            --anchors-as-keys) ;;
            *) echo "check.sh: argument '$1'" >&2; exit 2 ;;
        esac
        shift
    done
    output=$(openssl verify "${options[@]}" "$target" 2>&1) && { echo ok; return; }
    sed -nE 's/^error ([0-9]+) at ([0-9]+) depth.*/\1@\2/p' <<<"$output" | paste -sd' '
}

count=0 failed=0
for file in */case*.txt; do
    read -ra arguments <<<"$(sed -n 's/^args: //p' "$file")"
    expected=$(sed -n 's/^openssl: //p' "$file")
    got=$(cd "$(dirname "$file")" && answer "${arguments[@]}")
    count=$((count + 1))
    $show && echo "$file: $got"
    [[ $got == "$expected" ]] || { echo "$file: openssl says '$got', not '$expected'"; failed=$((failed + 1)); }
done
echo "$count cases, $failed differ"
((failed == 0))
