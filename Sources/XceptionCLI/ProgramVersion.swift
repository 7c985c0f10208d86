import CBuildStamp
import Kernels
import KernelSelection
import Xception

/// Which program this is: what `--version` prints and a bug report needs.
enum ProgramVersion {
    /// The only place where the version is written; the Makefile reads it here.
    static let number = "1.0.0"

    /// Such as "xception 1.0.0 (commit 0123456789, avx512, auto precision int8)". The commit is missing from a plain `swift build`.
    static var description: String {
        let kernels = ProcessorKernels.best
        let commit = String(cString: build_commit)
        let details = (commit.isEmpty ? [] : ["commit \(commit)"]) + [
            kernels.instructionSet.rawValue, "auto precision \(kernels.fastestAccurate(among: Set(Precision.allCases)).rawValue)",
        ]
        return "xception \(number) (\(details.joined(separator: ", ")))"
    }
}
