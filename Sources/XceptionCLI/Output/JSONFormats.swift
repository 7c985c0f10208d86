import Xception

/// What a document says of the model.
struct ModelDescription {
    let name: String
    let backboneSHA256: String
    let headSHA256: String
    let classes: Int
    let precision: Precision

    init(_ classifier: Classifier, precision: Precision) {
        name = "\(classifier.backbone.name)/\(classifier.head.name)"
        backboneSHA256 = classifier.backbone.sha256
        headSHA256 = classifier.head.sha256
        classes = classifier.head.classes.count
        self.precision = precision
    }

    var json: String {
        JSONText.object([
            ("name", JSONText.string(name)),
            ("backbone_sha256", JSONText.string(backboneSHA256)),
            ("head_sha256", JSONText.string(headSHA256)),
            ("classes", "\(classes)"),
            ("precision", JSONText.string(precision.rawValue)),
        ])
    }
}

extension ImageResult {
    /// An element of `results`.
    var json: String {
        switch outcome {
        case .success(let answer):
            JSONText.object([
                ("path", JSONText.string(path.text)),
                ("width", "\(answer.width)"),
                ("height", "\(answer.height)"),
                ("predictions", JSONText.array(answer.predictions.map(\.json))),
                ("milliseconds", JSONText.object([
                    ("decode", JSONText.number(answer.decodeMilliseconds, digits: 3)),
                    ("preprocess", JSONText.number(answer.preprocessMilliseconds, digits: 3)),
                    ("inference", JSONText.number(answer.inferenceMilliseconds, digits: 3)),
                ])),
            ])
        case .failure(let failure):
            JSONText.object([
                ("path", JSONText.string(path.text)),
                ("error", JSONText.object([
                    ("code", JSONText.string(failure.code)),
                    ("message", JSONText.string(failure.message)),
                ])),
            ])
        }
    }
}

extension Prediction {
    fileprivate var json: String {
        JSONText.object([
            ("rank", "\(rank)"),
            ("index", "\(index)"),
            ("id", JSONText.string(id)),
            ("label", JSONText.string(label)),
            // A 32-bit float has no more than nine significant digits.
            ("probability", JSONText.number(Double(probability), digits: 9)),
        ])
    }
}

/// One document (`xception.classify/1`).
struct JSONFormat: ResultFormat {
    let model: ModelDescription

    func header() -> String {
        """
        {"schema": "xception.classify/1",
         "model": \(model.json),
         "results": [
        """
    }

    func entry(_ result: ImageResult, isFirst: Bool) -> String {
        (isFirst ? "\n   " : ",\n   ") + result.json
    }

    func footer(_ summary: RunSummary) -> String {
        let object = JSONText.object([
            ("images", "\(summary.images)"),
            ("failed", "\(summary.failed)"),
            ("seconds", JSONText.number(summary.seconds, digits: 3)),
            ("images_per_second", JSONText.number(summary.imagesPerSecond, digits: 2)),
        ])
        return "],\n \"summary\": \(object)}\n"
    }
}

/// A line for each result.
struct JSONLinesFormat: ResultFormat {
    func entry(_ result: ImageResult, isFirst: Bool) -> String { result.json + "\n" }
}
