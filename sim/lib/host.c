/* The caller attaches and detaches hosts. */
#include "sim/lib/parts.h"

static enum monami_status move(struct monami *m, const char *call, enum world_move what,
                               const char *who, const char *network)
{
    struct why why;
    enum monami_status st = lib_stands(m, LIB_BUILT, call);
    if (st)
        return st;
    m->inside++; /* a network of the caller's is told */
    enum status moved = world_move(&m->world, what, who, network, &why);
    m->inside--;
    if (moved)
        st = lib_fail(m, moved == ST_MISSING ? MONAMI_MISSING : MONAMI_RANGE, "%s: %s", call,
                      why.text);
    return st;
}

enum monami_status monami_attach(struct monami *m, const char *interface, const char *network)
{
    return move(m, "monami_attach()", WORLD_ATTACH, interface, network);
}

enum monami_status monami_detach(struct monami *m, const char *interface)
{
    return move(m, "monami_detach()", WORLD_DETACH, interface, NULL);
}

enum monami_status monami_shut(struct monami *m, const char *interface)
{
    return move(m, "monami_shut()", WORLD_SHUT, interface, NULL);
}
