#if os(Linux)
/// The processor time that a container or a service may take: the CPU quota of this process' control group and of every
/// group around it, in version 2 (`cpu.max`) and version 1 (`cpu.cfs_quota_us`) of the kernel's interface, if mounted.
///
/// The group's files are located by /proc/self/cgroup, a path in each hierarchy, and by /proc/self/mountinfo, the mount
/// points of parts of a hierarchy (cgroups(7), proc(5)).
package struct ControlGroupQuota {
    /// The prefix of all paths: "", except in tests.
    private let root: String

    package init(root: String = "") {
        self.root = root
    }

    /// The smallest quota, rounded up to whole processors; nil if there is none.
    package var processors: Int? {
        let groups = linesOfSystemFile(root + "/proc/self/cgroup").compactMap(Membership.init)
        let mounts = linesOfSystemFile(root + "/proc/self/mountinfo").compactMap(Mount.init)
        let quotas = groups.flatMap { group in
            mounts.filter { $0.version == group.version }.flatMap { processors(of: group, in: $0) }
        }
        return quotas.min()
    }

    /// Returns the quotas of a group and of the groups around it, up to the mounted one.
    private func processors(of group: Membership, in mount: Mount) -> [Int] {
        // A container that shares its host's names sees a group outside of the mounted part: the mounted group is its
        // own then.
        let isMounted = group.path.starts(with: mount.root) && !group.path.contains("..")
        var path = isMounted ? group.path.dropFirst(mount.root.count) : []
        var quotas: [Int] = []
        while true {
            let directory = root + mount.point + path.map { "/" + $0 }.joined()
            if let quota = readQuota(directory, group.version) { quotas.append(quota) }
            guard path.popLast() != nil else { return quotas }
        }
    }

    private func readQuota(_ directory: String, _ version: Version) -> Int? {
        let numbers: [Int?] = switch version {
        case .one:
            ["quota", "period"].map {
                linesOfSystemFile("\(directory)/cpu.cfs_\($0)_us").first.flatMap { Int($0) }
            }
        case .two:
            linesOfSystemFile(directory + "/cpu.max").first.map { $0.split(separator: " ").map { Int($0) } }
                ?? []
        }
        // No quota is -1 in version 1 and "max" in version 2.
        guard numbers.count == 2, let quota = numbers[0], let period = numbers[1], quota > 0, period > 0 else {
            return nil
        }
        return (quota - 1) / period + 1
    }
}

private enum Version { case one, two }

private typealias GroupPath = ArraySlice<Substring>

extension GroupPath {
    fileprivate init(path: some StringProtocol) {
        self = Substring(path).split(separator: "/")[...]
    }
}

/// A line of /proc/self/cgroup, of the hierarchy that controls processor time: `4:cpu,cpuacct:/a/b` or `0::/a/b`.
private struct Membership {
    let version: Version
    let path: GroupPath

    init?(line: Substring) {
        let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
        guard fields.count == 3 else { return nil }
        if fields[0] == "0", fields[1].isEmpty {
            version = .two
        } else if fields[1].split(separator: ",").contains("cpu") {
            version = .one
        } else {
            return nil
        }
        path = GroupPath(path: fields[2])
    }
}

/// A line of /proc/self/mountinfo, of a hierarchy that may control processor time:
/// `31 24 0:27 /root /mount/point rw,nosuid - cgroup cgroup rw,cpu,cpuacct`.
private struct Mount {
    let version: Version
    let root: GroupPath
    let point: String

    init?(line: Substring) {
        let fields = line.split(separator: " ")
        guard let separator = fields.firstIndex(of: "-"), separator >= 5, fields.count > separator + 3 else {
            return nil
        }
        switch fields[separator + 1] {
        case "cgroup2": version = .two
        case "cgroup" where fields[separator + 3].split(separator: ",").contains("cpu"): version = .one
        default: return nil
        }
        root = GroupPath(path: Self.unescaped(fields[3]))
        point = Self.unescaped(fields[4])
    }

    /// Spaces, tabs, newlines and backslashes are written as three octal digits.
    private static func unescaped(_ field: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = field
        while let byte = rest.utf8.popFirst() {
            if byte == UInt8(ascii: "\\"), let escaped = UInt8(rest.prefix(3), radix: 8) {
                bytes.append(escaped)
                rest = rest.dropFirst(3)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
#endif
