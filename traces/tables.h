/*
 * tables.h - a run's observations, as rows of db.h.  Inside of trace.h.
 */
#ifndef TRACES_TABLES_H
#define TRACES_TABLES_H

#include "sim/base/hash.h"
#include "sim/core/tap.h"
#include "traces/bindings.h"
#include "traces/count.h"
#include "traces/db.h"
#include "traces/digest.h"
#include "traces/flows.h"
#include "traces/messages.h"
#include "traces/trace.h"
#include "traces/transition.h"

struct pcapng;

struct trace {
    struct trace_setup setup;
    struct tap tap;
    struct flows flows;
    struct count count;
    struct digest digest;
    char digest_text[HASH_TEXT];
    struct transitions transitions;
    struct bindings bindings;
    struct messages messages; /* empty without `event_rows` */
    struct tap_event *event;
    size_t events;
    size_t event_room;
    struct pcapng **capture;
    uint32_t captures;
    uint64_t *bin; /* table series: bytes by bin, port and way (sent, received) */
    size_t bins;
    uint64_t *use; /* table series: ns that processors worked, by bin and node */
    size_t uses;   /* bins of it */
    enum status late_st;
    struct why late_why;
    struct sqlite3 *db;
    size_t unmet;
};

void series_frame(struct trace *t, const struct tap_frame *f);
void series_service(struct trace *t, const struct tap_service *s);

MUST_CHECK enum status tables_write(struct trace *t, const struct trace_end *end, struct why *w);
const char *tables_interface(const struct trace_port *port, const char *node); /* "wlan0" */
MUST_CHECK enum status tables_series(struct trace *t, struct why *w);
MUST_CHECK enum status tables_bindings(struct trace *t, struct why *w);
MUST_CHECK enum status tables_messages(struct trace *t, struct why *w);
MUST_CHECK enum status tables_counters(struct trace *t, const struct trace_end *end, struct why *w);
MUST_CHECK enum status tables_links(struct trace *t, const struct trace_end *end, struct why *w);
MUST_CHECK enum status tables_sas(struct trace *t, const struct trace_end *end, struct why *w);
MUST_CHECK enum status tables_expect(struct trace *t, const struct key_list *expect, struct why *w);

#endif
