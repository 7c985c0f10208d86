#include "webp_reader.h"

#include <stdlib.h>

#include <webp/decode.h>
#include <webp/demux.h>

#include "shared_library.h"

#define DECODER_FUNCTIONS(F) \
    F(WebPGetDecoderVersion) \
    F(WebPGetFeaturesInternal) \
    F(WebPInitDecoderConfigInternal) \
    F(WebPDecode)

#define DEMUXER_FUNCTIONS(F) \
    F(WebPDemuxInternal) \
    F(WebPDemuxDelete) \
    F(WebPDemuxGetI) \
    F(WebPDemuxGetFrame) \
    F(WebPDemuxReleaseIterator) \
    F(WebPDemuxGetChunk) \
    F(WebPDemuxReleaseChunkIterator)

struct webp_library {
    DECODER_FUNCTIONS(FUNCTION_FIELD)
    DEMUXER_FUNCTIONS(FUNCTION_FIELD)
};

const char *const webp_decoder_name = SHARED_LIBRARY("webp", "7");
const char *const webp_demuxer_name = SHARED_LIBRARY("webpdemux", "2");

static const webp_library *load(webp_library *library, void *decoder, void *demuxer) {
#define LOAD_DECODER(function) LOAD_FUNCTION(library, decoder, function)
#define LOAD_DEMUXER(function) LOAD_FUNCTION(library, demuxer, function)
    DECODER_FUNCTIONS(LOAD_DECODER)
    DEMUXER_FUNCTIONS(LOAD_DEMUXER)
#undef LOAD_DECODER
#undef LOAD_DEMUXER
    return library;
}

const webp_library *webp_library_open(const char *decoder_name, const char *demuxer_name) {
    void *decoder = dlopen(decoder_name, RTLD_NOW | RTLD_LOCAL);
    void *demuxer = decoder ? dlopen(demuxer_name, RTLD_NOW | RTLD_LOCAL) : NULL;
    webp_library *library = demuxer ? calloc(1, sizeof *library) : NULL;
    if (library && load(library, decoder, demuxer)) return library;
    free(library);
    if (demuxer) dlclose(demuxer);
    if (decoder) dlclose(decoder);
    return NULL;
}

int webp_library_version(const webp_library *library) { return library->WebPGetDecoderVersion(); }

struct webp_reader {
    const webp_library *library;
    WebPDemuxer *demuxer;
    WebPIterator frame;
    int has_frame;
    WebPChunkIterator exif, xmp;
    int has_exif, has_xmp;
};

void webp_reader_close(webp_reader *reader) {
    if (!reader) return;
    const webp_library *library = reader->library;
    if (reader->has_xmp) library->WebPDemuxReleaseChunkIterator(&reader->xmp);
    if (reader->has_exif) library->WebPDemuxReleaseChunkIterator(&reader->exif);
    if (reader->has_frame) library->WebPDemuxReleaseIterator(&reader->frame);
    if (reader->demuxer) library->WebPDemuxDelete(reader->demuxer);
    free(reader);
}

codec_status webp_reader_open(
    const webp_library *library, const uint8_t *bytes, size_t count, webp_reader **out, webp_reader_image *image) {
    webp_reader *reader = *out = calloc(1, sizeof *reader);
    if (!reader) return CODEC_OUT_OF_MEMORY;
    reader->library = library;
    WebPBitstreamFeatures features;
    if (library->WebPGetFeaturesInternal(bytes, count, &features, WEBP_DECODER_ABI_VERSION) != VP8_STATUS_OK)
        return CODEC_CORRUPT;
    const WebPData data = {bytes, count};
    reader->demuxer = library->WebPDemuxInternal(&data, 0, NULL, WEBP_DEMUX_ABI_VERSION);
    if (!reader->demuxer) return CODEC_CORRUPT;
    reader->has_frame = library->WebPDemuxGetFrame(reader->demuxer, 1, &reader->frame);
    if (!reader->has_frame || !reader->frame.complete) return CODEC_CORRUPT;
    reader->has_exif = library->WebPDemuxGetChunk(reader->demuxer, "EXIF", 1, &reader->exif);
    reader->has_xmp = library->WebPDemuxGetChunk(reader->demuxer, "XMP ", 1, &reader->xmp);
    *image = (webp_reader_image){
        .width = library->WebPDemuxGetI(reader->demuxer, WEBP_FF_CANVAS_WIDTH),
        .height = library->WebPDemuxGetI(reader->demuxer, WEBP_FF_CANVAS_HEIGHT),
        .has_alpha = features.has_alpha,
        // 1 is lossy; 0, of an animation, any.
        .keeps_planes = features.format != 1 || features.has_alpha,
        .x = (uint32_t)reader->frame.x_offset,
        .y = (uint32_t)reader->frame.y_offset,
        .frame_width = (uint32_t)reader->frame.width,
        .frame_height = (uint32_t)reader->frame.height,
        .exif = reader->has_exif ? reader->exif.chunk.bytes : NULL,
        .exif_count = reader->has_exif ? reader->exif.chunk.size : 0,
        .xmp = reader->has_xmp ? reader->xmp.chunk.bytes : NULL,
        .xmp_count = reader->has_xmp ? reader->xmp.chunk.size : 0,
    };
    return CODEC_OK;
}

codec_status webp_reader_pixels(webp_reader *reader, uint8_t *pixels, size_t stride, int with_alpha) {
    WebPDecoderConfig config;
    if (!reader->library->WebPInitDecoderConfigInternal(&config, WEBP_DECODER_ABI_VERSION)) return CODEC_CORRUPT;
    const size_t rows = (size_t)reader->frame.height;
    config.output.colorspace = with_alpha ? MODE_RGBA : MODE_RGB;
    config.output.is_external_memory = 1;
    config.output.u.RGBA.rgba = pixels;
    config.output.u.RGBA.stride = (int)stride;
    // Of the last row only its own bytes are ours.
    config.output.u.RGBA.size = (rows - 1) * stride + (size_t)reader->frame.width * (with_alpha ? 4 : 3);
    const WebPData fragment = reader->frame.fragment;
    switch (reader->library->WebPDecode(fragment.bytes, fragment.size, &config)) {
        case VP8_STATUS_OK: return CODEC_OK;
        case VP8_STATUS_OUT_OF_MEMORY: return CODEC_OUT_OF_MEMORY;
        default: return CODEC_CORRUPT;
    }
}
