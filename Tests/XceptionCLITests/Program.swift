import Foundation
import TestSupport

/// The program as its users meet it: a process.
struct Program {
    struct Outcome {
        let status: Int32
        let output: String
        let errors: String

        var errorLines: [Substring] { errors.split(separator: "\n") }
    }

    #if canImport(Darwin)
    // The tests are a bundle that a process of the toolchain loads.
    static let executable = Bundle.allBundles.map(\.bundleURL).first { $0.pathExtension == "xctest" }!
        .deletingLastPathComponent().appending(path: "xception")
    #else
    static let executable = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "xception")
    #endif

    /// In seconds; much more than any command of a test takes.
    private static let timeLimit = 300.0

    static let photos = Repository.path("Tests/Fixtures/photos")
    static let odd = Repository.path("Tests/Fixtures/decode")

    /// - Parameters:
    ///   - input: what stands on standard input.
    ///   - environment: in addition to the test's own.
    static func run(
        _ arguments: [String], input: Data = Data(), environment: [String: String] = [:]
    ) throws -> Outcome {
        try launch(executable, arguments, input: input, environment: environment)
    }

    /// - Parameter input: a file, read from where it stands.
    static func run(_ arguments: [String], input: FileHandle) throws -> Outcome {
        try outcome(executable, arguments, input: input, environment: [:]) {}
    }

    /// Runs a shell command in which `$XCEPTION` is the program.
    static func shell(_ command: String, environment: [String: String] = [:]) throws -> Outcome {
        let names = ["XCEPTION": executable.path, "PHOTOS": photos, "ODD": odd]
        // Who starts the tests in the background has them ignore SIGINT, and so would the program.
        return try launch(
            URL(filePath: "/usr/bin/env"), ["--default-signal=INT", "bash", "-c", "set -o pipefail; " + command], input: Data(),
            environment: names.merging(environment) { $1 })
    }

    /// Runs a shell command on a terminal of `columns` columns; the terminal's text is the output.
    ///
    /// - Parameter typing: a command whose output is typed there.
    static func terminal(
        columns: Int = 80, _ command: String, typing: String? = nil, environment: [String: String] = [:]
    ) throws -> Outcome {
        try shell(
            (typing.map { "{ \($0); } | " } ?? "") + #"script -qec 'stty cols "$WIDTH"; eval "$COMMAND"' /dev/null"#,
            environment: ["WIDTH": "\(columns)", "COMMAND": command, "SHELL": "/bin/bash", "TERM": "xterm"]
                .merging(environment) { $1 })
    }

    private static func launch(
        _ executable: URL, _ arguments: [String], input: Data, environment: [String: String]
    ) throws -> Outcome {
        let stdin = Pipe()
        return try outcome(executable, arguments, input: stdin, environment: environment) {
            try? stdin.fileHandleForWriting.write(contentsOf: input)
            try? stdin.fileHandleForWriting.close()
        }
    }

    /// - Parameters:
    ///   - input: what stands on standard input: a `Pipe` or a `FileHandle`.
    ///   - didStart: called while the program runs, before its output is read.
    private static func outcome(
        _ executable: URL, _ arguments: [String], input: Any, environment: [String: String], didStart: () -> Void
    ) throws -> Outcome {
        let process = Process()
        process.executableURL = executable
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let (stdout, stderr) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = stdout
        process.standardError = stderr
        try process.run()
        // A program that does not end fails its test, and not the whole run.
        let processes = process.processIdentifier
        let watchdog = DispatchWorkItem { for target in [-processes, processes] { kill(target, SIGKILL) } }
        DispatchQueue.global().asyncAfter(deadline: .now() + timeLimit, execute: watchdog)
        defer { watchdog.cancel() }
        didStart()
        let output = stdout.fileHandleForReading.readDataToEndOfFile()
        let errors = stderr.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return Outcome(
            status: process.terminationStatus, output: String(decoding: output, as: UTF8.self),
            errors: String(decoding: errors, as: UTF8.self))
    }
}
