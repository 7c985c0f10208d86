#pragma once

#include <stdbool.h>
#include <stddef.h>

// A mapped file that another program truncates, or whose disk fails, ends its reader with
// SIGBUS. Watched ranges read as zeros instead and record the failure for their readers. (systemd's
// sigbus.c does the same.)

// Takes over SIGBUS; faults elsewhere go on to the handler that was there. Once is enough.
void mapping_guard_install(void);

// Watches a range of whole pages. Returns a number for the functions below, or -1 when as many
// ranges as there is room for are watched already.
int mapping_guard_add(const void *_Nonnull start, size_t size);

// Whether something in the range could not be read from its file.
bool mapping_guard_has_faulted(int range);

// To be called before the range is unmapped.
void mapping_guard_remove(int range);
