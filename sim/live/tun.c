#include "sim/live/tun.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static const char device[] = "/dev/net/tun";

enum { IP6_BYTES = 40, IP6_DST_AT = 24, AT_ONCE = 64 };

static enum status bind_name(struct tun *t, struct why *w)
{
    struct ifreq how;
    memset(&how, 0, sizeof how);
    how.ifr_flags = IFF_TUN | IFF_NO_PI;
    memcpy(how.ifr_name, t->name, sizeof t->name);
    if (!ioctl(t->fd, TUNSETIFF, &how))
        return ST_OK;
    if (errno == EPERM)
        return why_set(w, ST_IO,
                       "%s: needs CAP_NET_ADMIN, or a device made for this user before (ip tuntap "
                       "add mode tun user USER name %s)",
                       t->name, t->name);
    if (errno == EBUSY)
        return why_set(w, ST_IO, "%s: another program has it", t->name);
    if (errno == EINVAL)
        return why_set(w, ST_IO, "%s: is there, and no TUN device", t->name);
    return why_set(w, ST_IO, "%s: %s", t->name, strerror(errno));
}

enum status tun_open(struct tun *t, const char *name, struct why *w)
{
    *t = (struct tun){.fd = -1};
    if (!*name || strlen(name) >= sizeof t->name)
        return why_set(w, ST_SYNTAX, "'%s' is no name of a device: 1 to %d characters", name,
                       TUN_NAME - 1);
    memcpy(t->name, name, strlen(name));
    t->fd = open(device, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (t->fd < 0)
        return why_set(w, ST_IO, "cannot open %s: %s", device, strerror(errno));
    enum status st = bind_name(t, w);
    if (st)
        tun_close(t);
    return st;
}

void tun_close(struct tun *t)
{
    if (t->fd >= 0)
        (void)close(t->fd);
    t->fd = -1;
}

/* ---- out ------------------------------------------------------------------------------------- */

static void leave(void *via, struct port *from, struct pkt *p)
{
    struct tun *t = via;
    if (p->len > from->mtu) {
        port_drop(from, DROP_LINK_MTU, p);
        return;
    }
    tap_frame(t->links->sim, from->index, TAP_SENT, DROP_NONE, p);
    if (write(t->fd, p->at, p->len) != (ssize_t)p->len) { /* as any link: nobody is told */
        t->count.refused++;
        port_lose(from, DROP_LINK_LOSS, p);
        return;
    }
    t->count.sent++;
    pkt_give(t->links->packets, p);
}

void tun_attach(struct tun *t, struct port *port)
{
    port->via = t;
    port->send = leave;
    port->up = true;
}

void tun_detach(struct port *port)
{
    port->up = false;
    port->via = NULL;
}

/* ---- in -------------------------------------------------------------------------------------- */

static struct port *port_of(const struct tun *t, const struct pkt *p)
{
    struct addr dst;
    if (p->len < IP6_BYTES || p->at[0] >> 4 != 6)
        return NULL;
    memcpy(dst.b, p->at + IP6_DST_AT, sizeof dst.b);
    return t->whose(t->owner, &dst);
}

/* False: nothing waits. */
static bool take_one(struct tun *t)
{
    struct pkt *p = pkt_take(t->links->packets);
    ssize_t n = read(t->fd, p->at, pkt_tailroom(p));
    if (n <= 0) {
        if (n == 0 || (errno != EAGAIN && errno != EINTR))
            t->gone = n == 0 ? ENODEV : errno;
        pkt_give(t->links->packets, p);
        return false;
    }
    p->len = (uint32_t)n;
    struct port *port = port_of(t, p);
    if (port && port->up) {
        t->count.received++;
        port_deliver(port, p);
    } else {
        t->count.ignored++;
        pkt_give(t->links->packets, p);
    }
    return true;
}

void tun_take(struct tun *t)
{
    for (int k = 0; k < AT_ONCE && take_one(t); k++)
        ;
}
