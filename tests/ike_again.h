/*
 * ike_again.h - an IKEv2 payload read as what it is and written anew from what was read.
 */
#ifndef TESTS_IKE_AGAIN_H
#define TESTS_IKE_AGAIN_H

#include <string.h>

#include "models/wire/ike.h"

static inline enum ike_fault ike_again_sa(struct ike_writer *w, const struct ike_payload *p)
{
    struct ike_sa_payload sa;
    enum ike_fault fault = ike_read_sa(p, &sa);
    if (!fault)
        ike_put_sa(w, &sa);
    return fault;
}

static inline enum ike_fault ike_again_ke(struct ike_writer *w, const struct ike_payload *p)
{
    struct ike_ke ke;
    enum ike_fault fault = ike_read_ke(p, &ke);
    if (!fault)
        ike_put_ke(w, &ke);
    return fault;
}

static inline enum ike_fault ike_again_id(struct ike_writer *w, const struct ike_payload *p)
{
    struct ike_id id;
    enum ike_fault fault = ike_read_id(p, &id);
    if (!fault)
        ike_put_id(w, p->type, &id);
    return fault;
}

static inline enum ike_fault ike_again_blob(struct ike_writer *w, const struct ike_payload *p)
{
    struct ike_blob blob;
    enum ike_fault fault = ike_read_blob(p, &blob);
    if (!fault)
        ike_put_blob(w, p->type, &blob);
    return fault;
}

static inline enum ike_fault ike_again_nonce(struct ike_writer *w, const struct ike_payload *p)
{
    enum ike_fault fault = ike_read_nonce(p);
    if (!fault)
        ike_put_bytes(w, p->type, p->body, p->bytes);
    return fault;
}

static inline enum ike_fault ike_again_notify(struct ike_writer *w, const struct ike_payload *p)
{
    struct ike_notify n;
    enum ike_fault fault = ike_read_notify(p, &n);
    if (!fault)
        ike_put_notify(w, &n);
    return fault;
}

static inline enum ike_fault ike_again_delete(struct ike_writer *w, const struct ike_payload *p)
{
    struct ike_delete d;
    enum ike_fault fault = ike_read_delete(p, &d);
    if (!fault)
        ike_put_delete(w, &d);
    return fault;
}

static inline enum ike_fault ike_again_ts(struct ike_writer *w, const struct ike_payload *p)
{
    struct ike_ts ts;
    enum ike_fault fault = ike_read_ts(p, &ts);
    if (!fault)
        ike_put_ts(w, p->type, &ts);
    return fault;
}

static inline enum ike_fault ike_again_cp(struct ike_writer *w, const struct ike_payload *p)
{
    struct ike_cp cp;
    enum ike_fault fault = ike_read_cp(p, &cp);
    if (!fault)
        ike_put_cp(w, &cp);
    return fault;
}

static inline enum ike_fault ike_again_sk(struct ike_writer *w, const struct ike_payload *p)
{
    struct ike_skf f = {.data = p->body, .bytes = p->bytes};
    enum ike_fault fault = p->type == IKE_P_SKF ? ike_read_skf(p, &f) : IKE_GOOD;
    uint8_t *hole = fault ? NULL : ike_put_sk(w, p->next, f.number, f.total, f.bytes);
    if (hole && f.bytes)
        memcpy(hole, f.data, f.bytes);
    return fault;
}

/* Every type of ike.h; what stands in a Vendor ID or an EAP payload is not looked at. */
static inline enum ike_fault ike_again(struct ike_writer *w, const struct ike_payload *p)
{
    switch (p->type) {
    case IKE_P_SA:
        return ike_again_sa(w, p);
    case IKE_P_KE:
        return ike_again_ke(w, p);
    case IKE_P_IDI:
    case IKE_P_IDR:
        return ike_again_id(w, p);
    case IKE_P_CERT:
    case IKE_P_CERTREQ:
    case IKE_P_AUTH:
        return ike_again_blob(w, p);
    case IKE_P_NONCE:
        return ike_again_nonce(w, p);
    case IKE_P_NOTIFY:
        return ike_again_notify(w, p);
    case IKE_P_DELETE:
        return ike_again_delete(w, p);
    case IKE_P_TSI:
    case IKE_P_TSR:
        return ike_again_ts(w, p);
    case IKE_P_CP:
        return ike_again_cp(w, p);
    case IKE_P_SK:
    case IKE_P_SKF:
        return ike_again_sk(w, p);
    default:
        ike_put_bytes(w, p->type, p->body, p->bytes);
        return IKE_GOOD;
    }
}

#endif
