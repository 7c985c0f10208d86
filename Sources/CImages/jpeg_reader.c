#include "jpeg_reader.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#include <jpeglib.h>
#include <jerror.h>

// As many as TurboJPEG allows. Real files have some ten.
enum { maximum_scans = 500 };

struct jpeg_reader {
    struct jpeg_decompress_struct jpeg;
    struct jpeg_error_mgr errors;
    struct jpeg_progress_mgr progress;
    jmp_buf caller;
    codec_status status;
    uint64_t blocks, block_limit;
    int scan;
    // Whether scans are being read, and whether the file ended within one.
    int is_scanning, has_ended;
    char message[JMSG_LENGTH_MAX];
};

static void on_error(j_common_ptr jpeg) {
    jpeg_reader *reader = jpeg->client_data;
    jpeg->err->format_message(jpeg, reader->message);
    switch (jpeg->err->msg_code) {
        case JERR_OUT_OF_MEMORY: reader->status = CODEC_OUT_OF_MEMORY; break;
        // libjpeg would swap coefficients to a file where they exceed max_memory_to_use.
        case JERR_NO_BACKING_STORE: reader->status = CODEC_MEMORY_LIMIT; break;
        default: reader->status = CODEC_CORRUPT; break;
    }
    longjmp(reader->caller, 1);
}

// Warnings that leave the picture whole: stray bytes between segments and odd version numbers are
// common in good photos. After every other warning libjpeg would go on with made-up pixels.
static void on_message(j_common_ptr jpeg, int level) {
    if (level >= 0) return;
    switch (jpeg->err->msg_code) {
        case JWRN_EXTRANEOUS_DATA:
        case JWRN_ADOBE_XFORM:
        case JWRN_JFIF_MAJOR:
        case JWRN_BOGUS_PROGRESSION:
        case JWRN_NOT_SEQUENTIAL: return;
        default: on_error(jpeg);
    }
}

static void fail(jpeg_reader *reader, codec_status status, const char *message) {
    snprintf(reader->message, sizeof reader->message, "%s", message);
    reader->status = status;
    longjmp(reader->caller, 1);
}

// Stands in for an end marker that is missing. Of Huffman-coded data that end too early libjpeg then warns as soon
// as a bit of them is needed, so that a picture comes out only if it is whole. Of arithmetic-coded data it does not.
static boolean on_end_of_file(j_decompress_ptr jpeg) {
    static const JOCTET end_marker[] = {0xFF, JPEG_EOI};
    jpeg_reader *reader = jpeg->client_data;
    if (!reader->is_scanning || jpeg->arith_code) WARNMS(jpeg, JWRN_JPEG_EOF);
    reader->has_ended = 1;
    jpeg->src->next_input_byte = end_marker;
    jpeg->src->bytes_in_buffer = sizeof end_marker;
    return TRUE;
}

// Fails if parts of the picture never came: libjpeg makes up for them, gray where a component has no scan, and smooth
// where a progressive JPEG ends early (libjpeg-turbo before 3.0 otherwise than later).
static void check_completeness(jpeg_reader *reader) {
    const j_decompress_ptr jpeg = &reader->jpeg;
    for (int component = 0; component < jpeg->num_components; ++component) {
        // The table is taken over at the first scan of a component.
        if (!jpeg->comp_info[component].quant_table) fail(reader, CODEC_CORRUPT, "a component has no scan");
        if (!jpeg->coef_bits) continue;
        // Bits that are missing of a coefficient; -1 if it never came. Newer versions smooth by the first ten.
        const int *missing = jpeg->coef_bits[component];
        const int count = reader->has_ended ? DCTSIZE2 : 10;
        for (int coefficient = 0; coefficient < count; ++coefficient)
            if (missing[coefficient] != 0) fail(reader, CODEC_CORRUPT, "the last scans are missing");
    }
}

// To be called before any of a scan's data is read. An arithmetic decoder makes do with zeros where data
// end, without a warning, since encoders may drop zeros at the end; but no encoder drops all.
static void check_scan_data(jpeg_reader *reader) {
    const struct jpeg_source_mgr *source = reader->jpeg.src;
    if (!reader->jpeg.arith_code || source->bytes_in_buffer < 2) return;
    const JOCTET *data = source->next_input_byte;
    if (data[0] == 0xFF && data[1] != 0x00) fail(reader, CODEC_CORRUPT, "an arithmetic-coded scan has no data");
}

// Called while the scans of a multi-scan image are read. A scan can visit millions of blocks in a few
// bytes, so what bounds the time is their number.
static void on_progress(j_common_ptr common) {
    j_decompress_ptr jpeg = (j_decompress_ptr)common;
    jpeg_reader *reader = common->client_data;
    if (jpeg->input_scan_number == reader->scan) return;
    reader->scan = jpeg->input_scan_number;
    reader->blocks += (uint64_t)jpeg->MCUs_per_row * jpeg->MCU_rows_in_scan * (uint64_t)jpeg->blocks_in_MCU;
    if (reader->blocks > reader->block_limit || reader->scan > maximum_scans)
        fail(reader, CODEC_WORK_LIMIT, "too many scans");
    check_scan_data(reader);
}

#define TEXT(macro) TEXT_OF(macro)
#define TEXT_OF(value) #value

const char *jpeg_library_version(void) { return TEXT(LIBJPEG_TURBO_VERSION); }

jpeg_reader *jpeg_reader_create(const uint8_t *bytes, size_t count) {
    jpeg_reader *reader = calloc(1, sizeof *reader);
    if (!reader) return NULL;
    reader->jpeg.err = jpeg_std_error(&reader->errors);
    reader->jpeg.client_data = reader;
    reader->errors.error_exit = on_error;
    reader->errors.emit_message = on_message;
    if (setjmp(reader->caller)) {
        jpeg_reader_destroy(reader);
        return NULL;
    }
    jpeg_create_decompress(&reader->jpeg);
    jpeg_mem_src(&reader->jpeg, bytes, count);
    reader->jpeg.src->fill_input_buffer = on_end_of_file;
    return reader;
}

void jpeg_reader_destroy(jpeg_reader *reader) {
    if (!reader) return;
    jpeg_destroy_decompress(&reader->jpeg);
    free(reader);
}

const char *jpeg_reader_message(const jpeg_reader *reader) { return reader->message; }

codec_status jpeg_reader_header(jpeg_reader *reader, jpeg_reader_image *image) {
    if (setjmp(reader->caller)) return reader->status;
    jpeg_read_header(&reader->jpeg, TRUE);
    image->width = reader->jpeg.image_width;
    image->height = reader->jpeg.image_height;
    image->components = reader->jpeg.num_components;
    return CODEC_OK;
}

codec_status jpeg_reader_start(jpeg_reader *reader, jpeg_reader_limits limits, jpeg_reader_image *image) {
    j_decompress_ptr jpeg = &reader->jpeg;
    if (setjmp(reader->caller)) return reader->status;
    // Zero would be no limit.
    jpeg->mem->max_memory_to_use = limits.memory > 0 ? (long)limits.memory : 1;
    reader->block_limit = limits.blocks;
    reader->progress.progress_monitor = on_progress;
    jpeg->progress = &reader->progress;
    jpeg->out_color_space = jpeg->num_components == 4 ? JCS_CMYK : JCS_RGB;
    jpeg->scale_num = (unsigned)limits.eighths;
    jpeg->scale_denom = 8;
    check_scan_data(reader);
    reader->is_scanning = 1;
    jpeg_start_decompress(jpeg);
    if (jpeg_has_multiple_scans(jpeg)) check_completeness(reader);
    image->width = jpeg->output_width;
    image->height = jpeg->output_height;
    image->components = jpeg->output_components;
    return CODEC_OK;
}

codec_status jpeg_reader_rows(jpeg_reader *reader, uint8_t *rows, uint32_t count) {
    j_decompress_ptr jpeg = &reader->jpeg;
    if (setjmp(reader->caller)) return reader->status;
    const size_t stride = (size_t)jpeg->output_width * (size_t)jpeg->output_components;
    JSAMPROW pointers[8];
    while (count > 0) {
        JDIMENSION wanted = count < 8 ? count : 8;
        for (JDIMENSION i = 0; i < wanted; ++i) pointers[i] = rows + i * stride;
        const JDIMENSION read = jpeg_read_scanlines(jpeg, pointers, wanted);
        rows += read * stride;
        count -= read;
    }
    return CODEC_OK;
}
