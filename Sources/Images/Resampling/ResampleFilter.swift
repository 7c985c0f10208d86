import Platform

/// The filters of Pillow's `Image.resize`, under its names.
public enum ResampleFilter: String, CaseIterable, Sendable {
    case nearest, bilinear, bicubic, lanczos

    /// The filter's radius, in pixels of the coarser of the two grids.
    var support: Double {
        switch self {
        case .nearest: 0.5
        case .bilinear: 1
        case .bicubic: 2
        case .lanczos: 3
        }
    }

    /// The filter's value at `x`; operations in the order of Pillow's Resample.c, whose roundings
    /// the result shares.
    func weight(at x: Double) -> Double {
        switch self {
        case .nearest:
            return x > -0.5 && x <= 0.5 ? 1 : 0
        case .bilinear:
            return abs(x) < 1 ? 1 - abs(x) : 0
        case .bicubic:
            let x = abs(x), a = -0.5
            if x < 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
            if x < 2 { return (((x - 5) * x + 8) * x - 4) * a }
            return 0
        case .lanczos:
            return -3 <= x && x < 3 ? sinc(x) * sinc(x / 3) : 0
        }
    }
}

private func sinc(_ x: Double) -> Double {
    x == 0 ? 1 : sin(x * .pi) / (x * .pi)
}
