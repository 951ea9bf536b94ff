/* What the helper for ns-3 programs does besides ns-3: tickets, the order of one instant, and a
 * hand-over over devices, which has the numbers of the library's example. */
#include "sim/ns3/helper/bindings.h"

#include "tests/check.h"
#include "tests/ns3/user_queue.h"

using namespace user_test;

static const int64_t ms = 1000000;

/* ---- tickets --------------------------------------------------------------------------------- */

static Ticket to_port(Port *from, Port *to, int64_t at)
{
    Ticket t;
    t.number = 7;
    t.from = from;
    t.to = to;
    t.at = at;
    return t;
}

static void a_frame_to_one_ends_where_it_was_for()
{
    Port a{}, b{}, c{};
    Tickets tickets(100);
    uint64_t tag = tickets.Take(to_port(&a, &b, 0));
    CHECK(tag != 0);
    CHECK(!Tickets::Hear(tickets.Find(tag), &c, 2));
    CHECK(Tickets::Hear(tickets.Find(tag), &b, 1));
    CHECK_EQ(tickets.End(tag).number, 7);
    CHECK(!tickets.Find(tag));
    CHECK_EQ(tickets.Out(), 0);
    uint64_t other = tickets.Take(to_port(&a, &b, 1)); /* the same place, another tag */
    CHECK(other != tag);
    CHECK(!tickets.Find(tag));
    CHECK(!tickets.Find(0));
    CHECK(!tickets.Find(UINT64_MAX));
}

static void a_group_ends_with_its_last_listener()
{
    Port a{}, b{};
    Tickets tickets(100);
    Ticket t = to_port(&a, nullptr, 0);
    t.group = true;
    t.awaited = 6; /* ports 1 and 2 */
    uint64_t tag = tickets.Take(t);
    CHECK(Tickets::IsLost(*tickets.Find(tag)));
    CHECK(!Tickets::Hear(tickets.Find(tag), &b, 1));
    CHECK(!Tickets::Hear(tickets.Find(tag), &b, 1)); /* a copy */
    CHECK(!Tickets::IsLost(*tickets.Find(tag)));
    CHECK(Tickets::Hear(tickets.Find(tag), &b, 2));
    t.awaited = 0; /* nobody is there: that is no loss, and nothing to wait for either */
    tag = tickets.Take(t);
    CHECK(!Tickets::Hear(tickets.Find(tag), &b, 3));
    CHECK(!Tickets::IsLost(*tickets.Find(tag)));
    t.awaited = 2;
    t.crowd = true; /* more than can be told apart: the bound ends it */
    tag = tickets.Take(t);
    CHECK(!Tickets::Hear(tickets.Find(tag), &b, 1));
    CHECK(!Tickets::Hear(tickets.Find(tag), &b, 200));
    CHECK(!Tickets::IsLost(*tickets.Find(tag)));
}

static void the_oldest_is_due_first_whatever_ends_between()
{
    Port a{}, b{};
    Tickets tickets(100);
    uint64_t tag[50];
    CHECK_EQ(tickets.Due(), INT64_MAX);
    for (int k = 0; k < 50; k++)
        tag[k] = tickets.Take(to_port(k % 2 ? &a : &b, nullptr, k));
    for (int k = 0; k < 50; k += 3)
        (void)tickets.End(tag[k]);
    CHECK_EQ(tickets.Due(), 101);
    CHECK_EQ(tickets.Overdue(100), 0);
    CHECK_EQ(tickets.Of(&a).size(), 17);
    int last = -1;
    for (uint64_t t = tickets.Overdue(130); t; t = tickets.Overdue(130)) {
        int at = static_cast<int>(tickets.End(t).at);
        CHECK(at > last && at % 3 != 0 && at <= 30);
        last = at;
    }
    CHECK_EQ(last, 29);
    CHECK_EQ(tickets.Due(), 131);
    for (int k = 31; k < 50; k++) {
        if (tickets.Find(tag[k]))
            (void)tickets.End(tag[k]);
    }
    CHECK_EQ(tickets.Out(), 0);
    CHECK_EQ(tickets.Due(), INT64_MAX);
}

/* ---- frames ---------------------------------------------------------------------------------- */

static void padding_is_cut_off_and_a_group_is_found()
{
    uint8_t packet[60] = {0x60, 0, 0, 0, 0, 4};
    const Mac own = {2, 0, 0, 0, 0, 1};
    const Mac nodes = {0x33, 0x33, 0, 0, 0, 1};
    EtherHeader h{nodes, own, ETHERTYPE_IP6}, back;
    CHECK_EQ(Ip6Length(packet, sizeof packet), 44);
    CHECK_EQ(Ip6Length(packet, 42), 42); /* cut short: that is the node's affair */
    CHECK_EQ(Ip6Length(packet, 39), 39);
    CHECK(Ip6Station(packet, sizeof packet, own) == own);
    packet[24] = 0xff;
    packet[39] = 1;
    CHECK(Ip6Station(packet, sizeof packet, own) == nodes);
    packet[0] = 0x45;
    CHECK_EQ(Ip6Length(packet, sizeof packet), sizeof packet);
    WriteEther(h, packet);
    CHECK(ReadEther(packet, ETHER_BYTES, &back));
    CHECK(back.to == nodes && back.from == own && back.type == ETHERTYPE_IP6);
    CHECK(!ReadEther(packet, ETHER_BYTES - 1, &back));
}

/* ---- hand-overs ------------------------------------------------------------------------------ */

static bool see(Bindings *bindings, int64_t time, const char *name, const char *care_of, Binding *b)
{
    const struct monami_field field[] = {{"home_address", "2001:db8:a::100", 0},
                                         {"bid", "1", 1},
                                         {"interface", "wlan0", 0},
                                         {"care_of_address", care_of, 0}};
    const struct monami_event e = {time, "car", name, field, 4};
    return bindings->See(e, b);
}

static void only_another_address_is_a_hand_over()
{
    Bindings bindings;
    Binding b;
    CHECK(see(&bindings, 5, "mip6.registered", "2001:db8:1::1", &b));
    CHECK(b.is_first && b.since_link == -1 && b.bid == 1);
    CHECK(!see(&bindings, 6, "mip6.registered", "2001:db8:1::1", &b)); /* a refresh */
    CHECK(!see(&bindings, 7, "l2.up", "", &b));
    CHECK(!see(&bindings, 8, "mip6.ba_received", "2001:db8:2::1", &b));
    CHECK(see(&bindings, 10, "mip6.registered", "2001:db8:2::1", &b));
    CHECK(!b.is_first && b.since_link == 3);
}

/* ---- a world over devices -------------------------------------------------------------------- */

/* As in sim/lib/examples/handover.c, but for who moves: there the links come 300 ms after they are
 * asked for, and so they do here. */
static const char scenario[] =
    "monami: 1\n"
    "title: From west to east\n"
    "general: {stop: 40 s}\n"
    "networks:\n"
    "  home: {prefix: '2001:db8:a::/64', agent: ha}\n"
    "  west: {preset: wifi-11g, prefix: '2001:db8:1::/64'}\n"
    "  east: {preset: wifi-11g, prefix: '2001:db8:2::/64'}\n"
    "backbone:\n"
    "  ha-west: {between: [home, west], delay: 5 ms}\n"
    "  ha-east: {between: [home, east], delay: 9 ms}\n"
    "nodes:\n"
    "  ha: {role: home-agent, network: home}\n"
    "  cn: {role: correspondent, network: home}\n"
    "  car: {role: mobile, home: {agent: ha, address: '2001:db8:a::100'}, interfaces: {wlan0: "
    "{attach: west}}}\n"
    "flows:\n"
    "  call: {between: [car, cn], traffic: {voice: g711}, start: 10 s}\n"
    "events: [{at: 20 s, attach: car.wlan0, to: east}]\n";

struct Call {
    uint64_t sent = 0, received = 0, lost = 0;
    int64_t last = 0, gap = 0;
    unsigned handovers = 0;
    int64_t since_link = 0;
    std::string care_of;
    bool any_interface = false;
    Bindings bindings;
};

static void see_packet(void *owner, const struct monami_packet *p)
{
    auto *call = static_cast<Call *>(owner);
    if (!p->down)
        return;
    call->sent += p->what == MONAMI_PACKET_SENT;
    call->lost += p->what == MONAMI_PACKET_LOST;
    if (p->what != MONAMI_PACKET_RECEIVED)
        return;
    if (call->received++ && p->time - call->last > call->gap)
        call->gap = p->time - call->last;
    call->last = p->time;
}

static void see_event(void *owner, const struct monami_event *e)
{
    auto *call = static_cast<Call *>(owner);
    Binding b;
    if (!call->bindings.See(*e, &b))
        return;
    CHECK(b.is_first == (call->handovers == 0) || call->any_interface);
    CHECK(!strcmp(b.node, "car") && (call->any_interface || !strcmp(b.interface, "wlan0")));
    call->handovers++;
    call->since_link = b.since_link;
    call->care_of = b.care_of_address;
}

static const struct monami_watcher watcher = {see_event, nullptr, see_packet};

/* The car has one interface: its device is a member of both media. */
struct World {
    struct monami *m = monami_new();
    Queue queue;
    Waker waker{m, &queue};
    Carrier carrier;
    Air air[2];
    FakeDevice router[2], car;
    Call call;

    explicit World(int64_t bound = 5000 * ms) : carrier(m, &waker, bound)
    {
        static const char *const name[2] = {"west", "east"};
        CHECK_EQ(monami_read(m, "walk", scenario, strlen(scenario)), MONAMI_OK);
        CHECK_EQ(monami_watch(m, &watcher, &call), MONAMI_OK);
        queue.waker = &waker;
        for (int k = 0; k < 2; k++) {
            air[k].queue = &queue;
            air[k].waker = &waker;
            air[k].carrier = &carrier;
            air[k].delay = k ? 8 * ms : 3 * ms;
            air[k].device = {&router[k], &car};
            router[k].air = &air[k];
            router[k].up = true;
            router[k].name = name[k];
            CHECK(carrier.AddNetwork(name[k], &router[k]));
        }
        car.air = &air[0];
        carrier.AddHost("car.wlan0", &car);
    }
    ~World()
    {
        monami_free(m);
    }
    void Build()
    {
        if (monami_build(m)) {
            (void)fprintf(stderr, "%s", monami_why(m));
            exit(1);
        }
        CHECK(carrier.Missing().empty());
        queue.After(0, [this] {
            waker.Begin();
            Within within(&waker);
            carrier.Start();
        });
        Link(300 * ms, 0, true);
        Link(20000 * ms, 1, false); /* after the event of the scenario, as it was planned later */
        Link(20300 * ms, 1, true);
        PlanExpiry();
    }
    void Link(int64_t at, int medium, bool up)
    {
        queue.After(at, [this, medium, up] {
            car.air = &air[medium];
            car.up = up;
            Within within(&waker);
            carrier.LinkChanged(&car);
        });
    }
    void PlanExpiry()
    {
        queue.After(100 * ms, [this] {
            Within within(&waker);
            carrier.Expire(queue.Now());
            PlanExpiry();
        });
    }
    uint64_t Counter(const char *name)
    {
        uint64_t value = 0;
        CHECK_EQ(monami_counter(m, name, &value), MONAMI_OK);
        return value;
    }
    uint64_t InFlight()
    {
        return Counter("outside.west.in_flight") + Counter("outside.east.in_flight");
    }
};

static void a_hand_over_has_the_numbers_of_the_example()
{
    World w;
    w.Build();
    w.queue.Run(40001 * ms);
    CHECK_EQ(monami_now(w.m), 40000 * ms);
    CHECK_EQ(w.call.sent, 1500); /* handover.expected */
    CHECK_EQ(w.call.lost, 186);
    CHECK_EQ((w.call.gap + 500) / 1000, 3763146);
    CHECK_EQ(w.queue.backwards, 0);
    CHECK_EQ(w.call.handovers, 2);
    CHECK(w.call.care_of.find("2001:db8:2:") == 0);
    CHECK_EQ(w.call.since_link / 1000, 3453928); /* 23753.928 - 20300 ms */
    CHECK_EQ(w.carrier.Count().overdue, 0);
    CHECK_EQ(w.carrier.Count().refused, 0);
    CHECK(w.carrier.Out() == w.InFlight());
}

static void padding_and_copies_change_nothing()
{
    World w;
    for (Air &air : w.air) {
        air.pads_to = 46;
        air.copies = 2;
    }
    w.Build();
    w.queue.Run(40001 * ms);
    CHECK_EQ(w.call.sent, 1500);
    CHECK_EQ(w.call.lost, 186);
    CHECK_EQ((w.call.gap + 500) / 1000, 3763146);
    CHECK(w.carrier.Count().late > 2000); /* the copies */
    CHECK_EQ(w.carrier.Count().strangers, 0);
}

/* Nothing is counted twice, and nothing is forgotten. */
static void each_frame_ends_once_whatever_is_told()
{
    for (int told = 0; told < 3; told++) {
        World w(700 * ms);
        for (Air &air : w.air) {
            (told ? air.says_each : air.loses_each) = 7;
            if (told == 2)
                air.loses_each = 5;
        }
        w.Build();
        w.queue.Run(40001 * ms);
        const CarrierCount &c = w.carrier.Count();
        CHECK(w.call.lost > 186);
        CHECK(w.air[0].vanished + w.air[1].vanished > 100 || told == 1);
        CHECK(w.air[0].told + w.air[1].told > 100 || told == 0);
        CHECK((c.overdue > 100) == (told != 1));
        CHECK((c.dropped > 100) == (told != 0));
        CHECK(w.carrier.Out() == w.InFlight());
        CHECK(w.call.received + w.call.lost <= w.call.sent);
        CHECK(w.call.sent - w.call.received - w.call.lost <= w.carrier.Out());
        CHECK_EQ(c.sent, w.Counter("outside.west.sent") + w.Counter("outside.east.sent"));
    }
}

static void what_comes_after_the_bound_is_late_and_lost()
{
    World w(2 * ms); /* both media take longer */
    w.Build();
    w.queue.Run(8000 * ms);
    w.PlanExpiry();
    for (int k = 0; k < 8000; k++) { /* looked at more often than World does */
        w.queue.After(k * ms, [&w] {
            Within within(&w.waker);
            w.carrier.Expire(w.queue.Now());
        });
    }
    w.queue.Run(16000 * ms);
    CHECK(w.carrier.Count().late > 0);
    CHECK(w.carrier.Count().overdue > 0);
}

static void a_device_may_refuse_or_drop_at_once()
{
    for (int how = 0; how < 3; how++) {
        World w;
        w.Build();
        w.queue.Run(15000 * ms);
        uint64_t lost = w.Counter("frames.lost");
        CHECK_EQ(lost, 0);
        w.car.room = how != 0;
        w.car.takes = how != 1;
        w.car.tells = how == 2;
        w.queue.Run(16000 * ms);
        CHECK(w.Counter("frames.lost") >= 50); /* the voice of a second */
        CHECK_EQ(w.Counter(how == 2 ? "drop.link_loss" : "drop.queue_full"),
                 w.Counter("frames.lost"));
        CHECK_EQ(w.carrier.Count().refused, how == 2 ? 0 : w.Counter("frames.lost"));
    }
}

/* At one instant what ns-3 delivers comes before our timers, whoever planned first. */
static void a_delivery_comes_before_the_timers_of_its_instant()
{
    World w;
    (void)monami_set(w.m, "flows.call.random_phase", "false");
    w.Build();
    bool seen = false;
    w.queue.Run(9999 * ms);
    int64_t next = 0;
    w.queue.After(ms / 2, [&] { next = monami_next(w.m); });
    w.queue.Run(9999 * ms + 600000);
    CHECK(next > 0 && next <= 10000 * ms);
    w.queue.After(10000 * ms - w.queue.Now(), [&] { /* the wake for it is planned before that */
                                                    CHECK_EQ(w.Counter("packets.sent"), 0);
                                                    const std::vector<uint8_t> nothing(40, 0);
                                                    w.air[0].Deliver(&w.car, 0, nothing,
                                                                     ETHERTYPE_IP6);
                                                    CHECK_EQ(monami_now(w.m), 10000 * ms);
                                                    CHECK_EQ(w.Counter("packets.sent"), 0);
                                                    seen = true;
    });
    w.queue.Run(10000 * ms + 1);
    CHECK(seen);
    CHECK_EQ(w.Counter("packets.sent"), 2); /* both directions */
    CHECK_EQ(w.carrier.Count().strangers, 1);
}

/* A cellular network has bearers, without Ethernet; its router's end is one device. */
static void a_bearer_carries_packets()
{
    World w;
    Air cell;
    FakeDevice tower, phone;
    cell.queue = &w.queue;
    cell.waker = &w.waker;
    cell.carrier = &w.carrier;
    cell.delay = 20 * ms;
    cell.device = {&tower, &phone};
    tower.air = phone.air = &cell;
    phone.up = true;
    (void)monami_set(w.m, "networks.cell", "{preset: lte, prefix: {pool: '2001:db8:1000::/40'}}");
    (void)monami_set(w.m, "backbone.ha-cell", "{between: [home, cell], delay: 5 ms}");
    (void)monami_set(w.m, "nodes.car.interfaces", "{wlan0: {attach: west}, cell0: {attach: cell}}");
    (void)monami_set(w.m, "nodes.car.decision", "{builtin: failover, prefer: [cell0, wlan0]}");
    CHECK(w.carrier.AddNetwork("cell", &tower));
    w.carrier.AddHost("car.cell0", &phone);
    w.call.any_interface = true;
    w.Build();
    w.queue.Run(19000 * ms);
    CHECK(cell.frames > 500);
    CHECK(w.call.received > 400);
    CHECK_EQ(w.call.lost, 0);
    CHECK_EQ(w.carrier.Count().late, 0);
    CHECK_EQ(w.carrier.Count().overdue, 0);
    phone.up = false;
    {
        Within within(&w.waker);
        w.carrier.LinkChanged(&phone);
    }
    CHECK(!monami_port_up(monami_port(w.m, "car.cell0")));
    w.queue.Run(40001 * ms);
    CHECK(w.call.lost > 0);
}

static void what_has_no_device_is_told()
{
    World w;
    (void)monami_set(w.m, "nodes.car.interfaces.wlan1", "{attach: east}");
    CHECK_EQ(monami_build(w.m), MONAMI_OK);
    CHECK(w.carrier.Missing() == "car.wlan1 is on network east, which devices carry, and has none");
    World x;
    FakeDevice spare;
    x.carrier.AddHost("car.wlan7", &spare);
    CHECK_EQ(monami_build(x.m), MONAMI_OK);
    CHECK(x.carrier.Missing() == "there is no interface car.wlan7 on a network that devices carry");
}

static void after_the_end_nothing_happens()
{
    World w;
    w.Build();
    w.queue.Run(15000 * ms);
    uint64_t sent = w.call.sent;
    w.waker.End();
    w.queue.Run(16000 * ms);
    CHECK_EQ(w.call.sent, sent);
    CHECK(monami_now(w.m) <= 15000 * ms);
}

static void the_last_instant_is_run_and_what_follows_is_not_heard()
{
    World w, x;
    w.air[1].loses_each = x.air[1].loses_each = 7;
    w.Build();
    w.queue.Run(40000 * ms); /* stopped before the wakes of that instant */
    CHECK(monami_now(w.m) < 40000 * ms);
    w.waker.End();
    CHECK_EQ(monami_now(w.m), 40000 * ms);
    x.Build();
    x.queue.Run(40001 * ms);
    uint64_t overdue = x.carrier.Count().overdue;
    CHECK(x.Counter("frames.sent") == w.Counter("frames.sent"));
    uint64_t came = x.carrier.Count().arrived;
    CHECK(x.carrier.Out() > 0);
    x.queue.Run(60000 * ms);
    CHECK_EQ(x.carrier.Count().arrived, came);
    CHECK_EQ(x.carrier.Count().overdue, overdue);
    x.waker.End();
    CHECK_EQ(monami_now(x.m), 40000 * ms);
}

int main(int argc, char **argv)
{
#define WITH_NAME(fn) \
    {                 \
#fn, fn       \
    }
    static const struct check_case cases[] = {
        WITH_NAME(a_frame_to_one_ends_where_it_was_for),
        WITH_NAME(a_group_ends_with_its_last_listener),
        WITH_NAME(the_oldest_is_due_first_whatever_ends_between),
        WITH_NAME(padding_is_cut_off_and_a_group_is_found),
        WITH_NAME(only_another_address_is_a_hand_over),
        WITH_NAME(a_hand_over_has_the_numbers_of_the_example),
        WITH_NAME(padding_and_copies_change_nothing),
        WITH_NAME(each_frame_ends_once_whatever_is_told),
        WITH_NAME(what_comes_after_the_bound_is_late_and_lost),
        WITH_NAME(a_device_may_refuse_or_drop_at_once),
        WITH_NAME(a_delivery_comes_before_the_timers_of_its_instant),
        WITH_NAME(a_bearer_carries_packets),
        WITH_NAME(what_has_no_device_is_told),
        WITH_NAME(after_the_end_nothing_happens),
        WITH_NAME(the_last_instant_is_run_and_what_follows_is_not_heard)};
    return check_main(argc, argv, cases, sizeof cases / sizeof cases[0]);
}
