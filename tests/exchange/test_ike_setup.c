/* Setting up an IKE SA and its Child SAs, without loss (RFC 7296 1.2, 1.3; RFC 4877 7.3). */
#include "tests/ike_bench.h"

static struct bench b;

static void an_sa_with_four_pairs_in_ten_messages(void)
{
    bench_set(&b);
    bench_begin(&b);
    bench_up(&b);
    CHECK_EQ(b.end[MN].sent, 5); /* INIT, AUTH, and a CREATE_CHILD_SA for each further pair */
    CHECK_EQ(b.end[HA].sent, 5);
    RULE("IKE-MIP-2");
    CHECK_EQ(b.end[MN].messages[IKE_CREATE_CHILD_SA], 3);
    CHECK(b.end[MN].child[0].is.policy == &b.end[MN].policy[0]);
    CHECK(bench_agrees(&b, 4));
    for (unsigned k = 0; k < POLICIES; k++)
        CHECK(bench_out(&b, MN, k, 0) && bench_out(&b, HA, k, 0));
    bench_end(&b);
}

CHECK_MAIN(CASE(an_sa_with_four_pairs_in_ten_messages))
