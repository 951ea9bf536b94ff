#include "sim/batch/constraint.h"

#include <stdio.h>
#include <string.h>

#include "sim/base/quantity.h"

enum { TOKEN_BYTES = 256, DEPTH_MOST = 50 };

enum token { T_END, T_TERM, T_COMPARE, T_AND, T_OR, T_NOT, T_OPEN, T_CLOSE };

struct reader {
    const char *at;
    const struct key_pair *value;
    size_t n;
    enum token token;
    char text[TOKEN_BYTES]; /* of a term or a comparison */
    bool quoted;
    unsigned depth;
    enum status st;
    struct why *w;
};

static void wrong(struct reader *r, enum status st, const char *what, const char *text)
{
    if (!r->st)
        r->st = why_set(r->w, st, "%s%s%.150s%s", what, *text ? " '" : "", text, *text ? "'" : "");
}

/* ---- words --------------------------------------------------------------------------------- */

static bool ends_word(char c)
{
    return !c || strchr(" \t()=!<>'\"", c);
}

static void keep(struct reader *r, const char *from, size_t n)
{
    if (n >= sizeof r->text) {
        wrong(r, ST_SYNTAX, "too long a word", "");
        n = 0;
    }
    memcpy(r->text, from, n);
    r->text[n] = '\0';
}

static size_t blanks(const char *text)
{
    return strspn(text, " \t");
}

static size_t word(const char *text)
{
    size_t n = 0;
    while (!ends_word(text[n]))
        n++;
    return n;
}

static bool is(const char *text, size_t n, const char *what)
{
    return n == strlen(what) && !memcmp(text, what, n);
}

/* A number takes the unit that stands after it: 10 ms. */
static size_t with_unit(const char *text, size_t n)
{
    size_t gap = blanks(text + n);
    size_t unit = word(text + n + gap);
    const char *next = text + n + gap;
    bool number = strspn(text, "-0123456789.") == n;
    bool keyword = is(next, unit, "and") || is(next, unit, "or") || is(next, unit, "not");
    return number && unit && !keyword ? n + gap + unit : n;
}

static void next_quoted(struct reader *r)
{
    const char *end = strchr(r->at + 1, *r->at);
    if (!end) {
        wrong(r, ST_SYNTAX, "a quote is not closed:", r->at);
        r->token = T_END;
        return;
    }
    keep(r, r->at + 1, (size_t)(end - r->at - 1));
    r->quoted = true;
    r->token = T_TERM;
    r->at = end + 1;
}

static void next_word(struct reader *r)
{
    size_t n = word(r->at);
    enum token t = is(r->at, n, "and")   ? T_AND
                   : is(r->at, n, "or")  ? T_OR
                   : is(r->at, n, "not") ? T_NOT
                                         : T_TERM;
    if (t == T_TERM)
        n = with_unit(r->at, n);
    keep(r, r->at, n);
    r->token = t;
    r->at += n;
}

static void next(struct reader *r)
{
    r->at += blanks(r->at);
    r->quoted = false;
    char c = *r->at;
    if (!c) {
        r->token = T_END;
        r->text[0] = '\0';
    } else if (c == '(' || c == ')') {
        r->token = c == '(' ? T_OPEN : T_CLOSE;
        keep(r, r->at++, 1);
    } else if (c == '\'' || c == '"') {
        next_quoted(r);
    } else if (strchr("=!<>", c)) {
        size_t n = strspn(r->at, "=!<>");
        keep(r, r->at, n);
        r->token = T_COMPARE;
        r->at += n;
    } else {
        next_word(r);
    }
}

/* ---- comparing ----------------------------------------------------------------------------- */

static bool names(const char *path, const char *word)
{
    size_t p = strlen(path);
    size_t n = strlen(word);
    return n <= p && !strcmp(path + p - n, word) && (n == p || path[p - n - 1] == '.');
}

/* The value of a parameter by its path or the end of it; any other word stands for itself. */
static void resolve(struct reader *r, char text[TOKEN_BYTES])
{
    const struct key_pair *found = NULL;
    bool several = false;
    (void)snprintf(text, TOKEN_BYTES, "%s", r->text);
    for (size_t k = 0; k < r->n && !r->quoted; k++) {
        bool whole = !strcmp(r->value[k].name, r->text);
        if (!whole && !names(r->value[k].name, r->text))
            continue;
        several = !whole && found;
        found = &r->value[k];
        if (whole)
            break;
    }
    if (several) {
        wrong(r, ST_SYNTAX, "more than one parameter ends in", r->text);
    } else if (found) {
        (void)snprintf(text, TOKEN_BYTES, "%s", found->value);
    } else if (!r->quoted && strchr(r->text, '.') && quantity_of(r->text).kind == QUANTITY_WORD) {
        wrong(r, ST_MISSING, "the sweep has no parameter", r->text);
    }
}

static bool ask(const char *op, int order)
{
    if (!strcmp(op, "<"))
        return order < 0;
    if (!strcmp(op, "<="))
        return order <= 0;
    if (!strcmp(op, ">"))
        return order > 0;
    if (!strcmp(op, ">="))
        return order >= 0;
    bool same = order == 0;
    return strcmp(op, "!=") != 0 ? same : !same;
}

static bool is_operator(const char *op)
{
    static const char *const all[] = {"=", "==", "!=", "<", "<=", ">", ">="};
    for (size_t k = 0; k < sizeof all / sizeof all[0]; k++) {
        if (!strcmp(all[k], op))
            return true;
    }
    return false;
}

static bool compare(struct reader *r, const char *left, const char *op, const char *right)
{
    struct quantity a = quantity_of(left);
    struct quantity b = quantity_of(right);
    bool equality = !strcmp(op, "=") || !strcmp(op, "==") || !strcmp(op, "!=");
    if (a.kind == QUANTITY_WORD && b.kind == QUANTITY_WORD && equality)
        return ask(op, strcmp(left, right));
    if (a.kind != b.kind && !r->st)
        r->st = why_set(r->w, ST_SYNTAX, "'%.80s' is %s and '%.80s' is %s", left,
                        quantity_kind_text(a.kind), right, quantity_kind_text(b.kind));
    if (a.kind == QUANTITY_WORD && !r->st)
        r->st = why_set(r->w, ST_SYNTAX,
                        "'%.80s' and '%.80s' are words: only = and != compare them", left, right);
    return ask(op, (a.value > b.value) - (a.value < b.value));
}

/* ---- sentences ----------------------------------------------------------------------------- */

static bool read_or(struct reader *r);

static bool read_comparison(struct reader *r)
{
    char left[TOKEN_BYTES];
    char op[TOKEN_BYTES];
    char right[TOKEN_BYTES];
    if (r->token != T_TERM) {
        wrong(r, ST_SYNTAX, r->token == T_END ? "something is missing at the end" : "unexpected",
              r->text);
        return false;
    }
    resolve(r, left);
    next(r);
    if (r->token != T_COMPARE || !is_operator(r->text)) {
        wrong(r, ST_SYNTAX, "needs one of = != < <= > >= before",
              r->token == T_END ? "end" : r->text);
        return false;
    }
    (void)snprintf(op, sizeof op, "%s", r->text);
    next(r);
    if (r->token != T_TERM) {
        wrong(r, ST_SYNTAX, "nothing to compare with after", op);
        return false;
    }
    resolve(r, right);
    next(r);
    return !r->st && compare(r, left, op, right);
}

static bool read_not(struct reader *r)
{
    if (++r->depth > DEPTH_MOST)
        wrong(r, ST_SYNTAX, "too many parentheses or nots", "");
    bool holds = false;
    if (r->st) {
        holds = false;
    } else if (r->token == T_NOT) {
        next(r);
        holds = !read_not(r);
    } else if (r->token == T_OPEN) {
        next(r);
        holds = read_or(r);
        if (r->token != T_CLOSE)
            wrong(r, ST_SYNTAX, "a parenthesis is not closed", "");
        next(r);
    } else {
        holds = read_comparison(r);
    }
    r->depth--;
    return holds;
}

static bool read_and(struct reader *r)
{
    bool holds = read_not(r);
    while (!r->st && r->token == T_AND) {
        next(r);
        bool other = read_not(r);
        holds = holds && other;
    }
    return holds;
}

static bool read_or(struct reader *r)
{
    bool holds = read_and(r);
    while (!r->st && r->token == T_OR) {
        next(r);
        bool other = read_and(r);
        holds = holds || other;
    }
    return holds;
}

enum status constraint_ask(const char *text, const struct key_pair *value, size_t n, bool *holds,
                           struct why *w)
{
    struct reader r = {.at = text, .value = value, .n = n, .w = w};
    next(&r);
    *holds = read_or(&r);
    if (!r.st && r.token != T_END)
        wrong(&r, ST_SYNTAX, "unexpected", r.text);
    return r.st;
}
