import Platform
import Xception

/// One line of JSON per map.
struct MapJSONFormat: TextualFormat {
    typealias Value = ExplainedPhoto

    func entry(_ record: ImageRecord<ExplainedPhoto>, isFirst: Bool) -> String {
        guard case .success(let result) = record.outcome else { return "" }
        return result.value.explanations.map { explanation in
            let (prediction, plane) = (explanation.prediction, explanation.map.plane)
            let rows = (0..<plane.height).map { row in
                JSONText.array((0..<plane.width).map { NumberText.short(Double(plane.values[row * plane.width + $0]), digits: 4) })
            }
            return JSONText.object([
                ("path", JSONText.string(record.name.path.text)),
                ("class", JSONText.object([
                    ("index", "\(prediction.index)"), ("id", JSONText.string(prediction.id)), ("label", JSONText.string(prediction.label)),
                    ("probability", prediction.probabilityText),
                ])),
                ("map", JSONText.array(rows)),
                ("box", explanation.box.map { JSONText.array($0.map(String.init)) } ?? "null"),
            ]) + "\n"
        }.joined()
    }
}

/// Text for people: the photo in the colours of the evidence on a terminal that has colours; elsewhere a map of blocks,
/// darker for stronger evidence.
struct MapTextFormat: TextualFormat {
    typealias Value = ExplainedPhoto

    let hasTrueColor: Bool

    private static let shades = [" ", "░", "▒", "▓", "█"]

    func entry(_ record: ImageRecord<ExplainedPhoto>, isFirst: Bool) -> String {
        guard case .success(let result) = record.outcome else { return "" }
        return result.value.explanations.enumerated().map { index, explanation in
            let prediction = explanation.prediction
            let percent = NumberText.percent(Double(prediction.probability))
            let box = explanation.box.map { ", strongest at \($0[0]), \($0[1]), \($0[2]) x \($0[3]) pixels" } ?? ", no evidence for it"
            let rows = if case .small(let photos) = result.value.picture {
                HalfBlocks.lines(photos[index], hasTrueColor: hasTrueColor)
            } else {
                blocks(explanation.map.plane)
            }
            return "\(record.name.line): \(prediction.label.printable) \(percent)\(box)\n"
                + rows.map { "  \($0)\n" }.joined()
        }.joined()
    }

    private func blocks(_ plane: FloatPlane) -> [String] {
        let largest = max(plane.largest, .leastNormalMagnitude)
        return (0..<plane.height).map { row in
            (0..<plane.width).map { column in
                let share = max(0, plane.values[row * plane.width + column] / largest)
                return String(repeating: Self.shades[min(4, Int((share * 4).rounded()))], count: 2)
            }.joined()
        }
    }
}
