/* Whatever the text: choices in order of time of flows and interfaces that there are, or a
 * complaint. */
#include "models/node/choices.h"

#include "tests/fuzz/fuzz_trace.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct decide_path path[] = {{"wlan0", 1}, {"red0", 2}, {"blue0", 3}};
    static const struct decide_flow flow[] = {{"call", {.protocol = 17}},
                                              {"film", {.protocol = 17}}};
    static const struct choice_names names = {path, 3, flow, 2};
    struct arena arena = {0};
    struct choices all;
    struct why w = {""};
    FILE *file = fuzz_file(data, size);
    if (!file)
        return 0;
    enum status st = choices_read(file, "fuzz", &names, &arena, &all, &w);
    (void)fclose(file);
    if ((st && !*w.text) || (!st && !all.n))
        abort();
    for (size_t k = 0; !st && k < all.n; k++) {
        const struct choice *c = &all.choice[k];
        bool order = c->from >= (k ? c[-1].from : 0);
        if (!order || c->flow < CHOICE_EVERY_FLOW || c->flow > 1 || !(c->up || c->down) || !c->bids)
            abort();
        for (unsigned j = 0; j < c->bids; j++) {
            if (c->bid[j] < 1 || c->bid[j] > 3)
                abort();
        }
    }
    arena_release(&arena);
    return 0;
}
