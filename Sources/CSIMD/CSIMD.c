// Header only; SwiftPM asks a C target for one source file.
#include "CSIMD.h"
