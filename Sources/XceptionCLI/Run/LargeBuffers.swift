import CMalloc

/// Has buffers of a megabyte and more, which are those of decoded photos, go back to the system
/// when they are freed. Left alone, the C library keeps room for the largest in every thread's
/// heap: 20 MB on two threads.
func returnLargeBuffersWhenFreed() {
    #if canImport(Glibc)
    mallopt(M_MMAP_THRESHOLD, 1 << 20)
    #endif
}
