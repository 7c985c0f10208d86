#ifndef BUILD_STAMP_H
#define BUILD_STAMP_H

/// The commit that the program was built from, or "" if the build did not get it
/// (the environment variable XCEPTION_COMMIT, which `make build` sets).
extern const char *const build_commit;

#endif
