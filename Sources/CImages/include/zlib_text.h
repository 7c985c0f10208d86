#ifndef ZLIB_TEXT_H
#define ZLIB_TEXT_H

#include <stddef.h>

// Unpacks a zlib stream into `out`. Returns how many bytes it has, or 0 if it is damaged, cut off, or
// longer than `limit`.
size_t zlib_inflate(const void *bytes, size_t count, void *out, size_t limit);

#endif
