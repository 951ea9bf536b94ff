/*
 * A ladder as a picture, to scale in time.
 *
 *   left     the time in ms; a bar for each flow, hollow where nothing of it arrived; what happened
 *            at the mobile node
 *   middle   a line for each node; messages go down from one to another as long as they took
 *   right    what each message is, and what happened elsewhere
 *
 * Long times in which nothing happens are cut out, and a zigzag says so.  Names stand as near to
 * their events as they can without touching each other.  Kinds differ in how they are dashed and in
 * the shape of their marks, so that they can be told apart in grey.
 */
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/html.h"
#include "analysis/ladder.h"

/* In units of the picture. */
enum {
    WIDTH = 960,
    AXIS = 58,
    FLOWS_AT = 72,
    FLOW_WIDTH = 15,
    FLOWS_MOST = 6,
    FIRST_LANE = 345,
    LAST_LANE = 540,
    LABELS = 560,
    LABEL_HEIGHT = 15,
    LABEL_CHARACTERS = 63,
    CUT_HEIGHT = 30,
    LEAST_HEIGHT = 260,
    HEAD = 34,
    HEAD_WITH_FLOWS = 92,
};

/* A stretch of time, and where it is drawn. */
struct stretch {
    int64_t from;
    int64_t to;
    double y;
    double height;
    bool cut;
};

struct label {
    size_t line;
    double want;
    double y;
    double x; /* of the point that it is about */
};

struct picture {
    FILE *out;
    const struct ladder *l;
    struct stretch *stretch;
    size_t stretches;
    struct label *left;
    size_t lefts;
    struct label *right;
    size_t rights;
    double head;
    double height; /* with the head */
};

/* ---- time --------------------------------------------------------------------------------- */

static int by_value(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a;
    int64_t y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* All times at which something is to be drawn, in order, each once. */
static size_t find_times(const struct ladder *l, int64_t *t)
{
    size_t n = 0;
    t[n++] = l->begin;
    for (size_t k = 0; k < l->n; k++) {
        const struct ladder_line *x = &l->line[k];
        t[n++] = x->t;
        if (x->arrived >= 0)
            t[n++] = x->arrived;
        if (x->lost >= 0)
            t[n++] = x->lost;
    }
    for (size_t k = 0; k < l->gaps; k++) {
        if (l->gap[k].from > l->begin)
            t[n++] = l->gap[k].from;
        t[n++] = l->gap[k].to;
    }
    qsort(t, n, sizeof *t, by_value);
    size_t kept = 0;
    for (size_t k = 0; k < n; k++) {
        if (!kept || t[k] != t[kept - 1])
            t[kept++] = t[k];
    }
    return kept;
}

/* What is longer than a twelfth of all, and than 100 ms, is cut. */
static void lay_out_time(struct picture *p, double height)
{
    const struct ladder *l = p->l;
    int64_t *t = malloc((3 * l->n + 2 * l->gaps + 2) * sizeof *t);
    assert(t);
    size_t n = find_times(l, t);
    int64_t limit = (t[n - 1] - t[0]) / 12 > 100000000 ? (t[n - 1] - t[0]) / 12 : 100000000;
    double shown = 0;
    size_t cuts = 0;
    p->stretch = calloc(n + 1, sizeof *p->stretch);
    assert(p->stretch);
    for (size_t k = 1; k < n; k++) {
        struct stretch *s = &p->stretch[p->stretches++];
        *s = (struct stretch){.from = t[k - 1], .to = t[k], .cut = t[k] - t[k - 1] > limit};
        shown += s->cut ? 0 : (double)(s->to - s->from);
        cuts += s->cut;
    }
    if (height < LEAST_HEIGHT)
        height = LEAST_HEIGHT;
    double y = p->head;
    for (size_t k = 0; k < p->stretches; k++) {
        struct stretch *s = &p->stretch[k];
        s->y = y;
        s->height = s->cut      ? CUT_HEIGHT
                    : shown > 0 ? (double)(s->to - s->from) / shown * height
                                : 0;
        y += s->height;
    }
    p->height = y + (double)LABEL_HEIGHT;
    free(t);
}

static double y_of(const struct picture *p, int64_t t)
{
    double y = p->head;
    for (size_t k = 0; k < p->stretches && t > p->stretch[k].from; k++) {
        const struct stretch *s = &p->stretch[k];
        double share = t >= s->to ? 1 : (double)(t - s->from) / (double)(s->to - s->from);
        y = s->y + share * s->height;
    }
    return y;
}

/* ---- names -------------------------------------------------------------------------------- */

static double lane_x(const struct ladder *l, unsigned lane)
{
    return l->lanes < 2 ? FIRST_LANE
                        : FIRST_LANE + (double)lane * (LAST_LANE - FIRST_LANE) / (l->lanes - 1);
}

/* Where the arrow touches the lane on the right, or ends. */
static void find_point(const struct picture *p, const struct ladder_line *x, struct label *at)
{
    double from = lane_x(p->l, x->from);
    double to = lane_x(p->l, x->to);
    bool at_end = to > from;
    at->x = at_end ? to : from;
    at->want = y_of(p, at_end && x->arrived >= 0 ? x->arrived : x->t);
    if (x->kind != LADDER_NOTE && x->lost >= 0 && at_end) {
        at->x = (from + to) / 2;
        at->want = y_of(p, x->lost);
    }
}

static int by_want(const void *a, const void *b)
{
    const struct label *x = a;
    const struct label *y = b;
    int order = (x->want > y->want) - (x->want < y->want);
    return order ? order : (x->line > y->line) - (x->line < y->line);
}

/* As near to where they want to be as they can: those that would touch stand together around the
 * middle of their wishes (isotonic regression by pooling neighbours). */
static void place(struct label *of, size_t n, double top)
{
    struct {
        double sum; /* of wishes, each less its place in the block */
        size_t n;
    } *block = calloc(n + 1, sizeof *block);
    assert(block);
    size_t blocks = 0;
    qsort(of, n, sizeof *of, by_want);
    for (size_t k = 0; k < n; k++) {
        block[blocks].sum = of[k].want;
        block[blocks++].n = 1;
        while (blocks > 1) {
            size_t a = blocks - 2;
            double end = block[a].sum / (double)block[a].n + (double)block[a].n * LABEL_HEIGHT;
            if (end <= block[a + 1].sum / (double)block[a + 1].n)
                break;
            block[a].sum += block[a + 1].sum - (double)(block[a].n * block[a + 1].n) * LABEL_HEIGHT;
            block[a].n += block[a + 1].n;
            blocks--;
        }
    }
    double free_from = top;
    for (size_t b = 0, k = 0; b < blocks; b++) {
        double y = block[b].sum / (double)block[b].n;
        for (size_t j = 0; j < block[b].n; j++, k++) {
            of[k].y = fmax(y + (double)j * LABEL_HEIGHT, free_from);
            free_from = of[k].y + LABEL_HEIGHT;
        }
    }
    free(block);
}

static bool on_the_left(const struct ladder_line *x)
{
    return x->kind == LADDER_NOTE && x->from == 0;
}

static void lay_out(struct picture *p)
{
    const struct ladder *l = p->l;
    size_t lefts = 0;
    for (size_t k = 0; k < l->n; k++)
        lefts += on_the_left(&l->line[k]);
    size_t most = lefts > l->n - lefts ? lefts : l->n - lefts;
    p->left = calloc(l->n + 1, sizeof *p->left);
    p->right = calloc(l->n + 1, sizeof *p->right);
    assert(p->left && p->right);
    lay_out_time(p, (double)most * LABEL_HEIGHT * 1.15);
    for (size_t k = 0; k < l->n; k++) {
        struct label *at = on_the_left(&l->line[k]) ? &p->left[p->lefts++] : &p->right[p->rights++];
        at->line = k;
        find_point(p, &l->line[k], at);
    }
    place(p->left, p->lefts, p->head);
    place(p->right, p->rights, p->head);
    for (size_t k = 0; k < 2; k++) {
        const struct label *of = k ? p->right : p->left;
        size_t n = k ? p->rights : p->lefts;
        if (n && of[n - 1].y + LABEL_HEIGHT > p->height)
            p->height = of[n - 1].y + LABEL_HEIGHT;
    }
}

/* ---- drawing ------------------------------------------------------------------------------ */

static const char *class_of(const struct ladder_line *x)
{
    static const char *const names[] = {"bu", "ba", "ike", "note"};
    return names[x->kind];
}

static void put_text(struct picture *p, double x, double y, const char *class, const char *text)
{
    (void)fprintf(p->out, "<text x=\"%.1f\" y=\"%.1f\" class=\"%s\">", x, y, class);
    html_text(p->out, text);
    (void)fputs("</text>\n", p->out);
}

static bool starts(const struct ladder_line *x, const char *event)
{
    return !strncmp(x->event, event, strlen(event));
}

/* A round mark; a cross where something ends, a square for SAs, a diamond for decisions. */
static void put_mark(struct picture *p, const struct ladder_line *x)
{
    double at = lane_x(p->l, x->from);
    double y = y_of(p, x->t);
    if (starts(x, "l2.down") || starts(x, "path.dead") || starts(x, "ike.sa_down") ||
        starts(x, "nd.address_gone")) {
        (void)fprintf(p->out, "<path class=\"lost\" d=\"M%.1f %.1fl8 8m0 -8l-8 8\"/>\n", at - 4,
                      y - 4);
    } else if (starts(x, "ipsec.sa_") || starts(x, "ike.sa_up")) {
        (void)fprintf(p->out,
                      "<rect class=\"mark\" x=\"%.1f\" y=\"%.1f\" width=\"7\" height=\"7\"/>\n",
                      at - 3.5, y - 3.5);
    } else if (starts(x, "decision.")) {
        (void)fprintf(p->out, "<path class=\"mark\" d=\"M%.1f %.1fl5 5l-5 5l-5 -5Z\"/>\n", at,
                      y - 5);
    } else {
        (void)fprintf(p->out, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\"/>\n", at, y);
    }
}

/* The head is drawn, so that the picture needs no ids. */
static void put_arrow(struct picture *p, double x1, double y1, double x2, double y2,
                      const char *class)
{
    double length = hypot(x2 - x1, y2 - y1);
    double ux = (x2 - x1) / length;
    double uy = (y2 - y1) / length;
    (void)fprintf(p->out,
                  "<path class=\"%s\" d=\"M%.1f %.1fL%.1f %.1f\"/><path class=\"%s head\" "
                  "d=\"M%.1f %.1fL%.1f %.1fL%.1f %.1fZ\"/>\n",
                  class, x1, y1, x2 - 6 * ux, y2 - 6 * uy, class, x2, y2, x2 - 9 * ux + 4 * uy,
                  y2 - 9 * uy - 4 * ux, x2 - 9 * ux - 4 * uy, y2 - 9 * uy + 4 * ux);
}

static void put_message(struct picture *p, const struct ladder_line *x)
{
    double x1 = lane_x(p->l, x->from);
    double x2 = lane_x(p->l, x->to);
    double y1 = y_of(p, x->t);
    if (x1 >= x2 && x1 <= x2)
        return; /* nobody else is there */
    if (x->lost >= 0) {
        double middle = (x1 + x2) / 2;
        double y = y_of(p, x->lost);
        (void)fprintf(p->out, "<path class=\"%s\" d=\"M%.1f %.1fL%.1f %.1f\"/>", class_of(x), x1,
                      y1, middle, y);
        (void)fprintf(p->out, "<path class=\"lost\" d=\"M%.1f %.1fl10 10m0 -10l-10 10\"/>\n",
                      middle - 5, y - 5);
        return;
    }
    put_arrow(p, x1, y1, x2, x->arrived < 0 ? y1 : y_of(p, x->arrived), class_of(x));
}

/* A wait that ended with this line: a bar on the lane from its beginning. Answers how long it
 * was; -1: there was none. */
static int64_t put_wait(struct picture *p, size_t line)
{
    const struct ladder_line *x = &p->l->line[line];
    const char *since = starts(x, "nd.address") && !starts(x, "nd.address_gone") ? "nd.router"
                        : starts(x, "l2.down_seen")                              ? "l2.down"
                                                                                 : NULL;
    const char *interface = strrchr(x->what, ' ');
    for (size_t k = line; since && interface && k-- > 0;) {
        const struct ladder_line *from = &p->l->line[k];
        const char *other = strrchr(from->what, ' ');
        if (strcmp(from->event, since) != 0 || !other || strcmp(other, interface) != 0)
            continue;
        if (x->t == from->t)
            return -1;
        (void)fprintf(
            p->out, "<rect class=\"wait\" x=\"%.1f\" y=\"%.1f\" width=\"8\" height=\"%.1f\"/>\n",
            lane_x(p->l, x->from) - 4, y_of(p, from->t), y_of(p, x->t) - y_of(p, from->t));
        return x->t - from->t;
    }
    return -1;
}

/* Characters, not bytes, of UTF-8 (RFC 3629). */
static size_t letters(const char *text)
{
    size_t n = 0;
    for (; *text; text++)
        n += (*text & 0xc0) != 0x80;
    return n;
}

static void cut_to(char *text, size_t most)
{
    size_t n = 0;
    if (letters(text) <= most || most < 4)
        return;
    for (; n < most - 3 || (*text & 0xc0) == 0x80; text++)
        n += (*text & 0xc0) != 0x80;
    (void)strcpy(text, "...");
}

/* How a message went: "46.6 ms, cell0, ESP bu". */
static void way_of(const struct ladder_line *x, char *out, size_t size)
{
    int n = 0;
    if (x->lost >= 0) {
        n = snprintf(out, size, "lost: %.100s", x->why);
    } else if (x->arrived >= 0) {
        n = snprintf(out, size, "%.1f ms", (double)(x->arrived - x->t) / 1e6);
    } else {
        n = snprintf(out, size, "?");
    }
    (void)snprintf(out + n, size - (size_t)n, "%s%s%s%s", *x->care_of ? ", " : "", x->care_of,
                   *x->policy ? ", ESP " : "", x->policy);
}

static void put_right(struct picture *p, const struct label *at)
{
    const struct ladder_line *x = &p->l->line[at->line];
    char way[LADDER_WHAT] = "";
    char inside[LADDER_INSIDE + 4] = "";
    if (x->kind != LADDER_NOTE)
        way_of(x, way, sizeof way);
    (void)fprintf(p->out, "<g><title>");
    html_text(p->out, x->what);
    (void)fprintf(p->out, "%s", *way ? ": " : "");
    html_text(p->out, way);
    (void)fprintf(p->out, "%s", *x->inside ? "; " : "");
    html_text(p->out, x->inside);
    (void)fprintf(
        p->out,
        "</title><path class=\"leader\" d=\"M%.1f %.1fL%d %.1f\"/><text x=\"%d\" y=\"%.1f\" "
        "class=\"%s\">",
        at->x + 4, at->want, LABELS - 3, at->y, LABELS, at->y + 4, class_of(x));
    html_text(p->out, x->what);
    size_t used = letters(x->what) + (*way ? letters(way) + 2 : 0) + 1;
    (void)snprintf(inside, sizeof inside, "%s", x->inside);
    if (*way) {
        (void)fputs("<tspan class=\"way\" dx=\"8\">", p->out);
        html_text(p->out, way);
        (void)fputs("</tspan>", p->out);
    }
    if (*inside && used + 12 < LABEL_CHARACTERS) {
        cut_to(inside, LABEL_CHARACTERS - used);
        (void)fputs("<tspan class=\"in\" dx=\"8\">", p->out);
        html_text(p->out, inside);
        (void)fputs("</tspan>", p->out);
    }
    (void)fputs("</text></g>\n", p->out);
}

static void put_left(struct picture *p, const struct label *at, size_t flows)
{
    const struct ladder_line *x = &p->l->line[at->line];
    char text[LADDER_WHAT + 32];
    int64_t wait = put_wait(p, at->line);
    (void)snprintf(text, sizeof text, "%s", x->what);
    if (wait >= 0)
        (void)snprintf(text, sizeof text, "%s, after %.1f ms", x->what, (double)wait / 1e6);
    (void)fputs("<g><title>", p->out);
    html_text(p->out, text);
    cut_to(text, (size_t)(FIRST_LANE - 20 - FLOWS_AT - (int)flows * FLOW_WIDTH) / 6);
    (void)fprintf(p->out, "</title><path class=\"leader\" d=\"M%.1f %.1fL%d %.1f\"/>", at->x - 4,
                  at->want, FIRST_LANE - 15, at->y);
    put_text(p, FIRST_LANE - 18, at->y + 4, "left", text);
    (void)fputs("</g>\n", p->out);
}

/* ---- axis and flows ----------------------------------------------------------------------- */

static void put_tick(struct picture *p, double y, int64_t ns, double *last)
{
    char text[32];
    if (y - *last < 11)
        return;
    *last = y;
    double ms = (double)ns / 1e6;
    (void)snprintf(text, sizeof text, "%.*f", fabs(ms - round(ms)) < 0.0005 ? 0 : 1, ms);
    put_text(p, AXIS - 7, y + 4, "t", text);
    (void)fprintf(p->out, "<path class=\"axis\" d=\"M%d %.1fh-4\"/>\n", AXIS, y);
}

/* Ticks of 1, 2 or 5 times a power of ten, 36 apart or more, where time is drawn; and both ends of
 * what is cut. */
static void put_axis(struct picture *p)
{
    double per_ns = 0;
    double last = -100;
    int64_t step = 100000; /* 0.1 ms */
    for (size_t k = 0; k < p->stretches; k++) {
        const struct stretch *s = &p->stretch[k];
        if (!s->cut)
            per_ns = s->height / (double)(s->to - s->from);
    }
    for (int k = 0; per_ns > 0 && (double)step * per_ns < 36; k++)
        step = k % 3 == 1 ? step / 2 * 5 : step * 2;
    for (size_t k = 0; k < p->stretches; k++) {
        const struct stretch *s = &p->stretch[k];
        if (s->cut) {
            put_tick(p, s->y, s->from - p->l->begin, &last);
            (void)fprintf(p->out,
                          "<path class=\"axis\" d=\"M%d %.1fV%.1fl5 3l-10 5l10 5l-5 3V%.1f\"/>\n",
                          AXIS, s->y, s->y + 7, s->y + s->height);
            put_tick(p, s->y + s->height, s->to - p->l->begin, &last);
            continue;
        }
        (void)fprintf(p->out, "<path class=\"axis\" d=\"M%d %.1fv%.1f\"/>\n", AXIS, s->y,
                      s->height);
        int64_t t = (s->from - p->l->begin + step - 1) / step * step;
        for (; t <= s->to - p->l->begin; t += step)
            put_tick(p, y_of(p, t + p->l->begin), t, &last);
    }
}

static void put_gap(struct picture *p, const struct ladder_gap *g, double x)
{
    int64_t from = g->from > p->l->begin ? g->from : p->l->begin;
    (void)fprintf(p->out,
                  "<rect class=\"gap\" x=\"%.1f\" y=\"%.1f\" width=\"7\" height=\"%.1f\"><title>",
                  x, y_of(p, from), fmax(y_of(p, g->to) - y_of(p, from), 1));
    html_text(p->out, g->flow);
    (void)fprintf(p->out, ": nothing for %.1f ms, %lld lost</title></rect>\n",
                  (double)(g->to - g->from) / 1e6, (long long)g->lost);
}

/* Answers how many there are. */
static size_t put_flows(struct picture *p)
{
    const struct ladder *l = p->l;
    size_t flows = 0;
    double x = 0;
    for (size_t k = 0; k < l->gaps; k++) {
        if (!k || strcmp(l->gap[k].flow, l->gap[k - 1].flow) != 0) {
            if (flows == FLOWS_MOST)
                break;
            x = FLOWS_AT + FLOW_WIDTH * (double)flows++;
            (void)fprintf(
                p->out,
                "<rect class=\"flow\" x=\"%.1f\" y=\"%.1f\" width=\"7\" height=\"%.1f\"/>\n", x,
                p->head, p->height - p->head - LABEL_HEIGHT);
            (void)fprintf(p->out,
                          "<text class=\"name\" transform=\"translate(%.1f %.1f) rotate(-55)\">",
                          x + 6, p->head - 6);
            html_text(p->out, l->gap[k].flow);
            (void)fputs("</text>\n", p->out);
        }
        put_gap(p, &l->gap[k], x);
    }
    return flows;
}

static void put_lanes(struct picture *p)
{
    put_text(p, AXIS - 7, p->head - 12, "t", "ms");
    for (unsigned k = 0; k < p->l->lanes; k++) {
        double x = lane_x(p->l, k);
        put_text(p, x, p->head - 12, "lane", p->l->lane[k]);
        (void)fprintf(p->out, "<path class=\"line\" d=\"M%.1f %.1fV%.1f\"/>\n", x, p->head - 6,
                      p->height - 4);
    }
}

static void put_name(const struct picture *p)
{
    (void)fputs("Messages of ", p->out);
    html_text(p->out, p->l->node);
    (void)fprintf(p->out, " from %.3f s to %.3f s", (double)p->l->begin / 1e9,
                  (double)p->l->end / 1e9);
}

void ladder_draw(FILE *out, const struct ladder *l)
{
    struct picture p = {.out = out, .l = l, .head = l->gaps ? HEAD_WITH_FLOWS : HEAD};
    if (!l->n)
        return;
    lay_out(&p);
    (void)fprintf(out,
                  "<svg class=\"ladder\" role=\"img\" xmlns=\"http://www.w3.org/2000/svg\" "
                  "viewBox=\"0 0 %d %.0f\" width=\"%d\" height=\"%.0f\" aria-label=\"",
                  WIDTH, p.height, WIDTH, p.height);
    put_name(&p);
    (void)fputs("\">\n<title>", out);
    put_name(&p);
    (void)fputs("</title>\n", out);
    put_lanes(&p);
    put_axis(&p);
    size_t flows = put_flows(&p);
    for (size_t k = 0; k < p.lefts; k++)
        put_left(&p, &p.left[k], flows);
    for (size_t k = 0; k < l->n; k++) {
        if (l->line[k].kind != LADDER_NOTE)
            put_message(&p, &l->line[k]);
    }
    for (size_t k = 0; k < l->n; k++) {
        if (l->line[k].kind == LADDER_NOTE)
            put_mark(&p, &l->line[k]);
    }
    for (size_t k = 0; k < p.rights; k++)
        put_right(&p, &p.right[k]);
    (void)fputs("</svg>\n", out);
    free(p.stretch);
    free(p.left);
    free(p.right);
}
