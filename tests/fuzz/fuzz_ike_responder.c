/* Two IKE machines in any state, and a third who writes what it likes: raw datagrams, and payloads
 * sealed with the keys of either end. Whatever comes, nothing is overrun, every text and Child SA
 * that is taken has a holder, no deadline is missed, and time lets all of it end.
 *
 * The input: a byte of state, then operations, each a byte, a byte of detail, a byte of length and
 * so many bytes. */
#include <stdlib.h>

#include "tests/ike_bench.h"
#include "tests/ike_inside.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum state {
    HALF_OPEN,
    ASKING,
    AUTHENTICATING,
    IN_FRAGMENTS,
    UP,
    REKEYING_CHILD,
    REKEYING,
    BOTH_REKEYING,
    DELETING_CHILD,
    DELETING,
    MOVING,
    STATES
};
enum op { RAW, SEALED, CARRY, WAIT, WISH, OPS };

static struct bench b;

static void insist(bool good)
{
    if (!good)
        abort();
}

static void look(void)
{
    for (unsigned e = 0; e < ENDS; e++)
        insist(inside_is_sane(b.end[e].ike, b.now) && inside_holds(b.end[e].ike));
    while (b.letters > LETTERS / 2)
        bench_drop(&b, 0);
}

static void wish(unsigned e, unsigned what)
{
    struct bench_end *end = &b.end[e];
    uint64_t sa = bench_own(&b, e);
    uint32_t spi = end->children ? end->child[what / 16 % end->children].is.spi_in : 0;
    switch (what % 16) {
    case 0:
        ike_child_soft(end->ike, spi, b.now);
        break;
    case 1:
        ike_child_hard(end->ike, spi, b.now);
        break;
    case 2:
        ike_delete_child(end->ike, spi, b.now);
        break;
    case 3:
        ike_rekey(end->ike, sa, b.now);
        break;
    case 4:
        ike_delete(end->ike, sa, b.now);
        break;
    case 5:
        ike_probe(end->ike, sa, b.now);
        break;
    case 6:
        ike_update_addresses(end->ike, sa, &b.address[what / 16 % 3], b.now);
        break;
    case 7:
        ike_move(end->ike, sa, &b.address[what / 16 % 3], &b.agent, b.now);
        break;
    case 8:
        ike_tell_addresses(end->ike, sa, b.address, what / 16 % 4, b.now);
        break;
    case 9:
        ike_accept_address(end->ike, sa, &b.address[what / 16 % 3], b.now);
        break;
    case 10:
        ike_drop(end->ike, sa, b.now);
        break;
    case 11:
        (void)ike_start_anew(end->ike, end->peer, e ? &b.agent : &b.address[0],
                             e ? &b.address[0] : &b.agent, b.now);
        break;
    case 12:
        ike_tell_invalid_spi(end->ike, sa, what, b.now);
        break;
    default:
        ike_want(end->ike, end->peer, what / 16 % POLICIES, what / 64, b.now);
        break;
    }
    bench_do(&b, e);
}

static void begin(enum state s)
{
    bench_set(&b);
    for (unsigned e = 0; e < ENDS; e++) {
        b.end[e].with.mobike = s == MOVING;
        b.end[e].with.checks_routability = s == MOVING;
        b.end[e].how.window = s == MOVING || s == DELETING_CHILD ? 3 : 1;
        b.end[e].how.fragment_bytes = s == IN_FRAGMENTS ? 200 : 1280;
        b.end[e].how.cookies_from = s == ASKING ? 0 : 3;
    }
    bench_begin(&b);
    (void)bench_start(&b);
    bench_want(&b, MN, 3, 0);
    if (s == ASKING)
        return;
    bench_carry(&b, 0);
    if (s == HALF_OPEN)
        return;
    bench_carry(&b, 0);
    if (s == IN_FRAGMENTS)
        bench_carry(&b, 0);
    if (s == IN_FRAGMENTS || s == AUTHENTICATING)
        return;
    bench_settle(&b);
    if (s == REKEYING_CHILD || s == DELETING_CHILD)
        wish(MN, s == REKEYING_CHILD ? 0 : 2);
    if (s == REKEYING || s == BOTH_REKEYING)
        wish(MN, 3);
    if (s == BOTH_REKEYING)
        wish(HA, 3);
    if (s == DELETING || s == MOVING)
        wish(MN, s == DELETING ? 4 : 16 + 6);
    if (s == BOTH_REKEYING) {
        bench_carry(&b, 0);
        bench_carry(&b, 0);
    }
}

/* Payloads of an end's newest IKE SA but `back`, for the other end. */
static void sealed(unsigned detail, const uint8_t *inside, size_t n)
{
    unsigned from = detail & 1;
    uint8_t out[LETTER];
    struct ike_sa *sa = b.end[from].ike->last;
    for (unsigned back = detail >> 1 & 1; back && sa && sa->before; back--)
        sa = sa->before;
    if (!sa || !sa->keyed || n < 3 || b.letters == LETTERS)
        return;
    static const uint8_t exchanges[4] = {IKE_AUTH, IKE_CREATE_CHILD_SA, IKE_INFORMATIONAL,
                                         IKE_INFORMATIONAL};
    bool response = detail & 4;
    uint32_t id = response ? sa->next_id - 1 : sa->next_id;
    if (response) { /* to what the other end asks */
        const struct ike_sa *other = map_find(&b.end[1 - from].ike->by_spi, sa->other);
        id = other ? other->next_id - 1 - inside[0] % 3 : id;
    } else {
        id += inside[0] % 4;
        id -= inside[0] > 250;
    }
    const struct ike_header h = {
        .spi_i = ike_spi_i(sa),
        .spi_r = ike_spi_r(sa),
        .major = 2,
        .exchange = exchanges[detail >> 3 & 3],
        .flags = (uint8_t)((response ? IKE_RESPONSE : 0) | (sa->initiator ? IKE_INITIATOR : 0)),
        .id = id};
    struct rng iv = bench_stream(9, "fuzz", "iv");
    size_t bytes = ike_seal(&sa->out, &iv, &h, &(struct ike_inside){inside[1], inside + 2, n - 2},
                            out, sizeof out);
    insist(bytes > 0);
    struct bench_letter *l = &b.letter[b.letters++];
    l->to = 1 - from;
    l->path = (struct ike_path){sa->path.remote, sa->path.local, sa->path.remote_port,
                                sa->path.local_port};
    l->n = bytes;
    memcpy(l->bytes, out, bytes);
    bench_carry(&b, b.letters - 1);
}

/* Bytes as they are, or in the place of those of a letter that is on the wire. */
static void raw(unsigned detail, const uint8_t *bytes, size_t n)
{
    uint8_t text[LETTER] = {0};
    struct ike_datagram d = {.path = {b.agent, b.address[detail >> 4 & 1], IKE_PORT, IKE_PORT},
                             .bytes = text,
                             .n = n,
                             .standing = (enum ike_standing)(detail >> 2 & 3) % 3};
    unsigned to = detail & 1;
    if (detail & 2 && b.letters && n) {
        const struct bench_letter *l = &b.letter[bytes[0] % b.letters];
        to = l->to;
        d.path = l->path;
        d.n = l->n;
        memcpy(text, l->bytes, l->n);
        for (size_t k = 1; k + 1 < n; k += 2)
            text[bytes[k] % l->n] ^= bytes[k + 1];
    } else {
        memcpy(text, bytes, n);
    }
    ike_receive(b.end[to].ike, &d, b.now);
    bench_do(&b, to);
}

static void operate(unsigned op, unsigned detail, const uint8_t *bytes, size_t n)
{
    switch (op % OPS) {
    case RAW:
        raw(detail, bytes, n);
        break;
    case SEALED:
        sealed(detail, bytes, n);
        break;
    case CARRY:
        if (b.letters && detail & 1)
            bench_carry(&b, detail / 2 % b.letters);
        else if (b.letters)
            bench_repeat(&b, detail / 2 % b.letters);
        break;
    case WAIT:
        bench_wait(&b, (sim_time)detail * 200 * SIM_MS);
        break;
    default:
        wish(detail & 1, detail >> 1);
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2 || size > 2000)
        return 0;
    begin((enum state)(data[0] % STATES));
    for (size_t at = 1; size - at >= 3;) {
        size_t left = size - at - 3;
        size_t n = data[at + 2] < left ? data[at + 2] : left;
        operate(data[at], data[at + 1], data + at + 3, n);
        look();
        at += 3 + n;
    }
    b.letters = 0;
    for (unsigned e = 0; e < ENDS; e++) { /* nobody is there any more */
        b.end[e].with.dead_after = 20 * SIM_S;
        if (bench_own(&b, e))
            wish(e, 5);
    }
    for (unsigned k = 0; k < 40; k++) {
        bench_wait(&b, 20 * SIM_S);
        b.letters = 0;
        look();
    }
    for (unsigned e = 0; e < ENDS; e++)
        insist(!ike_half_open(b.end[e].ike) && !ike_sas(b.end[e].ike));
    bench_end(&b);
    return 0;
}
