#include "sim/core/tap.h"

#include <assert.h>
#include <string.h>

void tap_frame(struct sim *sim, uint32_t port, enum tap_what what, uint16_t reason,
               const struct pkt *pkt)
{
    struct tap *tap = sim_taps(sim);
    if (!tap)
        return;
    const struct tap_frame f = {sim_now(sim), port, what, reason, pkt};
    for (; tap; tap = tap->next) {
        if (tap->frame)
            tap->frame(tap->self, &f);
    }
}

void tap_packet(struct sim *sim, enum tap_step step, uint16_t reason, const struct pkt *pkt)
{
    struct tap *tap = sim_taps(sim);
    if (!tap || !pkt->mark.flow)
        return;
    const struct tap_packet p = {.t = sim_now(sim),
                                 .step = step,
                                 .reason = reason,
                                 .bytes = step == TAP_BORN ? pkt->mark.bytes : 0,
                                 .mark = pkt->mark};
    for (; tap; tap = tap->next) {
        if (tap->packet)
            tap->packet(tap->self, &p);
    }
}

void tap_drop(struct sim *sim, uint32_t node, uint16_t reason, const struct pkt *pkt)
{
    const struct tap_drop d = {sim_now(sim), node, reason, pkt};
    for (struct tap *tap = sim_taps(sim); tap; tap = tap->next) {
        if (tap->drop)
            tap->drop(tap->self, &d);
    }
    tap_packet(sim, TAP_DIED, reason, pkt);
}

void tap_service(struct sim *sim, uint32_t node, sim_time waited, sim_time length)
{
    const struct tap_service s = {sim_now(sim), node, waited, length};
    for (struct tap *tap = sim_taps(sim); tap; tap = tap->next) {
        if (tap->service)
            tap->service(tap->self, &s);
    }
}

void tap_sealed(struct sim *sim, const uint8_t *text, size_t n, uint8_t next, struct pkt *p)
{
    uint32_t inside = p->mark.inside;
    p->mark.inside = 0;
    for (struct tap *tap = sim_taps(sim); tap; tap = tap->next) {
        if (tap->sealed)
            p->mark.inside = tap->sealed(tap->self, text, n, next, inside);
    }
}

void tap_opened(struct sim *sim, struct pkt *p)
{
    uint32_t inside = p->mark.inside;
    p->mark.inside = 0;
    for (struct tap *tap = sim_taps(sim); tap && inside; tap = tap->next) {
        if (tap->opened)
            p->mark.inside = tap->opened(tap->self, inside);
    }
}

void tap_event(struct sim *sim, uint32_t node, uint16_t name, const struct tap_field *fields,
               unsigned n)
{
    struct tap *tap = sim_taps(sim);
    assert(n <= TAP_FIELDS);
    struct tap_event e = {.id = sim_next_event_id(sim),
                          .cause = sim_cause(sim),
                          .t = sim_now(sim),
                          .node = node,
                          .name = name,
                          .n = n};
    sim_set_cause(sim, e.id);
    if (!tap)
        return;
    for (unsigned i = 0; i < n; i++)
        e.field[i] = fields[i];
    for (; tap; tap = tap->next) {
        if (tap->event)
            tap->event(tap->self, &e);
    }
}
