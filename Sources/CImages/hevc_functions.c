#include "hevc_functions.h"

struct hevc_functions hevc;

static const struct hevc_functions *load(struct hevc_functions *functions, void *libde265, void *libheif) {
#define LOAD_LIBDE265(function) LOAD_FUNCTION(functions, libde265, function)
#define LOAD_LIBHEIF(function) LOAD_FUNCTION(functions, libheif, function)
    LIBDE265_FUNCTIONS(LOAD_LIBDE265)
    LIBHEIF_FUNCTIONS(LOAD_LIBHEIF)
#undef LOAD_LIBDE265
#undef LOAD_LIBHEIF
    return functions;
}

int hevc_functions_load(void *libde265, void *libheif) { return load(&hevc, libde265, libheif) != NULL; }
