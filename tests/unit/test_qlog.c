#include <stdlib.h>
#include <string.h>

#include "models/names.h"
#include "traces/qlog.h"

#include "tests/check.h"

/* As many fields as an event can have, of every type: none is left out or changed. */
static void writes_every_field(void)
{
    struct tap_event e = {.id = 7, .n = TAP_FIELDS};
    char *text = NULL;
    size_t n = 0;
    struct json_writer j = jw_to(open_memstream(&text, &n), 0);
    struct why w;
    e.field[0] = (struct tap_field){.key = "int", .type = TAP_INT, .i = -1};
    e.field[1] = (struct tap_field){.key = "time", .type = TAP_TIME, .i = 1500};
    e.field[2] = (struct tap_field){.key = "addr", .type = TAP_ADDR};
    CHECK_EQ(addr_parse("2001:db8::1", &e.field[2].addr, &w), ST_OK);
    e.field[3] = (struct tap_field){.key = "text", .type = TAP_TEXT, .text = "a \"b\""};
    for (unsigned k = 4; k < TAP_FIELDS; k++)
        e.field[k] = e.field[k % 2];
    e.field[TAP_FIELDS - 1].key = "last";
    jw_object(&j, NULL);
    qlog_put_fields(&j, &e);
    jw_end(&j);
    (void)fclose(j.out);
    CHECK(!strcmp(text,
                  "{\"int\":-1,\"time_ns\":1500,\"addr\":\"2001:db8::1\",\"text\":\"a \\\"b\\\"\","
                  "\"int\":-1,\"time_ns\":1500,\"int\":-1,\"time_ns\":1500,"
                  "\"int\":-1,\"time_ns\":1500,\"int\":-1,\"last_ns\":1500}\n"));
    free(text);
}

static char *whole_file(const char *path)
{
    static char text[4096];
    FILE *in = fopen(path, "rb");
    size_t n = in ? fread(text, 1, sizeof text - 1, in) : 0;
    text[n] = '\0';
    if (in)
        (void)fclose(in);
    return text;
}

static void times_are_exact_milliseconds(void)
{
    static const char *const node[] = {"mn"};
    const struct trace_setup setup = {
        .run = {.run_key = "k", .scenario = "s.yaml", .title = "t", .date_s = 5}, .node = node};
    const struct tap_event e = {.id = 2, .cause = 1, .t = 1000000007, .name = EV_L2_UP};
    struct why w;
    const char *path = SCRATCH "/qlog.sqlog";
    CHECK_EQ(qlog_write(path, &setup, &e, 1, &w), ST_OK);
    const char *text = whole_file(path);
    CHECK(strstr(text, "\"reference_time\":5000,"));
    CHECK(strstr(text,
                 "\x1e{\"time\":1000.000007,\"name\":\"l2:up\",\"data\":{\"node\":\"mn\",\"id\":2,"
                 "\"cause\":1}}\n"));
    CHECK_EQ(qlog_write("/no/such/folder/x", &setup, &e, 1, &w), ST_IO);
}

CHECK_MAIN(CASE(writes_every_field), CASE(times_are_exact_milliseconds))
