import Platform

/// Finds model files by the order that the command line promises.
public struct ModelLocator: Sendable {
    /// A place where model files may lie.
    public struct Place: Sendable, Equatable {
        /// Why it is searched, such as "$XCEPTION_MODELS".
        public let name: String
        public let directory: String

        public init(name: String, directory: String) {
            self.name = name
            self.directory = directory
        }
    }

    /// First come, first served.
    public let places: [Place]

    public static let backboneSuffix = "-backbone.safetensors"
    public static let backboneFile = "xception" + backboneSuffix
    public static let headSuffix = ".head.safetensors"
    public static let headFile = "imagenet" + headSuffix

    public init(places: [Place]) {
        self.places = places
    }

    /// `$XCEPTION_MODELS`, the user's data directory, the share directory beside the
    /// executable, `Models` of the checkout that the program was built in.
    public static func standard() -> ModelLocator {
        var places: [Place] = []
        if let directory = environment("XCEPTION_MODELS") {
            places.append(Place(name: "$XCEPTION_MODELS", directory: directory))
        }
        if let data = environment("XDG_DATA_HOME") ?? environment("HOME").map({ $0 + "/.local/share" }) {
            places.append(Place(name: "user data", directory: data + "/xception"))
        }
        if let executable = executablePath() {
            let prefix = parent(parent(executable))
            places.append(Place(name: "installed", directory: prefix + "/share/xception"))
        }
        let checkout = (0..<4).reduce(#filePath) { path, _ in parent(path) }
        places.append(Place(name: "checkout", directory: checkout + "/Models"))
        return ModelLocator(places: places)
    }

    /// Every readable file of that name, the one that is used first.
    public func all(_ file: String) -> [(place: Place, path: String)] {
        places.map { ($0, $0.directory + "/" + file) }.filter { access($0.1, R_OK) == 0 }
    }

    /// - Parameter explicit: a path that wins over every place, or nil.
    /// - Throws: ``ModelFileError/notFound(file:searched:)``.
    public func backbone(_ explicit: String? = nil) throws(ModelFileError) -> String {
        if let explicit { return explicit }
        return try find(Self.backboneFile)
    }

    /// The backbone that `head` was made for: the default one if it is, else the first
    /// `*-backbone.safetensors` beside the head or in one of the places. So a head for the
    /// shipped backbone keeps working when another one shadows it.
    ///
    /// - Returns: the default one, where none is found that fits.
    /// - Throws: ``ModelFileError`` if the default one cannot be used.
    public func backbone(for head: Head) throws(ModelFileError) -> Backbone {
        let standard = try Backbone(path: backbone())
        guard standard.sha256 != head.backboneSHA256 else { return standard }
        let directories = [Self.parent(head.file.path)] + places.map(\.directory)
        let candidates = directories.flatMap { Self.files(in: $0).filter { $0.hasSuffix(Self.backboneSuffix) } }
        for path in candidates {
            if let other = try? Backbone(path: path), other.sha256 == head.backboneSHA256 { return other }
        }
        return standard
    }

    /// - Parameter explicit: a path, or the name of a head in one of the places ("imagenet").
    /// - Throws: ``ModelFileError/notFound(file:searched:)``.
    public func head(_ explicit: String? = nil) throws(ModelFileError) -> String {
        guard let explicit else { return try find(Self.headFile) }
        guard !explicit.contains("/"), access(explicit, F_OK) != 0 else { return explicit }
        return try find(explicit + Self.headSuffix)
    }

    private func find(_ file: String) throws(ModelFileError) -> String {
        guard let found = all(file).first else {
            throw .notFound(file: file, searched: places.map(\.directory))
        }
        return found.path
    }

    /// Paths of the files in a directory, sorted; none if it cannot be read.
    private static func files(in directory: String) -> [String] {
        guard let stream = opendir(directory) else { return [] }
        defer { closedir(stream) }
        var paths: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
            }
            paths.append(directory + "/" + name)
        }
        return paths.sorted()
    }

    private static func environment(_ name: String) -> String? {
        guard let value = getenv(name), value.pointee != 0 else { return nil }
        return String(cString: value)
    }

    private static func parent(_ path: String) -> String {
        path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    }

    private static func executablePath() -> String? {
        #if os(Linux)
        guard let path = realpath("/proc/self/exe", nil) else { return nil }
        #else
        guard let path = realpath(CommandLine.arguments[0], nil) else { return nil }
        #endif
        defer { free(path) }
        return String(cString: path)
    }
}
