#include "build_stamp.h"

#ifndef XCEPTION_COMMIT
#define XCEPTION_COMMIT ""
#endif

const char *const build_commit = XCEPTION_COMMIT;
