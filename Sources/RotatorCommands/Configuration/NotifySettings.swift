import AWS
import Console
import HTTPTransport
import Notifications
import RotationServices

/// `[notify]`: who is told of what.
struct NotifySettings: Decodable, Sendable {
    /// `en` or `es`.
    var language: String?
    /// What to tell of; all where it is missing. A notifier's own list stands over it.
    var events: [String]?
    /// A monitor that is told of every `keybaton run`.
    var ping: String?
    /// Holds the monitor's address, where nobody else is to know it.
    var pingFile: String?
    var sns: [SNSSettings]?
    var ses: [SESSettings]?
    var webhook: [WebhookSettings]?

    enum CodingKeys: String, CodingKey {
        case language, events, ping, sns, ses, webhook
        case pingFile = "ping_file"
    }
}

/// What notifiers are reached by.
struct NotifyServices: Sendable {
    /// With the rotator's own credentials.
    var client: AWSClient
    /// Sends plain http too, which services in a house often speak.
    var sender: any HTTPSender
}

extension NotifySettings {
    func chosenLanguage() throws(InvalidSetting) -> Language {
        guard let language else { return .english }
        guard let known = Language(rawValue: language) else {
            let all = Language.allCases.map(\.rawValue).joined(separator: ", ")
            throw InvalidSetting("`language` \(language.printable) is not known; there is \(all)")
        }
        return known
    }

    /// Everybody who is told, in one order.
    func subscriptions(_ services: NotifyServices) throws(InvalidSetting) -> [Subscription] {
        var subscriptions: [Subscription] = []
        for settings in sns ?? [] {
            try add(try settings.notifier(services), settings.events, to: &subscriptions)
        }
        for settings in ses ?? [] {
            for notifier in try settings.notifiers(services) { try add(notifier, settings.events, to: &subscriptions) }
        }
        for settings in webhook ?? [] {
            try add(try settings.notifier(services), settings.events, to: &subscriptions)
        }
        return subscriptions
    }

    /// Whether there is anybody to tell, so that what was told is kept in the bucket.
    var tellsAnybody: Bool { !((sns ?? []).isEmpty && (ses ?? []).isEmpty && (webhook ?? []).isEmpty) }

    var readsTags: Bool { (ses ?? []).contains(where: \.readsTags) }

    /// What telling them needs of AWS, in the rotator's own account.
    func permissions(_ names: ResourceNames) -> [AccessPolicy.Statement] {
        (sns ?? []).flatMap(\.permissions) + (ses ?? []).flatMap { $0.permissions(names) }
            + (webhook ?? []).flatMap { $0.permissions(names) }
    }

    /// Nil where no monitor is configured.
    func monitorAddress() throws(InvalidSetting) -> WebhookNotifier.Address? {
        switch (ping, pingFile) {
        case (nil, nil): return nil
        case (_?, _?): throw InvalidSetting("`ping` and `ping_file` exclude each other: leave one out")
        case (let text?, nil):
            guard let url = HTTPURL(text) else {
                throw InvalidSetting("`ping` must be the http or https address that the monitor shows for this check")
            }
            return .url(url)
        case (nil, let path?): return .secret(try secretFile(path, "ping_file"))
        }
    }

    private func add(
        _ notifier: any Notifier, _ events: [String]?, to subscriptions: inout [Subscription]
    ) throws(InvalidSetting) {
        guard !subscriptions.contains(where: { $0.notifier.name == notifier.name }) else {
            throw InvalidSetting(
                "\(notifier.name) is configured twice: leave one out, or give each webhook a `name` of its own")
        }
        guard let names = events ?? self.events else {
            subscriptions.append(Subscription(notifier))
            return
        }
        var chosen: Set<Notice.Event> = []
        for name in names {
            guard let event = Notice.Event(rawValue: name) else {
                let all = Notice.Event.allCases.map(\.rawValue).joined(separator: ", ")
                throw InvalidSetting("`events`: \(name.printable) is not an event; there is \(all)")
            }
            chosen.insert(event)
        }
        subscriptions.append(Subscription(notifier, events: chosen))
    }
}

/// A file that holds an address or a token, for this user alone.
func secretFile(_ path: String, _ setting: String) throws(InvalidSetting) -> FileToken {
    guard path.hasPrefix("/"), !path.hasSuffix("/"), !path.utf8.contains(0) else {
        throw InvalidSetting("`\(setting)`: write the whole path of the file, beginning with /")
    }
    return FileToken(path: path)
}
