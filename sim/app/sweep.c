#include "sim/app/sweep.h"

#include <stdio.h>
#include <sys/stat.h>

#include "analysis/study.h"
#include "traces/db.h"

bool sweep_is_study(const char *dir)
{
    char path[1200];
    struct stat s;
    (void)snprintf(path, sizeof path, "%.1000s/study.sqlite", dir);
    return stat(path, &s) == 0;
}

enum status sweep_draw(const char *dir, struct figures *f, struct why *w)
{
    char path[1200];
    struct sqlite3 *db = NULL;
    (void)snprintf(path, sizeof path, "%.1000s/study.sqlite", dir);
    enum status st = db_open(&db, path, w);
    if (!st)
        st = study_draw(f, db, w);
    db_close(db);
    return st;
}
