import Platform

/// What a file of JSON lines already answers, so that `--resume` goes on behind it.
///
/// Paths are remembered by a 64-bit hash, 16 bytes each: among a million the chance that any
/// two collide is 3 in 100 million.
struct AnsweredPaths {
    private struct Answers {
        var all: UInt32 = 0
        var failures: UInt32 = 0
    }

    private var answers: [Int: Answers] = [:]
    /// Bytes up to the end of the last whole line. What follows was torn by a kill or a crash.
    private(set) var length = 0

    init() {}

    /// Ends the program if the file holds anything but answers. A missing file answers nothing.
    init(file: FilePath) {
        guard let stream = file.withCString({ fopen($0, "re") }) else {
            if errno != ENOENT { fail("\(file.line): \(ImageFailure(systemError: errno).message)") }
            return
        }
        defer { fclose(stream) }
        var buffer: UnsafeMutablePointer<CChar>?
        var capacity = 0
        defer { free(buffer) }
        var number = 0
        while true {
            let count = getline(&buffer, &capacity, stream)
            guard count > 0, let buffer else { break }
            let line = UnsafeRawBufferPointer(start: buffer, count: count)
            guard line.last == UInt8(ascii: "\n") else { break }
            number += 1
            guard let answer = JSONLine(line) else {
                fail("\(file.line): line \(number) is not an answer of this program; name another file, or leave out --resume")
            }
            let key = Array(answer.path.utf8).hashValue
            answers[key, default: Answers()].all += 1
            if answer.isFailure { answers[key]!.failures += 1 }
            length += count
        }
    }

    /// Whether the path is answered; each answer counts once.
    ///
    /// - Returns: nil if it is not, or else whether the answer is a failure.
    mutating func take(_ path: FilePath) -> Bool? {
        guard !answers.isEmpty else { return nil }
        let key = Array(path.text.utf8).hashValue
        guard var answer = answers[key] else { return nil }
        let isFailure = answer.failures > 0
        answer.all -= 1
        if isFailure { answer.failures -= 1 }
        answers[key] = answer.all == 0 ? nil : answer
        return isFailure
    }
}
