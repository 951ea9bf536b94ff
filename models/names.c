#include "models/names.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

struct word {
    const char *name;
    const char *help;
};

static const struct word events[EVENT_NAMES] = {
#define X(id, name, help) [EV_##id] = {(name), (help)},
    EVENTS(X) IPSEC_EVENTS(X) IKE_EVENTS(X) TRANSLATOR_EVENTS(X) ROUTE_EVENTS(X) DISCOVERY_EVENTS(X)
        RADIO_EVENTS(X)
#undef X
};

static const struct word drops[DROP_REASONS] = {
#define X(id, name, help) [DROP_##id] = {(name), (help)},
    LINK_REASONS(X) NODE_REASONS(X) IPSEC_REASONS(X) TRANSLATOR_REASONS(X) ROUTE_REASONS(X)
        FILTER_REASONS(X) DISCOVERY_REASONS(X)
#undef X
};

const char *event_name(uint16_t event)
{
    assert(event < EVENT_NAMES);
    return events[event].name;
}

const char *event_help(uint16_t event)
{
    assert(event < EVENT_NAMES);
    return events[event].help;
}

static int find(const struct word *words, int n, const char *name)
{
    for (int i = 0; i < n; i++) {
        if (words[i].name && !strcmp(words[i].name, name))
            return i;
    }
    return -1;
}

int event_find(const char *name)
{
    return find(events, EVENT_NAMES, name);
}

bool event_has_field(uint16_t event, const char *field)
{
    const char *at = event_help(event);
    size_t listed = strcspn(at, ":");
    for (const char *end = at + listed; at < end;) {
        size_t n = strcspn(at, ",:");
        if (strlen(field) == n && !memcmp(at, field, n))
            return true;
        at += n;
        at += strspn(at, ", ");
        if (*at == ':')
            break;
    }
    return false;
}

const char *drop_name(uint16_t reason)
{
    assert(reason < DROP_REASONS);
    return drops[reason].name; /* NULL between the links' reasons and the nodes' */
}

const char *drop_help(uint16_t reason)
{
    assert(reason < DROP_REASONS);
    return drops[reason].help;
}

enum drop_stage drop_stage(uint16_t reason)
{
    static const uint16_t of_mobility[] = {
        DROP_SOURCE_NOT_BOUND,   DROP_TUNNEL_SOURCE,   DROP_NO_BINDING,
        DROP_BAD_HOME_ADDRESS,   DROP_BAD_MH,          DROP_MH_IGNORED,
        DROP_AWAITING_HOME,      DROP_HOME_LINK_LOCAL, DROP_PREFIX_DISCOVERY,
        DROP_AGENT_DISCOVERY,    DROP_NOT_AUTHORISED,  DROP_ESP_SOURCE_NOT_BOUND,
        DROP_BU_SOURCE_NOT_BOUND};
    for (size_t k = 0; k < sizeof of_mobility / sizeof of_mobility[0]; k++) {
        if (of_mobility[k] == reason)
            return DROP_BY_MOBILITY;
    }
    if (reason < TAP_NODE_REASONS)
        return DROP_BY_LINK;
    bool ipsec = reason >= DROP_NO_POLICY && reason < DROP_NOT_TRANSLATED;
    return ipsec ? DROP_BY_IPSEC : DROP_BY_NODE;
}

const char *drop_stage_name(unsigned stage)
{
    static const char *const names[DROP_STAGES] = {"link", "node", "ipsec", "mobility"};
    assert(stage < DROP_STAGES);
    return names[stage];
}

int drop_find(const char *name)
{
    return find(drops, DROP_REASONS, name);
}

bool node_counter_is(const char *name)
{
    static const char *const names[] = {
#define X(name, help) name,
        NODE_COUNTERS(X)
#undef X
    };
    for (size_t k = 0; k < sizeof names / sizeof names[0]; k++) {
        if (!strcmp(name, names[k]))
            return true;
    }
    return false;
}
