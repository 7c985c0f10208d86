import Xception

/// One page for people: figures, calibration, coverage, confusion matrix, and the worst mistakes as pictures.
enum EvaluationPage {
    /// The longer side of a thumbnail, in pixels.
    static let thumbnailSize = 240

    private static let page = Page(PackageResources.evaluation_html)

    static func write(_ photos: EvaluatedPhotos, to destination: OutputDestination) throws(CommandError) {
        try page.open(destination)
        try Page.embed(photos.pageJSON + "\n", in: destination)
        try page.close(destination)
    }
}

extension EvaluatedPhotos {
    /// The document's members and those that only the page shows.
    fileprivate var pageJSON: String {
        func number(_ value: Double) -> String { NumberText.short(value, digits: 4) }
        let bins = calibration.bins.map { bin in
            JSONText.object([
                ("photos", "\(bin.photos)"), ("confidence", number(bin.confidence)), ("accuracy", number(bin.accuracy)),
            ])
        }
        return JSONText.object(jsonMembers(mistake: { index in
            thumbnails[index].map { [("thumbnail", JSONText.string(base64($0)))] } ?? []
        }) + [
            ("bins", JSONText.array(bins)),
            (
                "curve",
                JSONText.array(coverage.curve.map { JSONText.array([number($0.coverage), number($0.accuracy)]) })
            ),
        ])
    }
}
