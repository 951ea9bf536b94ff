/* Configuration payloads (RFC 7296 2.19, 3.15): the home address and prefix that a home agent gives
 * (RFC 4877 9, RFC 5026 5.3.2). */
#include <string.h>

#include "models/ike/parts.h"

enum { ADDRESS = 16, ADDRESS_AND_LENGTH = 17, LIFETIME_AND_PREFIX = 21 };

void ike_put_cp_request(struct ike_sa *sa, struct ike_writer *w)
{
    const struct ike_peer_config *how = sa->peer->how;
    struct ike_cp cp = {.type = IKE_CP_REQUEST};
    if (how->asks_address)
        cp.attribute[cp.n++] = (struct ike_attribute){.type = IKE_A_IP6_ADDRESS};
    if (how->asks_prefix)
        cp.attribute[cp.n++] = (struct ike_attribute){.type = IKE_A_HOME_PREFIX};
    if (cp.n)
        ike_put_cp(w, &cp);
}

static bool asked(const struct ike_cp *cp, uint16_t type)
{
    for (unsigned j = 0; j < cp->n; j++) {
        if (cp->attribute[j].type == type)
            return true;
    }
    return false;
}

static void put_prefix(uint8_t out[LIFETIME_AND_PREFIX], const struct ike_peer_config *how)
{
    uint64_t seconds = (uint64_t)(how->home_prefix_lifetime / SIM_S);
    for (unsigned j = 0; j < 4; j++)
        out[j] = (uint8_t)(seconds >> (24 - 8 * j));
    memcpy(out + 4, how->home_prefix.addr.b, ADDRESS);
    out[4 + ADDRESS] = how->home_prefix.len;
}

bool ike_put_cp_reply(struct ike_sa *sa, const struct ike_message *m, struct ike_writer *w)
{
    const struct ike_peer_config *how = sa->peer->how;
    const struct ike_payload *p = ike_find(&m->list, IKE_P_CP);
    struct ike_cp in;
    if (!p || ike_read_cp(p, &in) || in.type != IKE_CP_REQUEST)
        return true;
    struct ike_cp out = {.type = IKE_CP_REPLY};
    uint8_t address[ADDRESS_AND_LENGTH];
    uint8_t prefix[LIFETIME_AND_PREFIX];
    bool wants_prefix = asked(&in, IKE_A_HOME_PREFIX);
    bool assigns = asked(&in, IKE_A_IP6_ADDRESS) || (wants_prefix && how->assigns_home);
    if (assigns && addr_unspecified(&how->assigned))
        return false;
    if (assigns) {
        memcpy(address, how->assigned.b, ADDRESS);
        address[ADDRESS] = how->assigned_bits;
        out.attribute[out.n++] =
            (struct ike_attribute){IKE_A_IP6_ADDRESS, address, ADDRESS_AND_LENGTH};
        sa->assigned = how->assigned;
    }
    if (wants_prefix && !how->assigns_home) {
        put_prefix(prefix, how);
        out.attribute[out.n++] =
            (struct ike_attribute){IKE_A_HOME_PREFIX, prefix, LIFETIME_AND_PREFIX};
    }
    if (out.n)
        ike_put_cp(w, &out);
    if (wants_prefix && how->assigns_home)
        ike_put_status(w, IKE_N_USE_ASSIGNED_HOA, NULL, 0);
    return true;
}

void ike_take_cp_reply(struct ike_sa *sa, const struct ike_message *m)
{
    const struct ike_payload *p = ike_find(&m->list, IKE_P_CP);
    struct ike_cp in;
    if (!p || ike_read_cp(p, &in) || in.type != IKE_CP_REPLY)
        return;
    struct ike_act *a = ike_new_act(sa->ike, IKE_ACT_ASSIGNED, sa);
    for (unsigned j = 0; j < in.n; j++) {
        const struct ike_attribute *at = &in.attribute[j];
        if (at->type == IKE_A_IP6_ADDRESS && at->bytes == ADDRESS_AND_LENGTH) {
            memcpy(sa->assigned.b, at->value, ADDRESS); /* what was returned counts: RFC 4877 9 */
            a->address[0] = sa->assigned;
            a->addresses = 1;
        } else if (at->type == IKE_A_HOME_PREFIX && at->bytes == LIFETIME_AND_PREFIX) {
            memcpy(a->prefix.addr.b, at->value + 4, ADDRESS);
            a->prefix.len = at->value[4 + ADDRESS];
        }
    }
}
