import Platform

/// Recognises a NumPy array of this program and the list of paths beside it.
enum NPYFile: RecognizableOutput {
    /// Returns the name of the list of paths: `photos.txt` for `photos.npy`.
    static func pathsFile(of file: FilePath) -> FilePath {
        let stem = file.bytes.suffix(4).elementsEqual(".npy".utf8) ? file.bytes.dropLast(4) : file.bytes[...]
        return FilePath(bytes: stem + Array(".txt".utf8))
    }

    /// Returns true for an array of this program with as many paths beside it, or for the paths beside such an array.
    static func wrote(_ file: FilePath, _ descriptor: Int32) throws(SystemError) -> Bool {
        if file.bytes.suffix(4).elementsEqual(".txt".utf8) {
            return try withRegularFile(FilePath(bytes: file.bytes.dropLast(4) + Array(".npy".utf8))) {
                array throws(SystemError) in
                try NPYHeader(of: array)?.rows == lineCount(descriptor)
            } ?? false
        }
        guard let header = try NPYHeader(of: descriptor) else { return false }
        return try withRegularFile(pathsFile(of: file)) { paths throws(SystemError) in
            try lineCount(paths) == header.rows
        } ?? false
    }

    private static func lineCount(_ descriptor: Int32) throws(SystemError) -> Int {
        var lines = LineReader(descriptor)
        var count = 0
        while try lines.next() != nil { count += 1 }
        return count
    }
}

/// The header of an array's file.
struct NPYHeader: Equatable {
    let rows: Int
    let width: Int

    /// The header's length: a multiple of 64, with room for any number of rows.
    private static let length = 128

    init(rows: Int, width: Int) {
        self.rows = rows
        self.width = width
    }

    /// Reads the header of a file that this program wrote.
    ///
    /// - Returns: nil if another program wrote the file, or its rows do not have the declared length.
    init?(of descriptor: Int32) throws(SystemError) {
        let found = try readBytes(descriptor, at: 0, count: Self.length)
        let numbers = String(decoding: found, as: UTF8.self).split { !$0.isASCII || !$0.isNumber }.compactMap {
            Int($0)
        }
        guard let size = FileStatus(descriptor: descriptor)?.size, numbers.count >= 3 else { return nil }
        // The first number is the 4 of the element's type.
        self.init(rows: numbers[numbers.count - 2], width: numbers[numbers.count - 1])
        let (values, overflow) = rows.multipliedReportingOverflow(by: width)
        guard !overflow, found == bytes, values == (size - Self.length) / 4, size % 4 == 0 else { return nil }
    }

    var bytes: [UInt8] {
        let magic = [0x93] + Array("NUMPY".utf8) + [1, 0]
        let text = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(rows), \(width)), }"
        // The length of the rest, in two bytes.
        let rest = Self.length - magic.count - 2
        let padding = String(repeating: " ", count: rest - 1 - text.utf8.count)
        return magic + [UInt8(rest), 0] + Array((text + padding + "\n").utf8)
    }
}
