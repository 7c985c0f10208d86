import ArgumentParser

/// The names of keywords and files for `--format exiftool`.
struct KeywordOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "With exiftool: the word before each keyword, which distinguishes it from yours.", valueName: "word"))
    var prefix: String?

    @Flag(help: "With exiftool: name the sidecar photo.jpg.xmp instead of photo.jpg.")
    var sidecars = false

    /// The first step of every keyword.
    var firstStep: String {
        guard let prefix else { return "auto" }
        return prefix.hasSuffix("|") ? String(prefix.dropLast()) : prefix
    }

    func validate() throws {
        guard !firstStep.isEmpty, ExifToolFormat.keyword(firstStep) == firstStep else {
            throw ValidationError("--prefix must be a word without | / , ; and control characters, such as auto.")
        }
    }

    func validate(_ format: ClassificationFormat) throws {
        guard format == .exiftool || prefix == nil && !sidecars else {
            throw ValidationError("--prefix and --sidecars go with --format exiftool.")
        }
    }
}
