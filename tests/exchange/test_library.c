/* The library and the program agree: the same digests; and with networks outside that are carried
 * as the world would, by nothing but monami.h, the same packets at the same times. */
#include <threads.h>

#include "sim/lib/monami.h"

#include "tests/check.h"

#define MS INT64_C(1000000)

enum { HOSTS = 4, LINES = 2 * HOSTS, PACKETS = 20000 };

/* ---- digests --------------------------------------------------------------------------------- */

static void read_digest(const char *name, char digest[65])
{
    char line[200];
    char is[100];
    FILE *in = fopen(TESTS "/e2e/digests.txt", "r");
    *digest = '\0';
    while (in && fgets(line, sizeof line, in)) {
        char found[65] = "";
        if (sscanf(line, "%99s %64s", is, found) == 2 && !strcmp(is, name))
            memcpy(digest, found, sizeof found);
    }
    if (in)
        (void)fclose(in);
}

static struct monami *open_scenario(const char *name)
{
    char path[500];
    struct monami *m = monami_new();
    (void)snprintf(path, sizeof path, "%s/%s.yaml", SCENARIOS, name);
    CHECK_EQ(monami_open(m, path), MONAMI_OK);
    return m;
}

static void build(struct monami *m)
{
    if (monami_build(m)) {
        check_failures++;
        (void)fprintf(stderr, "%s", monami_why(m));
        exit(1);
    }
}

/* In slices, and all of it again in one. */
static void a_scenario_has_the_digest_of_the_program(void)
{
    static const char *const name[] = {"minimal", "protected-call", "errors", "route-optimised",
                                       "ike/certificates"};
    for (size_t k = 0; k < sizeof name / sizeof *name; k++) {
        char want[65];
        read_digest(name[k], want);
        CHECK(strlen(want) == 64);
        for (int slices = 0; slices < 2; slices++) {
            struct monami *m = open_scenario(name[k]);
            CHECK_EQ(monami_record(m, NULL), MONAMI_OK);
            build(m);
            while (slices && monami_next(m) < monami_stop(m)) {
                CHECK_EQ(monami_reach(m, monami_next(m)), MONAMI_OK);
                CHECK_EQ(monami_run_until(m, monami_next(m)), MONAMI_OK);
            }
            CHECK_EQ(monami_run_until(m, monami_stop(m)), MONAMI_OK);
            CHECK_EQ(monami_finish(m), MONAMI_OK);
            CHECK(!strcmp(monami_digest(m), want));
            CHECK_EQ(monami_unmet(m), 0);
            monami_free(m);
        }
    }
}

/* ---- two worlds at a time -------------------------------------------------------------------- */

static void several_worlds_do_not_meet(void)
{
    static const char *const name[] = {"protected-call", "minimal", "protected-call"};
    struct monami *m[3];
    bool going = true;
    for (int k = 0; k < 3; k++) {
        m[k] = open_scenario(name[k]);
        CHECK_EQ(monami_record(m[k], NULL), MONAMI_OK);
        build(m[k]);
    }
    for (int64_t t = 0; going; t += 700 * MS) {
        going = false;
        for (int k = 0; k < 3; k++) {
            int64_t stop = monami_stop(m[k]);
            if (monami_now(m[k]) < stop) {
                CHECK_EQ(monami_run_until(m[k], t < stop ? t : stop), MONAMI_OK);
                going = true;
            }
        }
    }
    for (int k = 0; k < 3; k++) {
        char want[65];
        read_digest(name[k], want);
        CHECK_EQ(monami_finish(m[k]), MONAMI_OK);
        CHECK(!strcmp(monami_digest(m[k]), want));
        monami_free(m[k]);
    }
}

static int run_in_thread(void *owner)
{
    char *digest = owner;
    struct monami *m = open_scenario("protected-call");
    if (monami_record(m, NULL) || monami_build(m) || monami_run_until(m, monami_stop(m)) ||
        monami_finish(m))
        return 1;
    (void)snprintf(digest, 65, "%s", monami_digest(m));
    monami_free(m);
    return 0;
}

static void threads_have_worlds_of_their_own(void)
{
    enum { THREADS = 3 };
    char digest[THREADS][65] = {""};
    char want[65];
    thrd_t thread[THREADS];
    read_digest("protected-call", want);
    for (int k = 0; k < THREADS; k++) {
        if (thrd_create(&thread[k], run_in_thread, digest[k]) != thrd_success)
            abort();
    }
    for (int k = 0; k < THREADS; k++) {
        int failed = 1;
        (void)thrd_join(thread[k], &failed);
        CHECK(!failed && !strcmp(digest[k], want));
    }
}

/* ---- the packets of a flow ------------------------------------------------------------------- */

struct fate {
    bool down;
    unsigned copy;
    uint64_t sequence;
    int64_t sent, received; /* -1: not */
    char reason[32];
};

struct record {
    struct fate fate[PACKETS];
    size_t n;
};

static struct record record[2];

static struct fate *fate_of(struct record *r, const struct monami_packet *p)
{
    for (size_t k = r->n; k-- > 0;) {
        struct fate *f = &r->fate[k];
        if (f->down == p->down && f->copy == p->copy && f->sequence == p->sequence)
            return f;
    }
    if (r->n == PACKETS)
        abort();
    struct fate *f = &r->fate[r->n++];
    *f = (struct fate){p->down, p->copy, p->sequence, p->sent, -1, ""};
    return f;
}

static void see_packet(void *owner, const struct monami_packet *p)
{
    struct fate *f = fate_of(owner, p);
    if (p->what == MONAMI_PACKET_RECEIVED)
        f->received = p->time;
    if (p->what == MONAMI_PACKET_LOST && !*f->reason)
        (void)snprintf(f->reason, sizeof f->reason, "%s", p->reason);
}

static const struct monami_watcher watcher = {.packet = see_packet};

/* ---- a network of two delay lines a host ----------------------------------------------------- */

struct on_line {
    uint64_t ticket;
    const uint8_t *bytes;
    size_t n;
    int64_t due;
    struct copies *of; /* of a frame to a group */
    struct on_line *next;
};

/* How many copies of a frame are still on the way. */
struct copies {
    unsigned left;
};

struct line {
    struct on_line *head, *tail;
    int64_t leaves;
};

struct host {
    struct monami_port *port, *far;
    struct line up, down;
    int64_t associated; /* when it will be; MONAMI_NEVER */
    bool on;
};

struct net {
    struct monami_network *as;
    struct monami_port *router;
    struct host host[HOSTS];
    unsigned hosts;
    int64_t rate, delay, attach_time; /* bit/s, ns */
    struct monami *m;
};

static void put_on(const struct net *net, struct line *l, const struct on_line *frame)
{
    struct on_line *i = calloc(1, sizeof *i);
    if (!i)
        abort();
    *i = *frame;
    int64_t now = monami_now(net->m);
    int64_t start = l->leaves > now ? l->leaves : now;
    l->leaves = start + ((int64_t)i->n * 8 * 1000 * MS + net->rate / 2) / net->rate;
    i->due = l->leaves + net->delay;
    if (l->head) {
        l->tail->next = i;
    } else {
        l->head = i;
    }
    l->tail = i;
}

static struct host *host_of(struct net *net, const struct monami_port *port)
{
    for (unsigned k = 0; k < net->hosts; k++)
        if (net->host[k].port == port || net->host[k].far == port)
            return &net->host[k];
    return NULL;
}

static void join(void *owner, struct monami_port *port, struct monami_port *far)
{
    struct net *net = owner;
    if (!net->router && monami_port_framing(port) == MONAMI_ETHERNET) {
        net->router = port;
        return;
    }
    if (net->hosts == HOSTS)
        abort();
    net->host[net->hosts++] = (struct host){.port = port, .far = far, .associated = MONAMI_NEVER};
}

static void attach(void *owner, struct monami_port *port)
{
    struct net *net = owner;
    host_of(net, port)->associated = monami_now(net->m) + net->attach_time;
}

static void end_copy(const struct net *net, const struct on_line *i, bool lost)
{
    bool last = --i->of->left == 0;
    if (last && lost) {
        CHECK_EQ(monami_lose(net->as, i->ticket, MONAMI_LOST_DOWN), MONAMI_OK);
    } else if (last) {
        CHECK_EQ(monami_done(net->as, i->ticket), MONAMI_OK);
    }
    if (last)
        free(i->of);
}

static void flush(const struct net *net, struct line *l, bool tell)
{
    while (l->head) {
        struct on_line *i = l->head;
        l->head = i->next;
        if (tell) {
            end_copy(net, i, true);
        } else if (--i->of->left == 0) {
            free(i->of);
        }
        free(i);
    }
    l->leaves = 0;
}

static void detach(void *owner, struct monami_port *port)
{
    struct net *net = owner;
    struct host *h = host_of(net, port);
    h->on = false;
    h->associated = MONAMI_NEVER;
    flush(net, &h->up, true);
    flush(net, &h->down, true);
}

/* A frame that has reached the segment, from the port. */
static void spread(struct net *net, const struct monami_port *from, struct on_line *i)
{
    uint8_t mine[6];
    bool to_group = i->bytes[0] & 1;
    bool is_away = false;
    i->of->left++; /* ours */
    for (unsigned k = 0; k < net->hosts; k++) {
        struct host *h = &net->host[k];
        monami_port_address(h->port, mine);
        bool wants =
            to_group ? monami_port_hears(h->port, i->bytes) : !memcmp(mine, i->bytes, sizeof mine);
        is_away |= !h->on && wants && !to_group;
        if (!h->on || h->port == from || !wants)
            continue;
        i->of->left++;
        put_on(net, &h->down, i);
    }
    if (from != net->router)
        CHECK_EQ(monami_receive(net->as, net->router, i->ticket, i->bytes, i->n, NULL), MONAMI_OK);
    end_copy(net, i, is_away);
}

static void send(void *owner, struct monami_port *from, uint64_t ticket, const uint8_t *frame,
                 size_t n)
{
    struct net *net = owner;
    struct on_line i = {.ticket = ticket, .bytes = frame, .n = n, .of = calloc(1, sizeof *i.of)};
    struct host *h = host_of(net, from);
    if (!i.of)
        abort();
    if (h) {
        i.of->left = 1;
        put_on(net, h->port == from ? &h->up : &h->down, &i);
    } else {
        spread(net, from, &i);
    }
}

static const struct monami_ways ways = {join, attach, detach, send};

static int64_t min(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t next_of(const struct net *net)
{
    int64_t next = MONAMI_NEVER;
    for (unsigned k = 0; k < net->hosts; k++) {
        const struct host *h = &net->host[k];
        next = min(next, h->associated);
        next = min(next, h->up.head ? h->up.head->due : MONAMI_NEVER);
        next = min(next, h->down.head ? h->down.head->due : MONAMI_NEVER);
    }
    return next;
}

static void arrive(struct net *net, struct host *h, struct line *l)
{
    struct on_line *i = l->head;
    l->head = i->next;
    if (l == &h->up && !h->far) {
        struct on_line copy = *i;
        i->of->left--; /* spread() has one of its own */
        spread(net, h->port, &copy);
    } else {
        struct monami_port *to = l == &h->up ? h->far : h->port;
        CHECK_EQ(monami_receive(net->as, to, i->ticket, i->bytes, i->n, NULL), MONAMI_OK);
        end_copy(net, i, false);
    }
    free(i);
}

/* All that is due now. */
static void run_net(struct net *net)
{
    for (unsigned k = 0; k < net->hosts; k++) {
        struct host *h = &net->host[k];
        int64_t now = monami_now(net->m);
        while (h->up.head && h->up.head->due <= now)
            arrive(net, h, &h->up);
        while (h->down.head && h->down.head->due <= now)
            arrive(net, h, &h->down);
        if (h->associated <= now) {
            h->associated = MONAMI_NEVER;
            h->on = true;
            CHECK_EQ(monami_carry(net->as, h->port, true), MONAMI_OK);
        }
    }
}

static void run_outside(struct monami *m, struct net *net, int nets)
{
    while (monami_now(m) < monami_stop(m)) {
        int64_t own = MONAMI_NEVER;
        for (int k = 0; k < nets; k++)
            own = min(own, next_of(&net[k]));
        if (own <= monami_next(m) && own <= monami_stop(m)) {
            CHECK_EQ(monami_reach(m, own), MONAMI_OK);
            for (int k = 0; k < nets; k++)
                run_net(&net[k]);
        } else {
            CHECK_EQ(monami_run_until(m, min(monami_next(m), monami_stop(m))), MONAMI_OK);
        }
    }
}

static bool is_same(const struct record *a, const struct record *b)
{
    bool same = a->n == b->n;
    for (size_t k = 0; same && k < a->n; k++) {
        const struct fate *x = &a->fate[k];
        const struct fate *y = &b->fate[k];
        same = x->down == y->down && x->copy == y->copy && x->sequence == y->sequence &&
               x->sent == y->sent && x->received == y->received && !strcmp(x->reason, y->reason);
        if (!same)
            (void)fprintf(stderr, "%s %d: sent %jd, received %jd or %jd, %s or %s\n",
                          x->down ? "down" : "up", (int)x->sequence, (intmax_t)x->sent,
                          (intmax_t)x->received, (intmax_t)y->received, x->reason, y->reason);
    }
    return same;
}

static void carried_alike(const char *name, const char *const network[2], struct net net[2])
{
    uint64_t sent = 0;
    memset(record, 0, sizeof record);
    struct monami *m = open_scenario(name);
    CHECK_EQ(monami_watch(m, &watcher, &record[0]), MONAMI_OK);
    build(m);
    CHECK_EQ(monami_run_until(m, monami_stop(m)), MONAMI_OK);
    monami_free(m);
    m = open_scenario(name);
    CHECK_EQ(monami_watch(m, &watcher, &record[1]), MONAMI_OK);
    for (int k = 0; k < 2; k++) {
        net[k].m = m;
        net[k].as = monami_outside(m, network[k], &ways, &net[k]);
    }
    build(m);
    run_outside(m, net, 2);
    for (int k = 0; k < 2; k++) {
        char counter[64];
        (void)snprintf(counter, sizeof counter, "outside.%s.sent", network[k]);
        CHECK_EQ(monami_counter(m, counter, &sent), MONAMI_OK);
        CHECK(sent > 100);
        for (unsigned j = 0; j < net[k].hosts; j++) {
            flush(&net[k], &net[k].host[j].up, false);
            flush(&net[k], &net[k].host[j].down, false);
        }
    }
    monami_free(m);
    CHECK(record[0].n > 1000 && is_same(&record[0], &record[1]));
}

static void a_hand_over_is_the_same_when_others_carry_it(void)
{
    static const char *const network[] = {"west", "east"};
    struct net net[2] = {{.rate = 20000000, .delay = 3 * MS, .attach_time = 300 * MS},
                         {.rate = 20000000, .delay = 3 * MS, .attach_time = 300 * MS}};
    carried_alike("minimal", network, net);
}

static void a_bearer_is_the_same_when_others_carry_it(void)
{
    static const char *const network[] = {"wlan", "lte"};
    struct net net[2] = {{.rate = 20000000, .delay = 20 * MS},
                         {.rate = 20000000, .delay = 25 * MS}};
    carried_alike("make-before-break", network, net);
}

CHECK_MAIN(CASE(a_scenario_has_the_digest_of_the_program), CASE(several_worlds_do_not_meet),
           CASE(threads_have_worlds_of_their_own),
           CASE(a_hand_over_is_the_same_when_others_carry_it),
           CASE(a_bearer_is_the_same_when_others_carry_it))
