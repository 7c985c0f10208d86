import Platform

/// Finds model files in their directories.
package struct ModelLocator: Sendable {
    /// A directory that may hold model files.
    package struct Place: Sendable, Equatable {
        /// The reason for the search there, such as "$XCEPTION_MODELS".
        package let name: String
        package let directory: FilePath
        /// True if the user named the directory. It must exist then, and if it has a single head, that is used.
        package let isNamed: Bool

        package init(name: String, directory: FilePath, isNamed: Bool = false) {
            self.name = name
            self.directory = directory
            self.isNamed = isNamed
        }
    }

    /// A model file in one of the places.
    package struct Found: Sendable, Equatable {
        package let place: Place
        package let path: FilePath
    }

    /// The places in order of precedence.
    package let places: [Place]

    package static let backboneSuffix = "-backbone.safetensors"
    package static let backboneFile = FilePath("xception" + backboneSuffix)
    package static let headSuffix = ".head.safetensors"
    package static let headFile = FilePath("imagenet" + headSuffix)

    package init(places: [Place]) {
        self.places = places
    }

    /// The places `$XCEPTION_MODELS`, the user's data directory, the share directory beside the executable, and
    /// `Models` of the checkout that the program was built in.
    ///
    /// A program built with `-D XCEPTION_NO_CHECKOUT` does not know its checkout: packages must not contain the
    /// directory they were built in.
    package static func standard() -> ModelLocator {
        var places: [Place] = []
        func add(_ name: String, _ directory: FilePath?, isNamed: Bool = false) {
            // Files installed below ~/.local are the user's data as well.
            guard let directory, !places.contains(where: { $0.directory.namesSameFile(as: directory) }) else { return }
            places.append(Place(name: name, directory: directory, isNamed: isNamed))
        }
        add("$XCEPTION_MODELS", environment("XCEPTION_MODELS"), isNamed: true)
        add(
            "user data",
            (environment("XDG_DATA_HOME") ?? environment("HOME")?.appending(".local/share"))?.appending("xception"))
        add("installed", executable()?.parent.parent.appending("share/xception"))
        #if !XCEPTION_NO_CHECKOUT
        add("checkout", (0..<3).reduce(FilePath(#filePath)) { path, _ in path.parent }.appending("Models"))
        #endif
        return ModelLocator(places: places)
    }

    /// Checks that the directories named by the user exist.
    ///
    /// - Throws: ``ModelFileError/noDirectory(name:path:)``.
    package func checkPlaces() throws(ModelFileError) {
        for place in places where place.isNamed && FileStatus(place.directory)?.isDirectory != true {
            throw .noDirectory(name: place.name, path: place.directory)
        }
    }

    /// Returns every readable file of that name, in order of precedence.
    package func all(_ file: FilePath) -> [Found] {
        places.map { Found(place: $0, path: $0.directory.appending(file.bytes)) }.filter(\.isReadable)
    }

    /// Returns every readable file whose name has the suffix, place by place.
    package func all(suffix: String) -> [Found] {
        places.flatMap { place in
            Self.files(in: place.directory, suffix: suffix).map { Found(place: place, path: $0) }.filter(\.isReadable)
        }
    }

    /// Returns the path of the backbone to use.
    ///
    /// - Parameter explicit: a path, or the name of a backbone in one of the places ("mobilenet").
    /// - Throws: ``ModelFileError/notFound(file:searched:known:)`` or ``ModelFileError/noDirectory(name:path:)``.
    package func backbone(_ explicit: FilePath? = nil) throws(ModelFileError) -> FilePath {
        guard let explicit else { return try find(Self.backboneFile) }
        return try path(explicit, suffix: Self.backboneSuffix)
    }

    /// Returns the path of the head to use.
    ///
    /// - Parameter explicit: a path, or the name of a head in one of the places ("imagenet").
    /// - Throws: ``ModelFileError/notFound(file:searched:known:)`` or ``ModelFileError/noDirectory(name:path:)``.
    package func head(_ explicit: FilePath? = nil) throws(ModelFileError) -> FilePath {
        guard let explicit else { return try defaultHead() }
        return try path(explicit, suffix: Self.headSuffix)
    }

    /// Returns the paths of all files whose names have the suffix: those of directory `first`, then those of the
    /// places.
    package func files(suffix: String, first: FilePath) -> [FilePath] {
        ([first] + places.map(\.directory)).flatMap { Self.files(in: $0, suffix: suffix) }
    }

    /// Returns a path unchanged, or the path of the file that a name stands for.
    private func path(_ explicit: FilePath, suffix: String) throws(ModelFileError) -> FilePath {
        guard !explicit.bytes.contains(UInt8(ascii: "/")), FileStatus(explicit) == nil else { return explicit }
        return try find(FilePath(bytes: explicit.bytes + suffix.utf8))
    }

    /// Returns the first head of the default name, or of any name if it is the only one in a directory named by the
    /// user.
    private func defaultHead() throws(ModelFileError) -> FilePath {
        for place in places where place.isNamed && !all(Self.headFile).contains(where: { $0.place == place }) {
            let heads = all(suffix: Self.headSuffix).filter { $0.place == place }
            if heads.count == 1 { return heads[0].path }
        }
        return try find(Self.headFile)
    }

    private func find(_ file: FilePath) throws(ModelFileError) -> FilePath {
        try checkPlaces()
        guard let found = all(file).first else {
            let suffix = [Self.headSuffix, Self.backboneSuffix].first {
                file.bytes.suffix($0.utf8.count).elementsEqual($0.utf8)
            }
            let known = suffix.map { all(suffix: $0).map(\.path) } ?? []
            throw .notFound(file: file, searched: places.map(\.directory), known: known)
        }
        return found.path
    }

    /// Returns the paths of the files in a directory, sorted; none if it cannot be read.
    private static func files(in directory: FilePath, suffix: String) -> [FilePath] {
        guard let reader = try? DirectoryReader(directory) else { return [] }
        var names: [[UInt8]] = []
        while let name = try? reader.next() {
            if name.suffix(suffix.utf8.count).elementsEqual(suffix.utf8) { names.append(name) }
        }
        return names.sorted { $0.lexicographicallyPrecedes($1) }.map(directory.appending)
    }

    private static func environment(_ name: String) -> FilePath? {
        guard let value = getenv(name), value.pointee != 0 else { return nil }
        return FilePath(cString: value)
    }

    private static func executable() -> FilePath? {
        #if os(Linux)
        guard let path = realpath("/proc/self/exe", nil) else { return nil }
        #else
        guard let path = realpath(CommandLine.arguments[0], nil) else { return nil }
        #endif
        defer { free(path) }
        return FilePath(cString: path)
    }
}

extension ModelLocator.Found {
    fileprivate var isReadable: Bool { path.withCString { access($0, R_OK) } == 0 }
}
