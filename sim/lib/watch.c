/* What observers of the caller are told, and what is counted. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "sim/lib/parts.h"

enum { FIELD_BYTES = 64 };

/* ---- observers ------------------------------------------------------------------------------- */

static void put_field(const struct tap_field *from, struct monami_field *to, char text[FIELD_BYTES])
{
    *to = (struct monami_field){.key = from->key, .text = text};
    switch (from->type) {
    case TAP_INT:
        to->number = from->i;
        (void)snprintf(text, FIELD_BYTES, "%" PRId64, from->i);
        break;
    case TAP_TIME:
        to->number = from->i;
        units_print_time(text, FIELD_BYTES, from->i);
        break;
    case TAP_ADDR:
        (void)addr_text(&from->addr, text);
        break;
    case TAP_TEXT:
        to->text = from->text ? from->text : "";
        break;
    default:
        break;
    }
}

static void see_event(void *self, const struct tap_event *e)
{
    struct monami *m = self;
    struct monami_field field[TAP_FIELDS];
    char text[TAP_FIELDS][FIELD_BYTES];
    m->counts.event[e->name]++;
    if (!m->watchers)
        return;
    for (unsigned k = 0; k < e->n; k++)
        put_field(&e->field[k], &field[k], text[k]);
    const struct monami_event told = {.time = e->t,
                                      .node = m->world.node[e->node]->name,
                                      .name = event_name(e->name),
                                      .field = field,
                                      .fields = e->n};
    for (const struct lib_watcher *w = m->watchers; w; w = w->next) {
        lib_amid(m, true);
        if (w->of.event)
            w->of.event(w->owner, &told);
        lib_amid(m, false);
    }
}

static void see_frame(void *self, const struct tap_frame *f)
{
    static const enum monami_frame_what what[] = {[TAP_SENT] = MONAMI_FRAME_SENT,
                                                  [TAP_RECEIVED] = MONAMI_FRAME_RECEIVED,
                                                  [TAP_DROPPED] = MONAMI_FRAME_DROPPED,
                                                  [TAP_LOST] = MONAMI_FRAME_LOST};
    struct monami *m = self;
    bool is_loss = f->what == TAP_DROPPED || f->what == TAP_LOST;
    m->counts.frame[f->what]++;
    if (is_loss)
        m->counts.drop[f->reason]++;
    for (const struct lib_watcher *w = m->watchers; w; w = w->next) {
        if (!w->of.frame)
            continue;
        const struct monami_frame told = {.time = f->t,
                                          .port = lib_port(m, m->world.links.port[f->port]),
                                          .what = what[f->what],
                                          .reason = is_loss ? drop_name(f->reason) : "",
                                          .bytes = f->pkt->at,
                                          .n = f->pkt->len};
        lib_amid(m, true);
        w->of.frame(w->owner, &told);
        lib_amid(m, false);
    }
}

static void see_packet(void *self, const struct tap_packet *p)
{
    static const enum monami_packet_what what[] = {[TAP_BORN] = MONAMI_PACKET_SENT,
                                                   [TAP_TAKEN] = MONAMI_PACKET_RECEIVED,
                                                   [TAP_DIED] = MONAMI_PACKET_LOST};
    struct monami *m = self;
    m->counts.packet[p->step]++;
    const struct monami_packet told = {.time = p->t,
                                       .what = what[p->step],
                                       .flow = m->world.trace_flow[p->mark.flow - 1].name,
                                       .down = p->mark.direction == 1,
                                       .sequence = p->mark.sequence,
                                       .copy = p->mark.copy,
                                       .sent = p->mark.born,
                                       .reason = p->step == TAP_DIED ? drop_name(p->reason) : ""};
    for (const struct lib_watcher *w = m->watchers; w; w = w->next) {
        lib_amid(m, true);
        if (w->of.packet)
            w->of.packet(w->owner, &told);
        lib_amid(m, false);
    }
}

static void see_drop(void *self, const struct tap_drop *d)
{
    struct monami *m = self;
    m->counts.drop[d->reason]++;
}

void lib_watch(struct monami *m)
{
    m->tap = (struct tap){
        .self = m, .frame = see_frame, .packet = see_packet, .event = see_event, .drop = see_drop};
    sim_add_tap(m->world.sim, &m->tap);
}

enum monami_status monami_watch(struct monami *m, const struct monami_watcher *watcher, void *owner)
{
    enum monami_status st = lib_stands(m, LIB_MAKING, "monami_watch()");
    struct lib_watcher **end = &m->watchers;
    if (st)
        return st;
    while (*end)
        end = &(*end)->next;
    *end = arena_take(&m->given, sizeof **end);
    **end = (struct lib_watcher){.of = *watcher, .owner = owner};
    return MONAMI_OK;
}

/* ---- counters -------------------------------------------------------------------------------- */

struct named {
    const char *name;
    uint64_t value;
};

static bool find(const struct named *list, size_t n, const char *name, uint64_t *value)
{
    for (size_t k = 0; k < n; k++) {
        if (!strcmp(list[k].name, name)) {
            *value = list[k].value;
            return true;
        }
    }
    return false;
}

/* `name` is "wlan.sent": a network may have points in its name. */
static bool find_outside(const struct monami *m, const char *name, uint64_t *value)
{
    const char *dot = strrchr(name, '.');
    for (const struct monami_network *net = m->networks; dot && net; net = net->next) {
        size_t n = strlen(net->name);
        if (n != (size_t)(dot - name) || strncmp(net->name, name, n) != 0 || !net->outside)
            continue;
        const struct outside_count *c = &net->outside->count;
        const struct named list[] = {{"sent", c->sent},       {"received", c->received},
                                     {"lost", c->lost},       {"strangers", c->strangers},
                                     {"refused", c->refused}, {"in_flight", net->outside->out},
                                     {"peak", c->peak}};
        return find(list, sizeof list / sizeof *list, dot + 1, value);
    }
    return false;
}

enum monami_status monami_counter(struct monami *m, const char *name, uint64_t *value)
{
    const struct lib_counts *c = &m->counts;
    const struct named list[] = {
        {"frames.sent", c->frame[TAP_SENT]},       {"frames.received", c->frame[TAP_RECEIVED]},
        {"frames.dropped", c->frame[TAP_DROPPED]}, {"frames.lost", c->frame[TAP_LOST]},
        {"packets.sent", c->packet[TAP_BORN]},     {"packets.received", c->packet[TAP_TAKEN]},
        {"packets.lost", c->packet[TAP_DIED]}};
    int event = event_find(name);
    int drop = !strncmp(name, "drop.", 5) ? drop_find(name + 5) : -1;
    if (event >= 0) {
        *value = c->event[event];
    } else if (drop >= 0) {
        *value = c->drop[drop];
    } else if (!find(list, sizeof list / sizeof *list, name, value) &&
               (strncmp(name, "outside.", 8) != 0 || !find_outside(m, name + 8, value))) {
        return lib_fail(m, MONAMI_MISSING, "there is no counter '%.100s'", name);
    }
    return MONAMI_OK;
}
