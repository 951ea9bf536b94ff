/* The SAD: who is found by an SPI, and which SPIs are drawn. */
#include "models/ipsec/sad.h"

#include "tests/check.h"

static struct arena arena;
static struct sad sad;

static void begin(void)
{
    arena = (struct arena){0};
    sad_init(&sad, &arena);
}

static void inbound_are_found_by_spi_alone(void)
{
    begin();
    struct sa *in = sad_add(&sad, SA_IN, 1000);
    struct sa *out = sad_add(&sad, SA_OUT, 2000);
    CHECK(in && out && in->spi == 1000 && in->direction == SA_IN && out->direction == SA_OUT);
    in->mode = SA_TUNNEL;
    in->remote.b[0] = 0x20;
    CHECK(sad_find(&sad, 1000) == in);
    in->remote.b[15] = 7; /* its end point moves */
    CHECK(sad_find(&sad, 1000) == in);
    CHECK(!sad_find(&sad, 2000) && !sad_find(&sad, 0));
    CHECK(sad_add(&sad, SA_OUT, 1000) != NULL); /* the peer's choice */
    CHECK(sad_add(&sad, SA_OUT, 1000) != NULL);
    CHECK(sad_find(&sad, 1000) == in);
    CHECK(!sad_add(&sad, SA_IN, 1000));
    CHECK_EQ(sad.sas, 4);
    arena_release(&arena);
}

static void what_has_ended_is_found_no_more(void)
{
    begin();
    struct sa *sa = sad_add(&sad, SA_IN, 300);
    sa->count.packets = 5;
    sad_end(&sad, sa, 7 * SIM_S);
    CHECK(!sad_find(&sad, 300));
    CHECK(sa->ended && sa->ended_at == 7 * SIM_S && sa->count.packets == 5 && sad.first == sa);
    CHECK(!sad_add(&sad, SA_IN, 300)); /* a trace names one SA by it */
    arena_release(&arena);
}

enum { MANY = 5000 };

static void many_are_found_and_stand_in_order(void)
{
    struct rng_seed seed = rng_seed_of(1, 0);
    struct rng rng = rng_stream(&seed, "spi");
    static uint32_t spi[MANY];
    begin();
    for (unsigned k = 0; k < MANY; k++) {
        spi[k] = sad_draw_spi(&sad, &rng);
        CHECK(spi[k] >= SA_SPI_MIN && !sad_find(&sad, spi[k]));
        struct sa *sa = sad_add(&sad, k % 2 ? SA_IN : SA_OUT, spi[k]);
        CHECK(sa != NULL);
        sa->number = (uint16_t)k;
    }
    unsigned n = 0;
    for (const struct sa *sa = sad.first; sa; sa = sa->newer)
        CHECK_EQ(sa->number, n++);
    CHECK_EQ(n, MANY);
    for (unsigned k = 0; k < MANY; k++) {
        const struct sa *sa = sad_find(&sad, spi[k]);
        CHECK(k % 2 ? sa && sa->number == k : !sa);
    }
    CHECK(sad.buckets >= MANY && sad.buckets <= 4 * MANY);
    arena_release(&arena);
}

/* A stream whose next numbers are known. */
static struct rng numbers(uint32_t a, uint32_t b, uint32_t c, uint32_t d)
{
    return (struct rng){.out = {a, b, c, d}};
}

static void reserved_and_taken_spis_are_never_drawn(void)
{
    begin();
    struct rng r = numbers(0, 1, 255, 256);
    CHECK_EQ(sad_draw_spi(&sad, &r), 256);
    CHECK(sad_add(&sad, SA_IN, 256) != NULL);
    r = numbers(256, 100, UINT32_MAX, 5);
    CHECK_EQ(sad_draw_spi(&sad, &r), UINT32_MAX);
    sad_end(&sad, sad_find(&sad, 256), SIM_S);
    r = numbers(256, 256, 4000, 5);
    CHECK_EQ(sad_draw_spi(&sad, &r), 4000);
    CHECK(sad_add(&sad, SA_OUT, 4000) != NULL);
    r = numbers(4000, 0, 0, 0);
    CHECK_EQ(sad_draw_spi(&sad, &r), 4000);
    arena_release(&arena);
}

CHECK_MAIN(CASE(inbound_are_found_by_spi_alone), CASE(what_has_ended_is_found_no_more),
           CASE(many_are_found_and_stand_in_order), CASE(reserved_and_taken_spis_are_never_drawn))
