import Glibc

/// A descriptor with one owner, who closes it by going away.
///
/// There is no `close()` to call and check: whoever writes calls `sync()`, which reports every error that closing could.
struct FileDescriptor: ~Copyable {
    let rawValue: Int32

    init(owning rawValue: Int32) {
        self.rawValue = rawValue
    }

    deinit {
        // Never again after EINTR: Linux has released the number by then, and it may be somebody else's.
        _ = Glibc.close(rawValue)
    }
}
