#ifndef BUILD_STAMP_H
#define BUILD_STAMP_H

/// The commit that the program was built from, or "" where the build was not told
/// (the environment variable XCEPTION_COMMIT, which `make build` sets).
extern const char *const build_commit;

#endif
