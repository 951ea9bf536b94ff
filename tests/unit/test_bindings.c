#include <string.h>

#include "models/names.h"
#include "traces/bindings.h"

#include "tests/check.h"

static struct bindings bindings;

static struct addr address(unsigned last)
{
    return (struct addr){{0x20, 1, 0xd, 0xb8, [14] = (uint8_t)(last >> 8), [15] = (uint8_t)last}};
}

static void event(enum event_name name, sim_time t, unsigned home, int64_t bid, unsigned care_of)
{
    const struct tap_event e = {
        .t = t,
        .node = 1,
        .name = (uint16_t)name,
        .n = 4,
        .field = {{.key = "home_address", .type = TAP_ADDR, .addr = address(home)},
                  {.key = "bid", .type = TAP_INT, .i = bid},
                  {.key = "care_of_address", .type = TAP_ADDR, .addr = address(care_of)},
                  {.key = "how", .type = TAP_TEXT, .text = "expired"}}};
    bindings_see(&bindings, &e);
}

static bool care_of(size_t k, unsigned last)
{
    const struct addr want = address(last);
    return addr_eq(&bindings.list[k].care_of, &want);
}

static void a_binding_is_made_refreshed_and_ended(void)
{
    event(EV_BINDING_MADE, 10, 1, 1, 100);
    CHECK(bindings.n == 1 && bindings.list[0].ended == -1 && !bindings.list[0].how);
    event(EV_BINDING_REFRESHED, 20, 1, 1, 100);
    CHECK_EQ(bindings.list[0].changed, 20);
    event(EV_BINDING_ENDED, 30, 1, 1, 100);
    CHECK_EQ(bindings.list[0].made, 10);
    CHECK_EQ(bindings.list[0].changed, 30);
    CHECK_EQ(bindings.list[0].ended, 30);
    CHECK(bindings.list[0].how && !strcmp(bindings.list[0].how, "expired"));
    event(EV_BINDING_REFRESHED, 40, 1, 1, 100); /* of none that stands */
    CHECK_EQ(bindings.list[0].changed, 30);
    event(EV_BINDING_MADE, 50, 1, 1, 101); /* another life */
    CHECK(bindings.n == 2 && bindings.list[1].made == 50 && bindings.list[1].ended == -1);
    CHECK_EQ(bindings.list[0].ended, 30);
    bindings_release(&bindings);
    bindings = (struct bindings){.n = 0};
}

/* When which care-of address was bound: from each making or move to the next. */
static void a_move_ends_one_and_begins_the_next(void)
{
    event(EV_BINDING_MADE, 10, 1, 1, 100);
    event(EV_BINDING_MADE, 11, 1, 2, 200);
    event(EV_BINDING_MADE, 12, 2, 1, 300);
    event(EV_BINDING_MOVED, 20, 1, 1, 101);
    event(EV_BINDING_REFRESHED, 25, 1, 1, 101);
    event(EV_BINDING_ENDED, 30, 1, 1, 101);
    CHECK_EQ(bindings.n, 4);
    CHECK(care_of(0, 100) && care_of(3, 101));
    CHECK_EQ(bindings.list[0].ended, 20);
    CHECK(bindings.list[0].how && !strcmp(bindings.list[0].how, "moved"));
    CHECK_EQ(bindings.list[3].made, 20);
    CHECK_EQ(bindings.list[3].ended, 30);
    CHECK(bindings.list[1].ended == -1 && bindings.list[2].ended == -1);
    event(EV_L2_UP, 31, 1, 1, 101);
    CHECK_EQ(bindings.n, 4);
    bindings_release(&bindings);
    bindings = (struct bindings){.n = 0};
}

static void a_fleet_is_told_apart(void)
{
    bool right = true;
    for (unsigned k = 0; k < 3000; k++)
        event(EV_BINDING_MADE, k, k / 3, k % 3 + 1, k);
    for (unsigned k = 0; k < 3000; k += 2)
        event(EV_BINDING_ENDED, 5000 + k, k / 3, k % 3 + 1, k);
    for (unsigned k = 0; k < 3000; k++)
        right &= care_of(k, k) && bindings.list[k].ended == (k % 2 ? -1 : 5000 + (sim_time)k);
    CHECK(right);
    CHECK_EQ(bindings.n, 3000);
    bindings_release(&bindings);
    bindings = (struct bindings){.n = 0};
}

CHECK_MAIN(CASE(a_binding_is_made_refreshed_and_ended), CASE(a_move_ends_one_and_begins_the_next),
           CASE(a_fleet_is_told_apart))
