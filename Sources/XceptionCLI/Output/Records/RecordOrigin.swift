/// What made a line of JSON: two lines with the same origin can stand in one file.
struct RecordOrigin: Equatable, Sendable {
    /// ``ModelDescription/id``.
    let model: String
    /// What was asked for, in words: "top 5, squash, bilinear".
    let settings: String

    init(model: String, settings: String) {
        self.model = model
        self.settings = settings
    }

    /// - Parameter settings: what was asked for, in words.
    init(model: ModelDescription, settings: [String]) {
        self.init(model: model.id, settings: settings.joined(separator: ", "))
    }
}
