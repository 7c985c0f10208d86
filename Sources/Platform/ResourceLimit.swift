/// A limit of this process (`ulimit`).
package enum ResourceLimit {
    case addressSpace, stack

    /// The limit in bytes; nil if there is none.
    package var bytes: Int? {
        #if canImport(Glibc)
        let resource = __rlimit_resource_t((self == .stack ? RLIMIT_STACK : RLIMIT_AS).rawValue)
        #else
        let resource = self == .stack ? RLIMIT_STACK : RLIMIT_AS
        #endif
        var limit = rlimit()
        return getrlimit(resource, &limit) == 0 ? Int(exactly: limit.rlim_cur) : nil
    }
}
