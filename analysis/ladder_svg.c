/*
 * A ladder as a picture, to scale in time.
 *
 *   left     the time in ms; a bar for each flow, hollow where nothing of it arrived; what happened
 *            at the mobile node
 *   middle   a line for each node; messages go down from one to another as long as they took
 *   right    what each message is, and what happened elsewhere
 *
 * Kinds differ in how they are dashed and in the shape of their marks, so that they can be told
 * apart in grey.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/html.h"
#include "analysis/ladder_parts.h"

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
    double at = ladder_x(p->l, x->from);
    double y = ladder_y(p, x->t);
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
    double x1 = ladder_x(p->l, x->from);
    double x2 = ladder_x(p->l, x->to);
    double y1 = ladder_y(p, x->t);
    if (x1 >= x2 && x1 <= x2)
        return; /* nobody else is there */
    if (x->lost >= 0) {
        double middle = (x1 + x2) / 2;
        double y = ladder_y(p, x->lost);
        (void)fprintf(p->out, "<path class=\"%s\" d=\"M%.1f %.1fL%.1f %.1f\"/>", class_of(x), x1,
                      y1, middle, y);
        (void)fprintf(p->out, "<path class=\"lost\" d=\"M%.1f %.1fl10 10m0 -10l-10 10\"/>\n",
                      middle - 5, y - 5);
        return;
    }
    put_arrow(p, x1, y1, x2, x->arrived < 0 ? y1 : ladder_y(p, x->arrived), class_of(x));
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
        (void)fprintf(p->out,
                      "<rect class=\"wait\" x=\"%.1f\" y=\"%.1f\" width=\"8\" height=\"%.1f\"/>\n",
                      ladder_x(p->l, x->from) - 4, ladder_y(p, from->t),
                      ladder_y(p, x->t) - ladder_y(p, from->t));
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
        cut_to(way, LABEL_CHARACTERS - 2 - letters(x->what) % (LABEL_CHARACTERS - 10));
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
            put_tick(p, ladder_y(p, t + p->l->begin), t, &last);
    }
}

static void put_gap(struct picture *p, const struct ladder_gap *g, double x)
{
    int64_t from = g->from > p->l->begin ? g->from : p->l->begin;
    (void)fprintf(p->out,
                  "<rect class=\"gap\" x=\"%.1f\" y=\"%.1f\" width=\"7\" height=\"%.1f\"><title>",
                  x, ladder_y(p, from), fmax(ladder_y(p, g->to) - ladder_y(p, from), 1));
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
        double x = ladder_x(p->l, k);
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
    ladder_lay_out(&p);
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
