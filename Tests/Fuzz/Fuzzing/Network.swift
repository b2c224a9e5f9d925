@testable import AWS
import HTTPTransport

func fuzzXML(_ bytes: [UInt8]) {
    guard let root = try? XMLElement.parse(bytes) else { return }
    precondition(!root.name.isEmpty && depth(root) <= 32)
}

private func depth(_ element: XMLElement) -> Int { 1 + (element.children.map(depth).max() ?? 0) }

/// What an error says of itself is one printable line.
func fuzzErrorAnswer(_ bytes: [UInt8]) {
    let body = ErrorBody(HTTPResponse(status: 400, body: bytes))
    for text in [body.code, body.message, body.requestID].compactMap(\.self) {
        precondition(!text.unicodeScalars.contains { $0.properties.generalCategory == .control })
    }
}

/// An address that is taken is one that is written and read again.
func fuzzAddress(_ bytes: [UInt8]) {
    guard let url = HTTPURL(String(decoding: bytes, as: UTF8.self)) else { return }
    precondition(HTTPURL(url.description)?.description == url.description)
}
