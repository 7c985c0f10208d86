#ifndef PNG_WRITER_H
#define PNG_WRITER_H

#include <stddef.h>
#include <stdint.h>

// Writes 8-bit sRGB pixels, [height x width x channels], no padding, as a PNG file: RGB with 3 channels, RGBA with 4,
// alpha not multiplied into the colours. Returns a buffer of `*count` bytes for free(), or NULL when memory is short.
uint8_t *png_write(const uint8_t *pixels, uint32_t width, uint32_t height, int channels, size_t *count);

// The CRC-32 that ends a PNG chunk, of its type and data.
uint32_t png_chunk_checksum(const uint8_t *bytes, size_t count);

#endif
