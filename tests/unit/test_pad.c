/* The PAD: which peer may have SAs for which addresses (RFC 4301 4.4.3, RFC 4877 4.2). */
#include "models/ipsec/pad.h"

#include "tests/check.h"

enum { MANY = 1000 };

static struct addr numbered(unsigned k)
{
    return (struct addr){
        {0x20, 1, 0xd, 0xb8, [13] = (uint8_t)(k >> 8), [14] = (uint8_t)k, [15] = 1}};
}

static void nobody_may_have_anything(void)
{
    struct arena a = {0};
    struct pad p;
    struct addr one = numbered(1);
    pad_init(&p, &a);
    CHECK(!pad_allows(&p, "mn", &one) && p.entries == 0);
    arena_release(&a);
}

static void an_identity_has_its_addresses(void)
{
    struct arena a = {0};
    struct pad p;
    struct addr one = numbered(1);
    struct addr two = numbered(2);
    pad_init(&p, &a);
    pad_allow(&p, "user_1", &one);
    pad_allow(&p, "user_2", &two);
    char copy[] = "user_1"; /* the words count, not where they stand */
    RULE("IPS-POL-3");
    CHECK(pad_allows(&p, copy, &one) && !pad_allows(&p, copy, &two));
    RULE("IPS-POL-3");
    CHECK(pad_allows(&p, "user_2", &two) && !pad_allows(&p, "user_2", &one));
    CHECK(!pad_allows(&p, "user_", &one) && !pad_allows(&p, "", &one));
    pad_allow(&p, "user_1", &two); /* several, and one address of several */
    CHECK(pad_allows(&p, "user_1", &two) && pad_allows(&p, "user_2", &two));
    pad_allow(&p, "user_1", &two);
    CHECK_EQ(p.entries, 3);
    arena_release(&a);
}

static void many_are_told_apart(void)
{
    static char name[MANY][8];
    struct arena a = {0};
    struct pad p;
    pad_init(&p, &a);
    for (unsigned k = 0; k < MANY; k++) {
        struct addr at = numbered(k);
        (void)snprintf(name[k], sizeof name[k], "mn%u", k);
        pad_allow(&p, name[k], &at);
    }
    unsigned wrong = 0;
    for (unsigned k = 0; k < MANY; k++) {
        struct addr own = numbered(k);
        struct addr next = numbered(k + 1);
        wrong += !pad_allows(&p, name[k], &own) || pad_allows(&p, name[k], &next);
    }
    RULE("IPS-POL-3");
    CHECK_EQ(wrong, 0);
    CHECK(p.entries == MANY && p.buckets >= MANY && p.buckets <= 2 * MANY + 8);
    arena_release(&a);
}

static void what_was_given_back_is_nobodys(void)
{
    struct arena a = {0};
    struct pad p;
    struct addr one = numbered(1);
    struct addr two = numbered(2);
    pad_init(&p, &a);
    pad_revoke(&p, "user_1", &one);
    pad_allow(&p, "user_1", &one);
    pad_allow(&p, "user_1", &two);
    pad_allow(&p, "user_2", &one);
    pad_revoke(&p, "user_1", &one);
    RULE("IPS-POL-3");
    CHECK(!pad_allows(&p, "user_1", &one) && p.entries == 2);
    CHECK(pad_allows(&p, "user_1", &two) && pad_allows(&p, "user_2", &one));
    pad_allow(&p, "user_1", &one);
    CHECK(pad_allows(&p, "user_1", &one));
    arena_release(&a);
}

CHECK_MAIN(CASE(nobody_may_have_anything), CASE(an_identity_has_its_addresses),
           CASE(many_are_told_apart), CASE(what_was_given_back_is_nobodys))
