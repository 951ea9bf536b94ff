#include "sim/app/library.h"

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

bool library_reads(const struct library_file *scenario, const struct library_file *file)
{
    return !is_scenario(file) && strstr((const char *)scenario->bytes, file->path);
}
