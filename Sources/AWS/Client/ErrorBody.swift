import FoundationEssentials
import HTTPTransport

/// What an error answer says, whichever protocol it speaks.
///
/// Told by its first byte, not by the service: proxies and emulators answer JSON clients in XML, load balancers everybody
/// in HTML.
struct ErrorBody {
    private(set) var code: String?
    private(set) var message: String?
    private(set) var requestID: String?

    init(_ response: HTTPResponse) {
        switch response.body.first(where: { ![0x09, 0x0A, 0x0D, 0x20, 0xEF, 0xBB, 0xBF].contains($0) }) {
        case UInt8(ascii: "{"): readJSON(response.body)
        case UInt8(ascii: "<"): readXML(response.body)
        default: break
        }
        // `Code:http://namespace/`; more exact than the body where both are there.
        code = Self.code(response.header("x-amzn-errortype")) ?? code
        message = message.map(\.firstPrintableLine)
        requestID = requestID.map(\.firstPrintableLine)
    }

    private mutating func readJSON(_ bytes: [UInt8]) {
        guard let fields = try? JSONDecoder().decode(JSONFields.self, from: Data(bytes)) else { return }
        code = Self.code(fields.type)
        message = fields.message
    }

    /// IAM and STS: `ErrorResponse/Error`; S3: `Error`.
    private mutating func readXML(_ bytes: [UInt8]) {
        guard let root = try? XMLElement.parse(bytes) else { return }
        let error = root.name == "Error" ? root : root["Error"] ?? root["Errors", "Error"]
        guard let error, ["Error", "ErrorResponse", "Response"].contains(root.name) else { return }
        code = Self.code(error["Code"]?.text)
        message = error["Message"]?.text
        requestID = (root["RequestId"] ?? root["RequestID"] ?? error["RequestId"])?.text
    }

    /// `namespace#Code:uri` without namespace and URI; nil for what cannot be a code.
    private static func code(_ text: String?) -> String? {
        guard let text else { return nil }
        let withoutURI = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)[0]
        let name = withoutURI.split(separator: "#").last ?? ""
        let isCode = name.utf8.allSatisfy {
            switch $0 {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"): true
            default: false
            }
        }
        return isCode && (1...100).contains(name.utf8.count) ? String(name) : nil
    }

    private struct JSONFields: Decodable {
        var type: String?
        var message: String?

        private enum Key: String, CodingKey { case type = "__type", code, message, Message }

        init(from decoder: any Decoder) throws {
            let fields = try decoder.container(keyedBy: Key.self)
            type = (try? fields.decode(String.self, forKey: .type)) ?? (try? fields.decode(String.self, forKey: .code))
            message =
                (try? fields.decode(String.self, forKey: .message))
                ?? (try? fields.decode(String.self, forKey: .Message))
        }
    }
}

extension HTTPResponse {
    var awsRequestID: String? { (header("x-amzn-requestid") ?? header("x-amz-request-id"))?.firstPrintableLine }
}

extension String {
    /// The first line, without control characters, 500 characters at most.
    ///
    /// What follows in a `SignatureDoesNotMatch` is the canonical request, with the session token in it.
    package var firstPrintableLine: String {
        let line = drop { $0.isNewline || $0 == " " }.prefix { !$0.isNewline }
        let visible = line.unicodeScalars.filter { ![.control, .format].contains($0.properties.generalCategory) }
        let text = String(String.UnicodeScalarView(visible))
        return text.count > 500 ? "\(text.prefix(500))…" : text
    }
}
