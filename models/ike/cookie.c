/* Cookies (RFC 7296 2.6): under load an initiator must show that it is where it says it is before
 * anything is remembered of it or worked for it. */
#include <string.h>

#include "models/ike/parts.h"

enum { COOKIE_BYTES = 1 + 32 }; /* version of the secret, and prf(secret, Ni | IPi | SPIi) */

static void refresh(struct ike *k, sim_time now)
{
    sim_time life = k->how.timers.cookie_life;
    if (k->secret_since >= 0 && now < k->secret_since + life)
        return;
    /* None is ever known to anybody else, and none lives on because nobody asked. */
    if (k->secret_since < 0 || now >= k->secret_since + 2 * life)
        ike_draw_bytes(&k->streams.spi, k->secret[0], sizeof k->secret[0]);
    memcpy(k->secret[1], k->secret[0], sizeof k->secret[1]);
    ike_draw_bytes(&k->streams.spi, k->secret[0], sizeof k->secret[0]);
    k->secret_version++;
    k->secret_since = now;
}

static void make(struct ike *k, const struct ike_message *m, const struct ike_payload *ni,
                 uint8_t version, uint8_t out[COOKIE_BYTES])
{
    const uint8_t *secret = k->secret[version == k->secret_version ? 0 : 1];
    uint8_t spi[8];
    for (unsigned j = 0; j < sizeof spi; j++)
        spi[j] = (uint8_t)(m->h.spi_i >> (56 - 8 * j));
    const struct prf_piece pieces[] = {{ni->body, ni->bytes},
                                       {m->from->path.remote.b, sizeof m->from->path.remote.b},
                                       {spi, sizeof spi}};
    out[0] = version;
    prf_of(PRF_HMAC_SHA256, secret, sizeof k->secret[0], pieces, 3, out + 1);
    k->work.prf++;
}

/* One of now or of the secret before; a wrong one counts as none. */
bool ike_cookie_good(struct ike *k, const struct ike_message *m, const struct ike_payload *ni)
{
    uint8_t want[COOKIE_BYTES];
    struct ike_notify n;
    refresh(k, m->now);
    if (ike_find_notify(&m->list, IKE_N_COOKIE, &n) && n.bytes == COOKIE_BYTES &&
        (uint8_t)(k->secret_version - n.data[0]) <= 1) {
        make(k, m, ni, n.data[0], want);
        if (!memcmp(want, n.data, COOKIE_BYTES))
            return true;
    }
    make(k, m, ni, k->secret_version, want);
    ike_send_notice(k, m->from, &m->h, IKE_N_COOKIE, want, COOKIE_BYTES);
    return false;
}
