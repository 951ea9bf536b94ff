/* A hand-over between two networks whose frames this program carries, each with a delay of its own.
 *
 *     cc handover.c $(pkg-config --cflags --libs monami) -o handover && ./handover
 */
#include <monami.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MS INT64_C(1000000) /* ns */

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
    "  car: {role: mobile, home: {agent: ha, address: '2001:db8:a::100'}, interfaces: {wlan0: {attach: west}}}\n"
    "flows:\n"
    "  call: {between: [car, cn], traffic: {voice: g711}, start: 10 s}\n";

enum { PORTS = 4, FRAMES = 4096 };

struct frame {
    uint64_t ticket;
    const uint8_t *bytes;
    size_t n;
    int64_t due;
};

/* A network: what is sent reaches all its other ports after `delay`. */
struct air {
    struct monami *m;
    struct monami_network *net;
    int64_t delay;
    struct monami_port *port[PORTS];
    unsigned ports;
    struct frame frame[FRAMES]; /* a ring, oldest first */
    unsigned first, frames;
    struct monami_port *asks; /* a host that gets its link at `link_at` */
    int64_t link_at;
};

static void join(void *owner, struct monami_port *port, struct monami_port *far)
{
    struct air *air = owner;
    (void)far; /* there are no bearers here */
    if (air->ports < PORTS)
        air->port[air->ports++] = port;
}

static void attach(void *owner, struct monami_port *host)
{
    struct air *air = owner;
    air->asks = host;
    air->link_at = monami_now(air->m) + 300 * MS;
}

static void send(void *owner, struct monami_port *from, uint64_t ticket, const uint8_t *bytes,
                 size_t n)
{
    struct air *air = owner;
    (void)from;
    if (air->frames == FRAMES) {
        (void)monami_lose(air->net, ticket, MONAMI_LOST_QUEUE);
        return;
    }
    air->frame[(air->first + air->frames++) % FRAMES] =
        (struct frame){ticket, bytes, n, monami_now(air->m) + air->delay};
}

static const struct monami_ways ways = {join, attach, NULL, send};

static int64_t next_of(const struct air *air)
{
    int64_t next = air->asks ? air->link_at : MONAMI_NEVER;
    return air->frames && air->frame[air->first].due < next ? air->frame[air->first].due : next;
}

/* What is due now. */
static void carry(struct air *air)
{
    while (air->frames && air->frame[air->first].due <= monami_now(air->m)) {
        const struct frame f = air->frame[air->first];
        air->first = (air->first + 1) % FRAMES;
        air->frames--;
        for (unsigned k = 0; k < air->ports; k++) /* only whom it is for takes it */
            (void)monami_receive(air->net, air->port[k], f.ticket, f.bytes, f.n, NULL);
        (void)monami_done(air->net, f.ticket);
    }
    if (air->asks && air->link_at <= monami_now(air->m)) {
        (void)monami_carry(air->net, air->asks, true);
        air->asks = NULL;
    }
}

/* What the call felt of it, towards the car. */
struct call {
    uint64_t sent, received, lost;
    int64_t last, gap; /* ns */
};

static void see_packet(void *owner, const struct monami_packet *p)
{
    struct call *call = owner;
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
    (void)owner;
    if (strncmp(e->name, "l2.", 3) && strncmp(e->name, "mip6.b", 6))
        return;
    printf("%9.3f ms  %-4s %s", (double)e->time / 1e6, e->node, e->name);
    for (size_t k = 0; k < e->fields; k++)
        printf(" %s=%s", e->field[k].key, e->field[k].text);
    printf("\n");
}

int main(void)
{
    static struct air air[2] = {{.delay = 3 * MS}, {.delay = 8 * MS}};
    static const char *const name[2] = {"west", "east"};
    const struct monami_watcher watcher = {.event = see_event, .packet = see_packet};
    struct call call = {0};
    struct monami *m = monami_new();
    (void)monami_read(m, "handover", scenario, strlen(scenario));
    (void)monami_set(m, "events", "[{at: 20 s, attach: car.wlan0, to: east}]"); /* it moves */
    (void)monami_watch(m, &watcher, &call);
    for (int k = 0; k < 2; k++) {
        air[k].m = m;
        air[k].net = monami_outside(m, name[k], &ways, &air[k]);
    }
    if (monami_build(m)) {
        fprintf(stderr, "%s", monami_why(m));
        return EXIT_FAILURE;
    }
    while (monami_now(m) < monami_stop(m)) {
        int64_t mine = next_of(&air[0]) < next_of(&air[1]) ? next_of(&air[0]) : next_of(&air[1]);
        int64_t world = monami_next(m) < monami_stop(m) ? monami_next(m) : monami_stop(m);
        if (mine <= world) {
            (void)monami_reach(m, mine);
            carry(&air[0]);
            carry(&air[1]);
        } else {
            (void)monami_run_until(m, world);
        }
    }
    printf("call: %ju packets to the car, %ju lost, nothing came for %.3f ms\n",
           (uintmax_t)call.sent, (uintmax_t)call.lost, (double)call.gap / 1e6);
    monami_free(m);
    return EXIT_SUCCESS;
}
