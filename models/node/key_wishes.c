/* What this node wants of its machine, when the acts of the event before are done. */
#include "models/node/key_parts.h"

/* One about a Child SA. */
static void do_child_wish(struct ike *i, const struct key_wish *w, sim_time now)
{
    const struct ike_path path = {w->local, w->remote, w->local_port, w->remote_port};
    switch (w->kind) {
    case KEY_WISH_WANT:
        ike_want_on(i, w->who->starting ? w->who->starting : w->who->sa, w->policy, w->number, now);
        break;
    case KEY_WISH_SOFT:
        ike_child_soft(i, w->spi, now);
        break;
    case KEY_WISH_HARD:
        ike_child_hard(i, w->spi, now);
        break;
    case KEY_WISH_USED:
        ike_child_used(i, w->spi, now);
        break;
    case KEY_WISH_SEEN:
        ike_child_seen(i, w->spi, &path, now);
        break;
    default:
        break;
    }
}

void key_do_wish(struct key_exchange *x, const struct key_wish *w)
{
    sim_time now = sim_now(x->node->sim);
    struct ike *i = x->ike;
    switch (w->kind) {
    case KEY_WISH_START:
        w->who->begins = false;
        w->who->starting = ike_start(i, w->who->peer, &w->local, &w->remote, now);
        break;
    case KEY_WISH_ANEW:
        w->who->begins = false;
        w->who->starting = ike_start_anew(i, w->who->peer, &w->local, &w->remote, now);
        break;
    case KEY_WISH_WANT:
    case KEY_WISH_SOFT:
    case KEY_WISH_HARD:
    case KEY_WISH_USED:
    case KEY_WISH_SEEN:
        do_child_wish(i, w, now);
        break;
    case KEY_WISH_PROBE:
        ike_probe(i, w->sa, now);
        break;
    case KEY_WISH_HEARD:
        ike_heard(i, w->sa, w->at, now);
        break;
    case KEY_WISH_MOVE:
        ike_move(i, w->sa, &w->local, &w->remote, now);
        break;
    case KEY_WISH_UPDATE:
        ike_update_addresses(i, w->sa, &w->local, now);
        break;
    case KEY_WISH_TELL:
        ike_tell_addresses(i, w->who->sa, w->who->further, w->who->furthers, now);
        break;
    case KEY_WISH_INVALID_SPI:
        ike_tell_invalid_spi(i, w->sa, w->spi, now);
        break;
    case KEY_WISH_ACCEPT:
        ike_accept_address(i, w->sa, &w->remote, now);
        break;
    case KEY_WISH_DROP:
        ike_drop(i, w->sa, now);
        break;
    case KEY_WISH_DELETE:
        ike_delete(i, w->sa, now);
        break;
    case KEY_WISH_HOME:
        ike_use_address(i, w->sa, &w->local, now);
        break;
    case KEY_WISH_RETIRE:
        ike_retire(i, w->sa, now);
        break;
    case KEY_WISH_SENT:
        ike_sent(i, w->sa, w->at, now);
        break;
    }
}

void key_queue_wish(struct key_exchange *x, const struct key_wish *w)
{
    struct key_wish *of = pool_take_raw(&x->wishes);
    *of = *w;
    of->next = NULL;
    *x->last_wish = of;
    x->last_wish = &of->next;
}

bool key_next_wish(struct key_exchange *x, struct key_wish *w)
{
    struct key_wish *of = x->first_wish;
    if (!of)
        return false;
    *w = *of;
    x->first_wish = of->next;
    if (!of->next)
        x->last_wish = &x->first_wish;
    pool_give(&x->wishes, of);
    return true;
}

void key_wish(struct key_exchange *x, const struct key_wish *w)
{
    struct key_wish of = *w;
    of.cause = sim_cause(x->node->sim);
    if (x->doing) {
        key_queue_wish(x, &of);
    } else {
        key_work_wish(x, &of);
    }
}
