#include "jpeg_writer.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#include <jpeglib.h>

typedef struct {
    struct jpeg_compress_struct jpeg;
    struct jpeg_error_mgr errors;
    jmp_buf caller;
    // Large enough for any picture of its size (tjBufSize's formula), so that libjpeg never replaces it.
    unsigned char *file;
    unsigned long count;
} jpeg_writer;

static void on_error(j_common_ptr jpeg) {
    jpeg_writer *writer = jpeg->client_data;
    longjmp(writer->caller, 1);
}

static void on_message(j_common_ptr jpeg, int level) {
    (void)jpeg;
    (void)level;
}

uint8_t *jpeg_write(const uint8_t *pixels, uint32_t width, uint32_t height, int quality, size_t *count) {
    jpeg_writer *writer = calloc(1, sizeof *writer);
    if (!writer) return NULL;
    j_compress_ptr jpeg = &writer->jpeg;
    jpeg->err = jpeg_std_error(&writer->errors);
    jpeg->client_data = writer;
    writer->errors.error_exit = on_error;
    writer->errors.emit_message = on_message;
    if (setjmp(writer->caller)) {
        jpeg_destroy_compress(jpeg);
        free(writer->file);
        free(writer);
        return NULL;
    }
    jpeg_create_compress(jpeg);
    writer->count = ((width + 15ul) & ~15ul) * ((height + 15ul) & ~15ul) * 3 + 2048;
    writer->file = malloc(writer->count);
    if (!writer->file) longjmp(writer->caller, 1);
    jpeg_mem_dest(jpeg, &writer->file, &writer->count);
    jpeg->image_width = width;
    jpeg->image_height = height;
    jpeg->input_components = 3;
    jpeg->in_color_space = JCS_RGB;
    jpeg_set_defaults(jpeg);
    jpeg_set_quality(jpeg, quality, TRUE);
    jpeg_start_compress(jpeg, TRUE);
    while (jpeg->next_scanline < height) {
        JSAMPROW row = (JSAMPROW)(pixels + (size_t)jpeg->next_scanline * width * 3);
        jpeg_write_scanlines(jpeg, &row, 1);
    }
    jpeg_finish_compress(jpeg);
    jpeg_destroy_compress(jpeg);
    uint8_t *file = writer->file;
    *count = writer->count;
    free(writer);
    return file;
}
