/* ESP in a node whose processor takes time: what waits, when an SA changes, what is paid for, and
 * what dies where. */
#include "models/node/cpu.h"
#include "models/node/inject.h"

#include "tests/settled_world.h"

#define NULL_ "nodes.car.ipsec={payload: tunnel, suite: null-sha1, return_routability: none}"
#define SLOW_ \
    "nodes.ha.cpu={queue: 2 packets, profile: " SCENARIOS "/validation/profiles/saturated.csv}"
#define TIMED_ "nodes.ha.cpu={profile: " SCENARIOS "/validation/profiles/idle.csv}"
#define BOTH   "nodes.car.decision={builtin: duplicate}"
#define AFTER                                                                                   \
    "nodes.car.ipsec={payload: tunnel, suite: null-sha1, return_routability: none, duplicate: " \
    "after-esp}"

enum { SEAL = 999983, OPEN = 10000, TEXT = 144 /* 140 and 2, to a multiple of four */ };

static void payload_down(void)
{
    arrive_at_agent(udp_packet(&peer, &home, 100));
}

static struct cpu_count count_now(void)
{
    return cpu_count(agent_node()->cpu);
}

/* Frames of ESP that the home agent has sent since. */
static unsigned esp_since(sim_time t, sim_time *last)
{
    unsigned n = 0;
    for (unsigned k = 0; k < seen_frames; k++) {
        if (frames[k].t < t || frames[k].c.upper != IP6_ESP ||
            (frames[k].port != iface_of("ha", "ha-lte")->port->index &&
             frames[k].port != iface_of("ha", "ha-wlan")->port->index))
            continue;
        *last = frames[k].t;
        n++;
    }
    return n;
}

static void what_is_sealed_waits_its_turn(void)
{
    BEGIN_SETTLED(NULL_, SLOW_);
    struct sa *sa = down_out("payload");
    uint64_t first = sa->sequence;
    sim_time t = now_is();
    sim_time last = 0;
    for (int k = 0; k < 5; k++)
        payload_down();
    /* One has its number, two wait and have none, the others never get one. */
    CHECK_EQ(sa->sequence, first + 1);
    CHECK_EQ(dropped[DROP_CPU_QUEUE], 2);
    CHECK_EQ(esp_since(t, &last), 0);
    run_to(t + SEAL);
    CHECK_EQ(sa->sequence, first + 2);
    CHECK(esp_since(t, &last) == 1 && last == t + SEAL);
    run_to(t + SIM_S);
    CHECK_EQ(sa->sequence, first + 3);
    CHECK(esp_since(t, &last) == 3 && last == t + 3 * SEAL);
    CHECK_EQ(sa->count.packets, first + 3);
    end_world();
}

static void what_waits_for_an_sa_that_ends_dies(void)
{
    BEGIN_SETTLED(NULL_, SLOW_);
    struct sa *sa = down_out("payload");
    sim_time t = now_is();
    sim_time last = 0;
    payload_down();
    payload_down();
    sad_end(&ipsec_of(agent_node())->sad, sa, t);
    run_to(t + SIM_S);
    CHECK(esp_since(t, &last) == 1 && last == t + SEAL); /* it was begun */
    CHECK_EQ(dropped[DROP_NO_SA], 1);
    end_world();
}

/* The window moves when the service begins; the packet goes on when it ends. */
static void what_is_opened_goes_on_when_it_is_paid_for(void)
{
    BEGIN_SETTLED(NULL_, TIMED_);
    struct sa *sa = up_in("payload");
    struct sa sender = like(up_out("payload"));
    struct cpu_count before = count_now();
    sim_time t = now_is();
    uint64_t packets = sa->count.packets;
    unsigned sent = seen_frames;
    arrive_at_agent(in_tunnel(&sender, &wifi, &agent, payload_up()));
    CHECK_EQ(sa->count.packets, packets + 1);
    CHECK_EQ(seen_frames, sent);
    run_to(t + OPEN + TEXT - 1);
    CHECK_EQ(seen_frames, sent);
    run_to(t + OPEN + TEXT);
    CHECK(seen_frames == sent + 1 && addr_eq(&frames[sent].h.src, &home)); /* to the peer */
    CHECK_EQ(count_now().busy - before.busy, OPEN + TEXT);
    CHECK_EQ(count_now().jobs - before.jobs, 1);
    end_world();
}

static void what_is_refused_is_paid_for_as_far_as_it_came(void)
{
    BEGIN_SETTLED(NULL_, TIMED_);
    struct sa sender = like(up_out("payload"));
    struct pkt *p = in_tunnel(&sender, &wifi, &agent, payload_up());
    struct pkt *again = pkt_copy(&world.packets, p);
    struct pkt *wrong = in_tunnel(&sender, &wifi, &agent, payload_up());
    struct pkt *nobodys = pkt_copy(&world.packets, wrong);
    wrong->at[wrong->len - 1] ^= 1;
    nobodys->at[IP6_HEADER] ^= 1; /* its SPI */
    arrive_at_agent(p);
    run_to(now_is() + SIM_MS);
    struct cpu_count before = count_now();
    CHECK(dies_at_agent(again, DROP_REPLAY));
    CHECK_EQ(count_now().busy, before.busy);
    CHECK(dies_at_agent(nobodys, DROP_NO_SA));
    CHECK_EQ(count_now().busy, before.busy);
    sim_time t = now_is();
    arrive_at_agent(wrong);
    run_to(t + OPEN + TEXT - 1);
    CHECK_EQ(dropped[DROP_ICV], 0); /* it is in the processor */
    run_to(t + OPEN + TEXT);
    CHECK_EQ(dropped[DROP_ICV], 1);
    CHECK_EQ(count_now().busy, before.busy + OPEN + TEXT);
    end_world();
}

/* A packet that is opened where others are: what the node knows of each goes with it. */
static void packets_in_the_processor_do_not_mix(void)
{
    BEGIN_SETTLED(NULL_, TIMED_);
    struct sa sender = like(up_out("payload"));
    struct sa updater = like(up_out("bu"));
    struct mh bu = some_update(1, &wifi);
    sim_time t = now_is();
    arrive_at_agent(in_tunnel(&sender, &stranger, &agent, payload_up())); /* from nowhere */
    arrive_at_agent(in_tunnel(&sender, &lte, &agent, payload_up()));
    arrive_at_agent(in_transport(&updater, update_from(&wifi, &home, &bu)));
    payload_down();
    arrive_at_agent(in_clear_tunnel(&lte, &agent, payload_up()));
    CHECK_EQ(dropped[DROP_CLEAR_BUT_PROTECTED], 1); /* overtakes them all */
    run_to(t + SIM_MS);
    CHECK_EQ(dropped[DROP_ESP_SOURCE_NOT_BOUND], 1);
    CHECK_EQ(other_drops(DROP_ESP_SOURCE_NOT_BOUND), 1);
    CHECK(event_after(EV_BU_RECEIVED, t) != NULL && event_after(EV_BA_SENT, t) != NULL);
    end_world();
}

static void copies_are_sealed_once_and_paid_for_once(void)
{
    BEGIN_SETTLED(AFTER, BOTH, TIMED_);
    struct cpu_count before = count_now();
    sim_time t = now_is();
    sim_time last = 0;
    payload_down();
    run_to(t + SIM_MS);
    CHECK_EQ(esp_since(t, &last), 2);
    CHECK_EQ(count_now().jobs - before.jobs, 1);
    CHECK_EQ(last, t + 20000 + TEXT * 3 / 2);
    end_world();
}

/* The packet that an attacker waits for is met when it is sealed, and suffers when it leaves. */
static void injections_wait_with_their_packet(void)
{
    BEGIN_SETTLED(NULL_, SLOW_);
    const struct inject_order order = {.kind = INJECT_WRONG_ICV, .policy = "payload"};
    sim_time t = now_is();
    sim_time last = 0;
    inject_arm(agent_node(), &order);
    payload_down();
    payload_down();
    path_out(agent_node(), udp_packet(&agent, &peer, 64)); /* leaves meanwhile, in the clear */
    run_to(t + SEAL - 1);
    CHECK(event_after(EV_INJECTED, t) == NULL);
    run_to(t + SEAL);
    CHECK(event_after(EV_INJECTED, t) != NULL);
    CHECK_EQ(esp_since(t, &last), 2); /* a copy in front of it */
    run_to(t + SIM_S);
    CHECK_EQ(esp_since(t, &last), 3);
    CHECK_EQ(dropped[DROP_ICV], 1);
    end_world();
}

/* What is in the processor at the end of a run is nobody's loss: end_world() counts packets. */
static void the_run_may_end_meanwhile(void)
{
    BEGIN_SETTLED(NULL_, SLOW_);
    for (int k = 0; k < 3; k++)
        payload_down();
    run_to(now_is() + SEAL / 2);
    end_world();
}

CHECK_MAIN(CASE(what_is_sealed_waits_its_turn), CASE(what_waits_for_an_sa_that_ends_dies),
           CASE(what_is_opened_goes_on_when_it_is_paid_for),
           CASE(what_is_refused_is_paid_for_as_far_as_it_came),
           CASE(packets_in_the_processor_do_not_mix),
           CASE(copies_are_sealed_once_and_paid_for_once), CASE(injections_wait_with_their_packet),
           CASE(the_run_may_end_meanwhile))
