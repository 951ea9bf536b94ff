/* Which runs a study makes: ranges, lock-step, constraints, units and seeds; and the journal. */
#include <unistd.h>

#include "sim/base/quantity.h"
#include "sim/batch/constraint.h"
#include "sim/batch/journal.h"
#include "sim/batch/plan.h"

#include "tests/check.h"

static struct arena arena;
static struct complaints complaints;
static struct plan plan;

/* `text` is what stands below `sweep`. */
static void make(const char *text, const char *const *constraint, size_t constraints, size_t units)
{
    arena = (struct arena){0};
    complaints = (struct complaints){.arena = &arena};
    struct yaml_node *root = yaml_read("test", text, strlen(text), 0, &arena, &complaints);
    CHECK(root != NULL);
    const char **list = arena_take(&arena, (constraints + 1) * sizeof *list);
    for (size_t k = 0; k < constraints; k++)
        list[k] = constraint[k];
    const struct sweep_config sweep = {.parameters = yaml_get(root, "parameters"),
                                       .together = yaml_get(root, "together"),
                                       .constraint = {list, constraints},
                                       .replicate = {.seeds = 2}};
    plan_make(&plan, &sweep, units, root, &arena, &complaints);
}

static const char *value(size_t point, size_t parameter)
{
    struct key_pair values[PLAN_PARAMETERS];
    plan_values(&plan, point, values);
    return values[parameter].value;
}

static void the_last_axis_is_the_fastest_and_seeds_are_innermost(void)
{
    make("parameters: {a: [1, 2], b: [x, y, z]}", NULL, 0, 0);
    CHECK_EQ(complaints.n, 0);
    CHECK_EQ(plan.points, 6);
    CHECK_EQ(plan_runs(&plan), 12);
    CHECK(!strcmp(value(1, 0), "1") && !strcmp(value(1, 1), "y"));
    CHECK(!strcmp(value(3, 0), "2") && !strcmp(value(3, 1), "x"));
    struct plan_run at = {.number = SIZE_MAX};
    for (size_t k = 0; k < 12; k++) {
        CHECK(plan_next(&plan, &at));
        const struct plan_run same = plan_run(&plan, k);
        CHECK_EQ(at.number, k);
        CHECK_EQ(at.point, k / 2);
        CHECK_EQ(at.seed, k % 2);
        CHECK(same.point == at.point && same.unit == at.unit && same.seed == at.seed);
    }
    CHECK(!plan_next(&plan, &at));
    arena_release(&arena);
}

static void units_stand_between_points_and_seeds(void)
{
    make("parameters: {a: [1, 2]}", NULL, 0, 3);
    CHECK_EQ(plan_runs(&plan), 12);
    const struct plan_run run = plan_run(&plan, 9);
    CHECK_EQ(run.point, 1);
    CHECK_EQ(run.unit, 1);
    CHECK_EQ(run.seed, 1);
    plan.seeds[0] = 4; /* a point may have more than another */
    CHECK_EQ(plan_runs(&plan), 18);
    CHECK_EQ(plan_run(&plan, 12).point, 1);
    CHECK_EQ(plan_run(&plan, 11).seed, 3);
    arena_release(&arena);
}

static void a_range_is_exact_to_the_digit(void)
{
    make(
        "parameters: {a: {from: 0.1 ms, to: 0.5 ms, step: 0.1 ms}, b: {from: 3, to: -3, step: -2}}",
        NULL, 0, 0);
    CHECK_EQ(complaints.n, 0);
    CHECK_EQ(plan.parameter[0].n, 5);
    CHECK(!strcmp(plan.parameter[0].value[2], "0.3 ms"));
    CHECK(!strcmp(plan.parameter[0].value[4], "0.5 ms"));
    CHECK_EQ(plan.parameter[1].n, 4);
    CHECK(!strcmp(plan.parameter[1].value[3], "-3"));
    arena_release(&arena);
    static const struct {
        const char *text;
        const char *says;
    } bad[] = {
        {"parameters: {a: {from: 1 ms, to: 10 ms, step: 4 ms}}", "the last would be 9 ms"},
        {"parameters: {a: {from: 1 ms, to: 10 ms, step: -1 ms}}", "never comes from 1 ms to 10 ms"},
        {"parameters: {a: {from: 1 ms, to: 10 ms, step: 0 ms}}", "never comes"},
        {"parameters: {a: {from: 1 ms, to: 1 s, step: 1 ms}}", "the same unit"},
        {"parameters: {a: {from: 1, to: 100000, step: 1}}", "more than 10000 values"},
        {"parameters: {a: {from: 1, to: 5}}", "needs step"},
        {"parameters: {a: {from: 1, to: 5, step: 1, by: 2}}", "not 'by'"},
        {"parameters: {a: {from: x, to: 5, step: 1}}", "'x' is not a number"},
        {"parameters: {a: []}", "needs a list of values"},
        {"parameters: {a: [1, 2, 1]}", "'1' is there twice"},
        {"parameters: [a]", "is not a map"},
        {"together: {a: [1]}", "is not a list of maps"},
        {"parameters: {a: [1]}\ntogether: [{a: [1]}]", "is varied twice"},
        {"together: [{a: [1, 2], b: [1]}]", "'b' has 1 values and 'a' 2"},
    };
    for (size_t k = 0; k < sizeof bad / sizeof bad[0]; k++) {
        make(bad[k].text, NULL, 0, 0);
        CHECK(complaints.n >= 1);
        CHECK(complaints.n && strstr(complaints.of[0].text, bad[k].says));
        arena_release(&arena);
    }
}

static void lock_step_is_one_axis(void)
{
    make("parameters: {a: [1, 2]}\ntogether: [{b: [x, y], c: [u, v]}, {d: [p, q]}]", NULL, 0, 0);
    CHECK_EQ(complaints.n, 0);
    CHECK_EQ(plan.axes, 3);
    CHECK_EQ(plan.points, 8);
    for (size_t k = 0; k < 8; k++) {
        CHECK_EQ(!strcmp(value(k, 1), "x"), !strcmp(value(k, 2), "u"));
        CHECK_EQ(!strcmp(value(k, 3), "q"), k % 2);
    }
    arena_release(&arena);
}

static bool holds(const char *text)
{
    static const struct key_pair values[] = {{"backbone.a.delay", "10 ms"},
                                             {"backbone.b.delay", "0.02 s"},
                                             {"networks.wlan.loss", "2 %"},
                                             {"nodes.car.profile", "k-bit"}};
    bool yes = false;
    struct why w = {""};
    CHECK_EQ(constraint_ask(text, values, 4, &yes, &w), ST_OK);
    return yes;
}

static void wrong(const char *text, const char *says)
{
    static const struct key_pair values[] = {{"backbone.a.delay", "10 ms"},
                                             {"backbone.b.delay", "20 ms"},
                                             {"nodes.car.profile", "k-bit"}};
    bool yes;
    struct why w = {""};
    CHECK(constraint_ask(text, values, 3, &yes, &w) != ST_OK);
    CHECK(strstr(w.text, says));
}

static void constraints_compare_quantities_and_words(void)
{
    CHECK(holds("backbone.a.delay < backbone.b.delay"));
    CHECK(holds("a.delay = 0.01 s"));
    CHECK(!holds("a.delay >= b.delay"));
    CHECK(holds("loss <= 0.5 % or profile = k-bit"));
    CHECK(!holds("loss <= 0.5 % and profile = k-bit"));
    CHECK(holds("not (profile = mobike or loss > 3 %)"));
    CHECK(!holds("not profile != mobike"));
    CHECK(holds("profile == 'k-bit' and loss != 3 %"));
    /* and binds closer than or */
    CHECK(holds("profile = k-bit or profile = x and loss = 9 %"));
    CHECK(!holds("(profile = k-bit or profile = x) and loss = 9 %"));
}

static void a_wrong_constraint_says_what_is_wrong(void)
{
    wrong("delay < 10 ms", "more than one parameter ends in 'delay'");
    wrong("backbone.c.delay < 10 ms", "the sweep has no parameter 'backbone.c.delay'");
    wrong("a.delay < 10 B", "is a time and '10 B' is a size");
    wrong("profile < mobike", "only = and != compare them");
    wrong("a.delay", "needs one of = != < <= > >=");
    wrong("a.delay < ", "nothing to compare with after '<'");
    wrong("(a.delay < 1 s", "a parenthesis is not closed");
    wrong("a.delay < 1 s)", "unexpected ')'");
    wrong("a.delay <> 1 s", "needs one of");
    wrong("profile = 'x", "a quote is not closed");
    wrong("", "something is missing");
    char deep[300];
    memset(deep, '(', sizeof deep - 1);
    deep[sizeof deep - 1] = '\0';
    wrong(deep, "too many parentheses");
}

static void only_what_the_constraints_let_through_is_run(void)
{
    static const char *const both[] = {"a < 3", "b != y or a = 1"};
    make("parameters: {a: [1, 2, 3], b: [x, y]}", both, 2, 0);
    CHECK_EQ(complaints.n, 0);
    CHECK_EQ(plan.combinations, 6);
    CHECK_EQ(plan.points, 3);
    CHECK(!strcmp(value(2, 0), "2") && !strcmp(value(2, 1), "x"));
    arena_release(&arena);
    static const char *const none[] = {"a > 3"};
    make("parameters: {a: [1, 2, 3]}", none, 1, 0);
    CHECK_EQ(complaints.n, 1);
    arena_release(&arena);
}

static void a_quantity_is_known_by_its_unit(void)
{
    CHECK_EQ(quantity_of("10 ms").kind, QUANTITY_TIME);
    CHECK(quantity_of("10 ms").value > 9999999 && quantity_of("10 ms").value < 10000001);
    CHECK_EQ(quantity_of("3 Mbit/s").kind, QUANTITY_RATE);
    CHECK_EQ(quantity_of("3 kB").kind, QUANTITY_SIZE);
    CHECK_EQ(quantity_of("3 m").kind, QUANTITY_LENGTH);
    CHECK_EQ(quantity_of("3 %").kind, QUANTITY_SHARE);
    CHECK_EQ(quantity_of("3 packets").kind, QUANTITY_PACKETS);
    CHECK_EQ(quantity_of("-3.5").kind, QUANTITY_NUMBER);
    CHECK_EQ(quantity_of("k-bit").kind, QUANTITY_WORD);
}

/* ---- the journal --------------------------------------------------------------------------- */

#define KEY_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define KEY_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

static void add(struct journal *j, const char *key, int code, char *message)
{
    struct journal_entry e = {.code = code, .message = message};
    struct why w;
    memcpy(e.key, key, HASH_TEXT);
    CHECK_EQ(journal_add(j, &e, &w), ST_OK);
}

static void a_journal_that_was_cut_off_is_gone_on_with(void)
{
    char dir[] = SCRATCH "/journal-XXXXXX";
    char path[400];
    char message[] = "two\nlines, a\ttab and a \\";
    struct journal j;
    struct why w;
    CHECK(mkdtemp(dir) != NULL);
    (void)snprintf(path, sizeof path, "%s/" JOURNAL_NAME, dir);
    CHECK_EQ(journal_read(&j, dir, &w), ST_OK);
    CHECK_EQ(journal_open(&j, dir, JOURNAL_NAME, &w), ST_OK);
    add(&j, KEY_A, 139, message);
    journal_close(&j);
    FILE *cut = fopen(path, "a");
    CHECK(cut != NULL);
    (void)fputs(KEY_B "\t0\t1", cut); /* its writer was killed */
    (void)fclose(cut);
    CHECK_EQ(journal_read(&j, dir, &w), ST_OK);
    CHECK_EQ(j.n, 1);
    CHECK_EQ(journal_find(&j, KEY_A)->code, 139);
    CHECK(!strcmp(journal_find(&j, KEY_A)->message, message));
    CHECK(journal_find(&j, KEY_B) == NULL);
    CHECK_EQ(journal_open(&j, dir, JOURNAL_NAME, &w), ST_OK);
    add(&j, KEY_B, 0, NULL);
    add(&j, KEY_A, 0, NULL); /* run again: the later one counts */
    journal_close(&j);
    CHECK_EQ(journal_read(&j, dir, &w), ST_OK);
    CHECK_EQ(j.n, 2);
    CHECK_EQ(journal_find(&j, KEY_A)->code, 0);
    CHECK(journal_find(&j, KEY_A)->message == NULL);
    CHECK_EQ(journal_find(&j, KEY_B)->code, 0);
    journal_close(&j);
    (void)unlink(path);
    (void)rmdir(dir);
}

static void a_journal_holds_many_runs(void)
{
    struct journal j;
    struct why w;
    char dir[] = SCRATCH "/journal-XXXXXX";
    char path[400];
    CHECK(mkdtemp(dir) != NULL);
    (void)snprintf(path, sizeof path, "%s/journal.2-of-3.tsv", dir);
    CHECK(journal_is_name("journal.2-of-3.tsv"));
    CHECK(!journal_is_name("journal.tsv.part"));
    CHECK_EQ(journal_read(&j, dir, &w), ST_OK);
    CHECK_EQ(journal_open(&j, dir, "journal.2-of-3.tsv", &w), ST_OK);
    for (unsigned k = 0; k < 3000; k++) {
        char key[HASH_TEXT];
        (void)snprintf(key, sizeof key, "%064x", k);
        add(&j, key, (int)(k % 2), NULL);
    }
    journal_close(&j);
    CHECK_EQ(journal_read(&j, dir, &w), ST_OK);
    CHECK_EQ(j.n, 3000);
    char key[HASH_TEXT];
    (void)snprintf(key, sizeof key, "%064x", 2999);
    CHECK_EQ(journal_find(&j, key)->code, 1);
    journal_close(&j);
    (void)unlink(path);
    (void)rmdir(dir);
}

CHECK_MAIN(CASE(the_last_axis_is_the_fastest_and_seeds_are_innermost),
           CASE(units_stand_between_points_and_seeds), CASE(a_range_is_exact_to_the_digit),
           CASE(lock_step_is_one_axis), CASE(constraints_compare_quantities_and_words),
           CASE(a_wrong_constraint_says_what_is_wrong),
           CASE(only_what_the_constraints_let_through_is_run),
           CASE(a_quantity_is_known_by_its_unit), CASE(a_journal_that_was_cut_off_is_gone_on_with),
           CASE(a_journal_holds_many_runs))
