/* Who may have which SAs: IKE's policies from those of IPsec, identities from names. */
#include <assert.h>
#include <string.h>

#include "models/node/key_parts.h"

static const struct addr everything = {{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                        0xff, 0xff, 0xff, 0xff, 0xff, 0xff}};

static struct ike_side side_of(const struct keyed *k, const struct selector_address *a,
                               const struct selector_ports *ports)
{
    struct ike_side s = {
        .kind = IKE_ADDRESS_RANGE, .start_port = ports->low, .end_port = ports->high};
    switch (a->kind) {
    case SELECT_SUBJECT:
        s.kind = k->assigned ? IKE_ADDRESS_ASSIGNED : IKE_ADDRESS_RANGE;
        s.low = s.high = k->who->subject->address;
        break;
    case SELECT_GATEWAY:
        s.low = s.high = k->said.agent;
        break;
    case SELECT_RANGE:
        s.low = a->low;
        s.high = a->high;
        break;
    default:
        s.high = everything;
        break;
    }
    if (ports->low > ports->high) { /* OPAQUE: RFC 7296 3.13.1 */
        s.start_port = UINT16_MAX;
        s.end_port = 0;
    }
    return s;
}

/* Written as the mobile node sees them; its home agent has the mirror image. */
static struct ike_policy policy_of(const struct keyed *k, const struct spd_entry *e)
{
    const struct selector *s = &e->selector;
    struct ike_side subject = side_of(k, &s->local, &s->local_port);
    struct ike_side other = side_of(k, &s->remote, &s->remote_port);
    unsigned parallel = e->parallel ? policies_parallel(k->who->how, k->said.bids) : 1;
    bool mirror = k->of->responds;
    return (struct ike_policy){.name = e->name,
                               .transport = e->mode == SA_TRANSPORT,
                               .protocol =
                                   s->protocol == SELECT_ANY_PROTOCOL ? 0 : (uint8_t)s->protocol,
                               .local = mirror ? other : subject,
                               .remote = mirror ? subject : other,
                               .parallel = parallel};
}

static void make_policies(struct keyed *k)
{
    const struct spd *spd = k->who->subject->policies;
    struct ike_policy *list = arena_take(k->of->node->arena, (spd->pairs + 1) * sizeof *list);
    unsigned n = 0;
    for (unsigned j = 0; j < spd->entries; j++) {
        if (spd->entry[j].action != SPD_PROTECT)
            continue;
        assert(n < sizeof k->entry / sizeof *k->entry);
        k->entry[n] = &spd->entry[j];
        list[n++] = policy_of(k, &spd->entry[j]);
    }
    k->config.policy = list;
    k->config.policies = n;
}

int key_policy_of(const struct keyed *k, const struct spd_entry *e)
{
    for (unsigned j = 0; j < k->config.policies; j++) {
        if (k->entry[j] == e)
            return (int)j;
    }
    return -1;
}

void key_want_all(struct keyed *k)
{
    for (unsigned j = 0; j < k->config.policies; j++) {
        for (unsigned i = 0; i < k->config.policy[j].parallel; i++)
            key_wish(k->of,
                     &(struct key_wish){.kind = KEY_WISH_WANT, .who = k, .policy = j, .number = i});
    }
}

static struct ike_identity text_identity(struct arena *a, uint8_t type, const char *name,
                                         const char *behind)
{
    char *text = arena_format(a, "%s%s", name, behind);
    return (struct ike_identity){type, (const uint8_t *)text, strlen(text)};
}

static struct ike_identity of_mobile(struct keyed *k)
{
    struct arena *a = k->of->node->arena;
    switch (k->said.how->identity) {
    case KEY_ID_HOME:
        return (struct ike_identity){IKE_ID_IPV6, k->who->subject->address.b,
                                     sizeof k->who->subject->address.b};
    case KEY_ID_NAME:
        return text_identity(a, IKE_ID_FQDN, k->said.name, ".home.example");
    default:
        return text_identity(a, IKE_ID_RFC822, k->said.name, "@home.example");
    }
}

static void make_offers(struct keyed *k)
{
    const struct key_config *how = k->said.how;
    struct ike_peer_config *c = &k->config;
    struct why w;
    enum status st = key_parse_proposals(how->proposal, c->offer, &c->offers, &w);
    assert(!st); /* it has been checked */
    c->esp[0] = (struct ike_esp_offer){cipher_suite((enum cipher_name)k->who->how->suite),
                                       k->who->how->anti_replay.esn, key_pfs_group(how)};
    c->esps = 1;
}

void key_make_peer(struct keyed *k)
{
    const struct key_config *how = k->said.how;
    struct ike_peer_config *c = &k->config;
    struct ike_identity mobile = of_mobile(k);
    struct ike_identity agent =
        text_identity(k->of->node->arena, IKE_ID_FQDN, k->said.agent_name, ".home.example");
    bool responds = k->of->responds;
    k->assigned = addr_unspecified(&k->who->subject->address);
    bool asks = k->assigned && !responds;
    *c = (struct ike_peer_config){.name = responds ? k->said.name : k->said.agent_name,
                                  .own = responds ? agent : mobile,
                                  .peer = responds ? mobile : agent,
                                  .proof = (enum ike_proof)how->auth,
                                  .secret = (const uint8_t *)how->secret,
                                  .secret_bytes = strlen(how->secret),
                                  .key = k->said.key,
                                  .certs = k->said.certs,
                                  .trusted = k->said.trusted,
                                  .padding = (enum sign_padding)how->padding,
                                  .unix_start_s = k->said.unix_start_s,
                                  .lifetimes = {.child = k->who->how->lifetime,
                                                .ike_soft = how->soft,
                                                .ike_hard = how->hard,
                                                .jitter_ppb = how->jitter},
                                  .dead_after = how->dpd,
                                  .mobike = how->mobility == KEY_BY_MOBIKE,
                                  .checks_routability = how->return_routability,
                                  .childless = how->childless,
                                  .initial_contact = how->initial_contact,
                                  .asks_address = asks && how->home == KEY_HOME_ADDRESS,
                                  .asks_prefix = asks && how->home == KEY_HOME_PREFIX,
                                  .assigns_home = k->of->how.assigns_home,
                                  .owner = k};
    if (responds && k->assigned && how->home == KEY_HOME_PREFIX) {
        c->home_prefix = k->said.home_prefix;
        c->home_prefix_lifetime = UINT32_MAX * SIM_S;
    }
    make_policies(k);
    k->updates = protection_updates_entry(k->who);
    make_offers(k);
    k->peer = ike_add_peer(k->of->ike, c);
}
