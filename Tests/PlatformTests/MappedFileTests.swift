import Foundation
import Platform
import TestSupport
import Testing

@Suite struct MappedFileTests {
    let folder: TemporaryFolder
    let path: FilePath

    init() throws {
        folder = try TemporaryFolder()
        path = try folder.write("file", Data("content".utf8))
    }

    private func write(_ text: String, keepingDate: Bool) throws {
        let before = try FileManager.default.attributesOfItem(atPath: path.text)[.modificationDate] as? Date
        let file = try FileHandle(forWritingTo: URL(filePath: path.text))
        try file.write(contentsOf: Data(text.utf8))
        try file.close()
        if keepingDate, let before { try FileManager.default.setAttributes([.modificationDate: before], ofItemAtPath: path.text) }
    }

    @Test("A file is mapped, with a page of zeros after it")
    func mapped() throws {
        let file = try MappedFile(path: path)
        #expect(file.bytes.elementsEqual("content".utf8))
        #expect(file.bytes.baseAddress!.load(fromByteOffset: 8, as: UInt64.self) == 0)
        #expect(file.state == .unchanged)
    }

    @Test("A write is a change; one whose date is put back is a touch, and so is another name, until it is accepted")
    func states() throws {
        // A date of whole seconds can be put back exactly.
        try FileManager.default.setAttributes([.modificationDate: Date(timeIntervalSince1970: 1e9)], ofItemAtPath: path.text)
        let file = try MappedFile(path: path)
        usleep(20_000)
        try FileManager.default.linkItem(atPath: path.text, toPath: path.text + ".link")
        guard case .touched(let time) = file.state else {
            Issue.record("a new link is not noticed")
            return
        }
        file.acceptTouch(at: time)
        #expect(file.state == .unchanged)
        usleep(20_000)
        try write("CONTENT", keepingDate: true)
        guard case .touched = file.state else {
            Issue.record("a write is not noticed whose date is put back")
            return
        }
        try write("another", keepingDate: false)
        #expect(file.state == .changed)
    }

    @Test("What cannot be mapped is an error")
    func errors() throws {
        #expect(throws: MappedFile.OpenError.notRegular) { try MappedFile(path: FilePath(folder.path)) }
        #expect(throws: MappedFile.OpenError.system(SystemError(number: ENOENT))) { try MappedFile(path: path.parent.appending("none")) }
        let empty = try folder.write("empty", Data())
        #expect(throws: MappedFile.OpenError.empty) { try MappedFile(path: empty) }
    }
}
