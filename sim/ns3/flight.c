#include "sim/ns3/flight.h"

struct flight *flight_begin(struct flights *all, sim_time now)
{
    struct flight *f = all->spare;
    if (f) {
        all->spare = f->next_of_bucket;
    } else {
        f = arena_take(all->arena, sizeof *f);
    }
    *f = (struct flight){.since = now, .older = all->newest};
    if (all->newest) {
        all->newest->newer = f;
    } else {
        all->oldest = f;
    }
    all->newest = f;
    return f;
}

void flight_name(struct flights *all, struct flight *f, uint64_t uid)
{
    struct flight **bucket = &all->bucket[uid % FLIGHT_BUCKETS];
    f->uid = uid;
    f->next_of_bucket = *bucket;
    *bucket = f;
}

static struct flight **place_of(struct flights *all, uint64_t uid)
{
    struct flight **f = &all->bucket[uid % FLIGHT_BUCKETS];
    while (*f && (*f)->uid != uid)
        f = &(*f)->next_of_bucket;
    return f;
}

struct flight *flight_find(struct flights *all, uint64_t uid)
{
    return *place_of(all, uid);
}

void flight_end(struct flights *all, struct flight *f)
{
    struct flight **place = place_of(all, f->uid);
    if (*place == f)
        *place = f->next_of_bucket;
    if (f->older) {
        f->older->newer = f->newer;
    } else {
        all->oldest = f->newer;
    }
    if (f->newer) {
        f->newer->older = f->older;
    } else {
        all->newest = f->older;
    }
    f->next_of_bucket = all->spare;
    all->spare = f;
}
