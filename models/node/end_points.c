/* The ends of tunnel SAs move with care-of addresses ("MIGRATE"): RFC 4877 4.3, RFC 5648 9. */
#include "models/node/key_exchange.h"
#include "models/node/protect.h"
#include "models/wire/mh.h"

/* Only those may move anything: RFC 4877 4.3. */
const struct spd_entry *protection_updates_entry(const struct protected *who)
{
    struct traffic t = {.local = who->subject->address,
                        .remote = protection_ipsec(who->of)->gateway,
                        .sent = true,
                        .named = true,
                        .subject = who->subject,
                        .gateway = true,
                        .fields = true,
                        .protocol = IP6_MH,
                        .local_port = MH_BU << 8,
                        .remote_port = MH_BU << 8};
    const struct spd_entry *outside = ipsec_policy(protection_ipsec(who->of), &t);
    t.tunnel = true;
    const struct spd_entry *inside = ipsec_policy(protection_ipsec(who->of), &t);
    bool tunnelled = outside && outside->action == SPD_DISCARD && inside &&
                     inside->action == SPD_PROTECT; /* as protect_wants_tunnel() does it */
    return tunnelled ? inside : outside;
}

bool protection_of_updates(const struct protected *who)
{
    const struct spd_entry *e = protection_updates_entry(who);
    return e && e->action != SPD_BYPASS;
}

static void migrate(struct protected *who, int which, const struct addr *from,
                    const struct addr *to, const char *why)
{
    struct node *n = protection_node(who->of);
    unsigned moved =
        ipsec_migrate(protection_ipsec(who->of), who->subject, which, from, to, sim_now(n->sim));
    if (moved) {
        NODE_EVENT(n, EV_MIGRATED, field_addr("home_address", &who->subject->address),
                   field_addr("care_of_address", to), field_int("sas", (int64_t)moved),
                   field_text("why", why));
    }
}

/* SAs that are not one care-of address's own. */
static int common_ones(const struct protected *who, uint16_t bid)
{
    return policies_per_coa(who->how) && bid ? IPSEC_SINGLE : IPSEC_ALL;
}

/* Whose end points may move; NULL: nobody's. Those of a client do by MOBIKE alone: RFC 4555 3.5. */
static struct protected *movable(const struct node *n, const struct addr *home)
{
    struct protected *who = n->protection ? protection_of(n->protection, home) : NULL;
    return who && (who->client || protection_of_updates(who)) ? who : NULL;
}

void protect_bound(struct node *n, const struct addr *home, uint16_t bid, const struct addr *coa)
{
    struct protected *who = movable(n, home);
    if (!who)
        return;
    const struct ipsec *s = protection_ipsec(who->of);
    const struct addr *gateway = &s->gateway;
    bool is_gateway = s->is_gateway;
    pmtu_forget(&n->pmtu, is_gateway ? gateway : coa, is_gateway ? coa : gateway);
    if (policies_per_coa(who->how) && bid)
        migrate(who, bid - 1, NULL, coa, "its own care-of address");
    bool follows_ike = who->by_ike && who->how->sa_default == DEFAULT_KEY_COA;
    if (!bid &&
        !follows_ike) /* there is but one: with K or without, RFC 4877 4.3, RFC 6275 6.1.7 */
        migrate(who, IPSEC_ALL, NULL, coa, policies_default_name(who->how));
    if (who->how->sa_default == DEFAULT_KEY_COA && !who->placed) /* as if the SAs came from there */
        migrate(who, common_ones(who, bid), NULL, coa, "ike-coa");
    who->placed = true;
    who->single = !bid && !follows_ike;
    if (who->how->sa_default == DEFAULT_LAST_BU)
        migrate(who, common_ones(who, bid), NULL, coa, "last-bu");
}

void protect_lowest(struct node *n, const struct addr *home, uint16_t bid, const struct addr *coa,
                    const struct addr *gone)
{
    struct protected *who = movable(n, home);
    if (!who)
        return;
    if (who->how->sa_default == DEFAULT_LOWEST_BID)
        migrate(who, common_ones(who, bid), NULL, coa, "lowest-bid");
    if (who->how->sa_default == DEFAULT_LAST_BU && gone)
        migrate(who, common_ones(who, bid), gone, coa, "last-bu is gone");
}

void protect_key_address(struct node *n, const struct addr *home, const struct addr *coa)
{
    struct protected *who = movable(n, home);
    if (!who || addr_eq(&who->key_coa, coa))
        return;
    who->key_coa = *coa;
    who->placed = true;
    NODE_EVENT(n, EV_KEY_ADDRESS, field_addr("home_address", home),
               field_addr("care_of_address", coa));
    if (n->keys)
        key_exchange_moved(n, who, coa);
    bool follows = (who->how->sa_default == DEFAULT_KEY_COA && !who->single) || who->client;
    if (follows && !addr_eq(coa, home)) /* no tunnel ends there */
        migrate(who, policies_per_coa(who->how) ? IPSEC_SINGLE : IPSEC_ALL, NULL, coa, "ike-coa");
}
