import HTTPTypes
import Hummingbird
import Logging

/// Answers requests: who asks, for what, and whether they have it already.
struct Responder: HTTPResponder {
    typealias Context = BasicRequestContext

    let source: SnapshotSource
    let access: Access
    private let renderer = Renderer()

    init(source: SnapshotSource, access: Access) {
        self.source = source
        self.access = access
    }

    func respond(to request: Request, context: Context) async throws -> Response {
        var answer: Answer
        do {
            answer = try await self.answer(to: request)
        } catch {
            context.logger.error("a page could not be made: \(error)")
            answer = Self.message(.internalServerError, "Something went wrong", "The log says what.", request)
        }
        return response(answer, to: request)
    }

    private func answer(to request: Request) async throws -> Answer {
        let resource = Resource(request.head.path ?? "")
        let refusal = access.refusal(
            authority: request.head.authority, authorization: request.headers[.authorization],
            isOpen: resource == .health)
        switch refusal {
        case .foreignHost:
            return Self.message(
                .misdirectedRequest, "Not under this name",
                "Ask for localhost, or add this name to `hosts` in the dashboard's configuration.", request)
        case .noToken:
            var answer = Self.message(
                .unauthorized, "Who asks?", "Send the token as `Authorization: Bearer …`.", request)
            answer.extra[.wwwAuthenticate] = "Bearer realm=\"keybaton\""
            return answer
        case nil: break
        }
        guard request.method == .get || request.method == .head else {
            var answer = Self.message(.methodNotAllowed, "Only for reading", "The dashboard changes nothing.", request)
            answer.extra[.allow] = "GET, HEAD"
            return answer
        }
        switch resource {
        // What it contains does not depend on the bucket: nobody waits for it.
        case .asset(let name): if let asset = Asset.named(name) { return Answer(asset) }
        case let resource?:
            if let answer = try await renderer.answer(to: resource, from: await source.current()) { return answer }
        case nil: break
        }
        return Self.message(.notFound, "Nothing here", "There is no such page, or no such user any more.", request)
    }

    private func response(_ answer: Answer, to request: Request) -> Response {
        var headers = securityHeaders
        headers.append(contentsOf: answer.extra)
        headers[.cacheControl] = answer.caching.rawValue
        headers[.eTag] = answer.etag
        if answer.isHeld(byAskerWith: request.headers[.ifNoneMatch]) {
            return Response(status: .notModified, headers: headers, body: ResponseBody())
        }
        headers[.contentType] = answer.contentType
        let length = answer.body.readableBytes
        headers[.contentLength] = "\(length)"
        guard request.method == .head else {
            return Response(status: answer.status, headers: headers, body: ResponseBody(byteBuffer: answer.body))
        }
        return Response(
            status: answer.status, headers: headers,
            body: ResponseBody(contentLength: length) { writer in try await writer.finish(nil) })
    }

    private static func message(
        _ status: HTTPResponse.Status, _ title: String, _ sentence: String, _ request: Request
    ) -> Answer {
        let path = (request.head.path ?? "").prefix { $0 != "?" }
        // Links are relative. A path that is deeper than any of ours needs no working ones.
        let depth = min(max(path.count { $0 == "/" } - 1, 0), 16)
        return Answer(
            status: status, "text/html; charset=utf-8", Page.message(title, sentence, depth: depth).bytes,
            caching: .never)
    }
}
