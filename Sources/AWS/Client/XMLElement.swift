import CExpat

/// One element of an XML answer with its text and children; attributes and namespaces are left out.
package struct XMLElement: Equatable, Sendable {
    package var name: String
    package var text: String
    package var children: [XMLElement]

    package init(name: String, text: String = "", children: [XMLElement] = []) {
        self.name = name
        self.text = text
        self.children = children
    }

    /// Throws for what is not well-formed, nests deeper than any answer of AWS, or declares a document type: AWS sends
    /// none, and without one there are no entities to expand.
    package static func parse(_ bytes: [UInt8]) throws(XMLError) -> XMLElement {
        guard let parser = XML_ParserCreate(nil) else { throw XMLError(message: "out of memory") }
        defer { XML_ParserFree(parser) }
        // The length is an `int`.
        guard let count = Int32(exactly: bytes.count) else { throw XMLError(message: "too large") }
        let builder = TreeBuilder(parser)
        XML_SetUserData(parser, Unmanaged.passUnretained(builder).toOpaque())
        XML_SetElementHandler(
            parser, { context, name, _ in TreeBuilder.of(context)?.start(name) },
            { context, _ in TreeBuilder.of(context)?.end() })
        XML_SetCharacterDataHandler(parser) { context, text, count in TreeBuilder.of(context)?.append(text, count) }
        XML_SetStartDoctypeDeclHandler(parser) { context, _, _, _, _ in
            TreeBuilder.of(context)?.stop("a document type is not allowed")
        }
        let status = bytes.withUnsafeBytes { XML_Parse(parser, $0.bindMemory(to: CChar.self).baseAddress, count, 1) }
        let reason = withExtendedLifetime(builder) { builder.refusal }
        guard status == XML_STATUS_OK, let root = builder.root else {
            let text = reason ?? XML_ErrorString(XML_GetErrorCode(parser)).map { String(cString: $0) } ?? "no element"
            throw XMLError(message: "line \(XML_GetCurrentLineNumber(parser)): \(text)")
        }
        return root
    }

    /// The descendant reached by always taking the first child of that name; nil when one of them is missing.
    package subscript(path: String...) -> XMLElement? {
        path.reduce(self as XMLElement?) { element, name in element?.children.first { $0.name == name } }
    }

    package func children(named name: String) -> [XMLElement] { children.filter { $0.name == name } }
}

package struct XMLError: Error, Equatable, Sendable, CustomStringConvertible {
    package let message: String
    package var description: String { "not usable XML: \(message)" }
}

/// Collects Expat's events; used by one `parse` on one thread.
private final class TreeBuilder {
    private static let maximumDepth = 32

    private let parser: XML_Parser
    private var open: [XMLElement] = []
    private(set) var root: XMLElement?
    private(set) var refusal: String?

    init(_ parser: XML_Parser) { self.parser = parser }

    static func of(_ context: UnsafeMutableRawPointer?) -> TreeBuilder? {
        context.map { Unmanaged<TreeBuilder>.fromOpaque($0).takeUnretainedValue() }
    }

    func start(_ name: UnsafePointer<CChar>?) {
        guard open.count < Self.maximumDepth else { return stop("nested too deeply") }
        open.append(XMLElement(name: name.map { String(cString: $0) } ?? ""))
    }

    func end() {
        guard let element = open.popLast() else { return }
        if open.isEmpty { root = element } else { open[open.count - 1].children.append(element) }
    }

    func append(_ text: UnsafePointer<CChar>?, _ count: Int32) {
        guard let text, !open.isEmpty else { return }
        open[open.count - 1].text += String(
            decoding: UnsafeRawBufferPointer(start: text, count: Int(count)), as: UTF8.self)
    }

    func stop(_ reason: String) {
        refusal = refusal ?? reason
        _ = XML_StopParser(parser, keybaton_expat_not_resumable())
    }
}
