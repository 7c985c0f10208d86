import Foundation
import Images
import ModelFiles
import TestSupport
import Testing

func fixture(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: Repository.url("Tests/Fixtures/\(name)")))
}

func decode(_ bytes: [UInt8], options: DecodeOptions = .init()) throws(ImageError) -> RGBImage {
    let result = bytes.withUnsafeBytes { bytes in
        Result { () throws(ImageError) in try decodeImage(bytes, options: options) }
    }
    return try result.get()
}

func sha256(_ bytes: [UInt8]) -> String { bytes.withUnsafeBytes { ModelFiles.sha256($0) } }

func golden<T: Decodable>(_ name: String, as type: T.Type) -> T {
    try! JSONDecoder().decode(type, from: Data(contentsOf: Repository.url("Tests/Goldens/\(name)")))
}

/// Tests/Goldens/decode.json, which Scripts/goldens/make_fixtures.py writes.
struct DecodeGoldens: Decodable {
    struct File: Decodable, CustomTestStringConvertible {
        let file: String
        let width, height: Int?
        let sha256: String?
        let middle: [UInt8]?
        let error: String?
        var testDescription: String { file }
    }
    let pillow: String
    let files: [File]

    static let all = golden("decode.json", as: DecodeGoldens.self).files
}
