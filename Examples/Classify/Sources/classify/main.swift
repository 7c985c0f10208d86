// Names what is in photos: swift run -c release classify PHOTO...
import Xception

do {
    let classifier = try Classifier()
    for path in CommandLine.arguments.dropFirst() {
        print(path)
        for prediction in try classifier.classify(contentsOf: URL(filePath: path), top: 3) {
            print("\(prediction.rank). \(prediction.label): \(Int((prediction.probability * 100).rounded()))%")
        }
    }
} catch {
    print(error)
}
