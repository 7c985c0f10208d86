import Images
import Platform

/// A line of JSON: an image's record, and its origin. Written and read only here.
struct RecordLine<Value: JSONRecordValue> {
    let record: ImageRecord<Value>
    let origin: RecordOrigin

    init(_ record: ImageRecord<Value>, origin: RecordOrigin) {
        self.record = record
        self.origin = origin
    }

    /// The line, with its end.
    var text: String {
        JSONText.object(record.jsonMembers + (record.version?.jsonMembers ?? []) + origin.jsonMembers) + "\n"
    }

    /// Parses a line to its last byte, in the form of ``text``.
    ///
    /// - Throws: ``JSONMismatch/cutOff`` if the only fault is that bytes are missing at the end.
    init(_ bytes: [UInt8]) throws(JSONMismatch) {
        var scanner = JSONScanner(bytes)
        var record = try ImageRecord<Value>(scanning: &scanner)
        record.version = try FileVersion(scanning: &scanner)
        self.record = record
        origin = try RecordOrigin(scanning: &scanner)
        try scanner.skip("}\n")
        guard scanner.isAtEnd else { throw .foreign }
    }
}

/// The contribution of a value to its record's JSON object.
protocol JSONRecordValue: Sendable {
    /// The members as names and JSON values, in order; they follow the image's size.
    var jsonMembers: [(String, String)] { get }

    /// Parses ``jsonMembers``, from the first name to the last value.
    init(scanning scanner: inout JSONScanner) throws(JSONMismatch)
}

extension ImageRecord where Value: JSONRecordValue {
    /// The members of an element of `results`.
    var jsonMembers: [(String, String)] {
        let frame = name.frame.map { [("frame", "\($0)")] } ?? []
        return frame + name.path.jsonMembers + outcomeMembers
    }

    private var outcomeMembers: [(String, String)] {
        switch outcome {
        case .success(let result):
            [("width", "\(result.width)"), ("height", "\(result.height)")]
                + (result.isPreview ? [("source", JSONText.string("preview"))] : []) + result.value.jsonMembers
                + [("milliseconds", result.timing.json)]
        case .failure(let failure):
            [("error", JSONText.object([
                ("code", JSONText.string(failure.code.rawValue)),
                ("message", JSONText.string(failure.message)),
            ]))]
        }
    }

    /// Parses an object from its opening brace to the end of ``jsonMembers``.
    init(scanning scanner: inout JSONScanner) throws(JSONMismatch) {
        try scanner.skip("{")
        var frame: Int?
        if try scanner.skip(ifNext: "\"frame\": ") {
            frame = try scanner.readInt()
            try scanner.skip(", ")
        }
        let path = try FilePath(scanning: &scanner)
        try scanner.skip(", ")
        self.init(name: ImageName(path: path, frame: frame), outcome: try Self.outcome(scanning: &scanner))
    }

    private static func outcome(
        scanning scanner: inout JSONScanner
    ) throws(JSONMismatch) -> Result<ImageResult<Value>, ImageFailure> {
        if try scanner.skip(ifNext: "\"error\": {\"code\": ") {
            guard let code = ImageError.Code(rawValue: try scanner.readString()) else { throw .foreign }
            try scanner.skip(", \"message\": ")
            let message = try scanner.readString()
            try scanner.skip("}")
            return .failure(ImageFailure(code: code, message: message))
        }
        try scanner.skip("\"width\": ")
        let width = try scanner.readInt()
        try scanner.skip(", \"height\": ")
        let height = try scanner.readInt()
        try scanner.skip(", ")
        let isPreview = try scanner.skip(ifNext: "\"source\": \"preview\", ")
        let value = try Value(scanning: &scanner)
        try scanner.skip(", \"milliseconds\": ")
        return .success(ImageResult(
            width: width, height: height, isPreview: isPreview, value: value,
            timing: try ImageTiming(scanning: &scanner)))
    }
}

extension FilePath {
    /// The members of the path. A path that is not UTF-8 includes its bytes in hexadecimal digits.
    fileprivate var jsonMembers: [(String, String)] {
        let path = [("path", JSONText.string(text))]
        guard String(validating: bytes, as: UTF8.self) == nil else { return path }
        return path + [("path_hex", JSONText.string(HexadecimalText.string(bytes)))]
    }

    fileprivate init(scanning scanner: inout JSONScanner) throws(JSONMismatch) {
        try scanner.skip("\"path\": ")
        let text = try scanner.readString()
        self.init(text)
        if try scanner.skip(ifNext: ", \"path_hex\": ") {
            guard let bytes = HexadecimalText.bytes(try scanner.readString()) else { throw .foreign }
            self.init(bytes: bytes)
            guard self.text.utf8.elementsEqual(text.utf8) else { throw .foreign }
        }
    }
}

extension ImageTiming {
    fileprivate var json: String {
        func milliseconds(_ duration: Duration) -> String { NumberText.short(duration.milliseconds, digits: 3) }
        return JSONText.object([
            ("decode", milliseconds(decode)), ("preprocess", milliseconds(preprocess)),
            ("inference", milliseconds(inference)),
        ])
    }

    fileprivate init(scanning scanner: inout JSONScanner) throws(JSONMismatch) {
        try scanner.skip("{\"decode\": ")
        decode = .milliseconds(try scanner.readDouble())
        try scanner.skip(", \"preprocess\": ")
        preprocess = .milliseconds(try scanner.readDouble())
        try scanner.skip(", \"inference\": ")
        inference = .milliseconds(try scanner.readDouble())
        try scanner.skip("}")
    }
}

extension FileVersion {
    fileprivate var jsonMembers: [(String, String)] {
        let nanoseconds = modificationTime.magnitude
        let fraction = String(nanoseconds % 1_000_000_000)
        let seconds = "\(modificationTime < 0 ? "-" : "")\(nanoseconds / 1_000_000_000)."
        return [
            ("size", "\(size)"), ("modified", seconds + String(repeating: "0", count: 9 - fraction.count) + fraction),
        ]
    }

    /// Parses the version.
    ///
    /// - Returns: nil if the line has none.
    fileprivate init?(scanning scanner: inout JSONScanner) throws(JSONMismatch) {
        guard try scanner.skip(ifNext: ", \"size\": ") else { return nil }
        let size = try scanner.readInt()
        try scanner.skip(", \"modified\": ")
        let time = try scanner.readNumber()
        let parts = time.split(separator: ".")
        // Without the point, seconds and nine decimals are nanoseconds.
        guard parts.count == 2, parts[1].count == 9, let nanoseconds = Int64(parts[0] + parts[1]) else {
            throw .foreign
        }
        self.init(size: size, modificationTime: nanoseconds)
    }
}

extension RecordOrigin {
    fileprivate var jsonMembers: [(String, String)] {
        [("model", JSONText.string(model)), ("settings", JSONText.string(settings))]
    }

    fileprivate init(scanning scanner: inout JSONScanner) throws(JSONMismatch) {
        try scanner.skip(", \"model\": ")
        let model = try scanner.readString()
        try scanner.skip(", \"settings\": ")
        self.init(model: model, settings: try scanner.readString())
    }
}
