import Images
import ModelFiles
import Platform

/// A note in a picture that identifies it as the program's own, so that a later run may replace it: the SHA-256 of all
/// other bytes, as the text of a PNG or the comment of a JPEG.
enum MarkedPicture: RecognizableOutput {
    /// Returns a file with the note.
    ///
    /// - Parameter file: a PNG or JPEG file as the program's libraries write it.
    static func marked(_ file: [UInt8]) -> [UInt8] {
        let place = place(in: file)
        return file[..<place] + mark(file, isPNG: isPNG(file)) + file[place...]
    }

    static func wrote(_ file: FilePath, _ descriptor: Int32) throws(SystemError) -> Bool {
        guard let size = FileStatus(descriptor: descriptor)?.size, size <= maximumSize else { return false }
        let bytes = try readBytes(descriptor, at: 0, count: size)
        let place = place(in: bytes)
        let rest = bytes[place...].dropFirst(mark([], isPNG: isPNG(bytes)).count)
        return !rest.isEmpty && marked(Array(bytes[..<place] + rest)) == bytes
    }

    /// Returns the note, of the same length for every file of a kind.
    private static func mark(_ file: [UInt8], isPNG: Bool) -> [UInt8] {
        let text = "xception explain, SHA-256 of the other bytes: \(file.withUnsafeBytes { sha256($0) })"
        return isPNG ? pngTextChunk("Software", text) : comment(text)
    }

    /// The largest file that a picture within the limit of memory makes.
    private static let maximumSize = 1 << 30

    private static func isPNG(_ file: [UInt8]) -> Bool { file.starts(with: [0x89, 0x50, 0x4E, 0x47]) }

    /// The place of the note: after the signature and the header of a PNG, or the start and the JFIF segment of a JPEG.
    private static func place(in file: [UInt8]) -> Int { min(file.count, isPNG(file) ? 8 + 25 : 2 + 18) }

    /// A JPEG's segment COM (ITU-T T.81, B.2.4.5).
    private static func comment(_ text: String) -> [UInt8] {
        let count = text.utf8.count + 2
        return [0xFF, 0xFE, UInt8(count >> 8), UInt8(count & 0xFF)] + Array(text.utf8)
    }
}
