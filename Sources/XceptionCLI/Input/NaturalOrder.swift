/// Natural order: runs of digits compare by value, `2.jpg` before `10.jpg`. Bytes break ties.
func precedes(_ a: [UInt8], _ b: [UInt8]) -> Bool {
    func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
    var i = 0
    var j = 0
    while i < a.count, j < b.count {
        if isDigit(a[i]), isDigit(b[j]) {
            let x = a[i...].prefix(while: isDigit)
            let y = b[j...].prefix(while: isDigit)
            let (p, q) = (x.drop { $0 == UInt8(ascii: "0") }, y.drop { $0 == UInt8(ascii: "0") })
            if p.count != q.count { return p.count < q.count }
            if !p.elementsEqual(q) { return p.lexicographicallyPrecedes(q) }
            i = x.endIndex
            j = y.endIndex
        } else {
            if a[i] != b[j] { return a[i] < b[j] }
            i += 1
            j += 1
        }
    }
    if a.count - i != b.count - j { return a.count - i < b.count - j }
    return a.lexicographicallyPrecedes(b)
}
