/* What a scenario says of IPsec in texts. */
#include <string.h>

#include "models/node/policies.h"
#include "models/wire/ip6.h"

static const struct selector_ports opaque = {UINT16_MAX, 0};

/* One address or two with '-' between. */
static bool read_range(const char *text, struct selector_address *s)
{
    char low[ADDR_TEXT];
    struct why unused;
    const char *dash = strchr(text, '-');
    size_t n = dash ? (size_t)(dash - text) : strlen(text);
    if (n >= sizeof low)
        return false;
    memcpy(low, text, n);
    low[n] = '\0';
    s->kind = SELECT_RANGE;
    return !addr_parse(low, &s->low, &unused) &&
           !addr_parse(dash ? dash + 1 : low, &s->high, &unused);
}

static enum status parse_address(const char *text, bool local, struct selector_address *s,
                                 struct why *w)
{
    if (!strcmp(text, "any")) {
        s->kind = SELECT_ANY;
    } else if (local && !strcmp(text, "home")) {
        s->kind = SELECT_SUBJECT;
    } else if (local && !strcmp(text, "care-of")) {
        s->kind = SELECT_OTHER;
    } else if (!local && !strcmp(text, "agent")) {
        s->kind = SELECT_GATEWAY;
    } else if (!read_range(text, s)) {
        return why_set(w, ST_SYNTAX, "'%s' is not %s, any, an IPv6 address or two with '-' between",
                       text, local ? "home, care-of" : "agent");
    } else if (memcmp(s->low.b, s->high.b, sizeof s->low.b) > 0) {
        return why_set(w, ST_RANGE, "'%s' ends before it begins", text);
    }
    return ST_OK;
}

static bool read_number(const char *text, size_t n, unsigned max, unsigned *out)
{
    unsigned v = 0;
    for (size_t k = 0; k < n; k++) {
        if (text[k] < '0' || text[k] > '9' || v > max)
            return false;
        v = 10 * v + (unsigned)(text[k] - '0');
    }
    *out = v;
    return n && v <= max;
}

static enum status parse_protocol(const char *text, uint16_t *protocol, struct why *w)
{
    static const struct {
        const char *name;
        uint16_t number;
    } names[] = {{"any", SELECT_ANY_PROTOCOL},
                 {"mh", IP6_MH},
                 {"icmp6", IP6_ICMP6},
                 {"udp", IP6_UDP},
                 {"tcp", IP6_TCP}};
    unsigned number = 0;
    for (size_t k = 0; k < sizeof names / sizeof names[0]; k++) {
        if (!strcmp(text, names[k].name)) {
            *protocol = names[k].number;
            return ST_OK;
        }
    }
    if (!read_number(text, strlen(text), UINT8_MAX, &number))
        return why_set(w, ST_SYNTAX, "'%s' is not any, mh, icmp6, udp, tcp or a number up to 255",
                       text);
    *protocol = (uint16_t)number;
    return ST_OK;
}

/* One of "5000", "5", "1/4": the lowest and highest field that it stands for. */
static bool read_field(const char *text, size_t n, uint16_t protocol, unsigned *low, unsigned *high)
{
    bool typed = protocol == IP6_MH || protocol == IP6_ICMP6;
    const char *slash = protocol == IP6_ICMP6 ? memchr(text, '/', n) : NULL;
    unsigned type = 0;
    unsigned code = 0;
    bool good = read_number(text, slash ? (size_t)(slash - text) : n,
                            typed ? UINT8_MAX : UINT16_MAX, &type);
    if (slash)
        good &= read_number(slash + 1, n - (size_t)(slash + 1 - text), UINT8_MAX, &code);
    *low = typed ? type << 8 | code : type;
    *high = typed && !slash ? type << 8 | 0xff : *low;
    return good;
}

static const char *fields_of(uint16_t protocol)
{
    switch (protocol) {
    case IP6_MH:
        return "a type of message up to 255";
    case IP6_ICMP6:
        return "a type up to 255, with a code (1/4) if need be";
    case IP6_UDP:
    case IP6_TCP:
        return "a port up to 65535";
    default:
        return NULL;
    }
}

static enum status parse_ports(const char *text, uint16_t protocol, struct selector_ports *p,
                               struct why *w)
{
    unsigned low = 0;
    unsigned high = UINT16_MAX;
    unsigned unused;
    const char *dash = strchr(text, '-');
    size_t n = dash ? (size_t)(dash - text) : strlen(text);
    if (!strcmp(text, "none")) {
        *p = opaque;
        return ST_OK;
    }
    if (strcmp(text, "any") != 0) {
        const char *fields = fields_of(protocol);
        if (!fields)
            return why_set(w, ST_SYNTAX, "'%s': only mh, icmp6, udp and tcp have types or ports",
                           text);
        if (!read_field(text, n, protocol, &low, &high) ||
            (dash && !read_field(dash + 1, strlen(dash + 1), protocol, &unused, &high)))
            return why_set(w, ST_SYNTAX, "'%s' is not any, none, %s, or two with '-' between", text,
                           fields);
        if (high < low)
            return why_set(w, ST_RANGE, "'%s' ends before it begins", text);
    }
    *p = (struct selector_ports){(uint16_t)low, (uint16_t)high};
    return ST_OK;
}

/* What a tunnel or transport mode can be for. */
static enum status check_protects(const struct spd_entry *e, const char **key, struct why *w)
{
    *key = "local";
    if (e->selector.local.kind != SELECT_SUBJECT)
        return why_set(w, ST_SYNTAX,
                       "only traffic of the home address can be protected: `local: home`");
    *key = e->mode == SA_TUNNEL ? "mode" : "on";
    if (e->mode == SA_TUNNEL && e->on != SPD_ON_TUNNEL)
        return why_set(w, ST_SYNTAX, "tunnel is for what enters the tunnel: `on: tunnel`");
    if (e->mode == SA_TRANSPORT && e->on == SPD_ON_TUNNEL)
        return why_set(w, ST_SYNTAX,
                       "what enters the tunnel can be protected in tunnel mode: `mode: tunnel`");
    *key = "remote";
    if (e->mode == SA_TRANSPORT && e->selector.remote.kind != SELECT_GATEWAY)
        return why_set(w, ST_SYNTAX,
                       "transport mode is between home address and home agent: `remote: agent`");
    return ST_OK;
}

enum status policies_parse(const struct policy_config *how, struct spd_entry *e, const char **key,
                           struct why *w)
{
    struct selector *s = &e->selector;
    *e = (struct spd_entry){.name = how->name,
                            .action = (enum spd_action)how->action,
                            .on = (enum spd_interface)how->on,
                            .mode = (enum sa_mode)how->mode,
                            .parallel = how->parallel};
    *key = "local";
    enum status st = parse_address(how->local, true, &s->local, w);
    if (st)
        return st;
    *key = "remote";
    st = parse_address(how->remote, false, &s->remote, w);
    if (st)
        return st;
    *key = "protocol";
    st = parse_protocol(how->protocol, &s->protocol, w);
    if (st)
        return st;
    *key = "local_port";
    st = parse_ports(how->local_port, s->protocol, &s->local_port, w);
    if (st)
        return st;
    *key = "remote_port";
    st = parse_ports(how->remote_port, s->protocol, &s->remote_port, w);
    if (st || e->action != SPD_PROTECT)
        return st;
    return check_protects(e, key, w);
}

unsigned policies_parallel(const struct ipsec_config *how, unsigned bids)
{
    unsigned n = 0;
    const char *text = how->payload_sas;
    if (!text || !strcmp(text, "shared"))
        return 1;
    if (policies_per_coa(how))
        return bids;
    if (strncmp(text, "pool ", 5) != 0 ||
        !read_number(text + 5, strlen(text + 5), SPD_PARALLEL, &n))
        return 0;
    return n;
}

bool policies_per_coa(const struct ipsec_config *how)
{
    return how->payload_sas && !strcmp(how->payload_sas, "per-coa");
}

static int digit(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = c ? strchr(digits, c >= 'A' && c <= 'F' ? c - 'A' + 'a' : c) : NULL;
    return at ? (int)(at - digits) : -1;
}

bool policies_hex(const char *text, uint8_t *out, size_t bytes)
{
    if (strlen(text) != 2 * bytes)
        return false;
    for (size_t k = 0; k < bytes; k++) {
        int high = digit(text[2 * k]);
        int low = digit(text[2 * k + 1]);
        if (high < 0 || low < 0)
            return false;
        out[k] = (uint8_t)(high << 4 | low);
    }
    return true;
}
