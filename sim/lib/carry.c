/* Networks that the caller carries. */
#include <string.h>

#include "sim/lib/parts.h"

_Static_assert((int)MONAMI_TICKETS == (int)OUTSIDE_ROOM, "what monami.h promises");

/* ---- the world asks the caller --------------------------------------------------------------- */

static void join(void *owner, struct outside *o, struct port *port, struct port *far)
{
    struct monami_network *net = owner;
    net->outside = o;
    net->m->called++;
    if (net->ways.join)
        net->ways.join(net->owner, lib_port(net->m, port), far ? lib_port(net->m, far) : NULL);
    net->m->called--;
}

static void attach(void *owner, struct port *host)
{
    const struct monami_network *net = owner;
    net->m->called++;
    if (net->ways.attach)
        net->ways.attach(net->owner, lib_port(net->m, host));
    net->m->called--;
}

static void detach(void *owner, struct port *host)
{
    const struct monami_network *net = owner;
    net->m->called++;
    if (net->ways.detach)
        net->ways.detach(net->owner, lib_port(net->m, host));
    net->m->called--;
}

/* Where nobody sends, nothing gets through. */
static void send(void *owner, struct port *from, uint64_t ticket, const uint8_t *frame, size_t n)
{
    const struct monami_network *net = owner;
    lib_amid(net->m, true);
    if (net->ways.send) {
        net->ways.send(net->owner, lib_port(net->m, from), ticket, frame, n);
    } else {
        outside_lost(net->outside, ticket, DROP_LINK_LOSS);
    }
    lib_amid(net->m, false);
}

void lib_amid(struct monami *m, bool on)
{
    m->called += on ? 1 : -1u;
    m->amid += on ? 1 : -1u;
}

static const struct outside_ways ways_of_library = {join, attach, detach, send};

struct monami_network *monami_outside(struct monami *m, const char *network,
                                      const struct monami_ways *ways, void *owner)
{
    struct monami_network **end = &m->networks;
    if (lib_stands(m, LIB_MAKING, "monami_outside()"))
        return NULL;
    for (; *end; end = &(*end)->next) {
        if (!strcmp((*end)->name, network)) {
            (void)lib_fail(m, MONAMI_RANGE, "network %.100s is outside already", network);
            return NULL;
        }
    }
    struct monami_network *net = arena_take(&m->given, sizeof *net);
    *net = (struct monami_network){
        .m = m, .name = arena_text(&m->given, network), .ways = *ways, .owner = owner};
    *end = net;
    return net;
}

const struct world_outside *lib_outside(struct monami *m, size_t *n)
{
    struct monami_network *net;
    *n = 0;
    for (net = m->networks; net; net = net->next)
        ++*n;
    struct world_outside *list = arena_take(&m->run, (*n + 1) * sizeof *list);
    size_t k = 0;
    for (net = m->networks; net; net = net->next)
        list[k++] = (struct world_outside){net->name, &ways_of_library, net};
    return list;
}

void lib_know_outside(struct monami *m)
{
    for (struct monami_network *net = m->networks; net; net = net->next)
        net->outside = world_network(&m->world, net->name)->access->outside;
}

/* ---- the caller tells the world -------------------------------------------------------------- */

/* Also while the world is built: a host may get its link as soon as it asks. */
static enum monami_status stands(struct monami_network *net, const char *what)
{
    if (net->m->stage != LIB_BUILT || !net->outside)
        return lib_fail(net->m, MONAMI_NOT_NOW, "%s: network %s is not at work", what, net->name);
    return MONAMI_OK;
}

static enum monami_status know(struct monami_network *net, uint64_t ticket, const char *what)
{
    enum monami_status st = stands(net, what);
    if (!st && !outside_holds(net->outside, ticket))
        return lib_fail(net->m, MONAMI_MISSING, "%s: no such ticket of network %s is out", what,
                        net->name);
    return st;
}

static enum monami_status know_port(struct monami_network *net, const struct monami_port *port,
                                    const char *what)
{
    if (port->m != net->m)
        return lib_fail(net->m, MONAMI_MISSING, "%s: port %s is of another world", what,
                        port->port->name);
    return MONAMI_OK;
}

enum monami_status monami_carry(struct monami_network *net, struct monami_port *host, bool up)
{
    enum monami_status st = stands(net, "monami_carry()");
    if (!st)
        st = know_port(net, host, "monami_carry()");
    if (!st && net->m->amid)
        st =
            lib_fail(net->m, MONAMI_NOT_NOW, "monami_carry(): not from within send() or a watcher");
    if (st)
        return st;
    net->m->inside++;
    outside_carry(net->outside, host->port, up);
    net->m->inside--;
    return MONAMI_OK;
}

enum monami_status monami_receive(struct monami_network *net, struct monami_port *to,
                                  uint64_t ticket, const uint8_t *frame, size_t n, bool *taken)
{
    static const char what[] = "monami_receive()";
    enum monami_status st = ticket ? know(net, ticket, what) : stands(net, what);
    if (!st)
        st = know_port(net, to, what);
    if (!st && net->m->called)
        st = lib_fail(net->m, MONAMI_NOT_NOW, "%s: not from within a callback", what);
    if (st)
        return st;
    net->m->inside++;
    bool is_taken = outside_receive(net->outside, to->port, ticket, frame, n);
    net->m->inside--;
    if (taken)
        *taken = is_taken;
    return MONAMI_OK;
}

enum monami_status monami_done(struct monami_network *net, uint64_t ticket)
{
    enum monami_status st = know(net, ticket, "monami_done()");
    if (st)
        return st;
    net->m->inside++;
    outside_done(net->outside, ticket);
    net->m->inside--;
    return MONAMI_OK;
}

enum monami_status monami_lose(struct monami_network *net, uint64_t ticket, enum monami_loss why)
{
    static const enum link_reason reason[] = {DROP_QUEUE_FULL, DROP_LINK_LOSS, DROP_LINK_DOWN};
    enum monami_status st = know(net, ticket, "monami_lose()");
    if (!st && (unsigned)why >= sizeof reason / sizeof *reason)
        st = lib_fail(net->m, MONAMI_RANGE, "monami_lose(): %d is no enum monami_loss", (int)why);
    if (st)
        return st;
    net->m->inside++;
    outside_lost(net->outside, ticket, reason[why]);
    net->m->inside--;
    return MONAMI_OK;
}
