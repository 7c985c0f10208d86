/// Returns the processor's name, such as "AMD EPYC 7R13 Processor". Nil if the system does not provide one.
package func processorName() -> String? {
    #if os(Linux)
    let line = linesOfSystemFile("/proc/cpuinfo").first { $0.hasPrefix("model name") }
    guard let name = line?.split(separator: ":", maxSplits: 1).last?.drop(while: { $0 == " " }), !name.isEmpty
    else { return nil }
    return String(name)
    #elseif canImport(Darwin)
    var size = 0
    guard sysctlbyname("machdep.cpu.brand_string", nil, &size, nil, 0) == 0 else { return nil }
    var name = [UInt8](repeating: 0, count: size)
    guard sysctlbyname("machdep.cpu.brand_string", &name, &size, nil, 0) == 0 else { return nil }
    return String(decoding: name.prefix { $0 != 0 }, as: UTF8.self)
    #else
    return nil
    #endif
}

/// Returns the processor time of all threads of this process.
package func processTime() -> Duration {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
}
