#include "sim/link/lan.h"

#include <assert.h>
#include <string.h>

enum { FIRST_SLOTS = 16, ADDRESS_BYTES = 6, PAGE = 512 };

/* Walked by every frame to a group: close together, so that a thousand members cost little. */
struct lan_page {
    uint64_t groups[PAGE]; /* 0: away, or deaf */
    struct lan_member *member[PAGE];
    size_t n;
    struct lan_page *next;
};

struct lan {
    struct links *links;
    struct lan_member *first; /* in order of joining */
    struct lan_member **last;
    struct lan_member **slot; /* by address: open addressing, at most half full */
    size_t slots;
    size_t members;
    struct lan_page *pages; /* of what each member wants to hear, in order of joining */
    struct lan_page **last_page;
};

struct lan *lan_new(struct links *links)
{
    struct lan *lan = arena_take(links->arena, sizeof *lan);
    lan->links = links;
    lan->last = &lan->first;
    lan->last_page = &lan->pages;
    return lan;
}

static size_t slot_of(const struct lan *lan, uint64_t station)
{
    size_t i = (size_t)(station * 0x9e3779b97f4a7c15u >> 32) & (lan->slots - 1);
    while (lan->slot[i] && lan->slot[i]->port->station != station)
        i = (i + 1) & (lan->slots - 1);
    return i;
}

static void make_slots(struct lan *lan)
{
    lan->slots = lan->slots ? 2 * lan->slots : FIRST_SLOTS;
    lan->slot = arena_take(lan->links->arena, lan->slots * sizeof(struct lan_member *));
    for (struct lan_member *m = lan->first; m; m = m->next)
        lan->slot[slot_of(lan, m->port->station)] = m;
}

static void add_to_page(struct lan *lan, struct lan_member *m)
{
    struct lan_page *page = *lan->last_page;
    if (page && page->n == PAGE) {
        lan->last_page = &page->next;
        page = NULL;
    }
    if (!page) {
        page = arena_take(lan->links->arena, sizeof *page);
        *lan->last_page = page;
    }
    page->member[page->n] = m;
    m->groups = &page->groups[page->n++];
}

void lan_switch(struct lan_member *m, bool on)
{
    struct port *port = m->port;
    if (!on && port->groups_on_lan == m->groups)
        port->groups_on_lan = NULL;
    if (on)
        port->groups_on_lan = m->groups;
    m->on = on;
    *m->groups = on ? (port->hears ? port->groups : UINT64_MAX) : 0;
}

uint64_t lan_group_bits(uint64_t group)
{
    uint64_t hash = group * 0x9e3779b97f4a7c15u;
    return (uint64_t)1 << (hash >> 58) | (uint64_t)1 << (hash >> 52 & 63);
}

void lan_join(struct lan *lan, struct lan_member *m)
{
    assert(m->port->framing == LINK_ETHERNET && m->port->station);
    m->next = NULL;
    *lan->last = m;
    lan->last = &m->next;
    add_to_page(lan, m);
    lan_switch(m, m->on);
    if (2 * ++lan->members > lan->slots)
        make_slots(lan);
    size_t i = slot_of(lan, m->port->station);
    assert(!lan->slot[i] || lan->slot[i] == m); /* one address, one station */
    lan->slot[i] = m;
}

static void hand_to(const struct lan *lan, const struct lan_member *from,
                    const struct lan_member *to, struct pkt *p)
{
    (void)lan;
    if (to->down) {
        channel_send(to->down, from->port, p);
    } else {
        port_deliver(to->port, p);
    }
}

static uint64_t address_of(const struct pkt *p)
{
    uint64_t station = 0;
    for (int i = 0; i < ADDRESS_BYTES; i++)
        station = station << 8 | p->at[i];
    return station;
}

static void flood(struct lan *lan, const struct lan_member *from, struct pkt *p)
{
    const struct lan_member *waits = NULL; /* the last one gets the packet itself */
    uint64_t group = address_of(p);
    uint64_t bits = lan_group_bits(group);
    for (const struct lan_page *page = lan->pages; page; page = page->next) {
        for (size_t k = 0; k < page->n; k++) {
            const struct lan_member *m = page->member[k];
            if ((page->groups[k] & bits) != bits || m == from ||
                (m->port->hears && !m->port->hears(m->port->owner, group)))
                continue;
            if (waits)
                hand_to(lan, from, waits, pkt_copy(lan->links->packets, p));
            waits = m;
        }
    }
    if (waits) {
        hand_to(lan, from, waits, p);
    } else {
        pkt_give(lan->links->packets, p); /* a group of which nobody is here: no loss */
    }
}

void lan_spread(struct lan *lan, const struct lan_member *from, struct pkt *p)
{
    assert(p->len >= ADDRESS_BYTES);
    if (p->at[0] & 1) {
        flood(lan, from, p);
        return;
    }
    const struct lan_member *to = lan->slot[slot_of(lan, address_of(p))];
    if (!to || to == from) {
        port_lose(from->port, DROP_NO_STATION, p);
    } else if (!to->on) {
        port_lose(from->port, DROP_LINK_DOWN, p);
    } else {
        hand_to(lan, from, to, p);
    }
}
