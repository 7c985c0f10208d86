import Images

/// Prepares a picture for the network: resizes it, crops it if required, and normalizes it.
public struct Preprocessor: Sendable, Equatable {
    public enum Resize: Sendable, Equatable {
        /// Scales both sides to `size`, ignoring the aspect ratio, as Keras' `load_img(target_size:)`.
        case squash
        /// Scales the shorter side to `shorterSide` and keeps the middle `size` x `size`, as timm's and torchvision's
        /// `Resize` and `CenterCrop`.
        case centerCrop(shorterSide: Int)
    }

    /// Side length of the result.
    public var size: Int
    public var resize: Resize
    /// The number of views, 1 or 2. Two views are the squashed photo and the middle 7/8 of its shorter side; the
    /// features are their mean, at twice the time.
    public var views: Int
    public var filter: ResampleFilter
    /// The mean per channel, on the scale where white is 1: the result is (x / 255 - mean) / std.
    public var mean: [Float]
    public var std: [Float]

    /// Makes a preprocessor. The defaults are those of Keras' Xception.
    ///
    /// - Precondition: `size` is positive, a crop's shorter side at least `size`, `views` 1 or 2, `mean` and `std` have
    ///   three elements.
    public init(
        size: Int = 299, resize: Resize = .squash, views: Int = 1, filter: ResampleFilter = .bilinear,
        mean: [Float] = [0.5, 0.5, 0.5], std: [Float] = [0.5, 0.5, 0.5]
    ) {
        precondition(size > 0 && (1...2).contains(views) && mean.count == 3 && std.count == 3)
        if case .centerCrop(let shorterSide) = resize { precondition(shorterSide >= size) }
        self.size = size
        self.resize = resize
        self.views = views
        self.filter = filter
        self.mean = mean
        self.std = std
    }

    /// The shorter side down to which a JPEG may be decoded at a fraction of its size
    /// (``DecodeOptions/minimumScaledSide``): 5 times its size after resizing.
    ///
    /// Measured by Scripts/checks/check_scaled_decoding.py on files of cameras: see Documentation/formats.md.
    /// Probabilities change because a fraction lacks detail of the full size, which no filter restores.
    package var minimumScaledSide: Int {
        let shorterSides = resizes.map { resize in
            switch resize {
            case .squash: size
            case .centerCrop(let shorterSide): shorterSide
            }
        }
        return shorterSides.max()! * 5
    }

    /// The crop of common evaluations: 7/8 of the shorter side are kept, as by timm at 299 of 333 or 342.
    package var customaryCrop: Resize { .centerCrop(shorterSide: size * 8 / 7) }

    /// The resizing of each view; the second view is the one that the first is not.
    private var resizes: [Resize] {
        views == 1 ? [resize] : [resize, resize == .squash ? customaryCrop : .squash]
    }

    /// Prepares an image.
    ///
    /// - Returns: ``views`` views of `[size x size x 3]`.
    /// - Throws: ``ImageError/outOfMemory``.
    package func inputTensor(for image: RGBImage) throws(ImageError) -> InputTensor {
        var views: [ImageBuffer<Float>] = []
        for resize in resizes { views.append(try view(of: image, resize)) }
        return InputTensor(height: size, width: size, views: views)
    }

    private func view(of image: RGBImage, _ resize: Resize) throws(ImageError) -> ImageBuffer<Float> {
        switch resize {
        case .squash:
            return try normalize(image.resized(width: size, height: size, filter: filter))
        case .centerCrop(let shorterSide):
            // torchvision rounds the longer side down.
            let shorter = min(image.originalWidth, image.originalHeight)
            let width = shorterSide * image.originalWidth / shorter
            let height = shorterSide * image.originalHeight / shorter
            return try normalize(
                image.resized(
                    width: width, height: height, filter: filter, columns: middle(of: width), rows: middle(of: height)))
        }
    }

    /// Returns the middle pixels. Half a pixel is rounded to even, as by torchvision, which uses Python's `round`.
    private func middle(of length: Int) -> Range<Int> {
        let margin = Int((Double(length - size) / 2).rounded(.toNearestOrEven))
        return margin..<margin + size
    }

    /// Normalizes all samples. A sample has 256 values, so the arithmetic is done once per value.
    private func normalize(_ image: RGBImage) throws(ImageError) -> ImageBuffer<Float> {
        let table = (0..<256 * 3).map { normalized(UInt8($0 / 3), channel: $0 % 3) }
        let buffer = try ImageBuffer<Float>(count: image.width * image.height * 3)
        let out = buffer.start
        image.withPixels { pixels in
            table.withUnsafeBufferPointer { table in
                for i in stride(from: 0, to: pixels.count, by: 3) {
                    for channel in 0..<3 {
                        out[i + channel] = table[Int(pixels[i + channel]) * 3 + channel]
                    }
                }
            }
        }
        return buffer
    }

    /// Normalizes one sample. At Keras' mean and deviation the operations are those of Keras' `preprocess_input`, mode
    /// "tf"; the general formula rounds differently in the last bit.
    private func normalized(_ sample: UInt8, channel: Int) -> Float {
        let (mean, std) = (mean[channel], std[channel])
        return mean == 0.5 && std == 0.5 ? Float(sample) / 127.5 - 1 : (Float(sample) / 255 - mean) / std
    }
}
