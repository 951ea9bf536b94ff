#include "sim/app/json.h"

void json_text(FILE *out, const char *text)
{
    (void)fputc('"', out);
    for (; *text; text++) {
        unsigned char b = (unsigned char)*text;
        if (b == '"' || b == '\\') {
            (void)fprintf(out, "\\%c", b);
        } else if (b < ' ') {
            (void)fprintf(out, "\\u%04x", b);
        } else {
            (void)fputc(b, out);
        }
    }
    (void)fputc('"', out);
}
