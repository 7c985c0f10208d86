import Platform
import Xception

enum EvaluationFormat: String, CommandFormat {
    case text, json, csv

    static let standard = text

    var grows: Bool { false }

    var endings: [String] {
        switch self {
        case .text: []
        case .json: [".json"]
        case .csv: [".csv"]
        }
    }
}

extension EvaluatedPhotos {
    /// Returns one screen of text for people.
    ///
    /// - Parameter perClass: true to list every class, not only the worst.
    func text(perClass: Bool) -> String {
        func percent(_ value: Double?) -> String { NumberText.percent(value) }
        func share(_ value: Double) -> String { NumberText.fixed(value, digits: 3) }
        var rows = [
            [
                "photos",
                "\(evaluation.outcomes.count)"
                    + (summary.failed > 0 ? ", and \(summary.failed) that could not be read" : ""),
            ]
        ]
        if let collected {
            rows.append(["features", "\(collected) of \(evaluation.outcomes.count) from the collection"])
        }
        rows.append(["top-1", evaluation.top1.line])
        if head.classes.count > 5 { rows.append(["top-5", evaluation.top5.line]) }
        if head.rejection != nil { rows.append(["rejected", "\(evaluation.rejected), counted as wrong"]) }
        rows.append([
            "macro average",
            "recall \(percent(evaluation.macroRecall)), precision \(percent(evaluation.macroPrecision)), F1 "
                + "\(percent(evaluation.macroF1))",
        ])
        rows.append([
            "calibration",
            "expected error \(share(calibration.error)); well calibrated probabilities would show "
                + "\(share(calibration.errorByChance)), "
                + "at most \(share(calibration.highErrorByChance))",
        ])
        for precision in [0.95, 0.99] {
            let title = "\(NumberText.percent(precision, digits: 0)) right"
            if let point = coverage.threshold(precision: precision) {
                rows.append([
                    title,
                    "from probability \(NumberText.fixed(Double(point.threshold), digits: 3)) on: "
                        + "\(percent(point.coverage)) of the photos",
                ])
            } else {
                rows.append([title, "at no probability"])
            }
        }
        let listed = perClass || worstClasses.count <= 10 ? worstClasses.sorted() : Array(worstClasses.prefix(5))
        let text = Table.text(rows) + "\n" + Table.text(
            [
                [
                    listed.count < worstClasses.count ? "worst classes" : "class", "photos", "recall", "precision",
                    "F1",
                ]
            ]
                + listed.map { index in
                let figures = evaluation.classes[index]
                return [
                    label(index), "\(figures.photos)", percent(figures.recall), percent(figures.precision),
                    percent(figures.f1),
                ]
            }, rightAligned: [1, 2, 3, 4])
        return text + evaluation.mistakesText("worst mistakes", paths: paths, label: label)
    }

    /// The table: one row per class that has photos or was predicted.
    var csv: String {
        let rows = evaluation.classes.indices.filter {
            evaluation.classes[$0].photos + evaluation.classes[$0].predicted > 0
        }.map { index in
            let figures = evaluation.classes[index]
            return [
                CSVText.text(head.classes[index].label), CSVText.text(head.classes[index].id), "\(index)",
                "\(figures.photos)",
                    "\(figures.predicted)", "\(figures.right)"]
                + [figures.precision, figures.recall, figures.f1].map {
                    $0.map { NumberText.short($0, digits: 6) } ?? ""
                }
        }
        return EvaluationOutput.csvHeader + "\n"
            + rows.map { $0.map { CSVText.field($0) }.joined(separator: ",") + "\n" }.joined()
    }

    /// The document for programs; rates are 0 to 1, null if there is nothing to divide by.
    var json: String { JSONText.object(jsonMembers()) + "\n" }

    /// Returns the document's members.
    ///
    /// - Parameter mistake: further members of the mistake with that index.
    func jsonMembers(mistake: (Int) -> [(String, String)] = { _ in [] }) -> [(String, String)] {
        func number(_ value: Double?) -> String { value.map { NumberText.short($0, digits: 6) } ?? "null" }
        func interval(_ share: Share) -> String {
            JSONText.array([number(share.interval.lowerBound), number(share.interval.upperBound)])
        }
        func named(_ index: Int) -> String {
            JSONText.object([
                ("index", "\(index)"), ("id", JSONText.string(head.classes[index].id)),
                ("label", JSONText.string(head.classes[index].label)),
            ])
        }
        func point(_ point: Coverage.Point?) -> String {
            guard let point else { return "null" }
            return JSONText.object([
                ("probability", number(Double(point.threshold))), ("coverage", number(point.coverage)),
                ("accuracy", number(point.accuracy)),
            ])
        }
        let classes = evaluation.classes.indices.filter {
            evaluation.classes[$0].photos + evaluation.classes[$0].predicted > 0
        }.map { index in
            let figures = evaluation.classes[index]
            return JSONText.object([
                ("index", "\(index)"), ("id", JSONText.string(head.classes[index].id)),
                ("label", JSONText.string(head.classes[index].label)),
                ("photos", "\(figures.photos)"), ("predicted", "\(figures.predicted)"), ("right", "\(figures.right)"),
                ("precision", number(figures.precision)), ("recall", number(figures.recall)),
                ("f1", number(figures.f1)),
            ])
        }
        return [
            ("schema", JSONText.string(EvaluationOutput.schema)),
            ("model", model.json),
            ("images", "\(evaluation.outcomes.count)"),
            ("failed", "\(summary.failed)"),
        ] + (collected.map { [("from_collection", "\($0)")] } ?? []) + [
            ("rejected", "\(evaluation.rejected)"),
            ("top1", number(evaluation.top1.value)), ("top1_interval", interval(evaluation.top1)),
            ("top5", number(evaluation.top5.value)), ("top5_interval", interval(evaluation.top5)),
            ("macro_recall", number(evaluation.macroRecall)), ("macro_precision", number(evaluation.macroPrecision)),
            ("macro_f1", number(evaluation.macroF1)),
            ("ece", number(calibration.error)), ("ece_by_chance", number(calibration.errorByChance)),
            ("ece_by_chance_95", number(calibration.highErrorByChance)),
            ("coverage", JSONText.array(coverage.points.map(point))),
            ("precision_95", point(coverage.threshold(precision: 0.95))),
            ("precision_99", point(coverage.threshold(precision: 0.99))),
            ("classes", JSONText.array(classes)),
            ("confusions", JSONText.array(evaluation.confusions.map { confusion in
                JSONText.object([
                    ("label", named(confusion.label)), ("predicted", named(confusion.predicted)),
                    ("count", "\(confusion.count)"),
                ])
            })),
            ("mistakes", JSONText.array(evaluation.worstMistakes.map { index in
                let outcome = evaluation.outcomes[index]
                return JSONText.object([
                    ("path", JSONText.string(paths[index].text)), ("label", named(outcome.label)),
                    ("predicted", named(outcome.predicted)),
                    ("probability", number(Double(outcome.confidence))), ("rejected", "\(outcome.isRejected)"),
                ] + mistake(index))
            })),
        ]
    }
}
