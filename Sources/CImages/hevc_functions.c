#include "hevc_functions.h"

#include "shared_library.h"

struct hevc_functions hevc;

static const struct hevc_functions *load(struct hevc_functions *functions, void *libde265, void *libheif) {
    LOAD_FUNCTION(functions, libde265, de265_new_decoder);
    LOAD_FUNCTION(functions, libde265, de265_free_decoder);
    LOAD_FUNCTION(functions, libde265, de265_set_parameter_bool);
    LOAD_FUNCTION(functions, libde265, de265_push_NAL);
    LOAD_FUNCTION(functions, libde265, de265_flush_data);
    LOAD_FUNCTION(functions, libde265, de265_decode);
    LOAD_FUNCTION(functions, libde265, de265_get_warning);
    LOAD_FUNCTION(functions, libde265, de265_get_next_picture);
    LOAD_FUNCTION(functions, libde265, de265_get_chroma_format);
    LOAD_FUNCTION(functions, libde265, de265_get_image_width);
    LOAD_FUNCTION(functions, libde265, de265_get_image_height);
    LOAD_FUNCTION(functions, libde265, de265_get_bits_per_pixel);
    LOAD_FUNCTION(functions, libde265, de265_get_image_plane);
    LOAD_FUNCTION(functions, libde265, de265_set_image_allocation_functions);
    LOAD_FUNCTION(functions, libde265, de265_get_image_plane_user_data);
    LOAD_FUNCTION(functions, libde265, de265_set_image_plane);
    LOAD_FUNCTION(functions, libde265, de265_get_image_full_range_flag);
    LOAD_FUNCTION(functions, libde265, de265_get_image_colour_primaries);
    LOAD_FUNCTION(functions, libde265, de265_get_image_transfer_characteristics);
    LOAD_FUNCTION(functions, libde265, de265_get_image_matrix_coefficients);
    LOAD_FUNCTION(functions, libheif, heif_register_decoder_plugin);
    LOAD_FUNCTION(functions, libheif, heif_image_create);
    LOAD_FUNCTION(functions, libheif, heif_image_add_plane);
    LOAD_FUNCTION(functions, libheif, heif_image_get_plane);
    LOAD_FUNCTION(functions, libheif, heif_image_release);
    LOAD_FUNCTION(functions, libheif, heif_image_set_nclx_color_profile);
    LOAD_FUNCTION(functions, libheif, heif_nclx_color_profile_alloc);
    LOAD_FUNCTION(functions, libheif, heif_nclx_color_profile_free);
    LOAD_FUNCTION(functions, libheif, heif_nclx_color_profile_set_color_primaries);
    LOAD_FUNCTION(functions, libheif, heif_nclx_color_profile_set_transfer_characteristics);
    LOAD_FUNCTION(functions, libheif, heif_nclx_color_profile_set_matrix_coefficients);
    return functions;
}

int hevc_functions_load(void *libde265, void *libheif) { return load(&hevc, libde265, libheif) != NULL; }
