#ifndef CSQLITE_SHIM_H
#define CSQLITE_SHIM_H

#include <sqlite3.h>

// Swift does not import a macro that is a cast, nor functions with variable arguments.

static inline int csqlite_bind_text(sqlite3_stmt *statement, int index, const void *text, int count) {
    return sqlite3_bind_text(statement, index, (const char *)text, count, SQLITE_TRANSIENT);
}
static inline int csqlite_bind_blob(sqlite3_stmt *statement, int index, const void *bytes, int count) {
    return sqlite3_bind_blob(statement, index, bytes, count, SQLITE_TRANSIENT);
}
static inline int csqlite_configure(sqlite3 *database, int option, int value) {
    return sqlite3_db_config(database, option, value, (int *)0);
}

// Where SQLite has mapped the beginning of a database's file, and how much of it; null if it has not.
static inline const void *csqlite_mapping(sqlite3 *database, long *size) {
    sqlite3_file *file = 0;
    sqlite3_int64 limit = -1, length = 0;
    void *start = 0;
    if (sqlite3_file_control(database, "main", SQLITE_FCNTL_FILE_POINTER, &file) != SQLITE_OK || !file
        || !file->pMethods || file->pMethods->iVersion < 3
        || sqlite3_file_control(database, "main", SQLITE_FCNTL_MMAP_SIZE, &limit) != SQLITE_OK || limit <= 0
        || file->pMethods->xFileSize(file, &length) != SQLITE_OK || length <= 0
        || file->pMethods->xFetch(file, 0, 1, &start) != SQLITE_OK || !start) {
        return 0;
    }
    file->pMethods->xUnfetch(file, 0, start);
    *size = (long)(length < limit ? length : limit);
    return start;
}

#endif
