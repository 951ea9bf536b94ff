#include "analysis/page.h"

#include <stdarg.h>

#include "analysis/html.h"
#include "analysis/style.h"

void page_element(FILE *out, const char *element, const char *text)
{
    (void)fprintf(out, "<%s>", element);
    html_text(out, text);
    (void)fprintf(out, "</%s>", element);
}

void page_begin(FILE *out, const char *title)
{
    (void)fputs(
        "<!DOCTYPE html>\n<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"en\">\n<head>\n"
        "<meta charset=\"utf-8\"/>\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
        "<link rel=\"icon\" href=\"data:,\"/>\n", /* or the browser looks for one */
        out);
    page_element(out, "title", title);
    (void)fputs("\n<style>\n", out);
    for (const char *const *part = style_css; *part; part++)
        (void)fputs(*part, out);
    (void)fputs("</style>\n</head>\n<body>\n", out);
    page_element(out, "h1", title);
    (void)fputc('\n', out);
}

void page_end(FILE *out, const char *words)
{
    (void)fputs("<p class=\"small\">", out);
    html_text(out, words);
    (void)fputs("</p>\n</body>\n</html>\n", out);
}

void page_contents(FILE *out, const struct page_section *of, size_t n)
{
    (void)fputs("<nav aria-label=\"contents\"><ul class=\"contents\">\n", out);
    for (size_t k = 0; k < n; k++) {
        (void)fprintf(out, "<li><a href=\"#%s\">", of[k].id);
        html_text(out, of[k].title);
        (void)fputs("</a></li>\n", out);
    }
    (void)fputs("</ul></nav>\n", out);
}

void page_section(FILE *out, const struct page_section *s)
{
    (void)fprintf(out, "<h2 id=\"%s\">", s->id);
    html_text(out, s->title);
    (void)fputs("</h2>\n", out);
}

void page_badge(FILE *out, enum page_badge kind, const char *fmt, ...)
{
    static const char *const classes[] = {"good", "bad", "note"};
    char text[400];
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    (void)fprintf(out, "<span class=\"badge %s\">", classes[kind]);
    html_text(out, text);
    (void)fputs("</span>\n", out);
}

void page_box(FILE *out, const char *class, const char *label)
{
    (void)fprintf(out, "<div class=\"scroll%s%s\" tabindex=\"0\" role=\"region\" aria-label=\"",
                  *class ? " " : "", class);
    html_text(out, label);
    (void)fputs("\">\n", out);
}

void page_box_end(FILE *out)
{
    (void)fputs("</div>\n", out);
}
