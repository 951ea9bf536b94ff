#include <stdlib.h>
#include <string.h>

#include "sim/base/json.h"

#include "tests/check.h"

static char *text;
static size_t n;

static struct json_writer begin(unsigned indent)
{
    free(text);
    text = NULL;
    return jw_to(open_memstream(&text, &n), indent);
}

static bool is(struct json_writer *j, const char *want)
{
    (void)fclose(j->out);
    if (!strcmp(text, want))
        return true;
    printf("%s\n", text);
    return false;
}

static void puts_commas_where_they_belong(void)
{
    struct json_writer j = begin(0);
    jw_object(&j, NULL);
    jw_int(&j, "a", -5);
    jw_list(&j, "b");
    jw_text(&j, NULL, "x");
    jw_object(&j, NULL);
    jw_end(&j);
    jw_bool(&j, NULL, true);
    jw_end(&j);
    jw_text(&j, "c", NULL);
    jw_raw(&j, "d", "1.500000");
    jw_end(&j);
    CHECK(is(&j, "{\"a\":-5,\"b\":[\"x\",{},true],\"c\":null,\"d\":1.500000}\n"));
}

static void indents(void)
{
    struct json_writer j = begin(2);
    jw_object(&j, NULL);
    jw_list(&j, "list");
    jw_int(&j, NULL, 1);
    jw_int(&j, NULL, 2);
    jw_end(&j);
    jw_list(&j, "none");
    jw_end(&j);
    jw_end(&j);
    CHECK(is(&j, "{\n  \"list\": [\n    1,\n    2\n  ],\n  \"none\": []\n}\n"));
}

static void escapes_what_json_forbids(void)
{
    struct json_writer j = begin(0);
    jw_list(&j, NULL);
    jw_text(&j, NULL, "\"\\\n\x01");
    jw_text(&j, NULL, "\xc3\xa4 \xe2\x82\xac \xf0\x9f\x9a\x97");
    jw_text(&j, NULL, "\xe4 \xc3");
    jw_end(&j);
    CHECK(is(&j, "[\"\\\"\\\\\\n\\u0001\",\"\xc3\xa4 \xe2\x82\xac \xf0\x9f\x9a\x97\","
                 "\"\\ufffd \\ufffd\"]\n"));
}

static void writes_reals_that_read_back(void)
{
    struct json_writer j = begin(0);
    jw_list(&j, NULL);
    jw_real(&j, NULL, 0.1);
    jw_real(&j, NULL, 1.0 / 3);
    jw_real(&j, NULL, 1e300 * 1e300);
    jw_real(&j, NULL, 4.41);
    jw_end(&j);
    CHECK(is(&j, "[0.1,0.3333333333333333,null,4.41]\n"));
    free(text);
    text = NULL;
}

CHECK_MAIN(CASE(puts_commas_where_they_belong), CASE(indents), CASE(escapes_what_json_forbids),
           CASE(writes_reals_that_read_back))
