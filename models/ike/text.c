/* Messages that are kept, and what is said of them. */
#include <stdio.h>
#include <string.h>

#include "models/ike/parts.h"

/* ---- texts ----------------------------------------------------------------------------------- */

struct ike_text *ike_text_of(struct ike *k, size_t n)
{
    struct pool *home = n <= IKE_SMALL ? &k->small : &k->large;
    struct ike_text *t = pool_take_raw(home);
    *t = (struct ike_text){.home = home, .n = n, .bytes = (uint8_t *)(t + 1)};
    return t;
}

struct ike_text *ike_text_copy(struct ike *k, const uint8_t *bytes, size_t n)
{
    struct ike_text *t = ike_text_of(k, n);
    memcpy(t->bytes, bytes, n);
    t->parts = 1;
    t->part[0] = n;
    return t;
}

void ike_text_give(struct ike_text **t)
{
    if (*t)
        pool_give((*t)->home, *t);
    *t = NULL;
}

/* ---- what a message says, in a few words ----------------------------------------------------- */

/* Appends it at `at` as far as there is room, which is zeroed; answers where the text ends. */
static size_t say(struct ike_news *news, size_t at, const char *text)
{
    size_t n = strlen(text);
    size_t room = sizeof news->payloads - 1 - at;
    if (n > room)
        n = room;
    memcpy(news->payloads + at, text, n);
    return at + n;
}

void ike_describe(struct ike_news *news, const struct ike_payloads *list)
{
    size_t at = strlen(news->payloads);
    for (unsigned j = 0; j < list->n; j++) {
        const struct ike_payload *p = &list->p[j];
        struct ike_notify n;
        const char *name = ike_payload_name(p->type);
        at = say(news, at, at ? " " : "");
        if (p->type == IKE_P_NOTIFY && !ike_read_notify(p, &n)) {
            const char *what = ike_notify_name(n.type);
            if (!news->notify && (n.type < IKE_N_FIRST_STATUS || n.type == IKE_N_COOKIE))
                news->notify = n.type;
            at = say(news, at, "N(");
            at = say(news, at, what ? what : "?");
            at = say(news, at, ")");
        } else {
            at = say(news, at, name ? name : "?");
        }
    }
}

bool ike_find_notify(const struct ike_payloads *list, uint16_t type, struct ike_notify *out)
{
    for (unsigned j = 0; j < list->n; j++) {
        if (list->p[j].type == IKE_P_NOTIFY && !ike_read_notify(&list->p[j], out) &&
            out->type == type)
            return true;
    }
    return false;
}

uint16_t ike_find_error(const struct ike_payloads *list, struct ike_notify *out)
{
    for (unsigned j = 0; j < list->n; j++) {
        if (list->p[j].type == IKE_P_NOTIFY && !ike_read_notify(&list->p[j], out) &&
            out->type < IKE_N_FIRST_STATUS && out->type != IKE_N_USE_ASSIGNED_HOA)
            return out->type;
    }
    return 0;
}

bool ike_take_nonce(const struct ike_message *m, uint16_t prf, struct ike_nonce *out)
{
    const struct ike_payload *p = ike_find(&m->list, IKE_P_NONCE);
    if (!p || ike_read_nonce(p) || 2 * p->bytes < prf_bytes(prf))
        return false;
    out->n = p->bytes;
    memcpy(out->bytes, p->body, p->bytes);
    return true;
}

void ike_put_status(struct ike_writer *w, uint16_t type, const void *data, size_t n)
{
    const struct ike_notify notify = {.type = type, .data = data, .bytes = n};
    ike_put_notify(w, &notify);
}

uint16_t ike_asked_group(const struct ike_notify *n)
{
    if (n->bytes != 2)
        return DH_NONE;
    unsigned group = (unsigned)n->data[0] << 8 | n->data[1];
    return (uint16_t)group;
}
