#include "heif_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libheif/heif.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "hevc_decoder.h"
#include "hevc_missing_parts.h"
#include "shared_library.h"

#define HEIF_FUNCTIONS(F) \
    F(heif_get_version) \
    F(heif_have_decoder_for_format) \
    F(heif_context_alloc) \
    F(heif_context_free) \
    F(heif_context_read_from_memory_without_copy) \
    F(heif_context_get_primary_image_handle) \
    F(heif_image_handle_release) \
    F(heif_image_handle_get_width) \
    F(heif_image_handle_get_height) \
    F(heif_image_handle_get_luma_bits_per_pixel) \
    F(heif_image_handle_has_alpha_channel) \
    F(heif_image_handle_is_premultiplied_alpha) \
    F(heif_decoding_options_alloc) \
    F(heif_decoding_options_free) \
    F(heif_decode_image) \
    F(heif_image_get_decoding_warnings) \
    F(heif_image_release) \
    F(heif_image_get_width) \
    F(heif_image_get_height) \
    F(heif_image_get_plane_readonly)

struct heif_library {
    HEIF_FUNCTIONS(FUNCTION_FIELD)
};

const char *const heif_library_name = SHARED_LIBRARY("heif", "1");

static const heif_library *load(heif_library *library, void *handle) {
#define LOAD(function) LOAD_FUNCTION(library, handle, function)
    HEIF_FUNCTIONS(LOAD)
#undef LOAD
    return library;
}

const heif_library *heif_library_open(const char *name) {
    void *handle = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    heif_library *library = handle ? calloc(1, sizeof *library) : NULL;
    if (library && load(library, handle)) {
        // Versions that have it load their decoders there.
        struct heif_error (*initialize)(void *) = (struct heif_error (*)(void *))dlsym(handle, "heif_init");
        if (initialize) initialize(NULL);
        hevc_decoder_register(handle);
#ifdef __GLIBC__
        // From now on all memory is filled with this when it is allocated (the setting is its complement): no part of a
        // damaged picture shows what was in memory before, whatever decoder libheif has.
        mallopt(M_PERTURB, 0xFF ^ hevc_plain_byte);
#endif
        return library;
    }
    free(library);
    if (handle) dlclose(handle);
    return NULL;
}

const char *heif_library_version(const heif_library *library) { return library->heif_get_version(); }

int heif_library_reads_heic(const heif_library *library) {
    return library->heif_have_decoder_for_format(heif_compression_HEVC);
}

int heif_library_reads_avif(const heif_library *library) {
    return library->heif_have_decoder_for_format(heif_compression_AV1);
}

struct heif_file {
    const heif_library *library;
    struct heif_context *context;
    struct heif_image_handle *handle;
    struct heif_image *image;
    int has_alpha;
    char message[160];
};

void heif_file_close(heif_file *reader) {
    if (!reader) return;
    const heif_library *library = reader->library;
    if (reader->image) library->heif_image_release(reader->image);
    if (reader->handle) library->heif_image_handle_release(reader->handle);
    if (reader->context) library->heif_context_free(reader->context);
    free(reader);
}

const char *heif_file_message(const heif_file *reader) { return reader->message; }

static codec_status status_of(heif_file *reader, struct heif_error error) {
    if (error.code == heif_error_Ok) return CODEC_OK;
    const char *message = error.message ? error.message : "no reason given", *of_decoder = "Unspecified: ";
    // What a decoder says is after what libheif says of decoders.
    const char *reason = strstr(message, of_decoder);
    snprintf(reader->message, sizeof reader->message, "%s", reason ? reason + strlen(of_decoder) : message);
    // Some reasons have line breaks.
    size_t end = 0;
    for (char *c = reader->message; *c; ++c) {
        if ((unsigned char)*c < ' ') *c = ' ';
        if (*c != ' ') end = (size_t)(c - reader->message) + 1;
    }
    reader->message[end] = 0;
    switch (error.code) {
        case heif_error_Memory_allocation_error:
            return error.subcode == heif_suberror_Security_limit_exceeded ? CODEC_MEMORY_LIMIT : CODEC_OUT_OF_MEMORY;
        case heif_error_Unsupported_feature:
        case heif_error_Unsupported_filetype: return CODEC_UNSUPPORTED;
        default: return CODEC_CORRUPT;
    }
}

codec_status heif_file_open(
    const heif_library *library, const uint8_t *bytes, size_t count, heif_file **out, heif_file_image *image) {
    heif_file *reader = *out = calloc(1, sizeof *reader);
    if (!reader) return CODEC_OUT_OF_MEMORY;
    reader->library = library;
    reader->context = library->heif_context_alloc();
    if (!reader->context) return CODEC_OUT_OF_MEMORY;
    codec_status status = status_of(
        reader, library->heif_context_read_from_memory_without_copy(reader->context, bytes, count, NULL));
    if (status == CODEC_OK)
        status = status_of(reader, library->heif_context_get_primary_image_handle(reader->context, &reader->handle));
    if (status != CODEC_OK) return status;
    const int width = library->heif_image_handle_get_width(reader->handle);
    const int height = library->heif_image_handle_get_height(reader->handle);
    const int bits = library->heif_image_handle_get_luma_bits_per_pixel(reader->handle);
    reader->has_alpha = library->heif_image_handle_has_alpha_channel(reader->handle);
    *image = (heif_file_image){
        .width = width > 0 ? (uint32_t)width : 0,
        .height = height > 0 ? (uint32_t)height : 0,
        // Not every kind of image says how many it has.
        .bits_per_sample = bits > 0 ? bits : 8,
        .has_alpha = reader->has_alpha,
        .is_premultiplied = library->heif_image_handle_is_premultiplied_alpha(reader->handle),
    };
    return CODEC_OK;
}

codec_status heif_file_pixels(heif_file *reader, const uint8_t **pixels, size_t *stride) {
    const heif_library *library = reader->library;
    struct heif_decoding_options *options = library->heif_decoding_options_alloc();
    if (!options) return CODEC_OUT_OF_MEMORY;
    options->convert_hdr_to_8bit = 1;
    const codec_status status = status_of(
        reader, library->heif_decode_image(
                    reader->handle, &reader->image, heif_colorspace_RGB,
                    reader->has_alpha ? heif_chroma_interleaved_RGBA : heif_chroma_interleaved_RGB, options));
    library->heif_decoding_options_free(options);
    if (status != CODEC_OK) return status;
    // What a decoder warns of leaves pixels that it made up. (It would be an error if the options were strict, but the
    // decoders of AV1 forget their picture then; and libheif 1.15 writes more warnings than there is room for.)
    if (library->heif_image_get_decoding_warnings(reader->image, 0, NULL, 0) > 0) {
        snprintf(reader->message, sizeof reader->message, "its decoder warns of it");
        return CODEC_CORRUPT;
    }
    int row_bytes = 0;
    *pixels = library->heif_image_get_plane_readonly(reader->image, heif_channel_interleaved, &row_bytes);
    *stride = (size_t)row_bytes;
    const int width = library->heif_image_get_width(reader->image, heif_channel_interleaved);
    const int height = library->heif_image_get_height(reader->image, heif_channel_interleaved);
    if (*pixels && row_bytes > 0 && width == library->heif_image_handle_get_width(reader->handle) &&
        height == library->heif_image_handle_get_height(reader->handle))
        return CODEC_OK;
    snprintf(reader->message, sizeof reader->message, "the image has another size than the file says");
    return CODEC_CORRUPT;
}
