#include "png_reader.h"

#include <png.h>
#include <stdlib.h>
#include <string.h>

struct png_reader {
    png_structp png;
    png_infop info;
    const uint8_t *bytes;
    size_t count, position;
    // The end of the chunk that is being read, its checksum included.
    size_t chunk_end;
    // Bytes of chunks' data that were read, and how many there may be after the current row.
    size_t data, data_limit;
    // Whether all rows were read, so that what follows the image data is of no interest.
    int is_finishing;
    codec_status status;
    char message[96];
};

// Bytes that may be read for a row beyond its own: what libpng reads ahead, and what a careless writer
// leaves after the last row. libpng inflates all of that, to a thousand times its size, only to throw it
// away. Chunks' headers and checksums are not counted: an encoder may write them every few bytes.
enum { row_slack = 1 << 16, signature_size = 8 };

static void on_error(png_structp png, png_const_charp message) {
    png_reader *reader = png_get_error_ptr(png);
    strncpy(reader->message, message, sizeof reader->message - 1);
    if (reader->status == CODEC_OK) reader->status = CODEC_CORRUPT;
    png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp message) {
    (void)png;
    (void)message;
}

static void on_read(png_structp png, png_bytep out, size_t count) {
    png_reader *reader = png_get_io_ptr(png);
    const uint8_t *next = reader->bytes + reader->position;
    const size_t left = reader->count - reader->position;
    if (reader->position == reader->chunk_end) {
        // libpng reads a chunk's length and type at once.
        const int is_header = left >= 8;
        if (reader->is_finishing && (!is_header || memcmp(next + 4, "IDAT", 4) != 0)) png_longjmp(png, 1);
        if (is_header) {
            const size_t length =
                (size_t)next[0] << 24 | (size_t)next[1] << 16 | (size_t)next[2] << 8 | (size_t)next[3];
            reader->chunk_end = reader->position + 12 + length;
        }
    } else if (reader->position + 4 < reader->chunk_end) {
        reader->data += count;
    }
    if (count > left) png_error(png, "the file ends early");
    if (reader->data > reader->data_limit) png_error(png, "image data goes on after the last row");
    memcpy(out, next, count);
    reader->position += count;
}

static png_voidp on_allocate(png_structp png, png_alloc_size_t size) {
    png_reader *reader = png_get_mem_ptr(png);
    void *memory = malloc(size);
    if (!memory) reader->status = CODEC_OUT_OF_MEMORY;
    return memory;
}

static void on_free(png_structp png, png_voidp memory) {
    (void)png;
    free(memory);
}

const char *png_library_version(void) { return png_get_libpng_ver(NULL); }

png_reader *png_reader_create(const uint8_t *bytes, size_t count) {
    png_reader *reader = calloc(1, sizeof *reader);
    if (!reader) return NULL;
    reader->bytes = bytes;
    reader->count = count;
    reader->chunk_end = signature_size;
    reader->data_limit = SIZE_MAX;
    reader->png = png_create_read_struct_2(
        PNG_LIBPNG_VER_STRING, reader, on_error, on_warning, reader, on_allocate, on_free);
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

codec_status png_reader_header(png_reader *reader, png_reader_image *image) {
    png_structp png = reader->png;
    png_infop info = reader->info;
    if (setjmp(png_jmpbuf(png))) return reader->status;

    // A wrong CRC is an error in every chunk, not only in critical ones.
    png_set_crc_action(png, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);
    // The caller limits the number of pixels; libpng's own limit is a million per side.
    png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
    // No ancillary chunk matters here. They may be compressed, and large when unpacked: they are checked and skipped.
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
    // Some encoders promise a smaller window in zlib's header than they use.
    png_set_option(png, PNG_MAXIMUM_INFLATE_WINDOW, PNG_OPTION_ON);
    png_read_info(png, info);

    const int color_type = png_get_color_type(png, info), depth = png_get_bit_depth(png, info);

    memset(image, 0, sizeof *image);
    image->width = png_get_image_width(png, info);
    image->height = png_get_image_height(png, info);
    image->stored_row_bytes = png_get_rowbytes(png, info);
    image->color = color_type == PNG_COLOR_TYPE_PALETTE ? PNG_READER_PALETTE
        : color_type == PNG_COLOR_TYPE_GRAY             ? PNG_READER_GRAY
        : color_type == PNG_COLOR_TYPE_RGB              ? PNG_READER_RGB
                                                        : PNG_READER_ALPHA;
    image->is_one_bit_gray = color_type == PNG_COLOR_TYPE_GRAY && depth == 1;
    if (color_type == PNG_COLOR_TYPE_PALETTE) {
        png_colorp palette = NULL;
        int entries = 0;
        png_get_PLTE(png, info, &palette, &entries);
        for (int i = 0; i < entries && i < 256; ++i) {
            image->palette[3 * i] = palette[i].red;
            image->palette[3 * i + 1] = palette[i].green;
            image->palette[3 * i + 2] = palette[i].blue;
        }
        png_set_packing(png);
    } else if (!(color_type == PNG_COLOR_TYPE_GRAY && depth == 16)) {
        if (depth == 16) png_set_strip_16(png);
        if (color_type == PNG_COLOR_TYPE_GRAY && depth < 8) png_set_expand_gray_1_2_4_to_8(png);
        if ((color_type & PNG_COLOR_MASK_COLOR) == 0) png_set_gray_to_rgb(png);
    }
    image->is_interlaced = png_set_interlace_handling(png) > 1;
    png_read_update_info(png, info);
    image->channels = png_get_channels(png, info);
    image->bit_depth = png_get_bit_depth(png, info);
    return CODEC_OK;
}

codec_status png_reader_rows(png_reader *reader, uint8_t *rows, uint32_t count) {
    png_structp png = reader->png;
    if (setjmp(png_jmpbuf(png))) return reader->status;
    const size_t stride = png_get_rowbytes(png, reader->info);
    const int passes = png_get_interlace_type(png, reader->info) == PNG_INTERLACE_NONE ? 1 : 7;
    for (int pass = 0; pass < passes; ++pass)
        for (uint32_t y = 0; y < count; ++y) {
            // At worst, zlib makes a row longer by five bytes in 16 kB.
            reader->data_limit = reader->data + stride + stride / 1024 + row_slack;
            png_read_row(png, rows + y * stride, NULL);
        }
    reader->data_limit = SIZE_MAX;
    return CODEC_OK;
}

codec_status png_reader_finish(png_reader *reader) {
    png_structp png = reader->png;
    // on_read ends this at the first chunk that is no image data.
    if (setjmp(png_jmpbuf(png))) return reader->status;
    reader->is_finishing = 1;
    png_read_end(png, NULL);
    return CODEC_OK;
}
