#if os(Linux)
import Foundation
import Platform
import Testing

/// Trees of /proc and /sys as kernels show them in services and containers.
@Suite struct ControlGroupQuotaTests {
    private static let version2 = "30 24 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate"
    private static let version1 = """
        32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct
        33 31 0:30 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
        """

    /// The quota in a tree of these files.
    private func processors(_ group: String, _ mounts: String, _ files: [String: String]) throws -> Int? {
        let root = FileManager.default.temporaryDirectory.appending(path: "cgroup-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: root) }
        let own = ["proc/self/cgroup": group, "proc/self/mountinfo": "22 1 254:0 / / rw - ext4 /dev/vda rw\n" + mounts]
        for (path, content) in files.merging(own, uniquingKeysWith: { $1 }) {
            let file = root.appending(path: path)
            try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try (content + "\n").write(to: file, atomically: false, encoding: .utf8)
        }
        return ControlGroupQuota(root: root.path).processors
    }

    @Test("Version 2: the smallest quota of the group and of those around it counts, rounded up")
    func nestedVersion2() throws {
        let files = ["a/b": "max 100000", "a": "150000 100000"].map { ("sys/fs/cgroup/\($0)/cpu.max", $1) }
        #expect(try processors("0::/a/b", Self.version2, Dictionary(uniqueKeysWithValues: files)) == 2)
        #expect(try processors("0::/a/b", Self.version2, [
            "sys/fs/cgroup/a/b/cpu.max": "50000 100000", "sys/fs/cgroup/a/cpu.max": "400000 100000",
        ]) == 1)
    }

    @Test("Version 2 in a container with names of its own: the quota is in the mounted folder")
    func containerVersion2() throws {
        #expect(try processors("0::/", Self.version2, ["sys/fs/cgroup/cpu.max": "300000 100000"]) == 3)
        #expect(try processors("0::/../../x", Self.version2, ["sys/fs/cgroup/cpu.max": "300000 100000"]) == 3)
    }

    @Test("Version 1: the group and those around it, in the hierarchy of processor time alone")
    func nestedVersion1() throws {
        let group = "5:memory:/other\n4:cpu,cpuacct:/a/b\n1:name=systemd:/c"
        #expect(try processors(group, Self.version1, [
            "sys/fs/cgroup/cpu,cpuacct/a/b/cpu.cfs_quota_us": "-1", "sys/fs/cgroup/cpu,cpuacct/a/b/cpu.cfs_period_us": "100000",
            "sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_quota_us": "250000", "sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_period_us": "100000",
            "sys/fs/cgroup/memory/other/cpu.cfs_quota_us": "1", "sys/fs/cgroup/memory/other/cpu.cfs_period_us": "100000",
        ]) == 3)
    }

    @Test("Version 1 in a container that sees its host's names: the container's own group is the mounted one", arguments: [
        "4:cpu:/docker/0123/inner", "4:cpu:/docker/0123", "4:cpu:/elsewhere",
    ])
    func containerVersion1(group: String) throws {
        let mount = #"40 31 0:29 /docker/0123 /sys/fs/with\040space ro - cgroup cgroup rw,cpu"#
        #expect(try processors(group, mount, [
            "sys/fs/with space/cpu.cfs_quota_us": "100000", "sys/fs/with space/cpu.cfs_period_us": "50000",
        ]) == 2)
    }

    @Test("Both versions mounted: the smaller one counts")
    func hybrid() throws {
        let files = [
            "sys/fs/cgroup/unified/cpu.max": "200000 100000",
            "sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_quota_us": "10000", "sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_period_us": "100000",
        ]
        let mounts = Self.version1 + "\n" + Self.version2.replacing("/sys/fs/cgroup", with: "/sys/fs/cgroup/unified")
        #expect(try processors("4:cpu,cpuacct:/a\n0::/", mounts, files) == 1)
        #expect(try processors("4:cpu,cpuacct:/b\n0::/", mounts, files) == 2)
    }

    @Test("No quota, no hierarchy, or files that say something else limit nothing")
    func none() throws {
        #expect(try processors("0::/a", Self.version2, ["sys/fs/cgroup/a/cpu.max": "max 100000"]) == nil)
        #expect(try processors("0::/a", "", ["sys/fs/cgroup/a/cpu.max": "100000 100000"]) == nil)
        #expect(try processors("0::/a", Self.version2, ["sys/fs/cgroup/a/cpu.max": "-5 0"]) == nil)
        #expect(try processors("nonsense", "31 - cgroup2", [:]) == nil)
        #expect(ControlGroupQuota(root: "/does/not/exist").processors == nil)
    }
}
#endif
