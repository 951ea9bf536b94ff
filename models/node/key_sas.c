/* What IKE has agreed on becomes SAs of IPsec, and ends them (RFC 7296 2.8, RFC 4301 4.4.2). */
#include <stdio.h>
#include <string.h>

#include "models/node/agent.h"
#include "models/node/key_parts.h"

static struct spd_pair *pair_of(const struct keyed *k, const struct ike_child_sa *c)
{
    int policy = (int)(c->policy - k->config.policy);
    return &k->who->subject->pair[k->entry[policy]->pair];
}

/* An IKE SA that is established anew is where the mobile node has gone, and nothing else says that
 * what it makes is there. */
static bool goes_where_ike_is(const struct keyed *k)
{
    bool anew = k->said.how->mobility == KEY_BY_NEW_SA &&
                k->who->how->sa_default == DEFAULT_KEY_COA && !policies_per_coa(k->who->how);
    return k->who->client || anew;
}

/* Where the tunnel ends: where that of the one that it replaces does, else where IKE is (RFC 4555
 * 3.2; ipsec.md, trap 10). */
static void place(const struct keyed *k, const struct ike_child_sa *c, const struct sa *before,
                  struct ipsec_keying *how)
{
    bool gateway = k->of->responds;
    how->local = c->path.local;
    how->remote = c->path.remote;
    how->encapsulated = c->encapsulated && c->policy->transport == false;
    how->local_port = c->path.local_port;
    how->remote_port = c->path.remote_port;
    if (gateway && how->encapsulated)
        return; /* nowhere else: RFC 7296 2.23 */
    if (before && !goes_where_ike_is(k) &&
        !addr_unspecified(gateway ? &before->remote : &before->local))
        *(gateway ? &how->remote : &how->local) = gateway ? before->remote : before->local;
    *(gateway ? &how->local : &how->remote) = k->said.agent;
}

static void install_out(struct keyed *k, const struct ike_act *a)
{
    const struct ike_child_sa *c = a->child;
    struct node *n = k->of->node;
    const struct spd_pair *pair = pair_of(k, c);
    struct ipsec_keying how = {.direction = SA_OUT,
                               .spi = c->spi_out,
                               .suite = c->suite,
                               .keys = &c->out,
                               .lifetime = c->lifetime,
                               .esn = c->esn,
                               .key = c->spi_in,
                               .ike = a->spi_i};
    char stream[32];
    (void)snprintf(stream, sizeof stream, "ike.esp.%08x", (unsigned)c->spi_in);
    how.iv = node_stream(n, stream);
    place(k, c, pair->out[c->number], &how);
    (void)protection_install(k->who, k->of->ciphers, c->policy->name, c->number, &how);
}

void key_install(struct keyed *k, const struct ike_act *a)
{
    const struct ike_child_sa *c = a->child;
    const struct spd_pair *pair = pair_of(k, c);
    struct ipsec_keying how = {.direction = SA_IN,
                               .spi = c->spi_in,
                               .suite = c->suite,
                               .keys = &c->in,
                               .lifetime = c->lifetime,
                               .window = (uint32_t)k->who->how->anti_replay.window,
                               .esn = c->esn,
                               .key = c->spi_in,
                               .ike = a->spi_i,
                               .beside = true,
                               .tells_use = !c->sends};
    place(k, c, pair->in[c->number], &how);
    (void)protection_install(k->who, k->of->ciphers, c->policy->name, c->number, &how);
    if (c->sends)
        install_out(k, a);
}

void key_sends(struct keyed *k, const struct ike_act *a)
{
    install_out(k, a);
}

static unsigned put_path(struct keyed *k, struct sa *sa, const struct ike_act *a, bool in_udp)
{
    bool gateway = k->of->responds;
    if (!sa || sa->mode != SA_TUNNEL || ike_sa_of_child(k->of->ike, sa->key) != a->sa)
        return 0;
    sa->encapsulated = in_udp;
    sa->local_port = a->path.local_port;
    sa->remote_port = a->path.remote_port;
    if (!gateway || !in_udp || addr_eq(&sa->remote, &a->path.remote))
        return 0;
    sa->remote = a->path.remote;
    sa->moved = sim_now(k->of->node->sim);
    return 1;
}

void key_put_path(struct keyed *k, const struct ike_act *a)
{
    struct node *n = k->of->node;
    bool in_udp =
        ike_behind_nat(k->of->ike, a->sa, false) || ike_behind_nat(k->of->ike, a->sa, true);
    unsigned moved = 0;
    for (unsigned p = 0; p < k->who->subject->policies->pairs; p++) {
        const struct spd_pair *pair = &k->who->subject->pair[p];
        for (unsigned j = 0; j < pair->sas; j++) {
            moved += put_path(k, pair->out[j], a, in_udp);
            moved += put_path(k, pair->in[j], a, in_udp);
        }
    }
    if (moved) {
        NODE_EVENT(n, EV_MIGRATED, field_addr("home_address", &k->who->subject->address),
                   field_addr("care_of_address", &a->path.remote), field_int("sas", (int64_t)moved),
                   field_text("why", "nat"));
    }
}

static void end(struct keyed *k, struct sa *sa, const char *how)
{
    if (sa && !sa->ended)
        protection_end(k->who, sa, how);
}

void key_end(struct keyed *k, const struct ike_act *a)
{
    struct spd_pair *pair = pair_of(k, a->child);
    struct sa *out = pair->out[a->child->number];
    if (out && out->key == a->child->spi_in)
        end(k, out, ike_how_name(a->how));
    /* A mobile node keeps all its pairs (RFC 4877 7.3), whoever ended one. */
    bool ends_alone = a->how == IKE_HOW_LIFETIME || a->how == IKE_HOW_DELETED_BY_PEER;
    if (!k->of->responds && ends_alone) {
        key_wish(k->of,
                 &(struct key_wish){.kind = KEY_WISH_WANT,
                                    .who = k,
                                    .policy = (unsigned)(a->child->policy - k->config.policy),
                                    .number = a->child->number});
    }
}

void key_forget(struct keyed *k, const struct ike_act *a)
{
    end(k, ipsec_find(protection_ipsec(k->who->of), a->child->spi_in), "ike");
}

sim_time key_last_heard(const struct keyed *k)
{
    sim_time last = -1;
    for (unsigned p = 0; p < k->who->subject->policies->pairs; p++) {
        const struct spd_pair *pair = &k->who->subject->pair[p];
        for (unsigned j = 0; j < pair->sas; j++) {
            if (pair->in[j] && pair->in[j]->count.packets && pair->in[j]->used > last)
                last = pair->in[j]->used;
        }
    }
    return last;
}

/* ---- an SPI that is not known ---------------------------------------------------------------- */

static bool comes_from(const struct keyed *k, const struct addr *src)
{
    if (!k->of->responds)
        return addr_eq(src, &k->said.agent);
    return addr_eq(src, &k->coa) ||
           (!k->who->client && agent_bound(k->of->node->agent, &k->who->subject->address, src));
}

/* Once a second at most, whichever IKE SA it is by then. */
void key_exchange_unknown(struct node *n, const struct addr *src, uint32_t spi)
{
    struct key_exchange *x = n->keys;
    sim_time now = sim_now(n->sim);
    for (struct keyed *k = x ? x->first : NULL; k; k = k->next) {
        bool tells = x->responds ? x->how.tells_invalid_spi : k->said.how->tells_invalid_spi;
        if (!tells || !k->sa || !comes_from(k, src) ||
            (k->told_spi && now < k->told_spi_at + SIM_S))
            continue;
        k->told_spi = true;
        k->told_spi_at = now;
        key_wish(
            x, &(struct key_wish){.kind = KEY_WISH_INVALID_SPI, .who = k, .sa = k->sa, .spi = spi});
        return;
    }
}
