/* Which metrics there are: the checks of expect.h before a run. */
#include <stdio.h>
#include <string.h>

#include "models/names.h"
#include "traces/count.h"
#include "traces/expect.h"
#include "traces/metric_parts.h"

static bool is_direction(const char *text)
{
    return !strcmp(text, "up") || !strcmp(text, "down");
}

static enum status check_events(const char *metric, const struct metric_parts *p, unsigned names,
                                struct why *w)
{
    char first[METRIC_PART_BYTES];
    const char *second;
    if (p->n < 3 || !metric_split_events(p, names, first, &second)) {
        return why_set(w, ST_SYNTAX, "'%s' names no %s; they stand in `monami explain --events`",
                       metric, names == 1 ? "event" : "two events");
    }
    return ST_OK;
}

static bool is_counter(const char *name)
{
    static const char *const ways[] = {".sent", ".received", ".dropped"};
    if (!strncmp(name, "drop.", 5))
        return drop_find(name + 5) >= 0;
    if (node_counter_is(name))
        return true;
    for (unsigned stage = 0; stage < DROP_STAGES; stage++) {
        if (!strncmp(name, "drops.", 6) && !strcmp(name + 6, drop_stage_name(stage)))
            return true;
    }
    for (unsigned k = 0; k < COUNTS; k++) {
        size_t n = strlen(count_name(k));
        for (unsigned j = 0; j < COUNT_WAYS && !strncmp(name, count_name(k), n); j++) {
            if (!strcmp(name + n, ways[j]))
                return true;
        }
    }
    return false;
}

static enum status check_counter(const char *metric, const struct metric_parts *p,
                                 const struct expect_names *names, struct why *w)
{
    bool of_node = p->n >= 3 && is_counter(p->rest[2]);
    if (!of_node && !(p->n >= 4 && is_counter(p->rest[3]))) {
        return why_set(
            w, ST_MISSING,
            "'%.60s' names no counter; they are drop.REASON, drops.STAGE (node, ipsec, "
            "mobility), cpu.jobs, ike.bytes and the like, and those of an interface that docs/reference.md lists, with "
            ".sent, .received or .dropped",
            metric);
    }
    if (!of_node && !names->has_interface(names->of, p->text[1], p->text[2]))
        return why_set(w, ST_MISSING, "'%.100s': '%s' has no interface '%s'", metric, p->text[1],
                       p->text[2]);
    return ST_OK;
}

/* A metric of a node: of its counters, SAs or events. */
static enum status check_of_node(const char *metric, const struct metric_parts *p,
                                 const struct expect_names *names, struct why *w)
{
    if (p->n < 3 || !names->has_node(names->of, p->text[1]))
        return why_set(w, ST_MISSING, "'%.100s': there is no node '%s'", metric,
                       p->n > 1 ? p->text[1] : "");
    if (!strcmp(p->text[0], "counter"))
        return check_counter(metric, p, names, w);
    if (!strcmp(p->text[0], "sa") && !metric_is_of_sas(p)) {
        return why_set(
            w, ST_MISSING,
            "'%.60s' is no sum over SAs; those are packets, bytes, icv, replay, "
            "too_old, selector and dummy: sa.NODE.icv is of all, sa.NODE.in.icv of those "
            "that receive, sa.NODE.out.packets of those that send, sa.NODE.in.hoti.packets of "
            "those of one policy",
            metric);
    }
    if (!strcmp(p->text[0], "sa"))
        return ST_OK;
    return check_events(metric, p, strcmp(p->text[0], "event") ? 2 : 1, w);
}

static bool is_of_node(const struct metric_parts *p)
{
    static const char *const kinds[] = {"counter", "sa", "event", "since"};
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
        if (!strcmp(kinds[k], p->text[0]))
            return true;
    }
    return false;
}

/* Of "NAME.*" the first member stands for all. */
static enum status check_population(const char *metric, struct metric_parts *p,
                                    const struct expect_names *names, struct why *w)
{
    char name[METRIC_PART_BYTES];
    bool of_node = is_of_node(p);
    (void)snprintf(name, sizeof name, "%.*s.0", (int)p->population, p->text[1]);
    if (of_node ? !names->has_node(names->of, name) : !names->has_flow(names->of, name)) {
        return why_set(w, ST_MISSING, "'%.80s': there is no population '%.*s' of %s", metric,
                       (int)p->population, p->text[1],
                       of_node ? "nodes; a node with `count` is one"
                               : "flows; a flow of NAME.* is one, if node NAME has a `count`");
    }
    if (p->over == METRIC_ONE) {
        return why_set(
            w, ST_SYNTAX,
            "'%.60s' is one number for each of a population; say what is wanted of them, "
            "such as max(%.60s): min, max, mean, median, p90, p95, p99 or sum",
            metric, metric);
    }
    (void)snprintf(p->text[1], sizeof p->text[1], "%s", name);
    return ST_OK;
}

static enum status check_flow(const char *metric, const struct metric_parts *p,
                              const struct expect_names *names, struct why *w)
{
    bool is_flow = !strcmp(p->text[0], "flow");
    if (!names->has_flow(names->of, p->text[1]))
        return why_set(w, ST_MISSING, "'%s': there is no flow '%s'", metric, p->text[1]);
    if (!is_direction(p->text[2]))
        return why_set(w, ST_SYNTAX, "'%s': '%s' is neither up nor down", metric, p->text[2]);
    if (is_flow && !metric_is_flow_column(p->text[3]))
        return why_set(w, ST_MISSING, "'%s': table flow has no column '%s'", metric, p->text[3]);
    return ST_OK;
}

enum status metric_check(const char *metric, const struct expect_names *names, struct why *w)
{
    struct metric_parts p;
    enum status st = metric_cut(metric, &p, w);
    if (st)
        return st;
    bool of_node = is_of_node(&p);
    bool of_flow =
        (!strcmp(p.text[0], "flow") && p.n == 4) || (!strcmp(p.text[0], "disruption") && p.n == 3);
    if (!of_node && !of_flow) {
        return why_set(
            w, ST_SYNTAX,
            "'%s' is not a metric; those are flow.NAME.up|down.COLUMN, "
            "disruption.NAME.up|down, counter.NODE[.INTERFACE].NAME, "
            "sa.NODE[.in|out[.POLICY]].COLUMN, event.NODE.EVENT and since.NODE.EVENT.EVENT",
            metric);
    }
    if (p.over != METRIC_ONE && !p.population) {
        return why_set(w, ST_SYNTAX,
                       "'%.80s': a function is of a population, with `.*` for the number, as in "
                       "%.*s(%s.NAME.*%s)",
                       metric, (int)strcspn(metric, "("), metric, p.text[0],
                       p.n > 2 ? p.rest[2] - 1 : "");
    }
    if (p.population)
        st = check_population(metric, &p, names, w);
    if (st)
        return st;
    return of_node ? check_of_node(metric, &p, names, w) : check_flow(metric, &p, names, w);
}
