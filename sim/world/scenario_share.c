/* What a network behind a phone asks for: RFC 7278. */
#include <string.h>

#include "sim/world/scenario_parts.h"

const struct network_config *scenario_radio(const struct scenario *s, const char *text)
{
    static const char rest[] = "-router." SCENARIO_RADIO;
    const struct network_config *n = KEY_ITEMS(s->networks, struct network_config);
    for (size_t j = 0; j < s->networks.n; j++) {
        size_t len = strlen(n[j].name);
        if (n[j].shares && !strncmp(text, n[j].name, len) && !strcmp(text + len, rest))
            return &n[j];
    }
    return NULL;
}

static void check_links(struct check *k, const struct network_config *n)
{
    const struct backbone_config *link = KEY_ITEMS(k->s->backbone, struct backbone_config);
    for (size_t l = 0; l < k->s->backbone.n; l++) {
        const char *const *end = link[l].between.items;
        for (size_t e = 0; e < link[l].between.n; e++) {
            if (!strcmp(end[e], n->name))
                SAY(k, arena_format(k->arena, "backbone.%s.between", link[l].name),
                    "'%s' is behind a phone, whose radio is its way out", n->name);
        }
    }
}

void scenario_check_share(struct check *k, const struct network_config *n)
{
    const char *path = arena_format(k->arena, "networks.%s", n->name);
    const char *shares = arena_format(k->arena, "%s.shares", path);
    const struct network_config *of =
        SCENARIO_FIND(k->s->networks, struct network_config, n->shares);
    if (of->access.kind != ACCESS_CELLULAR)
        SAY(k, shares, "'%s' is not cellular: a phone shares the /64 of its bearer (RFC 7278)",
            n->shares);
    if (n->access.kind == ACCESS_CELLULAR)
        SAY(k, shares, "a phone's own network is wifi or wired (RFC 7278 1)");
    if (n->prefix.prefix.len || n->prefix.pool.len)
        SAY(k, arena_format(k->arena, "%s.prefix", path),
            "a network that shares the prefix of '%s' has none of its own", n->shares);
    if (n->agent)
        SAY(k, arena_format(k->arena, "%s.agent", path),
            "a home network has a prefix that stays: it shares none");
    if (n->translator.given)
        SAY(k, arena_format(k->arena, "%s.translator", path),
            "a phone that shares its prefix translates nothing (RFC 7278 3)");
    if (!strcmp(n->name, SCENARIO_RADIO))
        SAY(k, path, "is the name of the phone's other interface too: another name");
    check_links(k, n);
}

void scenario_check_radio(struct check *k, const struct event_config *e,
                          const struct network_config *lan, const char *path)
{
    const struct network_config *to = SCENARIO_FIND(k->s->networks, struct network_config, e->to);
    if (e->shut)
        SAY(k, path, "'%s' has no binding to delete: detach", e->shut);
    if (to && to->access.kind != ACCESS_CELLULAR)
        SAY(k, path, "the radio of '%s' is made for a cellular network; '%s' is none", lan->name,
            to->name);
}
