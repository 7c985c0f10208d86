import Images
import ModelFiles
import Platform
import Xception

extension TrainedHead {
    /// Returns the bytes of the head's file.
    ///
    /// - Parameters:
    ///   - photos: the number of photos per class.
    ///   - heldOutRight: the number of photos that a head trained without them classified right.
    ///   - preprocessor: the preparation of photos, which the file states if it differs from the backbone's.
    func file(
        name: String, classes: [String], photos: [Int], heldOutRight: Int?, backbone: Backbone,
        preprocessor: Preprocessor,
        command: String
    ) throws(ModelFileError) -> SafetensorsWriter {
        let record = TrainingRecord(
            photos: photos, regularization: regularization, temperature: temperature, heldOutRight: heldOutRight,
            folds: heldOut?.folds, date: Self.date, command: command)
        var metadata: [MetadataKey: String] = [:]
        let standard = try Preprocessor(backbone)
        if preprocessor.resize != standard.resize {
            metadata[.resize] = switch preprocessor.resize {
            case .squash: "squash"
            case .centerCrop(let side): "crop:\(side)"
            }
        }
        if preprocessor.filter != standard.filter { metadata[.resample] = preprocessor.filter.rawValue }
        if preprocessor.views != standard.views { metadata[.views] = "\(preprocessor.views)" }
        return Head.file(
            name: name, classes: classes.map { ClassLabel(id: $0, label: $0) }, activation: .softmax,
            layers: [Head.Dense(kernel: kernel, bias: bias)], backboneSHA256: backbone.sha256, training: record,
            rejection: rejection.map { ($0.parameters, $0.means, $0.center) }, metadata: metadata)
    }

    /// The day, or the day of `SOURCE_DATE_EPOCH` (https://reproducible-builds.org), UTC.
    private static var date: String {
        var seconds = getenv("SOURCE_DATE_EPOCH").flatMap { time_t(String(cString: $0)) } ?? time(nil)
        var day = tm()
        guard gmtime_r(&seconds, &day) != nil else { return "1970-01-01" }
        func digits(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(day.tm_year + 1900)-\(digits(day.tm_mon + 1))-\(digits(day.tm_mday))"
    }
}
