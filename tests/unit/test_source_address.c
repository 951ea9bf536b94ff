/* RFC 6724 5, a vector for each rule. */
#include "models/node/source_address.h"

#include "tests/check.h"

static struct addr a_of(const char *text)
{
    struct addr a;
    struct why w;
    if (addr_parse(text, &a, &w))
        check_true(0, text, __FILE__, __LINE__);
    return a;
}

struct candidate {
    const char *addr;
    bool deprecated, home, care_of, temporary, outgoing, of_next_hop;
};

/* Which of two wins, in either order, and by which rule. */
static void wins(const char *dst, struct candidate winner, struct candidate loser,
                 enum source_rule by, struct source_preference prefer)
{
    struct addr to = a_of(dst);
    for (int order = 0; order < 2; order++) {
        struct source_candidate c[2];
        for (int k = 0; k < 2; k++) {
            const struct candidate *from = (k == order) ? &winner : &loser;
            c[k] = (struct source_candidate){.addr = a_of(from->addr),
                                             .prefix_len = 64,
                                             .deprecated = from->deprecated,
                                             .home = from->home,
                                             .care_of = from->care_of,
                                             .temporary = from->temporary,
                                             .outgoing = from->outgoing,
                                             .of_next_hop = from->of_next_hop};
        }
        enum source_rule decided;
        const struct source_candidate *best = source_select(c, 2, &to, &prefer, &decided);
        RULE("IP6-SRC-2");
        CHECK(best == &c[order] && decided == by);
    }
}

static void one_vector_for_each_rule(void)
{
    const struct source_preference none = {.care_of = false};
    const struct source_preference turned = {.care_of = true, .public = true};
    wins("2001:db8:1::1", (struct candidate){"2001:db8:1::1", .deprecated = true},
         (struct candidate){"2001:db8:1::2"}, SOURCE_SAME, none);
    wins("2001:db8::1", (struct candidate){"2001:db8:2::1", .deprecated = true},
         (struct candidate){"fe80::1"}, SOURCE_SCOPE, none);
    wins("fe80::9", (struct candidate){"fe80::1"}, (struct candidate){"2001:db8:2::1"},
         SOURCE_SCOPE, none);
    wins("2001:db8::1", (struct candidate){"2001:db8:2::1"},
         (struct candidate){"2001:db8:3::1", .deprecated = true}, SOURCE_DEPRECATED, none);
    wins("2001:db8::1", (struct candidate){"2001:db8:2::1", .outgoing = true},
         (struct candidate){"2001:db8:3::1"}, SOURCE_OUTGOING, none);
    wins("2001:db8::1", (struct candidate){"2001:db8:2::1", .of_next_hop = true},
         (struct candidate){"2001:db8:3::1"}, SOURCE_NEXT_HOP, none);
    wins("2001:db8::1", (struct candidate){"2001:db8:2::1"}, (struct candidate){"fd00::1"},
         SOURCE_LABEL, none);
    wins("2001:db8::1", (struct candidate){"2001:db8:2::1", .temporary = true},
         (struct candidate){"2001:db8:3::1"}, SOURCE_TEMPORARY, none);
    wins("2001:db8::1", (struct candidate){"2001:db8:3::1"},
         (struct candidate){"2001:db8:2::1", .temporary = true}, SOURCE_TEMPORARY, turned);
    wins("2001:db8:2::1", (struct candidate){"2001:db8:2::9"}, (struct candidate){"2001:db8:3::9"},
         SOURCE_PREFIX, none);
}

static void home_and_care_of_addresses(void)
{
    const struct source_preference none = {.care_of = false};
    const struct source_preference turned = {.care_of = true};
    const struct candidate home = {"2001:db8:a::100", .home = true};
    const struct candidate coa = {"2001:db8:b::1", .care_of = true};
    const struct candidate both = {"2001:db8:a::100", .home = true, .care_of = true};
    RULE("IP6-SRC-3");
    wins("2001:db8::1", home, coa, SOURCE_HOME, none);
    RULE("IP6-SRC-3");
    wins("2001:db8::1", coa, home, SOURCE_HOME, turned);
    RULE("IP6-SRC-3");
    wins("2001:db8::1", both, coa, SOURCE_HOME, none);
    wins("2001:db8::1", both, coa, SOURCE_HOME, turned);
    RULE("IP6-SRC-3"); /* rule 3 comes first */
    wins("2001:db8::1", coa,
         (struct candidate){"2001:db8:a::100", .home = true, .deprecated = true}, SOURCE_DEPRECATED,
         none);
}

static void none_and_one(void)
{
    const struct source_preference none = {.care_of = false};
    struct source_candidate one = {.addr = {{0x20, 1, [15] = 1}}};
    enum source_rule decided;
    CHECK(!source_select(&one, 0, &one.addr, &none, &decided));
    CHECK(source_select(&one, 1, &one.addr, &none, &decided) == &one && decided == SOURCE_ONLY);
}

CHECK_MAIN(CASE(one_vector_for_each_rule), CASE(home_and_care_of_addresses), CASE(none_and_one))
