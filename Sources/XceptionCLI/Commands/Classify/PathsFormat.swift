import Platform

/// The paths of images with any prediction left, and nothing else.
struct PathsFormat: RecordFormat {
    /// A line end, or NUL, which no path contains.
    let separator: Unicode.Scalar

    func bytes(_ record: ImageRecord<Classification>, isFirst: Bool) -> [UInt8] {
        guard case .success(let result) = record.outcome, !result.value.predictions.isEmpty, !result.value.isRejected
        else { return [] }
        return record.name.path.bytes + String(separator).utf8
    }
}
