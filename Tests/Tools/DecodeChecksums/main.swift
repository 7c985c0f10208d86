// What decodeImage makes of files whose paths stand on standard input, one a line: for each
// "ok WIDTH HEIGHT SHA-256-of-the-pixels" or the error's code, in input order.
import Foundation
import Images
import ModelFiles

while let path = readLine() {
    guard let file = FileManager.default.contents(atPath: path) else {
        print("unreadable")
        continue
    }
    do throws(ImageError) {
        let result = file.withUnsafeBytes { bytes in
            Result { () throws(ImageError) in try decodeImage(bytes) }
        }
        let image = try result.get()
        let hash = image.withPixels { sha256(UnsafeRawBufferPointer($0)) }
        print("ok", image.width, image.height, hash)
    } catch {
        print(error.code.rawValue)
    }
}
