#include "models/crypto/contexts.h"

#include <assert.h>

void contexts_init(struct contexts *c, struct arena *a, size_t most)
{
    assert(most > 0);
    *c = (struct contexts){.arena = a, .most = most};
}

void contexts_release(struct contexts *c)
{
    for (struct context *x = c->newest; x; x = x->older) {
        *x->holder = NULL;
        EVP_CIPHER_CTX_free(x->evp);
    }
    for (size_t k = 0; k < c->algorithms; k++)
        EVP_CIPHER_free(c->algorithm[k]);
    *c = (struct contexts){0};
}

const EVP_CIPHER *contexts_algorithm(struct contexts *c, const char *name)
{
    for (size_t k = 0; k < c->algorithms; k++) {
        if (EVP_CIPHER_is_a(c->algorithm[k], name))
            return c->algorithm[k];
    }
    assert(c->algorithms < sizeof c->algorithm / sizeof c->algorithm[0]);
    EVP_CIPHER *fetched = EVP_CIPHER_fetch(NULL, name, NULL);
    assert(fetched);
    c->algorithm[c->algorithms++] = fetched;
    return fetched;
}

static void unlink_from(struct contexts *c, const struct context *x)
{
    *(x->newer ? &x->newer->older : &c->newest) = x->older;
    *(x->older ? &x->older->newer : &c->oldest) = x->newer;
}

static void link_as_newest(struct contexts *c, struct context *x)
{
    x->newer = NULL;
    x->older = c->newest;
    *(c->newest ? &c->newest->newer : &c->oldest) = x;
    c->newest = x;
}

static struct context *make(struct contexts *c)
{
    struct context *x = arena_take(c->arena, sizeof *x);
    x->evp = EVP_CIPHER_CTX_new();
    assert(x->evp);
    c->made++;
    return x;
}

static struct context *take_oldest(struct contexts *c)
{
    struct context *x = c->oldest;
    unlink_from(c, x);
    *x->holder = NULL;
    return x;
}

EVP_CIPHER_CTX *contexts_use(struct contexts *c, struct context **holder,
                             const struct context_use *use)
{
    struct context *x = *holder;
    bool ready = x && x->seals == use->seals;
    if (!x) {
        x = c->made < c->most ? make(c) : take_oldest(c);
        link_as_newest(c, x);
        x->holder = holder;
        *holder = x;
    } else if (x != c->newest) {
        unlink_from(c, x);
        link_as_newest(c, x);
    }
    const EVP_CIPHER *algorithm = x->algorithm == use->algorithm ? NULL : use->algorithm;
    x->algorithm = use->algorithm;
    x->seals = use->seals;
    int good =
        EVP_CipherInit_ex(x->evp, algorithm, NULL, ready ? NULL : use->key, use->iv, use->seals);
    if (good && algorithm)
        good = EVP_CIPHER_CTX_set_padding(x->evp, 0); /* the protocol pads */
    assert(good);
    return x->evp;
}
