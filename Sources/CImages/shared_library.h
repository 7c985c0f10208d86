#ifndef SHARED_LIBRARY_H
#define SHARED_LIBRARY_H

#include <dlfcn.h>

// Names of libraries that are opened only when a file needs them. They stay open as long as the process.
#ifdef __APPLE__
#define SHARED_LIBRARY(name, version) "lib" name "." version ".dylib"
#else
#define SHARED_LIBRARY(name, version) "lib" name ".so." version
#endif

// A library's functions are listed once, as F(name) of each. This declares the field of one,
#define FUNCTION_FIELD(function) __typeof__(function) *function;

// and this assigns it, or returns NULL.
#define LOAD_FUNCTION(library, handle, function)                                          \
    do {                                                                                  \
        (library)->function = (__typeof__((library)->function))dlsym((handle), #function); \
        if (!(library)->function) return NULL;                                            \
    } while (0);

#endif
