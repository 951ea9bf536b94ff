#include "sim/core/sim.h"
#include "sim/core/tap.h"

#include "tests/check.h"

static char order[64];

struct mark {
    struct sim_timer timer;
    char name;
    struct mark *arms; /* on running, arm this one now */
};

static void note(struct sim *sim, void *owner)
{
    struct mark *m = owner;
    size_t n = strlen(order);
    order[n] = m->name;
    order[n + 1] = '\0';
    if (m->arms)
        sim_arm(sim, &m->arms->timer, sim_now(sim));
}

static void is_timer(struct mark *m, char name)
{
    *m = (struct mark){.name = name};
    sim_timer_init(&m->timer, note, m);
}

static void is_delivery(struct mark *m, char name, uint64_t key)
{
    *m = (struct mark){.name = name};
    sim_delivery_init(&m->timer, note, m, key);
}

static void deliveries_run_before_timers_of_the_same_instant(void)
{
    struct sim *sim = sim_new();
    struct mark t1, t2, d5, d2;
    order[0] = '\0';
    is_timer(&t1, 'a');
    is_timer(&t2, 'b');
    is_delivery(&d5, '5', 5);
    is_delivery(&d2, '2', 2);
    sim_arm(sim, &t1.timer, 10);
    sim_arm(sim, &t2.timer, 10);
    sim_arm(sim, &d5.timer, 10);
    sim_arm(sim, &d2.timer, 10);
    CHECK_EQ(sim_run_until(sim, 10), 4);
    CHECK(!strcmp(order, "25ab"));
    sim_free(sim);
}

static void timers_run_in_order_of_arming_and_rearming_counts(void)
{
    struct sim *sim = sim_new();
    struct mark a, b, c;
    order[0] = '\0';
    is_timer(&a, 'a');
    is_timer(&b, 'b');
    is_timer(&c, 'c');
    sim_arm(sim, &a.timer, 7);
    sim_arm(sim, &b.timer, 7);
    sim_arm(sim, &c.timer, 7);
    sim_arm(sim, &a.timer, 7); /* now the last */
    (void)sim_run_until(sim, 100);
    CHECK(!strcmp(order, "bca"));
    CHECK_EQ(sim_now(sim), 100);
    sim_free(sim);
}

static void a_delivery_due_now_runs_before_a_timer_that_waits(void)
{
    struct sim *sim = sim_new();
    struct mark t1, t2, d;
    order[0] = '\0';
    is_timer(&t1, 'a');
    is_timer(&t2, 'b');
    is_delivery(&d, 'd', 1);
    t1.arms = &d;
    sim_arm(sim, &t1.timer, 3);
    sim_arm(sim, &t2.timer, 3);
    (void)sim_run_until(sim, 3);
    CHECK(!strcmp(order, "adb"));
    sim_free(sim);
}

static void stopping_keeps_the_order_of_the_rest(void)
{
    enum { N = 500 };
    static struct mark m[N];
    struct sim *sim = sim_new();
    for (int k = 0; k < N; k++) {
        is_timer(&m[k], 'x');
        sim_arm(sim, &m[k].timer, (k * 7919) % 1000);
    }
    for (int k = 0; k < N; k += 3)
        sim_stop(sim, &m[k].timer);
    sim_time last = 0;
    uint64_t ran = 0;
    while (sim_next(sim) != SIM_NEVER) {
        CHECK(sim_next(sim) >= last);
        last = sim_next(sim);
        order[0] = '\0';
        ran += sim_run_until(sim, last);
        if (strlen(order) > 8)
            order[0] = '\0';
    }
    CHECK_EQ(ran, N - (N + 2) / 3);
    sim_free(sim);
}

static uint64_t seen_id, seen_cause;

static void see_event(void *self, const struct tap_event *e)
{
    (void)self;
    seen_id = e->id;
    seen_cause = e->cause;
}

static void tell(struct sim *sim, void *owner)
{
    struct mark *m = owner;
    tap_event(sim, 0, 0, NULL, 0);
    if (m->arms)
        sim_arm_in(sim, &m->arms->timer, 5);
}

static void a_timer_carries_the_event_that_armed_it(void)
{
    struct sim *sim = sim_new();
    struct tap tap = {.event = see_event};
    struct mark a, b;
    sim_add_tap(sim, &tap);
    is_timer(&a, 'a');
    is_timer(&b, 'b');
    a.timer.fn = tell;
    b.timer.fn = tell;
    a.arms = &b;
    sim_arm(sim, &a.timer, 1);
    (void)sim_run_until(sim, 1);
    CHECK_EQ(seen_id, 1);
    CHECK_EQ(seen_cause, 0);
    (void)sim_run_until(sim, 10);
    CHECK_EQ(seen_id, 2);
    CHECK_EQ(seen_cause, 1);
    sim_free(sim);
}

CHECK_MAIN(CASE(deliveries_run_before_timers_of_the_same_instant),
           CASE(timers_run_in_order_of_arming_and_rearming_counts),
           CASE(a_delivery_due_now_runs_before_a_timer_that_waits),
           CASE(stopping_keeps_the_order_of_the_rest),
           CASE(a_timer_carries_the_event_that_armed_it))
