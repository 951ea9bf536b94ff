/* How a trace is written, by the look of it. */
#include <string.h>

#include "sim/app/trace.h"
#include "sim/base/lines.h"

/* The first line that is neither empty nor a comment, cut to `size`; "" where there is none. */
static void first_line(const char *path, char *out, size_t size)
{
    FILE *file = fopen(path, "r");
    out[0] = '\0';
    if (!file)
        return;
    struct lines l = lines_of(file, path);
    struct why w;
    bool end = false;
    while (!lines_next(&l, &end, &w) && !end) {
        const char *text = l.text + strspn(l.text, " \t");
        if (*text && *text != '#') {
            (void)snprintf(out, size, "%s", text);
            break;
        }
    }
    lines_done(&l);
    (void)fclose(file);
}

bool trace_has_places(const char *path)
{
    char text[256];
    first_line(path, text, sizeof text);
    return strstr(text, "x_m") != NULL;
}

static bool has(const char *text, const char *word)
{
    return strstr(text, word) != NULL;
}

static const char *name_of(const char *text)
{
    if (text[0] == '<')
        return "sumo";
    if (text[0] == '$')
        return "setdest";
    if (has(text, "PING ") || has(text, " bytes from "))
        return "ping";
    if (has(text, "operator") && has(text, "event"))
        return "pam2025";
    size_t digits = strspn(text, "0123456789");
    if (digits && !text[digits])
        return "mahimahi";
    if (text[0] && strspn(text, "0123456789.eE+- \t") == strlen(text))
        return "bonnmotion";
    return "monami";
}

int trace_guess(const char *path)
{
    char text[256];
    first_line(path, text, sizeof text);
    const char *name = name_of(text);
    int format = 0;
    while (strcmp(input_formats[format], name) != 0)
        format++;
    return format;
}
