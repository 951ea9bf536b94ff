#include "traces/keys.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char preferences[] = "esp.enable_encryption_decode: TRUE\n"
                                  "esp.enable_authentication_check: TRUE\n"
                                  "esp.do_esp_sequence_analysis: FALSE\n"
                                  "udp.check_checksum: TRUE\n";

static const char ike_table[] = "# SPIi,SPIr,SK_ei,SK_er,encryption,SK_ai,SK_ar,integrity\n";

static bool is_readable(const struct trace_sa *sa)
{
    return sa->tshark_encryption && (sa->tshark_integrity || !sa->integrity_bytes);
}

static int by_spi(const void *a, const void *b)
{
    const struct trace_sa *x = *(const struct trace_sa *const *)a;
    const struct trace_sa *y = *(const struct trace_sa *const *)b;
    if (x->spi != y->spi)
        return x->spi < y->spi ? -1 : 1;
    return x < y ? -1 : x > y;
}

static int by_place(const void *a, const void *b)
{
    const struct trace_sa *x = *(const struct trace_sa *const *)a;
    const struct trace_sa *y = *(const struct trace_sa *const *)b;
    return x < y ? -1 : x > y;
}

/* One of each SPI, in order. */
static size_t choose(const struct trace_sa *sa, size_t sas, const struct trace_sa **chosen)
{
    size_t n = 0;
    size_t kept = 0;
    for (size_t k = 0; k < sas; k++) {
        if (is_readable(&sa[k]))
            chosen[n++] = &sa[k];
    }
    qsort(chosen, n, sizeof *chosen, by_spi);
    for (size_t k = 0; k < n; k++) {
        if (!kept || chosen[kept - 1]->spi != chosen[k]->spi)
            chosen[kept++] = chosen[k];
    }
    qsort(chosen, kept, sizeof *chosen, by_place);
    return kept;
}

static void put_key(FILE *out, const uint8_t *key, size_t n)
{
    (void)fprintf(out, ",\"%s", n ? "0x" : "");
    for (size_t k = 0; k < n; k++)
        (void)fprintf(out, "%02x", key[k]);
    (void)fputc('"', out);
}

/* With any addresses: tshark looks for a home address that stands outside of ESP. */
static void put_sa(FILE *out, const struct trace_sa *sa)
{
    (void)fprintf(out, "\"IPv6\",\"*\",\"*\",\"0x%08x\",\"%s\"", sa->spi, sa->tshark_encryption);
    put_key(out, sa->encryption, sa->encryption_bytes);
    (void)fprintf(out, ",\"%s\"", sa->integrity_bytes ? sa->tshark_integrity : "NULL");
    put_key(out, sa->integrity, sa->integrity_bytes);
    (void)fputc('\n', out);
}

static void put_ike_keys(FILE *out, const uint8_t *const key[2], size_t n)
{
    for (int side = 0; side < 2; side++) {
        for (size_t k = 0; k < n; k++)
            (void)fprintf(out, "%02x", key[side][k]);
        (void)fputc(',', out);
    }
}

static void put_ike(FILE *out, const struct trace_ike *i)
{
    if (!*i->encryption_name)
        return;
    (void)fprintf(out, "%016" PRIx64 ",%016" PRIx64 ",", i->spi_i, i->spi_r);
    put_ike_keys(out, i->encryption, i->encryption_bytes);
    (void)fprintf(out, "\"%s\",", i->encryption_name);
    put_ike_keys(out, i->integrity, i->integrity_bytes);
    (void)fprintf(out, "\"%s\"\n", i->integrity_name);
}

/* What stands in a file of the folder. */
struct content {
    const char *text;
    const struct trace_sa *const *sa; /* behind it */
    size_t sas;
    const struct trace_ike *ike;
    size_t ikes;
};

static enum status write_file(const char *dir, const char *name, const struct content *c,
                              struct why *w)
{
    char path[1100];
    (void)snprintf(path, sizeof path, "%.1000s/keys/%s", dir, name);
    FILE *out = fopen(path, "w");
    if (!out)
        return why_set(w, ST_IO, "%s: %s", path, strerror(errno));
    (void)fputs(c->text, out);
    for (size_t k = 0; k < c->sas; k++)
        put_sa(out, c->sa[k]);
    for (size_t k = 0; k < c->ikes; k++)
        put_ike(out, &c->ike[k]);
    bool bad = ferror(out);
    bad |= fclose(out) != 0;
    return bad ? why_set(w, ST_IO, "%s: cannot be written", path) : ST_OK;
}

enum status keys_write(const char *dir, const struct trace_end *end, struct why *w)
{
    char path[1100];
    (void)snprintf(path, sizeof path, "%.1000s/keys", dir);
    if (mkdir(path, 0777) && errno != EEXIST)
        return why_set(w, ST_IO, "%s: %s", path, strerror(errno));
    const struct trace_sa **chosen = calloc(end->sas + 1, sizeof *chosen);
    assert(chosen);
    size_t n = choose(end->sa, end->sas, chosen);
    const struct content esp = {.text = "", .sa = chosen, .sas = n};
    const struct content ike = {.text = ike_table, .ike = end->ike, .ikes = end->ikes};
    const struct content prefs = {.text = preferences};
    enum status st = write_file(dir, "esp_sa", &esp, w);
    if (!st)
        st = write_file(dir, "ikev2_decryption_table", &ike, w);
    if (!st)
        st = write_file(dir, "preferences", &prefs, w);
    free(chosen);
    return st;
}
