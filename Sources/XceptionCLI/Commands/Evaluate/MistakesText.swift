import Platform
import Xception

extension Evaluation {
    /// Returns tables of the most frequent confusions and the worst mistakes, five of each; empty without mistakes.
    ///
    /// - Parameters:
    ///   - title: the title of the second table.
    ///   - paths: one per outcome.
    ///   - label: returns a class's name.
    func mistakesText(_ title: String, paths: [FilePath], label: (Int) -> String) -> String {
        let confusions = confusions.prefix(5)
        guard !confusions.isEmpty else { return "" }
        let pairs = confusions.map { confusion in
            [
                "  \(label(confusion.label)) taken for \(label(confusion.predicted))",
                "\(confusion.count) of \(classes[confusion.label].photos)",
            ]
        }
        let mistakes = worstMistakes.prefix(5).map { index in
            let outcome = outcomes[index]
            return [
                "  \(paths[index].line)", "\(label(outcome.label)) taken for \(label(outcome.predicted))",
                NumberText.percent(Double(outcome.confidence), digits: 0),
            ]
        }
        return "\nmost frequent confusions\n" + Table.text(pairs, rightAligned: [1]) + "\n\(title)\n"
            + Table.text(mistakes)
    }
}
