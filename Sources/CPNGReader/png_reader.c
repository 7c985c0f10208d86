#include "png_reader.h"

#include <png.h>
#include <stdlib.h>
#include <string.h>

struct png_reader {
    png_structp png;
    png_infop info;
    const uint8_t *bytes;
    size_t count, position;
    char message[96];
};

static void on_error(png_structp png, png_const_charp message) {
    png_reader *reader = png_get_error_ptr(png);
    strncpy(reader->message, message, sizeof reader->message - 1);
    png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp message) {
    (void)png;
    (void)message;
}

static void on_read(png_structp png, png_bytep out, size_t count) {
    png_reader *reader = png_get_io_ptr(png);
    if (count > reader->count - reader->position) png_error(png, "the file ends early");
    memcpy(out, reader->bytes + reader->position, count);
    reader->position += count;
}

png_reader *png_reader_create(const uint8_t *bytes, size_t count) {
    png_reader *reader = calloc(1, sizeof *reader);
    if (!reader) return NULL;
    reader->bytes = bytes;
    reader->count = count;
    reader->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, reader, on_error, on_warning);
    reader->info = reader->png ? png_create_info_struct(reader->png) : NULL;
    if (!reader->info) {
        png_reader_destroy(reader);
        return NULL;
    }
    png_set_read_fn(reader->png, reader, on_read);
    return reader;
}

void png_reader_destroy(png_reader *reader) {
    if (!reader) return;
    png_destroy_read_struct(&reader->png, &reader->info, NULL);
    free(reader);
}

const char *png_reader_message(const png_reader *reader) { return reader->message; }

static void get_exif(png_reader *reader, png_reader_image *image) {
    png_bytep exif = NULL;
    png_uint_32 size = 0;
    if (png_get_eXIf_1(reader->png, reader->info, &size, &exif)) {
        image->exif = exif;
        image->exif_size = size;
    }
}

int png_reader_header(png_reader *reader, png_reader_image *image) {
    png_structp png = reader->png;
    png_infop info = reader->info;
    if (setjmp(png_jmpbuf(png))) return -1;

    // A wrong CRC is an error in every chunk, not only in critical ones.
    png_set_crc_action(png, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);
    // The caller limits the number of pixels; libpng's own limit is a million a side.
    png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
    // Of the ancillary chunks only orientation and transparency matter. The others, which may be
    // compressed and large when unpacked, are checked and skipped.
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_AS_DEFAULT, (png_const_bytep) "eXIf", 1);
    png_read_info(png, info);

    const int color_type = png_get_color_type(png, info), depth = png_get_bit_depth(png, info);
    png_bytep alphas = NULL;
    png_color_16p key = NULL;
    int alpha_count = 0;
    const int has_transparency = png_get_tRNS(png, info, &alphas, &alpha_count, &key) != 0;

    memset(image, 0, sizeof *image);
    image->width = png_get_image_width(png, info);
    image->height = png_get_image_height(png, info);
    image->is_one_bit_gray = color_type == PNG_COLOR_TYPE_GRAY && depth == 1;
    if (color_type == PNG_COLOR_TYPE_PALETTE) {
        png_set_palette_to_rgb(png);
        if (has_transparency) png_set_tRNS_to_alpha(png);
    } else if (has_transparency && key) {
        image->has_color_key = 1;
        const int is_gray = (color_type & PNG_COLOR_MASK_COLOR) == 0;
        image->color_key[0] = is_gray ? key->gray : key->red;
        image->color_key[1] = is_gray ? key->gray : key->green;
        image->color_key[2] = is_gray ? key->gray : key->blue;
    }
    if (!(color_type == PNG_COLOR_TYPE_GRAY && depth == 16)) {
        if (depth == 16) png_set_strip_16(png);
        if (color_type == PNG_COLOR_TYPE_GRAY && depth < 8) png_set_expand_gray_1_2_4_to_8(png);
        if ((color_type & PNG_COLOR_MASK_COLOR) == 0) png_set_gray_to_rgb(png);
    }
    png_set_interlace_handling(png);
    png_read_update_info(png, info);
    image->channels = png_get_channels(png, info);
    image->bit_depth = png_get_bit_depth(png, info);
    get_exif(reader, image);
    return 0;
}

int png_reader_pixels(png_reader *reader, uint8_t *pixels, png_reader_image *image) {
    png_structp png = reader->png;
    if (setjmp(png_jmpbuf(png))) return -1;
    const size_t stride = png_get_rowbytes(png, reader->info);
    const int passes = png_get_interlace_type(png, reader->info) == PNG_INTERLACE_NONE ? 1 : 7;
    for (int pass = 0; pass < passes; ++pass)
        for (size_t y = 0; y < image->height; ++y) png_read_row(png, pixels + y * stride, NULL);
    png_read_end(png, reader->info);
    get_exif(reader, image);
    return 0;
}
