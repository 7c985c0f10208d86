#ifndef CODEC_STATUS_H
#define CODEC_STATUS_H

// How a call of a reader or writer ended. After anything but CODEC_OK the reader is only good for
// its message and for being destroyed.
typedef enum {
    CODEC_OK,
    CODEC_CORRUPT,        // the file is damaged
    CODEC_OUT_OF_MEMORY,  // the system has no memory left
    CODEC_MEMORY_LIMIT,   // more memory than the caller allows
    CODEC_WORK_LIMIT,     // more work than the caller allows
    CODEC_UNSUPPORTED,    // the file is of a kind that the library does not read
} codec_status;

#endif
