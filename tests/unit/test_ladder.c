/* A ladder of a few events: which arrival belongs to which sending, as lines and as a picture. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/ladder.h"
#include "analysis/stories.h"
#include "traces/db.h"

#include "tests/check.h"

static struct sqlite3 *db;

#define MS "000000"

static const char events[] =
    "INSERT INTO event VALUES "
    "(1, 0, 0, 'car', 'nd.address', '{\"interface\":\"wlan0\",\"address\":\"2001:db8:2::1\"}'),"
    "(2, 0, 0, 'car', 'nd.address', '{\"interface\":\"cell0\",\"address\":\"2001:db8:1::1\"}'),"
    "(3, 2, 0, 'car', 'ipsec.sa_made', "
    "'{\"spi\":77,\"direction\":\"out\",\"policy\":\"bu\",\"home_address\":\"2001:db8:a::100\"}'),"
    "(4, 0, 1000" MS ", 'car', 'l2.down', '{\"interface\":\"wlan0\"}'),"
    "(5, 4, 1050" MS ", 'car', 'l2.down_seen', '{\"interface\":\"wlan0\"}'),"
    /* lost on the way back: sent again, and what comes then belongs to the second */
    "(6, 5, 1050" MS
    ", 'car', 'mip6.bu_sent', '{\"home_address\":\"2001:db8:a::100\",\"bids\":\"1,2\","
    "\"sequence\":9,\"lifetime_s\":60,\"care_of_address\":\"2001:db8:1::1\",\"interface\":\"cell0\"}'),"
    "(7, 6, 1090" MS
    ", 'ha', 'mip6.bu_received', '{\"home_address\":\"2001:db8:a::100\",\"sequence\":9}'),"
    "(8, 7, 1090" MS
    ", 'ha', 'mip6.binding_moved', '{\"home_address\":\"2001:db8:a::100\",\"bid\":1}'),"
    "(9, 8, 1090" MS
    ", 'ha', 'mip6.ba_sent', '{\"home_address\":\"2001:db8:a::100\",\"bids\":\"1,2\","
    "\"sequence\":9,\"status\":0,\"peer\":\"2001:db8:1::1\"}'),"
    "(10, 6, 2050" MS
    ", 'car', 'mip6.bu_sent', '{\"home_address\":\"2001:db8:a::100\",\"bids\":\"1,2\","
    "\"sequence\":10,\"lifetime_s\":60,\"care_of_address\":\"2001:db8:1::1\",\"interface\":\"cell0\"}'),"
    "(11, 10, 2090" MS
    ", 'ha', 'mip6.bu_received', '{\"home_address\":\"2001:db8:a::100\",\"sequence\":10}'),"
    "(12, 11, 2090" MS
    ", 'ha', 'mip6.ba_sent', '{\"home_address\":\"2001:db8:a::100\",\"bids\":\"1,2\","
    "\"sequence\":10,\"status\":0,\"peer\":\"2001:db8:1::1\"}'),"
    "(13, 12, 2130" MS
    ", 'car', 'mip6.ba_received', '{\"home_address\":\"2001:db8:a::100\",\"sequence\":10}'),"
    "(14, 13, 2130" MS
    ", 'car', 'mip6.registered', '{\"home_address\":\"2001:db8:a::100\",\"bid\":1}'),"
    /* a refusal is an arrival, too */
    "(15, 14, 2130" MS
    ", 'car', 'ike.message', '{\"exchange\":\"INFORMATIONAL\",\"direction\":\"sent\","
    "\"kind\":\"request\",\"message_id\":5,\"task\":\"update_addresses\",\"tries\":1,\"fragment\":0,"
    "\"payloads\":\"N(UPDATE_SA_ADDRESSES) N(NAT_DETECTION_SOURCE_IP)\",\"local\":\"2001:db8:1::1\","
    "\"remote\":\"2001:db8:a::1\",\"spi_i\":\"aa\"}'),"
    "(16, 15, 2170" MS ", 'ha', 'ike.refused', '{\"how\":\"repeated\",\"what\":\"\","
    "\"local\":\"2001:db8:a::1\",\"remote\":\"2001:db8:1::1\"}'),"
    /* somebody else's */
    "(17, 0, 2130" MS
    ", 'bus', 'mip6.bu_sent', '{\"home_address\":\"2001:db8:a::200\",\"bids\":\"\","
    "\"sequence\":1,\"lifetime_s\":60,\"care_of_address\":\"2001:db8:9::1\"}'),"
    "(18, 17, 2150" MS
    ", 'ha', 'mip6.bu_received', '{\"home_address\":\"2001:db8:a::200\",\"sequence\":1}')";

static const char others[] =
    "INSERT INTO message VALUES (6, 140, 77, NULL, NULL, NULL), (9, 124, NULL, 1100" MS
    ", 'lte-router.car', 'link_loss'), (10, 140, 77, NULL, NULL, NULL), (12, 124, NULL, NULL, NULL, "
    "NULL), (15, 120, NULL, NULL, NULL, NULL);"
    "INSERT INTO transition (transition, node, kind, from_interface, to_interface, link_down_ns, "
    "bu_sent_ns, ba_received_ns, done_ns) VALUES (1, 'car', 'BID moved', 'wlan0', 'cell0', 1000" MS
    ", 1050" MS ", 2130" MS ", 2130" MS
    "), (2, 'car', 'flow moved', NULL, NULL, NULL, NULL, NULL, 2170" MS
    "), (3, 'car', 'BID removed', NULL, NULL, NULL, NULL, NULL, 2900" MS ");"
    "INSERT INTO disruption VALUES (1, 'call', 'down', 990" MS ", 2110" MS ", 20" MS ", 1100" MS
    ", 55, 0, 0), (2, 'call', 'down', 990" MS ", 2110" MS ", 20" MS ", 1100" MS
    ", 55, 0, 0), (1, 'call', "
    "'up', 1000" MS ", 1021" MS ", 20" MS ", 1" MS ", 0, 0, 0)";

static void make_tables(void)
{
    struct why w;
    if (db)
        return;
    CHECK(!db_create(&db, NULL, NULL, &w));
    CHECK(!db_do(db, events, &w));
    CHECK(!db_do(db, others, &w));
}

static struct ladder read_all(size_t most)
{
    struct ladder l;
    struct why w;
    make_tables();
    CHECK(!ladder_read(&l, db, "car", 1000000000, 2130000000, most, &w));
    return l;
}

static void arrivals_find_their_sending(void)
{
    struct ladder l = read_all(100);
    CHECK_EQ(l.n, 9);
    CHECK_EQ(l.lanes, 2);
    const struct ladder_line *bu = &l.line[2];
    CHECK_EQ(bu->id, 6);
    CHECK_EQ(bu->arrived, 1090000000);
    CHECK_EQ(bu->to, 1);
    CHECK(!strcmp(bu->what, "BU 9, BID 1 2, lifetime 60 s"));
    CHECK(!strcmp(bu->care_of, "cell0") && !strcmp(bu->policy, "bu"));
    const struct ladder_line *lost = &l.line[4];
    CHECK_EQ(lost->id, 9);
    CHECK_EQ(lost->arrived, -1);
    CHECK_EQ(lost->lost, 1100000000);
    CHECK_EQ(lost->from, 1);
    CHECK_EQ(lost->to, 0);
    CHECK(!strcmp(lost->why, "link_loss at lte-router.car") && !*lost->policy);
    CHECK_EQ(l.line[5].arrived, 2090000000);
    CHECK_EQ(l.line[6].arrived, 2130000000);
    const struct ladder_line *ike = &l.line[8];
    CHECK_EQ(ike->kind, LADDER_IKE);
    CHECK_EQ(ike->arrived, 2170000000); /* behind the end of what was asked for */
    CHECK(!strcmp(ike->what, "INFORMATIONAL request 5 (update addresses)"));
    CHECK(!strcmp(ike->inside, "SK{N(UPDATE_SA_ADDRESSES) N(NATD_SRC)}"));
    ladder_release(&l);
}

/* A jitter of 1 ms is no gap, and what two transitions tell is one. */
static void gaps_are_those_that_count(void)
{
    struct ladder l = read_all(100);
    CHECK_EQ(l.gaps, 1);
    CHECK(!strcmp(l.gap[0].flow, "call.down"));
    CHECK_EQ(l.gap[0].lost, 55);
    ladder_release(&l);
}

static void what_is_too_much_is_counted(void)
{
    struct ladder l = read_all(4);
    CHECK_EQ(l.n, 4);
    CHECK_EQ(l.more, 5);
    ladder_release(&l);
}

static const char printed[] =
    "         ms  car                                                  ha takes, ms  via\n"
    "      0.000  o link lost: wlan0                                    |\n"
    "             :   50.0 ms later                                     :\n"
    "     50.000  o loss noticed: wlan0                                 |\n"
    "             |-- BU 9, BID 1 2, lifetime 60 s -------------------->|    40.000  cell0  ESP bu\n"
    "             :   40.0 ms later                                     :\n"
    "     90.000  |                                binding moved, BID 1 o\n"
    "             | x BA 9, BID 1 2, status 0 --------------------------|      lost  cell0\n"
    "             |                                                     | link_loss at lte-router.car\n"
    "             :   960.0 ms later                                    :\n"
    "             :                                                     :\n"
    "   1050.000  |-- BU 10, BID 1 2, lifetime 60 s ------------------->|    40.000  cell0  ESP bu\n"
    "             :   40.0 ms later                                     :\n"
    "   1090.000  |<- BA 10, BID 1 2, status 0 -------------------------|    40.000  cell0\n"
    "             :   40.0 ms later                                     :\n"
    "   1130.000  o registered, BID 1                                   |\n"
    "             |-- INFORMATIONAL request 5 (update addresses) ------>|    40.000  cell0\n"
    "             |   SK{N(UPDATE_SA_ADDRESSES) N(NATD_SRC)}            |\n"
    "call.down: nothing arrived for 1120.0 ms, from -10.000 to 1110.000; 55 lost\n";

static void lines_fit_a_terminal(void)
{
    struct ladder l = read_all(100);
    char *text = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&text, &n);
    ladder_print(out, &l, false);
    (void)fclose(out);
    CHECK(!strcmp(text, printed));
    if (strcmp(text, printed) != 0)
        (void)fprintf(stderr, "%s", text);
    free(text);
    ladder_release(&l);
}

/* Both ends of the first path of a class. */
static bool find_path(const char *svg, const char *class, double at[4])
{
    char begin[64];
    (void)snprintf(begin, sizeof begin, "<path class=\"%s\" d=\"", class);
    const char *path = strstr(svg, begin);
    return path &&
           sscanf(path + strlen(begin), "M%lf %lfL%lf %lf", &at[0], &at[1], &at[2], &at[3]) == 4;
}

static void the_picture_is_to_scale(void)
{
    struct ladder l = read_all(100);
    char *svg = NULL;
    size_t n = 0;
    double bu[4];
    double ike[4];
    double wait_y = 0;
    double wait_height = 0;
    FILE *out = open_memstream(&svg, &n);
    ladder_draw(out, &l);
    (void)fclose(out);
    CHECK(strstr(svg, "<svg class=\"ladder\"") == svg);
    CHECK(find_path(svg, "bu", bu) && find_path(svg, "ike", ike));
    const char *wait = strstr(svg, "<rect class=\"wait\"");
    const char *y = wait ? strstr(wait, " y=\"") : NULL;
    const char *height = wait ? strstr(wait, " height=\"") : NULL;
    CHECK(y && sscanf(y, " y=\"%lf\"", &wait_y) == 1);
    CHECK(height && sscanf(height, " height=\"%lf\"", &wait_height) == 1);
    /* an arrow ends where its head begins: 6 before the lane, along its way */
    double slope = (bu[3] - bu[1]) / (bu[2] - bu[0]);
    double fall = slope * (540 - bu[0]);
    CHECK_NEAR(fall / wait_height, 40.0 / 50, 0.02); /* 40 ms beside 50 ms */
    CHECK_NEAR(bu[1], wait_y + wait_height, 0.2);    /* it left when the loss was noticed */
    CHECK(ike[1] > bu[1] && ike[3] > ike[1]);
    CHECK(strstr(svg, "lost: link_loss at lte-router.car") && strstr(svg, "class=\"lost\""));
    CHECK(strstr(svg, "call.down") && strstr(svg, "class=\"gap\""));
    free(svg);
    ladder_release(&l);
}

static void stories_join_what_is_near(void)
{
    struct stories s = {.n = 0};
    struct why w;
    make_tables();
    CHECK(!stories_read(&s, db, "->", 0, &w));
    CHECK_EQ(s.n, 2);
    CHECK(!strcmp(s.of[0].what, "1: BID moved, wlan0 -> cell0; 2: flow moved"));
    CHECK_EQ(s.of[0].begin, 1000000000);
    CHECK_EQ(s.of[0].end, 2170000000);
    CHECK_EQ(s.of[0].worst, 1100000000);
    stories_choose(&s, 1);
    CHECK(s.of[0].told && !s.of[1].told);
    free(s.of);
    s = (struct stories){.n = 0};
    CHECK(!stories_read(&s, db, "->", 3, &w));
    CHECK_EQ(s.n, 1);
    CHECK(!strcmp(s.of[0].what, "3: BID removed"));
    free(s.of);
    db_close(db);
    db = NULL;
}

CHECK_MAIN(CASE(arrivals_find_their_sending), CASE(gaps_are_those_that_count),
           CASE(what_is_too_much_is_counted), CASE(lines_fit_a_terminal),
           CASE(the_picture_is_to_scale), CASE(stories_join_what_is_near))
