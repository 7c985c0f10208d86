/// Photos' features and their labels.
package struct TrainingSet: Sendable {
    /// The names of the classes; labels are indices of this array.
    package let classes: [String]
    /// `[2048]` per photo.
    package let features: [[Float]]
    /// A class index per photo.
    package let labels: [Int]
    /// A number per photo: photos with the same number show the same thing, and are held out together.
    package let groups: [Int]

    /// Makes a training set.
    ///
    /// - Precondition: labels, groups and features have the same count, and features the same length; there are two
    ///   classes or more, each with photos; no feature is NaN or infinite.
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
