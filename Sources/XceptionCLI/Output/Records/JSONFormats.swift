import Platform

/// A value that a JSON document contains.
protocol JSONDocumentValue: JSONRecordValue {
    /// The name of the document's schema, such as `xception.classify/1`.
    static var schema: String { get }
}

/// One document, with a line per record.
struct JSONFormat<Value: JSONDocumentValue>: TextualFormat {
    let model: ModelDescription

    func header() -> String {
        """
        {"schema": \(JSONText.string(Value.schema)),
         "model": \(model.json),
         "results": [
        """
    }

    func entry(_ record: ImageRecord<Value>, isFirst: Bool) -> String {
        (isFirst ? "\n   " : ",\n   ") + JSONText.object(record.jsonMembers)
    }

    func footer(_ summary: RunSummary) -> String {
        "],\n \"summary\": \(summary.json)}\n"
    }
}

extension JSONFormat: RecognizableOutput {
    static func wrote(_ file: FilePath, _ descriptor: Int32) throws(SystemError) -> Bool {
        var lines = LineReader(descriptor)
        guard try text(&lines) == "{\"schema\": \(JSONText.string(Value.schema)),\n" else { return false }
        let model = try text(&lines)
        guard model.hasPrefix(" \"model\": {"), model.hasSuffix("},\n") else { return false }
        guard try text(&lines) == " \"results\": [\n" else { return false }
        while let line = try lines.next() {
            guard let isLast = try? isLastRecord(line.bytes) else { return false }
            guard isLast else { continue }
            let summary = try text(&lines)
            let isEnd = try lines.next() == nil
            return isEnd && summary.hasPrefix(" \"summary\": {\"images\": ") && summary.hasSuffix("}\n")
        }
        return false
    }

    private static func text(_ lines: inout LineReader) throws(SystemError) -> String {
        try lines.next().map { String(decoding: $0.bytes, as: UTF8.self) } ?? ""
    }

    private static func isLastRecord(_ line: [UInt8]) throws(JSONMismatch) -> Bool {
        var scanner = JSONScanner(line)
        try scanner.skip("   ")
        _ = try ImageRecord<Value>(scanning: &scanner)
        try scanner.skip("}")
        let isLast = try scanner.skip(ifNext: "]")
        try scanner.skip(",\n")
        return isLast
    }
}

/// One line per record, which includes its origin.
struct JSONLinesFormat<Value: JSONRecordValue>: TextualFormat {
    let origin: RecordOrigin

    func entry(_ record: ImageRecord<Value>, isFirst: Bool) -> String { RecordLine(record, origin: origin).text }
}

extension JSONLinesFormat: RecognizableOutput {
    /// Returns true for lines of this program. The last line may be cut off, after a kill or on a full disk.
    static func wrote(_ file: FilePath, _ descriptor: Int32) throws(SystemError) -> Bool {
        var lines = LineReader(descriptor)
        while let line = try lines.next() {
            do throws(JSONMismatch) {
                _ = try RecordLine<Value>(line.bytes)
            } catch {
                return line.end == .torn && error == .cutOff
            }
        }
        return true
    }
}

extension RunSummary {
    var json: String {
        JSONText.object([
            ("images", "\(images)"),
            ("failed", "\(failed)"),
            ("seconds", NumberText.short(seconds, digits: 3)),
            ("images_per_second", NumberText.short(imagesPerSecond, digits: 2)),
            ("skipped", JSONText.object(skipped.byKind.map { ($0.kind, "\($0.count)") })),
            ("complete", "\(isComplete)"),
        ])
    }
}
