/* What nodes held and what became of their messages, as rows. */
#include <inttypes.h>
#include <stdio.h>

#include "models/names.h"
#include "traces/tables.h"

/* Whose home address it is; NULL: nobody's that is known. */
static const char *owner_of(const struct trace_setup *setup, const struct addr *home)
{
    for (uint32_t k = 0; k < setup->homes; k++) {
        if (addr_eq(&setup->home[k].address, home))
            return setup->home[k].node;
    }
    return NULL;
}

enum status tables_bindings(struct trace *t, struct why *w)
{
    struct db_row row;
    enum status st = db_rows(&row, t->db, "binding", w);
    for (size_t k = 0; k < t->bindings.n && !st; k++) {
        const struct bound *b = &t->bindings.list[k];
        char text[ADDR_TEXT];
        db_text(&row, t->setup.node[b->node]);
        db_text(&row, owner_of(&t->setup, &b->home));
        db_text(&row, addr_text(&b->home, text));
        db_int(&row, b->bid);
        db_text(&row, addr_text(&b->care_of, text));
        db_int(&row, b->made);
        db_int(&row, b->changed);
        db_time(&row, b->ended);
        db_text(&row, b->how);
        st = db_put(&row, w);
    }
    db_rows_done(&row);
    return st;
}

static void put_counts(struct db_row *row, const struct trace_sa *sa)
{
    db_int(row, (int64_t)sa->packets);
    db_int(row, (int64_t)sa->bytes);
    db_int(row, (int64_t)sa->icv);
    db_int(row, (int64_t)sa->replay);
    db_int(row, (int64_t)sa->too_old);
    db_int(row, (int64_t)sa->selector);
    db_int(row, (int64_t)sa->dummy);
}

static enum status put_sa(const struct trace *t, struct db_row *row, const struct trace_sa *sa,
                          struct why *w)
{
    char text[ADDR_TEXT];
    char ike[32];
    (void)snprintf(ike, sizeof ike, "0x%016" PRIx64, sa->ike_spi);
    db_text(row, t->setup.node[sa->node]);
    db_int(row, sa->spi);
    db_text(row, sa->direction == SA_IN ? "in" : "out");
    db_text(row, sa->mode == SA_TUNNEL ? "tunnel" : "transport");
    db_text(row, sa->suite);
    db_time(row, sa->window); /* below 0: NULL */
    db_int(row, sa->esn);
    db_text(row, sa->policy);
    db_text(row, sa->selectors);
    db_text(row, addr_unspecified(&sa->end_point) ? NULL : addr_text(&sa->end_point, text));
    db_time(row, sa->bid ? sa->bid : -1);
    db_text(row, sa->ike_spi ? ike : NULL);
    db_time(row, sa->made);
    db_time(row, sa->moved);
    db_time(row, sa->ended);
    put_counts(row, sa);
    return db_put(row, w);
}

enum status tables_messages(struct trace *t, struct why *w)
{
    struct db_row row;
    enum status st = db_rows(&row, t->db, "message", w);
    for (size_t k = 0; k < t->messages.n && !st; k++) {
        const struct message *m = &t->messages.list[k];
        bool lost = m->lost_at >= 0;
        db_int(&row, (int64_t)m->event);
        db_time(&row, m->bytes ? (int64_t)m->bytes : -1);
        db_time(&row, m->spi ? (int64_t)m->spi : -1);
        db_time(&row, m->lost_at);
        db_text(&row, !lost        ? NULL
                      : m->by_node ? t->setup.node[m->where]
                                   : t->setup.port[m->where].name);
        db_text(&row, lost ? drop_name(m->lost) : NULL);
        st = db_put(&row, w);
    }
    db_rows_done(&row);
    return st;
}

enum status tables_sas(struct trace *t, const struct trace_end *end, struct why *w)
{
    struct db_row row;
    enum status st = db_rows(&row, t->db, "sa", w);
    for (size_t k = 0; k < end->sas && !st; k++)
        st = put_sa(t, &row, &end->sa[k], w);
    db_rows_done(&row);
    return st;
}
