#include "png_writer.h"

#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

uint8_t *png_write(const uint8_t *pixels, uint32_t width, uint32_t height, int channels, size_t *count) {
    // libpng's simplified API: it catches its own longjmp.
    png_image image;
    memset(&image, 0, sizeof image);
    image.version = PNG_IMAGE_VERSION;
    image.width = width;
    image.height = height;
    image.format = channels == 4 ? PNG_FORMAT_RGBA : PNG_FORMAT_RGB;
    char *file = NULL;
    FILE *stream = open_memstream(&file, count);
    if (!stream) return NULL;
    const int is_written = png_image_write_to_stdio(&image, stream, 0, pixels, 0, NULL);
    png_image_free(&image);
    if (fclose(stream) != 0 || !is_written) {
        free(file);
        return NULL;
    }
    return (uint8_t *)file;
}

uint32_t png_chunk_checksum(const uint8_t *bytes, size_t count) {
    return (uint32_t)crc32_z(0, bytes, count);
}
