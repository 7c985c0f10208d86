// The result of decodeImage for files whose paths stand on standard input, one a line: for each
// "ok WIDTH HEIGHT SHA-256-of-the-pixels" or the error's code, in input order. Pixels of the file on
// line N, from 0, are written to N.rgb in the folder that is named as an argument, if one is.
import Foundation
import Images
import ModelFiles

let folder = CommandLine.arguments.dropFirst().first.map { URL(filePath: $0) }
var line = 0
while let path = readLine() {
    defer { line += 1 }
    guard let file = FileManager.default.contents(atPath: path) else {
        print("unreadable")
        continue
    }
    do throws(ImageError) {
        let result = file.withUnsafeBytes { bytes in
            Result { () throws(ImageError) in try decodeImage(bytes) }
        }
        let image = try result.get()
        let pixels = image.withPixels { Data($0) }
        if let folder { try! pixels.write(to: folder.appending(path: "\(line).rgb")) }
        print("ok", image.width, image.height, pixels.withUnsafeBytes { sha256($0) })
    } catch {
        print(error.code.rawValue)
    }
}
