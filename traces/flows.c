#include "traces/flows.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/names.h"

void flows_init(struct flows *f, uint32_t flows)
{
    f->flows = flows;
    f->record = calloc(2 * (size_t)flows + 1, sizeof *f->record);
    assert(f->record);
}

void flows_release(struct flows *f)
{
    for (size_t k = 0; k < 2 * (size_t)f->flows; k++) {
        for (int c = 0; c < FLOWS_COPIES; c++)
            free(f->record[k].copy[c].row);
    }
    free(f->record);
}

static struct flow_row *row_of(struct flow_rows *rows, uint64_t sequence)
{
    if (sequence >= rows->room) {
        size_t room = rows->room ? rows->room : 1024;
        while (room <= sequence)
            room *= 2;
        struct flow_row *more = realloc(rows->row, room * sizeof *more);
        assert(more);
        memset(more + rows->room, 0, (room - rows->room) * sizeof *more);
        rows->row = more;
        rows->room = room;
    }
    if (sequence >= rows->n)
        rows->n = sequence + 1;
    return &rows->row[sequence];
}

void flows_see(struct flows *f, const struct tap_packet *p)
{
    const struct pkt_mark *m = &p->mark;
    assert(m->flow >= 1 && m->flow <= f->flows && m->copy < FLOWS_COPIES);
    struct flow_record *record = &f->record[2 * (m->flow - 1) + m->direction];
    struct flow_row *row = row_of(&record->copy[m->copy], m->sequence);
    if (p->step == TAP_BORN) {
        *row = (struct flow_row){.there = true,
                                 .sent = m->born,
                                 .received = -1,
                                 .bytes = p->bytes,
                                 .fate = FLOWS_ON_THE_WAY};
        return;
    }
    assert(row->there);
    if (row->received >= 0)
        return; /* dropped by nobody: it had arrived */
    if (row->fate != FLOWS_ON_THE_WAY && p->step == TAP_DIED)
        return; /* another piece of it: the first that was lost says why */
    row->overhead = m->overhead;
    row->bid = m->bid;
    row->path = m->path;
    row->fate = p->reason;
    if (p->step == TAP_TAKEN) {
        row->received = p->t;
        row->fate = DROP_NONE;
    }
}

const struct flow_row *flows_first(const struct flow_record *r, size_t sequence)
{
    const struct flow_row *first = NULL;
    for (int c = 0; c < FLOWS_COPIES && r->copy[c].n; c++) {
        if (sequence >= r->copy[c].n)
            continue;
        const struct flow_row *row = &r->copy[c].row[sequence];
        if (row->there && row->received >= 0 && (!first || row->received < first->received))
            first = row;
    }
    return first;
}

const char *flows_path_name(uint8_t path)
{
    static const char *const names[] = {"direct", "tunnel", "optimised"};
    assert(path < 3);
    return names[path];
}

const char *flows_fate_name(uint16_t fate)
{
    if (fate == DROP_NONE)
        return "received";
    return fate == FLOWS_ON_THE_WAY ? "in_flight" : drop_name(fate);
}

static void write_row(FILE *out, const char *direction, size_t sequence, int copy,
                      const struct flow_row *row)
{
    (void)fprintf(out, "%s,%zu,%d,%" PRId64 ",", direction, sequence, copy, row->sent);
    if (row->received >= 0) {
        (void)fprintf(out, "%" PRId64 ",%" PRId64, row->received, row->received - row->sent);
    } else {
        (void)fputs(",", out);
    }
    (void)fprintf(out, ",%" PRIu32 ",%u,%s,%u,%s\n", row->bytes, row->overhead,
                  flows_path_name(row->path), row->bid, flows_fate_name(row->fate));
}

enum status flows_write_csv(const struct flows *f, uint32_t flow, const struct trace_flow *of,
                            const char *dir, struct why *w)
{
    static const char *const directions[] = {"up", "down"};
    char path[1024];
    (void)snprintf(path, sizeof path, "%s/flows/%s.csv", dir, of->name);
    FILE *out = fopen(path, "w");
    if (!out)
        return why_set(w, ST_IO, "%s: %s", path, strerror(errno));
    (void)fputs(
        "direction,sequence,copy,sent_ns,received_ns,delay_ns,bytes,overhead_bytes,path,bid,"
        "fate\n",
        out);
    for (int d = 0; d < 2; d++) {
        const struct flow_record *r = &f->record[2 * flow + (uint32_t)d];
        for (size_t s = 0; s < r->copy[0].n; s++) {
            for (int c = 0; c < FLOWS_COPIES; c++) {
                if (s < r->copy[c].n && r->copy[c].row[s].there)
                    write_row(out, directions[d], s, c, &r->copy[c].row[s]);
            }
        }
    }
    bool bad = ferror(out);
    bad |= fclose(out) != 0;
    return bad ? why_set(w, ST_IO, "%s: cannot be written", path) : ST_OK;
}
