#!/bin/sh
# ipsec_words.sh ROOT: models/ipsec knows nothing of mobility, in code or comments: whatever names a
# movement, a binding or an address of one comes in as a subject, a gateway, an end point. Only the
# protocol Mobility Header has its name, as in RFC 4301 4.4.1.1.
set -u
words='bcaches?|buls?|mip6?|mipv6|mcoa|nemo|bindings?|bids?|bu|bus|ba|brr|coas?|care.?of|hoas?|home|agents?|mobile|mobility|mobiles|hot|hoti|cot|coti|mps|mpa|hand.?overs?|visitors?|roams?|roaming|flowbind'
found=$(cd "$1" && for file in models/ipsec/*.[ch]; do
        sed 's/Mobility Headers\{0,1\}//g; s/IP6_MH//g' "$file" |
            grep -inE "(^|[^a-z])($words)([^a-z]|\$)" | sed "s|^|$file:|"
    done)
[ -z "$found" ] && exit 0
echo "models/ipsec speaks of mobility:"
echo "$found"
exit 1
