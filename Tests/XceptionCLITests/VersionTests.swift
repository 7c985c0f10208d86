import Testing

@Suite struct VersionTests {
    @Test("--version names the version, the instruction set in use, and the formats with the libraries that read them")
    func version() throws {
        let outcome = try Program.run(["--version"], environment: ["XCEPTION_ISA": "portable"])
        #expect(outcome.status == 0)
        #expect(outcome.output.wholeMatch(of: /xception \d+\.\d+\.\d+ \((commit [0-9a-f]+(-dirty)?, )?portable, auto precision fp32\)\n(reads .*)\n/) != nil, "\(outcome.output)")
        #expect(outcome.output.contains(#/jpeg \(libjpeg-turbo [0-9.]+\), png \(libpng [0-9.]+\), webp \(libwebp [0-9.]+\), heic \(libheif /#))
    }
}
