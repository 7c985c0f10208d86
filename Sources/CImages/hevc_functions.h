#ifndef HEVC_FUNCTIONS_H
#define HEVC_FUNCTIONS_H

#include <libde265/de265.h>
#include <libheif/heif.h>
#include <libheif/heif_plugin.h>

// What the decoder of HEVC calls of libde265 and libheif, which are opened at run time.
struct hevc_functions {
    __typeof__(de265_new_decoder) *de265_new_decoder;
    __typeof__(de265_free_decoder) *de265_free_decoder;
    __typeof__(de265_set_parameter_bool) *de265_set_parameter_bool;
    __typeof__(de265_push_NAL) *de265_push_NAL;
    __typeof__(de265_flush_data) *de265_flush_data;
    __typeof__(de265_decode) *de265_decode;
    __typeof__(de265_get_warning) *de265_get_warning;
    __typeof__(de265_get_next_picture) *de265_get_next_picture;
    __typeof__(de265_get_chroma_format) *de265_get_chroma_format;
    __typeof__(de265_get_image_width) *de265_get_image_width;
    __typeof__(de265_get_image_height) *de265_get_image_height;
    __typeof__(de265_get_bits_per_pixel) *de265_get_bits_per_pixel;
    __typeof__(de265_get_image_plane) *de265_get_image_plane;
    __typeof__(de265_set_image_allocation_functions) *de265_set_image_allocation_functions;
    __typeof__(de265_get_image_plane_user_data) *de265_get_image_plane_user_data;
    __typeof__(de265_set_image_plane) *de265_set_image_plane;
    __typeof__(de265_get_image_full_range_flag) *de265_get_image_full_range_flag;
    __typeof__(de265_get_image_colour_primaries) *de265_get_image_colour_primaries;
    __typeof__(de265_get_image_transfer_characteristics) *de265_get_image_transfer_characteristics;
    __typeof__(de265_get_image_matrix_coefficients) *de265_get_image_matrix_coefficients;
    __typeof__(heif_register_decoder_plugin) *heif_register_decoder_plugin;
    __typeof__(heif_image_create) *heif_image_create;
    __typeof__(heif_image_add_plane) *heif_image_add_plane;
    __typeof__(heif_image_get_plane) *heif_image_get_plane;
    __typeof__(heif_image_release) *heif_image_release;
    __typeof__(heif_image_set_nclx_color_profile) *heif_image_set_nclx_color_profile;
    __typeof__(heif_nclx_color_profile_alloc) *heif_nclx_color_profile_alloc;
    __typeof__(heif_nclx_color_profile_free) *heif_nclx_color_profile_free;
    __typeof__(heif_nclx_color_profile_set_color_primaries) *heif_nclx_color_profile_set_color_primaries;
    __typeof__(heif_nclx_color_profile_set_transfer_characteristics)
        *heif_nclx_color_profile_set_transfer_characteristics;
    __typeof__(heif_nclx_color_profile_set_matrix_coefficients) *heif_nclx_color_profile_set_matrix_coefficients;
};

extern struct hevc_functions hevc;

// Fills `hevc`; returns 0 if a function is not there.
int hevc_functions_load(void *libde265, void *libheif);

#endif
