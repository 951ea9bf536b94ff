#include "models/node/cpu_profile.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "models/crypto/dh.h"
#include "models/crypto/prf.h"
#include "models/ike/ike.h"
#include "sim/base/table.h"

const char *const cpu_key_words[CPU_KEYS + 1] = {"rsa2048",  "rsa3072",  "rsa4096", "ecdsa256",
                                                 "ecdsa384", "ecdsa521", "ed25519", NULL};

static const char *key_name(unsigned k)
{
    return cpu_key_words[k];
}

static const char *group_name(unsigned k)
{
    return dh_name((uint16_t)k);
}

static const char *suite_name(unsigned k)
{
    return cipher_suite((enum cipher_name)k)->name;
}

static const char *prf_name(unsigned k)
{
    static const char *const names[CPU_PRFS] = {[PRF_HMAC_SHA1] = "hmac-sha1",
                                                [PRF_HMAC_SHA256] = "hmac-sha256",
                                                [PRF_HMAC_SHA384] = "hmac-sha384",
                                                [PRF_HMAC_SHA512] = "hmac-sha512"};
    return names[k];
}

/* The costs stand in an array; `name` of an index answers NULL where there is nothing. */
static const struct operation {
    const char *name;
    size_t at;
    unsigned n;
    bool bytes; /* have a cost */
    const char *(*algorithm)(unsigned k);
} operations[] = {
    {"dh.public", offsetof(struct cpu_profile, dh_public), CPU_GROUPS, false, group_name},
    {"dh.shared", offsetof(struct cpu_profile, dh_shared), CPU_GROUPS, false, group_name},
    {"sign", offsetof(struct cpu_profile, sign), CPU_KEYS, false, key_name},
    {"verify", offsetof(struct cpu_profile, verify), CPU_KEYS, false, key_name},
    {"prf", offsetof(struct cpu_profile, prf), CPU_PRFS, false, prf_name},
    {"ike.seal", offsetof(struct cpu_profile, ike_seal), CIPHERS, true, suite_name},
    {"ike.open", offsetof(struct cpu_profile, ike_open), CIPHERS, true, suite_name},
    {"esp.seal", offsetof(struct cpu_profile, esp_seal), CIPHERS, true, suite_name},
    {"esp.open", offsetof(struct cpu_profile, esp_open), CIPHERS, true, suite_name},
};
enum { OPERATIONS = sizeof operations / sizeof operations[0] };

static const char *const columns[] = {"operation", "algorithm", "cost_ns", "per_byte_ps"};
enum { OPERATION, ALGORITHM, COST, PER_BYTE, COLUMNS };

/* ---- reading --------------------------------------------------------------------------------- */

struct reading {
    struct table table;
    unsigned column[COLUMNS];
};

static enum status find_columns(struct reading *r, struct why *w)
{
    for (unsigned k = 0; k < COLUMNS; k++) {
        int at = table_column(&r->table, columns[k]);
        if (at < 0)
            return why_set(w, ST_SYNTAX, "%.100s: no column '%s'", r->table.lines.name, columns[k]);
        r->column[k] = (unsigned)at;
    }
    if (r->table.columns != COLUMNS)
        return why_set(w, ST_SYNTAX, "%.100s: a profile has the columns %s, %s, %s and %s alone",
                       r->table.lines.name, columns[0], columns[1], columns[2], columns[3]);
    return ST_OK;
}

static const struct operation *find_operation(const char *name)
{
    for (unsigned k = 0; k < OPERATIONS; k++) {
        if (!strcmp(operations[k].name, name))
            return &operations[k];
    }
    return NULL;
}

/* NULL: the operation knows no such algorithm. */
static struct cpu_cost *find_cost(struct cpu_profile *p, const struct operation *o,
                                  const char *algorithm)
{
    struct cpu_cost *of = (struct cpu_cost *)(void *)((char *)p + o->at);
    for (unsigned k = 0; k < o->n; k++) {
        const char *name = o->algorithm(k);
        if (name && !strcmp(name, algorithm))
            return &of[k];
    }
    return NULL;
}

static enum status read_row(const struct reading *r, struct cpu_profile *out, struct why *w)
{
    static const struct table_scale ns = {0, 0, 1000 * SIM_S, "a number from 0 to 1000000000000"};
    static const struct table_scale ps = {0, 0, SIM_S, "a number from 0 to 1000000000"};
    const struct table *t = &r->table;
    const char *name = t->cell[r->column[OPERATION]];
    const struct operation *o = find_operation(name);
    if (!o)
        return table_wrong(t, r->column[OPERATION], w, ST_SYNTAX, "unknown operation '%.40s'",
                           name);
    struct cpu_cost *c = find_cost(out, o, t->cell[r->column[ALGORITHM]]);
    if (!c)
        return table_wrong(t, r->column[ALGORITHM], w, ST_SYNTAX, "%s knows no '%.40s'", name,
                           t->cell[r->column[ALGORITHM]]);
    if (c->given)
        return table_wrong(t, r->column[ALGORITHM], w, ST_SYNTAX, "%s of '%s' was said before",
                           name, t->cell[r->column[ALGORITHM]]);
    c->given = true;
    enum status st = table_number(t, r->column[COST], &ns, &c->ns, w);
    if (!st)
        st = table_number(t, r->column[PER_BYTE], &ps, &c->per_byte_ps, w);
    if (!st && c->per_byte_ps && !o->bytes)
        st = table_wrong(t, r->column[PER_BYTE], w, ST_SYNTAX, "%s has no bytes: 0", name);
    return st;
}

enum status cpu_profile_read(FILE *file, const char *name, struct cpu_profile *out, struct why *w)
{
    struct reading r;
    bool end = false;
    *out = (struct cpu_profile){.name = name};
    enum status st = table_of(&r.table, file, name, w);
    if (!st)
        st = find_columns(&r, w);
    while (!st) {
        st = table_next(&r.table, &end, w);
        if (st || end)
            break;
        st = read_row(&r, out, w);
    }
    table_done(&r.table);
    return st;
}

void cpu_profile_write(FILE *out, const struct cpu_profile *p)
{
    (void)fprintf(out, "%s,%s,%s,%s\n", columns[0], columns[1], columns[2], columns[3]);
    for (unsigned j = 0; j < OPERATIONS; j++) {
        const struct operation *o = &operations[j];
        const struct cpu_cost *of =
            (const struct cpu_cost *)(const void *)((const char *)p + o->at);
        for (unsigned k = 0; k < o->n; k++) {
            if (of[k].given)
                (void)fprintf(out, "%s,%s,%" PRId64 ",%" PRId64 "\n", o->name, o->algorithm(k),
                              of[k].ns, of[k].per_byte_ps);
        }
    }
}

/* ---- costs ----------------------------------------------------------------------------------- */

static sim_time of_bytes(int64_t per_byte_ps, uint64_t bytes)
{
    return (per_byte_ps * (int64_t)bytes + 500) / 1000;
}

sim_time cpu_cost(const struct cpu_cost *c, uint64_t bytes)
{
    return c->ns + of_bytes(c->per_byte_ps, bytes);
}

static size_t index_of(const struct cipher_suite *s)
{
    return (size_t)(s - cipher_suite((enum cipher_name)0));
}

sim_time cpu_cost_of_seal(const struct cpu_profile *p, const struct cipher_suite *s, size_t bytes)
{
    return p ? cpu_cost(&p->esp_seal[index_of(s)], bytes) : 0;
}

sim_time cpu_cost_of_open(const struct cpu_profile *p, const struct cipher_suite *s, size_t bytes)
{
    return p ? cpu_cost(&p->esp_open[index_of(s)], bytes) : 0;
}

static sim_time of_key(const struct cpu_cost *costs, const char *kind, uint64_t times)
{
    for (unsigned k = 0; kind && times && k < CPU_KEYS; k++) {
        if (!strcmp(cpu_key_words[k], kind))
            return (sim_time)times * costs[k].ns;
    }
    return 0;
}

static sim_time of_messages(const struct cpu_cost *seal, const struct cpu_cost *open,
                            const struct ike_work *before, const struct ike_work *after)
{
    int64_t sealed = (int64_t)(after->sealed - before->sealed);
    int64_t opened = (int64_t)(after->opened - before->opened);
    if (sealed + opened == 0)
        return 0;
    int64_t per_byte_ps =
        (seal->per_byte_ps * sealed + open->per_byte_ps * opened) / (sealed + opened);
    return sealed * seal->ns + opened * open->ns +
           of_bytes(per_byte_ps, after->bytes - before->bytes);
}

sim_time cpu_cost_of_ike(const struct cpu_profile *p, const struct ike_work *before,
                         const struct ike_work *after, const struct cpu_ike *how)
{
    sim_time sum = 0;
    if (!p)
        return 0;
    for (unsigned k = 0; k < CPU_GROUPS; k++) {
        sum += (sim_time)(after->dh_public[k] - before->dh_public[k]) * p->dh_public[k].ns;
        sum += (sim_time)(after->dh_shared[k] - before->dh_shared[k]) * p->dh_shared[k].ns;
    }
    sum += of_key(p->sign, how->signs, after->signs - before->signs);
    sum += of_key(p->verify, how->verifies, after->verifies - before->verifies);
    assert(how->prf < CPU_PRFS);
    sum += (sim_time)(after->prf - before->prf) * p->prf[how->prf].ns;
    if (how->suite)
        sum += of_messages(&p->ike_seal[index_of(how->suite)], &p->ike_open[index_of(how->suite)],
                           before, after);
    return sum;
}
