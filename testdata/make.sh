#!/usr/bin/env bash
# Makes the certificates under testdata/ with bash, coreutils and openssl >= 3.0.
#
#   make.sh                 make what is missing
#   make.sh CASE …          make these cases again (names of folders in cases/ and scenarios/)
#   make.sh --all           make everything again, except the keys
#
# The committed files are the truth: ECDSA, DSA and PSS signatures, and the salts of the PFX,
# are random, so that a second run gives other bytes with the same meaning.
set -euo pipefail
shopt -s inherit_errexit
export LC_ALL=C

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$here"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# No configuration of this machine may leak into the certificates.
export OPENSSL_CONF=$here/make/openssl.cnf
# The configuration names it, so that every openssl command needs it.
export CA_DIR=$work

source make/tools.sh
source make/authorities.sh
source make/cases.sh
source make/name_constraints.sh
source make/policies.sh
source make/paths.sh
source make/web.sh
source make/extensions.sh
source make/inputs.sh
source make/scenarios.sh
source make/scenarios_endpoints.sh

all=false
wanted=()
for argument in "$@"; do
    case $argument in
        --all) all=true ;;
        -*) sed -n '2,8s/^# \{0,1\}//p' make.sh >&2; exit 2 ;;
        *) wanted+=("$argument") ;;
    esac
done

make_keys
$all && rm -f anchors/*.pem intermediates/*.pem
make_authorities

for function in $(compgen -A function case_ | sort); do
    name=${function#case_}
    name=${name//_/-}
    if ((${#wanted[@]})); then
        [[ " ${wanted[*]} " == *" $name "* ]] || continue
    elif ! $all && compgen -G "cases/$name/*.pem" >/dev/null; then
        continue
    fi
    echo "cases/$name"
    mkdir -p "cases/$name"
    rm -f "cases/$name"/*.pem
    here_case=cases/$name
    "$function"
done

for function in $(compgen -A function scenario_ | sort); do
    name=${function#scenario_}
    name=${name//_/-}
    if ((${#wanted[@]})); then
        [[ " ${wanted[*]} " == *" $name "* ]] || continue
    elif ! $all && compgen -G "scenarios/$name/root.pem" >/dev/null; then
        continue
    fi
    echo "scenarios/$name"
    here_scenario=scenarios/$name
    mkdir -p "$here_scenario"
    "$function"
done

for name in ${wanted[@]+"${wanted[@]}"}; do
    declare -F "case_${name//-/_}" >/dev/null || declare -F "scenario_${name//-/_}" >/dev/null || { echo "make.sh: no case named '$name'" >&2; exit 2; }
done

if ((!${#wanted[@]})); then
    $all && rm -rf inputs/*
    [[ -e inputs/target.der ]] || { echo inputs; make_inputs; }
fi
