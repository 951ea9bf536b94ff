/* Whatever the bytes: no overrun, and what was read is written as the bytes it was read from, but
 * for what is reserved or not known. The first byte says what follows: a datagram, its length put
 * right or left as it is, or the inside of an Encrypted payload behind the type of its first. */
#include <stdlib.h>
#include <string.h>

#include "models/wire/ike.h"

#include "tests/ike_again.h"

enum { BYTES = 4096, INSIDE = 1, RIGHT_LENGTH = 2 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* As it will be written: nothing in reserved places. False: of what is not known parts get lost. */
static bool plain_sa(uint8_t *b, const struct ike_sa_payload *sa)
{
    for (unsigned k = 0; k < sa->proposals; k++) {
        const struct ike_proposal *p = &sa->proposal[k];
        b[1] = 0;
        b += 8 + p->spi_bytes;
        for (unsigned i = 0; i < p->transforms; i++) {
            if (p->transform[i].unknown)
                return false;
            b[1] = b[5] = 0;
            b += p->transform[i].key_bits ? 12 : 8;
        }
    }
    return true;
}

static bool plain_cp(uint8_t *b, size_t n)
{
    memset(b + 1, 0, 3);
    for (size_t at = 4; at < n; at += 4 + ((size_t)b[at + 2] << 8 | b[at + 3]))
        b[at] &= 0x7f;
    return true;
}

static bool plain_ts(uint8_t *b, const struct ike_payload *p)
{
    struct ike_ts ts;
    if (ike_read_ts(p, &ts) != IKE_GOOD)
        abort();
    memset(b + 1, 0, 3);
    for (unsigned k = 0; k < ts.n; k++)
        if (ts.selector[k].type != IKE_TS_IPV4 && ts.selector[k].type != IKE_TS_IPV6)
            return false;
    return true;
}

static bool plain(uint8_t *b, const struct ike_payload *p)
{
    struct ike_sa_payload sa;
    switch (p->type) {
    case IKE_P_SA:
        if (ike_read_sa(p, &sa) != IKE_GOOD)
            abort();
        return plain_sa(b, &sa);
    case IKE_P_KE:
        memset(b + 2, 0, 2);
        return true;
    case IKE_P_IDI:
    case IKE_P_IDR:
    case IKE_P_AUTH:
        memset(b + 1, 0, 3);
        return true;
    case IKE_P_TSI:
    case IKE_P_TSR:
        return plain_ts(b, p);
    case IKE_P_CP:
        return plain_cp(b, p->bytes);
    default:
        return true;
    }
}

/* Each payload alone. */
static void check_payload(const struct ike_payload *p)
{
    uint8_t out[BYTES + 64], want[BYTES];
    struct ike_payloads back;
    struct ike_writer w;
    ike_begin_inside(&w, out, sizeof out);
    if (ike_again(&w, p) != IKE_GOOD) {
        if (w.w.len)
            abort(); /* half a payload */
        return;
    }
    size_t n = ike_end(&w);
    if (!n || ike_read_payloads(w.first, out, n, &back) != IKE_GOOD || back.n != 1 ||
        back.p[0].type != p->type)
        abort();
    if (p->bytes)
        memcpy(want, p->body, p->bytes);
    if (plain(want, p) &&
        (back.p[0].bytes != p->bytes || (p->bytes && memcmp(back.p[0].body, want, p->bytes) != 0)))
        abort();
}

static void check_list(uint8_t exchange, bool response, bool clear, const struct ike_payloads *list)
{
    enum ike_fault fault = ike_check(exchange, response, clear, list);
    const struct ike_payload *sk = ike_find(list, IKE_P_SK);
    if (!ike_fault_name(fault) || (fault == IKE_GOOD && sk && !clear))
        abort();
    for (unsigned k = 0; k < list->n; k++) {
        if (!ike_payload_name(list->p[k].type))
            abort(); /* it was to be left out */
        check_payload(&list->p[k]);
    }
}

static void check_message(const struct ike_header *h, const struct ike_payloads *list)
{
    uint8_t out[BYTES + 64];
    struct ike_writer w;
    struct ike_header again;
    ike_begin(&w, out, sizeof out, h);
    for (unsigned k = 0; k < list->n; k++)
        if (ike_again(&w, &list->p[k]) != IKE_GOOD)
            return;
    size_t n = ike_end(&w);
    if (!n || ike_read_header(out, n, &again) != IKE_GOOD)
        abort();
    if (again.spi_i != h->spi_i || again.spi_r != h->spi_r || again.id != h->id ||
        again.exchange != h->exchange || again.flags != h->flags || again.major != 2)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t in[BYTES];
    struct ike_header h;
    struct ike_payloads list;
    if (size < 2 || size > sizeof in)
        return 0;
    memcpy(in, data, size);
    uint8_t *at = in + 1;
    size_t n = size - 1;
    if (in[0] & INSIDE) {
        if (ike_read_payloads(at[0], at + 1, n - 1, &list) == IKE_GOOD)
            check_list((uint8_t)(IKE_AUTH + (in[0] >> 2) % 3), in[0] & 0x80, false, &list);
        return 0;
    }
    if (in[0] & RIGHT_LENGTH && n >= IKE_HEADER_BYTES) {
        at[24] = at[25] = 0;
        at[26] = (uint8_t)(n >> 8);
        at[27] = (uint8_t)n;
    }
    if (ike_read_header(at, n, &h) != IKE_GOOD)
        return 0;
    if (ike_read_payloads(h.next, at + IKE_HEADER_BYTES, n - IKE_HEADER_BYTES, &list) != IKE_GOOD)
        return 0;
    check_list(h.exchange, h.flags & IKE_RESPONSE, true, &list);
    check_message(&h, &list);
    return 0;
}
