#include "hevc_decoder.h"

#include <stdlib.h>
#include <string.h>

#include "hevc_functions.h"
#include "hevc_missing_parts.h"
#include "shared_library.h"

// libheif's own decoder over libde265 passes on pictures of which a part is missing: where a slice ends too early or
// makes no sense, libde265 goes on with the next one, and notes a warning at best.

static const struct heif_error success = {heif_error_Ok, heif_suberror_Unspecified, "Success"};

static struct heif_error damaged(const char *reason) {
    return (struct heif_error){heif_error_Decoder_plugin_error, heif_suberror_Unspecified, reason};
}

static struct heif_error out_of_memory(void) {
    return (struct heif_error){heif_error_Memory_allocation_error, heif_suberror_Unspecified, "out of memory"};
}

// MARK: Decoding

// The coded data of an image item: units, each after its length in four bytes.
struct coded_data {
    uint8_t *bytes;
    size_t count;
};

static struct heif_error push(de265_decoder_context *context, const struct coded_data *data) {
    for (size_t position = 0; position < data->count;) {
        const uint8_t *unit = data->bytes + position;
        if (data->count - position < 4) return damaged("the coded data are cut off");
        const uint32_t length = (uint32_t)unit[0] << 24 | (uint32_t)unit[1] << 16 | (uint32_t)unit[2] << 8 | unit[3];
        position += 4;
        if (length > data->count - position) return damaged("the coded data are cut off");
        if (hevc.de265_push_NAL(context, unit + 4, (int)length, 0, NULL) != DE265_OK) return out_of_memory();
        position += length;
    }
    hevc.de265_flush_data(context);
    return success;
}

static struct heif_error set_colors(struct heif_image *image, const struct de265_image *decoded) {
    struct heif_color_profile_nclx *colors = hevc.heif_nclx_color_profile_alloc();
    if (!colors) return out_of_memory();
    struct heif_error error = hevc.heif_nclx_color_profile_set_color_primaries(
        colors, (uint16_t)hevc.de265_get_image_colour_primaries(decoded));
    if (error.code == heif_error_Ok)
        error = hevc.heif_nclx_color_profile_set_transfer_characteristics(
            colors, (uint16_t)hevc.de265_get_image_transfer_characteristics(decoded));
    if (error.code == heif_error_Ok)
        error = hevc.heif_nclx_color_profile_set_matrix_coefficients(
            colors, (uint16_t)hevc.de265_get_image_matrix_coefficients(decoded));
    colors->full_range_flag = hevc.de265_get_image_full_range_flag(decoded) != 0;
    if (error.code == heif_error_Ok) error = hevc.heif_image_set_nclx_color_profile(image, colors);
    hevc.heif_nclx_color_profile_free(colors);
    return error;
}

static struct heif_error copy(const struct de265_image *decoded, struct heif_image **image) {
    static const enum heif_channel channels[] = {heif_channel_Y, heif_channel_Cb, heif_channel_Cr};
    const enum de265_chroma chroma = hevc.de265_get_chroma_format(decoded);
    const int is_gray = chroma == de265_chroma_mono, bits = hevc.de265_get_bits_per_pixel(decoded, 0);
    struct heif_error error = hevc.heif_image_create(
        hevc.de265_get_image_width(decoded, 0), hevc.de265_get_image_height(decoded, 0),
        is_gray ? heif_colorspace_monochrome : heif_colorspace_YCbCr, (enum heif_chroma)chroma, image);
    for (int channel = 0; error.code == heif_error_Ok && channel < (is_gray ? 1 : 3); ++channel) {
        if (hevc.de265_get_bits_per_pixel(decoded, channel) != bits)
            return (struct heif_error){
                heif_error_Unsupported_feature, heif_suberror_Unsupported_color_conversion,
                "channels of different depths"};
        const int width = hevc.de265_get_image_width(decoded, channel);
        const int height = hevc.de265_get_image_height(decoded, channel);
        error = hevc.heif_image_add_plane(*image, channels[channel], width, height, bits);
        if (error.code != heif_error_Ok) break;
        int source_stride = 0, stride = 0;
        const uint8_t *source = hevc.de265_get_image_plane(decoded, channel, &source_stride);
        uint8_t *target = hevc.heif_image_get_plane(*image, channels[channel], &stride);
        for (int y = 0; y < height; ++y)
            memcpy(target + (size_t)y * stride, source + (size_t)y * source_stride, (size_t)width * ((bits + 7) / 8));
    }
    return error.code == heif_error_Ok ? set_colors(*image, decoded) : error;
}

// Decodes the picture, and copies it to where one is asked for. An image item has one picture; more would take time.
static struct heif_error decode_with(
    de265_decoder_context *context, const struct coded_data *data, hevc_fresh_byte *fresh, int *is_suspect,
    struct heif_image **image) {
    struct heif_error error = push(context, data);
    int has_picture = 0;
    for (int more = 1; more && error.code == heif_error_Ok;) {
        more = 0;
        const de265_error failure = hevc.de265_decode(context, &more);
        if (failure == DE265_ERROR_OUT_OF_MEMORY) return out_of_memory();
        if (failure != DE265_OK) return damaged("its coded data make no sense");
        const struct de265_image *decoded = hevc.de265_get_next_picture(context);
        if (!decoded) continue;
        if (has_picture) return damaged("there is more than one picture in the coded data");
        has_picture = 1;
        *is_suspect = hevc_has_fresh_block(decoded, fresh);
        if (image) error = copy(decoded, image);
    }
    if (error.code != heif_error_Ok) return error;
    if (hevc.de265_get_warning(context) != DE265_OK) return damaged("its coded data make no sense");
    return has_picture ? success : damaged("there is no picture in the coded data");
}

static struct heif_error decode(
    const struct coded_data *data, hevc_fresh_byte *fresh, int *is_suspect, struct heif_image **image) {
    de265_decoder_context *context = hevc.de265_new_decoder();
    if (!context) return out_of_memory();
    if (image) {
        // Few files have checksums of their pixels, but those that have them are checked.
        hevc.de265_set_parameter_bool(context, DE265_DECODER_PARAM_BOOL_SEI_CHECK_HASH, 1);
    } else {
        // With this filter, pictures are in other memory first.
        hevc.de265_set_parameter_bool(context, DE265_DECODER_PARAM_DISABLE_SAO, 1);
        hevc.de265_set_image_allocation_functions(context, &hevc_noisy_memory, NULL);
    }
    const struct heif_error error = decode_with(context, data, fresh, is_suspect, image);
    hevc.de265_free_decoder(context);
    return error;
}

// MARK: The decoder's functions

static const char *name(void) { return "libde265, whole pictures only"; }

static int supports(enum heif_compression_format format) {
    // libheif's own decoders have 150 at most.
    return format == heif_compression_HEVC ? 1000 : 0;
}

static struct heif_error new_decoder(void **decoder) {
    *decoder = calloc(1, sizeof(struct coded_data));
    return *decoder ? success : out_of_memory();
}

static void free_decoder(void *decoder) {
    free(((struct coded_data *)decoder)->bytes);
    free(decoder);
}

static struct heif_error push_data(void *decoder, const void *bytes, size_t count) {
    struct coded_data *data = decoder;
    uint8_t *longer = realloc(data->bytes, data->count + count + 1);
    if (!longer) return out_of_memory();
    data->bytes = longer;
    memcpy(longer + data->count, bytes, count);
    data->count += count;
    return success;
}

// A block that is as fresh memory is was not written, or it is a dark one. A second decoding, over noise, shows which.
static struct heif_error decode_image(void *decoder, struct heif_image **image) {
    *image = NULL;
    int is_suspect = 0, is_incomplete = 0;
    struct heif_error error = decode(decoder, hevc_plain, &is_suspect, image);
    if (error.code == heif_error_Ok && is_suspect) error = decode(decoder, hevc_noise, &is_incomplete, NULL);
    if (error.code == heif_error_Ok && is_incomplete) error = damaged("a part of the picture is missing");
    if (error.code != heif_error_Ok && *image) {
        hevc.heif_image_release(*image);
        *image = NULL;
    }
    return error;
}

static const struct heif_decoder_plugin decoder_plugin = {
    .plugin_api_version = 1,
    .get_plugin_name = name,
    .does_support_format = supports,
    .new_decoder = new_decoder,
    .free_decoder = free_decoder,
    .push_data = push_data,
    .decode_image = decode_image,
};

void hevc_decoder_register(void *libheif) {
    void *libde265 = dlopen(SHARED_LIBRARY("de265", "0"), RTLD_NOW | RTLD_LOCAL);
    if (libde265 && !(hevc_functions_load(libde265, libheif) &&
                      hevc.heif_register_decoder_plugin(&decoder_plugin).code == heif_error_Ok))
        dlclose(libde265);
}
