/// The metadata in the header of a model file, by their names there.
package enum MetadataKey: String, Sendable, CaseIterable {
    // Every file
    case format
    case name
    /// SHA-256 of everything after the header.
    case dataSHA256 = "data_sha256"
    case source
    case sourceURL = "source_url"
    case sourceSHA256 = "source_sha256"
    case license

    // The backbone's architecture
    case network
    /// Which of several networks of one kind.
    case variant
    case stemPadding = "stem_padding"
    case poolPadding = "pool_padding"
    case shortcutAfterReLU = "shortcut_after_relu"
    case batchNormalizationEpsilon = "batch_norm_epsilon"

    // Preprocessing; a head may differ from its backbone
    case inputSize = "input_size"
    case inputMean = "input_mean"
    case inputStandardDeviation = "input_std"
    case resize
    case views
    case resample

    // The head
    case classes
    case activation
    case layers
    case backboneSHA256 = "backbone_sha256"
    /// JSON of a ``TrainingRecord``.
    case training
    /// JSON of ``RejectionParameters``.
    case rejection = "reject"
}
