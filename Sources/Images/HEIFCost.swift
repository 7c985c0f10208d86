/// The cost of decoding an item of a HEIF file with all that it is made of, in pixels.
struct HEIFCost: Equatable {
    /// The most pixels of coded pictures and canvases that are in memory at one time.
    var simultaneous: Int
    /// The pixels that are decoded, and a quarter of those that are only copied. Nothing is free, so that an item that
    /// is a part of itself never has a cost.
    var total: Int

    /// A value that no limit admits, of which sums of all references do not overflow.
    private static let unlimited = 1 << 44
}

extension HEIFCost {
    /// The cost of an item whose parts' costs are known.
    fileprivate init(_ item: HEIFItems.Item, parts: [HEIFCost], auxiliaries: [HEIFCost]) {
        let canvas = item.canvas?.pixels ?? 0
        simultaneous = max(item.coded, canvas)
        if let largest = parts.map(\.simultaneous).max() { simultaneous = min(simultaneous, Self.unlimited) + largest }
        total = 1 + min(item.coded, Self.unlimited) + min(canvas / 4, Self.unlimited)
        for auxiliary in auxiliaries { simultaneous = max(simultaneous, auxiliary.simultaneous) }
        for part in parts + auxiliaries { total += part.total }
        (simultaneous, total) = (min(simultaneous, Self.unlimited), min(total, Self.unlimited))
    }
}

extension HEIFItems {
    /// The largest number of levels on which items may be made of others. A picture that turns a grid of tiles has two.
    private static let deepest = 8

    /// The cost of decoding the primary item, or the dearest one if no item is primary.
    ///
    /// - Returns: nil if items are made of each other in a circle, or on too many levels.
    var cost: HEIFCost? {
        var costs: [Int: HEIFCost] = [:]
        for _ in 0...Self.deepest + 1 {
            let next = items.mapValues { item in
                HEIFCost(
                    item, parts: item.parts.compactMap { costs[$0] },
                    auxiliaries: item.auxiliaries.compactMap { costs[$0] })
            }
            if next == costs {
                let roots = primary.map { [costs[$0]].compactMap(\.self) } ?? Array(costs.values)
                return HEIFCost(
                    simultaneous: roots.map(\.simultaneous).max() ?? 0, total: roots.map(\.total).max() ?? 0)
            }
            costs = next
        }
        return nil
    }
}
