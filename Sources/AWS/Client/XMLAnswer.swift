package import FoundationEssentials

/// An XML answer, read strictly: what is missing or not of its type is an error that names it.
package struct XMLAnswer {
    let root: XMLElement
    private let call: AWSCall
    private let response: AWSResponse

    init(_ call: AWSCall, _ response: AWSResponse) throws(AWSError) {
        do {
            root = try XMLElement.parse(response.body)
        } catch {
            throw AWSError.malformed(call, response, error.description)
        }
        self.call = call
        self.response = response
    }

    private init(_ root: XMLElement, of other: XMLAnswer) {
        self.root = root
        call = other.call
        response = other.response
    }

    package func child(_ name: String) throws(AWSError) -> XMLAnswer {
        guard let element = root[name] else { throw missing(name) }
        return XMLAnswer(element, of: self)
    }

    func children(_ name: String) -> [XMLAnswer] { root.children(named: name).map { XMLAnswer($0, of: self) } }

    /// The `member` elements of a list; an absent list is empty.
    package func members(of list: String) -> [XMLAnswer] {
        (root[list]?.children(named: "member") ?? []).map { XMLAnswer($0, of: self) }
    }

    /// nil when there is no such element, or nothing in it.
    package func optionalText(_ name: String) -> String? { root[name].flatMap { $0.text.isEmpty ? nil : $0.text } }

    package func text(_ name: String) throws(AWSError) -> String {
        guard let text = optionalText(name) else { throw missing(name) }
        return text
    }

    package func date(_ name: String) throws(AWSError) -> Date {
        let text = try text(name)
        // With or without fractions of a second: IAM sends none, S3's listings do.
        guard let date = try? Date(text, strategy: Date.ISO8601FormatStyle()) else {
            throw malformed("\(name) is not a time")
        }
        return date
    }

    package func flag(_ name: String) -> Bool { root[name]?.text == "true" }

    func malformed(_ message: String) -> AWSError { AWSError.malformed(call, response, message) }

    private func missing(_ name: String) -> AWSError { malformed("<\(name)> is missing in <\(root.name)>") }
}
