#include "sim/app/report_file.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analysis/whole.h"
#include "sim/app/folder.h"
#include "sim/app/interrupt.h"
#include "traces/db.h"

/* Under another name first: the page is there whole or not at all. */
static enum status write_page(const struct report_file *f, struct sqlite3 *db,
                              const struct report_maker *maker, struct why *w)
{
    char part[1300];
    struct why other;
    (void)snprintf(part, sizeof part, "%.1200s.part", f->file);
    FILE *out = fopen(part, "w");
    if (!out)
        return why_set(w, ST_IO, "%.200s: %s", part, strerror(errno));
    enum status st = maker->write(maker->of, out, db, w);
    enum status closed = whole_close(out, part, st ? &other : w);
    st = st ? st : closed;
    if (!st && !interrupted() && rename(part, f->file))
        st = why_set(w, ST_IO, "%.200s: %s", f->file, strerror(errno));
    if (st || interrupted())
        (void)unlink(part);
    return st;
}

/* In memory first: half a page would look whole to who reads it. */
static enum status print_page(struct sqlite3 *db, const struct report_maker *maker, struct why *w)
{
    char *text = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&text, &n);
    assert(out);
    enum status st = maker->write(maker->of, out, db, w);
    (void)fclose(out);
    if (!st && !interrupted()) {
        (void)fwrite(text, 1, n, stdout);
        st = whole_flush(stdout, "stdout", w);
    }
    free(text);
    return st;
}

enum status report_file_make(struct report_file *f, const char *name,
                             const struct report_maker *maker, struct why *w)
{
    char path[1200];
    const char *where = getenv("TMPDIR");
    struct sqlite3 *db = NULL;
    struct why no;
    (void)snprintf(f->figures, sizeof f->figures, "%.1000s/monami-report-XXXXXX",
                   where && *where ? where : "/tmp");
    if (!mkdtemp(f->figures))
        return why_set(w, ST_IO, "%.200s: %s", f->figures, strerror(errno));
    (void)snprintf(path, sizeof path, "%.1000s/%s", f->dir, name);
    enum status st = db_open(&db, path, w);
    if (!st)
        st = db_do(db, "PRAGMA temp_store = MEMORY", w); /* nothing to sort in on a full disk */
    if (!st)
        st = maker->draw(maker->of, db, f->figures, w);
    if (!st && !interrupted())
        st = f->to_stdout ? print_page(db, maker, w) : write_page(f, db, maker, w);
    db_close(db);
    (void)!folder_remove(f->figures, &no);
    return st;
}
