#include "traces/keys.h"

#include <assert.h>
#include <errno.h>
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

/* A file with `text`, and the SAs behind it. */
static enum status write_file(const char *dir, const char *name, const char *text,
                              const struct trace_sa *const *sa, size_t sas, struct why *w)
{
    char path[1100];
    (void)snprintf(path, sizeof path, "%.1000s/keys/%s", dir, name);
    FILE *out = fopen(path, "w");
    if (!out)
        return why_set(w, ST_IO, "%s: %s", path, strerror(errno));
    (void)fputs(text, out);
    for (size_t k = 0; k < sas; k++)
        put_sa(out, sa[k]);
    bool bad = ferror(out);
    bad |= fclose(out) != 0;
    return bad ? why_set(w, ST_IO, "%s: cannot be written", path) : ST_OK;
}

enum status keys_write(const char *dir, const struct trace_sa *sa, size_t sas, struct why *w)
{
    char path[1100];
    (void)snprintf(path, sizeof path, "%.1000s/keys", dir);
    if (mkdir(path, 0777) && errno != EEXIST)
        return why_set(w, ST_IO, "%s: %s", path, strerror(errno));
    const struct trace_sa **chosen = calloc(sas + 1, sizeof *chosen);
    assert(chosen);
    size_t n = choose(sa, sas, chosen);
    enum status st = write_file(dir, "esp_sa", "", chosen, n, w);
    if (!st)
        st = write_file(dir, "ikev2_decryption_table", ike_table, NULL, 0, w);
    if (!st)
        st = write_file(dir, "preferences", preferences, NULL, 0, w);
    free(chosen);
    return st;
}
