#include "sim/base/quantity.h"

#include <string.h>

#include "sim/base/units.h"

struct quantity quantity_of(const char *text)
{
    static enum status (*const read[])(const char *, int64_t *, struct why *) = {
        [QUANTITY_TIME] = units_time,       [QUANTITY_RATE] = units_rate,
        [QUANTITY_SIZE] = units_size,       [QUANTITY_LENGTH] = units_length,
        [QUANTITY_PACKETS] = units_packets,
    };
    struct why w;
    int64_t whole = 0;
    uint32_t share = 0;
    double real = 0;
    if (!units_real(text, &real, &w))
        return (struct quantity){QUANTITY_NUMBER, real};
    if (strchr(text, '%') && !units_share(text, &share, &w))
        return (struct quantity){QUANTITY_SHARE, share};
    for (unsigned k = QUANTITY_TIME; k <= QUANTITY_PACKETS; k++) {
        if (read[k] && !read[k](text, &whole, &w))
            return (struct quantity){(enum quantity_kind)k, (double)whole};
    }
    return (struct quantity){QUANTITY_WORD, 0};
}

const char *quantity_kind_text(enum quantity_kind kind)
{
    static const char *const text[] = {
        [QUANTITY_WORD] = "a word",   [QUANTITY_NUMBER] = "a number",
        [QUANTITY_TIME] = "a time",   [QUANTITY_RATE] = "a rate",
        [QUANTITY_SIZE] = "a size",   [QUANTITY_LENGTH] = "a length",
        [QUANTITY_SHARE] = "a share", [QUANTITY_PACKETS] = "packets",
    };
    return text[kind];
}
