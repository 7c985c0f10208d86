#include "hevc_missing_parts.h"

#include <stdlib.h>
#include <string.h>

#include "hevc_functions.h"

// The side of the smallest coding tree block. Blocks lie on a grid of it, and are written whole or not at all.
enum { block = 16 };
// Loop filters change less than this at the edges of a block that was not written.
enum { margin = 4 };

uint8_t hevc_plain(int x, int y, int sample_bytes) { return hevc_plain_byte; }

uint8_t hevc_noise(int x, int y, int sample_bytes) {
    if (sample_bytes == 2 && x % 2 == 1) return 0;
    const uint32_t hash = (uint32_t)(y % block * block + x / sample_bytes % block) * 2654435761u;
    return (uint8_t)((hash ^ hash >> 15) * 2246822519u >> 24);
}

static int smaller(int a, int b) { return a < b ? a : b; }

int hevc_has_fresh_block(const struct de265_image *image, hevc_fresh_byte *fresh) {
    const int bytes = (hevc.de265_get_bits_per_pixel(image, 0) + 7) / 8;
    const int width = hevc.de265_get_image_width(image, 0), height = hevc.de265_get_image_height(image, 0);
    int stride = 0;
    const uint8_t *plane = hevc.de265_get_image_plane(image, 0, &stride);
    for (int top = 0; top + margin < height; top += block) {
        // Of blocks at the edges, only a part is in the picture.
        const int bottom = smaller(top + block - margin, height);
        for (int left = 0; left + margin < width; left += block) {
            const int right = smaller(left + block - margin, width);
            // A sample or two may be as the noise is by chance.
            int is_fresh = (bottom - top - margin) * (right - left - margin) >= margin;
            for (int y = top + margin; is_fresh && y < bottom; ++y)
                for (int x = (left + margin) * bytes; is_fresh && x < right * bytes; ++x)
                    is_fresh = plane[(size_t)y * (size_t)stride + (size_t)x] == fresh(x, y, bytes);
            if (is_fresh) return 1;
        }
    }
    return 0;
}

static void release_buffer(de265_decoder_context *context, struct de265_image *image, void *unused) {
    for (int channel = 0; channel < 3; ++channel) free(hevc.de265_get_image_plane_user_data(image, channel));
}

// The noise begins where the part of the picture begins that is seen.
static void fill_with_noise(uint8_t *luma, const struct de265_image_spec *spec, int stride, int bytes) {
    for (int y = spec->crop_top; y < spec->height; ++y)
        for (int x = spec->crop_left * bytes; x < spec->width * bytes; ++x)
            luma[(size_t)y * (size_t)(stride * bytes) + (size_t)x] =
                hevc_noise(x - spec->crop_left * bytes, y - spec->crop_top, bytes);
}

static int get_buffer(
    de265_decoder_context *context, struct de265_image_spec *spec, struct de265_image *image, void *unused) {
    const enum de265_chroma chroma = hevc.de265_get_chroma_format(image);
    const int count = chroma == de265_chroma_mono ? 1 : 3;
    uint8_t *planes[3] = {NULL, NULL, NULL};
    int strides[3] = {0, 0, 0};
    for (int channel = 0; channel < count; ++channel) {
        const int width = spec->width >> (channel > 0 && chroma != de265_chroma_444);
        const int height = spec->height >> (channel > 0 && chroma == de265_chroma_420);
        const int bytes = (hevc.de265_get_bits_per_pixel(image, channel) + 7) / 8;
        strides[channel] = (width + spec->alignment - 1) / spec->alignment * spec->alignment;
        // Some of libde265's instructions reach over the end.
        const size_t size = (size_t)strides[channel] * (size_t)height * (size_t)bytes + 64;
        void *plane = NULL;
        if (posix_memalign(&plane, 64, size) != 0) {
            for (int other = 0; other < channel; ++other) free(planes[other]);
            return 0;
        }
        planes[channel] = memset(plane, 0, size);
    }
    fill_with_noise(planes[0], spec, strides[0], (hevc.de265_get_bits_per_pixel(image, 0) + 7) / 8);
    for (int channel = 0; channel < 3; ++channel)
        hevc.de265_set_image_plane(image, channel, planes[channel], strides[channel], planes[channel]);
    return 1;
}

struct de265_image_allocation hevc_noisy_memory = {get_buffer, release_buffer};
