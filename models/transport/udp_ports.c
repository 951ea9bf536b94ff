#include "models/transport/udp_ports.h"

#include <assert.h>
#include <string.h>

void udp_listen(struct udp_ports *ports, struct arena *arena, const struct udp_listener *l)
{
    if (ports->n == ports->room) {
        unsigned room = ports->room ? 2 * ports->room : 8;
        struct udp_listener *more = arena_take(arena, room * sizeof *more);
        if (ports->n)
            memcpy(more, ports->listener, ports->n * sizeof *more);
        ports->listener = more;
        ports->room = room;
    }
    unsigned at = ports->n;
    while (at > 0 && ports->listener[at - 1].port > l->port)
        at--;
    assert(at == 0 || ports->listener[at - 1].port != l->port);
    memmove(ports->listener + at + 1, ports->listener + at, (ports->n - at) * sizeof *l);
    ports->listener[at] = *l;
    ports->n++;
}

const struct udp_listener *udp_listener(const struct udp_ports *ports, uint16_t port)
{
    unsigned low = 0;
    unsigned high = ports->n;
    while (low < high) {
        unsigned mid = (low + high) / 2;
        if (ports->listener[mid].port < port) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    return low < ports->n && ports->listener[low].port == port ? &ports->listener[low] : NULL;
}
