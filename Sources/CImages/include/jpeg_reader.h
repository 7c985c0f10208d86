#ifndef JPEG_READER_H
#define JPEG_READER_H

#include <stddef.h>
#include <stdint.h>

#include "codec_status.h"

// A JPEG in memory, read through libjpeg. libjpeg reports errors by a call that must not return;
// the longjmp out of it must not cross a Swift frame, so every setjmp and longjmp stays inside
// jpeg_reader.c. (TurboJPEG's API needs no setjmp, but it reports only the last message: a warning
// hides later ones, and an error after a warning looks like a warning.)
typedef struct jpeg_reader jpeg_reader;

typedef struct {
    uint32_t width, height;
    int components;
} jpeg_reader_image;

typedef struct {
    // n of n/8 of the image's size, 1 to 8.
    int eighths;
    // Bytes for the coefficients of an image of several scans.
    size_t memory;
    // Coefficient blocks that its scans may visit in all.
    uint64_t blocks;
} jpeg_reader_limits;

// The version of libjpeg-turbo that this was compiled with.
const char *jpeg_library_version(void);

// Starts reading. The bytes must outlive the reader. NULL only when memory is short.
jpeg_reader *jpeg_reader_create(const uint8_t *bytes, size_t count);
void jpeg_reader_destroy(jpeg_reader *reader);

// Everything before the first scan.
codec_status jpeg_reader_header(jpeg_reader *reader, jpeg_reader_image *image);
// Prepares for rows of RGB, or of CMYK if there are four components; `image` becomes the size they
// come in. Reads all scans of an image that has several.
codec_status jpeg_reader_start(jpeg_reader *reader, jpeg_reader_limits limits, jpeg_reader_image *image);
// The next `count` rows, [count x width x 3 or 4], no padding. What follows the last one is not read: neither a
// missing end marker nor what stands in its place changes a pixel.
codec_status jpeg_reader_rows(jpeg_reader *reader, uint8_t *rows, uint32_t count);

// libjpeg's message after a call above that did not return CODEC_OK.
const char *jpeg_reader_message(const jpeg_reader *reader);

#endif
