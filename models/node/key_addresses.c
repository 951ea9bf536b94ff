/* The home agent is told which care-of addresses there are beside the one that IKE uses (RFC 4555
 * 3.6): when the IKE SA is up, and when they change.  It could go there if its own address changed,
 * which it does not. */
#include <string.h>

#include "models/node/key_parts.h"
#include "models/node/mobile.h"

void key_tell_addresses(struct keyed *k)
{
    const struct key_config *how = k->said.how;
    struct addr now[IKE_ADDRESSES];
    if (!how->additional_addresses || how->mobility != KEY_BY_MOBIKE || !k->sa)
        return;
    unsigned n = mobile_others(k->of->node->mobile, &k->coa, now, IKE_ADDRESSES);
    if (n == k->furthers && !memcmp(now, k->further, n * sizeof now[0]))
        return;
    memcpy(k->further, now, n * sizeof now[0]);
    k->furthers = n;
    key_wish(k->of, &(struct key_wish){.kind = KEY_WISH_TELL, .who = k});
}
