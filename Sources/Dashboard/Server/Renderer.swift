import HTTPTypes
import Handover
import NIOCore
import Rotation

/// Makes answers, one at a time, and keeps those of the present snapshot: a flood of requests costs one rendering each.
actor Renderer {
    /// Answers that are kept, and their bytes: whoever asks for ever new searches gets them rendered ever anew.
    private static let countLimit = 256
    private static let byteLimit = 16 << 20

    private var number = -1
    private var kept: [Resource: Answer] = [:]
    private var bytes = 0

    /// Nil where the snapshot knows no such user.
    func answer(to resource: Resource, from source: SnapshotSource.Numbered) throws -> Answer? {
        if source.number != number { forget(upTo: source.number) }
        if let answer = kept[resource] { return answer }
        guard let answer = try Self.make(resource, source.snapshot) else { return nil }
        let size = answer.body.readableBytes
        if kept.count >= Self.countLimit || bytes + size > Self.byteLimit { forget(upTo: number) }
        // A viewer who waited may still come with the snapshot before.
        if source.number == number, size <= Self.byteLimit {
            kept[resource] = answer
            bytes += size
        }
        return answer
    }

    private func forget(upTo newest: Int) {
        number = max(number, newest)
        kept = [:]
        bytes = 0
    }

    private static func make(_ resource: Resource, _ snapshot: Snapshot) throws -> Answer? {
        switch resource {
        case .overview(let query): page(Page.overview(snapshot, query: query))
        case .user(let name, let query): Page.user(name, snapshot, query: query).map { page($0) }
        case .status: Answer("application/json", try StatusDocument(snapshot: snapshot).json())
        case .metrics:
            Answer("text/plain; version=0.0.4; charset=utf-8", Array(Metrics(snapshot).text.utf8), caching: .never)
        case .health: try health(Health(snapshot.freshness))
        case .badge: badge(Badge(snapshot))
        case .userBadge(let name):
            snapshot.report.users.first { $0.user == name }.map {
                badge(Badge($0, isFresh: snapshot.freshness.isFresh))
            }
        case .asset(let name): Asset.named(name).map { Answer($0) }
        }
    }

    private static func health(_ health: Health) throws -> Answer {
        Answer(
            status: health.status == .fresh ? .ok : .serviceUnavailable, "application/json", try health.json(),
            caching: .never)
    }

    private static func badge(_ badge: Badge) -> Answer { Answer("image/svg+xml", Array(badge.svg.utf8)) }

    private static func page(_ html: HTML) -> Answer { Answer("text/html; charset=utf-8", html.bytes) }
}

extension Answer {
    init(_ asset: Asset) {
        self.init(asset.contentType, asset.bytes, caching: .forEver)
    }
}
