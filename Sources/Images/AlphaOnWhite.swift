/// `Image.alpha_composite` of RGBA on opaque white, in Pillow's integer arithmetic (AlphaComposite.c):
/// both shares are weights with 7 extra bits, their sum is rounded once after division by 255.
///
/// - Parameters:
///   - rgba: `[count x 4]`, alpha not multiplied into the colours.
///   - target: `[count x 3]`; may be the same memory.
func compositeOnWhite(_ rgba: UnsafePointer<UInt8>, to target: UnsafeMutablePointer<UInt8>, count: Int) {
    for i in 0..<count {
        let alpha = UInt32(rgba[4 * i + 3])
        if alpha == 255 {
            for channel in 0..<3 { target[3 * i + channel] = rgba[4 * i + channel] }
            continue
        }
        for channel in 0..<3 {
            let sum = (UInt32(rgba[4 * i + channel]) &* alpha &+ 255 &* (255 &- alpha)) << 7 &+ (0x80 << 7)
            target[3 * i + channel] = UInt8(truncatingIfNeeded: (((sum >> 8) &+ sum) >> 8) >> 7)
        }
    }
}
