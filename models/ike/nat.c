/* Network address translators: whether there is one, where the peer is, and what keeps a mapping
 * (RFC 7296 2.23, RFC 3948 4). */
#include <string.h>

#include "models/ike/parts.h"

void ike_put_nat(struct ike_writer *w, uint64_t spi_i, uint64_t spi_r, const struct ike_path *path)
{
    uint8_t hash[IKE_HASH];
    ike_nat_hash(spi_i, spi_r, &path->local, path->local_port, hash);
    ike_put_status(w, IKE_N_NAT_DETECTION_SOURCE_IP, hash, sizeof hash);
    ike_nat_hash(spi_i, spi_r, &path->remote, path->remote_port, hash);
    ike_put_status(w, IKE_N_NAT_DETECTION_DESTINATION_IP, hash, sizeof hash);
}

/* One of several hashes of a type is that of an address (2.23): several sources may be named. */
static bool names(const struct ike_message *m, uint16_t type, const struct addr *a, uint16_t port,
                  bool *any)
{
    uint8_t hash[IKE_HASH];
    ike_nat_hash(m->h.spi_i, m->h.spi_r, a, port, hash);
    for (unsigned j = 0; j < m->list.n; j++) {
        struct ike_notify n;
        if (m->list.p[j].type != IKE_P_NOTIFY || ike_read_notify(&m->list.p[j], &n) ||
            n.type != type)
            continue;
        *any = true;
        if (n.bytes == sizeof hash && !memcmp(n.data, hash, sizeof hash))
            return true;
    }
    return false;
}

void ike_see_nat(struct ike_sa *sa, const struct ike_message *m)
{
    const struct ike_path *p = &m->from->path;
    if (!sa->ike->how.nat_detection)
        return;
    bool source = false;
    bool destination = false;
    bool same_source = names(m, IKE_N_NAT_DETECTION_SOURCE_IP, &p->remote, p->remote_port, &source);
    bool same_destination =
        names(m, IKE_N_NAT_DETECTION_DESTINATION_IP, &p->local, p->local_port, &destination);
    sa->nat_known = source && destination;
    sa->nat_there = source && !same_source;
    sa->nat_here = destination && !same_destination;
    if (sa->state == IKE_UP)
        ike_keep_alive_from(sa, m->now);
}

/* RFC 7296 2.23: an address of a peer behind a NAT follows what is authentic and new. */
void ike_follow(struct ike_sa *sa, const struct ike_path *from, sim_time now)
{
    if (!sa->nat_there || sa->nat_here || sa->mobike || sa->state != IKE_UP ||
        (addr_eq(&sa->path.remote, &from->remote) && sa->path.remote_port == from->remote_port))
        return;
    ike_sa_move(sa, from, now);
}

void ike_keep_alive_from(struct ike_sa *sa, sim_time now)
{
    sa->keepalive_at = sa->nat_here ? now + sa->ike->how.timers.keepalive : SIM_NEVER;
}

/* RFC 3948 4: only while nothing else is sent; of ESP the owner says so with ike_sent(). */
void ike_keep_alive(struct ike_sa *sa, sim_time now)
{
    static const uint8_t keepalive = 0xff;
    sim_time every = sa->ike->how.timers.keepalive;
    if (sa->sent_at + every > now) {
        sa->keepalive_at = sa->sent_at + every;
        return;
    }
    struct ike_act *a = ike_new_act(sa->ike, IKE_ACT_SEND, sa);
    a->bytes = &keepalive;
    a->n = 1;
    sa->sent_at = now;
    sa->keepalive_at = now + every;
}
