#ifndef WEBP_READER_H
#define WEBP_READER_H

#include <stddef.h>
#include <stdint.h>

#include "codec_status.h"

// libwebp and libwebpdemux, opened at run time.
typedef struct webp_library webp_library;

// NULL if one of them is not installed, or lacks a function. The names are names for dlopen.
const webp_library *webp_library_open(const char *decoder, const char *demuxer);
extern const char *const webp_decoder_name, *const webp_demuxer_name;
// 0xMMmmpp
int webp_library_version(const webp_library *library);

// A WebP file in memory.
typedef struct webp_reader webp_reader;

typedef struct {
    uint32_t width, height;
    // True if the file declares transparency. Otherwise alpha is ignored, as in Pillow.
    int has_alpha;
    // True if libwebp keeps planes of the whole frame while it decodes: of lossless pixels, or of alpha.
    int keeps_planes;
    // The place of the first frame on the canvas: all of it, except in an animation.
    uint32_t x, y, frame_width, frame_height;
    // Metadata; NULL if there is none.
    const uint8_t *exif, *xmp;
    size_t exif_count, xmp_count;
} webp_reader_image;

// Reads everything before the pixels. The bytes must outlive the reader. Fails if the file is incomplete.
codec_status webp_reader_open(
    const webp_library *library, const uint8_t *bytes, size_t count, webp_reader **reader, webp_reader_image *image);
void webp_reader_close(webp_reader *reader);

// The pixels of the first frame, [frame_height x frame_width x 3], or 4 if `with_alpha`; rows are `stride` bytes apart.
codec_status webp_reader_pixels(webp_reader *reader, uint8_t *pixels, size_t stride, int with_alpha);

#endif
