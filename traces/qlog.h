/*
 * qlog.h - the events of a run as events.sqlog: qlog 0.3 (draft-ietf-quic-qlog-main-schema) in
 * JSON text sequences (RFC 7464), a record an event.
 *
 * The name of an event is that of models/names.h with ':' after its namespace; its data are its
 * fields, and node, id and cause (the id of the event that led to it; 0: none).  The first record
 * after the header, simulation:scenario, says what was run.
 */
#ifndef TRACES_QLOG_H
#define TRACES_QLOG_H

#include <stddef.h>

#include "sim/base/json.h"
#include "sim/core/tap.h"
#include "traces/trace.h"

/* The fields of an event as members of the object that is open. Times end in _ns. */
void qlog_put_fields(struct json_writer *j, const struct tap_event *e);

MUST_CHECK enum status qlog_write(const char *path, const struct trace_setup *setup,
                                  const struct tap_event *event, size_t events, struct why *w);

#endif
