import Testing

@Suite struct VersionTests {
    @Test("--version names the version and the instruction set in use")
    func version() throws {
        let outcome = try Program.run(["--version"], environment: ["XCEPTION_ISA": "portable"])
        #expect(outcome.status == 0)
        #expect(outcome.output.wholeMatch(of: /xception \d+\.\d+\.\d+ \((commit [0-9a-f]+(-dirty)?, )?portable, auto precision fp32\)\n/) != nil, "\(outcome.output)")
    }
}
