#ifndef FUZZER_DRIVER_H
#define FUZZER_DRIVER_H

#include <stddef.h>
#include <stdint.h>

// libFuzzer's loop, for programs that have a main of their own.
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*fuzz)(const uint8_t *data, size_t size));

#endif
