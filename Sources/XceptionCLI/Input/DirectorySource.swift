import ImageCodecs
import Platform

/// Why a directory's entry is not classified.
enum PassedOver: String, CaseIterable {
    case hidden
    case notAnImage = "not an image"
    case loop = "a link back to where it is"
}

/// The images below a directory, in natural order (`2.jpg` before `10.jpg`). Hidden files and
/// what is no image are passed over; links are followed, but not around in circles. A name that
/// says image is one, even if the link behind it leads nowhere: who reads it finds out.
final class DirectorySource: ImageSource {
    private struct Level {
        let path: FilePath
        let identity: FileIdentity
        /// The next names in order.
        var names: ArraySlice<[UInt8]> = []
        /// The last name ever in `names`.
        var last: [UInt8]?
        var isComplete = false
    }

    /// Names held of a directory, at most: a directory of more is read again for each so many, so
    /// that memory does not grow with it. A million take 61 readings, half a second each, in a day.
    private static let window = 1 << 14

    private var levels: [Level] = []
    private var failures: [ImageInput] = []
    private let didPassOver: (PassedOver, FilePath) -> Void

    /// - Parameter didPassOver: told of what is not classified.
    init(_ path: FilePath, didPassOver: @escaping (PassedOver, FilePath) -> Void) {
        self.didPassOver = didPassOver
        enter(path)
    }

    var isReady: Bool { true }

    func next() -> ImageInput? {
        while true {
            if let failure = failures.popLast() { return failure }
            guard !levels.isEmpty else { return nil }
            guard let name = levels[levels.count - 1].names.popFirst() else {
                if levels[levels.count - 1].isComplete { levels.removeLast() } else { fill() }
                continue
            }
            let path = levels[levels.count - 1].path.appending(name)
            guard name.first != UInt8(ascii: ".") else {
                didPassOver(.hidden, path)
                continue
            }
            let status = FileStatus(path)
            if let status, status.isDirectory {
                if levels.contains(where: { $0.identity == status.identity }) {
                    didPassOver(.loop, path)
                } else {
                    enter(path)
                }
            } else if status?.isRegular ?? true, Self.isImage(path) {
                return .file(path)
            } else {
                didPassOver(.notAnImage, path)
            }
        }
    }

    private func enter(_ path: FilePath) {
        guard let status = FileStatus(path) else {
            failures.append(.failed(path, ImageFailure(systemError: errno)))
            return
        }
        levels.append(Level(path: path, identity: status.identity))
        fill()
    }

    /// Reads the next names of the deepest directory.
    private func fill() {
        var level = levels.removeLast()
        guard let directory = level.path.withCString({ opendir($0) }) else {
            failures.append(.failed(level.path, ImageFailure(systemError: errno)))
            return
        }
        defer { closedir(directory) }
        var names: [[UInt8]] = []
        var bound: [UInt8]?
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: UInt8.self, capacity: 256) { Array(UnsafeBufferPointer(start: $0, count: strlen($0))) }
            }
            guard name != Array(".".utf8), name != Array("..".utf8) else { continue }
            if let last = level.last, !precedes(last, name) { continue }
            if let bound, !precedes(name, bound) { continue }
            names.append(name)
            if names.count == 2 * Self.window {
                names.sort(by: precedes)
                names.removeSubrange(Self.window...)
                bound = names.last
            }
        }
        names.sort(by: precedes)
        level.isComplete = bound == nil && names.count <= Self.window
        level.names = names.prefix(Self.window)
        level.last = level.names.last
        levels.append(level)
    }

    /// By name, which a damaged image still has, or else by content.
    static func isImage(_ path: FilePath) -> Bool {
        let name = path.bytes.suffix(5).map { $0 | 0x20 }
        if [".jpg", ".jpeg", ".png"].contains(where: { name.reversed().starts(with: $0.utf8.reversed()) }) { return true }
        guard let file = path.withCString({ fopen($0, "re") }) else { return false }
        defer { fclose(file) }
        var start = [UInt8](repeating: 0, count: 8)
        let count = fread(&start, 1, start.count, file)
        return start[..<count].withUnsafeBytes { ImageFormat($0).isDecodable }
    }
}

/// Natural order: runs of digits compare by value. Ties are decided by the bytes.
func precedes(_ a: [UInt8], _ b: [UInt8]) -> Bool {
    func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
    var i = 0
    var j = 0
    while i < a.count, j < b.count {
        if isDigit(a[i]), isDigit(b[j]) {
            let x = a[i...].prefix(while: isDigit)
            let y = b[j...].prefix(while: isDigit)
            let (p, q) = (x.drop { $0 == UInt8(ascii: "0") }, y.drop { $0 == UInt8(ascii: "0") })
            if p.count != q.count { return p.count < q.count }
            if !p.elementsEqual(q) { return p.lexicographicallyPrecedes(q) }
            i = x.endIndex
            j = y.endIndex
        } else {
            if a[i] != b[j] { return a[i] < b[j] }
            i += 1
            j += 1
        }
    }
    if a.count - i != b.count - j { return a.count - i < b.count - j }
    return a.lexicographicallyPrecedes(b)
}
