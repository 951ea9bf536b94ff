/* What only a home agent is asked about the care-of address that IKE uses. */
#include "models/node/agent.h"
#include "models/node/key_parts.h"

static struct keyed *keyed_at(const struct node *n, const struct addr *home)
{
    struct protected *who = n->protection ? protection_of(n->protection, home) : NULL;
    return who && n->keys ? keyed_of(who) : NULL;
}

bool key_exchange_address(const struct node *n, const struct addr *home, struct addr *coa)
{
    const struct keyed *k = keyed_at(n, home);
    if (!k || !k->sa)
        return false;
    *coa = k->coa;
    return true;
}

void key_exchange_not_kept(struct node *n, const struct addr *home, bool registered)
{
    struct keyed *k = keyed_at(n, home);
    if (!k || !k->sa || k->said.how->mobility == KEY_BY_MOBIKE ||
        ike_behind_nat(n->keys->ike, k->sa, true))
        return; /* others move it: RFC 5555 5.1, RFC 7296 2.23 */
    k->was_bound |= registered;
    /* An answer that was long in coming is about the IKE SA before this one: its own comes yet. */
    bool ends = k->of->how.k_policy == KEY_K_LITERAL || (!registered && k->was_bound);
    if (ends && k->said.how->old_sas == KEY_DROPS_OLD)
        key_wish(k->of, &(struct key_wish){.kind = KEY_WISH_DROP, .who = k, .sa = k->sa});
}

void key_exchange_bound(struct node *n, const struct addr *home, const struct addr *coa)
{
    struct keyed *k = keyed_at(n, home);
    if (k && k->sa && k->said.how->mobility == KEY_BY_MOBIKE)
        key_wish(k->of, &(struct key_wish){
                            .kind = KEY_WISH_ACCEPT, .who = k, .sa = k->sa, .remote = *coa});
}

/* Whether a datagram's source may become an address of its IKE SA: a care-of address that is bound
 * (RFC 4877 4.3; mobike_unbound). */
enum ike_standing key_standing(const struct key_exchange *x, const struct ike_datagram *d)
{
    const struct keyed *k = x->responds ? key_whose(x, d) : NULL;
    if (!k || k->said.how->mobility != KEY_BY_MOBIKE || k->who->client ||
        agent_bound(x->node->agent, &k->who->subject->address, &d->path.remote))
        return IKE_ADDRESS_GOOD;
    return x->how.mobike_unbound ? IKE_ADDRESS_PENDING : IKE_ADDRESS_REFUSED;
}
