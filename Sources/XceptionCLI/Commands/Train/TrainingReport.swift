import ModelFiles
import Platform
import Xception

/// The report of `train`.
struct TrainingReport {
    let photos: TrainingPhotos
    let groups: PhotoGroups
    let head: TrainedHead
    let file: FilePath
    let failed: Int
    let featureSeconds: Double
    let fitSeconds: Double
    let wantsRejection: Bool
    /// The evaluation of held-out photos.
    let heldOut: Evaluation?

    init(
        photos: TrainingPhotos, groups: PhotoGroups, head: TrainedHead, file: FilePath, failed: Int,
        featureSeconds: Double,
        fitSeconds: Double, wantsRejection: Bool
    ) {
        self.photos = photos
        self.groups = groups
        self.head = head
        self.file = file
        self.failed = failed
        self.featureSeconds = featureSeconds
        self.fitSeconds = fitSeconds
        self.wantsRejection = wantsRejection
        heldOut = head.heldOut.map { heldOut in
            Evaluation(
                zip(heldOut.logits, photos.labels).map { Evaluation.Outcome(logits: $0, label: $1) },
                classes: photos.classes.count)
        }
    }

    var text: String {
        let count = photos.paths.count
        var rows = [
            [
                "head",
                "\(file.line): \(NumberText.counted(photos.classes.count, "class")), "
                    + "\(NumberText.counted(count, "photo"))"
                + (failed > 0 ? " (\(failed) could not be read)" : "")],
        ]
        let sources = photos.descriptions.compactMap(\.source)
        if !sources.isEmpty {
            let stored = sources.count { $0 == .collection }
            rows.append(["features", "\(stored) of \(count) from the collection"])
        }
        rows += [
            ["time", "features \(seconds(featureSeconds)), fit \(seconds(fitSeconds))"],
        ]
        if let heldOut, let folds = head.heldOut?.folds {
            rows.append(["held out", "\(heldOut.top1.line) right, in \(folds) folds"])
        } else {
            rows.append(["held out", "nothing: measuring the head needs two photos of different things per class"])
        }
        if !groups.copies.isEmpty {
            let members = groups.copies.reduce(0) { $0 + $1.count }
            rows.append([
                "copies", "\(members) photos in \(NumberText.counted(groups.copies.count, "group")), held out together",
            ])
        }
        if head.learningCurve.count > 1 {
            let points = head.learningCurve.map {
                "\(NumberText.short($0.photosPerClass, digits: 0)) per class: "
                    + "\(NumberText.percent($0.accuracy, digits: 0))"
            }
            rows.append(["more photos", points.joined(separator: ", ")])
        }
        rows.append(["rejection", rejectionLine])
        var text = Table.text(rows)
        guard let heldOut else { return text }
        text += "\n" + Table.text(
            [["class", "photos", "recall", "precision"]] + zip(photos.classes, heldOut.classes).map { name, figures in
                [name, "\(figures.photos)", NumberText.percent(figures.recall), NumberText.percent(figures.precision)]
            }, rightAligned: [1, 2, 3])
        return text
            + heldOut.mistakesText("worst mistakes (look for wrong labels)", paths: photos.paths) { photos.classes[$0] }
    }

    private var rejectionLine: String {
        guard wantsRejection else { return "off" }
        guard let rejection = head.rejection else {
            return
                "off: it needs \(Rejection.minimumPhotosPerClass) photos per class and \(Rejection.minimumPhotos) in "
                    + "all"
        }
        return
            "photos unlike these are detected; so are \(NumberText.percent(rejection.parameters.quantile, digits: 0)) "
                + "of the held-out ones"
    }

    private func seconds(_ seconds: Double) -> String { NumberText.fixed(seconds, digits: 1) + " s" }
}

extension Evaluation.Outcome {
    /// Makes an outcome of logits.
    ///
    /// - Parameter logits: the logits at the head's temperature.
    fileprivate init(logits: [Float], label: Int) {
        let probabilities = HeadActivation.softmax.probabilities(logits)
        let predicted = probabilities.indicesOfLargest(1)[0]
        self.init(
            label: label, predicted: predicted, confidence: probabilities[predicted],
            rank: 1 + logits.indices.count { logits[$0] > logits[label] })
    }
}
