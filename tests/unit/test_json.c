#include <stdlib.h>
#include <string.h>

#include "sim/base/json.h"

#include "tests/check.h"

static char *text;
static size_t n;

static struct json begin(unsigned indent)
{
    free(text);
    text = NULL;
    return json_to(open_memstream(&text, &n), indent);
}

static bool is(struct json *j, const char *want)
{
    (void)fclose(j->out);
    if (!strcmp(text, want))
        return true;
    printf("%s\n", text);
    return false;
}

static void puts_commas_where_they_belong(void)
{
    struct json j = begin(0);
    json_object(&j, NULL);
    json_int(&j, "a", -5);
    json_list(&j, "b");
    json_text(&j, NULL, "x");
    json_object(&j, NULL);
    json_end(&j);
    json_bool(&j, NULL, true);
    json_end(&j);
    json_text(&j, "c", NULL);
    json_raw(&j, "d", "1.500000");
    json_end(&j);
    CHECK(is(&j, "{\"a\":-5,\"b\":[\"x\",{},true],\"c\":null,\"d\":1.500000}\n"));
}

static void indents(void)
{
    struct json j = begin(2);
    json_object(&j, NULL);
    json_list(&j, "list");
    json_int(&j, NULL, 1);
    json_int(&j, NULL, 2);
    json_end(&j);
    json_list(&j, "none");
    json_end(&j);
    json_end(&j);
    CHECK(is(&j, "{\n  \"list\": [\n    1,\n    2\n  ],\n  \"none\": []\n}\n"));
}

static void escapes_what_json_forbids(void)
{
    struct json j = begin(0);
    json_list(&j, NULL);
    json_text(&j, NULL, "\"\\\n\x01");
    json_text(&j, NULL, "\xc3\xa4 \xe2\x82\xac \xf0\x9f\x9a\x97");
    json_text(&j, NULL, "\xe4 \xc3");
    json_end(&j);
    CHECK(is(&j, "[\"\\\"\\\\\\n\\u0001\",\"\xc3\xa4 \xe2\x82\xac \xf0\x9f\x9a\x97\","
                 "\"\\ufffd \\ufffd\"]\n"));
}

static void writes_reals_that_read_back(void)
{
    struct json j = begin(0);
    json_list(&j, NULL);
    json_real(&j, NULL, 0.1);
    json_real(&j, NULL, 1.0 / 3);
    json_real(&j, NULL, 1e300 * 1e300);
    json_real(&j, NULL, 4.41);
    json_end(&j);
    CHECK(is(&j, "[0.1,0.3333333333333333,null,4.41]\n"));
    free(text);
    text = NULL;
}

CHECK_MAIN(CASE(puts_commas_where_they_belong), CASE(indents), CASE(escapes_what_json_forbids),
           CASE(writes_reals_that_read_back))
