import ArgumentParser
import Images
import Xception

/// The preparation of images for the network.
struct PreprocessingOptions: ParsableArguments {
    @Option(help: "Scaling to the input size; squash ignores the aspect ratio (default: the model's own).")
    var resize: ResizeOption?

    @Option(help: ArgumentHelp(
        "Views per image: 1, or 2 (squashed, and the middle 7/8 of the shorter side) in twice the time (default: the "
            + "model's own).",
        valueName: "n"))
    var views: Int?

    @Option(help: "Resampling filter (default: the model's own).")
    var resample: ResampleFilter?

    @Flag(help: "Ignore the orientation in EXIF and XMP.")
    var noOrient = false

    @Flag(help: ArgumentHelp(
        "Always decode JPEGs at full size. By default large ones are decoded at 1/2, 1/4 or 1/8, to at least 5 times "
            + "the input size."))
    var exactDecode = false

    @Option(parsing: .unconditional, help: ArgumentHelp(
        "Reject images with more than n pixels; the default needs about 500 MB.", valueName: "n"))
    var maxPixels = DecodeOptions.defaultMaximumPixels

    func validate() throws {
        guard views.map((1...2).contains) ?? true else {
            throw ValidationError("--views must be 1 or 2, not \(views!).")
        }
        guard maxPixels >= 1 else { throw ValidationError("--max-pixels must be at least 1, not \(maxPixels).") }
    }

    enum ResizeOption: String, ExpressibleByArgument, CaseIterable {
        case squash
        case centerCrop = "center-crop"
    }

    /// Returns the preprocessor.
    ///
    /// - Parameter standard: the model's own.
    func preprocessor(_ standard: Preprocessor) -> Preprocessor {
        var preprocessor = standard
        if let resample { preprocessor.filter = resample }
        if let views { preprocessor.views = views }
        switch resize {
        case .squash?: preprocessor.resize = .squash
        case .centerCrop? where preprocessor.resize == .squash: preprocessor.resize = preprocessor.customaryCrop
        default: break
        }
        return preprocessor
    }

    func decoding(for preprocessor: Preprocessor) -> DecodeOptions {
        // A limit above the largest possible image is no limit.
        let maximumPixels = min(maxPixels, DecodeOptions.defaultMaximumSide * DecodeOptions.defaultMaximumSide)
        // Three bytes per pixel by default.
        return DecodeOptions(
            applyOrientation: !noOrient, maximumPixels: maximumPixels,
            maximumMemory: max(3 * maximumPixels, DecodeOptions.defaultMaximumMemory),
            minimumScaledSide: exactDecode ? nil : preprocessor.minimumScaledSide)
    }

    /// Returns the settings that determine a result, in words.
    func settings(_ preprocessor: Preprocessor) -> [String] {
        var settings = [preprocessor.resize == .squash ? "squash" : "center-crop", preprocessor.filter.rawValue]
        if preprocessor.views > 1 { settings.append("\(preprocessor.views) views") }
        if noOrient { settings.append("no-orient") }
        if exactDecode { settings.append("exact-decode") }
        if maxPixels != DecodeOptions.defaultMaximumPixels { settings.append("max-pixels \(maxPixels)") }
        return settings
    }
}

extension ResampleFilter: ExpressibleByArgument {}
