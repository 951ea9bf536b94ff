#include "traces/qlog.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "models/names.h"

enum { RECORD_SEPARATOR = 0x1e, NAME_BYTES = 64 };

void qlog_put_fields(struct json *j, const struct tap_event *e)
{
    for (unsigned k = 0; k < e->n; k++) {
        const struct tap_field *f = &e->field[k];
        char text[ADDR_TEXT];
        char key[NAME_BYTES];
        (void)snprintf(key, sizeof key, "%s%s", f->key, f->type == TAP_TIME ? "_ns" : "");
        if (f->type == TAP_ADDR) {
            json_text(j, key, addr_text(&f->addr, text));
        } else if (f->type == TAP_TEXT) {
            json_text(j, key, f->text);
        } else {
            json_int(j, key, f->i);
        }
    }
}

static void put_header(struct json *j, const struct trace_setup *setup)
{
    json_object(j, NULL);
    json_text(j, "qlog_version", "0.3");
    json_text(j, "qlog_format", "JSON-SEQ");
    json_text(j, "title", setup->run.title);
    json_object(j, "trace");
    json_object(j, "vantage_point"); /* an observer of all nodes */
    json_text(j, "name", "monami");
    json_text(j, "type", "network");
    json_text(j, "flow", "unknown");
    json_end(j);
    json_object(j, "common_fields");
    json_text(j, "time_format", "relative");
    json_int(j, "reference_time", setup->run.date_s * 1000);
    json_list(j, "protocol_type");
    json_text(j, NULL, "MIP6");
    json_end(j);
    json_text(j, "group_id", setup->run.run_key);
    json_end(j);
    json_end(j);
    json_end(j);
}

static void begin_event(struct json *j, sim_time t, const char *name)
{
    char time[40]; /* ms, exact to the ns */
    (void)snprintf(time, sizeof time, "%" PRId64 ".%06" PRId64, t / SIM_MS, t % SIM_MS);
    json_object(j, NULL);
    json_raw(j, "time", time);
    json_text(j, "name", name);
    json_object(j, "data");
}

static void put_scenario(struct json *j, const struct trace_run *run)
{
    begin_event(j, 0, "simulation:scenario");
    json_text(j, "name", run->scenario);
    json_object(j, "details");
    json_text(j, "engine", run->engine);
    json_int(j, "seed", run->seed);
    json_int(j, "replication", run->replication);
    json_int(j, "stop_ns", run->stop);
    json_text(j, "version", run->version);
    json_end(j);
    json_end(j);
    json_end(j);
}

static void put_event(struct json *j, const struct tap_event *e, const char *node)
{
    char name[NAME_BYTES];
    (void)snprintf(name, sizeof name, "%s", event_name(e->name));
    char *dot = strchr(name, '.');
    assert(dot && "names begin with a namespace");
    *dot = ':';
    begin_event(j, e->t, name);
    json_text(j, "node", node);
    json_int(j, "id", (int64_t)e->id);
    json_int(j, "cause", (int64_t)e->cause);
    qlog_put_fields(j, e);
    json_end(j);
    json_end(j);
}

enum status qlog_write(const char *path, const struct trace_setup *setup,
                       const struct tap_event *event, size_t events, struct why *w)
{
    FILE *out = fopen(path, "wb");
    if (!out)
        return why_set(w, ST_IO, "%s: %s", path, strerror(errno));
    struct json j = json_to(out, 0); /* each record ends its line */
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
