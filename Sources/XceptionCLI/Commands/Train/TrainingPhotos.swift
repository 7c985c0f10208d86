import Platform
import Xception

/// The photos to train on: readable ones without contradictory labels.
struct TrainingPhotos {
    /// The classes with photos.
    let classes: [String]
    let paths: [FilePath]
    let descriptions: [PhotoDescription]
    /// Indices into ``classes``.
    let labels: [Int]

    /// Selects the photos.
    ///
    /// - Parameter isQuiet: true to write no notes on standard error.
    init(
        _ labelled: LabelledImages, _ results: [(path: FilePath, result: ImageResult<PhotoDescription>)], isQuiet: Bool
    ) throws(CommandError) {
        let labelOf = Dictionary(labelled.photos.map { ($0.path, $0.label) }) { first, _ in first }
        var kept = results.filter { photo in
            photo.result.value.features.allSatisfy(\.isFinite) && labelOf[photo.path] != nil
        }
        func note(_ text: String) { if !isQuiet { StandardError.write(text) } }

        // One picture in two classes: either label is wrong.
        var first: [[Float]: Int] = [:]
        var contradicting: Set<Int> = []
        for (index, photo) in kept.enumerated() {
            guard let other = first[photo.result.value.features] else {
                first[photo.result.value.features] = index
                continue
            }
            let labels = (labelOf[kept[other].path]!, labelOf[photo.path]!)
            guard labels.0 != labels.1 else { continue }
            note(
                "\(kept[other].path.line) and \(photo.path.line) are the same photo in two classes, "
                    + "\(labelled.classes[labels.0].printable) and \(labelled.classes[labels.1].printable); both are "
                    + "left out"
            )
            contradicting.formUnion([other, index])
        }
        kept = kept.enumerated().filter { !contradicting.contains($0.offset) }.map(\.element)

        let used = Set(kept.map { labelOf[$0.path]! }).sorted()
        for label in labelled.classes.indices where !used.contains(label) {
            note("\(labelled.classes[label].printable): no photo of the class could be used; it is left out")
        }
        let position = Dictionary(uniqueKeysWithValues: used.enumerated().map { ($1, $0) })
        classes = used.map { labelled.classes[$0] }
        paths = kept.map(\.path)
        descriptions = kept.map(\.result.value)
        labels = kept.map { position[labelOf[$0.path]!]! }
    }

    func trainingSet(groups: [Int]) -> TrainingSet {
        TrainingSet(classes: classes, features: descriptions.map(\.features), labels: labels, groups: groups)
    }
}
