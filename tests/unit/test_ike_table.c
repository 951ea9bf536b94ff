/* Which payload may stand in which IKEv2 message, RFC 7296 1.2 to 1.4 and C: every message that is
 * whole passes, and does not with one payload less that it needs or one more than it may have. */
#include "models/wire/ike.h"

#include "tests/check.h"

enum { PAYLOADS_LISTED = 17 };

/* One kind of message. `needs`: there at once, each just once; `once`, `often`: may be there too.
 * The words are of ike_payload_name(). */
struct kind {
    uint8_t exchange;
    bool response;
    bool clear;
    const char *needs;
    const char *once;
    const char *often;
};

static const struct kind kinds[] = {
    {IKE_SA_INIT, false, true, "SA KE Nonce", "", "N V"},
    {IKE_SA_INIT, true, true, "SA KE Nonce", "", "N V CERTREQ"},
    {IKE_SA_INIT, true, true, "", "", "N V"}, /* COOKIE and others alone */
    {IKE_AUTH, false, true, "SK", "", ""},
    {IKE_AUTH, true, true, "SKF", "", ""},
    {IKE_CREATE_CHILD_SA, false, true, "SKF", "", ""},
    {IKE_CREATE_CHILD_SA, true, true, "SK", "", ""},
    {IKE_INFORMATIONAL, false, true, "SK", "", ""},
    {IKE_INFORMATIONAL, true, true, "SKF", "", ""},
    {IKE_AUTH, false, false, "IDi AUTH SA TSi TSr", "IDr CP", "N V CERT CERTREQ"},
    {IKE_AUTH, false, false, "IDi AUTH", "IDr CP", "N V CERT CERTREQ"}, /* childless */
    {IKE_AUTH, true, false, "IDr AUTH SA TSi TSr", "CP", "N V CERT"},
    {IKE_AUTH, true, false, "IDr AUTH", "CP", "N V CERT"},
    {IKE_AUTH, true, false, "", "", "N V"},
    {IKE_CREATE_CHILD_SA, false, false, "SA Nonce TSi TSr", "KE CP", "N V"},
    {IKE_CREATE_CHILD_SA, false, false, "SA Nonce", "KE", "N V"}, /* of the IKE SA */
    {IKE_CREATE_CHILD_SA, true, false, "SA Nonce TSi TSr", "KE CP", "N V"},
    {IKE_CREATE_CHILD_SA, true, false, "SA Nonce", "KE", "N V"},
    {IKE_CREATE_CHILD_SA, true, false, "", "", "N V"},
    {IKE_INFORMATIONAL, false, false, "", "CP", "N V D"},
    {IKE_INFORMATIONAL, true, false, "", "CP", "N V D"},
};

enum { KINDS = sizeof kinds / sizeof kinds[0] };

static const uint8_t types[PAYLOADS_LISTED] = {
#define X(value, id, text) value,
    IKE_PAYLOAD_TYPES(X)
#undef X
};

static bool says(const char *words, uint8_t type)
{
    const char *name = ike_payload_name(type);
    size_t n = strlen(name);
    for (const char *at = words; (at = strstr(at, name)) != NULL; at += n)
        if ((at == words || at[-1] == ' ') && (at[n] == ' ' || !at[n]))
            return true;
    return false;
}

static void add(struct ike_payloads *list, uint8_t type)
{
    list->p[list->n++] = (struct ike_payload){.type = type};
}

static void add_all(struct ike_payloads *list, const char *words, unsigned times)
{
    for (unsigned k = 0; k < PAYLOADS_LISTED; k++)
        for (unsigned i = 0; i < times && says(words, types[k]); i++)
            add(list, types[k]);
}

static enum ike_fault check_kind(const struct kind *kind, const struct ike_payloads *list)
{
    return ike_check(kind->exchange, kind->response, kind->clear, list);
}

/* Also without what is not needed, with all of it, in another order: RFC 7296 2.5. */
static void whole_messages_pass(void)
{
    for (unsigned k = 0; k < KINDS; k++) {
        struct ike_payloads list = {.n = 0};
        add_all(&list, kinds[k].needs, 1);
        CHECK_EQ(check_kind(&kinds[k], &list), IKE_GOOD);
        add_all(&list, kinds[k].often, 2);
        CHECK_EQ(check_kind(&kinds[k], &list), IKE_GOOD);
        add_all(&list, kinds[k].once, 1);
        CHECK_EQ(check_kind(&kinds[k], &list), IKE_GOOD);
        for (unsigned i = 0; i < list.n / 2; i++) {
            struct ike_payload p = list.p[i];
            list.p[i] = list.p[list.n - 1 - i];
            list.p[list.n - 1 - i] = p;
        }
        CHECK_EQ(check_kind(&kinds[k], &list), IKE_GOOD);
    }
}

static void each_that_is_needed_is_missed(void)
{
    for (unsigned k = 0; k < KINDS; k++)
        for (unsigned without = 0; without < PAYLOADS_LISTED; without++) {
            struct ike_payloads list = {.n = 0};
            if (!says(kinds[k].needs, types[without]))
                continue;
            for (unsigned i = 0; i < PAYLOADS_LISTED; i++)
                if (i != without && says(kinds[k].needs, types[i]))
                    add(&list, types[i]);
            CHECK_EQ(check_kind(&kinds[k], &list), IKE_MISSING);
        }
}

static bool may_hold(const struct kind *kind, uint8_t type)
{
    return says(kind->needs, type) || says(kind->once, type) || says(kind->often, type);
}

/* A payload is misplaced that is there twice and may not, or that no such message may have. What
 * only another kind of it has lacks what that one needs. */
static enum ike_fault with_one_more(const struct kind *kind, uint8_t type)
{
    if (says(kind->often, type))
        return IKE_GOOD;
    for (unsigned k = 0; k < KINDS && !may_hold(kind, type); k++)
        if (kinds[k].exchange == kind->exchange && kinds[k].response == kind->response &&
            kinds[k].clear == kind->clear && may_hold(&kinds[k], type))
            return IKE_MISSING;
    return IKE_MISPLACED;
}

static void each_that_may_not_be_there_is_refused(void)
{
    for (unsigned k = 0; k < KINDS; k++)
        for (unsigned extra = 0; extra < PAYLOADS_LISTED; extra++) {
            struct ike_payloads list = {.n = 0};
            add_all(&list, kinds[k].needs, 1);
            if (says(kinds[k].once, types[extra]))
                add(&list, types[extra]);
            add(&list, types[extra]);
            enum ike_fault want = with_one_more(&kinds[k], types[extra]);
            if (check_kind(&kinds[k], &list) != want)
                (void)fprintf(stderr, "kind %u, one more %s\n", k, ike_payload_name(types[extra]));
            CHECK_EQ(check_kind(&kinds[k], &list), want);
        }
}

static void what_is_no_exchange_has_no_place(void)
{
    struct ike_payloads list = {.n = 0};
    CHECK_EQ(ike_check(33, false, true, &list), IKE_BAD_EXCHANGE);
    CHECK_EQ(ike_check(38, false, false, &list), IKE_BAD_EXCHANGE);
    add(&list, IKE_P_NOTIFY);
    CHECK_EQ(ike_check(IKE_SA_INIT, true, false, &list), IKE_MISPLACED);       /* never encrypted */
    CHECK_EQ(ike_check(IKE_INFORMATIONAL, false, true, &list), IKE_MISPLACED); /* never plain */
    list.n = 0;
    CHECK_EQ(ike_check(IKE_AUTH, true, true, &list), IKE_MISSING);
    add(&list, IKE_P_SK);
    add(&list, IKE_P_SKF);
    CHECK_EQ(ike_check(IKE_AUTH, true, true, &list), IKE_MISPLACED);
    list = (struct ike_payloads){.n = 0};
    for (unsigned k = 0; k < IKE_PAYLOADS; k++)
        add(&list, IKE_P_NOTIFY);
    CHECK_EQ(ike_check(IKE_INFORMATIONAL, false, false, &list), IKE_GOOD);
}

CHECK_MAIN(CASE(whole_messages_pass), CASE(each_that_is_needed_is_missed),
           CASE(each_that_may_not_be_there_is_refused), CASE(what_is_no_exchange_has_no_place))
