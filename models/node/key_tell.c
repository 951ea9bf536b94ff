/* Key management's events. */
#include <stdio.h>

#include "models/node/key_parts.h"

static const char *hex(const struct key_exchange *x, uint64_t spi)
{
    return arena_format(x->node->arena, "%016llx", (unsigned long long)spi);
}

/* A request that is repeated has the cause of its first try, whatever was told since. */
static void find_first_try(struct key_exchange *x, const struct ike_act *a)
{
    struct keyed *k = a->peer ? ike_peer_config(a->peer)->owner : NULL;
    if (!k || a->news.flags & IKE_RESPONSE)
        return;
    struct key_asked *asked = &k->asked[a->news.id % IKE_WINDOW];
    if (a->news.tries <= 1)
        *asked = (struct key_asked){a->news.spi_i, a->news.id, sim_cause(x->node->sim)};
    if (asked->spi_i == a->news.spi_i && asked->id == a->news.id)
        sim_set_cause(x->node->sim, asked->cause);
}

void key_tell_message(struct key_exchange *x, const struct ike_act *a, bool sent)
{
    struct node *n = x->node;
    if (sent)
        find_first_try(x, a);
    const struct ike_news *w = &a->news;
    const char *exchange = ike_exchange_name(w->exchange);
    NODE_EVENT(n, EV_IKE_MESSAGE, field_text("exchange", exchange ? exchange : "keepalive"),
               field_text("direction", sent ? "sent" : "received"),
               field_text("kind", w->flags & IKE_RESPONSE ? "response" : "request"),
               field_int("message_id", w->id), field_text("task", ike_task_name(w->task)),
               field_int("tries", w->tries), field_int("fragment", w->fragment),
               field_int("bytes", (int64_t)w->bytes),
               field_text("payloads", arena_text(n->arena, w->payloads)),
               field_addr("local", &a->path.local), field_addr("remote", &a->path.remote),
               field_text("spi_i", hex(x, w->spi_i)));
}

void key_tell_up(struct keyed *k, const struct ike_act *a)
{
    struct node *n = k->of->node;
    NODE_EVENT(n, EV_IKE_UP, field_text("peer", k->config.name),
               field_addr("home_address", &k->who->subject->address),
               field_text("spi_i", hex(k->of, a->spi_i)), field_text("spi_r", hex(k->of, a->spi_r)),
               field_int("initiator", a->initiator), field_int("at_agent", k->of->responds),
               field_text("replaces", a->before ? hex(k->of, a->before) : ""),
               field_addr("local", &a->path.local), field_addr("remote", &a->path.remote));
}

void key_tell_down(struct key_exchange *x, const struct ike_act *a)
{
    struct node *n = x->node;
    const char *notify = a->notify ? ike_notify_name(a->notify) : "";
    NODE_EVENT(n, EV_IKE_DOWN, field_text("spi_i", hex(x, a->spi_i)),
               field_text("spi_r", hex(x, a->spi_r)), field_text("how", ike_how_name(a->how)),
               field_text("notify", notify ? notify : "?"), field_int("half_open", a->half_open));
}

void key_tell_refused(struct key_exchange *x, const struct ike_act *a)
{
    struct node *n = x->node;
    const char *what = a->how == IKE_HOW_FAULT             ? ike_fault_name(a->fault)
                       : a->how == IKE_HOW_UNAUTHENTICATED ? sign_verdict_name(a->verdict)
                                                           : "";
    NODE_EVENT(n, EV_IKE_REFUSED, field_text("how", ike_how_name(a->how)), field_text("what", what),
               field_addr("local", &a->path.local), field_addr("remote", &a->path.remote));
}

void key_tell_silent(struct keyed *k, const struct ike_act *a)
{
    struct node *n = k->of->node;
    NODE_EVENT(n, EV_IKE_SILENT, field_addr("home_address", &k->who->subject->address),
               field_text("spi_i", hex(k->of, a->spi_i)));
}

void key_tell_due(struct keyed *k, const struct ike_act *a)
{
    struct node *n = k->of->node;
    const struct addr *home = &k->who->subject->address;
    if (a->how == IKE_HOW_LIFETIME) {
        NODE_EVENT(n, EV_IKE_LIFETIME, field_addr("home_address", home),
                   field_text("spi_i", hex(k->of, a->spi_i)));
    } else {
        NODE_EVENT(n, EV_IKE_AGAIN, field_addr("home_address", home),
                   field_text("spi_i", hex(k->of, a->spi_i)),
                   field_text("task", ike_task_name(a->news.task)));
    }
}

void key_tell_no_child(struct keyed *k, const struct ike_act *a)
{
    struct node *n = k->of->node;
    const char *notify = a->notify ? ike_notify_name(a->notify) : "";
    if (a->kind == IKE_ACT_NOT_REKEYED) {
        NODE_EVENT(n, EV_IKE_NOT_REKEYED, field_addr("home_address", &k->who->subject->address),
                   field_text("spi_i", hex(k->of, a->spi_i)),
                   field_text("how", ike_how_name(a->how)),
                   field_text("notify", notify ? notify : "?"));
        return;
    }
    NODE_EVENT(n, EV_IKE_NO_CHILD, field_addr("home_address", &k->who->subject->address),
               field_text("policy", k->config.policy[a->policy].name),
               field_int("number", a->number), field_text("how", ike_how_name(a->how)),
               field_text("notify", notify ? notify : "?"));
}

void key_tell_additional(struct keyed *k, const struct ike_act *a)
{
    struct node *n = k->of->node;
    char list[IKE_ADDRESSES * ADDR_TEXT] = "";
    size_t len = 0;
    for (unsigned j = 0; j < a->addresses; j++) {
        char text[ADDR_TEXT];
        len += (size_t)snprintf(list + len, sizeof list - len, "%s%s", j ? " " : "",
                                addr_text(&a->address[j], text));
    }
    NODE_EVENT(n, EV_IKE_ADDITIONAL, field_addr("home_address", &k->who->subject->address),
               field_int("addresses", a->addresses),
               field_text("list", arena_text(n->arena, list)));
}

void key_tell_assigned(struct keyed *k, const char *how, uint16_t notify)
{
    struct node *n = k->of->node;
    const char *name = notify ? ike_notify_name(notify) : "";
    NODE_EVENT(n, EV_IKE_ASSIGNED, field_text("peer", k->config.name),
               field_addr("home_address", &k->who->subject->address), field_text("how", how),
               field_text("notify", name ? name : "?"));
}

void key_tell_moved(struct keyed *k, const struct addr *local, const struct addr *remote,
                    const char *how)
{
    struct node *n = k->of->node;
    NODE_EVENT(n, EV_IKE_MOVED, field_addr("home_address", &k->who->subject->address),
               field_addr("local", local), field_addr("remote", remote), field_text("how", how));
}
