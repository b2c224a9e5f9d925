import Secrets

/// An access key's id, short enough to be compared at a glance. It is no secret.
struct KeyName {
    private let id: AccessKeyID

    init(_ id: AccessKeyID) {
        self.id = id
    }

    var html: HTML {
        "<code class=\"key\" title=\"\(id)\">\(id.description.prefix(4))…\(id.description.suffix(4))</code>"
    }

    /// Whole, to be copied.
    var copyable: HTML {
        """
        <span class="command"><code class="key">\(id)</code><button type="button" class="copy" data-copy="\(id)">Copy<span \
        class="unseen"> the id \(id)</span></button></span>
        """
    }
}

/// How many hosts have moved, as a bar beside the numbers.
struct Progress {
    private let hosts: HostCount
    private let label: String

    init(_ hosts: HostCount, label: String) {
        self.hosts = hosts
        self.label = label
    }

    var html: HTML {
        "<progress value=\"\(hosts.holding)\" max=\"\(hosts.all)\" aria-label=\"\(label)\"></progress>"
    }
}
