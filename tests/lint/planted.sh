#!/bin/sh
# planted.sh CMAKE ROOT SCRATCH: the walls test fails when a forbidden include is planted, a folder
# without a row appears, or a guarded library is used elsewhere; that of words when models/ipsec
# speaks of mobility.
set -u
rm -rf "$3/planted"
mkdir -p "$3/planted/tests" || exit 1
cp -r "$2/sim" "$2/models" "$2/traces" "$2/scenarios" "$2/analysis" "$3/planted/"
cp -r "$2/tests/lint" "$3/planted/tests/"
walls() { "$1" -DROOT="$2" -P "$2/tests/lint/layers.cmake" >/dev/null 2>&1; }
walls "$1" "$3/planted" || { echo "the tree itself does not keep to layers.txt"; exit 1; }
plant() { # file, line
    cp "$root/$1" "$root/kept"
    echo "$2" >>"$root/$1"
    if walls "$cmake" "$root"; then echo "not caught: $2 in $1"; failed=1; fi
    mv "$root/kept" "$root/$1"
}
failed=0
cmake=$1
root=$3/planted
plant sim/core/sim.c '#include "models/wire/mh.h"'
plant sim/base/rng.c '#include "sim/core/sim.h"'
plant models/mip6/bul.c '#include "models/node/node.h"'
plant models/wire/mh.c '#include "models/mip6/bul.h"'
plant models/node/path.c '#include "traces/trace.h"'
plant traces/count.c '#include "scenarios/yaml.h"'
plant scenarios/bind.c '#include <sqlite3.h>'
plant models/node/nd.c '#include <gsl/gsl_rng.h>'
plant sim/link/lan.c '#include <openssl/evp.h>'
plant analysis/study.c '#include <yaml.h>'
plant sim/link/carrier.c '#include <ns3/packet.h>'
plant sim/app/engine.c '#include "sim/ns3/engine.h"'
plant sim/link/replay_file.c '#include <expat.h>'
plant traces/qlog.c '#include <jansson.h>'
plant sim/app/run.c '#include <sqlite3.h>'
speak() { # file, line
    cp "$root/$1" "$root/kept"
    echo "$2" >>"$root/$1"
    if "$root/tests/lint/ipsec_words.sh" "$root" >/dev/null; then
        echo "not caught: $2 in $1"
        failed=1
    fi
    mv "$root/kept" "$root/$1"
}
"$root/tests/lint/ipsec_words.sh" "$root" || failed=1
speak models/ipsec/ipsec.c 'struct addr key_coa;'
speak models/ipsec/sad.h 'struct bcache;'
speak models/ipsec/selector.c '/* the home agent */'
speak models/ipsec/esp.c 'int of_BID;'
mkdir "$root/models/new" && echo 'int x;' >"$root/models/new/new.c"
if walls "$cmake" "$root"; then echo "not caught: a folder without a row"; failed=1; fi
[ $failed = 0 ] && echo "18 planted breaches are caught"
exit $failed
