#ifndef SHARED_LIBRARY_H
#define SHARED_LIBRARY_H

#include <dlfcn.h>

// Names of libraries that are opened only when a file needs them. They stay open as long as the process.
#ifdef __APPLE__
#define SHARED_LIBRARY(name, version) "lib" name "." version ".dylib"
#else
#define SHARED_LIBRARY(name, version) "lib" name ".so." version
#endif

// Assigns a function to the field of its name, or returns NULL.
#define LOAD_FUNCTION(library, handle, function)                                          \
    do {                                                                                  \
        (library)->function = (__typeof__((library)->function))dlsym((handle), #function); \
        if (!(library)->function) return NULL;                                            \
    } while (0)

#endif
