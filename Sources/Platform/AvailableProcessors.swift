/// The number of processors that this process may use at once: those of its affinity mask, or fewer if its control
/// group has a smaller quota. At least 1.
package func availableProcessors() -> Int {
    let online = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    #if os(Linux)
    let quota = ControlGroupQuota().processors ?? online
    return max(1, min(online, affinityMaskProcessors() ?? online, quota))
    #else
    return online
    #endif
}

#if os(Linux)
/// The size of the affinity mask, which the kernel prints as hexadecimal words.
private func affinityMaskProcessors() -> Int? {
    let key = "Cpus_allowed:"
    guard let line = linesOfSystemFile("/proc/self/status").first(where: { $0.hasPrefix(key) }) else { return nil }
    return line.dropFirst(key.count).reduce(0) { $0 + ($1.hexDigitValue?.nonzeroBitCount ?? 0) }
}
#endif
