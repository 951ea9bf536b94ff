#include "traces/qlog.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "models/names.h"

enum { RECORD_SEPARATOR = 0x1e, NAME_BYTES = 64 };

void qlog_put_fields(struct json_writer *j, const struct tap_event *e)
{
    for (unsigned k = 0; k < e->n; k++) {
        const struct tap_field *f = &e->field[k];
        char text[ADDR_TEXT];
        char key[NAME_BYTES];
        (void)snprintf(key, sizeof key, "%s%s", f->key, f->type == TAP_TIME ? "_ns" : "");
        if (f->type == TAP_ADDR) {
            jw_text(j, key, addr_text(&f->addr, text));
        } else if (f->type == TAP_TEXT) {
            jw_text(j, key, f->text);
        } else {
            jw_int(j, key, f->i);
        }
    }
}

static void put_header(struct json_writer *j, const struct trace_setup *setup)
{
    jw_object(j, NULL);
    jw_text(j, "qlog_version", "0.3");
    jw_text(j, "qlog_format", "JSON-SEQ");
    jw_text(j, "title", setup->run.title);
    jw_object(j, "trace");
    jw_object(j, "vantage_point"); /* an observer of all nodes */
    jw_text(j, "name", "monami");
    jw_text(j, "type", "network");
    jw_text(j, "flow", "unknown");
    jw_end(j);
    jw_object(j, "common_fields");
    jw_text(j, "time_format", "relative");
    jw_int(j, "reference_time", setup->run.date_s * 1000);
    jw_list(j, "protocol_type");
    jw_text(j, NULL, "MIP6");
    jw_end(j);
    jw_text(j, "group_id", setup->run.run_key);
    jw_end(j);
    jw_end(j);
    jw_end(j);
}

static void begin_event(struct json_writer *j, sim_time t, const char *name)
{
    char time[40]; /* ms, exact to the ns */
    (void)snprintf(time, sizeof time, "%" PRId64 ".%06" PRId64, t / SIM_MS, t % SIM_MS);
    jw_object(j, NULL);
    jw_raw(j, "time", time);
    jw_text(j, "name", name);
    jw_object(j, "data");
}

static void put_scenario(struct json_writer *j, const struct trace_run *run)
{
    begin_event(j, 0, "simulation:scenario");
    jw_text(j, "name", run->scenario);
    jw_object(j, "details");
    jw_text(j, "engine", run->engine);
    jw_int(j, "seed", run->seed);
    jw_int(j, "replication", run->replication);
    jw_int(j, "stop_ns", run->stop);
    jw_text(j, "version", run->version);
    jw_end(j);
    jw_end(j);
    jw_end(j);
}

static void put_event(struct json_writer *j, const struct tap_event *e, const char *node)
{
    char name[NAME_BYTES];
    (void)snprintf(name, sizeof name, "%s", event_name(e->name));
    char *dot = strchr(name, '.');
    assert(dot && "names begin with a namespace");
    *dot = ':';
    begin_event(j, e->t, name);
    jw_text(j, "node", node);
    jw_int(j, "id", (int64_t)e->id);
    jw_int(j, "cause", (int64_t)e->cause);
    qlog_put_fields(j, e);
    jw_end(j);
    jw_end(j);
}

enum status qlog_write(const char *path, const struct trace_setup *setup,
                       const struct tap_event *event, size_t events, struct why *w)
{
    FILE *out = fopen(path, "wb");
    if (!out)
        return why_set(w, ST_IO, "%s: %s", path, strerror(errno));
    struct json_writer j = jw_to(out, 0); /* each record ends its line */
    (void)fputc(RECORD_SEPARATOR, out);
    put_header(&j, setup);
    (void)fputc(RECORD_SEPARATOR, out);
    put_scenario(&j, &setup->run);
    for (size_t k = 0; k < events; k++) {
        (void)fputc(RECORD_SEPARATOR, out);
        put_event(&j, &event[k], setup->node[event[k].node]);
    }
    bool bad = ferror(out);
    bad |= fclose(out) != 0;
    return bad ? why_set(w, ST_IO, "%s: cannot be written", path) : ST_OK;
}
