/// A request as it goes on the wire; the transport adds nothing but what HTTP itself needs.
package struct HTTPRequest: Sendable {
    package var method: String
    package var url: HTTPURL
    /// In order; names are compared without case.
    package var headers: [HTTPHeader]
    package var body: [UInt8]

    package init(method: String, url: HTTPURL, headers: [HTTPHeader] = [], body: [UInt8] = []) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
    }

    /// The value of the first header of that name; nil when there is none.
    package func header(_ name: String) -> String? { headers.firstValue(of: name) }
}

package struct HTTPHeader: Hashable, Sendable {
    package var name: String
    package var value: String

    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

extension [HTTPHeader] {
    func firstValue(of name: String) -> String? {
        let name = name.lowercased()
        return first { $0.name.lowercased() == name }?.value
    }
}
