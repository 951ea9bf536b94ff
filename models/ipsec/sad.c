#include "models/ipsec/sad.h"

enum { FIRST_BUCKETS = 16 };

void sad_init(struct sad *d, struct arena *a)
{
    *d = (struct sad){.arena = a, .buckets = FIRST_BUCKETS};
    d->bucket = arena_take(a, d->buckets * sizeof *d->bucket);
    d->last = &d->first;
}

/* SPIs are drawn, or few. */
static struct sa **bucket_of(const struct sad *d, uint32_t spi)
{
    return &d->bucket[(spi * UINT32_C(2654435761) >> 8) & (d->buckets - 1)];
}

static struct sa *find(const struct sad *d, uint32_t spi)
{
    struct sa *sa = *bucket_of(d, spi);
    while (sa && sa->spi != spi)
        sa = sa->next;
    return sa;
}

static void put(struct sad *d, struct sa *sa)
{
    struct sa **bucket = bucket_of(d, sa->spi);
    sa->next = *bucket;
    *bucket = sa;
}

/* The old array stays in the arena: all of them together are as long as the new one. */
static void grow(struct sad *d)
{
    d->buckets *= 2;
    d->bucket = arena_take(d->arena, d->buckets * sizeof *d->bucket);
    for (struct sa *sa = d->first; sa; sa = sa->newer) {
        if (sa->direction == SA_IN)
            put(d, sa);
    }
}

struct sa *sad_add(struct sad *d, enum sa_direction direction, uint32_t spi)
{
    if (direction == SA_IN && find(d, spi))
        return NULL;
    if (d->sas >= d->buckets)
        grow(d);
    struct sa *sa = arena_take(d->arena, sizeof *sa);
    sa->spi = spi;
    sa->direction = direction;
    *d->last = sa;
    d->last = &sa->newer;
    d->sas++;
    if (direction == SA_IN)
        put(d, sa);
    return sa;
}

struct sa *sad_find(const struct sad *d, uint32_t spi)
{
    struct sa *sa = find(d, spi);
    return sa && !sa->ended ? sa : NULL;
}

void sad_end(struct sad *d, struct sa *sa, sim_time now)
{
    (void)d;
    sa->ended = true;
    sa->ended_at = now;
}

uint32_t sad_draw_spi(const struct sad *d, struct rng *r)
{
    uint32_t spi;
    do {
        spi = rng_u32(r);
    } while (spi < SA_SPI_MIN || find(d, spi));
    return spi;
}
