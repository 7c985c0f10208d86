#ifndef HEVC_FUNCTIONS_H
#define HEVC_FUNCTIONS_H

#include <libde265/de265.h>
#include <libheif/heif.h>
#include <libheif/heif_plugin.h>

#include "shared_library.h"

#define LIBDE265_FUNCTIONS(F) \
    F(de265_new_decoder) \
    F(de265_free_decoder) \
    F(de265_set_parameter_bool) \
    F(de265_push_NAL) \
    F(de265_flush_data) \
    F(de265_decode) \
    F(de265_get_warning) \
    F(de265_get_next_picture) \
    F(de265_get_chroma_format) \
    F(de265_get_image_width) \
    F(de265_get_image_height) \
    F(de265_get_bits_per_pixel) \
    F(de265_get_image_plane) \
    F(de265_set_image_allocation_functions) \
    F(de265_get_image_plane_user_data) \
    F(de265_set_image_plane) \
    F(de265_get_image_full_range_flag) \
    F(de265_get_image_colour_primaries) \
    F(de265_get_image_transfer_characteristics) \
    F(de265_get_image_matrix_coefficients)

#define LIBHEIF_FUNCTIONS(F) \
    F(heif_register_decoder_plugin) \
    F(heif_image_create) \
    F(heif_image_add_plane) \
    F(heif_image_get_plane) \
    F(heif_image_release) \
    F(heif_image_set_nclx_color_profile) \
    F(heif_nclx_color_profile_alloc) \
    F(heif_nclx_color_profile_free) \
    F(heif_nclx_color_profile_set_color_primaries) \
    F(heif_nclx_color_profile_set_transfer_characteristics) \
    F(heif_nclx_color_profile_set_matrix_coefficients)

// What the decoder of HEVC calls of libde265 and libheif, which are opened at run time.
struct hevc_functions {
    LIBDE265_FUNCTIONS(FUNCTION_FIELD)
    LIBHEIF_FUNCTIONS(FUNCTION_FIELD)
};

extern struct hevc_functions hevc;

// Fills `hevc`; returns 0 if a function is not there.
int hevc_functions_load(void *libde265, void *libheif);

#endif
