/*
 * ike_bench_acts.h - what the acts of an end of ike_bench.h do: letters on the wire, and entries in
 * the tables that a test looks at.
 */
#ifndef TESTS_IKE_BENCH_ACTS_H
#define TESTS_IKE_BENCH_ACTS_H

#include "tests/ike_bench_ends.h"

static inline void bench_post(struct bench *b, unsigned from, const struct ike_act *a)
{
    b->end[from].sent++;
    if (a->news.tries == 1)
        b->end[from].messages[a->news.exchange]++;
    if (b->letters == LETTERS || a->n > LETTER) {
        b->lost++;
        return;
    }
    struct bench_letter *l = &b->letter[b->letters++];
    l->to = 1 - from;
    l->n = a->n;
    l->news = a->news;
    l->path =
        (struct ike_path){a->path.remote, a->path.local, a->path.remote_port, a->path.local_port};
    if (b->nat_port && from == MN) {
        l->path.remote = b->nat_address;
        l->path.remote_port = (uint16_t)(b->nat_port + a->path.local_port);
    } else if (b->nat_port) { /* back through it */
        l->path.local = b->address[0];
        l->path.local_port = (uint16_t)(a->path.remote_port - b->nat_port);
    }
    memcpy(l->bytes, a->bytes, a->n);
}

static inline struct bench_child *bench_child(struct bench_end *end, uint32_t spi_in)
{
    for (unsigned k = end->children; k-- > 0;) {
        if (end->child[k].is.spi_in == spi_in)
            return &end->child[k];
    }
    return NULL;
}

static inline struct bench_ike *bench_sa(struct bench_end *end, uint64_t own)
{
    for (unsigned k = end->sas; k-- > 0;) {
        if (end->sa[k].own == own)
            return &end->sa[k];
    }
    return NULL;
}

static inline void bench_child_act(struct bench_end *end, const struct ike_act *a)
{
    struct bench_child *c = bench_child(end, a->child->spi_in);
    if (a->kind == IKE_ACT_INSTALL) {
        CHECK(!c);
        for (unsigned k = 0; end->children == SAS && k < SAS && !c; k++)
            c = end->child[k].gone ? &end->child[k] : NULL; /* of long ago */
        if (!c && end->children == SAS)
            return;
        c = c ? c : &end->child[end->children++];
        *c = (struct bench_child){.is = *a->child, .ike = a->sa, .in = true};
        c->out = a->child->sends;
    } else if (c) {
        c->out = a->kind == IKE_ACT_SENDS;
        if (a->kind == IKE_ACT_END)
            c->how = a->how;
        if (a->kind == IKE_ACT_FORGET) {
            c->in = false;
            c->gone = true;
        }
    }
    if (!c || !c->out)
        return; /* in its place: as an SPD has one outbound SA for each number */
    for (unsigned k = 0; k < end->children; k++) {
        struct bench_child *o = &end->child[k];
        if (o != c && o->is.policy == c->is.policy && o->is.number == c->is.number)
            o->out = false;
    }
}

static inline void bench_sa_act(struct bench_end *end, const struct ike_act *a)
{
    struct bench_ike *s = bench_sa(end, a->sa);
    for (unsigned k = 0; end->sas == SAS && k < SAS && !s; k++)
        s = end->sa[k].up ? NULL : &end->sa[k]; /* of long ago */
    if (!s)
        s = &end->sa[end->sas++];
    if (a->kind == IKE_ACT_DOWN)
        end->ended[a->how]++;
    *s = (struct bench_ike){.own = a->sa,
                            .spi_i = a->spi_i,
                            .spi_r = a->spi_r,
                            .initiator = a->initiator,
                            .up = a->kind == IKE_ACT_UP,
                            .how = a->how,
                            .notify = a->notify,
                            .half_open = a->half_open};
}

static inline void bench_print(const struct bench *b, unsigned e, const struct ike_act *a)
{
    static const char *const kinds[] = {[IKE_ACT_SEND] = "send",
                                        [IKE_ACT_HEARD] = "heard",
                                        [IKE_ACT_KEYED] = "keyed",
                                        [IKE_ACT_UP] = "up",
                                        [IKE_ACT_CHOSEN] = "chosen",
                                        [IKE_ACT_DOWN] = "down",
                                        [IKE_ACT_EXPIRED] = "expired",
                                        [IKE_ACT_INSTALL] = "install",
                                        [IKE_ACT_SENDS] = "sends",
                                        [IKE_ACT_END] = "end",
                                        [IKE_ACT_FORGET] = "forget",
                                        [IKE_ACT_NO_CHILD] = "none",
                                        [IKE_ACT_NOT_REKEYED] = "stays",
                                        [IKE_ACT_SILENT] = "silent",
                                        [IKE_ACT_DUE] = "due",
                                        [IKE_ACT_UNANSWERED] = "unanswered",
                                        [IKE_ACT_MOVED] = "moved",
                                        [IKE_ACT_UPDATED] = "updated",
                                        [IKE_ACT_ADDITIONAL] = "additional",
                                        [IKE_ACT_ASSIGNED] = "assigned",
                                        [IKE_ACT_REFUSED] = "refused"};
    (void)printf("%9.3f %s %-8s %08x %s %s", (double)b->now / 1e9, e == MN ? "mn" : "   ha",
                 kinds[a->kind], (unsigned)a->sa, ike_task_name(a->news.task), a->news.payloads);
    if (a->kind == IKE_ACT_SEND || a->kind == IKE_ACT_HEARD)
        (void)printf(" %d %s id %u", a->news.exchange, a->news.flags & IKE_RESPONSE ? "R" : "Q",
                     (unsigned)a->news.id);
    if (a->child)
        (void)printf(" child %08x/%08x of %08x, %s %u", (unsigned)a->child->spi_in,
                     (unsigned)a->child->spi_out, (unsigned)a->child->before,
                     a->child->policy->name, a->child->number);
    (void)printf(" %s %u\n", ike_how_name(a->how), a->notify);
}

static inline void bench_do(struct bench *b, unsigned e)
{
    struct bench_end *end = &b->end[e];
    struct ike_act a;
    uint64_t silent = 0;
    while (ike_act(end->ike, &a)) {
        if (b->trace)
            bench_print(b, e, &a);
        switch (a.kind) {
        case IKE_ACT_SEND:
            bench_post(b, e, &a);
            if (a.news.task == IKE_TASK_DELETE_IKE && a.sa == end->serves)
                end->serves = ike_sa_of(end->ike, end->peer); /* it was asked to */
            break;
        case IKE_ACT_UP:
        case IKE_ACT_DOWN:
            bench_sa_act(end, &a);
            end->serves = ike_sa_of(end->ike, end->peer);
            break;
        case IKE_ACT_CHOSEN:
            end->serves = ike_sa_of(end->ike, end->peer);
            break;
        case IKE_ACT_INSTALL:
        case IKE_ACT_SENDS:
        case IKE_ACT_END:
        case IKE_ACT_FORGET:
            end->ends += a.kind == IKE_ACT_END;
            bench_child_act(end, &a);
            break;
        case IKE_ACT_NO_CHILD:
            end->no_child++;
            end->no_child_why = a.notify;
            break;
        case IKE_ACT_NOT_REKEYED:
            end->not_rekeyed++;
            end->not_rekeyed_why = a.notify;
            break;
        case IKE_ACT_SILENT:
            end->silent++;
            silent = end->silent_sa = a.sa;
            break;
        case IKE_ACT_MOVED:
            end->moved++;
            break;
        case IKE_ACT_ASSIGNED:
            if (a.addresses)
                end->assigned = a.address[0];
            end->prefix = a.prefix;
            end->unassigned = !a.addresses && !a.prefix.len;
            break;
        case IKE_ACT_ADDITIONAL:
            end->further = a.addresses;
            memcpy(end->further_address, a.address, sizeof a.address);
            break;
        case IKE_ACT_UPDATED:
            end->updated = a.notify;
            end->updates++;
            break;
        case IKE_ACT_REFUSED:
            end->refused[a.how]++;
            if (a.how == IKE_HOW_UNAUTHENTICATED)
                end->verdict = a.verdict;
            break;
        case IKE_ACT_EXPIRED:
            end->expired++;
            end->serves = ike_sa_of(end->ike, end->peer);
            break;
        case IKE_ACT_HEARD:
        case IKE_ACT_KEYED:
        case IKE_ACT_DUE:
        case IKE_ACT_UNANSWERED:
            break;
        }
    }
    uint64_t serves = ike_sa_of(end->ike, end->peer);
    CHECK(!serves || serves == end->serves); /* the owner was told */
    if (silent && end->stays) {
        ike_probe(end->ike, silent, b->now);
        bench_do(b, e);
    }
}

#endif
