/* Whatever the text: it is a scenario or it is complained about, and nothing else happens. */
#include <stdio.h>
#include <stdlib.h>

#include "sim/world/scenario.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct complaints c;
    struct arena arena = {0};
    struct scenario s = {.monami = 0};
    c = (struct complaints){.arena = &arena};
    struct yaml_node *root = yaml_read("fuzz", (const char *)data, size, 0, &arena, &c);
    if (!root && !c.n)
        abort();
    if (root && root->kind == YAML_MAP && !c.n)
        (void)scenario_bind(root, "/nowhere", &arena, &s, &c);
    FILE *out = fopen("/dev/null", "w");
    if (out) {
        complaints_print(&c, out);
        (void)fclose(out);
    }
    arena_release(&arena);
    return 0;
}
