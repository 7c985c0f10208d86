import Platform
import Testing

@testable import XceptionCLI

@Suite struct GlobTests {
    private func matches(_ pattern: String, _ path: String, isDirectory: Bool = false) throws -> Bool {
        let path = FilePath(path)
        return try Glob(pattern).matches(name: FilePath(bytes: path.lastComponent), path: path, isDirectory: isDirectory)
    }

    @Test("Patterns match as in a shell", arguments: [
        ("*.jpg", "a.jpg"), ("*.jpg", "2019/rome/a.jpg"), ("*.{jpg,jpeg}", "a.jpeg"), ("IMG_????.jpg", "IMG_0012.jpg"),
        ("[a-c]*", "b.png"), ("[!a-c]*", "d.png"), ("[]x]", "]"), ("[a-]", "-"), ("2019/*.jpg", "2019/a.jpg"), ("/a.jpg", "a.jpg"),
        ("**/rome/*", "2019/may/rome/a.jpg"), ("**/rome/*", "rome/a.jpg"), ("2019/**", "2019/may/a.jpg"), ("a/**/b", "a/b"), ("a/**/b", "a/x/y/b"),
        ("\\*", "*"), ("{a,b{c,d}}.png", "bd.png"), ("日?.jpg", "日本.jpg"), ("a*b*c", "aXbXbXc"), ("{a}", "a"), ("a}", "a}"),
    ])
    func matching(pattern: String, path: String) throws {
        #expect(try matches(pattern, path))
    }

    @Test("What a pattern does not say is not matched", arguments: [
        ("*.jpg", "a.JPG"), ("*.jpg", "a.jpg.txt"), ("2019/*.jpg", "2019/may/a.jpg"), ("a/?.jpg", "a/bb.jpg"), ("/a.jpg", "b/a.jpg"),
        ("[a-c]", "d"), ("[!a]", "a"), ("?", ""), ("{a,b}", "ab"), ("x", "xx"), ("\\*", "a"), ("@eaDir/", "@eaDir"),
    ])
    func notMatching(pattern: String, path: String) throws {
        #expect(try !matches(pattern, path))
    }

    @Test("A pattern that ends in a slash matches directories alone; any bytes may be in a name")
    func kinds() throws {
        #expect(try matches("@eaDir/", "photos/@eaDir", isDirectory: true))
        let latin = FilePath(bytes: [0x63, 0xE9, 0x2E, 0x6A])
        #expect(try Glob("c?.j").matches(name: latin, path: latin, isDirectory: false))
        #expect(try Glob(latin.argument).matches(name: latin, path: latin, isDirectory: false))
    }

    @Test("A pattern that cannot be read is an error", arguments: ["", "[a", "[", "[!]", "{a,b", "a\\", "[z-a]", "x{[}", String(repeating: "{a,b}", count: 12)])
    func errors(pattern: String) {
        #expect(throws: Glob.SyntaxError.self) { try Glob(pattern) }
    }

    @Test("A pattern of many stars takes no longer than others")
    func stars() throws {
        #expect(try !matches(String(repeating: "*a", count: 40) + "b", String(repeating: "a", count: 250)))
    }
}
