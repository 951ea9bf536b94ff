/* Home addresses that the home agent gives by IKE_AUTH (RFC 4877 9, RFC 5026 5.3.2). */
#include "models/node/agent.h"
#include "models/node/key_parts.h"
#include "models/node/mobile.h"

static void place(struct keyed *k, const struct addr *home, const char *how)
{
    struct key_exchange *x = k->of;
    if (addr_eq(home, &k->who->subject->address))
        return;
    if (!addr_unspecified(home))
        protection_place(k->who, home);
    key_tell_assigned(k, how, 0);
    if (addr_unspecified(home))
        protection_place(k->who, home);
    if (!x->responds)
        mobile_set_home(x->node->mobile, home);
    if (x->setup.homed)
        x->setup.homed(x->setup.owner, k->who, home);
}

/* From the prefix and the identifier of its first interface (RFC 4862 5.5.3 d). */
static void make_address(struct keyed *k, const struct ike_act *a)
{
    struct node *n = k->of->node;
    struct addr home = addr_join(&a->prefix, n->iface[0]->identifier);
    place(k, &home, "prefix");
    key_wish(k->of,
             &(struct key_wish){.kind = KEY_WISH_HOME, .who = k, .sa = a->sa, .local = home});
}

void key_assigned(struct keyed *k, const struct ike_act *a)
{
    struct node *n = k->of->node;
    k->homeless = !a->addresses && !a->prefix.len;
    if (k->homeless) { /* it will be asked for again, in a while: RFC 4877 9 */
        key_tell_assigned(k, "none", a->notify);
        place(k, &addr_any, "ended");
    } else if (!a->addresses) {
        make_address(k, a);
    } else {
        place(k, &a->address[0], "address");
    }
    if (k->of->responds) { /* before its IKE SA is up: key_up() does it */
        k->placed = k->sa != 0;
        if (k->placed)
            protect_key_address(n, &k->who->subject->address, &k->coa);
    } else if (!k->homeless && !k->updates) {
        mobile_set_keyed(n->mobile);
    }
}

void key_unassign(struct keyed *k)
{
    struct addr home = k->who->subject->address;
    if (addr_unspecified(&home))
        return;
    place(k, &addr_any, "ended");
    if (k->of->responds)
        agent_forget(k->of->node->agent, &home);
}
