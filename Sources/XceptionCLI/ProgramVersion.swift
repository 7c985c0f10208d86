import CBuildStamp
import Images
import Kernels
import KernelSelection
import Xception

/// The program's version, as printed by `--version`.
enum ProgramVersion {
    /// The version number, written only here; the Makefile reads it from this line.
    static let number = "1.0.0"

    /// The version, such as "xception 1.0.0 (commit 0123456789, avx512, auto precision int8)", and a line of the
    /// formats that are read. The commit is missing from a plain `swift build`.
    static var description: String {
        let kernels = ProcessorKernels.best
        let commit = String(cString: build_commit)
        let details = (commit.isEmpty ? [] : ["commit \(commit)"]) + [
            kernels.instructionSet.rawValue,
            "auto precision \(kernels.fastestAccurate(among: Set(Precision.allCases)).rawValue)",
        ]
        return "xception \(number) (\(details.joined(separator: ", ")))\nreads \(formats)"
    }

    /// Each format of `--formats` with the library that reads it, or the missing package.
    private static var formats: String {
        ReadableFormat.allCases.map { format in
            let library =
                format.library.map { "\($0.name) \($0.version)" } ?? "not installed: apt install \(format.package)"
            return "\(format.rawValue) (\(library))"
        }.joined(separator: ", ")
    }
}
