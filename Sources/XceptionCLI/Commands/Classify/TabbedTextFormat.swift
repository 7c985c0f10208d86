import Platform

/// Text for programs that read lines: path, then label and probability of the concept, if one is asked for, and of each
/// prediction, separated by tabs.
struct TabbedTextFormat: TextualFormat {
    typealias Value = Classification

    func entry(_ record: ImageRecord<Classification>, isFirst: Bool) -> String {
        guard case .success(let result) = record.outcome else { return "" }
        guard !result.value.isRejected else { return "\(record.name.line)\t\(Classification.rejectedText)\n" }
        let concept = result.value.concept.map { [($0.label, $0.probability)] } ?? []
        let fields = (concept + result.value.predictions.map { ($0.label, $0.probability) }).flatMap {
            label, probability in
            [label.printable, NumberText.fixed(Double(probability), digits: 4)]
        }
        return ([record.name.line] + fields).joined(separator: "\t") + "\n"
    }
}
