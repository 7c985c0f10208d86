#ifndef JPEG_WRITER_H
#define JPEG_WRITER_H

#include <stddef.h>
#include <stdint.h>

// Writes RGB pixels, [height x width x 3], no padding, as a JPEG file with its chroma halved in both
// directions. `quality` is 1 to 100. Returns a buffer of `*count` bytes for free(), or NULL when memory
// is short or a side is longer than the 65,500 pixels of libjpeg.
uint8_t *jpeg_write(const uint8_t *pixels, uint32_t width, uint32_t height, int quality, size_t *count);

#endif
