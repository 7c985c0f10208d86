import ArgumentParser
import Platform

extension FilePath: ExpressibleByArgument {}

extension FilePath {
    /// The name that stands for standard input or output.
    static let standardInput = FilePath("-")

    /// The file that the argument names; nil for standard output.
    var file: FilePath? { self == .standardInput ? nil : self }
}
