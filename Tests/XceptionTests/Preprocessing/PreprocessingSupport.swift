import Foundation
import Images
import TestSupport

func golden<T: Decodable>(_ name: String, as type: T.Type) -> T {
    try! JSONDecoder().decode(type, from: Data(contentsOf: Repository.url("Tests/Goldens/\(name)")))
}

func photo(_ name: String, options: DecodeOptions = .init()) throws -> RGBImage {
    let data = try Data(contentsOf: Repository.url("Tests/Fixtures/photos/\(name)"))
    return try data.withUnsafeBytes { try decodeImage($0, options: options) }
}
