import CCurl
import Synchronization

/// One request on its way, and what has arrived so far.
///
/// `@unchecked Sendable`: made by the caller, then touched by the transport's thread only; `isCancelled` is atomic.
final class Transfer: @unchecked Sendable {
    /// Above what any AWS service answers with; curl's own limit of 300 KiB came only with 8.3.
    private static let maximumHeaderSize = 64 << 10

    let request: HTTPRequest
    let limits: HTTPLimits
    let isCancelled = Atomic(false)
    /// Whom `finish` wakes; set before the transfer is handed to the loop.
    var continuation: CheckedContinuation<Result<HTTPResponse, HTTPError>, Never>?

    let easy: EasyHandle
    var headerList = HeaderList()
    let errorText = UnsafeMutableBufferPointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
    /// A copy at a fixed address: curl reads the body from where it lies.
    let body: UnsafeMutableBufferPointer<UInt8>

    private var response = HTTPResponse(status: 0)
    private var headerSize = 0
    private var overflow: HTTPError?

    /// Throws when curl has no memory or does not know an option.
    init(_ request: HTTPRequest, limits: HTTPLimits, settings: CurlSettings) throws(HTTPError) {
        guard let easy = EasyHandle() else {
            throw HTTPError(.other, host: request.url.host, message: "libcurl has no memory")
        }
        self.easy = easy
        self.request = request
        self.limits = limits
        errorText.initialize(repeating: 0)
        body = .allocate(capacity: request.body.count)
        _ = body.initialize(from: request.body)
        do throws(CurlFailure) {
            try settings.apply(to: self)
        } catch {
            throw HTTPError(.configuration, host: request.url.host, message: "libcurl: \(error.message)")
        }
    }

    deinit {
        // curl writes there whenever it likes, `curl_easy_cleanup` included, which comes after this.
        _ = keybaton_curl_set_pointer(easy.pointer, CURLOPT_ERRORBUFFER, nil)
        errorText.deallocate()
        // What is sent may hold a secret.
        body.update(repeating: 0)
        body.deallocate()
    }

    func finish(_ result: Result<HTTPResponse, HTTPError>) {
        continuation?.resume(returning: result)
        continuation = nil
    }

    /// One header line with its line break; false stops the transfer.
    func receiveHeader(_ line: UnsafeRawBufferPointer) -> Bool {
        headerSize += line.count
        guard headerSize <= Self.maximumHeaderSize else {
            overflow = HTTPError(.malformed, host: request.url.host, message: "the answer's headers are too large")
            return false
        }
        let text = String(decoding: line, as: UTF8.self).trimmingWhitespace()
        if text.hasPrefix("HTTP/") {
            // An interim answer (100, 103) may have come before.
            response.headers = []
        } else if response.body.isEmpty, let colon = text.firstIndex(of: ":") {
            // After the body come trailers, which are nobody's headers.
            response.headers.append(
                HTTPHeader(String(text[..<colon]), text[text.index(after: colon)...].trimmingWhitespace()))
        }
        return true
    }

    func receiveBody(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard response.body.count + bytes.count <= limits.maximumBodySize else {
            overflow = bodyTooLarge
            return false
        }
        response.body.append(contentsOf: bytes)
        return true
    }

    /// What curl's verdict means to the caller.
    func result(of code: CURLcode) -> Result<HTTPResponse, HTTPError> {
        if let overflow { return .failure(overflow) }
        if code == CURLE_FILESIZE_EXCEEDED { return .failure(bodyTooLarge) }
        guard code == CURLE_OK else {
            let detail = errorText.baseAddress.map { String(cString: $0) } ?? ""
            let message = detail.isEmpty ? CurlFailure(code: code).message : detail
            return .failure(HTTPError(HTTPError.Code(code), host: request.url.host, message: message))
        }
        response.status = easy.responseStatus
        return .success(response)
    }

    private var bodyTooLarge: HTTPError {
        HTTPError(
            .bodyTooLarge, host: request.url.host,
            message: "the answer's body is larger than \(limits.maximumBodySize) bytes")
    }
}

extension EasyHandle {
    /// 0 when there was no answer. CURLINFO_RESPONSE_CODE by way of curl_easy_getinfo, which is variadic.
    fileprivate var responseStatus: Int { keybaton_curl_response_status(pointer) }
}

extension HTTPError.Code {
    init(_ code: CURLcode) {
        self =
            switch code {
            case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: .resolve
            case CURLE_COULDNT_CONNECT, CURLE_PROXY, CURLE_INTERFACE_FAILED: .connect
            case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
                CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS,
                CURLE_USE_SSL_FAILED:
                .tls
            case CURLE_OPERATION_TIMEDOUT: .timeout
            case CURLE_GOT_NOTHING, CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_PARTIAL_FILE: .connectionLost
            case CURLE_WEIRD_SERVER_REPLY, CURLE_UNSUPPORTED_PROTOCOL, CURLE_BAD_CONTENT_ENCODING, CURLE_URL_MALFORMAT:
                .malformed
            case CURLE_ABORTED_BY_CALLBACK: .cancelled
            default: .other
            }
    }
}

extension StringProtocol {
    fileprivate func trimmingWhitespace() -> String {
        var text = self[...]
        while text.last?.isWhitespace == true { text = text.dropLast() }
        return String(text.drop { $0.isWhitespace })
    }
}
