#include "CMappingGuard.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

// A process maps two files for a classifier; tests have some more at once.
enum { ROOM = 64 };

// `start` is 0 while the range is free and 1 while it is being filled in.
static struct {
    _Atomic uintptr_t start;
    uintptr_t end;
    atomic_bool has_faulted;
} ranges[ROOM];

static struct sigaction previous;
static uintptr_t page_size;

// Runs in a signal handler: atomics and system calls alone.
static void on_bus_error(int signal, siginfo_t *info, void *context) {
    uintptr_t address = (uintptr_t)info->si_addr;
    for (int i = 0; i < ROOM; i++) {
        uintptr_t start = atomic_load(&ranges[i].start);
        if (start <= 1 || address < start || address >= ranges[i].end) continue;
        // The rest of the range at once: what lies after the end of a file is missing, too.
        uintptr_t page = address / page_size * page_size;
        atomic_store(&ranges[i].has_faulted, true);
        void *zeros = mmap((void *)page, ranges[i].end - page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
        if (zeros != MAP_FAILED) return;
    }
    if (previous.sa_flags & SA_SIGINFO && previous.sa_sigaction) {
        previous.sa_sigaction(signal, info, context);
    } else if (previous.sa_handler != SIG_DFL && previous.sa_handler != SIG_IGN) {
        previous.sa_handler(signal);
    } else {
        // The instruction runs again and meets the default action.
        sigaction(SIGBUS, &previous, NULL);
    }
}

void mapping_guard_install(void) {
    static atomic_flag is_installed = ATOMIC_FLAG_INIT;
    if (atomic_flag_test_and_set(&is_installed)) return;
    page_size = (uintptr_t)sysconf(_SC_PAGESIZE);
    struct sigaction action = {.sa_sigaction = on_bus_error, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART};
    sigemptyset(&action.sa_mask);
    sigaction(SIGBUS, &action, &previous);
}

int mapping_guard_add(const void *start, size_t size) {
    for (int i = 0; i < ROOM; i++) {
        uintptr_t expected = 0;
        if (!atomic_compare_exchange_strong(&ranges[i].start, &expected, 1)) continue;
        ranges[i].end = (uintptr_t)start + size;
        atomic_store(&ranges[i].has_faulted, false);
        atomic_store(&ranges[i].start, (uintptr_t)start);
        return i;
    }
    return -1;
}

bool mapping_guard_has_faulted(int range) { return range >= 0 && atomic_load(&ranges[range].has_faulted); }

void mapping_guard_remove(int range) {
    if (range >= 0) atomic_store(&ranges[range].start, 0);
}
