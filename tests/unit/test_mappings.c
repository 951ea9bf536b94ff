/* What a translator remembers (RFC 4787 4 and 5, RFC 5508 3). */
#include "models/node/mappings.h"

#include "tests/check.h"

static struct arena arena;
static struct mappings m;
static bool made;

static const struct addr inside = {{0xfd, [15] = 1}};
static const struct addr other = {{0xfd, [15] = 2}};
static const struct addr x = {{0x20, 1, [15] = 3}};
static const struct addr y = {{0x20, 1, [15] = 4}};

static void begin(enum mapping_filter filter, uint16_t low, uint16_t high)
{
    mappings_init(&m, &arena, 120 * SIM_S, filter, low, high);
}

static unsigned all_ended(sim_time now)
{
    struct mapping ended;
    unsigned n = 0;
    while (mappings_end(&m, now, &ended))
        n++;
    return n;
}

static void one_mapping_for_all_peers(void)
{
    begin(MAPPING_FROM_ANYBODY, 1024, 65535);
    struct mapping *a = mappings_out(&m, MAPPING_UDP, &inside, 500, &x, 0, &made);
    CHECK(a && made && a->port == 1024 && mappings_outside(&m, MAPPING_UDP, 1024) == a);
    CHECK(mappings_out(&m, MAPPING_UDP, &inside, 500, &y, 1, &made) == a && !made);
    struct mapping *b = mappings_out(&m, MAPPING_UDP, &inside, 4500, &x, 1, &made);
    struct mapping *c = mappings_out(&m, MAPPING_UDP, &other, 500, &x, 1, &made);
    CHECK(b && c && b->port == 1025 && c->port == 1026);
    /* An echo's identifier is no port. */
    struct mapping *e = mappings_out(&m, MAPPING_ECHO, &inside, 500, &x, 1, &made);
    CHECK(e && made && e != a && e->port == 1024);
    CHECK(mappings_outside(&m, MAPPING_ECHO, 1024) == e);
    CHECK(mappings_inside(&m, MAPPING_UDP, &inside, 500) == a);
    CHECK(!mappings_inside(&m, MAPPING_UDP, &inside, 501));
    CHECK(!mappings_outside(&m, MAPPING_UDP, 1027));
}

static void it_lives_on_with_what_leaves(void)
{
    begin(MAPPING_FROM_ANYBODY, 1024, 65535);
    CHECK(mappings_next(&m) == SIM_NEVER);
    struct mapping *a = mappings_out(&m, MAPPING_UDP, &inside, 1, &x, 0, &made);
    struct mapping *b = mappings_out(&m, MAPPING_UDP, &inside, 2, &x, 10, &made);
    CHECK(mappings_next(&m) == 120 * SIM_S);
    CHECK(mappings_out(&m, MAPPING_UDP, &inside, 1, &x, 20, &made) == a && !made);
    CHECK(mappings_next(&m) == 120 * SIM_S + 10);
    CHECK(all_ended(120 * SIM_S + 9) == 0);
    CHECK(all_ended(120 * SIM_S + 10) == 1 && !mappings_outside(&m, MAPPING_UDP, 1025));
    CHECK(mappings_inside(&m, MAPPING_UDP, &inside, 1) == a);
    CHECK(all_ended(120 * SIM_S + 20) == 1 && mappings_next(&m) == SIM_NEVER);
    /* Its place is used again, its port only when it is its turn. */
    struct mapping *c = mappings_out(&m, MAPPING_UDP, &inside, 2, &x, 0, &made);
    CHECK((c == a || c == b) && made && c->port == 1026);
}

static void who_may_send_in(void)
{
    begin(MAPPING_FROM_ADDRESSES, 1024, 65535);
    struct mapping *a = mappings_out(&m, MAPPING_UDP, &inside, 1, &x, 0, &made);
    CHECK(mappings_lets_in(&m, a, &x) && !mappings_lets_in(&m, a, &y));
    (void)mappings_out(&m, MAPPING_UDP, &inside, 1, &y, 0, &made);
    CHECK(mappings_lets_in(&m, a, &x) && mappings_lets_in(&m, a, &y));
    for (unsigned k = 0; k < MAPPING_PEERS - 1; k++) { /* the oldest is forgotten */
        struct addr z = {{0x20, 2, [15] = (uint8_t)k}};
        (void)mappings_out(&m, MAPPING_UDP, &inside, 1, &z, 0, &made);
    }
    CHECK(!mappings_lets_in(&m, a, &x) && mappings_lets_in(&m, a, &y));
    begin(MAPPING_FROM_ANYBODY, 1024, 65535);
    a = mappings_out(&m, MAPPING_UDP, &inside, 1, &x, 0, &made);
    CHECK(mappings_lets_in(&m, a, &y));
}

static void ports_run_out_and_come_back(void)
{
    begin(MAPPING_FROM_ANYBODY, 65534, 65535);
    CHECK(mappings_out(&m, MAPPING_UDP, &inside, 1, &x, 0, &made)->port == 65534);
    CHECK(mappings_out(&m, MAPPING_UDP, &inside, 2, &x, 1, &made)->port == 65535);
    CHECK(!mappings_out(&m, MAPPING_UDP, &inside, 3, &x, 2, &made));
    CHECK(mappings_out(&m, MAPPING_ECHO, &inside, 3, &x, 2, &made) != NULL);
    CHECK(all_ended(120 * SIM_S) == 1);
    CHECK(mappings_out(&m, MAPPING_UDP, &inside, 3, &x, 3, &made)->port == 65534);
}

static void many_of_them(void)
{
    begin(MAPPING_FROM_ANYBODY, 1024, 65535);
    unsigned wrong = 0;
    for (unsigned k = 0; k < 64512; k++) {
        struct addr a = inside;
        a.b[8] = (uint8_t)(k >> 8);
        wrong += !mappings_out(&m, MAPPING_UDP, &a, (uint16_t)k, &x, (sim_time)k, &made) || !made;
    }
    for (unsigned k = 0; k < 64512; k++) {
        struct addr a = inside;
        a.b[8] = (uint8_t)(k >> 8);
        const struct mapping *e = mappings_inside(&m, MAPPING_UDP, &a, (uint16_t)k);
        wrong += !e || e->port != 1024 + k || mappings_outside(&m, MAPPING_UDP, e->port) != e;
    }
    CHECK_EQ(wrong, 0);
    CHECK(!mappings_out(&m, MAPPING_UDP, &other, 1, &x, 0, &made));
    CHECK(all_ended(120 * SIM_S + 64511) == 64512 && mappings_next(&m) == SIM_NEVER);
    arena_release(&arena);
}

CHECK_MAIN(CASE(one_mapping_for_all_peers), CASE(it_lives_on_with_what_leaves),
           CASE(who_may_send_in), CASE(ports_run_out_and_come_back), CASE(many_of_them))
