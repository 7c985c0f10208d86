import Platform

/// Photos and their classes: a folder per class, or a CSV file of paths and labels.
struct LabelledImages: Sendable {
    /// The names of the classes, in natural order.
    private(set) var classes: [String] = []
    /// Photos in input order, without those that two classes claim.
    private(set) var photos: [Photo] = []
    /// Notes for the user, one line each.
    private(set) var notes: [String] = []

    struct Photo: Sendable, Equatable {
        let path: FilePath
        /// An index into ``classes``.
        let label: Int
    }

    /// Reads the labels.
    ///
    /// - Parameter input: a directory, or a CSV file.
    /// - Throws: ``CommandError`` if it cannot be read, or has no photos.
    init(_ input: FilePath) throws(CommandError) {
        guard let status = FileStatus(input) else {
            throw .fatal("\(input.line): \(ImageFailure(systemError: errno).message)")
        }
        let labelled = status.isDirectory ? try Self.folder(input, &notes) : try Self.table(input)
        for (_, name) in labelled {
            guard !name.isEmpty else { throw .fatal("\(input.line): a class has no name") }
            guard name == name.printable else {
                throw .fatal("\(input.line): the class \(name.quoted) has a control character in its name; rename it")
            }
        }
        classes = Set(labelled.map(\.name)).sorted { precedes(Array($0.utf8), Array($1.utf8)) }
        let indices = Dictionary(uniqueKeysWithValues: classes.enumerated().map { ($1, $0) })
        var known: [FilePath: Int] = [:]
        var claimed: Set<FilePath> = []
        for (path, name) in labelled {
            let label = indices[name]!
            if let other = known[path], other != label, claimed.insert(path).inserted {
                notes.append(
                    "\(path.line): is in two classes, \(classes[other].printable) and \(name.printable); it is left out"
                )
            }
            if known.updateValue(known[path] ?? label, forKey: path) == nil {
                photos.append(Photo(path: path, label: label))
            }
        }
        photos.removeAll { claimed.contains($0.path) }
        guard !photos.isEmpty else {
            throw .fatal("\(input.line): no photos found; \(Self.layout)")
        }
    }

    /// The required layout of the input.
    static let layout = "expected a folder per class with images, or a CSV file with lines of path,label"

    private static func folder(
        _ directory: FilePath, _ notes: inout [String]
    ) throws(CommandError) -> [(path: FilePath, name: String)] {
        var names: [[UInt8]] = []
        do throws(SystemError) {
            let reader = try DirectoryReader(directory)
            while let name = try reader.next() {
                if name.first != UInt8(ascii: ".") { names.append(name) }
            }
        } catch {
            throw .fatal("\(directory.line): \(error.message)")
        }
        var labelled: [(path: FilePath, name: String)] = []
        var loose = 0
        for name in names.sorted(by: precedes) {
            let path = directory.appending(name)
            guard FileStatus(path)?.isDirectory == true else {
                loose += 1
                continue
            }
            let source = PathSource([path])
            var count = 0
            while let entry = try source.next() {
                guard case .image(let image) = entry else { continue }
                labelled.append((image.name.path, String(decoding: name, as: UTF8.self)))
                count += 1
            }
            if count == 0 { notes.append("\(path.line): a class without photos; it is left out") }
        }
        if loose > 0 {
            notes.append(
                "\(directory.line): \(NumberText.counted(loose, "file")) outside the folders of classes; left out")
        }
        return labelled
    }

    private static func table(_ file: FilePath) throws(CommandError) -> [(path: FilePath, name: String)] {
        var rows = CSVReader.rows(try bytes(of: file))
        if let header = rows.first?.map({ String(decoding: $0, as: UTF8.self).lowercased() }),
            ["path", "file", "filename", "image"].contains(header[0])
        {
            rows.removeFirst()
        }
        var labelled: [(path: FilePath, name: String)] = []
        for (number, row) in rows.enumerated() {
            guard row.count >= 2, !row[0].isEmpty else {
                throw .fatal("\(file.line): row \(number + 1) is not path,label; \(layout)")
            }
            let named = FilePath(bytes: row[0])
            // Relative paths start from the working directory, or else from the list's.
            let besides = file.parent.appending(row[0])
            let path =
                row[0].first == UInt8(ascii: "/") || FileStatus(named) != nil || FileStatus(besides) == nil
                ? named : besides
            guard FileStatus(path)?.isDirectory != true else {
                throw .fatal("\(file.line): row \(number + 1): \(path.line) is a directory; name photos")
            }
            labelled.append((path, String(decoding: row[1], as: UTF8.self)))
        }
        return labelled
    }

    private static func bytes(of file: FilePath) throws(CommandError) -> [UInt8] {
        guard let stream = file.withCString({ fopen($0, "re") }) else {
            throw .fatal("\(file.line): \(ImageFailure(systemError: errno).message)")
        }
        defer { fclose(stream) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = fread(&piece, 1, piece.count, stream)
            bytes += piece[..<count]
            guard count == piece.count else { break }
            guard bytes.count <= 1 << 28 else {
                throw .fatal("\(file.line): is too large for a list of photos and labels")
            }
        }
        guard !bytes.contains(0) else { throw .fatal("\(file.line): is not a CSV file of path and label") }
        return bytes
    }
}
