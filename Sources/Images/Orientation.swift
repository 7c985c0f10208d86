/// The turn that makes a stored picture upright: EXIF tag 0x0112, values 1 to 8.
enum Orientation: Int {
    case upright = 1, mirrored, turned180, flipped, transposed, turnedRight, transversed, turnedLeft

    var swapsAxes: Bool { rawValue >= Orientation.transposed.rawValue }
}
