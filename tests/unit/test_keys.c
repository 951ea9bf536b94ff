/* keys/ of a run; interop.keys has tshark read what the first case leaves. */
#include <string.h>
#include <sys/stat.h>

#include "traces/keys.h"

#include "tests/check.h"

#define DIR SCRATCH "/keys-run"

static const uint8_t bytes[64] = {0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11,
                                  12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23,
                                  24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35};

static const struct trace_sa sas[] = {
    {.spi = 0x10203040,
     .tshark_encryption = "AES-GCM with 16 octet ICV [RFC4106]",
     .encryption = bytes,
     .encryption_bytes = 36},
    {.spi = 0x1001,
     .tshark_encryption = "AES-CBC [RFC3602]",
     .tshark_integrity = "HMAC-SHA-256-128 [RFC4868]",
     .encryption = bytes,
     .encryption_bytes = 16,
     .integrity = bytes,
     .integrity_bytes = 32},
    {.spi = 0x2002, /* ChaCha20: tshark cannot */
     .encryption = bytes,
     .encryption_bytes = 36},
    {.spi = 0x2003,
     .tshark_encryption = "AES-CBC [RFC3602]",
     .encryption = bytes,
     .encryption_bytes = 16,
     .integrity = bytes,
     .integrity_bytes = 32},
    {.spi = 0x10203040, /* the other end */
     .tshark_encryption = "AES-GCM with 16 octet ICV [RFC4106]",
     .encryption = bytes + 1,
     .encryption_bytes = 36},
    {.spi = 0xfffffff0,
     .tshark_encryption = "NULL",
     .tshark_integrity = "HMAC-SHA-1-96 [RFC2404]",
     .integrity = bytes,
     .integrity_bytes = 20},
};

static bool holds(const char *name, const char *want)
{
    char text[4096];
    FILE *in = fopen(name, "rb");
    size_t n = in ? fread(text, 1, sizeof text - 1, in) : 0;
    text[n] = '\0';
    if (in)
        (void)fclose(in);
    return in && !strcmp(text, want);
}

static void writes_a_profile_for_wireshark(void)
{
    struct why w;
    (void)mkdir(DIR, 0777);
    CHECK_EQ(keys_write(DIR, &(struct trace_end){.sa = sas, .sas = sizeof sas / sizeof sas[0]}, &w),
             ST_OK);
    CHECK(holds(DIR "/keys/esp_sa",
                "\"IPv6\",\"*\",\"*\",\"0x10203040\",\"AES-GCM with 16 octet ICV [RFC4106]\","
                "\"0x000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20212223\","
                "\"NULL\",\"\"\n"
                "\"IPv6\",\"*\",\"*\",\"0x00001001\",\"AES-CBC [RFC3602]\","
                "\"0x000102030405060708090a0b0c0d0e0f\",\"HMAC-SHA-256-128 [RFC4868]\","
                "\"0x000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\"\n"
                "\"IPv6\",\"*\",\"*\",\"0xfffffff0\",\"NULL\",\"\",\"HMAC-SHA-1-96 [RFC2404]\","
                "\"0x000102030405060708090a0b0c0d0e0f10111213\"\n"));
    CHECK(holds(DIR "/keys/ikev2_decryption_table",
                "# SPIi,SPIr,SK_ei,SK_er,encryption,SK_ai,SK_ar,integrity\n"));
    CHECK(holds(DIR "/keys/preferences", "esp.enable_encryption_decode: TRUE\n"
                                         "esp.enable_authentication_check: TRUE\n"
                                         "esp.do_esp_sequence_analysis: FALSE\n"
                                         "udp.check_checksum: TRUE\n"));
}

static void a_folder_that_is_not_there_is_said(void)
{
    struct why w;
    CHECK_EQ(keys_write("/no/such/folder", &(struct trace_end){.sa = sas, .sas = 1}, &w), ST_IO);
    CHECK(strstr(w.text, "/no/such/folder/keys"));
}

CHECK_MAIN(CASE(writes_a_profile_for_wireshark), CASE(a_folder_that_is_not_there_is_said))
