#include "analysis/wording.h"

#include <ctype.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "traces/expect.h"

/* ---- units ------------------------------------------------------------------------------ */

struct scale wording_scale(enum quantity_kind kind, const double *value, size_t n)
{
    static const struct {
        struct scale large; /* if none but 0 is below `least` */
        double least;
        struct scale usual;
    } scales[] = {
        [QUANTITY_WORD] = {{1, ""}, 0, {1, ""}},
        [QUANTITY_NUMBER] = {{1, ""}, 0, {1, ""}},
        [QUANTITY_SHARE] = {{1e7, "%"}, 0, {1e7, "%"}},
        [QUANTITY_LENGTH] = {{1e6, "m"}, 0, {1e6, "m"}},
        [QUANTITY_TIME] = {{1e9, "s"}, 1e9, {1e6, "ms"}},
        [QUANTITY_RATE] = {{1e6, "Mbit/s"}, 0, {1e6, "Mbit/s"}},
        [QUANTITY_SIZE] = {{1e3, "kB"}, 1e4, {1, "B"}},
        [QUANTITY_PACKETS] = {{1, "packets"}, 0, {1, "packets"}},
    };
    double least = (double)INFINITY;
    for (size_t k = 0; k < n; k++) {
        if (fabs(value[k]) > 0 && fabs(value[k]) < least) /* NAN is neither */
            least = fabs(value[k]);
    }
    return isfinite(least) && least >= scales[kind].least ? scales[kind].large : scales[kind].usual;
}

/* ---- metrics --------------------------------------------------------------------------- */

enum { METRIC_LONG = 400 };

static enum quantity_kind kind_of(const char *metric)
{
    char one[METRIC_LONG];
    (void)metric_inside(metric, one, sizeof one);
    size_t n = strlen(one);
    bool bytes = n > 6 && (!strcmp(one + n - 6, "_bytes") || !strcmp(one + n - 6, ".bytes"));
    if (metric_unit(metric) == METRIC_TIME)
        return QUANTITY_TIME;
    return bytes ? QUANTITY_SIZE : QUANTITY_NUMBER;
}

struct scale wording_metric_scale(const char *metric, const double *value, size_t n)
{
    if (metric_unit(metric) == METRIC_SHARE)
        return (struct scale){0.01, "%"};
    return wording_scale(kind_of(metric), value, n);
}

static const struct {
    const char *column;
    const char *words;
} columns[] = {
    {"sent", "packets sent"},
    {"received", "packets received"},
    {"lost", "lost packets"},
    {"lost_share", "share of the packets lost"},
    {"late", "late packets"},
    {"missed", "lost or late packets"},
    {"in_flight", "packets under way at the end"},
    {"duplicated", "duplicated packets"},
    {"reordered", "reordered packets"},
    {"received_bytes", "volume received"},
    {"delay_mean_ns", "mean one-way delay"},
    {"delay_p50_ns", "median one-way delay"},
    {"delay_p95_ns", "95th percentile of the one-way delay"},
    {"delay_p99_ns", "99th percentile of the one-way delay"},
    {"delay_max_ns", "largest one-way delay"},
    {"ipdv_mean_ns", "mean IPDV"},
    {"pdv_p99_ns", "99th percentile of the PDV"},
    {"longest_gap_ns", "longest gap between arrivals"},
    {"mos_mean", "MOS, mean of 10 s windows,"},
    {"mos_worst", "MOS, worst 10 s window,"},
};

static void flow_words(char *out, size_t size, const char *flow, const char *last)
{
    for (size_t k = 0; k < sizeof columns / sizeof columns[0]; k++) {
        if (!strcmp(columns[k].column, last + 1)) {
            (void)snprintf(out, size, "%s of %.*s", columns[k].words, (int)(last - flow), flow);
            return;
        }
    }
}

static const struct {
    const char *column;
    const char *words;
} sa_columns[] = {
    {"packets", "packets through SAs of"},
    {"bytes", "volume through SAs of"},
    {"icv", "packets with a wrong check value at"},
    {"replay", "packets refused as replayed at"},
    {"too_old", "packets left of the replay window at"},
    {"selector", "packets outside of their SA's selectors at"},
    {"dummy", "dummy packets at"},
};

/* `of` is "NODE.COLUMN", or "NODE.in.COLUMN"; `node` is the length of its first part. */
static void sa_words(char *out, size_t size, const char *of, size_t node, const char *column)
{
    const char *way = of + node + 1;
    bool in = !strncmp(way, "in.", 3);
    const char *words = in ? ", inbound" : ", outbound";
    const char *policy = way + (in ? strlen("in.") : strlen("out."));
    int policy_bytes = policy < column ? (int)(column - policy) - 1 : 0;
    for (size_t k = 0; k < sizeof sa_columns / sizeof sa_columns[0]; k++) {
        if (!strcmp(sa_columns[k].column, column)) {
            (void)snprintf(out, size, "%s %.*s%s%s%.*s", sa_columns[k].words, (int)node, of,
                           way < column ? words : "", policy_bytes ? ", policy " : "", policy_bytes,
                           policy);
            return;
        }
    }
}

/* Of "NODE.REST", or "NODE.7.REST", "NODE.*.REST" of a population. */
static size_t node_length(const char *text)
{
    size_t n = strcspn(text, ".");
    size_t digits = text[n] ? strspn(text + n + 1, "0123456789*") : 0;
    return digits && text[n + 1 + digits] == '.' ? n + 1 + digits : n;
}

static void one_metric(char *out, size_t size, const char *metric)
{
    const char *rest = strchr(metric, '.');
    const char *last = strrchr(metric, '.');
    (void)snprintf(out, size, "%s", metric);
    if (!rest)
        return;
    rest++;
    size_t node = node_length(rest);
    const char *name = rest + node + (rest[node] == '.');
    if (!strncmp(metric, "flow.", 5)) {
        flow_words(out, size, rest, last);
    } else if (!strncmp(metric, "disruption.", 11)) {
        (void)snprintf(out, size, "worst disruption of %s", rest);
    } else if (!strncmp(metric, "event.", 6)) {
        (void)snprintf(out, size, "how often %s at %.*s", name, (int)node, rest);
    } else if (!strncmp(metric, "counter.", 8) && !strncmp(name, "drop.", 5)) {
        (void)snprintf(out, size, "packets dropped at %.*s: %s", (int)node, rest, name + 5);
    } else if (!strncmp(metric, "counter.", 8)) {
        (void)snprintf(out, size, "%s of %.*s", name, (int)node, rest);
    } else if (!strncmp(metric, "sa.", 3)) {
        sa_words(out, size, rest, node, last + 1);
    } else if (!strncmp(metric, "since.", 6)) {
        (void)snprintf(out, size, "time since %s at %.*s", name, (int)node, rest);
    }
}

static const struct {
    const char *function;
    const char *words;
} functions[] = {
    {"min", "minimum"},         {"max", "maximum"},
    {"mean", "mean"},           {"median", "median"},
    {"p90", "90th percentile"}, {"p95", "95th percentile"},
    {"p99", "99th percentile"}, {"sum", "sum"},
};

/* Takes " of NAME.*" or " at NAME.*" out of `words`, and says the direction behind it as a word. */
static void take_member(char *words, const char *who, size_t size)
{
    static const char *const before[] = {" of ", " at "};
    char rest[METRIC_LONG];
    for (char *at = strstr(words, who); at; at = strstr(at + 1, who)) {
        for (size_t k = 0; k < 2; k++) {
            if (at - words < 4 || strncmp(at - 4, before[k], 4) != 0)
                continue;
            (void)snprintf(rest, sizeof rest, "%s", at + strlen(who));
            const char *way = !strcmp(rest, ".down") ? ", downwards"
                              : !strcmp(rest, ".up") ? ", upwards"
                                                     : rest;
            at -= 4 + (at[-5] == ',');
            (void)snprintf(at, size - (size_t)(at - words), "%s", way);
            return;
        }
    }
}

/* "95th percentile over ping.* of the worst disruption, downwards" */
static void population_words(char *out, size_t size, const char *function, const char *metric)
{
    char words[METRIC_LONG];
    char who[METRIC_LONG];
    const char *name = strchr(metric, '.');
    (void)snprintf(out, size, "%s(%s)", function, metric);
    if (!name)
        return;
    name++;
    (void)snprintf(who, sizeof who, "%.*s", (int)node_length(name), name);
    one_metric(words, sizeof words, metric);
    take_member(words, who, sizeof words);
    bool sentence = !strncmp(words, "how ", 4) || strcspn(words, ".") < strcspn(words, " ");
    for (size_t k = 0; k < sizeof functions / sizeof functions[0]; k++) {
        if (!strcmp(functions[k].function, function)) {
            (void)snprintf(out, size, "%s over %s of %s%s", functions[k].words, who,
                           sentence ? "" : "the ", words);
        }
    }
}

void wording_metric(char *out, size_t size, const char *metric)
{
    char inside[METRIC_LONG];
    const char *function = metric_inside(metric, inside, sizeof inside);
    if (function) {
        population_words(out, size, function, inside);
    } else {
        one_metric(out, size, metric);
    }
}

/* ---- texts that fit -------------------------------------------------------------------- */

void wording_wrap(char *text, size_t width)
{
    char *space = NULL;
    char *line = text;
    for (char *c = text; *c; c++) {
        if (*c == '\n') {
            line = c + 1;
            space = NULL;
            continue;
        }
        if (*c == ' ')
            space = c;
        if ((size_t)(c - line) >= width && space) {
            *space = '\n';
            line = space + 1;
            space = NULL;
        }
    }
}

enum { LABEL_LONG = 16, LABEL_MOST = 28 };

static bool is_joint(char c)
{
    return !isalnum((unsigned char)c) && (unsigned char)c < 0x80;
}

/* How many characters all begin with (or end with), as far as they end at a joint. */
static size_t common(const char *const *value, size_t n, bool end)
{
    size_t best = 0;
    for (size_t k = 0;; k++) {
        char c = '\0';
        for (size_t j = 0; j < n; j++) {
            size_t len = strlen(value[j]);
            if (k + 1 >= len)
                return best;
            char here = end ? value[j][len - 1 - k] : value[j][k];
            if (j && here != c)
                return best;
            c = here;
        }
        if (is_joint(c) && (end || c != '.')) /* a point may be that of a number */
            best = k + 1;
    }
}

static const char *cut(struct arena *a, const char *text, size_t from, size_t behind)
{
    size_t len = strlen(text);
    if (from + behind >= len)
        return text;
    const char *end = text + len - behind;
    bool kind_of_file = *end == '.' && !strpbrk(end + 1, "./ "); /* it says nothing */
    const char *rest =
        arena_format(a, "%s%.*s%s", from && text[from - 1] != '/' ? "..." : "",
                     (int)(len - from - behind), text + from, behind && !kind_of_file ? "..." : "");
    len = strlen(rest);
    if (len <= LABEL_MOST)
        return rest;
    return arena_format(a, "%.*s...%s", LABEL_MOST / 2 - 2, rest,
                        rest + len - (LABEL_MOST / 2 - 1));
}

static bool all_differ(const char *const *label, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        for (size_t j = 0; j < k; j++) {
            if (!strcmp(label[k], label[j]))
                return false;
        }
    }
    return true;
}

const char **wording_labels(struct arena *a, const char *const *value, size_t n)
{
    const char **label = arena_take(a, (n + 1) * sizeof *label);
    size_t longest = 0;
    for (size_t k = 0; k < n; k++) {
        label[k] = value[k];
        longest = strlen(value[k]) > longest ? strlen(value[k]) : longest;
    }
    if (longest <= LABEL_LONG)
        return label;
    size_t from = n > 1 ? common(value, n, false) : 0;
    size_t behind = n > 1 ? common(value, n, true) : 0;
    for (size_t k = 0; k < n; k++) {
        const char *slash = n == 1 ? strrchr(value[k], '/') : NULL;
        label[k] = cut(a, value[k], slash ? (size_t)(slash + 1 - value[k]) : from, behind);
    }
    for (size_t k = 0; k < n && !all_differ(label, n); k++)
        label[k] = arena_format(a, "%zu: %s", k + 1, label[k]);
    return label;
}
