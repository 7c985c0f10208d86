/// The origin of a line of JSON: two lines with the same origin can stand in one file.
struct RecordOrigin: Equatable, Sendable {
    /// The value of ``ModelDescription/id``.
    let model: String
    /// The settings in words: "top 5, squash, bilinear".
    let settings: String

    init(model: String, settings: String) {
        self.model = model
        self.settings = settings
    }

    /// Describes a run.
    ///
    /// - Parameter settings: the settings in words.
    init(model: ModelDescription, settings: [String]) {
        self.init(model: model.id, settings: settings.joined(separator: ", "))
    }
}
