#include "analysis/whole.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

enum { TAIL = 64 };

static const char png_end[] = "\0\0\0\0IEND\xae\x42\x60\x82"; /* RFC 2083: length, type, CRC */

static enum status not_written(const char *path, int error, struct why *w)
{
    return why_set(w, ST_IO, "%.180s: cannot be written: %s", path, strerror(error ? error : EIO));
}

enum status whole_flush(FILE *file, const char *path, struct why *w)
{
    errno = 0;
    if (!fflush(file) && !ferror(file))
        return ST_OK;
    int error = errno;
    if (!error) { /* of an earlier write: whoever tries again is told */
        (void)fputc('\n', file);
        error = fflush(file) ? errno : EIO;
    }
    return not_written(path, error, w);
}

enum status whole_close(FILE *file, const char *path, struct why *w)
{
    enum status st = whole_flush(file, path, w);
    errno = 0;
    if (fclose(file) && !st)
        st = not_written(path, errno, w);
    return st;
}

int whole_reason(const char *path)
{
    static const char more[1 << 16];
    FILE *file = fopen(path, "ab");
    if (!file)
        return errno;
    errno = 0;
    bool bad = fwrite(more, 1, sizeof more, file) != sizeof more;
    bad |= fflush(file) != 0;
    int error = bad ? errno : 0;
    (void)fclose(file);
    return error;
}

static bool ends_well(const char *path, const char *tail, size_t n)
{
    size_t length = strlen(path);
    if (length > 4 && !strcmp(path + length - 4, ".png"))
        return n >= sizeof png_end - 1 &&
               !memcmp(tail + n - (sizeof png_end - 1), png_end, sizeof png_end - 1);
    while (n && (tail[n - 1] == '\n' || tail[n - 1] == '\r' || tail[n - 1] == ' '))
        n--;
    if (length > 4 && !strcmp(path + length - 4, ".pdf"))
        return n >= 5 && !memcmp(tail + n - 5, "%%EOF", 5);
    return n >= 6 && !memcmp(tail + n - 6, "</svg>", 6);
}

enum status whole_picture(const char *path, struct why *w)
{
    char tail[TAIL];
    size_t n = 0;
    FILE *file = fopen(path, "rb");
    if (!file)
        return why_set(w, ST_IO, "%.180s: %s", path, strerror(errno));
    if (!fseek(file, 0, SEEK_END)) {
        long size = ftell(file);
        if (!fseek(file, size > TAIL ? -(long)TAIL : 0, size > TAIL ? SEEK_END : SEEK_SET))
            n = fread(tail, 1, sizeof tail, file);
    }
    (void)fclose(file);
    if (ends_well(path, tail, n))
        return ST_OK;
    int error = whole_reason(path);
    if (error)
        return not_written(path, error, w);
    return why_set(w, ST_IO, "%.180s: gnuplot did not write it to its end", path);
}
