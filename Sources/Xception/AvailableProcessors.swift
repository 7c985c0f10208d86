import Platform

/// How many processors this process may use at once: those of its affinity mask, or fewer if
/// its control group has a smaller quota. At least 1.
public func availableProcessors() -> Int {
    let online = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    #if os(Linux)
    return max(1, min(online, allowedProcessors() ?? online, controlGroupProcessors() ?? online))
    #else
    return online
    #endif
}

#if os(Linux)
/// The size of the affinity mask, which the kernel prints as hexadecimal words.
private func allowedProcessors() -> Int? {
    let key = "Cpus_allowed:"
    guard let line = firstLine("/proc/self/status", beginning: key) else { return nil }
    return line.dropFirst(key.count).reduce(0) { $0 + ($1.hexDigitValue?.nonzeroBitCount ?? 0) }
}

/// The quota of the control group (version 2) or of its nearest ancestor that has one, rounded
/// up to whole processors.
private func controlGroupProcessors() -> Int? {
    guard let line = firstLine("/proc/self/cgroup"), line.hasPrefix("0::") else { return nil }
    var group = line.dropFirst(3)
    var smallest: Int?
    while true {
        let directory = group == "/" ? "" : String(group)
        if let limit = firstLine("/sys/fs/cgroup\(directory)/cpu.max")?.split(separator: " "),
            limit.count == 2, let quota = Int(limit[0]), let period = Int(limit[1]), quota > 0, period > 0
        {
            smallest = min(smallest ?? .max, (quota + period - 1) / period)
        }
        guard let slash = group.lastIndex(of: "/"), !directory.isEmpty else { return smallest }
        group = group[..<slash]
        if group.isEmpty { group = "/" }
    }
}

/// The first line with that beginning.
private func firstLine(_ path: String, beginning: String = "") -> String? {
    guard let file = fopen(path, "re") else { return nil }
    defer { fclose(file) }
    var buffer = [CChar](repeating: 0, count: 4096)
    while fgets(&buffer, Int32(buffer.count), file) != nil {
        let bytes = buffer.prefix { $0 != 0 && $0 != 10 }.map(UInt8.init(bitPattern:))
        let line = String(decoding: bytes, as: UTF8.self)
        if line.hasPrefix(beginning) { return line }
    }
    return nil
}
#endif
