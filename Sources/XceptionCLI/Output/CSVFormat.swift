import Xception

/// Comma-separated values as RFC 4180 has them, but with LF: a header, then a line for each
/// image with its top answers side by side.
struct CSVFormat: ResultFormat {
    /// Answers an image.
    let top: Int

    /// What every file begins with.
    static let firstColumns = "path,width,height,error"

    func header() -> String {
        let answers = (1...top).map { "label_\($0),id_\($0),index_\($0),probability_\($0)" }
        return ([Self.firstColumns] + answers).joined(separator: ",") + "\n"
    }

    func entry(_ result: ImageResult, isFirst: Bool) -> String {
        var fields = [field(result.path.text)]
        switch result.outcome {
        case .success(let answer):
            fields += ["\(answer.width)", "\(answer.height)", ""]
            for prediction in answer.predictions {
                fields += [
                    field(prediction.label), field(prediction.id), "\(prediction.index)",
                    JSONText.number(Double(prediction.probability), digits: 9),
                ]
            }
        case .failure(let failure):
            fields += ["", "", field(failure.code)]
        }
        fields += Array(repeating: "", count: max(0, 4 + 4 * top - fields.count))
        return fields.joined(separator: ",") + "\n"
    }

    private func field(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { ",\"\n\r".unicodeScalars.contains($0) }) else { return text }
        return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}
