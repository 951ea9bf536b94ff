/* What is kept of a run: as `monami run` keeps it, but for the manifest, since a run that somebody
 * else carries cannot be done again by the program. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "scenarios/effective.h"
#include "sim/base/path.h"
#include "sim/lib/parts.h"

enum monami_status monami_record(struct monami *m, const char *folder)
{
    enum monami_status st = lib_stands(m, LIB_MAKING, "monami_record()");
    if (st)
        return st;
    m->recorded = true;
    m->folder = folder ? arena_text(&m->given, folder) : NULL;
    m->part = folder ? arena_format(&m->given, "%s.part", folder) : NULL;
    return MONAMI_OK;
}

static enum monami_status failed(struct monami *m, const char *path)
{
    return lib_fail(m, MONAMI_IO, "%s: %s", path, strerror(errno));
}

/* Nothing of the caller's is ever replaced. */
static bool is_free(const char *path)
{
    DIR *dir = opendir(path);
    bool is_empty = true;
    if (!dir)
        return errno == ENOENT;
    for (struct dirent *e = readdir(dir); e; e = readdir(dir))
        is_empty &= !strcmp(e->d_name, ".") || !strcmp(e->d_name, "..");
    (void)closedir(dir);
    return is_empty;
}

enum monami_status lib_record_begin(struct monami *m)
{
    if (!m->folder)
        return MONAMI_OK;
    if (!is_free(m->folder))
        return lib_fail(m, MONAMI_IO, "%s: is there already", m->folder);
    return mkdir(m->part, 0777) ? failed(m, m->part) : MONAMI_OK;
}

void lib_record_open(struct monami *m)
{
    const struct record_config *r = &m->scenario.general.record;
    if (!m->recorded)
        return;
    struct trace_setup setup = {
        .dir = m->part, .event_rows = true, .counters = r->counters, .digest = true};
    if (m->folder) {
        setup.packets = r->packets == 0;
        setup.events = r->events == 0;
        setup.digest = r->digest;
        setup.pcap = r->pcap;
        setup.series = r->series;
    }
    setup.run = (struct trace_run){.run_key = "",
                                   .scenario = path_name(m->path),
                                   .engine = m->networks ? "outside" : "native",
                                   .version = MONAMI_VERSION};
    world_trace_setup(&m->world, &setup);
    m->trace = trace_open(&setup, m->world.sim);
}

static enum monami_status write_effective(struct monami *m)
{
    const char *path = arena_format(&m->run, "%s/effective.yaml", m->part);
    FILE *out = fopen(path, "w");
    if (!out)
        return failed(m, path);
    effective_print(out, scenario_keys, &m->scenario, path_folder(m->path, &m->run));
    bool bad = ferror(out);
    bad |= fclose(out) != 0;
    return bad ? failed(m, path) : MONAMI_OK;
}

enum monami_status lib_record_close(struct monami *m)
{
    struct why why;
    if (!m->trace)
        return MONAMI_OK;
    sim_time now = sim_now(m->world.sim);
    sim_time stop = now == m->scenario.general.stop ? 0 : now;
    if (world_trace_close(&m->world, m->trace, m->events, stop, &why))
        return lib_fail(m, MONAMI_IO, "%s", why.text);
    (void)snprintf(m->digest, sizeof m->digest, "%s", trace_digest(m->trace));
    m->unmet = trace_unmet(m->trace);
    trace_free(m->trace); /* its files are closed before they get their name */
    m->trace = NULL;
    if (!m->folder)
        return MONAMI_OK;
    enum monami_status st = write_effective(m);
    if (!st && rename(m->part, m->folder))
        st = failed(m, m->folder);
    return st;
}

const char *monami_digest(const struct monami *m)
{
    return m->digest;
}

size_t monami_unmet(const struct monami *m)
{
    return m->unmet;
}
