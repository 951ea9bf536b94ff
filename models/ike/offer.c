/* Proposals, written and chosen (RFC 7296 2.7, 3.3; RFC 5282 8). */
#include <string.h>

#include "models/ike/parts.h"

enum { ESN_NONE = 0, ESN_YES = 1 };

static void add(struct ike_proposal *p, uint8_t type, uint16_t id, uint16_t key_bits)
{
    p->transform[p->transforms++] =
        (struct ike_transform){.type = type, .id = id, .key_bits = key_bits};
}

void ike_offer_ike(const struct ike_peer_config *how, uint64_t spi, unsigned spi_bytes,
                   struct ike_sa_payload *out)
{
    memset(out, 0, sizeof *out);
    for (unsigned j = 0; j < how->offers; j++) {
        const struct ike_suite *s = &how->offer[j];
        struct ike_proposal *p = &out->proposal[out->proposals++];
        p->number = (uint8_t)out->proposals;
        p->protocol = IKE_PROTO_IKE;
        p->spi_bytes = (uint8_t)spi_bytes;
        p->spi = spi;
        add(p, IKE_T_ENCR, s->cipher->encr, s->cipher->key_bits);
        if (s->cipher->integ)
            add(p, IKE_T_INTEG, s->cipher->integ, 0);
        add(p, IKE_T_PRF, s->prf, 0);
        add(p, IKE_T_DH, s->group, 0);
    }
}

void ike_offer_esp(const struct ike_peer_config *how, uint32_t spi, bool with_group,
                   struct ike_sa_payload *out)
{
    memset(out, 0, sizeof *out);
    for (unsigned j = 0; j < how->esps; j++) {
        const struct ike_esp_offer *s = &how->esp[j];
        struct ike_proposal *p = &out->proposal[out->proposals++];
        p->number = (uint8_t)out->proposals;
        p->protocol = IKE_PROTO_ESP;
        p->spi_bytes = 4;
        p->spi = spi;
        add(p, IKE_T_ENCR, s->suite->encr, s->suite->key_bits);
        if (s->suite->integ)
            add(p, IKE_T_INTEG, s->suite->integ, 0);
        if (with_group && s->group)
            add(p, IKE_T_DH, s->group, 0);
        add(p, IKE_T_ESN, s->esn ? ESN_YES : ESN_NONE, 0);
    }
}

/* ---- choosing -------------------------------------------------------------------------------- */

/* Whether `p` has that transform. `none`: its absence means NONE, too. */
static bool has(const struct ike_proposal *p, uint8_t type, uint16_t id, uint16_t key_bits,
                bool none)
{
    bool any = false;
    for (unsigned j = 0; j < p->transforms; j++) {
        const struct ike_transform *t = &p->transform[j];
        any |= t->type == type;
        if (t->type == type && t->id == id && t->key_bits == key_bits && !t->unknown)
            return true;
    }
    return none && !any;
}

/* A type that is not known makes the whole proposal unacceptable, one too many likewise: 3.3.6. */
static bool has_only(const struct ike_proposal *p, unsigned types)
{
    for (unsigned j = 0; j < p->transforms; j++) {
        uint8_t type = p->transform[j].type;
        if (type > IKE_T_ESN || !(types >> type & 1))
            return false;
    }
    return true;
}

static void begin_choice(const struct ike_proposal *p, struct ike_proposal *chosen)
{
    memset(chosen, 0, sizeof *chosen);
    chosen->number = p->number;
    chosen->protocol = p->protocol;
    chosen->spi_bytes = p->spi_bytes;
    chosen->spi = p->spi;
}

static bool fits_ike(const struct ike_proposal *p, const struct ike_suite *s,
                     struct ike_proposal *chosen)
{
    const unsigned types = 1U << IKE_T_ENCR | 1U << IKE_T_PRF | 1U << IKE_T_INTEG | 1U << IKE_T_DH;
    if (p->protocol != IKE_PROTO_IKE || !has_only(p, types) ||
        !has(p, IKE_T_ENCR, s->cipher->encr, s->cipher->key_bits, false) ||
        !has(p, IKE_T_INTEG, s->cipher->integ, 0, !s->cipher->integ) ||
        !has(p, IKE_T_PRF, s->prf, 0, false) || !has(p, IKE_T_DH, s->group, 0, false))
        return false;
    begin_choice(p, chosen);
    add(chosen, IKE_T_ENCR, s->cipher->encr, s->cipher->key_bits);
    if (s->cipher->integ)
        add(chosen, IKE_T_INTEG, s->cipher->integ, 0);
    add(chosen, IKE_T_PRF, s->prf, 0);
    add(chosen, IKE_T_DH, s->group, 0);
    return true;
}

bool ike_counted(const struct ike_sa_payload *in)
{
    bool good = true;
    for (unsigned j = 0; in->proposals > 1 && j < in->proposals; j++)
        good &= in->proposal[j].number == j + 1;
    return good;
}

bool ike_fits(const struct ike_peer_config *how, const struct ike_proposal *p,
              struct ike_suite *suite, struct ike_proposal *chosen)
{
    for (unsigned i = 0; i < how->offers; i++) {
        if (fits_ike(p, &how->offer[i], chosen)) {
            *suite = how->offer[i];
            return true;
        }
    }
    return false;
}

bool ike_choose_ike(const struct ike_peer_config *how, const struct ike_sa_payload *in,
                    struct ike_suite *suite, struct ike_proposal *chosen)
{
    bool found = false;
    for (unsigned j = 0; ike_counted(in) && j < in->proposals && !found; j++)
        found = ike_fits(how, &in->proposal[j], suite, chosen);
    return found;
}

static bool fits_esp(const struct ike_proposal *p, const struct ike_esp_offer *s, bool with_group,
                     struct ike_proposal *chosen)
{
    const unsigned types = 1U << IKE_T_ENCR | 1U << IKE_T_INTEG | 1U << IKE_T_DH | 1U << IKE_T_ESN;
    uint16_t group = with_group ? s->group : DH_NONE;
    if (p->protocol != IKE_PROTO_ESP || p->spi_bytes != 4 || p->spi < SA_SPI_MIN ||
        !has_only(p, types) || !has(p, IKE_T_ENCR, s->suite->encr, s->suite->key_bits, false) ||
        !has(p, IKE_T_INTEG, s->suite->integ, 0, !s->suite->integ) ||
        !has(p, IKE_T_ESN, s->esn ? ESN_YES : ESN_NONE, 0, false))
        return false;
    if (with_group && !has(p, IKE_T_DH, group, 0, !group))
        return false;
    begin_choice(p, chosen);
    add(chosen, IKE_T_ENCR, s->suite->encr, s->suite->key_bits);
    if (s->suite->integ)
        add(chosen, IKE_T_INTEG, s->suite->integ, 0);
    if (group)
        add(chosen, IKE_T_DH, group, 0);
    add(chosen, IKE_T_ESN, s->esn ? ESN_YES : ESN_NONE, 0);
    return true;
}

bool ike_choose_esp(const struct ike_peer_config *how, const struct ike_sa_payload *in,
                    bool with_group, struct ike_esp_offer *offer, struct ike_proposal *chosen)
{
    for (unsigned j = 0; ike_counted(in) && j < in->proposals; j++) {
        for (unsigned i = 0; i < how->esps; i++) {
            if (fits_esp(&in->proposal[j], &how->esp[i], with_group, chosen)) {
                *offer = how->esp[i];
                return true;
            }
        }
    }
    return false;
}
