import Images

/// Turns a picture into what the network reads: resized, perhaps cropped, normalized.
public struct Preprocessor: Sendable, Equatable {
    public enum Resize: Sendable, Equatable {
        /// Both sides to `size`, whatever the picture's shape, as Keras' `load_img(target_size:)`.
        case squash
        /// The shorter side to `shorterSide`, then the middle `size` x `size`, as timm's and
        /// torchvision's `Resize` and `CenterCrop`.
        case centerCrop(shorterSide: Int)
    }

    /// Side length of the result.
    public var size: Int
    public var resize: Resize
    /// 1, or 2: the photo is looked at squashed and by the middle 7/8 of its shorter side, and the features are the mean of
    /// both, at twice the time.
    public var views: Int
    public var filter: ResampleFilter
    /// Per channel, on the scale where white is 1: the result is (x / 255 - mean) / std.
    public var mean: [Float]
    public var std: [Float]

    /// The defaults are those of Keras' Xception.
    ///
    /// - Precondition: `size` is positive, a crop's shorter side at least `size`, `views` 1 or 2, `mean` and `std`
    ///   have three elements.
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
    /// (``DecodeOptions/minimumScaledSide``): 5 times what it is resized to.
    ///
    /// Measured by Scripts/checks/check_scaled_decoding.py on files of cameras: see Documentation/formats.md. What moves
    /// probabilities is detail that full size has and a fraction has not, so that no filter brings it back.
    package var minimumScaledSide: Int {
        let shorterSides = resizes.map { resize in
            switch resize {
            case .squash: size
            case .centerCrop(let shorterSide): shorterSide
            }
        }
        return shorterSides.max()! * 5
    }

    /// The crop that the field evaluates by: 7/8 of the shorter side are kept, as by timm at 299 of 333 or 342.
    package var customaryCrop: Resize { .centerCrop(shorterSide: size * 8 / 7) }

    /// How each view is brought to the input size; the second one is what the first is not.
    private var resizes: [Resize] {
        views == 1 ? [resize] : [resize, resize == .squash ? customaryCrop : .squash]
    }

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

    /// Half a pixel is rounded to even, as torchvision, which uses Python's `round`, does.
    private func middle(of length: Int) -> Range<Int> {
        let margin = Int((Double(length - size) / 2).rounded(.toNearestOrEven))
        return margin..<margin + size
    }

    /// A sample has 256 values, so the arithmetic is done once for each.
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

    /// One sample. At Keras' mean and deviation the operations are those of Keras'
    /// `preprocess_input`, mode "tf"; the general formula rounds differently in the last bit.
    private func normalized(_ sample: UInt8, channel: Int) -> Float {
        let (mean, std) = (mean[channel], std[channel])
        return mean == 0.5 && std == 0.5 ? Float(sample) / 127.5 - 1 : (Float(sample) / 255 - mean) / std
    }
}
