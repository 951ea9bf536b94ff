#include "sim/world/decision_module.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* A path with a slash is a file; anything else dlopen() would look for among the libraries. */
static void *open_file(const char *path)
{
    char here[1100];
    (void)snprintf(here, sizeof here, "%s%.1090s", strchr(path, '/') ? "" : "./", path);
    return dlopen(here, RTLD_NOW | RTLD_LOCAL);
}

enum status decision_module_load(const char *path, monami_decide_fn **decide, struct why *w)
{
    if (access(path, R_OK))
        return why_set(w, ST_IO, "%.200s: %s", path, strerror(errno));
    void *module = open_file(path);
    if (!module)
        return why_set(w, ST_SYNTAX, "%.300s", dlerror());
    const uint32_t *version = dlsym(module, "monami_decision_version");
    void *symbol = dlsym(module, "monami_decide");
    if (!version || !symbol) {
        return why_set(w, ST_SYNTAX,
                       "%.200s: has no symbol %s; models/decision.h tells what it needs", path,
                       version ? "monami_decide" : "monami_decision_version");
    }
    if (*version != MONAMI_DECISION_VERSION) {
        return why_set(w, ST_RANGE,
                       "%.200s: was made for version %u of models/decision.h, this is %d", path,
                       (unsigned)*version, MONAMI_DECISION_VERSION);
    }
    memcpy(decide, &symbol, sizeof symbol); /* POSIX: a function's address fits, ISO C is silent */
    return ST_OK;
}
