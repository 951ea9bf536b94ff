/* Exchanges of two strongSwan daemons, tests/vectors/ike: every message is allowed where it stands,
 * and is the same bytes again when it is written from what was read. */
#include "models/wire/ike.h"

#include "tests/check.h"
#include "tests/hex.h"
#include "tests/ike_again.h"

enum { LINE = 4096, BYTES = LINE / 2 };

static const char *const recordings[] = {"cbc128-sha1-modp2048", "cbc256-pfs",
                                         "cbc256-sha256-modp2048", "cbc256-sha512-x25519",
                                         "gcm256-sha256-ecp256"};

struct recorded {
    const char *name;
    unsigned messages;
    unsigned insides;
    struct ike_header h; /* of the message that was read last */
};

static void check_again(const struct recorded *r, struct ike_writer *w, uint8_t first,
                        const uint8_t *whole, size_t n, size_t skip)
{
    struct ike_payloads list;
    bool clear = skip != 0;
    bool response = r->h.flags & IKE_RESPONSE;
    CHECK_EQ(ike_read_payloads(first, whole + skip, n - skip, &list), IKE_GOOD);
    CHECK_EQ(ike_check(r->h.exchange, response, clear, &list), IKE_GOOD);
    CHECK(ike_check(r->h.exchange, response, !clear, &list) != IKE_GOOD || !list.n);
    for (unsigned k = 0; k < list.n; k++)
        CHECK_EQ(ike_again(w, &list.p[k]), IKE_GOOD);
    CHECK_EQ(ike_end(w), n);
    CHECK_EQ(w->first, first);
    CHECK(!w->w.full && !memcmp(w->w.base, whole, n));
    if (check_failures)
        (void)fprintf(stderr, "%s: message %u\n", r->name, r->messages);
}

static void read_line(struct recorded *r, const char *line)
{
    uint8_t in[BYTES], out[BYTES];
    char hex[LINE] = "";
    unsigned first;
    struct ike_writer w;
    if (sscanf(line, "message %4095s", hex) == 1) {
        size_t n = bytes_of_hex(hex, in);
        r->messages++;
        CHECK_EQ(ike_read_header(in, n, &r->h), IKE_GOOD);
        ike_begin(&w, out, sizeof out, &r->h);
        check_again(r, &w, r->h.next, in, n, IKE_HEADER_BYTES);
    } else if (sscanf(line, "inside %u %4095s", &first, hex) >= 1) {
        size_t n = bytes_of_hex(hex, in);
        r->insides++;
        ike_begin_inside(&w, out, sizeof out);
        check_again(r, &w, (uint8_t)first, in, n, 0);
    } else {
        CHECK_EQ(line[0], '#');
    }
}

static void every_message_is_the_same_again(void)
{
    for (size_t k = 0; k < sizeof recordings / sizeof recordings[0]; k++) {
        char path[512], line[LINE];
        struct recorded r = {.name = recordings[k]};
        (void)snprintf(path, sizeof path, TESTS "/vectors/ike/%s.txt", r.name);
        FILE *file = fopen(path, "r");
        CHECK(file != NULL);
        while (file && fgets(line, sizeof line, file)) {
            CHECK(strchr(line, '\n') != NULL);
            read_line(&r, line);
        }
        if (file)
            (void)fclose(file);
        CHECK_EQ(r.messages, 26);
        CHECK_EQ(r.insides, 24);
    }
}

CHECK_MAIN(CASE(every_message_is_the_same_again))
