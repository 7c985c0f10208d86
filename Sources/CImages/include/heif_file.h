#ifndef HEIF_FILE_H
#define HEIF_FILE_H

#include <stddef.h>
#include <stdint.h>

#include "codec_status.h"

// libheif, opened at run time.
typedef struct heif_library heif_library;

// NULL if it is not installed, or lacks a function. The name is one for dlopen.
const heif_library *heif_library_open(const char *name);
extern const char *const heif_library_name;
const char *heif_library_version(const heif_library *library);
// True if it has a decoder of HEVC (HEIC), or of AV1 (AVIF).
int heif_library_reads_heic(const heif_library *library);
int heif_library_reads_avif(const heif_library *library);

// A HEIF file in memory.
typedef struct heif_file heif_file;

typedef struct {
    // The displayed picture: turned, mirrored and cropped.
    uint32_t width, height;
    int bits_per_sample;
    int has_alpha, is_premultiplied;
} heif_file_image;

// Reads the properties of the primary image. The bytes must outlive the reader.
codec_status heif_file_open(
    const heif_library *library, const uint8_t *bytes, size_t count, heif_file **reader, heif_file_image *image);
void heif_file_close(heif_file *reader);

// Decodes the image. Its pixels are [height x width x 3], or 4 if it has alpha, rows `*stride` bytes apart; they live
// as long as the reader.
codec_status heif_file_pixels(heif_file *reader, const uint8_t **pixels, size_t *stride);

// libheif's message after a call above that did not return CODEC_OK.
const char *heif_file_message(const heif_file *reader);

#endif
