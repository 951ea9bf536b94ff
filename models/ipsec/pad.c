#include "models/ipsec/pad.h"

#include <string.h>

void pad_init(struct pad *p, struct arena *a)
{
    *p = (struct pad){.arena = a};
}

static struct pad_entry **place(const struct pad *p, const struct addr *address)
{
    return &p->bucket[addr_hash(address) & (p->buckets - 1)];
}

static void grow(struct pad *p)
{
    struct pad old = *p;
    p->buckets = old.buckets ? 2 * old.buckets : 8;
    p->bucket = arena_take(p->arena, p->buckets * sizeof(struct pad_entry *));
    for (size_t k = 0; k < old.buckets; k++) {
        while (old.bucket[k]) {
            struct pad_entry *e = old.bucket[k];
            struct pad_entry **at = place(p, &e->address);
            old.bucket[k] = e->next;
            e->next = *at;
            *at = e;
        }
    }
}

bool pad_allows(const struct pad *p, const char *identity, const struct addr *address)
{
    const struct pad_entry *e = p->buckets ? *place(p, address) : NULL;
    for (; e; e = e->next) {
        if (addr_eq(&e->address, address) && !strcmp(e->identity, identity))
            return true;
    }
    return false;
}

void pad_allow(struct pad *p, const char *identity, const struct addr *address)
{
    if (pad_allows(p, identity, address))
        return;
    if (p->entries == p->buckets)
        grow(p);
    struct pad_entry *e = arena_take(p->arena, sizeof *e);
    struct pad_entry **at = place(p, address);
    *e = (struct pad_entry){.identity = identity, .address = *address, .next = *at};
    *at = e;
    p->entries++;
}

void pad_revoke(struct pad *p, const char *identity, const struct addr *address)
{
    struct pad_entry **at = p->buckets ? place(p, address) : NULL;
    while (at && *at && !(addr_eq(&(*at)->address, address) && !strcmp((*at)->identity, identity)))
        at = &(*at)->next;
    if (at && *at) {
        *at = (*at)->next;
        p->entries--;
    }
}
