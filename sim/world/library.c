#include "sim/world/library.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/complaints.h"
#include "scenarios/yaml.h"

static const char suffix[] = ".yaml";

static bool is_scenario(const struct library_file *f)
{
    size_t n = strlen(f->path);
    return n >= sizeof suffix && !strcmp(f->path + n - (sizeof suffix - 1), suffix);
}

const struct library_file *library_scenario(const struct library_file *f)
{
    while (f->path && !is_scenario(f))
        f++;
    return f->path ? f : NULL;
}

const char *library_name(const struct library_file *f, struct arena *arena)
{
    char *name = arena_text(arena, f->path);
    name[strlen(name) - (sizeof suffix - 1)] = '\0';
    return name;
}

const struct library_file *library_find(const char *name)
{
    size_t n = strlen(name);
    for (const struct library_file *f = library_scenario(library_files); f;
         f = library_scenario(f + 1)) {
        if (strlen(f->path) == n + sizeof suffix - 1 && !strncmp(f->path, name, n))
            return f;
    }
    return NULL;
}

const char *library_title(const struct library_file *f, struct arena *arena)
{
    struct complaints *c = calloc(1, sizeof *c);
    assert(c);
    c->arena = arena;
    const struct yaml_node *root = yaml_read(f->path, (const char *)f->bytes, f->n, 0, arena, c);
    const struct yaml_node *title = root ? yaml_get(root, "title") : NULL;
    free(c);
    return title && title->kind == YAML_SCALAR ? title->text : "";
}

/* The one that it changes, by its line `scenario: FILE`, from its own folder; NULL: none. */
static const struct library_file *base_of(const struct library_file *scenario)
{
    static const char line[] = "\nscenario: ";
    static const char up[] = "../";
    const char *at = strstr((const char *)scenario->bytes, line);
    const char *slash = strchr(scenario->path, '/');
    size_t folder = slash ? (size_t)(slash + 1 - scenario->path) : 0;
    if (!at)
        return NULL;
    const char *name = at + sizeof line - 1;
    if (folder && !strncmp(name, up, sizeof up - 1)) {
        name += sizeof up - 1;
        folder = 0;
    }
    for (const struct library_file *f = library_files; f->path; f++) {
        bool here = !strncmp(f->path, scenario->path, folder);
        size_t n = here ? strlen(f->path) - folder : 0;
        if (here && is_scenario(f) && !strncmp(name, f->path + folder, n) && name[n] == '\n')
            return f;
    }
    return NULL;
}

bool library_reads(const struct library_file *scenario, const struct library_file *file)
{
    const struct library_file *base = base_of(scenario);
    bool named = is_scenario(file) ? file == base
                                   : strstr((const char *)scenario->bytes, file->path) != NULL;
    return named || (base && base != scenario && library_reads(base, file));
}
