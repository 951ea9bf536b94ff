#!/bin/sh
# make.sh [FOLDER]: makes the keys and certificates of ../ike/certificates.yaml anew, here or in FOLDER.
#
# What it made is checked in, and every private key here is public: use them for nothing else. The
# keys are others each time. Needs the openssl command line.
set -eu
cd "${1:-$(dirname "$0")}"
scratch=$(mktemp -d)
trap 'rm -r "$scratch"' EXIT
FROM=20200101000000Z
TILL=20560101000000Z
echo 0 >"$scratch/last"

rsa() { openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:"$2" -out "$1.key" 2>/dev/null; }
ec() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:"$2" -out "$1.key"; }
ed() { openssl genpkey -algorithm ED25519 -out "$1.key"; }

# cert NAME ISSUER SUBJECT [FROM TILL], extensions on standard input; NAME may be its own ISSUER
cert() {
    cat >"$scratch/extensions"
    serial=$(($(cat "$scratch/last") + 1)) # a file, since a pipe's end is a shell of its own
    echo "$serial" >"$scratch/last"
    : >"$scratch/index"
    printf '%04x\n' "$serial" >"$scratch/serial"
    cat >"$scratch/ca.cnf" <<CNF
[ca]
default_ca = one
[one]
database = $scratch/index
serial = $scratch/serial
new_certs_dir = $scratch
policy = any
default_md = default
[any]
countryName = optional
organizationName = optional
organizationalUnitName = optional
commonName = optional
[req]
distinguished_name = dn
[dn]
CNF
    openssl req -new -config "$scratch/ca.cnf" -key "$1.key" -subj "$3" -out "$scratch/request"
    set -- "$1" "$2" "${4:-$FROM}" "${5:-$TILL}"
    if [ "$1" = "$2" ]; then
        set -- "$@" -selfsign
    else
        set -- "$@" -cert "$2.pem"
    fi
    name=$1 issuer=$2 from=$3 till=$4
    shift 4
    openssl ca -batch -notext -preserveDN -config "$scratch/ca.cnf" -extfile "$scratch/extensions" \
        -keyfile "$issuer.key" "$@" -startdate "$from" -enddate "$till" -in "$scratch/request" \
        -out "$name.pem" 2>"$scratch/words" || { cat "$scratch/words"; exit 1; }
}

ca() { # NAME ISSUER SUBJECT
    printf 'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n%s\n' \
        'subjectKeyIdentifier=hash' | cert "$@"
}

leaf() { # NAME ISSUER SUBJECT NAMES [FROM TILL]
    names=$4
    name=$1 issuer=$2 subject=$3
    shift 4
    printf 'basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\n%s\n%s\n' \
        "subjectAltName=$names" 'subjectKeyIdentifier=hash
authorityKeyIdentifier=keyid' | cert "$name" "$issuer" "$subject" "$@"
}

O=/O=home.example

# ---- who is trusted, and who is between: two CAs make a message longer than 1280 bytes
ec ca P-256
ca ca ca "$O/CN=CA of home.example"
rsa middle 2048
ca middle ca "$O/CN=CA of mobile nodes"
rsa lower 2048
ca lower middle "$O/CN=CA of the mobile nodes of the north"

# ---- home agent and mobile nodes: NODE@home.example, AGENT.home.example
ec ha P-384
leaf ha ca "$O/CN=ha" DNS:ha.home.example
ed ed
leaf ed ca "$O/CN=ed" email:ed@home.example
ec ec P-256
leaf ec ca "$O/CN=ec" email:ec@home.example
rsa rsa 2048
leaf rsa lower "$O/CN=rsa" email:rsa@home.example
cat lower.pem middle.pem >>rsa.pem

# ---- that are refused: at 2026-01-01, and since it says who somebody else is
ec late P-256
leaf late ca "$O/CN=late" email:late@home.example $FROM 20251231235950Z
ec other P-256
leaf other ca "$O/CN=other" email:another@home.example

rm ca.key middle.key lower.key middle.pem lower.pem
