#include "zlib_text.h"

#include <zlib.h>

size_t zlib_inflate(const void *bytes, size_t count, void *out, size_t limit) {
    uLongf length = limit;
    return uncompress(out, &length, bytes, count) == Z_OK ? length : 0;
}
