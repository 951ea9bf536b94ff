#include "sim/world/profile.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "sim/base/path.h"

static const char measured[] = "profiles/amd-epyc-openssl-3.0.19.csv";

static bool is_measured(const char *profile)
{
    return !strcmp(profile, "measured");
}

bool profile_given(const struct cpu_config *how)
{
    return how->profile && strcmp(how->profile, "zero") != 0;
}

const struct library_file *profile_measured(void)
{
    const struct library_file *f = library_files;
    while (f->path && strcmp(f->path, measured) != 0)
        f++;
    assert(f->path);
    return f;
}

const char *profile_file(const struct cpu_config *how)
{
    return profile_given(how) && !is_measured(how->profile) ? how->profile : NULL;
}

const char *profile_name(const struct cpu_config *how, struct arena *arena)
{
    if (!profile_given(how))
        return "zero";
    char *name = arena_text(arena, path_name(is_measured(how->profile) ? measured : how->profile));
    char *dot = strrchr(name, '.');
    if (dot && dot != name)
        *dot = '\0';
    return name;
}

enum status profile_load(const char *profile, struct cpu_profile *out, struct why *w)
{
    FILE *file;
    if (is_measured(profile)) {
        const struct library_file *f = profile_measured();
        file = fmemopen((void *)(uintptr_t)f->bytes, f->n, "r");
    } else {
        file = fopen(profile, "r");
    }
    if (!file)
        return why_set(w, ST_IO, "%.150s: %s (`zero`, `measured`, or a file)", profile,
                       strerror(errno));
    enum status st = cpu_profile_read(file, profile, out, w);
    (void)fclose(file);
    return st;
}
