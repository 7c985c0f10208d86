import Images

/// A small picture for a terminal: the upper half of each character in one colour, the lower half in another.
enum HalfBlocks {
    /// A line per two rows of pixels.
    ///
    /// - Parameter hasTrueColor: true if the terminal has more than 256 colours.
    static func lines(_ image: RGBImage, hasTrueColor: Bool) -> [String] {
        let pixels = image.pixels
        func color(_ x: Int, _ y: Int) -> String {
            let samples = (0..<3).map { Int(pixels[3 * (y * image.width + x) + $0]) }
            return hasTrueColor ? "2;\(samples[0]);\(samples[1]);\(samples[2])" : "5;\(cube(samples))"
        }
        return stride(from: 0, to: image.height, by: 2).map { y in
            (0..<image.width).map { x in
                let below = y + 1 < image.height ? ";48;" + color(x, y + 1) : ""
                return "\u{1B}[0;38;\(color(x, y))\(below)m▀"
            }.joined() + "\u{1B}[0m"
        }
    }

    /// The nearest of the 6 x 6 x 6 colours that xterm numbers from 16 on.
    private static func cube(_ samples: [Int]) -> Int {
        let levels = [0, 95, 135, 175, 215, 255]
        return samples.reduce(0) { number, sample in
            6 * number + levels.indices.min { abs(levels[$0] - sample) < abs(levels[$1] - sample) }!
        } + 16
    }
}
