#ifndef PNG_READER_H
#define PNG_READER_H

#include <stddef.h>
#include <stdint.h>

#include "codec_status.h"

// A PNG in memory, read through libpng. libpng reports errors by longjmp, which must not cross a
// Swift frame: every setjmp and every longjmp stays inside png_reader.c. (libpng's simplified
// API needs no setjmp, but it corrects gamma and rounds 16 bits to 8, where Pillow does neither.)
typedef struct png_reader png_reader;

typedef struct {
    uint32_t width, height;
    // What a pixel is in the file. PNG_READER_ALPHA is RGBA, or gray with alpha.
    enum { PNG_READER_GRAY, PNG_READER_RGB, PNG_READER_PALETTE, PNG_READER_ALPHA } color;
    int is_one_bit_gray;
    // Of a row as png_reader_rows writes it. (3, 8) is RGB, (4, 8) RGBA, (1, 8) indices of the palette,
    // (1, 16) gray, big-endian.
    int channels, bit_depth;
    // RGB of each index; black beyond the file's own.
    uint8_t palette[256 * 3];
    // Of a row as the file has it, unpacked.
    size_t stored_row_bytes;
    int is_interlaced;
} png_reader_image;

// The version of the libpng in use.
const char *png_library_version(void);

// Starts reading. The bytes must outlive the reader. NULL only when memory is short.
png_reader *png_reader_create(const uint8_t *bytes, size_t count);
void png_reader_destroy(png_reader *reader);

// Everything before the pixels, which fixes their layout.
codec_status png_reader_header(png_reader *reader, png_reader_image *image);
// The next `count` rows, [count x width x channels], no padding. Those of an interlaced image come all
// at once: `count` must be its height.
codec_status png_reader_rows(png_reader *reader, uint8_t *rows, uint32_t count);
// The rest of the image data with their checksums, after all rows. What follows them is not read.
codec_status png_reader_finish(png_reader *reader);

// libpng's message after a call above that did not return CODEC_OK.
const char *png_reader_message(const png_reader *reader);

#endif
