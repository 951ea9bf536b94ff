#include "sim/app/manifest.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "sim/app/version.h"
#include "sim/base/json.h"
#include "sim/link/carrier.h"
#include "sim/link/outside.h"
#include "traces/db.h"

/* ---- writing ------------------------------------------------------------------------- */

static void put_texts(struct json_writer *j, const char *key, const char *const *text, size_t n)
{
    jw_list(j, key);
    for (size_t k = 0; k < n; k++)
        jw_text(j, NULL, text[k]);
    jw_end(j);
}

static void put_asked(struct json_writer *j, const struct manifest *m)
{
    jw_object(j, "scenario");
    jw_text(j, "file", m->file);
    jw_text(j, "sha256", m->sha256);
    jw_end(j);
    put_texts(j, "set", m->set, m->sets);
    jw_text(j, "pcap", m->pcap);
    jw_list(j, "inputs");
    for (size_t k = 0; k < m->inputs; k++) {
        jw_object(j, NULL);
        jw_text(j, "name", m->input[k].name);
        jw_text(j, "file", m->input[k].file);
        jw_text(j, "sha256", m->input[k].sha256);
        jw_end(j);
    }
    jw_end(j);
    jw_text(j, "directory", m->directory);
    put_texts(j, "command", m->command, m->commands);
}

/* What went through each device: of equal times, in advance, lost there; and what became of the
 * frames of each network. */
static void put_outside(struct json_writer *j, const struct manifest *m)
{
    if (!m->outside)
        return;
    jw_object(j, "outside");
    jw_text(j, "version", m->outside);
    jw_list(j, "devices");
    for (const struct carrier *r = m->carrier; r; r = r->next) {
        jw_object(j, NULL);
        jw_text(j, "link", r->channel->link);
        jw_text(j, "direction", r->channel->direction);
        jw_int(j, "frames", (int64_t)r->count.handed);
        jw_int(j, "exact", (int64_t)r->count.exact);
        jw_int(j, "early", (int64_t)r->count.early);
        jw_int(j, "lost", (int64_t)r->count.lost);
        jw_end(j);
    }
    jw_end(j);
    jw_list(j, "networks");
    for (size_t k = 0; k < m->networks; k++) {
        const struct outside *o = m->network[k].outside;
        jw_object(j, NULL);
        jw_text(j, "network", m->network[k].name);
        jw_int(j, "frames", (int64_t)o->count.sent);
        jw_int(j, "done", (int64_t)o->count.done);
        jw_int(j, "lost", (int64_t)o->count.lost);
        jw_int(j, "in_flight", (int64_t)o->out);
        jw_end(j);
    }
    jw_end(j);
    jw_end(j);
}

static void put_now(struct json_writer *j)
{
    char date[32] = "";
    time_t now = time(NULL);
    struct tm tm;
    if (gmtime_r(&now, &tm))
        (void)strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%SZ", &tm);
    jw_text(j, "written", date);
}

enum status manifest_write(const char *path, const struct manifest *m, struct why *w)
{
    char wall[32];
    FILE *out = fopen(path, "w");
    if (!out)
        return why_set(w, ST_IO, "%s: %s", path, strerror(errno));
    struct json_writer j = jw_to(out, 2);
    jw_object(&j, NULL);
    jw_text(&j, "monami", m->monami);
    jw_text(&j, "built", m->built);
    jw_text(&j, "compiler", version_compiler());
    jw_text(&j, "sqlite", db_library());
    jw_text(&j, "run_key", m->run_key);
    jw_text(&j, "engine", m->engine);
    jw_int(&j, "seed", m->seed);
    jw_int(&j, "replication", m->replication);
    put_asked(&j, m);
    jw_text(&j, "digest", m->digest);
    jw_int(&j, "events", (int64_t)m->events);
    put_outside(&j, m);
    put_now(&j);
    (void)snprintf(wall, sizeof wall, "%.3f", m->wall_s);
    jw_raw(&j, "wall_s", wall);
    jw_end(&j);
    bool bad = ferror(out);
    bad |= fclose(out) != 0;
    return bad ? why_set(w, ST_IO, "%s: cannot be written", path) : ST_OK;
}

const char *manifest_library(void)
{
    return "jansson " JANSSON_VERSION;
}

/* ---- reading ------------------------------------------------------------------------- */

/* A member that must be a text; `*bad` names the first that is not. */
static const char *need_text(const json_t *map, const char *key, struct arena *arena,
                             const char **bad)
{
    const char *text = json_string_value(json_object_get(map, key));
    if (!text && !*bad)
        *bad = key;
    return arena_text(arena, text ? text : "");
}

static void read_sets(struct manifest *m, const json_t *list, struct arena *arena, const char **bad)
{
    m->sets = json_array_size(list);
    const char **set = arena_take(arena, (m->sets + 1) * sizeof *set);
    for (size_t k = 0; k < m->sets; k++) {
        const char *text = json_string_value(json_array_get(list, k));
        if (!text && !*bad)
            *bad = "set";
        set[k] = arena_text(arena, text ? text : "");
    }
    m->set = set;
    if (!json_is_array(list) && !*bad)
        *bad = "set";
}

static void read_inputs(struct manifest *m, const json_t *list, struct arena *arena,
                        const char **bad)
{
    m->inputs = json_array_size(list);
    m->input = arena_take(arena, (m->inputs + 1) * sizeof *m->input);
    for (size_t k = 0; k < m->inputs; k++) {
        const json_t *one = json_array_get(list, k);
        m->input[k] = (struct manifest_input){need_text(one, "name", arena, bad),
                                              need_text(one, "file", arena, bad),
                                              need_text(one, "sha256", arena, bad)};
    }
    if (!json_is_array(list) && !*bad)
        *bad = "inputs";
}

enum status manifest_read(const char *path, struct manifest *m, struct arena *arena, struct why *w)
{
    json_error_t error;
    const char *bad = NULL;
    json_t *root = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
    if (!root)
        return error.line > 0
                   ? why_set(w, ST_SYNTAX, "%.120s:%d: %.100s", path, error.line, error.text)
                   : why_set(w, ST_IO, "%.200s", error.text);
    const json_t *scenario = json_object_get(root, "scenario");
    const json_t *pcap = json_object_get(root, "pcap");
    *m = (struct manifest){.monami = need_text(root, "monami", arena, &bad),
                           .built = need_text(root, "built", arena, &bad),
                           .run_key = need_text(root, "run_key", arena, &bad),
                           .engine = need_text(root, "engine", arena, &bad),
                           .file = need_text(scenario, "file", arena, &bad),
                           .sha256 = need_text(scenario, "sha256", arena, &bad),
                           .directory = need_text(root, "directory", arena, &bad),
                           .digest = need_text(root, "digest", arena, &bad),
                           .seed = json_integer_value(json_object_get(root, "seed")),
                           .replication = json_integer_value(json_object_get(root, "replication"))};
    if (!json_is_null(pcap))
        m->pcap = need_text(root, "pcap", arena, &bad);
    read_sets(m, json_object_get(root, "set"), arena, &bad);
    read_inputs(m, json_object_get(root, "inputs"), arena, &bad);
    json_decref(root);
    return bad ? why_set(w, ST_SYNTAX, "%.120s: '%s' is not as this version writes it", path, bad)
               : ST_OK;
}
