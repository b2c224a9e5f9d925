import FoundationEssentials
import Rotation

/// Both keys, each with what tells whether it is in use.
struct KeyPanels {
    let user: StatusReport.User
    let now: Date

    var html: HTML { "\(new)\n\(old)" }

    private var new: HTML {
        guard let new = user.new else {
            return """
                <section class="panel" aria-labelledby="new"><h2 id="new">New key</h2><p class="none">None is published. \
                Run \(CommandLine("init", user.user).html)</p></section>
                """
        }
        let made: HTML =
            new.createdAt.map { "\(Moment($0, now: now).html)" } ?? "<span>IAM does not show it</span>"
        return """
            <section class="panel" aria-labelledby="new"><h2 id="new">New key</h2>
            <p class="figure">\(KeyName(new.id).copyable)</p>
            <dl><div><dt>Made</dt><dd>\(made)</dd></div>\
            <div><dt>Published</dt><dd>\(Moment(new.publishedAt, now: now).html), as version \(new.version)</dd></div></dl>\
            </section>
            """
    }

    private var old: HTML {
        guard let old = user.old else {
            return """
                <section class="panel" aria-labelledby="old"><h2 id="old">Old key</h2><p class="none">None: the new key is \
                the only one that is published.</p></section>
                """
        }
        return """
            <section class="panel" aria-labelledby="old"><h2 id="old">Old key</h2>
            <p class="figure">\(KeyName(old.id).copyable)</p>
            <dl><div><dt>In IAM</dt><dd>\(old.status)</dd></div>\(use(old))</dl></section>
            """
    }

    /// Service and region name the forgotten consumer.
    private func use(_ old: StatusReport.Old) -> HTML? {
        guard old.status != "deleted" else { return nil }
        guard let use = old.lastUsed else { return "<div><dt>Last used</dt><dd>never, as far as AWS shows</dd></div>" }
        return """
            <div><dt>Last used</dt><dd>\(Moment(use.at, now: now).html) for <b>\(use.service)</b> in <b>\(use.region)</b></dd></div>
            """
    }
}
