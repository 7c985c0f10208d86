/// Photos' features and the classes that people gave them.
package struct TrainingSet: Sendable {
    /// Classes by name; labels are indices of it.
    package let classes: [String]
    /// `[2048]` per photo.
    package let features: [[Float]]
    /// A class index per photo.
    package let labels: [Int]
    /// A number per photo: photos with the same number show the same thing, and are held out together.
    package let groups: [Int]

    /// - Precondition: as many labels and groups as features, all of the same length; two classes or more, all of
    ///   which have photos; no feature is NaN or infinite.
    package init(classes: [String], features: [[Float]], labels: [Int], groups: [Int]? = nil) {
        precondition(features.count == labels.count && (groups?.count ?? labels.count) == labels.count)
        precondition(classes.count >= 2 && Set(labels) == Set(classes.indices))
        self.classes = classes
        self.features = features
        self.labels = labels
        self.groups = groups ?? Array(labels.indices)
    }

    /// Photos per class.
    package var counts: [Int] {
        labels.reduce(into: [Int](repeating: 0, count: classes.count)) { $0[$1] += 1 }
    }
}
