/* How nodes move, and when they enter and leave the discs of networks: against closed forms. */
#include "sim/mobility/coverage.h"

#include "tests/check.h"

#define M 1000000 /* um */

static struct arena arena;
static struct movements all;
static struct why why;

static enum status read_as(enum movement_format format, const char *text)
{
    struct movement_source from = {.path = "t", .format = format};
    FILE *file = fmemopen((void *)(uintptr_t)text, strlen(text), "r");
    CHECK(file != NULL);
    enum status st = movement_read(file, &from, &arena, &all, &why);
    (void)fclose(file);
    return st;
}

/* It is refused, with these words. */
static void refused(enum movement_format format, const char *text, const char *words)
{
    CHECK(read_as(format, text) != ST_OK);
    check_true(!strcmp(why.text, words), why.text, __FILE__, __LINE__);
    if (strcmp(why.text, words) != 0)
        (void)fprintf(stderr, "    want: %s\n", words);
}

static void is_at(size_t node, size_t k, sim_time t, int64_t x, int64_t y)
{
    CHECK(k < all.of[node].n);
    CHECK_EQ(all.of[node].at[k].t, t);
    CHECK_EQ(all.of[node].at[k].x, x);
    CHECK_EQ(all.of[node].at[k].y, y);
}

static void our_own_has_times_and_places(void)
{
    arena = (struct arena){0};
    CHECK_EQ(read_as(MOVEMENT_MONAMI, "t_s,x_m,y_m\n0,1.5,-2\n10,0.0000015,1e3\n"), ST_OK);
    CHECK_EQ(all.n, 1);
    is_at(0, 0, 0, 1500000, -2 * M);
    is_at(0, 1, 10 * SIM_S, 2, 1000 * M);
    CHECK_EQ(read_as(MOVEMENT_MONAMI, "node,t_ms,x_m,y_m\na,5,0,0\nb,1,0,0\na,6,1,1\n"), ST_OK);
    CHECK_EQ(all.n, 2);
    CHECK_EQ(all.of[0].n, 2);
    is_at(1, 0, SIM_MS, 0, 0);
    refused(MOVEMENT_MONAMI, "t_s,x_m,y_m\n1,0,0\n0,0,0\n",
            "t:3: time goes back, from 1.000000 s to 0.000000 s");
    refused(MOVEMENT_MONAMI, "t_s,x_m,y_m\n1,nan,0\n", "t:2:3: x_m: 'nan' is not a number");
    refused(MOVEMENT_MONAMI, "t_s,x_m,y_m\n1,1e8,0\n",
            "t:2:3: x_m: '1e8' is farther than 10000 km, or than 360 degrees");
    refused(MOVEMENT_MONAMI, "t_s,x,y_m\n",
            "t:1:5: unknown column 'x'; known are t_s t_ms x_m y_m node");
    refused(MOVEMENT_MONAMI, "t_s,x_m\n", "t:1: the columns are t_s or t_ms, x_m, y_m");
    refused(MOVEMENT_MONAMI, "t_s,x_m,y_m\n", "t: no node moves in it");
    arena_release(&arena);
}

static void setdest_sends_a_node_from_where_it_is(void)
{
    arena = (struct arena){0};
    CHECK_EQ(read_as(MOVEMENT_SETDEST,
                     "# nodes: 2\n"
                     "$node_(0) set X_ 10.0\n$node_(0) set Y_ 20.0\n$node_(0) set Z_ 0.0\n"
                     "$node_(7) set X_ 1\n$node_(7) set Y_ 1\n"
                     "$god_ set-dist 0 1 2\n"
                     "$ns_ at 1.0 \"$node_(0) setdest 40.0 60.0 5.0\"\n" /* 50 m: 10 s */
                     "$ns_ at 3.0 \"$node_(0) setdest 16.0 28.0 2.0\"\n" /* when it is there */
                     "$ns_ at 4.5 \"$node_(0) setdest 16.0 28.0 0.0\"\n"
                     "$ns_ at 4.5 \"$god_ set-dist 0 1 3\"\n"
                     "$ns_ at 6.0 \"$node_(0) set X_ 0.0\"\n"),
             ST_OK);
    CHECK_EQ(all.n, 2);
    CHECK(!strcmp(all.of[1].node, "7"));
    CHECK_EQ(all.of[1].n, 1);
    is_at(0, 0, 0, 10 * M, 20 * M);
    is_at(0, 1, SIM_S, 10 * M, 20 * M);
    is_at(0, 2, 3 * SIM_S, 16 * M, 28 * M); /* 2 s of 5 m/s along (3, 4) / 5 */
    is_at(0, all.of[0].n - 2, 6 * SIM_S, 16 * M, 28 * M);
    is_at(0, all.of[0].n - 1, 6 * SIM_S, 0, 28 * M); /* it jumps */
    refused(MOVEMENT_SETDEST, "$ns_ at 1 \"$node_(3) setdest 1 2 3\"\n",
            "t:1: node '3' has no X_ and Y_ to go from");
    refused(MOVEMENT_SETDEST, "$node_(0) set X_ here\n", "t:1:18: 'here' is not a number");
    refused(MOVEMENT_SETDEST, "$node_(0) set X_ 1\n$ns_ at -1 \"$node_(0) set X_ 1\"\n",
            "t:2:9: '-1' is not a time from 0 to 1000000 s");
    refused(MOVEMENT_SETDEST,
            "$ns_ at 2 \"$node_(0) set X_ 1\"\n$ns_ at 1 \"$node_(0) set X_ 1\"\n",
            "t:2: time of node '0' goes back, from 2.000000 s to 1.000000 s");
    refused(MOVEMENT_SETDEST, "proc go {} {\n",
            "t:1:1: neither '$node_(0) set X_ 1.5' nor '$ns_ at 2.0 \"$node_(0) setdest x y "
            "speed\"'");
    refused(MOVEMENT_SETDEST,
            "$node_(0) set X_ 0\n$node_(0) set Y_ 0\n"
            "$ns_ at 0 \"$node_(0) setdest 1000000 0 0.5\"\n",
            "t:3: arrives later than 1000000 s");
    refused(MOVEMENT_SETDEST, "", "t: no node moves in it");
    arena_release(&arena);
}

static void sumo_says_where_vehicles_are(void)
{
    arena = (struct arena){0};
    CHECK_EQ(read_as(MOVEMENT_SUMO,
                     "<?xml version='1.0'?>\n<fcd-export>\n"
                     "<timestep time='0.50'><vehicle id='car' x='1.25' y='-3' speed='2'/>"
                     "<person id='p' x='0' y='0'/></timestep>\n"
                     "<timestep time='1.50'><vehicle id='car' x='2.25' y='-3'/></timestep>\n"
                     "</fcd-export>\n"),
             ST_OK);
    CHECK_EQ(all.n, 2);
    is_at(0, 0, 500 * SIM_MS, 1250000, -3 * M);
    is_at(0, 1, 1500 * SIM_MS, 2250000, -3 * M);
    refused(MOVEMENT_SUMO, "<fcd-export>\n<timestep time='0'>\n", "t:3:1: XML: no element found");
    refused(MOVEMENT_SUMO, "", "t:1:1: XML: no element found");
    refused(MOVEMENT_SUMO, "<routes/>\n",
            "t:1:1: <routes> is not <fcd-export>, the floating car data of SUMO");
    refused(MOVEMENT_SUMO, "<fcd-export><timestep/></fcd-export>",
            "t:1:13: <timestep> has no attribute time");
    refused(MOVEMENT_SUMO, "<fcd-export><vehicle id='a' x='1' y='1'/></fcd-export>",
            "t:1:13: <vehicle> stands outside of a <timestep>");
    refused(MOVEMENT_SUMO,
            "<fcd-export>\n<timestep time='0'><vehicle id='a' x='inf' y='1'/></timestep>",
            "t:2:20: x 'inf' is not a number");
    refused(MOVEMENT_SUMO, "<fcd-export><timestep time='2'/>\n<timestep time='1'/></fcd-export>",
            "t:2:1: time goes back, from 2.000000 s to 1.000000 s");
    refused(MOVEMENT_SUMO, "<fcd-export/>", "t: no node moves in it");
    refused(MOVEMENT_SUMO,
            "<fcd-export><timestep time='0'><vehicle id='a' x='-0.1276' y='51.5072' speed='14'/>"
            "</timestep><timestep time='10'><vehicle id='a' x='-0.1256' y='51.5072' speed='14'/>"
            "</timestep></fcd-export>",
            "t: by their speeds its vehicles go 140 m, by x and y 0.002: these seem to be degrees, "
            "which an origin makes metres of");
    CHECK_EQ(read_as(MOVEMENT_SUMO, /* it waits at the lights, near 0, 0 */
                     "<fcd-export><timestep time='0'><vehicle id='a' x='1' y='51' speed='0'/>"
                     "</timestep><timestep time='10'><vehicle id='a' x='1' y='51' speed='0'/>"
                     "</timestep></fcd-export>"),
             ST_OK);
    arena_release(&arena);
}

static void bonnmotion_has_a_node_a_line(void)
{
    arena = (struct arena){0};
    CHECK_EQ(read_as(MOVEMENT_BONNMOTION, "0.0 1.0 2.0 10.0 3.0 4.0\n\n# the other\n5 0 0 \n"),
             ST_OK);
    CHECK_EQ(all.n, 2);
    CHECK(!strcmp(all.of[1].node, "1"));
    is_at(0, 1, 10 * SIM_S, 3 * M, 4 * M);
    is_at(1, 0, 5 * SIM_S, 0, 0);
    refused(MOVEMENT_BONNMOTION, "0 1 2 3\n", "t:1:7: the line ends within a triple of t, x and y");
    refused(MOVEMENT_BONNMOTION, "0 1 2 1 1 x\n", "t:1:11: 'x' is not a number");
    refused(MOVEMENT_BONNMOTION, "4 1 2 3 1 2\n",
            "t:1:7: time goes back, from 4.000000 s to 3.000000 s");
    arena_release(&arena);
}

static void degrees_become_metres(void)
{
    arena = (struct arena){0};
    const char *text = "t_s,x_m,y_m\n0,8,60\n1,9,60\n2,8,61\n";
    struct movement_source from = {.path = "t", .origin = {true, 60, 8}};
    FILE *file = fmemopen((void *)(uintptr_t)text, strlen(text), "r");
    CHECK_EQ(movement_read(file, &from, &arena, &all, &why), ST_OK);
    (void)fclose(file);
    is_at(0, 0, 0, 0, 0);
    CHECK(all.of[0].at[1].x > 55597 * (int64_t)M && all.of[0].at[1].x < 55598 * (int64_t)M);
    CHECK(all.of[0].at[2].y > 111195 * (int64_t)M && all.of[0].at[2].y < 111196 * (int64_t)M);
    arena_release(&arena);
}

static void a_node_is_found_by_its_name(void)
{
    const struct movement *m;
    arena = (struct arena){0};
    CHECK_EQ(read_as(MOVEMENT_BONNMOTION, "0 1 2\n0 3 4\n"), ST_OK);
    CHECK_EQ(movement_find(&all, "1", &m, &why), ST_OK);
    CHECK_EQ(m->at[0].x, 3 * M);
    CHECK_EQ(movement_find(&all, NULL, &m, &why), ST_MISSING);
    CHECK(!strcmp(why.text, "t: 2 nodes move in it: say which one, of 0, 1"));
    CHECK_EQ(movement_find(&all, "car", &m, &why), ST_MISSING);
    CHECK(!strcmp(why.text, "t: there is no node 'car'; there is 0, 1"));
    arena_release(&arena);
}

static void crossed(int64_t x0, int64_t y0, int64_t x1, int64_t y1, sim_time seconds,
                    const struct disc *d, sim_time enter, sim_time leave)
{
    struct waypoint a = {SIM_S, x0, y0};
    struct waypoint b = {SIM_S + seconds * SIM_S, x1, y1};
    struct crossing c;
    CHECK_EQ(coverage_cross(&a, &b, d, &c), enter >= 0 || leave >= 0);
    CHECK_EQ(c.enters, enter >= 0);
    CHECK_EQ(c.leaves, leave >= 0);
    if (enter >= 0)
        CHECK_EQ(c.enter, SIM_S + enter);
    if (leave >= 0)
        CHECK_EQ(c.leave, SIM_S + leave);
}

static void a_border_is_crossed_to_the_nanosecond(void)
{
    const struct disc d = {0, 0, 50 * M};
    /* through the centre, 10 m/s: 50 m before it to 50 m behind it */
    crossed(-100 * M, 0, 100 * M, 0, 20, &d, 5 * SIM_S, 15 * SIM_S);
    /* 30 m beside it: half the chord is 40 m */
    crossed(-100 * M, 30 * M, 100 * M, 30 * M, 20, &d, 6 * SIM_S, 14 * SIM_S);
    /* slanted by (3, 4) / 5, through the centre, 1 m/s */
    crossed(-60 * M, -80 * M, 60 * M, 80 * M, 200, &d, 50 * SIM_S, 150 * SIM_S);
    /* only in, only out, not at all, touching, all inside */
    crossed(-100 * M, 0, 0, 0, 10, &d, 5 * SIM_S, -1);
    crossed(0, 0, 100 * M, 0, 10, &d, -1, 5 * SIM_S);
    crossed(-100 * M, 51 * M, 100 * M, 51 * M, 20, &d, -1, -1);
    crossed(-100 * M, 50 * M, 100 * M, 50 * M, 20, &d, -1, -1);
    crossed(-10 * M, 0, 10 * M, 0, 2, &d, -1, -1);
    /* it ends before the disc, and begins behind it */
    crossed(-100 * M, 0, -51 * M, 0, 10, &d, -1, -1);
    crossed(51 * M, 0, 100 * M, 0, 10, &d, -1, -1);
    /* on the border it is inside */
    crossed(-100 * M, 0, -50 * M, 0, 10, &d, 10 * SIM_S, -1);
    crossed(50 * M, 0, 100 * M, 0, 10, &d, -1, 0);
    /* a time that is no whole number */
    const struct disc one = {0, 0, 1 * M};
    crossed(-2 * M, -2 * M, 0, 0, 2, &one, 1292893219, -1); /* 2 - 1 / sqrt 2 s */
    /* 10000 km away it is as exact */
    const struct disc far = {INT64_C(9999900) * M, 0, 50 * M};
    crossed(INT64_C(9999800) * M, 0, INT64_C(10000000) * M, 0, 20, &far, 5 * SIM_S, 15 * SIM_S);
}

static void steps(const char *text, const struct cell *cell, size_t cells, int64_t hysteresis,
                  const struct roam *want, size_t n)
{
    arena = (struct arena){0};
    CHECK_EQ(read_as(MOVEMENT_MONAMI, text), ST_OK);
    struct roams got = coverage_plan(&all.of[0], cell, cells, hysteresis, &arena);
    CHECK_EQ(got.n, n);
    for (size_t k = 0; k < n && k < got.n; k++) {
        CHECK_EQ(got.step[k].t, want[k].t);
        CHECK_EQ(got.step[k].cell, want[k].cell);
    }
    arena_release(&arena);
}

static void a_network_is_kept_until_it_is_left(void)
{
    const struct disc west[] = {{0, 0, 50 * M}};
    const struct disc east[] = {{80 * M, 0, 50 * M}};
    const struct disc both[] = {{0, 0, 50 * M}, {80 * M, 0, 50 * M}};
    const struct cell two[] = {{west, 1}, {east, 1}};
    const struct cell one[] = {{both, 2}};
    const char *through = "t_s,x_m,y_m\n0,-100,0\n30,200,0\n"; /* 10 m/s */
    const struct roam plain[] = {{0, -1}, {5 * SIM_S, 0}, {15 * SIM_S, 1}, {23 * SIM_S, -1}};
    steps(through, two, 2, 0, plain, 4);
    const struct roam late[] = {{0, -1}, {5 * SIM_S, 0}, {17 * SIM_S, 1}, {25 * SIM_S, -1}};
    steps(through, two, 2, 20 * M, late, 4);
    const struct roam single[] = {{0, -1}, {5 * SIM_S, 0}, {23 * SIM_S, -1}};
    steps(through, one, 1, 0, single, 3);
    /* between them: the nearer one, whichever comes first in the list */
    const struct roam nearer[] = {{0, 1}};
    steps("t_s,x_m,y_m\n0,41,0\n", two, 2, 0, nearer, 1);
    const struct roam first[] = {{0, 0}};
    steps("t_s,x_m,y_m\n0,40,0\n", two, 2, 0, first, 1);
    /* it stands still before its first waypoint */
    const struct roam stands[] = {{0, 0}, {105 * SIM_S, -1}};
    steps("t_s,x_m,y_m\n100,0,0\n110,-100,0\n", two, 2, 0, stands, 2);
    /* a jump, and back on the border */
    const struct roam jumps[] = {{0, -1}, {5 * SIM_S, 0}, {7 * SIM_S, -1}};
    steps("t_s,x_m,y_m\n0,-500,0\n5,-500,0\n5,0,0\n7,0,0\n7,500,0\n", two, 2, 0, jumps, 3);
    const struct roam turns[] = {{0, -1}};
    steps("t_s,x_m,y_m\n0,-100,0\n5,-50,0\n10,-100,0\n", two, 2, 0, turns, 1);
}

CHECK_MAIN(CASE(our_own_has_times_and_places), CASE(setdest_sends_a_node_from_where_it_is),
           CASE(sumo_says_where_vehicles_are), CASE(bonnmotion_has_a_node_a_line),
           CASE(degrees_become_metres), CASE(a_node_is_found_by_its_name),
           CASE(a_border_is_crossed_to_the_nanosecond), CASE(a_network_is_kept_until_it_is_left))
