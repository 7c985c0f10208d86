/// What a value contributes to its record's JSON object.
protocol JSONRecordValue: Sendable {
    /// Names and values, JSON already, in order; they follow the image's size.
    var jsonMembers: [(String, String)] { get }
}

extension ImageRecord where Value: JSONRecordValue {
    /// The members of an element of `results`.
    var jsonMembers: [(String, String)] {
        let frame = name.frame.map { [("frame", "\($0)")] } ?? []
        let path = [("path", JSONText.string(name.path.text))]
        switch outcome {
        case .success(let result):
            return frame + path + [("width", "\(result.width)"), ("height", "\(result.height)")] + result.value.jsonMembers
                + [("milliseconds", result.timing.json)]
        case .failure(let failure):
            return frame + path + [("error", JSONText.object([
                ("code", JSONText.string(failure.code.rawValue)),
                ("message", JSONText.string(failure.message)),
            ]))]
        }
    }
}

extension ImageTiming {
    fileprivate var json: String {
        func milliseconds(_ duration: Duration) -> String { NumberText.short(duration.milliseconds, digits: 3) }
        return JSONText.object([
            ("decode", milliseconds(decode)), ("preprocess", milliseconds(preprocess)), ("inference", milliseconds(inference)),
        ])
    }
}

/// One document.
struct JSONFormat<Value: JSONRecordValue>: TextualFormat {
    /// Such as `xception.classify/1`.
    let schema: String
    let model: ModelDescription

    func header() -> String {
        """
        {"schema": \(JSONText.string(schema)),
         "model": \(model.json),
         "results": [
        """
    }

    func entry(_ record: ImageRecord<Value>, isFirst: Bool) -> String {
        (isFirst ? "\n   " : ",\n   ") + JSONText.object(record.jsonMembers)
    }

    func footer(_ summary: RunSummary) -> String {
        let object = JSONText.object([
            ("images", "\(summary.images)"),
            ("failed", "\(summary.failed)"),
            ("seconds", NumberText.short(summary.seconds, digits: 3)),
            ("images_per_second", NumberText.short(summary.imagesPerSecond, digits: 2)),
        ])
        return "],\n \"summary\": \(object)}\n"
    }
}

/// A line for each record, which says what made it.
struct JSONLinesFormat<Value: JSONRecordValue>: TextualFormat {
    let origin: RecordOrigin

    func entry(_ record: ImageRecord<Value>, isFirst: Bool) -> String {
        JSONText.object(record.jsonMembers + origin.jsonMembers) + "\n"
    }
}
