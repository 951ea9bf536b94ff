/* Storms of hand-overs over a whole world: three interfaces that come and go, also home, networks
 * that fall silent, frames lost, held back and repeated, IKE and Child SAs that live for seconds,
 * two correspondents with route optimisation.  All checks of storm_checks.h are asked after every
 * event; when the storm is over, all ends come to agree, and packets go where they should.
 *
 *     test_storm --long N [FIRST]     so many seeds
 *     test_storm --trace SEED         one, with what happens */
#include "models/names.h"

#include "tests/storm_checks.h"

enum { SEEDS = 7 };

struct total {
    uint64_t events;
    uint64_t moves;
    uint64_t made; /* SAs */
};

static void print_event(void *self, const struct tap_event *e)
{
    const struct world *w = self;
    (void)printf("%.6f %s %s", (double)e->t / 1e9, w->node[e->node]->name, event_name(e->name));
    for (unsigned k = 0; k < e->n; k++) {
        const struct tap_field *f = &e->field[k];
        char text[ADDR_TEXT];
        if (f->type == TAP_ADDR) {
            (void)printf(" %s=%s", f->key, addr_text(&f->addr, text));
        } else if (f->type == TAP_TEXT) {
            (void)printf(" %s=%s", f->key, f->text);
        } else {
            (void)printf(" %s=%" PRId64, f->key, f->i);
        }
    }
    (void)printf("\n");
}

static void print_list(const char *name, const struct bul *b, sim_time now)
{
    char text[ADDR_TEXT];
    for (unsigned k = 0; k < b->entries; k++) {
        const struct bul_entry *e = &b->entry[k];
        (void)printf("  %s: BID %u %s %s, expires in %.3f s%s%s\n", name, e->bid,
                     bul_state_name(e->state), addr_text(&e->coa, text),
                     (double)(e->expires - now) / 1e9, e->told ? ", told" : "",
                     e->has_path ? ", has a path" : "");
    }
}

static void print_ike(const char *name, const struct ike *k)
{
    for (const struct ike_sa *sa = k->first; sa; sa = sa->next) {
        (void)printf("  %s: IKE SA %08x/%08x state %d, %u to do\n", name, (unsigned)sa->own,
                     (unsigned)sa->other, sa->state, sa->todos);
        for (const struct ike_child *c = sa->children; c; c = c->next)
            (void)printf("    %08x/%08x state %d, %s %u\n", (unsigned)c->is.spi_in,
                         (unsigned)c->is.spi_out, c->state, c->is.policy->name, c->is.number);
    }
}

static void print_all(struct watch *w)
{
    char text[ADDR_TEXT];
    const struct mobile *m = w->car->mobile;
    (void)printf("  car: at home %d, dead %d, waits %d, held %d\n", m->bul.at_home, m->bul.dead,
                 m->bul.waits, m->bul.held);
    print_list("car", &m->bul, w->now);
    for (unsigned k = 0; k < m->paths; k++)
        (void)printf("  path %u: %s%s%s\n", m->path[k].bid, addr_text(&m->path[k].coa, text),
                     m->path[k].has_coa ? ", has" : "", m->path[k].wanted ? ", wanted" : "");
    for (unsigned k = 0; k < WATCH_CACHES; k++) {
        const struct bcache_entry *e = bcache_find(w->cache[k].cache, &w->home);
        for (unsigned j = 0; e && j < e->bindings; j++)
            (void)printf("  %s: BID %u %s, for %.3f s\n", w->cache[k].name, e->binding[j].bid,
                         addr_text(&e->binding[j].coa, text),
                         (double)(e->binding[j].until - w->now) / 1e9);
    }
    for (unsigned k = 0; k < 2; k++) {
        struct addr peer = watch_host(w->cn[k]);
        const struct ro_peer *p = ro_find(w->ro, &peer);
        (void)printf("  to %s: %s\n", w->cn[k]->name, p ? ro_state_name(p->state) : "unknown");
        if (p)
            print_list("   ", &p->bul, w->now);
        print_ike(w->sas[k].node->name, w->ike[k]);
    }
}

/* All at once, and each of them alone at least: what never held is said. */
static bool comes_to_rest(struct watch *w, unsigned *held)
{
    unsigned all = 0;
    for (unsigned k = 0; k < CALM; k++) {
        if (calm[k].holds(w))
            all |= 1u << k;
    }
    *held |= all;
    return all == (1u << CALM) - 1;
}

static bool run_storm(struct watch *w)
{
    struct sim *sim = w->s->world.sim;
    unsigned held = 0;
    bool rested = false;
    while (sim_step(sim, 139 * SIM_S)) {
        watch_look(w);
        if (!checks_hold(w, always, ALWAYS))
            return false;
        watch_keep(w);
        if (w->now >= WATCH_FROM && !rested)
            rested = comes_to_rest(w, &held);
    }
    for (unsigned k = 0; k < CALM && !rested; k++) {
        if (!(held >> k & 1))
            return say_failed(w, &calm[k]);
    }
    if (!rested) {
        (void)fprintf(stderr, "seed %" PRIu64 ": never all at rest at once\n", w->s->seed);
        return false;
    }
    return checks_hold(w, at_last, 1);
}

static bool one_storm(uint64_t seed, bool trace, struct total *t)
{
    struct storm *s = calloc(1, sizeof *s);
    struct watch *w = calloc(1, sizeof *w);
    if (!s || !w)
        abort();
    storm_begin(s, seed);
    struct tap printer = {.self = &s->world, .event = print_event};
    if (trace)
        sim_add_tap(s->world.sim, &printer);
    watch_begin(w, s);
    world_start(&s->world);
    bool good = run_storm(w);
    if (trace)
        print_all(w);
    t->events += w->events;
    t->moves += s->moves;
    t->made += w->sas[0].ipsec->sad.sas;
    storm_end(s);
    free(s);
    free(w);
    return good;
}

static int many(uint64_t n, uint64_t first)
{
    struct total t = {0};
    uint64_t bad = 0;
    for (uint64_t k = 0; k < n; k++)
        bad += !one_storm(first + k, false, &t);
    (void)printf("%" PRIu64 " storms, %" PRIu64 " events, %" PRIu64
                 " times an interface came, %" PRIu64 " SAs of the mobile node; %" PRIu64
                 " did not end well\n",
                 n, t.events, t.moves, t.made, bad);
    return bad ? 1 : 0;
}

static void all_ends_agree_when_it_is_over(void)
{
    struct total t = {0};
    for (uint64_t seed = 1; seed <= SEEDS; seed++)
        CHECK(one_storm(seed, false, &t));
    CHECK(t.moves > 10 * SEEDS && t.made > 100 * SEEDS);
}

int main(int argc, char **argv)
{
    static const struct check_case cases[] = {CASE(all_ends_agree_when_it_is_over)};
    struct total t = {0};
    if (argc > 2 && !strcmp(argv[1], "--trace"))
        return !one_storm(strtoull(argv[2], NULL, 10), true, &t);
    if (argc > 2 && !strcmp(argv[1], "--long"))
        return many(strtoull(argv[2], NULL, 10), argc > 3 ? strtoull(argv[3], NULL, 10) : 1);
    return check_main(argc, argv, cases, sizeof cases / sizeof cases[0]);
}
