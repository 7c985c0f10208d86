#ifndef PNG_READER_H
#define PNG_READER_H

#include <stddef.h>
#include <stdint.h>

// A PNG in memory, read through libpng. libpng reports errors by longjmp, which must not cross a
// Swift frame: every setjmp and every longjmp stays inside png_reader.c. (libpng's simplified
// API needs no setjmp, but it corrects gamma and rounds 16 bits to 8, where Pillow does neither.)
typedef struct png_reader png_reader;

typedef struct {
    uint32_t width, height;
    // Of a row as png_reader_pixels writes it. (3, 8) is RGB, (4, 8) RGBA, (1, 16) gray, big-endian.
    int channels, bit_depth;
    // The tRNS chunk of an image without palette: the 16-bit sample values that are transparent.
    int has_color_key;
    uint16_t color_key[3];
    int is_one_bit_gray;
    // The eXIf chunk, which may also follow the pixels. Owned by the reader.
    const uint8_t *exif;
    size_t exif_size;
} png_reader_image;

// Starts reading. The bytes must outlive the reader. NULL only when memory is short.
png_reader *png_reader_create(const uint8_t *bytes, size_t count);
void png_reader_destroy(png_reader *reader);

// Everything before the pixels, which fixes their layout. 0, or -1 on error.
int png_reader_header(png_reader *reader, png_reader_image *image);
// The pixels, [height x width x channels], no padding, and what follows them, up to the file's
// end chunk; updates image->exif. 0, or -1 on error.
int png_reader_pixels(png_reader *reader, uint8_t *pixels, png_reader_image *image);

// What libpng said when a call above returned -1.
const char *png_reader_message(const png_reader *reader);

#endif
