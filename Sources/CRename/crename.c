#include "crename.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#ifdef __APPLE__

static int rename_with(const char *from, const char *to, unsigned flags) {
    return renamex_np(from, to, flags) == 0 ? 0 : errno;
}

enum { exclusive = RENAME_EXCL, exchange = RENAME_SWAP };

#else

#include <fcntl.h>
#include <sys/syscall.h>

static int rename_with(const char *from, const char *to, unsigned flags) {
    return syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, flags) == 0 ? 0 : errno;
}

// RENAME_NOREPLACE and RENAME_EXCHANGE of linux/fs.h, which not every C library declares.
enum { exclusive = 1 << 0, exchange = 1 << 1 };

#endif

/// Whether the file system or the system knows no flags (NFS, some of FUSE, old kernels).
static int is_unsupported(int error) {
    return error == EINVAL || error == ENOSYS || error == ENOTSUP || error == EOPNOTSUPP;
}

int rename_exclusively(const char *from, const char *to) {
    int error = rename_with(from, to, exclusive);
    if (!is_unsupported(error)) return error;
    if (link(from, to) == 0) return unlink(from) == 0 ? 0 : errno;
    // File systems without links cannot do it in one step.
    if (errno != EPERM && !is_unsupported(errno)) return errno;
    if (access(to, F_OK) == 0) return EEXIST;
    return rename(from, to) == 0 ? 0 : errno;
}

int rename_exchanging(const char *from, const char *to) {
    int error = rename_with(from, to, exchange);
    if (!is_unsupported(error)) return error;
    return rename(from, to) == 0 ? 0 : errno;
}
