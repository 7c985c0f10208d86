/// The record of a head's training in its file.
package struct TrainingRecord: Sendable, Equatable, Codable {
    /// Photos per class, in the order of the classes.
    package var photos: [Int]
    /// lambda of the logistic regression.
    package var regularization: Double
    /// The temperature that is folded into the weights.
    package var temperature: Double
    /// The number of photos that a head trained without them classified right, of all; nil if none could be held out.
    package var heldOutRight: Int?
    package var folds: Int?
    /// Year, month and day, UTC.
    package var date: String
    /// The command line, without output and threads.
    package var command: String

    private enum CodingKeys: String, CodingKey {
        case photos
        case regularization = "lambda"
        case temperature
        case heldOutRight = "held_out_right"
        case folds
        case date
        case command
    }

    package init(
        photos: [Int], regularization: Double, temperature: Double, heldOutRight: Int?, folds: Int?, date: String,
        command: String
    ) {
        self.photos = photos
        self.regularization = regularization
        self.temperature = temperature
        self.heldOutRight = heldOutRight
        self.folds = folds
        self.date = date
        self.command = command
    }

    /// True if the numbers are plausible and the texts are safe to print.
    func isUsable(classes: Int) -> Bool {
        photos.count == classes && photos.allSatisfy { (0...1 << 32).contains($0) }
            && (0...photos.reduce(0, +)).contains(heldOutRight ?? 0) && regularization.isFinite && temperature.isFinite
            && date.isPrintable && command.isPrintable
    }
}
