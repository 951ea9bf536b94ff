#!/bin/sh
# make.sh [FOLDER]: makes the keys and certificates of the tests anew, here or in FOLDER.
#
# What it made is checked in: certificates are input, and no test makes one. The keys are others
# each time. Needs the openssl command line.
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
MN=email:mn1@home.example,IP:2001:db8:a::100
HA=DNS:ha.home.example,IP:2001:db8:a::1,IP:192.0.2.1

# ---- who is trusted, who is between, and who is a stranger
ec ca P-256
ca ca ca "$O/CN=CA of home.example"
rsa middle 2048
ca middle ca "$O/CN=CA of mobile nodes"
rsa lower 4096
ca lower middle "$O/OU=a chain of three with names so long that it does not fit/CN=CA of the north"
ec foreign P-256
ca foreign foreign "/O=elsewhere.example/CN=CA of elsewhere.example"

# ---- mobile node and home agent, with a key of each kind
rsa mn-rsa 2048
leaf mn-rsa ca "$O/CN=mn1" "$MN"
rsa ha-rsa 2048
leaf ha-rsa ca "$O/CN=ha" "$HA"
rsa mn-rsa4096 4096
leaf mn-rsa4096 ca "$O/CN=mn1" "$MN"
for bits in 256 384 521; do
    ec mn-ecdsa$bits P-$bits
    leaf mn-ecdsa$bits ca "$O/CN=mn1" "$MN"
    ec ha-ecdsa$bits P-$bits
    leaf ha-ecdsa$bits ca "$O/CN=ha" "$HA"
done
ed mn-ed25519
leaf mn-ed25519 ca "$O/CN=mn1" "$MN"
ed ha-ed25519
leaf ha-ed25519 ca "$O/CN=ha" "$HA"

# ---- behind others: two CAs make a message longer than 1280 bytes
ec mn-middle P-256
leaf mn-middle middle "$O/CN=mn1" "$MN"
rsa mn-chain 2048
leaf mn-chain lower "$O/CN=mn1" "$MN"
cat lower.pem middle.pem >>mn-chain.pem
cat middle.pem >>mn-middle.pem

# ---- that are refused at 2026-01-01
ec mn-expired P-256
leaf mn-expired ca "$O/CN=mn1" "$MN" $FROM 20250601000000Z
ec mn-early P-256
leaf mn-early ca "$O/CN=mn1" "$MN" 20300101000000Z
ec mn-foreign P-256
leaf mn-foreign foreign "/O=elsewhere.example/CN=mn1" "$MN"
ec mn-by-leaf P-256 # issued by a mobile node, which is no CA
leaf mn-by-leaf mn-ecdsa256 "$O/CN=mn1" "$MN"
cat mn-ecdsa256.pem >>mn-by-leaf.pem
ec mn-usage P-256 # a key that may not sign
printf 'keyUsage=critical,keyAgreement\nsubjectAltName=%s\n' "$MN" | cert mn-usage ca "$O/CN=mn1"
ec mn-web P-256 # for the web and nothing else
printf 'extendedKeyUsage=serverAuth\nsubjectAltName=%s\n' "$MN" | cert mn-web ca "$O/CN=mn1"
ec mn-ike P-256 # for IKE: RFC 4945 5.1.3.12
printf 'extendedKeyUsage=serverAuth,ipsecIKE\nsubjectAltName=%s\n' "$MN" | cert mn-ike ca "$O/CN=mn1"
ec mn-nameless P-256 # without subjectAltName
printf 'keyUsage=digitalSignature\n' | cert mn-nameless ca "$O/CN=mn1"
rsa mn-short 1024 # RFC 8247 4.1.1: too short
leaf mn-short ca "$O/CN=mn1" "$MN"
ec mn-other-curve secp256k1
leaf mn-other-curve ca "$O/CN=mn1" "$MN"

# ---- keys of printed vectors: RFC 4754 8.1, RFC 6979 A.2.5
vector() { # NAME SECRET
    printf '30310201010420%sa00a06082a8648ce3d030107' "$2" | xxd -r -p |
        openssl ec -inform DER -out "$1.key" 2>/dev/null
    leaf "$1" ca "$O/CN=$1" "$MN"
}
vector rfc4754 DC51D3866A15BACDE33D96F992FCA99DA7E6EF0934E7097559C27F1614C88A7F
vector rfc6979 C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721

# ---- forms of a key file
openssl pkey -in mn-ecdsa256.key -aes128 -passout pass:monami -out mn-passphrase.key
